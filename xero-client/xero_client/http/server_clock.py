"""The time at Xero, from the ``Date`` headers of its responses, whatever this machine's clock says.

How long Xero keeps an Idempotency-Key is measured with it (xero-facts.md: Idempotency).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache

# A Date header has whole seconds.
DATE_RESOLUTION_SECONDS = 1.0


def elapsed_seconds() -> float:
    """Seconds since some moment. Nobody can set this clock, and it runs while the machine sleeps.

    On a system without such a clock it may stand still while the machine sleeps.
    """
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)


class ServerClock:
    """The limits between which the time at a server is; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[float, float, float] | None = None

    def observe(self, headers: Mapping[str, str], sent_at: float) -> None:
        """Takes the time of a response that has just arrived.

        Args:
            headers: Its headers; without a valid ``Date`` they say nothing.
            sent_at: The ``elapsed_seconds()`` at which its request was sent.
        """
        received_at = elapsed_seconds()
        try:
            date = parsedate_to_datetime(headers.get("Date", "")).timestamp()
        except (TypeError, ValueError, OverflowError):
            return
        with self._lock:
            self._seen = (date, sent_at, received_at)

    def earliest(self) -> float | None:
        """The earliest time that it can be, in seconds since 1970; None before any response."""
        with self._lock:
            seen = self._seen
        return None if seen is None else seen[0] + elapsed_seconds() - seen[2]

    def latest(self) -> float | None:
        """The latest time that it can be, in seconds since 1970; None before any response."""
        with self._lock:
            seen = self._seen
        if seen is None:
            return None
        return seen[0] + DATE_RESOLUTION_SECONDS + elapsed_seconds() - seen[1]


@lru_cache(maxsize=64)
def server_clock(origin: str) -> ServerClock:  # noqa: ARG001  # the key of the cache
    """The clock of a server, one for all connections to it.

    Args:
        origin: Scheme, host and port.
    """
    return ServerClock()
