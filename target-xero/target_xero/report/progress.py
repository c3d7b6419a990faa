"""The progress line on a terminal, and the summary at the end of a run."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

from target_xero.report.connections import Connections
from target_xero.report.results import NOT_PUBLISHED, Results

INTERVAL_SECONDS = 3.0


class Progress:
    """Writes a line every few seconds, if standard error is a terminal.

    Safe to share between threads.
    """

    def __init__(self, results: Results, connections: Connections) -> None:
        self._results = results
        self._connections = connections
        self._is_terminal = sys.stderr.isatty()
        self._next = time.monotonic() + INTERVAL_SECONDS
        self._lock = threading.Lock()

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
        line += self._connections.progress()
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def summary(results: Results, connections: Connections, seconds: float) -> Iterator[str]:
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
    line = f"{_counted(results.total())} in {seconds:.1f} s{connections.summary()}"
    yield f"{line}; results in {results.results_path}"


def _counted(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"
