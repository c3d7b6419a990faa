"""Paginators that skip no record while a list changes.

- ``PageNumberPaginator``: ``page`` and ``pageSize``, in the order of the record's own id, which no
  edit changes. If records leave the list while it is read, later records move to pages that were
  read already. Xero's ``itemCount`` shows that, and the paginator goes back. (If as many records
  join as leave between two pages, the count stays the same. The list reader checks for that.)
- ``ModifiedSincePaginator``: for lists that Xero does not give in the order of ids. They are in the
  order of the last change, in which an edit moves a record to the end. So it does not count up page
  numbers. It asks for ``page=1`` again, with ``If-Modified-Since`` moved to the last record seen.
- ``OffsetPaginator``: journals, which are append-only and numbered, with gaps.
- ``FixedRequestsPaginator``: requests that are known from the start: a list in one response, or
  records by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tap_xero.paging.page import (
    DISCARDED_PAGE,
    OrderIgnoredError,
    Page,
    PageRequest,
    PageResult,
    Pagination,
)
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError
from xero_client.http.wire import parse_instant

# A list that keeps shrinking is not read for ever.
MAX_RESTARTS = 20

JOURNALS_PER_PAGE = 100
# Further journals are requested in advance only if at most this share of the numbers is missing.
MAX_GAP_SHARE = 0.05


class PageNumberPaginator:
    """Pages by number, over an order that does not change.

    Attributes:
        number: The number of the last page processed.
    """

    def __init__(
        self,
        *,
        page_size: int | None,
        modified_since: datetime | None = None,
        id_field: str | None = None,
        first: int = 1,
        check_order: bool = False,
    ) -> None:
        """Starts at page ``first``.

        Args:
            page_size: Records to ask for; None leaves it to the server.
            modified_since: The same for all pages.
            id_field: The records' own id, by which repeated pages are detected.
            first: The page to start at.
            check_order: Whether to check that the server did not ignore the order by id.
        """
        self._page_size = page_size
        self._modified_since = modified_since
        self._id_field = id_field
        self._check_order = check_order
        self._first = first
        self._next_number = first
        self.number = first - 1
        self._last: int | None = None
        self._done = False
        self._item_count: int | None = None
        self._page_by_ids: dict[int, int] = {}
        self._seen_ids: set[Any] = set()
        self._restart_count = 0

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """All pages that are known to exist; if the number of pages is unknown, only the next."""
        if self._done:
            return []
        if self._last is None:
            count = 0 if in_flight else min(room, 1)
        else:
            count = min(room, self._last - self._next_number + 1)
        requests = [self._request(self._next_number + step) for step in range(count)]
        self._next_number += len(requests)
        return requests

    def _request(self, number: int) -> PageRequest:
        params = {"page": str(number)}
        if self._page_size is not None:
            params["pageSize"] = str(self._page_size)
        return PageRequest(params, self._modified_since, number)

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        number, pagination = page.request.number, page.pagination
        if pagination is not None and self._goes_back(number, pagination):
            return DISCARDED_PAGE
        self._refuse_repeated(page)
        is_whole_list = pagination is not None and pagination.page_count <= 1
        if self._check_order and number == self._first and not is_whole_list:
            ids = [str(record.get(self._id_field or "")) for record in page.records]
            if not in_id_order(ids):
                raise OrderIgnoredError
        self.number = number
        if pagination is not None:
            self._last = pagination.page_count
            self._item_count = pagination.item_count
            has_all_records = number == 1 and len(page.records) >= pagination.item_count
            self._done = number >= pagination.page_count or has_all_records
        if not page.records:
            if pagination is not None and number < pagination.page_count:
                message = f"Page {number} of {pagination.page_count} is empty"
                raise UnexpectedResponseError(message)
            self._done = True
        return PageResult(page.records)

    def _goes_back(self, number: int, pagination: Pagination) -> bool:
        """Goes back if records left the list, because others moved to pages already read."""
        if self._item_count is None:
            is_beyond_end = number > max(pagination.page_count, 1)
            if is_beyond_end and pagination.item_count:
                self._restart(1)
            return is_beyond_end and bool(pagination.item_count)
        removed = self._item_count - pagination.item_count
        if removed <= 0:
            return False
        self._restart_count += 1
        if self._restart_count > MAX_RESTARTS:
            message = (
                f"The list shrank {self._restart_count} times while it was read; run again when "
                "fewer people work in the organisation"
            )
            raise UnexpectedResponseError(message)
        self._item_count = None
        self._restart(max(1, number - 1 - removed // max(pagination.page_size, 1)))
        return True

    def _restart(self, number: int) -> None:
        self._next_number = number
        self._first = number
        self._last = None
        self._seen_ids = set()
        self._page_by_ids = {ids: at for ids, at in self._page_by_ids.items() if at < number}

    def _refuse_repeated(self, page: Page) -> None:
        if self._id_field is None or not page.records:
            return
        ids = frozenset(record.get(self._id_field) for record in page.records)
        earlier = self._page_by_ids.setdefault(hash(ids), page.request.number)
        if page.pagination is None:
            # Without a page count, nothing else stops a server that repeats records for ever.
            if ids <= self._seen_ids and earlier == page.request.number:
                earlier = 0
            self._seen_ids |= ids
        if earlier != page.request.number:
            place = f"page {earlier}" if earlier else "earlier pages"
            message = (
                f"Page {page.request.number} repeats the records of {place}: the server does not "
                "page; set 'pagination' of the stream to false"
            )
            raise UnexpectedResponseError(message)


class ModifiedSincePaginator:
    """``page=1`` each time, with ``If-Modified-Since`` moved to the last record seen.

    Attributes:
        since: The ``If-Modified-Since`` of the next request.
        page_count: How many pages were processed.
    """

    def __init__(
        self,
        *,
        page_size: int | None,
        modified_since: datetime | None,
        id_field: str | None,
        changed_field: str,
    ) -> None:
        """Starts at ``modified_since``.

        Args:
            page_size: Records to ask for; None leaves it to the server.
            modified_since: The instant to start at; None for the beginning.
            id_field: The records' own id, by which repeated pages are detected.
            changed_field: The instant of the last change, by which the list is ordered.
        """
        self._page_size = page_size
        self.since = modified_since
        self.page_count = 0
        self._id_field = id_field
        self._changed_field = changed_field
        self._number = 1
        self._done = False
        self._previous_ids: int | None = None
        self._previous_versions: set[tuple[Any, datetime]] = set()

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """One request at a time, because each depends on the response to the one before."""
        if self._done or in_flight or not room:
            return []
        params = {"page": str(self._number)}
        if self._page_size is not None:
            params["pageSize"] = str(self._page_size)
        return [PageRequest(params, self.since, self._number)]

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        if not page.records:
            self._done = True
            return PageResult()
        changes = [self._changed(record) for record in page.records]
        if changes != sorted(changes):
            raise OrderIgnoredError
        requested_since = page.request.modified_since
        self.page_count += 1
        new = self._without_overlap(page.records, changes)
        if requested_since is not None and changes[0] < requested_since.replace(microsecond=0):
            raise OrderIgnoredError  # the server ignores If-Modified-Since
        if page.pagination is not None and page.request.number >= page.pagination.page_count:
            self._done = True
            return PageResult(new)
        # Whole seconds, less one: Xero does not document whether the header includes its own
        # second (xero-facts.md: Change capture).
        since = changes[-1].replace(microsecond=0) - timedelta(seconds=1)
        if self.since is None or since > self.since:
            self.since = since
            self._number = 1
            self._previous_ids = None
            return PageResult(new)
        # More records changed within one second than a page holds.
        ids = hash(frozenset(record.get(self._id_field or "") for record in page.records))
        if ids == self._previous_ids:
            message = f"Page {self._number} repeats the records of the page before it"
            raise UnexpectedResponseError(message)
        self._previous_ids = ids
        self._number += 1
        return PageResult(new)

    def _without_overlap(
        self, records: Sequence[Record], changes: Sequence[datetime]
    ) -> Sequence[Record]:
        """The records that the page before did not have; requests overlap by a second."""
        previous = self._previous_versions
        versions = [
            (record.get(self._id_field or ""), changed)
            for record, changed in zip(records, changes, strict=True)
        ]
        self._previous_versions = set(versions)
        return [
            record
            for record, version in zip(records, versions, strict=True)
            if version not in previous
        ]

    def _changed(self, record: Record) -> datetime:
        try:
            return parse_instant(record[self._changed_field])
        except (KeyError, TypeError, ValueError):
            raise OrderIgnoredError from None


class OffsetPaginator:
    """Journals after a number, until an empty page; a short page is not the end.

    A full page after number N holds all journals up to N + 100 at least (xero-facts.md: Paging). So
    further pages can be requested in advance, in steps of 100. Where they overlap, a journal counts
    once. This is done only while few numbers are missing, because over gaps it would cost calls for
    few journals. The number of requests in flight grows by one per page, because requests beyond
    the end are wasted.

    Attributes:
        offset: The number of the last journal processed.
    """

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self._next_offset = offset
        self._dense_pages = 0  # full pages in a row with few gaps
        self._done = False

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """One request at a time, or several while few numbers are missing."""
        if self._done:
            return []
        if not in_flight:
            self._next_offset = (
                max(self._next_offset, self.offset) if self._dense_pages else self.offset
            )
        count = max(0, min(room, self._dense_pages + 1 - in_flight))
        requests = [
            PageRequest({"offset": str(self._next_offset + step * JOURNALS_PER_PAGE)})
            for step in range(count)
        ]
        self._next_offset += count * JOURNALS_PER_PAGE
        return requests

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        if not page.records:
            self._done = True
            return PageResult(discard_in_flight=True)
        requested_offset = int(page.request.params["offset"])
        highest = max(_journal_number(record) for record in page.records)
        if highest <= requested_offset:
            message = (
                f"Journals after number {requested_offset} repeat earlier ones, up to {highest}"
            )
            raise UnexpectedResponseError(message)
        records = [record for record in page.records if _journal_number(record) > self.offset]
        self.offset = max(self.offset, highest)
        is_full = len(page.records) >= JOURNALS_PER_PAGE
        if is_full and self.offset - requested_offset <= JOURNALS_PER_PAGE * (1 + MAX_GAP_SHARE):
            if not self._dense_pages:
                self._next_offset = requested_offset + JOURNALS_PER_PAGE
            self._dense_pages += 1
            return PageResult(records)
        was_dense, self._dense_pages = self._dense_pages, 0
        return PageResult(records, discard_in_flight=bool(was_dense))


class FixedRequestsPaginator:
    """Requests that are known from the start and do not depend on one another."""

    def __init__(self, requests: Sequence[PageRequest]) -> None:
        self._remaining = list(requests)

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:  # noqa: ARG002  # see Paginator
        """As many requests as there is room for."""
        requests, self._remaining = self._remaining[:room], self._remaining[room:]
        return requests

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        return PageResult(page.records)


def in_id_order(ids: Sequence[str]) -> bool:
    """Whether ids ascend as text, or as SQL Server orders a ``uniqueidentifier``."""
    if list(ids) == sorted(ids):
        return True
    try:
        keys = [_sql_server_key(text) for text in ids]
    except ValueError:
        return False
    return keys == sorted(keys)


def _sql_server_key(text: str) -> tuple[bytes, ...]:
    stored = UUID(text).bytes_le
    return stored[10:], stored[8:10], stored[6:8], stored[4:6], stored[:4]


def _journal_number(record: Record) -> int:
    """The number of a journal, which may be quoted (xero-facts.md: Formats)."""
    try:
        number = Decimal(str(record.get("JournalNumber")))
        if number == int(number):
            return int(number)
    except (ArithmeticError, ValueError):
        pass
    message = f"A journal has no JournalNumber (JournalID {record.get('JournalID')})"
    raise UnexpectedResponseError(message)
