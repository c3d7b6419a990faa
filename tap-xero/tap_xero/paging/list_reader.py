"""Reads one list of one organisation: sends requests in advance, and gives the pages in order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Protocol

from tap_xero.paging.background import run_in_thread
from tap_xero.paging.list_request import ListRequest
from tap_xero.paging.page import Page, PageRequest, Progress
from tap_xero.paging.paginators.choice import paginator_for
from tap_xero.paging.response_formats import format_of
from tap_xero.records.converter import Record
from tap_xero.records.typed_records import TypedContent
from xero_client.errors import NotFoundError, RequestRefusedError, UnexpectedResponseError
from xero_client.http.transport import Request, Response, Transport
from xero_client.http.wire import format_modified_since, parse_instant
from xero_client.json_value import Json

logger = logging.getLogger(__name__)

# The most requests whose pages were not processed yet, per call allowed in flight. Responses that
# arrive while a page is written take memory.
MAX_BUFFERED = 2

# A server clock that differs by more from ours is ignored.
PLAUSIBLE_SKEW = timedelta(days=1)


class PageReader(Protocol):
    """What reads a list of one organisation page by page."""

    @property
    def first_response_at(self) -> datetime | None:
        """When Xero made the first response, by the earliest clock; None before it arrives."""
        ...

    @property
    def progress(self) -> Progress | None:
        """The position after the last page; None if a read cannot be continued."""
        ...

    @property
    def reads_all(self) -> bool:
        """Whether the whole list is read: not only changes, or the rest of an earlier read."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether the next page can be made without waiting for Xero."""
        ...

    @property
    def awaited(self) -> Future[Response]:
        """The response that the next page waits for; there is one unless the reader is ready."""
        ...

    def prefetch(self) -> None:
        """Sends the requests that may be sent now, without waiting for the responses."""
        ...

    def pages(self) -> Iterator[Page]:
        """The pages in order.

        Raises:
            XeroError: A page cannot be read, or records are missing.
        """
        ...


