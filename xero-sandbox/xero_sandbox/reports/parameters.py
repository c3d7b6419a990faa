"""The parameters of reports: dates, periods to compare, flags."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from xero_sandbox.model.clock import lenient_date

MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


class ReportError(Exception):
    """A report that does not exist, or has invalid parameters.

    Attributes:
        status: The HTTP status.
        message: The message of the response.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def day(query: Mapping[str, str], name: str, default: date) -> date:
    """A date parameter, such as ``2026-05-01`` or ``2026-5-1``."""
    text = query.get(name)
    if not text:
        return default
    try:
        return lenient_date(text)
    except ValueError:
        message = f"The value '{text}' of the parameter {name} is not a date."
        raise ReportError(400, message) from None


def whole(query: Mapping[str, str], name: str, default: int, bounds: tuple[int, int]) -> int:
    """A whole-number parameter within bounds."""
    text = query.get(name)
    if not text:
        return default
    low, high = bounds
    if not text.isdigit() or not low <= int(text) <= high:
        message = f"The parameter {name} must be a whole number from {low} to {high}."
        raise ReportError(400, message)
    return int(text)


def flag(query: Mapping[str, str], name: str) -> bool:
    """A true-or-false parameter."""
    return query.get(name, "false").lower() == "true"


def timeframe(query: Mapping[str, str]) -> int:
    """The length in months of a period to compare: MONTH, QUARTER or YEAR."""
    name = query.get("timeframe", "MONTH").upper()
    if name not in MONTHS:
        message = "The parameter timeframe must be MONTH, QUARTER or YEAR."
        raise ReportError(400, message)
    return MONTHS[name]


def span(query: Mapping[str, str], today: date) -> tuple[date, date]:
    """``fromDate`` and ``toDate``; this month by default."""
    first = day(query, "fromDate", today.replace(day=1))
    last = day(query, "toDate", month_end(today))
    if first > last:
        message = "The fromDate must not be after the toDate."
        raise ReportError(400, message)
    return first, last


def month_end(on: date) -> date:
    """The last day of a day's month."""
    return on.replace(day=calendar.monthrange(on.year, on.month)[1])


def months_before(on: date, months: int) -> date:
    """The same day some months earlier; the last day of a month stays the last day."""
    year, index = divmod(on.year * 12 + on.month - 1 - months, 12)
    last = calendar.monthrange(year, index + 1)[1]
    is_last = on == month_end(on)
    return date(year, index + 1, last if is_last else min(on.day, last))


def earlier_spans(first: date, last: date, count: int, months: int) -> list[tuple[date, date]]:
    """A period and ``count`` earlier ones, newest first.

    The day of the month of ``last`` is copied to the earlier periods. After a month of 30 days,
    months of 31 days lose their last day (xero-facts.md: Report parameters).
    """
    return [
        (months_before(first, months * position), _same_day_before(last, months * position))
        for position in range(count + 1)
    ]


def _same_day_before(on: date, months: int) -> date:
    """The same day some months earlier, or the month's last day if the month is shorter."""
    earlier = months_before(on.replace(day=1), months)
    return earlier.replace(day=min(on.day, month_end(earlier).day))


def year_start(on: date, end_month: int, end_day: int) -> date:
    """The first day of the financial year that contains a day."""
    year = on.year
    end = date(year, end_month, min(end_day, calendar.monthrange(year, end_month)[1]))
    if on <= end:
        year -= 1
        end = date(year, end_month, min(end_day, calendar.monthrange(year, end_month)[1]))
    return end + timedelta(days=1)
