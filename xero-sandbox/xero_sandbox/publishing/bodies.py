"""What a write's body says: one object, or a list under the entity's plural (xero-facts.md: Writing rules)."""

from __future__ import annotations

from typing import Any

import msgspec

from xero_sandbox.answers import Refused, as_text, exception
from xero_sandbox.calls import Call
from xero_sandbox.organisation import Record
from xero_sandbox.wire import decode

# "Max request 10 MB for all APIs" (xero-facts.md: Limits).
MAX_BODY = 10 * 1024 * 1024
_NO_OBJECT = "The posted data must be an object, or a list of objects under the entity's name"
_CHILD_KEYS = {"History": "HistoryRecords"}


def check_size(call: Call) -> None:
    """Refuses bodies above 10 MB.

    Raises:
        Refused: 413; the status is not documented.
    """
    if len(call.body) > MAX_BODY:
        raise Refused(as_text(413, "The request is larger than 10 MB"))


def elements_of(call: Call, path: tuple[str, ...]) -> list[Record]:
    """The objects that a body carries, in the order sent.

    Raises:
        Refused: 400 PostDataInvalidException for what is no JSON object; 415 for XML and forms,
            which Xero takes and the sandbox does not.
    """
    if not call.body.strip():
        return []
    kind = call.headers.get("content-type", "application/json").partition(";")[0].strip()
    if kind != "application/json":
        message = f"xero-sandbox reads JSON bodies only, not {kind}: Content-Type: application/json"
        raise Refused(as_text(415, message))
    try:
        content = decode(call.body)
    except msgspec.DecodeError as error:
        message = f"The posted data is not JSON: {error}"
        raise _invalid(message) from None
    if not isinstance(content, dict):
        raise _invalid(_NO_OBJECT)
    found = _listed(content, plural_of(path))
    if not all(isinstance(element, dict) for element in found):
        raise _invalid(_NO_OBJECT)
    return found


def plural_of(path: tuple[str, ...]) -> str:
    """The key under which a body carries several elements."""
    name = path[0] if len(path) < 3 else path[2]  # noqa: PLR2004  # /Entity/{id}/Child
    return _CHILD_KEYS.get(name, name)


def _listed(content: dict[str, Any], plural: str) -> list[Any]:
    for name, value in content.items():
        if name.lower() == plural.lower():
            return value if isinstance(value, list) else [value]
    return [content]


def _invalid(message: str) -> Refused:
    return exception(400, "PostDataInvalidException", 17, message)
