"""Lists that are read again until no record can have been missed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from tap_xero.paging.page import (
    Page,
    PageRequest,
    PageResult,
    Progress,
)
from tap_xero.paging.paginators.change_order import since_with_overlap
from tap_xero.paging.paginators.page_numbers import MAX_RESTARTS, PageNumberPaginator
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError, XeroError

LOOKAHEAD = 2


class RepeatedReadPaginator:
    """A list by page number that a record may leave while it is read.

    A record that leaves moves a later one to a page that was read already. The item count does not
    show that if Xero sends none, or if another record joined. So a list of several pages is read
    again, until a read brings no new record, or Xero knows of no change since the read began.
    """

    lookahead = LOOKAHEAD

    def __init__(
        self,
        first: PageNumberPaginator,
        again: Callable[[], PageNumberPaginator],
        *,
        identify: Callable[[Record], Hashable],
        is_resumed: bool,
        change_request: Callable[[datetime], PageRequest] | None,
        began_at: datetime | None,
    ) -> None:
        """Starts with the first read.

        Args:
            first: The paginator of the first read.
            again: Makes the paginator of a further read, which starts at page 1.
            identify: What identifies a record.
            is_resumed: Whether the first read continues that of an earlier run. Records may have
                left the list since then.
            change_request: Makes the request for the records of the entity that changed since an
                instant, listed or not; None if Xero cannot tell.
            began_at: When an earlier run began the read; None if this run begins it.
        """
        self._read = first
        self._again = again
        self._identify = identify
        self._is_resumed = is_resumed
        self._change_request = change_request
        self._began_at = began_at
        self._progress: Progress | None = None
        self._seen_ids: set[Any] = set()
        self._read_count = 1
        self._page_count = 0
        self._new_count = 0
        self._has_counts = True
        self._asks_for_changes = False
        self._done = False

    @property
    def progress(self) -> Progress | None:
        """The last page of the first read; a further read starts at page 1 in any case."""
        return self._progress or self._read.progress

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """The requests of the present read; at its end, the request for changes."""
        if self._done or self._asks_for_changes or not room:
            return []
        requests = self._read.next_requests(in_flight, room)
        if requests or in_flight:
            return requests
        self._end_read()
        if self._asks_for_changes and self._change_request and self._began_at:
            return [self._change_request(since_with_overlap(self._began_at))]
        return [] if self._done else self._read.next_requests(0, room)

    def _end_read(self) -> None:
        self._progress = self.progress
        is_one_page = self._page_count <= 1 and not self._is_resumed
        if is_one_page or not self._new_count:
            self._done = True
        elif self._has_counts and self._change_request and self._began_at:
            self._asks_for_changes = True
        else:
            self._read_again()

    def _read_again(self) -> None:
        if self._read_count >= MAX_RESTARTS:
            message = (
                f"The list changed in each of {self._read_count} reads; run again when fewer "
                "people work in the organisation"
            )
            raise UnexpectedResponseError(message)
        self._read_count += 1
        self._read = self._again()
        self._is_resumed = False
        self._page_count = self._new_count = 0

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        if self._asks_for_changes:
            self._asks_for_changes = False
            if page.records:
                self._read_again()
            else:
                self._done = True
            return PageResult(None)
        result = self._read.on_page(page)
        if result.records is None:
            return result
        if self._began_at is None or (page.made_at and page.made_at < self._began_at):
            self._began_at = page.made_at
        new = [record for record in result.records if self._identify(record) not in self._seen_ids]
        self._seen_ids.update(self._identify(record) for record in new)
        self._has_counts = self._has_counts and page.pagination is not None
        self._page_count += bool(page.records)
        self._new_count += len(new)
        return PageResult(new, result.discard_in_flight, result.notice)

    def on_error(self, request: PageRequest, error: XeroError) -> PageResult:
        """See ``Paginator.on_error``."""
        return self._read.on_error(request, error)

    def finish(self) -> None:
        """See ``Paginator.finish``."""
        self._read.finish()
