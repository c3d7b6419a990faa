"""Configuration from a program's ``--config`` options: JSON files and the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xero_client.errors import SettingsError
from xero_client.json_value import Json
from xero_client.settings.environment import parse_json, settings_from_environment
from xero_client.settings.unknown_settings import check_known_settings, check_known_variables

# The value of --config that stands for the environment variables.
ENVIRONMENT = "ENV"


@dataclass(frozen=True)
class ConfigInput:
    """The configuration of one run, in the form that singer-sdk expects.

    Attributes:
        config: Setting names and values.
        parse_env: Whether singer-sdk has to read the environment: no, it was read already.
    """

    config: dict[str, Any] = field(default_factory=dict)
    parse_env: bool = False


def read_config(
    sources: Sequence[str],
    properties: Mapping[str, Mapping[str, Any]],
    prefix: str,
    environ: Mapping[str, str],
) -> ConfigInput:
    """Reads the values of ``--config``: later files override earlier ones, variables override both.

    Args:
        sources: Paths of files, and ``ENV`` for the environment.
        properties: The JSON Schema of each setting.
        prefix: The prefix of the variables, such as ``TAP_XERO_``.
        environ: The environment.

    Raises:
        SettingsError: A file cannot be read, a variable has an invalid value, or a setting does
            not exist.
    """
    config: dict[str, Any] = {}
    for source in sources:
        if source != ENVIRONMENT:
            from_file = read_config_file(Path(source))
            check_known_settings(from_file, properties, f"The configuration {source}")
            config |= from_file
    if ENVIRONMENT in sources:
        check_known_variables(environ, properties, prefix)
        from_environment = settings_from_environment(properties, prefix, environ)
        check_known_settings(from_environment, properties, "The environment")
        config |= from_environment
    return ConfigInput(config)


def read_config_file(file: Path) -> dict[str, Any]:
    """Reads the settings of a JSON file.

    Raises:
        SettingsError: The file cannot be read, or is not a JSON object.
    """
    try:
        content = parse_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The configuration {file} cannot be read: {error}"
        raise SettingsError(message) from None
    if not isinstance(content, dict):
        message = f"The configuration {file} is not a JSON object"
        raise SettingsError(message)
    return content


def patch_sdk_settings(properties: dict[str, Any]) -> None:
    """Removes strings from ``anyOf`` in singer-sdk's schema of ``stream_maps``.

    An ``anyOf`` must list schemas. On a string in it, the validator fails with an error of its own.
    """
    if "stream_maps" in properties:
        properties["stream_maps"] = _without_invalid_schemas(properties["stream_maps"])


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
