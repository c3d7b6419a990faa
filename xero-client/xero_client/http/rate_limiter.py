"""A rate limiter for one tenant: the minute, day and concurrency limits that Xero reports.

Every response says how many calls are left (xero-facts.md: Limits). While there are some, calls run
in parallel. With none left, only one call at a time is sent. If it gets a 429, ``Retry-After`` says
when the window ends. So a window costs at most one 429, and its length need not be known. If the
run is to stop at the day limit, a call that a response has just announced as refused is not sent.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Protocol

from xero_client.errors import DailyLimitError, StoppedError, XeroError

MINUTE_SECONDS = 60.0
# A minute's window cannot be this long, so a longer ``Retry-After`` is about the day, whatever
# ``X-Rate-Limit-Problem`` says.
MAX_MINUTE_WAIT_SECONDS = 300.0
DAY_SECONDS = 86_400.0
# A longer number is not a count of calls or of seconds.
MAX_DIGITS = 9


class LimitKind(Enum):
    """The limit that a 429 reports."""

    MINUTE = "minute"
    DAY = "day"
    CONCURRENT = "concurrent"


@dataclass(frozen=True)
class RemainingLimits:
    """The calls left according to one response; None if it does not say."""

    minute: int | None = None
    day: int | None = None
    app_minute: int | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RemainingLimits:
        """Parses ``X-MinLimit-Remaining``, ``X-DayLimit-…`` and ``X-AppMinLimit-Remaining``."""
        return cls(
            _count(headers.get("X-MinLimit-Remaining")),
            _count(headers.get("X-DayLimit-Remaining")),
            _count(headers.get("X-AppMinLimit-Remaining")),
        )

    @property
    def lowest(self) -> int | None:
        """The lowest of the three."""
        known = [left for left in (self.minute, self.day, self.app_minute) if left is not None]
        return min(known, default=None)

    def __str__(self) -> str:
        """``minute 58, day 4990, app minute 9998``."""
        named = (("minute", self.minute), ("day", self.day), ("app minute", self.app_minute))
        return ", ".join(f"{name} {left}" for name, left in named if left is not None) or "unknown"


def _count(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isdecimal() and len(digits) <= MAX_DIGITS else None


def limit_kind(headers: Mapping[str, str]) -> LimitKind:
    """The limit that a 429 reports (xero-facts.md: Limits).

    The values of ``X-Rate-Limit-Problem`` are not documented, so only their start counts, in any
    case. Without that header, a 429 without ``Retry-After`` is about concurrency, because Xero
    sends ``Retry-After`` for the minute and the day only. A wait that no minute's window explains
    means the day limit. Everything else is the minute limit.
    """
    problem = headers.get("X-Rate-Limit-Problem", "").strip().lower()
    seconds = retry_after(headers)
    if problem.startswith(("day", "dai")):
        return LimitKind.DAY
    longest = MAX_MINUTE_WAIT_SECONDS if problem else MINUTE_SECONDS
    if seconds is not None and seconds > longest:
        return LimitKind.DAY
    if problem.startswith("conc") or (not problem and "Retry-After" not in headers):
        return LimitKind.CONCURRENT
    return LimitKind.MINUTE


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of ``Retry-After``, at most a day; None if it is absent or makes no sense.

    Xero sends seconds. HTTP also allows a date there, which a gateway may send.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(min(int(text), DAY_SECONDS)) if len(text) <= MAX_DIGITS else DAY_SECONDS
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    return min(max(seconds, 0.0), DAY_SECONDS)


def daily_limit_message(retry_after: float | None) -> str:
    """What a user reads at the day limit; ``retry_after`` is in seconds, None if not known."""
    when = f" for {retry_after:.0f} s" if retry_after is not None else ""
    return (
        f"Xero's daily limit of calls to this organisation is used up{when}: run again later, or "
        "set on_daily_limit to wait"
    )


class CallBudget(Protocol):
    """Calls that several processes share."""

    @property
    def left(self) -> int | None:
        """The calls left as all processes know; None if they do not."""
        ...

    def acquire(self, waiting: int) -> float:
        """Takes a call: 0 if it may start, and else the seconds after which to ask again."""
        ...

    def cancel(self) -> None:
        """Gives a call back that did not start."""
        ...

    def finish(self) -> None:
        """Ends a call."""
        ...

    def observe(self, left: int | None, began: float) -> None:
        """Notes what the response to a call that began then says is left."""
        ...

    def hold(self, seconds: float, *, ends_with_minute: bool) -> None:
        """Tells all processes that a 429 allows no call for so many seconds."""
        ...


@dataclass(frozen=True)
class SharedLimits:
    """The budgets that the calls to one organisation share with those of other processes.

    Attributes:
        minute: The calls of a minute to the organisation, and those in flight.
        day: The calls of a day to the organisation.
        app: The calls of a minute of the app.
        owner: What must last as long as the budgets are used.
    """

    minute: CallBudget
    day: CallBudget
    app: CallBudget
    owner: object = None

    @property
    def all(self) -> tuple[CallBudget, ...]:
        """The three budgets."""
        return (self.day, self.minute, self.app)

    def acquire(self, waiting: int, *, stops_at_day_limit: bool) -> float:
        """Takes a call of each budget: 0 if it may start, and else the seconds to wait.

        Raises:
            DailyLimitError: The day's calls are used up, and the run is to stop then.
        """
        taken: list[CallBudget] = []
        for budget in self.all:
            wait = budget.acquire(waiting)
            if not wait:
                taken.append(budget)
            is_stop = budget is self.day and stops_at_day_limit and budget.left == 0
            if wait or is_stop:
                for each in taken:
                    each.cancel()
            if is_stop:
                raise DailyLimitError(daily_limit_message(None), retry_after=None)
            if wait:
                return wait
        return 0.0

    def finish(self) -> None:
        """Ends a call."""
        for budget in self.all:
            budget.finish()

    def observe(self, left: RemainingLimits, began: float) -> None:
        """Notes what the response to a call that began then says is left."""
        self.minute.observe(left.minute, began)
        self.day.observe(left.day, began)
        self.app.observe(left.app_minute, began)

    def hold(self, seconds: float, headers: Mapping[str, str]) -> None:
        """Tells the other processes of a 429.

        Args:
            seconds: The seconds in which no call may start.
            headers: Those of the 429.
        """
        # The app's problem was never observed; what is left says it too (xero-facts.md: Limits).
        is_of_app = RemainingLimits.from_headers(headers).app_minute == 0 or headers.get(
            "X-Rate-Limit-Problem", ""
        ).strip().lower().startswith("app")
        budget = self.app if is_of_app else self.minute
        ends_with_minute = retry_after(headers) is None
        if limit_kind(headers) is LimitKind.DAY:
            budget, ends_with_minute = self.day, False
        budget.hold(seconds, ends_with_minute=ends_with_minute)


class RateLimiter:
    """Delays the calls to one tenant until Xero accepts them; thread-safe."""

    def __init__(
        self,
        max_concurrency: int,
        *,
        stops_at_day_limit: bool = False,
        shared: SharedLimits | None = None,
    ) -> None:
        """Starts without knowledge of the limits.

        Args:
            max_concurrency: The most calls in flight.
            stops_at_day_limit: Whether a call fails, instead of waiting, if the last response said
                that no call of the day is left.
            shared: What the calls share with those of other processes; None if nothing.
        """
        self._shared = shared
        self._max_concurrency = max_concurrency
        self._stops_at_day_limit = stops_at_day_limit
        self._changed = threading.Condition()
        self._in_flight = 0
        self._waiting: deque[object] = deque()
        self._left: int | None = None
        self._left_known_at = 0.0
        self._held_until = 0.0
        self._day_used_up_until = 0.0
        self._end: XeroError | None = None
        self.latest = RemainingLimits()

    def start(self) -> float:
        """Waits until a call may start, counts it as in flight, and returns its start time.

        Calls start in the order of their requests, so that the page that a reader waits for comes
        before later ones.

        Raises:
            XeroError: ``stop`` was called; its error.
            DailyLimitError: The day's calls are used up, and the run is to stop then.
            StoreError: The state database with what is shared failed.
        """
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while True:
                    if self._end is not None:
                        raise self._end
                    now = time.monotonic()
                    if self._stops_at_day_limit and now < self._day_used_up_until:
                        raise DailyLimitError(daily_limit_message(None), retry_after=None)
                    if now < self._held_until:
                        self._changed.wait(self._held_until - now)
                    elif self._waiting[0] is ticket and self._may_start():
                        if not (wait := self._shared_wait()):
                            self._in_flight += 1
                            # Taking the call may have waited for the state database.
                            return time.monotonic()
                        self._changed.wait(wait)
                    else:
                        self._changed.wait()
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    @property
    def seconds_to_wait(self) -> float:
        """How long calls are still delayed, because Xero has refused one; 0 if they are not."""
        with self._changed:
            return max(0.0, self._held_until - time.monotonic())

    def stop(self, error: XeroError | None = None) -> None:
        """Refuses new calls and ends all waits with an error; ``StoppedError`` by default."""
        with self._changed:
            self._end = error or StoppedError("the run is stopping")
            self._changed.notify_all()

    def _may_start(self) -> bool:
        if self._in_flight >= self._max_concurrency:
            return False
        # With none left, only one call is sent, to find out whether a new window has begun.
        return self._left is None or self._in_flight < self._left or self._in_flight == 0

    def finish(
        self,
        began: float,
        headers: Mapping[str, str] | None,
        hold: float | None = None,
        day_used_up: float | None = None,
    ) -> None:
        """Ends a call, and updates the limits from its response.

        Args:
            began: The return value of ``start``.
            headers: The headers of the response; None without a response.
            hold: Seconds in which no call may start. This is set together with the end of the
                call. Otherwise the next call could start in between and get a 429 too.
            day_used_up: Seconds in which Xero accepts no call of the day; None if it does.
        """
        with self._changed:
            self._in_flight -= 1
            if headers is not None:
                self._update(began, RemainingLimits.from_headers(headers))
            if hold is not None:
                self.hold(hold)
            if day_used_up is not None:
                self._day_used_up_until = time.monotonic() + day_used_up
            try:
                self._tell_others(began, headers, hold, day_used_up)
            finally:
                self._changed.notify_all()

    def _shared_wait(self) -> float:
        """Takes a call of what is shared: 0 if it may start, and else the seconds to wait."""
        if self._shared is None:
            return 0.0
        return self._shared.acquire(len(self._waiting), stops_at_day_limit=self._stops_at_day_limit)

    def _tell_others(
        self,
        began: float,
        headers: Mapping[str, str] | None,
        hold: float | None,
        day_used_up: float | None,
    ) -> None:
        if self._shared is None:
            return
        # Before the call ends: otherwise another organisation could take a call that was counted.
        if headers is not None:
            self._shared.observe(RemainingLimits.from_headers(headers), began)
        self._shared.finish()
        if day_used_up is not None and headers is not None:
            self._shared.day.hold(day_used_up, ends_with_minute=False)
        if headers is not None and hold is not None:
            self._shared.hold(hold, headers)

    def _update(self, began: float, left: RemainingLimits) -> None:
        if left.lowest is None:
            return
        # Responses can arrive out of order. A higher count does not mean a new window if its call
        # began before the present count was known.
        if self._left is None or left.lowest < self._left or began >= self._left_known_at:
            self._left = left.lowest
            self._left_known_at = now = time.monotonic()
            self.latest = left
            # When the day's window begins anew is not documented (xero-facts.md: Limits). So after
            # a minute one call finds out.
            self._day_used_up_until = now + MINUTE_SECONDS if left.day == 0 else 0.0

    def hold(self, seconds: float) -> None:
        """Delays all calls for ``seconds``; after that, the number of calls left is unknown."""
        with self._changed:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            self._left = None
            self._left_known_at = self._held_until
            self._changed.notify_all()
