"""Lists that several reads give together (xero-facts.md: Assets)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime

from tap_xero.paging.list_reader import ListReader
from tap_xero.paging.page import Page
from xero_client.http.transport import Response


class WalkReader:
    """Reads several lists one after another, as if they were one that cannot be resumed."""

    progress = None

    def __init__(self, readers: Sequence[ListReader]) -> None:
        """Prepares the reads; sends nothing yet.

        Args:
            readers: The reader of each list, in their order.
        """
        self._readers = readers
        self._current = readers[0]

    @property
    def reads_all(self) -> bool:
        """Whether all lists are read whole."""
        return all(reader.reads_all for reader in self._readers)

    @property
    def is_ready(self) -> bool:
        """Whether the next page can be made without waiting for Xero."""
        return self._current.is_ready

    @property
    def awaited(self) -> Future[Response]:
        """The response that the next page waits for; there is one unless the reader is ready."""
        return self._current.awaited

    @property
    def first_response_at(self) -> datetime | None:
        """When Xero made the first response; None before it arrives."""
        return self._readers[0].first_response_at

    def prefetch(self) -> None:
        """Sends the first requests, without waiting for the responses."""
        self._readers[0].prefetch()

    def pages(self) -> Iterator[Page]:
        """The pages of all lists.

        Raises:
            XeroError: A page cannot be read, or records are missing.
        """
        for reader in self._readers:
            self._current = reader
            yield from reader.pages()
