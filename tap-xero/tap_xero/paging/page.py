"""The terms of paging: requests, pages, and what a paginator makes of a page.

Nothing here does I/O. A paginator gives the requests that may be sent now (``next_requests``), and
gets their pages in the order of the requests (``on_page``). The paginators are in ``paginators``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tap_xero.records.converter import Record


@dataclass(frozen=True)
class PageRequest:
    """One request for a page of a list.

    Attributes:
        params: Query parameters besides those of the whole list.
        modified_since: The ``If-Modified-Since`` of this request.
        number: The page number, from 1; 0 if the list has no page numbers.
        path: The path, if it is not the entity's own.
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
        """The object, or None if the response has no valid one."""
        found = envelope.get("pagination")
        if not isinstance(found, dict):
            return None
        numbers = [found.get(name) for name in ("pageSize", "pageCount", "itemCount")]
        if not all(type(number) is int and number >= 0 for number in numbers):
            return None
        return cls(*numbers)  # type: ignore[arg-type]  # all are int by now


@dataclass(frozen=True)
class Page:
    """The response to one page request."""

    request: PageRequest
    records: Sequence[Record]
    pagination: Pagination | None = None


@dataclass(frozen=True)
class PageResult:
    """What a paginator makes of a page.

    Attributes:
        records: The records to use.
        discard_in_flight: Whether the responses to requests in flight must be discarded, because
            paging continues at another place.
        discard_page: Whether the page itself must be discarded.
    """

    records: Sequence[Record] = ()
    discard_in_flight: bool = False
    discard_page: bool = False


DISCARDED_PAGE = PageResult(discard_in_flight=True, discard_page=True)


class OrderIgnoredError(Exception):
    """The records did not come in the order that the paginator needs."""


class Paginator(Protocol):
    """A way to read a list page by page."""

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """Up to ``room`` requests that may be sent now, while ``in_flight`` others are pending."""
        ...

    def on_page(self, page: Page) -> PageResult:
        """Processes the page of the oldest pending request.

        Raises:
            UnexpectedResponseError: The server repeats a page, or sends an impossible one.
            OrderIgnoredError: The list is not in the order that the paginator needs.
        """
        ...
