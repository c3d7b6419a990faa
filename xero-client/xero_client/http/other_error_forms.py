"""What the errors of Xero's other APIs say, each in its own form.

(xero-facts.md: Differences between the APIs)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xero_client.json_value import Json

# The names of a field and of what is wrong with it, in the lists of the APIs.
_FIELD_ERRORS = (
    ("fieldValidationErrors", "fieldName", "localisedMessage"),
    ("resourceValidationErrors", "resourceName", "localisedMessage"),
    ("invalidFields", "name", "reason"),
)


def of_other_apis(content: Json) -> str:
    """The message of an error of another API than Accounting; empty if it has another form.

    Args:
        content: The decoded body.
    """
    if isinstance(content, list):  # Files
        return _joined(_text(error) for error in content if isinstance(error, Mapping))
    if not isinstance(content, Mapping):
        return ""
    problem = content.get("problem")
    if isinstance(problem, Mapping):  # Payroll 2.0
        return _text(problem)
    return _text(content)


def _text(error: Mapping[str, Any]) -> str:
    """The message of one error, with what is wrong with which field."""
    said = next((str(error[key]) for key in ("message", "detail", "title") if error.get(key)), "")
    fields = [f"{name}: {text}" if name else text for name, text in _fields(error)]
    new = [text for text in fields if text not in said]
    return _joined([said, *new])


def _fields(error: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    state = error.get("modelState")  # Projects
    if isinstance(state, Mapping):
        for name, texts in state.items():
            for text in texts if isinstance(texts, list) else [texts]:
                yield str(name), str(text)
    for key, name, text in _FIELD_ERRORS:
        listed = error.get(key)
        for field in listed if isinstance(listed, list) else ():
            if isinstance(field, Mapping) and field.get(text):
                yield str(field.get(name) or ""), str(field[text])


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(part for part in parts if part))
