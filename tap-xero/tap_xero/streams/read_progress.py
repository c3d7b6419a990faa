"""What the read of one organisation has come to, from page to page."""

from __future__ import annotations

from collections.abc import Sequence

from tap_xero.paging.list_reader import PageReader
from tap_xero.paging.page import Page
from tap_xero.state import Bookmark


class ReadProgress:
    """Moves a bookmark with every page, so that an interrupted read can be resumed.

    Attributes:
        is_resumed: Whether the read goes on with one that was interrupted.
    """

    def __init__(
        self,
        bookmark: Bookmark,
        request: str,
        *,
        is_full_read: bool,
        written: Sequence[str],
        stream: str,
    ) -> None:
        """Begins where the bookmark stands.

        Args:
            bookmark: The bookmark of the stream in one organisation.
            request: What the stream asks for, as a text.
            is_full_read: Whether the read is one of all records, though the stream has a bookmark.
            written: The streams that the read is written to.
            stream: The stream.
        """
        unfinished = bookmark.unfinished_read(request)
        self.is_resumed = unfinished is not None
        self._latest_change = unfinished.latest_change if unfinished else None
        self._first_response_at = unfinished.first_response_at if unfinished else None
        self._bookmark = bookmark
        self._request = request
        self._is_full_read = is_full_read
        self._written = written
        self._stream = stream

    def save_page(self, reader: PageReader, page: Page, changes: Sequence[str]) -> None:
        """Saves that a page was written.

        Args:
            reader: The reader of the page.
            page: The page.
            changes: The instants of the last changes of its records.
        """
        if reader.progress is not None and reader.progress.journal_number is not None:
            self._bookmark.save_streams(self._written, self._stream)
        self._first_response_at = self._first_response_at or reader.first_response_at
        self._latest_change = max([self._latest_change or "", *changes]) or None
        self._bookmark.save_progress(
            reader.progress,
            request=self._request,
            first_response_at=self._first_response_at or page.requested_at,
            latest_change=self._latest_change,
        )

    def complete(self, reader: PageReader) -> None:
        """Saves that the whole list was read."""
        self._bookmark.save_streams(self._written, self._stream)
        self._bookmark.complete(
            first_response_at=self._first_response_at or reader.first_response_at,
            latest_change=self._latest_change,
            is_full_read=self._is_full_read,
        )
