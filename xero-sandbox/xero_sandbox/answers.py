"""Answers of the sandbox, and the refusals that Xero words in its own ways."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from xero_sandbox.wire import encode

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Delivery(Enum):
    """How an answer reaches the client."""

    WHOLE = "whole"
    TRUNCATED = "half of the body, then the connection closes"
    RESET = "nothing: the connection is reset"


@dataclass
class Answer:
    """One HTTP answer, before it is sent.

    Attributes:
        body_seconds: time over which the body trickles out.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    body_seconds: float = 0.0


class Refused(Exception):  # noqa: N818  # Not a fault of the sandbox: an answer cut short.
    """Raised to end a request with an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def as_json(value: Any, status: int = 200) -> Answer:  # noqa: ANN401  # Any JSON value.
    """An answer that carries JSON."""
    return Answer(status, encode(value))


def as_text(status: int, text: str, content_type: str = TEXT) -> Answer:
    """An answer that ignores Accept, as Xero's 404 and 503 do (xero-facts.md: Formats)."""
    return Answer(status, text.encode(), content_type)


def not_found() -> Refused:
    """404 as Xero words it (xero-facts.md: Batch results)."""
    return Refused(as_text(404, "The resource you're looking for cannot be found"))


def not_implemented(method: str, endpoint: str) -> Refused:
    """501: a method that the endpoint does not have (xero-facts.md: Batch results)."""
    return Refused(as_text(501, f"The method is not implemented: {method} {endpoint}"))


def query_refused(message: str) -> Refused:
    """400 for a ``where``, ``order`` or parameter that cannot be read (xero-facts.md: Paging)."""
    return exception(400, "QueryParseException", 16, message)


def exception(status: int, kind: str, number: int, message: str, **more: Any) -> Refused:  # noqa: ANN401  # JSON values.
    """The shape that Xero gives to exceptions (xero-facts.md: Batch results)."""
    body = {"ErrorNumber": number, "Type": kind, "Message": message, **more}
    return Refused(as_json(body, status))


def problem(status: int, title: str, detail: str, **headers: str) -> Refused:
    """The shape of 401 and 403 answers (xero-facts.md: OAuth)."""
    answer = as_json(
        {
            "Type": None,
            "Title": title,
            "Status": status,
            "Detail": detail,
            "Instance": str(uuid.uuid4()),
            "Extensions": {},
        },
        status,
    )
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return Refused(answer)
