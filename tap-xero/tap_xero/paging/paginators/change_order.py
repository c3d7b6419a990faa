"""Lists in the order of the last change, without page numbers if that is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tap_xero.paging.page import (
    BasePaginator,
    OrderIgnoredError,
    Page,
    PageRequest,
    PageResult,
    Progress,
)
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError
from xero_client.http.wire import parse_instant

# If-Modified-Since counts whole seconds, and Xero does not document whether it includes its own
# second (xero-facts.md: Change capture).
OVERLAP = timedelta(seconds=1)
# Before Xero existed, and after 1753, where the dates of its database begin.
EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)

# How often the pages of a crowded second are read backwards, if each time brings a new record.
MAX_BACKWARD_READS = 3

Version = tuple[Any, datetime]


def since_with_overlap(instant: datetime) -> datetime:
    """The ``If-Modified-Since`` for all records that changed at an instant or later."""
    return max(instant.replace(microsecond=0), EARLIEST) - OVERLAP


@dataclass
class _BackwardRead:
    """Pages of a crowded second that are read again, from the last to the first.

    Attributes:
        last: The number of the page to start at.
        since: The ``If-Modified-Since`` with which the list continues after that.
        is_end: Whether the list ends there.
        count: How often the pages were read backwards.
        has_new: Whether this time brought a record that no page had before.
    """

    last: int
    since: datetime
    is_end: bool
    count: int = 1
    has_new: bool = False


class ModifiedSincePaginator(BasePaginator):
    """``page=1`` each time, with ``If-Modified-Since`` moved to the last record seen.

    In the order of change, an edit moves a record to the end, so that the records after it move to
    earlier pages. With page numbers, the first record of the next page would be missed.

    Only if more records changed within a second than a page holds, page numbers are needed. Then
    the pages of that second are read forwards, up to its end, and after that backwards. A record
    that is not edited itself can only move to earlier pages, and these are still to be read. So
    none is missed, whatever is edited, added or removed between two requests. If the list ends
    there, it is read forwards once more, because an edit that came meanwhile has moved a record
    behind the last page. (Records that changed at the same instant may come in any order, see
    xero-facts.md: Paging. So the pages are read backwards again while that brings new records, a
    few times.)
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
        self._since = modified_since
        self._id_field = id_field or ""
        self._changed_field = changed_field
        self._number = 1
        self._done = False
        self._previous_ids: frozenset[Any] = frozenset()
        # Of the page before; of all pages of a crowded second.
        self._versions: set[Version] = set()
        self._backward: _BackwardRead | None = None
        # Whether the end of the list is read once more, and whether that brought a new record.
        self._is_checking_end = False
        self._has_new = False

    @property
    def progress(self) -> Progress:
        """The instant to continue from."""
        return Progress(self._since)

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """One request at a time, because each depends on the response to the one before."""
        if self._done or in_flight or not room:
            return []
        params = {"page": str(self._number)}
        if self._page_size is not None:
            params["pageSize"] = str(self._page_size)
        return [PageRequest(params, self._since, self._number)]

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        changes = [self._changed(record) for record in page.records]
        requested_since = page.request.modified_since
        is_since_ignored = (
            requested_since is not None
            and bool(changes)
            and changes[0] < requested_since.replace(microsecond=0)
        )
        if changes != sorted(changes) or is_since_ignored:
            raise OrderIgnoredError
        new = self._without_repeats(page.records, changes)
        if self._backward is not None:
            self._read_backwards(self._backward, new)
        else:
            self._has_new = self._has_new or bool(new)
            self._read_forwards(page, changes)
        return PageResult(new)

    def _read_forwards(self, page: Page, changes: Sequence[datetime]) -> None:
        number, pagination = page.request.number, page.pagination
        if not changes:
            self._continue(None, is_end=True)
            return
        since = since_with_overlap(changes[-1])
        is_end = pagination is not None and number >= pagination.page_count
        if is_end or self._since is None or since > self._since:
            self._continue(since, is_end=is_end)
            return
        ids = frozenset(record.get(self._id_field) for record in page.records)
        if ids == self._previous_ids:
            message = f"Page {number} repeats the records of the page before it"
            raise UnexpectedResponseError(message)
        self._previous_ids = ids
        self._number += 1

    def _continue(self, since: datetime | None, *, is_end: bool) -> None:
        """Continues after the last page of an instant; reads crowded pages backwards before."""
        since = since or self._since
        is_checked = is_end and self._is_checking_end and not self._has_new
        if self._number > 1 and self._backward is None and since is not None and not is_checked:
            self._backward = _BackwardRead(self._number - 1, since, is_end)
            self._number -= 1
            return
        self._is_checking_end = self._backward is not None and is_end
        if self._is_checking_end:
            is_end = False
            self._has_new = False
        self._backward = None
        self._done = is_end
        self._since = since
        self._number = 1
        self._previous_ids = frozenset()

    def _read_backwards(self, backward: _BackwardRead, new: Sequence[Record]) -> None:
        backward.has_new = backward.has_new or any(
            backward.is_end or self._changed(record) < backward.since for record in new
        )
        if self._number > 1:
            self._number -= 1
        elif backward.has_new and backward.count < MAX_BACKWARD_READS:
            backward.count += 1
            backward.has_new = False
            self._number = backward.last
        else:
            self._continue(backward.since, is_end=backward.is_end)

    def _without_repeats(
        self, records: Sequence[Record], changes: Sequence[datetime]
    ) -> Sequence[Record]:
        """The records that the page before did not have; requests overlap by a second."""
        earlier = self._versions
        versions = [
            (record.get(self._id_field), changed)
            for record, changed in zip(records, changes, strict=True)
        ]
        is_crowded = self._number > 1 or self._backward is not None or self._is_checking_end
        self._versions = earlier | set(versions) if is_crowded else set(versions)
        return [
            record
            for record, version in zip(records, versions, strict=True)
            if version not in earlier
        ]

    def _changed(self, record: Record) -> datetime:
        try:
            return parse_instant(record[self._changed_field])
        except (KeyError, TypeError, ValueError):
            raise OrderIgnoredError from None
