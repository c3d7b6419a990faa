"""The configuration in a program's ``--config`` options: JSON files, and the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import find_dotenv, load_dotenv

from xero_client.errors import SettingsError
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


def variable_prefix(program: str) -> str:
    """The prefix of a program's variables: ``TAP_XERO_`` of ``tap-xero``."""
    return f"{program.upper().replace('-', '_')}_"


def read_config(
    program: str, sources: Sequence[str], properties: Mapping[str, Mapping[str, Any]]
) -> ConfigInput:
    """Reads the values of ``--config``: later files override earlier ones, variables override both.

    With ``ENV``, a file ``.env`` in the working folder, or else in the nearest folder above it,
    sets the variables that are not set.

    Args:
        program: The program's name.
        sources: Paths of files, and ``ENV`` for the environment.
        properties: The JSON Schema of each setting.

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
        _load_env_file()
        prefix = variable_prefix(program)
        check_known_variables(os.environ, properties, prefix)
        from_environment = settings_from_environment(properties, prefix, os.environ)
        check_known_settings(from_environment, properties, "The environment")
        config |= from_environment
    return ConfigInput(config)


def _load_env_file() -> None:
    """Takes the file ``.env`` into the environment.

    Raises:
        SettingsError: It cannot be read.
    """
    file = find_dotenv(usecwd=True)
    try:
        load_dotenv(file)
    except (OSError, ValueError) as error:
        message = f"The file {file} cannot be read: {error}"
        raise SettingsError(message) from None


def read_config_file(file: Path) -> dict[str, Any]:
    """Reads the settings of a JSON file.

    Raises:
        SettingsError: The file cannot be read, or is not a JSON object.
    """
    try:
        content = parse_json(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        message = f"The configuration {file} cannot be read: {error}"
        raise SettingsError(message) from None
    if not isinstance(content, dict):
        message = f"The configuration {file} is not a JSON object"
        raise SettingsError(message)
    return content
