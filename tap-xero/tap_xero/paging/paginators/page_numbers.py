"""Pages by number, over an order that no edit changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tap_xero.paging.page import (
    BasePaginator,
    OrderIgnoredError,
    Page,
    PageParameters,
    PageRequest,
    PageResult,
    Pagination,
    Progress,
    fields_of,
)
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError

# Requests that wait in addition to those in flight, so that the next one is sent as soon as a
# response arrives.
LOOKAHEAD = 2
# A list that keeps shrinking is not read for ever.
MAX_RESTARTS = 20
# How often two different pages must have the same records before the server is said not to page.
MAX_EQUAL_PAGES = 3
# The most pages in a row that repeat earlier records, whatever the reason.
MAX_REPEATED_PAGES = 100
DEFAULT_PARAMETERS = PageParameters()

WENT_BACK = PageResult(
    None,
    discard_in_flight=True,
    notice="records left the list while it was read; going back to miss none",
)


@dataclass(frozen=True)
class _RepeatedPage:
    """A page that has the records of earlier pages.

    Attributes:
        number: Its number.
        earlier: The number of the page with the same records; 0 if it was several pages.
        ids: The ids of its records.
    """

    number: int
    earlier: int
    ids: AbstractSet[Any]


class PageNumberPaginator(BasePaginator):
    """Pages by number, over an order that no edit changes.

    If records leave the list while it is read, later records move to pages that were read already.
    Xero's ``itemCount`` shows that, and the paginator goes back. If as many records join as leave
    between two pages, the count stays the same; ``RepeatedReadPaginator`` is for such lists.

    Records that join push others to later pages, so that a page can repeat an earlier one. Then the
    page before it is read again. It has other records by now, unless the server does not page.
    """

    lookahead = LOOKAHEAD

    def __init__(
        self,
        *,
        page_size: int | None,
        modified_since: datetime | None = None,
        id_field: str | None = None,
        order: str | None = None,
        first: int = 1,
        check_order: bool = False,
        identify: Callable[[Record], Hashable] | None = None,
        parameters: PageParameters = DEFAULT_PARAMETERS,
    ) -> None:
        """Starts at page ``first``.

        Args:
            page_size: Records to ask for; None leaves it to the server.
            modified_since: The same for all pages.
            id_field: The records' own id, by which repeated pages are detected.
            order: The order to ask for; None leaves it to the server.
            first: The page to start at.
            check_order: Whether to check that the server did not ignore the order by id.
            identify: What identifies a record, if it is not one field.
            parameters: How to ask for a page.
        """
        self._identify = identify or (fields_of(id_field) if id_field else None)
        self._parameters = parameters
        self._page_size = page_size
        self._modified_since = modified_since
        self._id_field = id_field
        self._order = order
        self._check_order = check_order
        self._first = first
        self._next_number = first
        self._number = first - 1
        self._last: int | None = None
        self._done = False
        self._item_count: int | None = None
        self._page_by_ids: dict[int, int] = {}
        self._seen_ids: set[Any] = set()
        self._restart_count = 0
        self._suspect: _RepeatedPage | None = None
        self._equal_count = 0
        self._repeated_count = 0

    @property
    def progress(self) -> Progress:
        """The last page processed."""
        return Progress(self._modified_since, self._number)

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """All pages that are known to exist; if the number of pages is unknown, only the next."""
        if self._done:
            return []
        if self._last is None or self._suspect is not None:
            count = 0 if in_flight else min(room, 1)
        else:
            count = min(room, self._last - self._next_number + 1)
        requests = [self._request(self._next_number + step) for step in range(count)]
        self._next_number += len(requests)
        return requests

    def _request(self, number: int) -> PageRequest:
        params = {self._parameters.page: str(number)}
        if self._page_size is not None:
            params[self._parameters.size] = str(self._page_size)
        if self._order is not None:
            params["order"] = self._order
        return PageRequest(params, self._modified_since, number)

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        number, pagination = page.request.number, page.pagination
        if pagination is not None and self._goes_back(number, pagination):
            return WENT_BACK
        suspect = self._suspect
        if suspect is not None and number < suspect.number:
            return self._on_page_before(suspect, page)
        self._suspect = self._repeated(page)
        is_whole_list = pagination is not None and pagination.page_count <= 1
        if self._check_order and number == self._first and not is_whole_list:
            ids = [str(record.get(self._id_field or "")) for record in page.records]
            if not in_id_order(ids):
                raise OrderIgnoredError
        self._number = number
        if pagination is not None:
            self._last = pagination.page_count
            self._item_count = pagination.item_count
        if self._suspect is not None:
            self._next_number = number - 1
            return PageResult(page.records, discard_in_flight=True)
        self._done = self._is_end(page)
        return PageResult(page.records)

    def _is_end(self, page: Page) -> bool:
        number, pagination = page.request.number, page.pagination
        if pagination is not None:
            has_all_records = number == 1 and len(page.records) >= pagination.item_count
            if number >= pagination.page_count or has_all_records:
                return True
            if not page.records:
                message = f"Page {number} of {pagination.page_count} is empty"
                raise UnexpectedResponseError(message)
        elif self._parameters.full_page is not None:
            return len(page.records) < self._parameters.full_page
        return not page.records

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
        self._suspect = None
        self._seen_ids = set()
        self._page_by_ids = {ids: at for ids, at in self._page_by_ids.items() if at < number}

    def _repeated(self, page: Page) -> _RepeatedPage | None:
        """The page, if it has the records of earlier pages only."""
        number = page.request.number
        if self._identify is None or not page.records:
            return None
        ids = frozenset(self._identify(record) for record in page.records)
        earlier = self._page_by_ids.setdefault(hash(ids), number)
        is_repeated = earlier != number
        if page.pagination is None:
            # Without a page count, nothing else stops a server that repeats records for ever.
            if ids <= self._seen_ids and not is_repeated:
                is_repeated, earlier = True, 0
            self._seen_ids |= ids
        if not is_repeated or number == self._first:
            self._equal_count = self._repeated_count = 0
            return None
        self._repeated_count += 1
        suspect = _RepeatedPage(number, earlier, ids)
        if self._repeated_count > MAX_REPEATED_PAGES:
            raise _not_paging(suspect, self._parameters.remedy)
        return suspect

    def _on_page_before(self, suspect: _RepeatedPage, page: Page) -> PageResult:
        """Compares the page before a repeated one with it.

        Raises:
            UnexpectedResponseError: Both have the same records, several times in a row.
        """
        ids = {self._identify(record) for record in page.records} if self._identify else set()
        self._suspect = None
        self._next_number = suspect.number
        if ids == suspect.ids:
            self._equal_count += 1
            if self._equal_count >= MAX_EQUAL_PAGES:
                raise _not_paging(suspect, self._parameters.remedy)
        else:
            self._equal_count = 0
            self._next_number += 1
            self._done = self._last is not None and self._next_number > self._last
        return PageResult(page.records, discard_in_flight=True)


def _not_paging(page: _RepeatedPage, remedy: str) -> UnexpectedResponseError:
    place = f"page {page.earlier}" if page.earlier else "earlier pages"
    message = (
        f"Page {page.number} repeats the records of {place}: the server does not page; {remedy}"
    )
    return UnexpectedResponseError(message)


def in_id_order(ids: list[str]) -> bool:
    """Whether ids ascend as text, or as SQL Server orders a ``uniqueidentifier``."""
    if ids == sorted(ids):
        return True
    try:
        keys = [_sql_server_key(text) for text in ids]
    except ValueError:
        return False
    return keys == sorted(keys)


def _sql_server_key(text: str) -> tuple[bytes, ...]:
    stored = UUID(text).bytes_le
    return stored[10:], stored[8:10], stored[6:8], stored[4:6], stored[:4]
