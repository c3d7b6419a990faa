"""Lists that are read in another way if Xero refuses or ignores the order by id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from tap_xero.paging.page import (
    OrderIgnoredError,
    Page,
    PageRequest,
    PageResult,
    Paginator,
    Progress,
)
from xero_client.errors import RequestRefusedError, UnexpectedResponseError, XeroError

# An order that the entity does not support, or that is too slow for it (xero-facts.md: Paging). A
# refusal without a type may mean either.
ORDER_REFUSALS = frozenset({"HighVolumeException", "QueryParseException", ""})


@dataclass(frozen=True)
class Fallback:
    """Another way to read a list.

    Attributes:
        description: The way, for a notice to the user.
        paginator: Makes its paginator.
    """

    description: str
    paginator: Callable[[], Paginator]


class FallbackPaginator:
    """A paginator that is replaced by the next one if the server does not keep its order."""

    def __init__(self, first: Paginator, fallbacks: Sequence[Fallback]) -> None:
        """Starts with the first paginator.

        Args:
            first: The preferred paginator.
            fallbacks: What to try after it, in order.
        """
        self._paginator = first
        self._fallbacks = list(fallbacks)

    @property
    def lookahead(self) -> int:
        """See ``Paginator.lookahead``."""
        return self._paginator.lookahead

    @property
    def progress(self) -> Progress | None:
        """See ``Paginator.progress``."""
        return self._paginator.progress

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """See ``Paginator.next_requests``."""
        return self._paginator.next_requests(in_flight, room)

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        try:
            return self._paginator.on_page(page)
        except OrderIgnoredError:
            return self._fall_back("Xero ignores the order")

    def on_error(self, request: PageRequest, error: XeroError) -> PageResult:
        """See ``Paginator.on_error``."""
        is_about_order = (
            isinstance(error, RequestRefusedError)
            and error.status == HTTPStatus.BAD_REQUEST
            and error.kind in ORDER_REFUSALS
            and "order" in request.params
        )
        if is_about_order and self._fallbacks:
            return self._fall_back(f"Xero refuses the order {request.params['order']!r}")
        return self._paginator.on_error(request, error)

    def _fall_back(self, reason: str) -> PageResult:
        if not self._fallbacks:
            message = f"{reason}, and the list cannot be read in another way"
            raise UnexpectedResponseError(message)
        fallback = self._fallbacks.pop(0)
        self._paginator = fallback.paginator()
        notice = f"{reason}; reading {fallback.description} instead"
        return PageResult(None, discard_in_flight=True, notice=notice)

    def finish(self) -> None:
        """See ``Paginator.finish``."""
        self._paginator.finish()
