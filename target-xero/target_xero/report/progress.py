"""The progress line on a terminal, and the summary at the end of a run."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
        self.transports: Sequence[Transport] = ()

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
        if self.transports:
            line += f", {_calls(self.transports):,} calls"
        if len(self.transports) == 1:
            line += f"; limits left: {self.transports[0].rate_limiter.latest}"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def summary(results: Results, transports: Mapping[str, Transport], seconds: float) -> Iterator[str]:
    """What a run did: one line for each stream, then records, time, calls and limits.

    Args:
        results: The results.
        transports: The connections, by organisation.
        seconds: How long the run took.
    """
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
    if transports:
        line += f", {_calls(transports.values()):,} calls"
    limits = [
        f"limits left: {transport.rate_limiter.latest}"
        if len(transports) == 1
        else f"limits left of {organisation}: {transport.rate_limiter.latest}"
        for organisation, transport in transports.items()
    ]
    yield "; ".join([line, *limits, f"results in {results.results_path}"])


def _calls(transports: Iterable[Transport]) -> int:
    return sum(usage.calls for transport in transports for usage in transport.usage.values())


def _counted(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"
