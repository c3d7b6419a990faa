"""The objects of a setting that have records, found by counting several in a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime, timezone

from tap_xero.paging.page import Page, PageRequest
from xero_client.entities.read_spec import ByObject
from xero_client.errors import UnexpectedResponseError
from xero_client.http.transport import Request, Response, Transport

# Xero answers 404 to long URLs, and advises 40 ids per call (xero-facts.md: Limits).
IDS_PER_CALL = 40


class CountedObjectsReader:
    """Gives the objects that have any records, as ``{"ObjectId": …}`` (xero-facts.md: Files)."""

    progress = None

    def __init__(
        self,
        by_object: ByObject,
        ids: Sequence[str],
        transport: Transport,
        *,
        stream: str,
        scope: str,
    ) -> None:
        """Prepares the calls; sends nothing yet.

        Args:
            by_object: How the records of an object are counted.
            ids: The ids of the objects.
            transport: The organisation's transport.
            stream: The stream, for messages and for counting calls.
            scope: The scope that the calls need.
        """
        self._by_object = by_object
        self._ids = list(dict.fromkeys(text.strip().lower() for text in ids))
        self._transport = transport
        self._stream = stream
        self._scope = scope
        self.first_response_at: datetime | None = None

    @property
    def reads_all(self) -> bool:
        """False: the settings name the objects."""
        return False

    @property
    def is_ready(self) -> bool:
        """True: the calls are sent one after another, when a page is asked for."""
        return True

    @property
    def awaited(self) -> Future[Response]:
        """A response that has arrived, because nothing is sent in advance."""
        done: Future[Response] = Future()
        done.cancel()
        return done

    def prefetch(self) -> None:
        """Does nothing: the calls are sent one after another."""

    def pages(self) -> Iterator[Page]:
        """The objects with records, of each call.

        Raises:
            XeroError: A call failed.
        """
        for at in range(0, len(self._ids), IDS_PER_CALL):
            group = self._ids[at : at + IDS_PER_CALL]
            requested_at = datetime.now(timezone.utc)
            request = Request(
                "GET",
                self._by_object.count_path,
                params={self._by_object.ids_parameter: ",".join(group)},
                subject=self._stream,
                scope=self._scope,
            )
            counts = self._transport.send(request).json
            if not isinstance(counts, dict):
                message = f"{self._stream}: the response is not an object of id and count"
                raise UnexpectedResponseError(message)
            # Whether Xero writes ids as they were asked for is not documented.
            found = {str(name).lower() for name, count in counts.items() if count}
            records = [{"ObjectId": text} for text in group if text in found]
            yield Page(PageRequest(), records, requested_at=requested_at)
