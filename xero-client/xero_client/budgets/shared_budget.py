"""One process's part of a budget that it shares with others."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Protocol

from xero_client.budgets.budget import RENEWAL_SECONDS, CallsLeft, Lease, Report


class BudgetTable(Protocol):
    """Where the processes keep the budgets."""

    def exchange(self, key: str, report: Report, capacity: int) -> Lease:
        """Reports to a budget, and takes a new lease of it."""
        ...


class SharedBudget:
    """This process's part of one budget; thread-safe."""

    def __init__(self, table: BudgetTable, key: str, capacity: int) -> None:
        """Takes no lease yet.

        Args:
            table: Where the processes keep the budgets.
            key: The budget.
            capacity: The most calls in flight of all processes.
        """
        self._table = table
        self._key = key
        self._capacity = capacity
        self._lock = threading.RLock()
        self._in_flight = 0
        self._slots = 0
        self._calls = 0
        self._renew_at = 0.0
        self._ask_at = 0.0
        self._known = CallsLeft(None, 0.0, 0.0)
        self._says_nothing = False
        self._is_reported = True
        self._doubts_hold = False
        self.left: int | None = None

    def doubt_hold(self) -> None:
        """Lets the next call find out whether a hold of an earlier run is over."""
        with self._lock:
            self._doubts_hold = True
            self._renew_at = 0.0

    def acquire(self, waiting: int) -> float:
        """Takes a call of the lease, and renews the lease if necessary.

        Args:
            waiting: The calls that wait, with this one.

        Returns:
            0 if the call may start, and else the seconds after which to ask again.

        Raises:
            StoreError: The state database failed.
        """
        with self._lock:
            now = time.monotonic()
            wants_more = self._calls <= 0 or self._in_flight >= self._slots
            if now >= self._renew_at or (wants_more and now >= self._ask_at):
                self._exchange(now, waiting)
            if self._calls > 0 and self._in_flight < self._slots:
                self._calls -= 1
                self._in_flight += 1
                return 0.0
            return max(self._ask_at - now, 0.01)

    def cancel(self) -> None:
        """Gives a call back that did not start."""
        with self._lock:
            self._calls += 1
            self._in_flight -= 1

    def finish(self) -> None:
        """Ends a call."""
        with self._lock:
            self._in_flight -= 1
            self._ask_at = 0.0

    def observe(self, left: int | None, began: float) -> None:
        """Notes what a response says is left.

        Args:
            left: The calls left; None if the response does not say.
            began: When its call began, by ``time.monotonic``.
        """
        with self._lock:
            self._says_nothing = left is None
            newer = self._known.updated(CallsLeft(left, began, time.monotonic()))
            if newer != self._known:
                self._known = newer
                self._ask_at, self._is_reported = 0.0, False

    def hold(self, seconds: float, *, ends_with_minute: bool) -> None:
        """Tells all processes that a 429 allows no call for so many seconds.

        Args:
            seconds: The seconds.
            ends_with_minute: Whether the 429 named no seconds, so that nobody calls until the end
                of the minute either.
        """
        with self._lock:
            now = time.monotonic()
            self._known = CallsLeft(None, now, now)
            self._exchange(now, 0, hold=seconds, ends_with_minute=ends_with_minute)

    def renew_if_due(self) -> None:
        """Renews the lease of calls that take long, so that others do not take their slots."""
        with self._lock:
            now = time.monotonic()
            if self._in_flight and now >= self._renew_at:
                self._exchange(now, 0)

    def last_report(self) -> Report | None:
        """What the other processes do not know yet; None if they know all."""
        with self._lock:
            if self._is_reported:
                return None
            return self._report(time.monotonic(), wanted=0, in_flight=0)

    def _exchange(
        self, now: float, waiting: int, *, hold: float | None = None, ends_with_minute: bool = False
    ) -> None:
        in_flight = self._in_flight
        report = replace(
            self._report(now, min(in_flight + waiting, self._capacity), in_flight),
            hold=hold,
            ends_with_minute=ends_with_minute,
            doubts_hold=self._doubts_hold,
            says_nothing=self._says_nothing,
        )
        lease = self._table.exchange(self._key, report, self._capacity)
        self._is_reported = True
        self._doubts_hold = False
        self._slots, self._calls, self.left = lease.slots, lease.calls, lease.left
        self._renew_at = now + RENEWAL_SECONDS
        self._ask_at = now + lease.wait

    def _report(self, now: float, wanted: int, in_flight: int) -> Report:
        """A report without a 429: what is left, and what is wanted."""
        known = self._known
        age, response_age = now - known.began, now - known.known_at
        return Report(wanted, in_flight, known.number, age, response_age=response_age)
