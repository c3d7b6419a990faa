"""Minute, day and concurrency limits of one tenant, kept from what each answer says.

Xero tells how many calls are left with every answer (xero-facts.md: Limits). As long as some are left,
calls start side by side; with none left, one call at a time finds out, and the 429 it meets says
when the window ends. So a window costs one 429 at most, and no length of a window is assumed.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from xero_client.errors import StoppedError

MINUTE_SECONDS = 60.0


class LimitKind(Enum):
    """Which limit a 429 is about."""

    MINUTE = "minute"
    DAY = "day"
    CONCURRENT = "concurrent"


@dataclass(frozen=True)
class RemainingLimits:
    """Calls left, as one answer said; None where it did not."""

    minute: int | None = None
    day: int | None = None
    app_minute: int | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RemainingLimits:
        """Reads ``X-MinLimit-Remaining``, ``X-DayLimit-Remaining``, ``X-AppMinLimit-Remaining``."""
        return cls(
            _count(headers.get("X-MinLimit-Remaining")),
            _count(headers.get("X-DayLimit-Remaining")),
            _count(headers.get("X-AppMinLimit-Remaining")),
        )

    @property
    def fewest(self) -> int | None:
        """The scarcest of the three."""
        known = [left for left in (self.minute, self.day, self.app_minute) if left is not None]
        return min(known, default=None)

    def __str__(self) -> str:
        """``minute 58, day 4990, app minute 9998``."""
        named = (("minute", self.minute), ("day", self.day), ("app minute", self.app_minute))
        return ", ".join(f"{name} {left}" for name, left in named if left is not None) or "unknown"


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdecimal() else None


def limit_kind(headers: Mapping[str, str]) -> LimitKind:
    """Which limit a 429 is about.

    The values of ``X-Rate-Limit-Problem`` are not documented, so they are matched by prefix in any
    case. Without one, an answer without ``Retry-After`` is about concurrency: Xero sends that
    header for minute and day only; and one with more than a minute's wait is about the day.
    Everything else counts as the minute (xero-facts.md: Limits).
    """
    problem = headers.get("X-Rate-Limit-Problem", "").strip().lower()
    seconds = retry_after(headers)
    if problem.startswith(("day", "dai")):
        return LimitKind.DAY
    if not problem and seconds is not None and seconds > MINUTE_SECONDS:
        return LimitKind.DAY
    if problem.startswith("conc") or (not problem and "Retry-After" not in headers):
        return LimitKind.CONCURRENT
    return LimitKind.MINUTE


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of ``Retry-After``; None where it is absent or no number."""
    text = headers.get("Retry-After", "").strip()
    return float(text) if text.isdecimal() else None


class RateLimiter:
    """Lets calls of one tenant start when Xero will take them; safe to share between threads."""

    def __init__(self, max_concurrency: int) -> None:
        self._max_concurrency = max_concurrency
        self._changed = threading.Condition()
        self._in_flight = 0
        self._waiting: deque[object] = deque()
        self._left: int | None = None
        self._left_known_at = 0.0
        self._held_until = 0.0
        self._halted = False
        self.latest = RemainingLimits()

    def start(self) -> float:
        """Waits until a call may start, and counts it as in flight; gives the moment it began.

        Calls start in the order in which they came, so that the page that a reader waits for is
        not overtaken by those after it.

        Raises:
            StoppedError: No call starts any more.
        """
        turn = object()
        with self._changed:
            self._waiting.append(turn)
            try:
                while True:
                    if self._halted:
                        message = "the run is ending"
                        raise StoppedError(message)
                    now = time.monotonic()
                    if now < self._held_until:
                        self._changed.wait(self._held_until - now)
                    elif self._waiting[0] is turn and self._may_start():
                        self._in_flight += 1
                        return now
                    else:
                        self._changed.wait()
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()

    def halt(self) -> None:
        """Lets no call start any more, and ends the wait of those that wait."""
        with self._changed:
            self._halted = True
            self._changed.notify_all()

    def _may_start(self) -> bool:
        if self._in_flight >= self._max_concurrency:
            return False
        # With none left by the last count, one call alone finds out whether the window is over.
        return self._left is None or self._in_flight < self._left or self._in_flight == 0

    def finish(
        self, began: float, headers: Mapping[str, str] | None, hold: float | None = None
    ) -> None:
        """Ends a call that ``start`` counted, and takes note of the limits in its answer.

        Args:
            began: What ``start`` gave.
            headers: The answer's; None where there was none.
            hold: For how many seconds no call may start. Held in one step with the end of this
                call, or the next would start between the two and meet the same limit.
        """
        with self._changed:
            self._in_flight -= 1
            if headers is not None:
                left = RemainingLimits.from_headers(headers)
                self._note(began, left)
            if hold is not None:
                self.hold(hold)
            self._changed.notify_all()

    def _note(self, began: float, left: RemainingLimits) -> None:
        if left.fewest is None:
            return
        # Answers overtake each other: a higher count from a call that began before the present
        # count was known is an old one, not a new window.
        if self._left is None or left.fewest < self._left or began >= self._left_known_at:
            self._left = left.fewest
            self._left_known_at = time.monotonic()
            self.latest = left

    def hold(self, seconds: float) -> None:
        """Lets no call start for ``seconds``; after that the count of calls left is unknown."""
        with self._changed:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            self._left = None
            self._left_known_at = self._held_until
            self._changed.notify_all()
