"""Ways of walking a list so that nothing is skipped while it changes.

- ``NumberedWalk``: ``page`` and ``pageSize`` over an order that no edit changes, the record's own
  id. Rows that leave the list while it is read would pull later ones over a page boundary that has
  been passed; Xero's ``itemCount`` betrays that, and the walk goes back. (Rows that join and leave
  in equal number between two pages hide each other; the reading looks for that, see ``reading``.)
- ``ModifiedWalk``: where Xero refuses that order. The list is then in the order of last change, in
  which an edit moves a row to the end; so page numbers are not used, but ``page=1`` again with
  ``If-Modified-Since`` moved to the last record seen.
- ``OffsetWalk``: journals, which are append-only and numbered, with gaps.
- ``ListedWalk``: requests that are known from the start: a list in one answer, or records by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tap_xero.paging.page import (
    WENT_BACK,
    OrderIgnoredError,
    Page,
    PageRequest,
    Pagination,
    Record,
    Taken,
)
from xero_client.errors import OddAnswerError
from xero_client.http.wire import parse_instant

# A list that shrinks at every look is not walked for ever.
MOST_RETURNS = 20

JOURNALS_A_PAGE = 100
# Share of numbers that may be missing for journals still to be asked for ahead.
SPARSENESS = 0.05


class NumberedWalk:
    """Pages by number over an order that stays.

    Attributes:
        number: The page taken last.
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
            id_field: The records' own id, by which repeated pages are found out.
            first: Where to start.
            check_order: Whether the order by id might have been ignored without a word.
        """
        self._page_size = page_size
        self._modified_since = modified_since
        self._id_field = id_field
        self._check_order = check_order
        self._first = first
        self._next_to_ask = first
        self.number = first - 1
        self._last: int | None = None
        self._done = False
        self._item_count: int | None = None
        self._seen: dict[int, int] = {}
        self._known: set[Any] = set()
        self._returns = 0

    def ahead(self, in_flight: int, room: int) -> list[PageRequest]:
        """All pages that are known to exist; without that knowledge the next one only."""
        if self._done:
            return []
        if self._last is None:
            count = 0 if in_flight else min(room, 1)
        else:
            count = min(room, self._last - self._next_to_ask + 1)
        requests = [self._request(self._next_to_ask + step) for step in range(count)]
        self._next_to_ask += len(requests)
        return requests

    def _request(self, number: int) -> PageRequest:
        params = {"page": str(number)}
        if self._page_size is not None:
            params["pageSize"] = str(self._page_size)
        return PageRequest(params, self._modified_since, number)

    def take(self, page: Page) -> Taken:
        """See ``Walk.take``."""
        number, pagination = page.request.number, page.pagination
        if pagination is not None and self._went_back(number, pagination):
            return WENT_BACK
        self._refuse_repeated(page)
        is_all = pagination is not None and pagination.page_count <= 1
        if self._check_order and number == self._first and not is_all:
            ids = [str(record.get(self._id_field or "")) for record in page.records]
            if not in_id_order(ids):
                raise OrderIgnoredError
        self.number = number
        if pagination is not None:
            self._last = pagination.page_count
            self._item_count = pagination.item_count
            everything = number == 1 and len(page.records) >= pagination.item_count
            self._done = number >= pagination.page_count or everything
        if not page.records:
            if pagination is not None and number < pagination.page_count:
                message = f"Page {number} of {pagination.page_count} came empty"
                raise OddAnswerError(message)
            self._done = True
        return Taken(page.records)

    def _went_back(self, number: int, pagination: Pagination) -> bool:
        """Goes back if rows left the list: others slid over a boundary that has been passed."""
        if self._item_count is None:
            beyond_the_end = number > max(pagination.page_count, 1)
            if beyond_the_end and pagination.item_count:
                self._restart(1)
            return beyond_the_end and bool(pagination.item_count)
        lost = self._item_count - pagination.item_count
        if lost <= 0:
            return False
        self._returns += 1
        if self._returns > MOST_RETURNS:
            message = (
                f"The list shrank {self._returns} times while it was read; run again when the "
                "organisation is quieter"
            )
            raise OddAnswerError(message)
        self._item_count = None
        self._restart(max(1, number - 1 - lost // max(pagination.page_size, 1)))
        return True

    def _restart(self, number: int) -> None:
        self._next_to_ask = number
        self._first = number
        self._last = None
        self._known = set()
        self._seen = {ids: at for ids, at in self._seen.items() if at < number}

    def _refuse_repeated(self, page: Page) -> None:
        if self._id_field is None or not page.records:
            return
        ids = frozenset(record.get(self._id_field) for record in page.records)
        earlier = self._seen.setdefault(hash(ids), page.request.number)
        if page.pagination is None:
            # Without a count, a server that gives the same records for ever is not found out.
            if ids <= self._known and earlier == page.request.number:
                earlier = 0
            self._known |= ids
        if earlier != page.request.number:
            place = f"page {earlier}" if earlier else "earlier pages"
            message = (
                f"Page {page.request.number} repeats the records of {place}: the server does not "
                "page; set 'pagination' of the stream to false"
            )
            raise OddAnswerError(message)


class ModifiedWalk:
    """``page=1`` again and again, with ``If-Modified-Since`` moved to the last record seen.

    Attributes:
        since: What the next request sends.
        taken: How many pages were taken.
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
            modified_since: Where to start; None for the beginning.
            id_field: The records' own id, by which repeated pages are found out.
            changed_field: The instant of the last change, by which the list is ordered.
        """
        self._page_size = page_size
        self.since = modified_since
        self.taken = 0
        self._id_field = id_field
        self._changed_field = changed_field
        self._number = 1
        self._done = False
        self._before: int | None = None
        self._overlap: set[tuple[Any, datetime]] = set()

    def ahead(self, in_flight: int, room: int) -> list[PageRequest]:
        """One request at a time: each stands on the answer before it."""
        if self._done or in_flight or not room:
            return []
        params = {"page": str(self._number)}
        if self._page_size is not None:
            params["pageSize"] = str(self._page_size)
        return [PageRequest(params, self.since, self._number)]

    def take(self, page: Page) -> Taken:
        """See ``Walk.take``."""
        if not page.records:
            self._done = True
            return Taken()
        changes = [self._changed(record) for record in page.records]
        if changes != sorted(changes):
            raise OrderIgnoredError
        asked = page.request.modified_since
        self.taken += 1
        fresh = self._without_overlap(page.records, changes)
        if asked is not None and changes[0] < asked.replace(microsecond=0):
            raise OrderIgnoredError  # the header is not heeded
        if page.pagination is not None and page.request.number >= page.pagination.page_count:
            self._done = True
            return Taken(fresh)
        # Whole seconds, and one more: whether the header includes its own second is not
        # documented (xero-facts.md: Change capture).
        since = changes[-1].replace(microsecond=0) - timedelta(seconds=1)
        if self.since is None or since > self.since:
            self.since = since
            self._number = 1
            self._before = None
            return Taken(fresh)
        # More records changed within one second than a page holds.
        ids = hash(frozenset(record.get(self._id_field or "") for record in page.records))
        if ids == self._before:
            message = f"Page {self._number} repeats the records of the page before it"
            raise OddAnswerError(message)
        self._before = ids
        self._number += 1
        return Taken(fresh)

    def _without_overlap(
        self, records: Sequence[Record], changes: Sequence[datetime]
    ) -> Sequence[Record]:
        """Without what the page before had too, for requests overlap by a second."""
        before = self._overlap
        stands = [
            (one.get(self._id_field or ""), at) for one, at in zip(records, changes, strict=True)
        ]
        self._overlap = set(stands)
        return [one for one, stand in zip(records, stands, strict=True) if stand not in before]

    def _changed(self, record: Record) -> datetime:
        try:
            return parse_instant(record[self._changed_field])
        except (KeyError, TypeError, ValueError):
            raise OrderIgnoredError from None


class OffsetWalk:
    """Journals after a number, until none is left: a short page is not the end (xero-facts.md: Paging).

    A full page after number N holds all journals up to N + 100 at least, so further pages can be
    asked for ahead in steps of 100; where they overlap, a journal counts once. That is done while
    the numbers are dense, since over gaps it would cost calls for little, and one more at a time,
    since what is asked for beyond the end is wasted.

    Attributes:
        offset: The number of the last journal taken.
    """

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self._next_to_ask = offset
        self._dense = 0  # full pages in a row with few gaps
        self._done = False

    def ahead(self, in_flight: int, room: int) -> list[PageRequest]:
        """One request at a time, or as many as there is room for where numbers are dense."""
        if self._done:
            return []
        if not in_flight:
            self._next_to_ask = max(self._next_to_ask, self.offset) if self._dense else self.offset
        count = max(0, min(room, self._dense + 1 - in_flight))
        requests = [
            PageRequest({"offset": str(self._next_to_ask + step * JOURNALS_A_PAGE)})
            for step in range(count)
        ]
        self._next_to_ask += count * JOURNALS_A_PAGE
        return requests

    def take(self, page: Page) -> Taken:
        """See ``Walk.take``."""
        if not page.records:
            self._done = True
            return Taken(voids=True)
        asked = int(page.request.params["offset"])
        highest = max(_journal_number(record) for record in page.records)
        if highest <= asked:
            message = f"Journals after number {asked} repeat earlier ones, up to {highest}"
            raise OddAnswerError(message)
        records = [record for record in page.records if _journal_number(record) > self.offset]
        self.offset = max(self.offset, highest)
        full = len(page.records) >= JOURNALS_A_PAGE
        if full and self.offset - asked <= JOURNALS_A_PAGE * (1 + SPARSENESS):
            if not self._dense:
                self._next_to_ask = asked + JOURNALS_A_PAGE
            self._dense += 1
            return Taken(records)
        was_dense, self._dense = self._dense, 0
        return Taken(records, voids=bool(was_dense))


class ListedWalk:
    """Requests that are known from the start, each for itself."""

    def __init__(self, requests: Sequence[PageRequest]) -> None:
        self._waiting = list(requests)

    def ahead(self, in_flight: int, room: int) -> list[PageRequest]:  # noqa: ARG002  # see Walk
        """As many as there is room for."""
        going, self._waiting = self._waiting[:room], self._waiting[room:]
        return going

    def take(self, page: Page) -> Taken:
        """See ``Walk.take``."""
        return Taken(page.records)


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
    try:
        number = Decimal(
            str(record.get("JournalNumber"))
        )  # quoted ones come too (xero-facts.md: Formats)
        if number == int(number):
            return int(number)
    except (ArithmeticError, ValueError):
        pass
    message = f"A journal has no JournalNumber (JournalID {record.get('JournalID')})"
    raise OddAnswerError(message)
