"""Lists that come in one response."""

from __future__ import annotations

from datetime import datetime

from tap_xero.paging.page import BasePaginator, Page, PageRequest, PageResult
from xero_client.errors import SettingsError


class WholeListPaginator(BasePaginator):
    """One request for the whole list."""

    def __init__(self, *, modified_since: datetime | None, has_page: bool, remedy: str) -> None:
        """Prepares the request.

        Args:
            modified_since: The ``If-Modified-Since`` of the request.
            has_page: Whether the settings ask for one page of the list.
            remedy: What to do if Xero sends only a page.
        """
        self._remaining = [PageRequest(modified_since=modified_since)]
        self._has_page = has_page
        self._remedy = remedy

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:  # noqa: ARG002  # see Paginator
        """The request, once."""
        requests, self._remaining = self._remaining[:room], self._remaining[room:]
        return requests

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``.

        Raises:
            SettingsError: The settings ask for the whole list, but Xero sends pages. The other
                pages would never be read.
        """
        pagination = page.pagination
        if pagination is not None and pagination.page_count > 1 and not self._has_page:
            message = (
                f"Xero sent page 1 of {pagination.page_count}, although no page was asked for: "
                f"{self._remedy}"
            )
            raise SettingsError(message)
        return PageResult(page.records)
