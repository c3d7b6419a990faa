"""Reads one list of one organisation: sends requests in advance, and gives the pages in order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from tap_xero.paging.background import run_in_thread
from tap_xero.paging.list_request import ListRequest
from tap_xero.paging.page import OrderIgnoredError, Page, PageRequest, Pagination, Paginator
from tap_xero.paging.paginators import (
    MAX_RESTARTS,
    FixedRequestsPaginator,
    ModifiedSincePaginator,
    OffsetPaginator,
    PageNumberPaginator,
)
from tap_xero.records.converter import Record
from xero_client.entities.table import Paging
from xero_client.errors import (
    NotFoundError,
    RequestRefusedError,
    SettingsError,
    UnexpectedResponseError,
)
from xero_client.http.transport import Request, Response, Transport
from xero_client.http.wire import format_modified_since, parse_instant, records_of

logger = logging.getLogger(__name__)

# Requests that wait in addition to those in flight, so that the next one is sent as soon as a
# response arrives.
LOOKAHEAD = 2
# The most requests whose pages were not processed yet, per call allowed in flight. Responses that
# arrive while a page is written take memory.
MAX_BUFFERED = 2

# A server clock that differs by more from ours is ignored.
PLAUSIBLE_SKEW = timedelta(days=1)


class ListReader:
    """Reads the list that a ``ListRequest`` describes.

    Attributes:
        first_response_at: When Xero made the first response, by the earliest clock; None before
            the first response arrives.
        paginator: The paginator in use. It may be replaced after the first response.
    """

    def __init__(self, request: ListRequest, transport: Transport, max_concurrency: int) -> None:
        """Prepares the paginator; sends nothing yet.

        Args:
            request: What to ask for.
            transport: The organisation's transport.
            max_concurrency: The most requests in flight.
        """
        self._list = request
        self._transport = transport
        self._max_concurrency = max_concurrency
        self._order = request.order
        self._pending: deque[tuple[PageRequest, Future[Response]]] = deque()
        # Ids read in the order of change, before it is known whether the server keeps that order.
        self._unconfirmed_ids: set[Any] = set()
        self.first_response_at: datetime | None = None
        self.paginator: Paginator = (
            self._modified_since_paginator() if request.in_change_order else self._new_paginator()
        )

    def _new_paginator(self) -> Paginator:
        request = self._list
        if request.id_groups:
            return FixedRequestsPaginator(list(map(self._request_by_ids, request.id_groups)))
        if request.entity.reading.paging is Paging.OFFSET:
            return OffsetPaginator(request.offset)
        if request.paged:
            return self._page_number_paginator(
                request.first_page, check_order=request.is_default_order
            )
        return FixedRequestsPaginator([PageRequest(modified_since=request.modified_since)])

    def _page_number_paginator(self, first: int, *, check_order: bool) -> PageNumberPaginator:
        request = self._list
        return PageNumberPaginator(
            page_size=request.page_size,
            modified_since=request.modified_since,
            id_field=request.entity.id_field,
            first=first,
            check_order=check_order,
        )

    def _request_by_ids(self, ids: Sequence[str]) -> PageRequest:
        request = self._list
        parameter = request.entity.reading.ids_parameter
        if parameter is None:
            return PageRequest(path=f"{request.entity.path}/{ids[0]}")
        params = {parameter: ",".join(ids)}
        if request.paged:
            # One page for all of them, whatever the page size of the stream.
            params |= {"page": "1", "pageSize": str(max(request.page_size or 0, len(ids)))}
        return PageRequest(params)

    def _modified_since_paginator(self) -> Paginator:
        self._order = None
        request = self._list
        return ModifiedSincePaginator(
            page_size=request.page_size,
            modified_since=request.modified_since,
            id_field=request.entity.id_field,
            changed_field=request.entity.reading.replication_key or "",
        )

    def prefetch(self, unprocessed: int = 0) -> None:
        """Sends the requests that may be sent now, without waiting for the responses.

        Args:
            unprocessed: Responses that arrived, but whose pages the paginator has not seen yet.
        """
        arrived = sum(future.done() for _, future in self._pending)
        in_flight = len(self._pending) - arrived
        # Requests for journals beyond the end would be wasted.
        lookahead = 0 if isinstance(self.paginator, OffsetPaginator) else LOOKAHEAD
        room = min(
            self._max_concurrency + lookahead - in_flight,
            MAX_BUFFERED * self._max_concurrency - len(self._pending),
        )
        waiting = len(self._pending) + unprocessed
        for request in self.paginator.next_requests(waiting, max(0, room)):
            self._pending.append((request, run_in_thread(partial(self._send, request))))

    def pages(self) -> Iterator[Page]:
        """The pages in order. Finish with a page before you ask for the next one.

        Raises:
            XeroError: A page cannot be read.
        """
        is_page_only = self._list.entity.reading.paging is Paging.PAGE_ONLY
        records_may_leave = self._list.records_may_leave or is_page_only
        if records_may_leave and isinstance(self.paginator, PageNumberPaginator):
            yield from self._pages_until_stable()
        else:
            yield from self._pages_of_one_pass()

    def _pages_until_stable(self) -> Iterator[Page]:
        """Reads a list again if a record may have left it, which would hide another record.

        A record that leaves moves a later one to a page that was read already. The item count does
        not show that if there is none, or if another record joined. So a list of several pages is
        read again, until a pass brings no new record, or Xero knows of no change since the read
        began.
        """
        id_field = self._list.entity.id_field or ""
        seen: set[Any] = set()
        for _ in range(MAX_RESTARTS):
            page_count = new_count = 0
            has_counts = True
            for page in self._pages_of_one_pass():
                new = [record for record in page.records if record.get(id_field) not in seen]
                seen.update(record.get(id_field) for record in new)
                has_counts = has_counts and page.pagination is not None
                page_count += bool(page.records)
                new_count += len(new)
                yield Page(page.request, new, page.pagination)
            is_by_page_number = isinstance(self.paginator, PageNumberPaginator)
            if page_count <= 1 or not new_count or not is_by_page_number:
                return
            if has_counts and not self._has_changed_since_start():
                return
            self.paginator = self._page_number_paginator(1, check_order=False)

    def _has_changed_since_start(self) -> bool:
        """Whether any record of the entity changed since the read began, listed or not."""
        reading = self._list.entity.reading
        starts = (self._list.first_response_at, self.first_response_at)
        start = min(filter(None, starts), default=None)
        if start is None or not reading.modified_since:
            return True
        params = {"page": "1", "pageSize": "1"}
        if reading.hidden_parameter:
            params[reading.hidden_parameter] = "true"
        request = PageRequest(params, start - timedelta(seconds=1))
        return bool(self._page(request, self._send(request, unfiltered=True)).records)

    def _pages_of_one_pass(self) -> Iterator[Page]:
        found: set[str] = set()
        id_field = self._list.entity.id_field or ""
        while True:
            self.prefetch()
            if not self._pending:
                self._refuse_missing_ids(found)
                return
            page = self._next_page(*self._pending.popleft())
            if page is None:
                continue
            if self._list.id_groups:
                found.update(str(record.get(id_field)).lower() for record in page.records)
            self.prefetch()
            yield page
            # A page is large: free it before the next one is built.
            del page

    def _next_page(self, request: PageRequest, future: Future[Response]) -> Page | None:
        """The page to use; None if the paginator discards it or is replaced."""
        try:
            response = future.result()
            self.prefetch(unprocessed=1)
            page = self._page(request, response)
            result = self.paginator.on_page(page)
        except RequestRefusedError as refusal:
            if not self._replaces_refused_order(refusal):
                raise
            return None
        except OrderIgnoredError:
            self._replace_ignored_order()
            return None
        except NotFoundError:
            if not self._list.id_groups:
                raise
            return None  # reported at the end, after the others are read
        if result.discard_in_flight:
            self._pending.clear()
        if result.discard_page:
            logger.info(
                "%s: records left the list while it was read; going back to miss none",
                self._list.stream,
            )
            return None
        return Page(
            request, self._without_repeats(result.records, page.pagination), page.pagination
        )

    def _without_repeats(
        self, records: Sequence[Record], pagination: Pagination | None
    ) -> Sequence[Record]:
        """The records that were not read before the paginator was replaced."""
        id_field = self._list.entity.id_field or ""
        if isinstance(self.paginator, ModifiedSincePaginator):
            ids = {record.get(id_field) for record in records}
            if self.paginator.page_count == 1 or pagination is None:
                self._unconfirmed_ids |= ids
            else:
                self._unconfirmed_ids = set()
        elif self._unconfirmed_ids:
            return [
                record for record in records if record.get(id_field) not in self._unconfirmed_ids
            ]
        return records

    def _refuse_missing_ids(self, found: Collection[str]) -> None:
        """Reports the ids that were asked for and that Xero does not have.

        Raises:
            NotFoundError: There are any.
        """
        missing = [
            record_id
            for ids in self._list.id_groups
            for record_id in ids
            if record_id.lower() not in found
        ]
        if missing:
            message = (
                f"Xero has no {self._list.entity.name} with the id {', '.join(missing)}: remove it "
                f"from the setting streams.{self._list.stream}.ids"
            )
            raise NotFoundError(message)

    def _replaces_refused_order(self, refusal: RequestRefusedError) -> bool:
        """Reads in another way if Xero refuses the order by id; False if that is not possible."""
        reading = self._list.entity.reading
        if not (self._list.is_default_order and self._order and refusal.status == 400):  # noqa: PLR2004
            return False
        if refusal.kind not in ("HighVolumeException", "QueryParseException", ""):
            return False
        logger.info(
            "%s: Xero refuses the order %r; reading in the order of change instead",
            self._list.stream,
            self._order,
        )
        self._pending.clear()
        if reading.modified_since and reading.replication_key:
            self.paginator = self._modified_since_paginator()
        else:
            self._order = None
            self.paginator = self._new_paginator()
        return True

    def _replace_ignored_order(self) -> None:
        """Reads in another way after the records came in the wrong order."""
        stream = self._list.stream
        self._pending.clear()
        if isinstance(self.paginator, PageNumberPaginator):
            logger.info("%s: Xero ignores the order; reading in the order of change", stream)
            self.paginator = self._modified_since_paginator()
            return
        logger.warning(
            "%s: the records come in no known order; one that is edited during this read may only "
            "be read by the next run",
            stream,
        )
        self.paginator = self._page_number_paginator(1, check_order=False)

    def _send(self, page_request: PageRequest, *, unfiltered: bool = False) -> Response:
        request = self._list
        params = dict(page_request.params)
        if not unfiltered:
            params = dict(request.params) | params
        if self._order and request.paged and not unfiltered:
            params.setdefault("order", self._order)
        headers = {}
        if page_request.modified_since is not None:
            headers["If-Modified-Since"] = format_modified_since(page_request.modified_since)
        return self._transport.send(
            Request(
                "GET",
                page_request.path or request.entity.path,
                params=params,
                headers=headers,
                subject=request.stream,
                scope=request.entity.read_scope,
            )
        )

    def _page(self, request: PageRequest, response: Response) -> Page:
        # Xero does not document 304, but it means that nothing changed.
        if response.status == 304 and request.modified_since is not None:  # noqa: PLR2004
            return Page(request, [])
        envelope = response.json
        if self.first_response_at is None:
            self.first_response_at = response_time(response, envelope)
        try:
            records = records_of(envelope, self._list.entity.key)
        except UnexpectedResponseError as error:
            message = f"{self._list.stream}: {error}"
            raise UnexpectedResponseError(
                message, status=response.status, correlation_id=response.correlation_id
            ) from None
        pagination = Pagination.from_envelope(envelope)
        is_unpaged = isinstance(self.paginator, FixedRequestsPaginator) and not self._list.id_groups
        if is_unpaged and pagination is not None and pagination.page_count > 1:
            self._refuse_first_page_only(pagination)
        return Page(request, records, pagination)

    def _refuse_first_page_only(self, pagination: Pagination) -> None:
        """Refuses one page of a list that was to come whole: the rest would never be read.

        Raises:
            SettingsError: The setting ``pagination`` is false, but Xero sends pages.
        """
        if "page" not in self._list.params:
            message = (
                f"Xero sent page 1 of {pagination.page_count}, although no page was asked for: "
                f"remove 'pagination' of streams.{self._list.stream}"
            )
            raise SettingsError(message)


def response_time(response: Response, envelope: Any) -> datetime:  # noqa: ANN401  # any JSON
    """When a response was made, by the earliest of: our clock, its Date header, its DateTimeUTC.

    A bookmark must not pass this moment on Xero's clock, and any of the three may be that clock.
    """
    now = datetime.now(timezone.utc) - timedelta(seconds=response.seconds)
    times = [now]
    with suppress(TypeError, ValueError):
        times.append(parsedate_to_datetime(response.headers.get("Date", "")))
    with suppress(KeyError, TypeError, ValueError):
        times.append(parse_instant(envelope["DateTimeUTC"]))
    return min(
        time for time in times if time.tzinfo is not None and abs(time - now) < PLAUSIBLE_SKEW
    )
