"""The sandbox's clock: real time, or time that a test moves."""

from __future__ import annotations

import re
import threading
from datetime import date, datetime, timedelta, timezone

# Where the dates of Xero's database begin (xero-facts.md: Change capture).
EARLIEST_DATE = date(1753, 1, 1)

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")


def lenient_date(text: str) -> date:
    """The date at the start of a text: ``2026-05-01``, ``2026-5-1``, ``2026-05-01T00:00:00``.

    Raises:
        ValueError: The text does not begin with a date.
    """
    match = _DATE.match(text)
    if match is None:
        message = f"{text!r} is not a date"
        raise ValueError(message)
    year, month, day = map(int, match.groups())
    return date(year, month, day)


def day_in_two_digits(text: str) -> str:
    """The text, with ``2026-05-01`` for ``2026-5-1`` at its start, if it starts with a date."""
    match = _DATE.match(text)
    if match is None:
        return text
    year, month, day = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}{text[match.end() :]}"


class Clock:
    """UTC time that can be advanced, or pinned."""

    def __init__(self, pinned: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._pinned = pinned

    def now(self) -> datetime:
        """The current time in UTC, to the millisecond as in Xero."""
        with self._lock:
            moment = (self._pinned or datetime.now(timezone.utc)) + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> None:
        """Moves time forward by ``seconds``, or back if they are negative."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
