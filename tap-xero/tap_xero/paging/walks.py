"""Lists that several reads give together (xero-facts.md: Assets)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tap_xero.paging.list_reader import ListReader
from tap_xero.paging.page import Page


class WalkReader:
    """Reads several lists one after another, as if they were one that cannot be resumed."""

    progress = None

    def __init__(self, readers: Sequence[ListReader]) -> None:
        """Prepares the reads; sends nothing yet.

        Args:
            readers: The reader of each list, in their order.
        """
        self._readers = readers

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
            yield from reader.pages()
