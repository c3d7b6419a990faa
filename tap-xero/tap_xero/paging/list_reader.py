"""Reading one list of one organisation: requests go out ahead, pages come back in order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from tap_xero.paging.background import in_background
from tap_xero.paging.page import OrderIgnoredError, Page, PageRequest, Pagination, Record, Walk
from tap_xero.paging.paginators import (
    MOST_RETURNS,
    ListedWalk,
    ModifiedWalk,
    NumberedWalk,
    OffsetWalk,
)
from xero_client.entities.table import Entity, Paging
from xero_client.errors import NotFoundError, OddAnswerError, RequestRefusedError, SettingsError
from xero_client.http.transport import Answer, Request, Transport
from xero_client.http.wire import format_modified_since, parse_instant, records_of

logger = logging.getLogger(__name__)

# Requests that wait beyond those in flight, so that the next one leaves when an answer comes and
# not when its page is taken.
SPARE = 2
# Requests sent whose pages were not taken, for each that may be in flight: answers that come while
# a page is written wait, and each is memory.
HELD = 2

# Clocks that differ by more are not compared: one of them is not a clock.
PLAUSIBLE_SKEW = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """What to ask for: one list of one organisation.

    Attributes:
        entity: The entity.
        stream: What the calls are counted and named by.
        params: Parameters of every request, without page, size and order.
        modified_since: The ``If-Modified-Since`` of the read; None for everything.
        paged: Whether to ask for pages.
        page_size: Records a page.
        order: The order by which pages are walked; None to leave it to Xero.
        order_is_ours: Whether another way may be taken where the order is refused.
        ids: Read just these.
        offset: For journals: the number after which to read.
        first_page: Where a numbered walk starts, to go on after a run that was cut off.
        by_change: Whether an earlier run found the order by id refused.
        can_be_left: Whether a record may leave the list while it is read.
        began: When the read began that is gone on with.
    """

    entity: Entity
    stream: str
    params: Mapping[str, str] = field(default_factory=dict)
    modified_since: datetime | None = None
    paged: bool = False
    page_size: int | None = None
    order: str | None = None
    order_is_ours: bool = False
    ids: tuple[Sequence[str], ...] = ()
    offset: int = 0
    first_page: int = 1
    by_change: bool = False
    can_be_left: bool = False
    began: datetime | None = None


class ListReading:
    """A plan being carried out.

    Attributes:
        began: The moment at which the first answer was made, by the earliest of the clocks that
            could tell; None before it came.
        walk: How the list is walked, which may change with the first answer.
    """

    def __init__(self, plan: Plan, transport: Transport, window: int) -> None:
        """Prepares the walk; nothing is sent yet.

        Args:
            plan: What to ask for.
            transport: The organisation's transport.
            window: Requests in flight at most.
        """
        self._plan = plan
        self._transport = transport
        self._window = window
        self._order = plan.order
        self._pending: deque[tuple[PageRequest, Future[Answer]]] = deque()
        # Read in the order of change while it is not known yet whether that is heeded.
        self._unproven: set[Any] = set()
        self.began: datetime | None = None
        self.walk: Walk = self._by_change() if plan.by_change else self._first_walk()

    def _first_walk(self) -> Walk:
        plan = self._plan
        if plan.ids:
            return ListedWalk([self._by_ids(group) for group in plan.ids])
        if plan.entity.reading.paging is Paging.OFFSET:
            return OffsetWalk(plan.offset)
        if plan.paged:
            return self._numbered(plan.first_page, check_order=plan.order_is_ours)
        return ListedWalk([PageRequest(modified_since=plan.modified_since)])

    def _numbered(self, first: int, *, check_order: bool) -> NumberedWalk:
        plan = self._plan
        return NumberedWalk(
            page_size=plan.page_size,
            modified_since=plan.modified_since,
            id_field=plan.entity.id_field,
            first=first,
            check_order=check_order,
        )

    def _by_ids(self, group: Sequence[str]) -> PageRequest:
        plan = self._plan
        parameter = plan.entity.reading.ids_parameter
        if parameter is None:
            return PageRequest(path=f"{plan.entity.path}/{group[0]}")
        params = {parameter: ",".join(group)}
        if plan.paged:
            # One page for all of them, whatever the size of others.
            params |= {"page": "1", "pageSize": str(max(plan.page_size or 0, len(group)))}
        return PageRequest(params)

    def _by_change(self) -> Walk:
        self._order = None
        plan = self._plan
        return ModifiedWalk(
            page_size=plan.page_size,
            modified_since=plan.modified_since,
            id_field=plan.entity.id_field,
            changed_field=plan.entity.reading.replication_key or "",
        )

    def prime(self, untaken: int = 0) -> None:
        """Sends what may go out before anyone waits for the answers.

        Args:
            untaken: Answers that were waited for and that the walk has not taken yet.
        """
        waiting = sum(future.done() for _, future in self._pending)
        in_flight = len(self._pending) - waiting
        # Journals beyond the end would be asked for in vain.
        spare = 0 if isinstance(self.walk, OffsetWalk) else SPARE
        room = min(self._window + spare - in_flight, HELD * self._window - len(self._pending))
        for request in self.walk.ahead(len(self._pending) + untaken, max(0, room)):
            self._pending.append((request, in_background(partial(self._send, request))))

    def pages(self) -> Iterator[Page]:
        """The pages in order; when the next one is asked for, the one before is done with.

        Raises:
            XeroError: A page cannot be had.
        """
        can_be_left = self._plan.can_be_left or self._plan.entity.reading.paging is Paging.PAGE_ONLY
        if can_be_left and isinstance(self.walk, NumberedWalk):
            yield from self._pages_looked_at_again()
        else:
            yield from self._pages()

    def _pages_looked_at_again(self) -> Iterator[Page]:
        """Pages of which none may have been missed by a record that left the list meanwhile.

        Such a record pulls another one over a page boundary that has been passed. Where a count
        does not betray that, because there is none, or because another record may have joined, a
        list of several pages is walked again, until a walk brings nothing that was not there
        before, or Xero knows of no change since the read began.
        """
        id_field = self._plan.entity.id_field or ""
        seen: set[Any] = set()
        for _ in range(MOST_RETURNS):
            pages = news = 0
            counted = True
            for page in self._pages():
                new = [record for record in page.records if record.get(id_field) not in seen]
                seen.update(record.get(id_field) for record in new)
                counted = counted and page.pagination is not None
                pages += bool(page.records)
                news += len(new)
                yield Page(page.request, new, page.pagination)
            if pages <= 1 or not news or not isinstance(self.walk, NumberedWalk):
                return
            if counted and not self._has_changed_since():
                return
            self.walk = self._numbered(1, check_order=False)

    def _has_changed_since(self) -> bool:
        """Whether any record changed since the read began, in the list or out of it."""
        plan = self._plan
        began = min(filter(None, (plan.began, self.began)), default=None)
        if began is None or not plan.entity.reading.modified_since:
            return True
        params = {"page": "1", "pageSize": "1"}
        if plan.entity.reading.hidden:
            params[plan.entity.reading.hidden] = "true"
        request = PageRequest(params, began - timedelta(seconds=1))
        return bool(self._page(request, self._send(request, everything=True)).records)

    def _pages(self) -> Iterator[Page]:
        found: set[str] = set()
        id_field = self._plan.entity.id_field or ""
        while True:
            self.prime()
            if not self._pending:
                self._name_missing(found)
                return
            page = self._taken(*self._pending.popleft())
            if page is None:
                continue
            if self._plan.ids:
                found.update(str(record.get(id_field)).lower() for record in page.records)
            self.prime()
            yield page
            # A page is many objects: it goes before the next one is built.
            del page

    def _taken(self, request: PageRequest, future: Future[Answer]) -> Page | None:
        """What counts of a page; None where the walk goes on elsewhere."""
        try:
            answer = future.result()
            self.prime(untaken=1)
            page = self._page(request, answer)
            taken = self.walk.take(page)
        except RequestRefusedError as refusal:
            if not self._take_another_way(refusal):
                raise
            return None
        except OrderIgnoredError:
            self._leave_order()
            return None
        except NotFoundError:
            if not self._plan.ids:
                raise
            return None  # named at the end, when the others are read
        if taken.voids:
            self._pending.clear()
        if taken.went_back:
            logger.info(
                "%s: records left the list while it was read; going back to miss none",
                self._plan.stream,
            )
            return None
        return Page(request, self._once(taken.records, page.pagination), page.pagination)

    def _once(self, records: Sequence[Record], pagination: Pagination | None) -> Sequence[Record]:
        """Without what came in an order that turned out to be none."""
        id_field = self._plan.entity.id_field or ""
        if isinstance(self.walk, ModifiedWalk):
            ids = {record.get(id_field) for record in records}
            if self.walk.taken == 1 or pagination is None:
                self._unproven |= ids
            else:
                self._unproven = set()
        elif self._unproven:
            return [record for record in records if record.get(id_field) not in self._unproven]
        return records

    def _name_missing(self, found: Collection[str]) -> None:
        """Names the records that were asked for and are not there.

        Raises:
            NotFoundError: There are any.
        """
        missing = [one for group in self._plan.ids for one in group if one.lower() not in found]
        if missing:
            message = (
                f"Xero has no {self._plan.entity.name} with the id {', '.join(missing)}: take it "
                f"out of streams.{self._plan.stream}.ids"
            )
            raise NotFoundError(message)

    def _take_another_way(self, refusal: RequestRefusedError) -> bool:
        """Whether a refused order by id can be done without."""
        reading = self._plan.entity.reading
        if not (self._plan.order_is_ours and self._order and refusal.status == 400):  # noqa: PLR2004
            return False
        if refusal.kind not in ("HighVolumeException", "QueryParseException", ""):
            return False
        logger.info(
            "%s: Xero refuses the order %r; reading in the order of change instead",
            self._plan.stream,
            self._order,
        )
        self._pending.clear()
        if reading.modified_since and reading.replication_key:
            self.walk = self._by_change()
        else:
            self._order = None
            self.walk = self._first_walk()
        return True

    def _leave_order(self) -> None:
        """Takes the next best way after rows came in another order than asked for."""
        stream = self._plan.stream
        self._pending.clear()
        if isinstance(self.walk, NumberedWalk):
            logger.info("%s: Xero does not heed the order; reading in the order of change", stream)
            self.walk = self._by_change()
            return
        logger.warning(
            "%s: the server keeps no order that is known; a record that is edited while it is read "
            "may be read in the next run only",
            stream,
        )
        self.walk = self._numbered(1, check_order=False)

    def _send(self, request: PageRequest, *, everything: bool = False) -> Answer:
        plan = self._plan
        params = dict(request.params) if everything else dict(plan.params) | dict(request.params)
        if self._order and plan.paged and not everything:
            params.setdefault("order", self._order)
        headers = {}
        if request.modified_since is not None:
            headers["If-Modified-Since"] = format_modified_since(request.modified_since)
        return self._transport.send(
            Request(
                "GET",
                request.path or plan.entity.path,
                params=params,
                headers=headers,
                subject=plan.stream,
                scope=plan.entity.read_scope,
            )
        )

    def _page(self, request: PageRequest, answer: Answer) -> Page:
        if answer.status == 304 and request.modified_since is not None:  # noqa: PLR2004  # undocumented, but harmless to understand
            return Page(request, [])
        envelope = answer.json
        if self.began is None:
            self.began = moment_of(answer, envelope)
        try:
            records = records_of(envelope, self._plan.entity.key)
        except OddAnswerError as error:
            message = f"{self._plan.stream}: {error}"
            raise OddAnswerError(
                message, status=answer.status, correlation_id=answer.correlation_id
            ) from None
        pagination = Pagination.from_envelope(envelope)
        is_whole = isinstance(self.walk, ListedWalk) and not self._plan.ids
        if is_whole and pagination is not None and pagination.page_count > 1:
            self._refuse_part(pagination)
        return Page(request, records, pagination)

    def _refuse_part(self, pagination: Pagination) -> None:
        """Refuses one page where all was asked for: the rest would never be read.

        Raises:
            SettingsError: The setting ``pagination`` is false, and Xero pages all the same.
        """
        stream = self._plan.stream
        if "page" not in self._plan.params:
            message = (
                f"Xero gave page 1 of {pagination.page_count} though no page was asked for: leave "
                f"'pagination' of streams.{stream} out"
            )
            raise SettingsError(message)


def moment_of(answer: Answer, envelope: Any) -> datetime:  # noqa: ANN401  # any JSON
    """When an answer was made, by the earliest of: our clock, its Date header, its DateTimeUTC.

    A bookmark must not pass this moment on Xero's clock, whichever of the three that is.
    """
    now = datetime.now(timezone.utc) - timedelta(seconds=answer.seconds)
    moments = [now]
    with suppress(TypeError, ValueError):
        moments.append(parsedate_to_datetime(answer.headers.get("Date", "")))
    with suppress(KeyError, TypeError, ValueError):
        moments.append(parse_instant(envelope["DateTimeUTC"]))
    return min(
        moment
        for moment in moments
        if moment.tzinfo is not None and abs(moment - now) < PLAUSIBLE_SKEW
    )
