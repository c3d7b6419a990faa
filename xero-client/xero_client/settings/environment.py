"""Settings from the environment: what a variable's text means, by the type of its setting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from xero_client.errors import SettingsError

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")


def of_variables(
    properties: Mapping[str, Mapping[str, Any]], prefix: str, environ: Mapping[str, str]
) -> dict[str, Any]:
    """The settings that variables set; an empty variable sets none.

    Args:
        properties: The settings, as JSON Schema has them.
        prefix: What comes before a setting's name in capitals, such as ``TAP_XERO_``.
        environ: The environment.

    Raises:
        SettingsError: A text cannot mean what its setting holds.
    """
    variables = {name: prefix + name.upper().replace("-", "_") for name in properties}
    return {
        name: typed(variable, environ[variable], properties[name])
        for name, variable in variables.items()
        if environ.get(variable, "").strip()
    }


def typed(variable: str, text: str, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any JSON
    """What a variable's text means.

    Args:
        variable: The variable, for messages.
        text: What it says.
        schema: The setting's type.

    Raises:
        SettingsError: It cannot mean that.
    """
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    wanted = next(kind for kind in _WANTED if kind in kinds)
    if wanted == "string":
        return text
    plain = text.strip()
    if wanted == "boolean":
        if plain.lower() in TRUE + FALSE:
            return plain.lower() in TRUE
        _refuse(variable, text, f"{', '.join(TRUE)}, or {', '.join(FALSE)}")
    if wanted == "array" and not plain.startswith("["):
        # A list of ids may be written without brackets.
        return [part.strip() for part in plain.split(",") if part.strip()]
    python, words = _WANTED[wanted]
    try:
        value = json_of(plain)
    except ValueError:
        _refuse(variable, text, words)
    if not isinstance(value, python) or isinstance(value, bool):
        _refuse(variable, text, words)
    return value


def json_of(text: str) -> Any:  # noqa: ANN401  # any JSON
    """Decodes JSON; numbers with a fraction become ``Decimal``, and there is no NaN.

    Raises:
        ValueError: It is not JSON.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


# The first of these that a setting may be is what its variable has to say, and in which words.
_WANTED: Mapping[str, tuple[Any, str]] = {
    "string": (str, "a text"),
    "boolean": (bool, ""),
    "number": ((int, Decimal), "a number"),
    "integer": (int, "a whole number"),
    "array": (list, 'a JSON list, such as ["a", "b"]'),
    "object": (dict, 'a JSON object, such as {"a": 1}'),
}


def _refuse(variable: str, text: str, words: str) -> NoReturn:
    message = f"The variable {variable} is {text!r}; set it to {words}"
    raise SettingsError(message)


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no number"
    raise ValueError(message)
