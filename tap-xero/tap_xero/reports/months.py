"""The months of the report streams: which are read, and how Xero writes their days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

# Xero writes years with two or four digits (xero-facts.md: Report answers).
_DAY_FORMATS = ("%d %b %Y", "%d %B %Y", "%d %b %y", "%d %B %y")
_MONTH_FORMATS = ("%b %Y", "%B %Y", "%b-%y", "%b %y", "%b-%Y")
_DAY_IN_WORDS = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{2}(?:\d{2})?\b")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def plus(self, count: int) -> Month:
        """The month ``count`` months later."""
        year, index = divmod(self.year * 12 + self.number - 1 + count, 12)
        return Month(year, index + 1)


@dataclass(frozen=True)
class ReportBookmark:
    """How far a report was read.

    Attributes:
        since: The first month that was read.
        last: The last whole month that was read.
        locked: The organisation's lock date at that time: nothing up to it can have changed since.
        year_end: How the organisation's financial year ended at that time, as ``03-31``; None if it
            is not known, or if the report does not depend on it.
    """

    since: Month
    last: Month
    locked: date | None = None
    year_end: str | None = None

    @classmethod
    def from_state(cls, saved: object) -> ReportBookmark | None:
        """The bookmark that a state has; None if it cannot be read."""
        if not isinstance(saved, Mapping):
            return None
        try:
            locked = saved.get("locked")
            year_end = saved.get("year_end")
            return cls(
                Month.of(date.fromisoformat(saved["since"])),
                Month.of(date.fromisoformat(saved["last"])),
                date.fromisoformat(locked) if locked else None,
                year_end if isinstance(year_end, str) else None,
            )
        except (KeyError, TypeError, ValueError):
            return None

    def to_state(self) -> dict[str, str]:
        """What the state holds of it."""
        saved = {"since": self.since.first.isoformat(), "last": self.last.last.isoformat()}
        if self.locked is not None:
            saved["locked"] = self.locked.isoformat()
        if self.year_end is not None:
            saved["year_end"] = self.year_end
        return saved

    def is_of_other_year(self, year_end: str | None) -> bool:
        """Whether the financial year ends on another day now: all months may have changed."""
        return None not in {self.year_end, year_end} and self.year_end != year_end


def months_to_read(
    bookmark: ReportBookmark | None, first: Month, today: date, again: int, lock_date: date | None
) -> Sequence[Month]:
    """The months that a run reads, oldest first.

    Without a bookmark, or if earlier months are asked for now, all of them. Else those that are
    new, the last ``again`` whole months and the running one, but none that was locked already when
    it was read (xero-facts.md: Flattening reports).

    Args:
        bookmark: How far the report was read; None for not at all.
        first: The first month that is asked for.
        today: The day of the run.
        again: How many whole months are read again.
        lock_date: The organisation's lock date now; None if it has none.
    """
    running = Month.of(today)
    begin = first
    locked: date | None = None
    if bookmark is not None and first >= bookmark.since:
        begin = max(first, min(bookmark.last.plus(1), running.plus(-again)))
        if bookmark.locked is not None and lock_date is not None:
            locked = min(bookmark.locked, lock_date)
    count = (running.year - begin.year) * 12 + running.number - begin.number + 1
    return [
        month
        for month in (begin.plus(offset) for offset in range(count))
        if locked is None or bookmark is None or month > bookmark.last or month.last > locked
    ]


def parse_day(text: str) -> date | None:
    """The day that a column's title names, such as ``30 Apr 16``; None if it names none."""
    return _parse(text, _DAY_FORMATS)


def parse_month(text: str) -> Month | None:
    """The month that a column's title names, such as ``Jan-20``; None if it names none."""
    day = _parse(text, _MONTH_FORMATS)
    return Month.of(day) if day else None


def days_in(text: str) -> list[date]:
    """All days that a text names, as ``1 April 2016 to 30 April 2016``."""
    return [day for found in _DAY_IN_WORDS.findall(text) if (day := parse_day(found))]


def _parse(text: str, formats: Sequence[str]) -> date | None:
    for each in formats:
        with suppress(ValueError):
            return datetime.strptime(text.strip(), each).date()  # noqa: DTZ007  # a day has no zone
    return None
