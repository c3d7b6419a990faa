"""Pages by the number of records that come before them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime

from tap_xero.paging.page import BasePaginator, Page, PageParameters, PageRequest, PageResult
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError

# The most pages in a row that have only earlier records.
MAX_REPEATED_PAGES = 3


class RecordOffsetPaginator(BasePaginator):
    """Asks for the records after those that came, until an empty page.

    The next offset is known only when a page has come, because a server may send fewer records than
    requested.
    """

    def __init__(
        self,
        *,
        page_size: int | None,
        modified_since: datetime | None,
        identify: Callable[[Record], Hashable],
        parameters: PageParameters,
    ) -> None:
        """Starts with the first record.

        Args:
            page_size: Records to ask for; None leaves it to the server.
            modified_since: The same for all pages.
            identify: What identifies a record, by which repeated pages are detected.
            parameters: The names of the request parameters.
        """
        self._page_size = page_size
        self._modified_since = modified_since
        self._identify = identify
        self._parameters = parameters
        self._offset = 0
        self._done = False
        self._seen: set[Hashable] = set()
        self._repeated_count = 0

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """One request at a time."""
        if self._done or in_flight or not room:
            return []
        params = {self._parameters.page: str(self._offset)}
        if self._page_size is not None:
            params[self._parameters.size] = str(self._page_size)
        return [PageRequest(params, self._modified_since)]

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        self._done = not page.records
        self._offset += len(page.records)
        ids = {self._identify(record) for record in page.records}
        self._repeated_count = self._repeated_count + 1 if ids and ids <= self._seen else 0
        if self._repeated_count >= MAX_REPEATED_PAGES:
            message = (
                f"The records from number {self._offset - len(page.records)} on are earlier ones: "
                f"the server does not page by {self._parameters.page!r}; "
                f"{self._parameters.remedy}"
            )
            raise UnexpectedResponseError(message)
        self._seen |= ids
        return PageResult(page.records)
