"""The records that the setting ``ids`` of a stream names."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID

from tap_xero.paging.page import BasePaginator, Page, PageRequest, PageResult
from xero_client.entities.table import Entity
from xero_client.errors import NotFoundError, RequestRefusedError, XeroError

LOOKAHEAD = 2


class MissingRecordsError(NotFoundError):
    """Some of the records that the setting ``ids`` names could not be read."""


class IdsPaginator(BasePaginator):
    """Records by id, several in a call if Xero allows it (xero-facts.md: Limits).

    An id that is malformed is not sent. If Xero refuses a call, its ids are sent again in two
    halves, until the refused id is known. The ids that brought no record are named at the end.
    """

    lookahead = LOOKAHEAD

    def __init__(
        self,
        entity: Entity,
        ids: Sequence[str],
        *,
        stream: str,
        ids_per_call: int,
        page_size: int | None,
        is_paged: bool,
    ) -> None:
        """Sorts out the malformed ids.

        Args:
            entity: The entity.
            ids: The ids, as the setting has them.
            stream: The stream, for the error message.
            ids_per_call: The most ids in a call.
            page_size: Records per page; None leaves it to Xero.
            is_paged: Whether to ask for a page.
        """
        self._entity = entity
        self._stream = stream
        self._page_size = page_size
        self._is_paged = is_paged
        self._problems: dict[str, str] = {}
        unique = {text.strip().lower(): text.strip() for text in ids}
        valid = []
        for text in unique.values():
            if self._is_well_formed(text):
                valid.append(text)
            else:
                self._problems[text] = "is malformed"
        self._groups = deque(
            tuple(valid[at : at + ids_per_call]) for at in range(0, len(valid), ids_per_call)
        )
        self._sent: deque[tuple[str, ...]] = deque()

    def _is_well_formed(self, text: str) -> bool:
        """Whether an id can be sent: a GUID in a list of ids, a path segment otherwise."""
        if self._entity.reading.ids_parameter is None:
            is_segment = text.strip(".") and not set(text) & set("/\\")
            return bool(is_segment) and text.isprintable()
        try:
            return len(text) == len(str(UUID(text)))
        except ValueError:
            return False

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:  # noqa: ARG002  # see Paginator
        """As many requests as there is room for."""
        requests: list[PageRequest] = []
        while self._groups and len(requests) < room:
            group = self._groups.popleft()
            self._sent.append(group)
            requests.append(self._request(group))
        return requests

    def _request(self, ids: Sequence[str]) -> PageRequest:
        parameter = self._entity.reading.ids_parameter
        if parameter is None:
            return PageRequest(path=f"{self._entity.path}/{quote(ids[0], safe='')}")
        params = {parameter: ",".join(ids)}
        if self._is_paged:
            # One page for all of them, whatever the page size of the stream.
            params |= {"page": "1", "pageSize": str(max(self._page_size or 0, len(ids)))}
        return PageRequest(params)

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        ids = self._sent.popleft()
        id_field = self._entity.id_field or ""
        found = {str(record.get(id_field)).lower() for record in page.records}
        # A record that is read by its path may be named by its code or number too.
        is_by_path = self._entity.reading.ids_parameter is None
        for text in ids:
            if text.lower() not in found and not (is_by_path and page.records):
                self._problems[text] = "does not exist"
        return PageResult(page.records)

    def on_error(self, request: PageRequest, error: XeroError) -> PageResult:  # noqa: ARG002  # see Paginator
        """See ``Paginator.on_error``."""
        ids = self._sent.popleft()
        if not isinstance(error, NotFoundError | RequestRefusedError):
            raise error
        if len(ids) > 1:
            middle = len(ids) // 2
            self._groups.extendleft([ids[middle:], ids[:middle]])
        elif isinstance(error, NotFoundError):
            self._problems[ids[0]] = "does not exist"
        else:
            self._problems[ids[0]] = f"is refused ({error})"
        return PageResult(None)

    def finish(self) -> None:
        """Names the ids that brought no record.

        Raises:
            MissingRecordsError: There are any.
        """
        if not self._problems:
            return
        problems = "; ".join(f"{text!r} {problem}" for text, problem in self._problems.items())
        message = (
            f"Some ids of {self._entity.name} could not be read, all others were: {problems}. "
            f"Remove them from the setting streams.{self._stream}.ids"
        )
        raise MissingRecordsError(message)
