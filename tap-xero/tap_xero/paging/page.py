"""The vocabulary of walking a list page by page: requests, pages, and what a walk does with them.

No I/O happens here: a walk says which requests may go out now (``ahead``), possibly several, and
takes their pages in the order of the requests (``take``). The ways of walking are in ``walks``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Record = dict[str, Any]


@dataclass(frozen=True)
class PageRequest:
    """One request of a walk.

    Attributes:
        params: Query parameters beside those of the whole stream.
        modified_since: The ``If-Modified-Since`` of this request.
        number: The page number, 1-based; 0 where the walk has none.
        path: The path, where it is not the entity's own.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    modified_since: datetime | None = None
    number: int = 0
    path: str | None = None


@dataclass(frozen=True)
class Pagination:
    """Xero's ``pagination`` object (xero-facts.md: Paging)."""

    page_size: int
    page_count: int
    item_count: int

    @classmethod
    def from_envelope(cls, envelope: Mapping[str, Any]) -> Pagination | None:
        """The object, if the answer has a sound one."""
        found = envelope.get("pagination")
        if not isinstance(found, dict):
            return None
        numbers = [found.get(name) for name in ("pageSize", "pageCount", "itemCount")]
        if not all(type(number) is int and number >= 0 for number in numbers):
            return None
        return cls(*numbers)  # type: ignore[arg-type]  # all are int by now


@dataclass(frozen=True)
class Page:
    """The answer to one request of a walk."""

    request: PageRequest
    records: Sequence[Record]
    pagination: Pagination | None = None


@dataclass(frozen=True)
class Taken:
    """What a walk makes of a page.

    Attributes:
        records: The records that count.
        voids: Whether the requests under way are void: the walk goes on from elsewhere.
        went_back: Whether the page itself is void.
    """

    records: Sequence[Record] = ()
    voids: bool = False
    went_back: bool = False


WENT_BACK = Taken(voids=True, went_back=True)


class OrderIgnoredError(Exception):
    """The rows did not come in the order that the walk stands on."""


class Walk(Protocol):
    """A way of walking a list."""

    def ahead(self, in_flight: int, room: int) -> list[PageRequest]:
        """Up to ``room`` further requests that may go out while ``in_flight`` are under way."""
        ...

    def take(self, page: Page) -> Taken:
        """Takes the page of the oldest request under way.

        Raises:
            OddAnswerError: The server repeats itself.
            OrderIgnoredError: The list is not in the order that the walk needs.
        """
        ...
