"""What a write asks of an organisation, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xero_sandbox.organisation import Record

ZERO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class WriteRequest:
    """One PUT, POST or DELETE, decoded.

    Attributes:
        method: ``PUT``, ``POST`` or ``DELETE``.
        path: What follows ``/api.xro/2.0``, in parts: ``("CreditNotes", id, "Allocations")``.
        query: The query string's parameters.
        elements: The decoded objects in the order sent, numbers as ``Decimal`` or ``int``.
        user: Who writes, as history shows it.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    elements: list[Record]
    user: str = "System Generated"


@dataclass(frozen=True)
class WriteResult:
    """What became of one element: saved (no errors) or kept as it was sent."""

    record: Record
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """A write's outcome, an entry per element in the order sent.

    Attributes:
        key: The answer's plural key; ``ImportSummary`` (of /Setup) holds one object, not a list.
        results: One per element; one-record entities answer for their first element only.
        status: 200, or 204 with no results where Xero answers without a body.
    """

    key: str
    results: list[WriteResult]
    status: int = 200


class WriteRefused(Exception):  # noqa: N818  # named for what the caller sees
    """A request that fails as a whole.

    Attributes:
        status: The HTTP status.
        type: Xero's exception type (``PostDataInvalidException``).
        number: Xero's error number.
        message: What Xero says.
    """

    def __init__(self, status: int, type_: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.type = type_
        self.number = number
        self.message = message


class Invalid(Exception):  # noqa: N818  # one element's validation messages
    """One element that fails validation, with every message that Xero would list."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = list(messages)
