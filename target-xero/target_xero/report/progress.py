"""How far a run is: a line every few seconds on a terminal, and a summary at its end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xero_client.http.transport import Transport

if TYPE_CHECKING:
    from target_xero.report.results import Results

EVERY_SECONDS = 3.0


class Progress:
    """Writes a line to a terminal now and then; nothing where standard error is none.

    Safe to share between threads.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._shows = sys.stderr.isatty()
        self._next = time.monotonic() + EVERY_SECONDS
        self._lock = threading.Lock()
        self.transport: Transport | None = None

    def tick(self) -> None:
        """Writes the line if it is due."""
        if not self._shows or time.monotonic() < self._next:
            return
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + EVERY_SECONDS
        done = self._results.total()
        rejected = self._results.total("rejected", "invalid", "unknown")
        line = f"{done:,} records done, {rejected:,} rejected"
        if self.transport is not None:
            calls = sum(usage.calls for usage in self.transport.usage.values())
            line += f", {calls:,} calls; limits left: {self.transport.rate_limiter.latest}"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def summary(results: Results, transport: Transport | None, seconds: float) -> Iterator[str]:
    """What a run did: a line a stream, then calls, time and limits."""
    streams = dict.fromkeys(stream for stream, _ in results.counts)
    for stream in streams:
        parts = [
            f"{count:,} {status}"
            for (name, status), count in results.counts.items()
            if name == stream
        ]
        would = [
            f"{count:,} would {what}"
            for (name, what), count in results.would.items()
            if name == stream
        ]
        yield f"{stream}: {', '.join([*parts, *would])}"
    line = f"{results.total():,} records in {seconds:.1f} s"
    if transport is not None:
        calls = sum(usage.calls for usage in transport.usage.values())
        line += f", {calls:,} calls; limits left: {transport.rate_limiter.latest}"
    yield f"{line}; results in {results.results_path}"
