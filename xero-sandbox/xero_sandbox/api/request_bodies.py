"""The body of a write: one object, or a list under the entity's plural.

(xero-facts.md: Writing rules)
"""

from __future__ import annotations

from typing import Any

import msgspec

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpError, exception, text_response
from xero_sandbox.http.xero_json import decode
from xero_sandbox.model.organisation import Record

# "Max request 10 MB for all APIs" (xero-facts.md: Limits).
MAX_BODY = 10 * 1024 * 1024
_NOT_OBJECTS = "The posted data must be an object, or a list of objects under the entity's name"
_CHILD_KEYS = {"History": "HistoryRecords"}


def check_size(call: Call) -> None:
    """Refuses bodies above 10 MB.

    Raises:
        HttpError: 413; the status is not documented.
    """
    if len(call.body) > MAX_BODY:
        raise HttpError(text_response(413, "The request is larger than 10 MB"))


def elements_of(call: Call, path: tuple[str, ...]) -> list[Record]:
    """The objects of a body, in the order sent.

    Raises:
        HttpError: 400 PostDataInvalidException, if it is not a JSON object; 415 for XML and forms,
            which Xero accepts and the sandbox does not.
    """
    if not call.body.strip():
        return []
    kind = call.headers.get("content-type", "application/json").partition(";")[0].strip()
    if kind != "application/json":
        message = (
            f"Xero reads {kind}, which xero-sandbox does not cover: send JSON with "
            "Content-Type: application/json"
        )
        raise HttpError(text_response(415, message))
    try:
        content = decode(call.body)
    except msgspec.DecodeError as error:
        message = f"The posted data is not JSON: {error}"
        raise _invalid(message) from None
    if not isinstance(content, dict):
        raise _invalid(_NOT_OBJECTS)
    elements = _elements(content, plural_of(path))
    if not all(isinstance(element, dict) for element in elements):
        raise _invalid(_NOT_OBJECTS)
    return elements


def plural_of(path: tuple[str, ...]) -> str:
    """The key of a body's list of elements."""
    name = path[0] if len(path) < 3 else path[2]  # noqa: PLR2004  # /Entity/{id}/Child
    return _CHILD_KEYS.get(name, name)


def _elements(content: dict[str, Any], plural: str) -> list[Any]:
    for name, value in content.items():
        if name.lower() == plural.lower():
            return value if isinstance(value, list) else [value]
    return [content]


def _invalid(message: str) -> HttpError:
    return exception(400, "PostDataInvalidException", 17, message)
