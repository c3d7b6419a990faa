"""The sandbox's clock: real time, or time that a test moves."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone


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
