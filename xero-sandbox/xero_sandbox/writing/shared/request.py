"""Write requests, their results, and their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xero_sandbox.model.organisation import Record


@dataclass(frozen=True)
class WriteRequest:
    """One PUT, POST or DELETE, decoded.

    Attributes:
        method: ``PUT``, ``POST`` or ``DELETE``.
        path: The parts of the path after ``/api.xro/2.0``: ``("CreditNotes", id, "Allocations")``.
        query: The query string's parameters.
        elements: The decoded objects in the order sent, numbers as ``Decimal`` or ``int``.
        user: The user's name in the history of records.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    elements: list[Record]
    user: str = "System Generated"


@dataclass(frozen=True)
class ElementResult:
    """The result of one element: the saved record, or the element as sent and its errors."""

    record: Record
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WriteOutcome:
    """The results of a write, in the order of its elements.

    Attributes:
        key: The response's key; ``ImportSummary`` (of /Setup) has one object, not a list.
        results: One per element, or for the first element only.
        status: 200, or 204 without results if Xero responds without a body.
    """

    key: str
    results: list[ElementResult]
    status: int = 200


class WriteError(Exception):
    """A request that fails as a whole.

    Attributes:
        status: The HTTP status.
        type: Xero's exception type (``PostDataInvalidException``).
        number: Xero's error number.
        message: Xero's message.
    """

    def __init__(self, status: int, type_: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.type = type_
        self.number = number
        self.message = message


class ValidationError(Exception):
    """One element is invalid; ``messages`` has every message that Xero would list."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = list(messages)


class OversizedValueError(ValidationError):
    """A value that is too long or too precise, but else a value of its field.

    Attributes:
        value: The value, with which the other checks of the element go on.
    """

    def __init__(self, message: str, value: str | Decimal) -> None:
        super().__init__(message)
        self.value = value


def parameter(query: Mapping[str, str], name: str, default: str) -> str:
    """A query parameter, whatever the case of its name."""
    lowered = {key.lower(): value for key, value in query.items()}
    return lowered.get(name.lower(), default)
