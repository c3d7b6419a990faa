"""The progress line on a terminal, and the summary at the end of a run."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

from target_xero.report.results import NOT_PUBLISHED, Results
from xero_client.http.transport import Transport

INTERVAL_SECONDS = 3.0


class Progress:
    """Writes a line every few seconds, if standard error is a terminal.

    Safe to share between threads.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._is_terminal = sys.stderr.isatty()
        self._next = time.monotonic() + INTERVAL_SECONDS
        self._lock = threading.Lock()
        self.transport: Transport | None = None

    def tick(self) -> None:
        """Writes the line, if it is time."""
        if not self._is_terminal or time.monotonic() < self._next:
            return
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + INTERVAL_SECONDS
        done = self._results.total()
        rejected = self._results.total(*NOT_PUBLISHED)
        line = f"{done:,} records done, {rejected:,} rejected"
        if self.transport is not None:
            calls = sum(usage.calls for usage in self.transport.usage.values())
            line += f", {calls:,} calls; limits left: {self.transport.rate_limiter.latest}"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def summary(results: Results, transport: Transport | None, seconds: float) -> Iterator[str]:
    """What a run did: one line for each stream, then records, time, calls and limits."""
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
    line = f"{_counted(results.total())} in {seconds:.1f} s"
    if transport is not None:
        calls = sum(usage.calls for usage in transport.usage.values())
        line += f", {calls:,} calls; limits left: {transport.rate_limiter.latest}"
    yield f"{line}; results in {results.results_path}"


def _counted(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"
