"""Refuses settings that do not exist, in files at every depth and in variables.

A misspelled setting has no effect: ``{"dryrun": true}`` would publish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xero_client.errors import SettingsError
from xero_client.names import did_you_mean, nearest_name

# From this likeness on, the name of a variable counts as a misspelling of a setting's name.
VARIABLE_LIKENESS = 0.8


def check_known_settings(
    config: Mapping[str, Any], properties: Mapping[str, Mapping[str, Any]], source: str
) -> None:
    """Checks that every setting of a configuration exists.

    An object is checked inside if its JSON Schema has ``additionalProperties: false``.

    Args:
        config: Setting names and values.
        properties: The JSON Schema of each setting.
        source: Where the configuration comes from, for error messages.

    Raises:
        SettingsError: A setting does not exist; the message names all of them, with the nearest.
    """
    schema = {"properties": properties, "additionalProperties": False}
    problems = list(_unknown_settings(config, schema, ""))
    if problems:
        raise SettingsError(f"{source} has a setting that does not exist. " + "; ".join(problems))


def check_known_variables(
    environ: Mapping[str, str], properties: Mapping[str, Mapping[str, Any]], prefix: str
) -> None:
    """Checks that no variable is a misspelled setting.

    A variable that is not like any setting is left alone, because it may belong to another
    program: ``TARGET_XERO_COPY_TENANT_ID`` is the setting ``tenant_id`` of a Meltano plugin that
    is called ``target-xero-copy``.

    Args:
        environ: The environment.
        properties: The JSON Schema of each setting.
        prefix: The prefix of the variables, such as ``TAP_XERO_``.

    Raises:
        SettingsError: A variable is a misspelled setting.
    """
    known = {name.upper().replace("-", "_") for name in properties}
    problems = []
    for variable in sorted(environ):
        name = variable.removeprefix(prefix)
        # Variables with a second underscore are Meltano's own: TAP_XERO__SELECT.
        is_setting = variable.startswith(prefix) and not name.startswith("_")
        if not is_setting or name in known or not environ[variable].strip():
            continue
        if any(name.endswith(f"_{setting}") for setting in known):
            continue
        nearest = nearest_name(name, known, VARIABLE_LIKENESS)
        if nearest is not None:
            problems.append(f"{variable}: did you mean {prefix}{nearest}?")
    if problems:
        raise SettingsError("A variable is not a setting. " + "; ".join(problems))


def _unknown_settings(value: object, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    properties: Mapping[str, Any] = schema.get("properties") or {}
    others = schema.get("additionalProperties", True)
    for name, inner in value.items():
        if name in properties:
            yield from _unknown_settings(inner, properties[name], f"{path}{name}.")
        elif others is False:
            yield f"{path}{name}{did_you_mean(name, properties)}"
        elif isinstance(others, Mapping):
            yield from _unknown_settings(inner, others, f"{path}{name}.")
