"""Journals by ``offset``: they are append-only and numbered, with gaps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import fmean, pstdev

from tap_xero.paging.page import BasePaginator, Page, PageRequest, PageResult, Progress
from tap_xero.records.converter import Record
from xero_client.errors import UnexpectedResponseError

JOURNALS_PER_PAGE = 100
# The chains that a stretch of numbers is read by, at the same time.
CHAINS = 5
# How many pages a chain may have: the first that is cheap enough is taken.
PAGES_OF_A_CHAIN = (1, 2, 4, 8)
# Full pages before numbers are estimated, and how many of the latest tell the gaps.
MIN_FULL_PAGES = 2
MAX_SPANS = 20
# A chain begins so many standard deviations before where it is expected to.
CAUTION = 1.5
# The part of a page that may be lost for each page of a chain.
MAX_LOSS = 0.04
# Calls that may be wasted on journals that came already: so many, and one for so many pages.
SPARE_CALLS = 1.0
PAGES_PER_SPARE_CALL = 40
# Pages that are held because a page before them is missing.
MAX_HELD = 40


@dataclass(frozen=True)
class _ReadPage:
    """A page that cannot be used before the pages in front of it.

    Attributes:
        offset: The number after which it begins.
        highest: The number up to which it has all journals.
        records: Its journals.
    """

    offset: int
    highest: int
    records: Sequence[Record]


@dataclass
class _Chain:
    """Pages that are read one after another, each from the last number of the one before it.

    Attributes:
        position: The number after which the next page begins.
        end: The number after which the next chain began; None for the last chain.
        step: The numbers between the chains of its stretch, which begin when it has a journal.
        exists: Whether it is known that there are journals in it.
        is_in_flight: Whether its next page is requested.
        loss: The part of a call that is expected to be wasted where it begins.
    """

    position: int
    end: int | None = None
    step: int = 0
    exists: bool = True
    is_in_flight: bool = False
    loss: float = 0.0

    @property
    def is_read(self) -> bool:
        """Whether it has come to where the next chain began."""
        return self.end is not None and self.position >= self.end


class OffsetPaginator(BasePaginator):
    """Journals after a number, until an empty page; a short page is not the end.

    The next offset is the number of the last journal, which is known only after its page came. To
    have several requests in flight, a stretch of numbers is read by five chains of pages. Where
    they begin is estimated from the pages so far, with caution: a chain that begins too late costs
    a call for the journals in front of it, one that begins early only repeats some. The less
    regular the gaps are, the more pages a chain has, so that few chains meet. If that is too much,
    pages are read one after another.

    First the page of the last chain of a stretch is requested. If it has journals, the numbers
    before it exist too, and the other chains begin. If it is empty, the rest is read one page after
    another. So at the end of the journals one call is wasted, not four. A page waits for those
    before it. If two overlap, a journal counts once.

    A full page holds at least all journals up to its offset + 100 (xero-facts.md: Paging).
    """

    def __init__(self, offset: int = 0) -> None:
        """Starts after the journal number ``offset``."""
        self._offset = offset
        self._chains = [_Chain(offset)]
        self._held: list[_ReadPage] = []
        self._is_end_near = False
        self._spans: deque[int] = deque(maxlen=MAX_SPANS)
        self._page_count = 0
        self._wasted_calls = 0.0

    @property
    def progress(self) -> Progress:
        """The number of the last journal that was passed on."""
        return Progress(journal_number=self._offset)

    def next_requests(self, in_flight: int, room: int) -> list[PageRequest]:
        """The next page of each chain; then a page far ahead, if it is likely to save time."""
        if not in_flight:
            for chain in self._chains:
                chain.is_in_flight = False  # discarded, if there are any
        waiting = [
            chain
            for number, chain in enumerate(self._chains)
            if not chain.is_in_flight and (number == 0 or len(self._held) < MAX_HELD)
        ]
        while len(waiting) < room and (ahead := self._chain_ahead()) is not None:
            waiting.append(ahead)
        requests = []
        for chain in waiting[: max(0, room)]:
            chain.is_in_flight = True
            requests.append(PageRequest({"offset": str(chain.position)}))
        return requests

    def _chain_ahead(self) -> _Chain | None:
        """The last chain of a new stretch; None if the numbers there are too uncertain."""
        if self._is_end_near or len(self._held) >= MAX_HELD or not self._chains:
            return None
        last = self._chains[-1]
        if not last.exists or len(self._spans) < MIN_FULL_PAGES:
            return None
        expected = self._wasted_calls + sum(chain.loss for chain in self._chains)
        spare = SPARE_CALLS + self._page_count / PAGES_PER_SPARE_CALL - expected
        for pages in PAGES_OF_A_CHAIN:
            loss = self._shortfall(pages) / self._mean_span
            if pages > max(1, self._page_count / 2) or loss * (CHAINS - 1) > spare:
                return None
            if loss <= MAX_LOSS * pages:
                span = int(pages * self._mean_span - self._shortfall(pages))
                step = max(JOURNALS_PER_PAGE, span)
                last.end = last.position + (CHAINS - 1) * step
                self._chains.append(_Chain(last.end, step=step, exists=False, loss=loss))
                return self._chains[-1]
        return None

    @property
    def _mean_span(self) -> float:
        """The range of numbers that a full page covers, on average."""
        return max(JOURNALS_PER_PAGE, fmean(self._spans))

    def _shortfall(self, pages: int) -> float:
        """By how many numbers so many pages may fall short of their average range.

        A few pages tell little of their deviation: at least that of gaps which are independent of
        each other is assumed. The average itself is uncertain too.
        """
        gaps = 1 - JOURNALS_PER_PAGE / self._mean_span
        deviation = max(pstdev(self._spans), sqrt(JOURNALS_PER_PAGE * gaps) / (1 - gaps))
        deviation *= 1 + 1 / len(self._spans)
        return CAUTION * deviation * sqrt(pages + pages * pages / len(self._spans))

    def on_page(self, page: Page) -> PageResult:
        """See ``Paginator.on_page``."""
        offset = int(page.request.params["offset"])
        number, chain = next(
            (number, chain)
            for number, chain in enumerate(self._chains)
            if chain.is_in_flight and chain.position == offset
        )
        chain.is_in_flight = False
        if page.records:
            self._add_page(chain, offset, page.records)
            self._begin_chains_before(number)
        else:
            self._end_chain(number)
        self._join_chains()
        records = list(self._usable())
        return PageResult(records or None, discard_in_flight=not self._chains)

    def _add_page(self, chain: _Chain, offset: int, records: Sequence[Record]) -> None:
        highest = max(_journal_number(record) for record in records)
        if highest <= offset:
            message = f"Journals after number {offset} repeat earlier ones, up to {highest}"
            raise UnexpectedResponseError(message)
        self._page_count += 1
        if len(records) >= JOURNALS_PER_PAGE:
            self._spans.append(highest - offset)
        self._held.append(_ReadPage(offset, highest, records))
        chain.position = highest

    def _begin_chains_before(self, number: int) -> None:
        """Begins the other chains of a stretch whose last chain has journals."""
        chain = self._chains[number]
        if chain.exists:
            return
        chain.exists = True
        if number == 0:
            return
        before = self._chains[number - 1]
        begins = range(before.end or 0, before.position, -chain.step)[1:]
        for begin in begins:
            self._chains.insert(number, _Chain(begin, before.end, loss=chain.loss))
            before.end = begin

    def _end_chain(self, number: int) -> None:
        """Ends a chain after its last journal; it may be the end of all journals."""
        chain = self._chains.pop(number)
        if chain.end is not None:
            self._held.append(_ReadPage(chain.position, chain.end, ()))
            return
        self._is_end_near = True
        if not chain.exists and self._chains:
            self._wasted_calls += 1
            self._chains[-1].end = None

    def _join_chains(self) -> None:
        """Removes the chains that are read; the next one need not repeat what they have."""
        joined: list[_Chain] = []
        position = 0
        for chain in self._chains:
            if not chain.is_in_flight and chain.exists:
                chain.position = max(chain.position, position)
            if chain.is_read and not chain.is_in_flight:
                position = chain.position
            else:
                joined.append(chain)
                position = 0
        self._chains = joined

    def _usable(self) -> Iterable[Record]:
        """The journals that no missing page is in front of, in the order of their numbers."""
        self._held.sort(key=lambda page: page.offset)
        while self._held and self._held[0].offset <= self._offset:
            page = self._held.pop(0)
            new = [record for record in page.records if _journal_number(record) > self._offset]
            if page.records:
                self._wasted_calls += 1 - len(new) / len(page.records)
            self._offset = max(self._offset, page.highest)
            yield from new


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