class ListReader:
    """Sends the requests that a paginator chooses, and gives it their responses in order.

    Attributes:
        first_response_at: When Xero made the first response, by the earliest clock; None before
            the first response arrives.
    """

    def __init__(
        self,
        request: ListRequest,
        transport: Transport,
        max_concurrency: int,
        decode_typed: Callable[[bytes], TypedContent | None] = lambda _body: None,
    ) -> None:
        """Prepares the paginator; sends nothing yet.

        Args:
            request: What to ask for.
            transport: The organisation's transport.
            max_concurrency: The most requests in flight.
            decode_typed: Decodes the body of a response into records that fit their schema, if it
                can; see ``records.typed_records``.
        """
        self._decode_typed = decode_typed
        self._list = request
        self._transport = transport
        self._max_concurrency = max_concurrency
        self._paginator = paginator_for(request)
        self._format = format_of(request.entity, request.records_setting)
        self._pending: deque[tuple[PageRequest, datetime, Future[Response]]] = deque()
        self.first_response_at: datetime | None = None

    @property
    def progress(self) -> Progress | None:
        """The position after the last page; None if a read cannot be continued."""
        return self._paginator.progress

    @property
    def reads_all(self) -> bool:
        """Whether the whole list is read: not only changes, or the rest of an earlier read."""
        request = self._list
        return request.modified_since is None and request.offset == 0 and request.first_page == 1

    @property
    def is_ready(self) -> bool:
        """Whether the next page can be made without waiting for Xero."""
        return not self._pending or self._pending[0][-1].done()

    @property
    def awaited(self) -> Future[Response]:
        """The response that the next page waits for; there is one unless the reader is ready."""
        return self._pending[0][-1]

    def prefetch(self, unprocessed: int = 0) -> None:
        """Sends the requests that may be sent now, without waiting for the responses.

        Args:
            unprocessed: Responses that arrived, but whose pages the paginator has not seen yet.
        """
        arrived = sum(future.done() for *_, future in self._pending)
        in_flight = len(self._pending) - arrived
        room = min(
            self._max_concurrency + self._paginator.lookahead - in_flight,
            MAX_BUFFERED * self._max_concurrency - len(self._pending),
        )
        waiting = len(self._pending) + unprocessed
        for request in self._paginator.next_requests(waiting, max(0, room)):
            future = run_in_thread(partial(self._send, request))
            self._pending.append((request, datetime.now(timezone.utc), future))

    def first_page(self) -> Sequence[Record]:
        """The records of the first page that ``pages`` would request, in one call.

        Raises:
            XeroError: The page cannot be read.
        """
        [request] = self._paginator.next_requests(0, 1)
        return self._page(request, self._send(request)).records

    def pages(self) -> Iterator[Page]:
        """The pages in order. Finish with a page before you ask for the next one.

        Raises:
            XeroError: A page cannot be read, or records are missing.
        """
        while True:
            self.prefetch()
            if not self._pending:
                self._paginator.finish()
                return
            page = self._next_page(*self._pending.popleft())
            if page is None:
                continue
            self.prefetch()
            yield page
            # A page is large: free it before the next one is built.
            del page

    def _next_page(
        self, request: PageRequest, requested_at: datetime, future: Future[Response]
    ) -> Page | None:
        """The page to use; None if the paginator has none to use yet."""
        try:
            response = future.result()
            self.prefetch(unprocessed=1)
            page = self._page(request, response)
        except (RequestRefusedError, NotFoundError) as error:
            page = Page(request, ())
            result = self._paginator.on_error(request, error)
        else:
            result = self._paginator.on_page(page)
        if result.discard_in_flight:
            self._pending.clear()
        if result.notice:
            logger.info("%s: %s", self._list.stream, result.notice)
        if result.records is None:
            return None
        return Page(request, result.records, page.pagination, page.made_at, requested_at)

    def _send(self, page_request: PageRequest) -> Response:
        request = self._list
        params = dict(page_request.params)
        if page_request.is_filtered:
            params = dict(request.params) | params
        headers = {}
        if page_request.modified_since is not None:
            headers["If-Modified-Since"] = format_modified_since(page_request.modified_since)
        return self._transport.send(
            Request(
                "GET",
                page_request.path or request.path or request.entity.path,
                params=params,
                headers=headers,
                subject=request.stream,
                scope=request.entity.read_scope or None,
            )
        )

    def _page(self, request: PageRequest, response: Response) -> Page:
        """The page of a response; one of another form is requested a second time.

        Raises:
            UnexpectedResponseError: The second response has no list of records either.
        """
        try:
            return self._parsed(request, response)
        except UnexpectedResponseError as error:
            logger.warning("%s; trying again", error)
        return self._parsed(request, self._send(request))

    def _parsed(self, request: PageRequest, response: Response) -> Page:
        # Xero does not document 304, but it means that nothing changed.
        if response.status == HTTPStatus.NOT_MODIFIED and request.modified_since is not None:
            return Page(request, [])
        typed = self._decode_typed(response.body)
        envelope = response.json if typed is None else typed.envelope
        made_at = response_time(response, envelope)
        if self.first_response_at is None:
            self.first_response_at = made_at
        try:
            if typed is not None:
                records: Sequence[Record] = typed.records
                untyped = typed.untyped
            else:
                records = self._format.records(envelope, is_single=request.path is not None)
                if self._list.entity.echoed:
                    records = self._with_echoed(records)
                untyped = records
            self._check_ids(untyped, len(records))
        except UnexpectedResponseError as error:
            message = f"{self._list.stream}: {error}"
            raise UnexpectedResponseError(
                message, status=response.status, correlation_id=response.correlation_id
            ) from None
        return Page(request, records, self._format.pagination(envelope, records), made_at)

    def _check_ids(self, records: Sequence[Record], count: int) -> None:
        """Checks that records have their id; those that are typed have it.

        Without it, a loader would keep one row of them all. The keys of a custom stream are those
        of its settings.

        Args:
            records: The records of a page that are not typed.
            count: How many records the page has.

        Raises:
            UnexpectedResponseError: Some have none.
        """
        entity = self._list.entity
        is_parents = entity.parent is not None and entity.id_field in entity.parent.fields
        if entity.id_field is None or is_parents or self._list.custom_section:
            return
        missing = sum(record.get(entity.id_field) is None for record in records)
        if missing:
            message = (
                f"{missing} of {count} records of a page have no {entity.id_field}, so that "
                "a table would keep one of them: run again, and if it happens again, report it to "
                "Xero with the correlation id"
            )
            raise UnexpectedResponseError(message)

    def _with_echoed(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records with the request parameters that are fields of them."""
        echoed = self._list.entity.echoed.items()
        fields = {name: self._list.params.get(parameter) for name, parameter in echoed}
        return [{**record, **fields} for record in records]


def response_time(response: Response, envelope: Json) -> datetime:
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
