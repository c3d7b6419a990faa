"""The terms of paging: requests, pages, and what a paginator makes of a page.

Nothing here does I/O. A paginator gives the requests that may be sent now (``next_requests``), and
gets their pages in the order of the requests (``on_page``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol

from tap_xero.records.converter import Record
from xero_client.errors import XeroError
from xero_client.http.wire import encode


@dataclass(frozen=True)
class PageParameters:
    """How to ask for a page.

    Attributes:
        page: The parameter of the page number or offset.
        size: The parameter of the page size.
        full_page: The size of a page if Xero alone chooses it; a page with fewer records is then
            the last one.
        remedy: What to do if the server does not page.
    """

    page: str = "page"
    size: str = "pageSize"
    full_page: int | None = None
    remedy: str = "set 'pagination' of the stream to false"


def fields_of(*names: str) -> Callable[[Record], Hashable]:
    """A function that identifies a record by its fields; without any, by all of its content."""
    if not names:
        return encode
    if len(names) == 1:
        [name] = names
        return lambda record: record.get(name)
    return lambda record: tuple(record.get(name) for name in names)


@dataclass(frozen=True)
class PageRequest:
    """One request for a page of a list.

    Attributes:
        params: Query parameters besides those of the whole list.
        modified_since: The ``If-Modified-Since`` of this request.
        number: The page number, from 1; 0 if the list has no page numbers.
        path: The path, if it is not the entity's own.
        is_filtered: Whether the parameters of the whole list apply too.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    modified_since: datetime | None = None
    number: int = 0
    path: str | None = None
    is_filtered: bool = True


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
    """The response to one page request.

    Attributes:
        request: The request.
        records: The records.
        pagination: Xero's counts, if it sent them.
        made_at: When Xero made the response; None if that is not known.
        requested_at: When the page was requested, by our clock.
    """

    request: PageRequest
    records: Sequence[Record]
    pagination: Pagination | None = None
    made_at: datetime | None = None
    requested_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))


@dataclass(frozen=True)
class PageResult:
    """What a paginator makes of a page.

    Attributes:
        records: The records to use; None if there is nothing to use yet.
        discard_in_flight: Whether the responses to requests in flight must be discarded, because
            paging continues at another place.
        notice: What to tell the user; empty for nothing.
    """

    records: Sequence[Record] | None = ()
    discard_in_flight: bool = False
    notice: str = ""


@dataclass(frozen=True)
class Progress:
    """The position up to which a list was read, so that a later run can continue there.

    Attributes:
        modified_since: The ``If-Modified-Since`` to continue with.
        page: The last whole page; 0 for a read in the order of change.
        journal_number: For journals: the number of the last journal read.
        is_number_known: Whether Xero has sent a journal with this number or a later one.
    """

    modified_since: datetime | None = None
    page: int = 0
    journal_number: int | None = None
    is_number_known: bool = True


class OrderIgnoredError(Exception):
    """The records did not come in the order that the paginator needs."""


class Paginator(Protocol):
    """A way to read a list page by page."""

    @property
    def lookahead(self) -> int:
        """Requests that may wait in addition to those in flight."""
        ...

    @property
    def progress(self) -> Progress | None:
        """The position after the last page; None if a read cannot be continued."""
        ...

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

    def on_error(self, request: PageRequest, error: XeroError) -> PageResult:
        """Processes Xero's refusal of the oldest pending request.

        Raises:
            XeroError: The list cannot be read in another way.
        """
        ...

    def finish(self) -> None:
        """Checks a list that was read to its end.

        Raises:
            XeroError: Records are missing.
        """
        ...


class BasePaginator:
    """What most paginators have in common: no progress, and no answer to an error."""

    lookahead = 0

    @property
    def progress(self) -> Progress | None:
        """See ``Paginator.progress``."""
        return None

    def on_error(self, request: PageRequest, error: XeroError) -> PageResult:  # noqa: ARG002  # see Paginator
        """See ``Paginator.on_error``."""
        raise error

    def finish(self) -> None:
        """See ``Paginator.finish``."""
