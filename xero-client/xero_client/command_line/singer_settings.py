"""The settings of a plugin of singer-sdk: the schema that it adds, and its errors in words.

The client does not import singer-sdk; the plugins hand its errors in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from xero_client.errors import SettingsError
from xero_client.json_value import Json
from xero_client.settings.connection_settings import SECRET_SETTINGS
from xero_client.settings.settings_schema import examples_of

# A number with a fraction, as Python writes it.
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")


def patch_sdk_settings(properties: dict[str, Any], unused: Iterable[str] = ()) -> None:
    """Corrects the settings that singer-sdk has added to a plugin's own.

    ``batch_config`` needs all of its parts, which the schema of singer-sdk does not say. With a
    ``batch_size`` of 0, no record would be written.

    Strings are removed from ``anyOf`` in the schema of ``stream_maps``: an ``anyOf`` must list
    schemas, and on a string in it the validator fails with an error of its own.

    Args:
        properties: The JSON Schema of each setting; it is changed.
        unused: Settings that singer-sdk adds and the plugin does not use.
    """
    for name in unused:
        properties.pop(name, None)
    if "stream_maps" in properties:
        properties["stream_maps"] = _without_invalid_schemas(properties["stream_maps"])
    if "batch_config" in properties:
        properties["batch_config"] = _with_needed_parts(properties["batch_config"])


@contextmanager
def errors_in_words(
    invalid: type[Exception], invalid_maps: type[Exception], schema: Json
) -> Iterator[None]:
    """Turns the errors of singer-sdk about a configuration into errors that say what to set.

    Args:
        invalid: Its error for a setting that does not fit its schema. It has a list ``errors``.
        invalid_maps: Its error for an invalid ``stream_maps``.
        schema: The JSON Schema of the configuration.

    Raises:
        SettingsError: The configuration is invalid.
    """
    try:
        yield
    except invalid as error:
        problems = getattr(error, "errors", [str(error)])
        raise SettingsError(format_errors(problems, schema)) from None
    except invalid_maps as error:
        message = f"Setting 'stream_maps' is invalid: {error}"
        raise SettingsError(message) from None


def format_errors(problems: Iterable[str], schema: Json) -> str:
    """The error message for an invalid configuration, without the values of secrets.

    Args:
        problems: The messages of a JSON Schema validator, each with its place:
            ``… in config['name']``.
        schema: The JSON Schema. The examples that it has are shown in the place of patterns.
    """
    forms = dict(_forms(schema))
    shown = []
    for problem in problems:
        text = _DECIMAL.sub(r"\1", problem)
        for pattern, form in forms.items():
            text = text.replace(f"does not match {pattern!r}", f"has another form than {form}")
        secret = next((name for name in SECRET_SETTINGS if f"config['{name}']" in text), None)
        shown.append(text if secret is None else f"Setting '{secret}' must be text: quote it")
    return f"The configuration is invalid: {'; '.join(shown)}"


def _forms(schema: Json) -> Iterator[tuple[str, str]]:
    """The patterns in a schema, each with its examples in words."""
    if isinstance(schema, dict):
        if "pattern" in schema and "examples" in schema:
            yield schema["pattern"], examples_of(schema)
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from _forms(part)


def _with_needed_parts(batch_config: dict[str, Any]) -> dict[str, Any]:
    parts = batch_config["properties"]
    storage = {**parts["storage"]["properties"], "params": {"type": ["object", "null"]}}
    return {
        **batch_config,
        "properties": {
            "encoding": _with_needed_part(parts["encoding"], "format"),
            "storage": _with_needed_part({**parts["storage"], "properties": storage}, "root"),
            "batch_size": {
                "type": ["integer", "null"],
                "minimum": 1,
                "title": "Batch Size",
                "description": "The most records in a batch file.",
            },
        },
        "additionalProperties": False,
        # An empty object means no batches.
        "if": {"minProperties": 1},
        "then": {"required": ["encoding", "storage"]},
    }


def _with_needed_part(part: dict[str, Any], name: str) -> dict[str, Any]:
    needed = {**part["properties"][name], "type": "string"}
    return {
        **part,
        "type": "object",
        "properties": {**part["properties"], name: needed},
        "required": [name],
        "additionalProperties": False,
    }


def _without_invalid_schemas(schema: Json) -> Json:
    if isinstance(schema, list):
        return [_without_invalid_schemas(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: [_without_invalid_schemas(option) for option in value if _is_schema(option)]
        if name == "anyOf" and isinstance(value, list)
        else _without_invalid_schemas(value)
        for name, value in schema.items()
    }


def _is_schema(option: object) -> bool:
    return isinstance(option, (dict, bool))
