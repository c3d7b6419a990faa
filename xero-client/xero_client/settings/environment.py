"""Settings from environment variables, converted to the type of each setting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from xero_client.errors import SettingsError
from xero_client.json_value import Json

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")


def settings_from_environment(
    properties: Mapping[str, Mapping[str, Any]], prefix: str, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Reads the settings that variables set; an empty variable counts as not set.

    Args:
        properties: The JSON Schema of each setting.
        prefix: The prefix of the variables, such as ``TAP_XERO_``; the setting's name in capitals
            follows it.
        environ: The environment.

    Raises:
        SettingsError: A variable has an invalid value.
    """
    variables = {name: prefix + name.upper().replace("-", "_") for name in properties}
    return {
        name: parse_variable(variable, environ[variable], properties[name])
        for name, variable in variables.items()
        if environ.get(variable, "").strip()
    }


def parse_variable(variable: str, text: str, schema: Mapping[str, Any]) -> Json:
    """Converts the text of a variable to the type of its setting.

    Args:
        variable: The variable's name, for error messages.
        text: The variable's value.
        schema: The JSON Schema of the setting.

    Raises:
        SettingsError: The text cannot be converted.
    """
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    wanted = next(name for name in _EXPECTED if name in types)
    if wanted == "string":
        return text
    stripped = text.strip()
    if wanted == "boolean":
        if stripped.lower() in TRUE + FALSE:
            return stripped.lower() in TRUE
        _reject(variable, text, f"{', '.join(TRUE)}, or {', '.join(FALSE)}")
    python_type, description = _EXPECTED[wanted]
    try:
        value = parse_list(stripped) if wanted == "array" else parse_json(stripped)
    except ValueError:
        _reject(variable, text, description)
    if not isinstance(value, python_type) or isinstance(value, bool):
        _reject(variable, text, description)
    return value


def parse_list(text: str) -> Json:
    """Decodes a list in JSON, or one of texts with commas and without brackets, such as ids.

    Raises:
        ValueError: It begins with a bracket, and is not JSON.
    """
    if text.startswith("["):
        return parse_json(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def parse_json(text: str) -> Json:
    """Decodes JSON; numbers with a fraction become ``Decimal``, NaN and Infinity are refused.

    Raises:
        ValueError: The text is not JSON.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_reject_constant)


# By JSON type: the Python type and its description in error messages. If a setting has several
# types, the first one in this order counts.
_EXPECTED: Mapping[str, tuple[Any, str]] = {
    "array": (list, 'a JSON list, such as ["a", "b"]'),
    "string": (str, "a text"),
    "boolean": (bool, ""),
    "number": ((int, Decimal), "a number"),
    "integer": (int, "a whole number"),
    "object": (dict, 'a JSON object, such as {"a": 1}'),
}


def _reject(variable: str, text: str, expected: str) -> NoReturn:
    message = f"The variable {variable} is {text!r}; set it to {expected}"
    raise SettingsError(message)


def _reject_constant(name: str) -> NoReturn:
    message = f"{name} is not a number"
    raise ValueError(message)
