"""Settings as a dataclass: their JSON Schema, and the conversion of a configuration.

The fields of the dataclass are the settings. A field's annotation has its type and limits, and a
``msgspec.Meta`` with its title and description; a field without a title is not a setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from xero_client.errors import SettingsError
from xero_client.json_value import Json

Settings = TypeVar("Settings")

_SETTING = re.compile(r"`\$\.(\w+)")
_TYPES = {
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}


def setting(
    title: str, description: str, *, is_secret: bool = False, above: float | None = None
) -> msgspec.Meta:
    """What the annotation of a setting says, besides its type.

    Args:
        title: Its title in a form.
        description: What it is for, in sentences.
        is_secret: Whether no form and no log may show it.
        above: The number that a value must be above; None for any.
    """
    secret = {"secret": True, "writeOnly": True} if is_secret else None
    return msgspec.Meta(title=title, description=description, gt=above, extra_json_schema=secret)


def settings_schema(kind: type) -> dict[str, dict[str, Any]]:
    """The JSON Schema of each setting, in the form that Singer programs use.

    In this form a setting that may be null has a list of types, and there are no references. A
    text whose default is empty may be null as well, and has no default.
    """
    properties = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
    return {
        name: _singer_schema(schema) for name, schema in properties.items() if "title" in schema
    }


def _singer_schema(schema: dict[str, Any]) -> dict[str, Any]:
    options = schema.pop("anyOf", None)
    types = [option["type"] for option in options] if options else schema.get("type", "string")
    if schema.get("default") == "":
        types = [types, "null"]
    if schema.get("default") in (None, ""):
        schema.pop("default", None)
    return {**schema, "type": types}


def convert_settings(values: Mapping[str, Json], kind: type[Settings]) -> Settings:
    """Checks and converts the values of settings.

    Args:
        values: The values that are set, by setting.
        kind: The dataclass.

    Raises:
        SettingsError: A value is invalid; the message names its setting.
    """
    numbers = {name: _plain_number(value) for name, value in values.items()}
    try:
        return msgspec.convert(numbers, kind)
    except msgspec.ValidationError as error:
        found = _SETTING.search(str(error))
        if found is None:
            raise SettingsError(str(error)) from None
        name = found[1]
        expected = _expected(settings_schema(kind)[name])
        message = f"Setting {name!r} is {values[name]!r}; set it to {expected}"
        raise SettingsError(message) from None


def _plain_number(value: Json) -> Json:
    """A number as JSON has it: a whole one as an integer, also if it is written with a fraction."""
    if not isinstance(value, Decimal | float):
        return value
    return int(value) if value % 1 == 0 else float(value)


def _expected(schema: Mapping[str, Any]) -> str:
    """The values that a setting takes."""
    if "enum" in schema:
        return f"one of {schema['enum']}"
    types = schema["type"]
    text = " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))
    if "exclusiveMinimum" in schema:
        text += f" above {schema['exclusiveMinimum']}"
    return text
