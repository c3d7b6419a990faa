"""Xero's rate limits: concurrent, a minute, a day, and the app's minute (xero-facts.md: Limits)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from xero_sandbox.http.responses import HttpError, HttpResponse
from xero_sandbox.model.clock import Clock


@dataclass(frozen=True)
class Limits:
    """The limits and the lengths of their windows.

    Attributes:
        concurrent: Calls in flight, per app and tenant.
        minute: Calls in a minute window, per app and tenant.
        day: Calls in a day window, per app and tenant (1,000 on the Starter tier).
        app_minute: Calls in a minute window, per app over all tenants.
        minute_seconds: Length of a minute window.
        day_seconds: Length of a day window.
        rapid_sync_seconds: How long after a connection is made minute and day do not count.
    """

    concurrent: int = 5
    minute: int = 60
    day: int = 5_000
    app_minute: int = 10_000
    minute_seconds: float = 60.0
    day_seconds: float = 86_400.0
    rapid_sync_seconds: float = 0.0


GENEROUS = Limits(minute=100_000, day=1_000_000, app_minute=1_000_000)


class RateLimitProblem(str, Enum):
    """Values of X-Rate-Limit-Problem.

    They are not documented, and the last was never observed (xero-facts.md: Limits).
    """

    CONCURRENT = "concurrent"
    MINUTE = "minute"
    DAY = "day"
    APP_MINUTE = "appminute"


@dataclass
class _Window:
    """A fixed window that opens with its first call (xero-facts.md: Limits)."""

    opened: datetime
    used: int = 0

    def renew(self, now: datetime, seconds: float) -> None:
        if now >= self.opened + timedelta(seconds=seconds) or now < self.opened:
            self.opened = now
            self.used = 0

    def wait(self, now: datetime, seconds: float) -> int:
        """Whole seconds until the window resets."""
        left = (self.opened + timedelta(seconds=seconds) - now).total_seconds()
        return max(1, math.ceil(left))


@dataclass
class RateLimiter:
    """Counts calls and refuses those above a limit.

    Attributes:
        limits: The limits of every organisation without limits of its own, and of the app.
        of_tenant: The limits of some organisations, by tenant id.
    """

    clock: Clock
    limits: Limits = field(default_factory=Limits)
    of_tenant: dict[str, Limits] = field(default_factory=dict)
    in_flight: dict[tuple[str, str], int] = field(default_factory=dict)
    peak: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    _windows: dict[tuple[str, ...], _Window] = field(default_factory=dict)

    def reset(self) -> None:
        """Clears all counts but those of calls in flight."""
        self._windows.clear()
        self.peak.clear()
        self.refusals.clear()

    def _limits(self, tenant_id: str) -> Limits:
        return self.of_tenant.get(tenant_id, self.limits)

    def _window(self, key: tuple[str, ...], seconds: float) -> _Window:
        now = self.clock.now()
        window = self._windows.setdefault(key, _Window(now))
        window.renew(now, seconds)
        return window

    def headers(self, client_id: str, tenant_id: str) -> dict[str, str]:
        """The headers with the remaining calls."""
        limits = self._limits(tenant_id)
        minute = self._window(("minute", client_id, tenant_id), limits.minute_seconds)
        day = self._window(("day", client_id, tenant_id), limits.day_seconds)
        return {
            "X-DayLimit-Remaining": str(max(0, limits.day - day.used)),
            "X-MinLimit-Remaining": str(max(0, limits.minute - minute.used)),
            **self.app_header(client_id),
        }

    def app_header(self, client_id: str) -> dict[str, str]:
        """The only limit header of ``/connections`` (xero-facts.md: Limits)."""
        app = self._window(("app", client_id), self.limits.minute_seconds)
        return {"X-AppMinLimit-Remaining": str(max(0, self.limits.app_minute - app.used))}

    @contextmanager
    def call(self, client_id: str, tenant_id: str, connected: datetime | None) -> Iterator[None]:
        """Counts one call while it is in flight.

        Args:
            client_id: The app.
            tenant_id: The organisation.
            connected: When the app was connected to it, for Rapid Sync.

        Raises:
            HttpError: 429, if a limit is reached.
        """
        pair = (client_id, tenant_id)
        running = self.in_flight.get(pair, 0)
        if running >= self._limits(tenant_id).concurrent:
            raise self._too_many(RateLimitProblem.CONCURRENT, pair, None)
        self._count(pair, connected)
        self.in_flight[pair] = running + 1
        self.peak[tenant_id] = max(self.peak.get(tenant_id, 0), running + 1)
        try:
            yield
        finally:
            self.in_flight[pair] -= 1

    def count_app(self, client_id: str) -> None:
        """Counts a call without a tenant."""
        app = self._window(("app", client_id), self.limits.minute_seconds)
        app.used += 1

    def _count(self, pair: tuple[str, str], connected: datetime | None) -> None:
        limits = self._limits(pair[1])
        now = self.clock.now()
        minute = self._window(("minute", *pair), limits.minute_seconds)
        day = self._window(("day", *pair), limits.day_seconds)
        app = self._window(("app", pair[0]), self.limits.minute_seconds)
        rapid = connected is not None and now < connected + timedelta(
            seconds=limits.rapid_sync_seconds
        )
        if app.used >= self.limits.app_minute:
            raise self._too_many(RateLimitProblem.APP_MINUTE, pair, None)
        if not rapid:
            if day.used >= limits.day:
                raise self._too_many(RateLimitProblem.DAY, pair, day.wait(now, limits.day_seconds))
            if minute.used >= limits.minute:
                raise self._too_many(
                    RateLimitProblem.MINUTE, pair, minute.wait(now, limits.minute_seconds)
                )
            day.used += 1
            minute.used += 1
        app.used += 1

    def _too_many(
        self, kind: RateLimitProblem, pair: tuple[str, str], wait: int | None
    ) -> HttpError:
        self.refusals[kind.value] = self.refusals.get(kind.value, 0) + 1
        return HttpError(too_many_requests(kind.value, wait, self.headers(*pair)))


def too_many_requests(kind: str, wait: int | None, headers: dict[str, str]) -> HttpResponse:
    """A 429 with an empty body, and Retry-After if the wait is known (xero-facts.md: Limits)."""
    response = HttpResponse(429, b"", "", {**headers, "X-Rate-Limit-Problem": kind})
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response
