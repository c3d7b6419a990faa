"""Journals by ``offset``: they are append-only and numbered, with gaps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, pstdev

from tap_xero.paging.page import BasePaginator, Page, PageRequest, PageResult, Progress
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError

JOURNALS_PER_PAGE = 100
# Pages that are requested together, once it is known that there are so many.
WINDOW = 5
# Full pages in a row before pages are requested together.
MIN_FULL_PAGES = 2
# The ranges of numbers of so many pages tell where the next pages begin.
MAX_SPANS = 20
# Calls that may be wasted on journals that came already: so many, and one for so many pages.
SPARE_CALLS = 1.0
PAGES_PER_SPARE_CALL = 40


@dataclass(frozen=True)
class _ReadPage:
    """A page that cannot be used before the pages in front of it.

    Attributes:
        offset: The number after which it begins.
        highest: The number of its last journal.
        records: Its journals.
    """

    offset: int
    highest: int
    records: Sequence[Record]


class OffsetPaginator(BasePaginator):
    """Journals after a number, until an empty page; a short page is not the end.

    The next offset is the number of the last journal, which is known only after its page came. To
    have several requests in flight, offsets are estimated from the pages so far. First the page at
    the far end of a window of five is requested. If it has journals, the pages in between exist
    too, and are requested together. If it is empty, the rest is read one page after another. So at
    the end of the journals one call is wasted, not four. A page that was read early waits for those
    before it; where two overlap, a journal counts once.

    A full page holds at least all journals up to its offset + 100 (xero-facts.md: Paging).
    Irregular gaps make the estimates bad, which costs calls for journals that came already. If too
    many were wasted, pages are read one after another for a while.
    """

    def __init__(self, offset: int = 0) -> None:
        """Starts after the journal number ``offset``."""
        self._offset = offset
        self._planned: deque[int] = deque()
        self._sent: list[int] = []
        self._held: list[_ReadPage] = []
        self._probe: int | None = None
        self._is_end_near = False
        self._spans: deque[int] = deque(maxlen=MAX_SPANS)
        self._full_pages = 0
        self._page_count = 0
        self._wasted_calls = 0.0
        self._done = False

    @property
    def progress(self) -> Progress:
        """The number of the last journal that was passed on."""
        return Progress(journal_number=self._offset)

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """The pages of a window that are known to exist, or one page at a time."""
        if self._done:
            return []
        if not in_flight:
            self._sent.clear()  # discarded, if there are any
        self._plan()
        requests: list[PageRequest] = []
        while self._planned and len(requests) < room:
            offset = self._planned.popleft()
            self._sent.append(offset)
            requests.append(PageRequest({"offset": str(offset)}))
        return requests

    def _plan(self) -> None:
        outstanding = [*self._planned, *self._sent]
        if not any(offset <= self._offset for offset in outstanding):
            # The next journals in any case, also if an estimate left a hole.
            self._planned.appendleft(self._offset)
            outstanding.append(self._offset)
        may_estimate = self._full_pages >= MIN_FULL_PAGES and not self._is_end_near
        if self._probe is None and may_estimate and self._has_spare_calls:
            # Continue behind what is requested or held already.
            begins = [*outstanding, *(page.highest - self._span for page in self._held)]
            self._probe = max(begins) + WINDOW * self._span
            self._planned.append(self._probe)

    @property
    def _span(self) -> int:
        """The range of numbers that nearly every full page covers."""
        if len(self._spans) < MIN_FULL_PAGES:
            return JOURNALS_PER_PAGE
        cautious = fmean(self._spans) - 2 * pstdev(self._spans)
        return max(JOURNALS_PER_PAGE, min(int(cautious), max(self._spans)))

    @property
    def _has_spare_calls(self) -> bool:
        return self._wasted_calls <= SPARE_CALLS + self._page_count / PAGES_PER_SPARE_CALL

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        offset = int(page.request.params["offset"])
        if offset in self._sent:
            self._sent.remove(offset)
        is_probe = offset == self._probe
        if is_probe:
            self._probe = None
        if not page.records:
            if offset <= self._offset:
                self._done = True
                return PageResult(discard_in_flight=True)
            self._is_end_near = True
            return PageResult(None)
        numbers = [_journal_number(record) for record in page.records]
        highest = max(numbers)
        if highest <= offset:
            message = f"Journals after number {offset} repeat earlier ones, up to {highest}"
            raise UnexpectedResponseError(message)
        if is_probe:
            span = self._span
            begins = range(offset - (WINDOW - 1) * span, offset, span)
            taken = {*self._planned, *self._sent}
            self._planned.extend(at for at in begins if at > self._offset and at not in taken)
        self._note_span(offset, highest, len(page.records))
        self._held.append(_ReadPage(offset, highest, page.records))
        return PageResult(list(self._usable()) or None)

    def _note_span(self, offset: int, highest: int, count: int) -> None:
        self._page_count += 1
        if count < JOURNALS_PER_PAGE:
            self._full_pages = 0
            return
        self._full_pages += 1
        self._spans.append(highest - offset)

    def _usable(self) -> Iterable[Record]:
        """The journals that no missing page is in front of, in the order of their numbers."""
        self._held.sort(key=lambda page: page.offset)
        while self._held and self._held[0].offset <= self._offset:
            page = self._held.pop(0)
            new = [record for record in page.records if _journal_number(record) > self._offset]
            self._wasted_calls += 1 - len(new) / len(page.records)
            self._offset = max(self._offset, page.highest)
            yield from new
        self._planned = deque(at for at in self._planned if at + self._span > self._offset)


def _journal_number(record: Record) -> int:
    """The number of a journal, which may be quoted (xero-facts.md: Formats)."""
    try:
        number = Decimal(str(record.get("JournalNumber")))
        if number == int(number):
            return int(number)
    except (ArithmeticError, ValueError):
        pass
    message = f"A journal has no JournalNumber (JournalID {record.get('JournalID')})"
    raise UnexpectedResponseError(message)
