"""The progress line on a terminal, and the summary at the end of a run."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

from target_xero.report.connections import Connections
from target_xero.report.results import NOT_PUBLISHED, Results

INTERVAL_SECONDS = 3.0


class Progress:
    """Writes a line every few seconds, if standard error is a terminal, also while a run waits.

    Safe to share between threads.

    Attributes:
        activity: What the run is doing, as ``copying documents``; empty if nothing is to be said.
        expected: How many results there will be; None if that is not known.
    """

    def __init__(self, results: Results, connections: Connections) -> None:
        """Starts without a line.

        Args:
            results: The results of the run.
            connections: The organisations that the run has connected to.
        """
        self._results = results
        self._connections = connections
        self._is_terminal = sys.stderr.isatty()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.activity = ""
        self.expected: int | None = None

    def start(self) -> None:
        """Begins to write lines; a second call does nothing."""
        if not self._is_terminal or self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_lines, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Writes no further line."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _write_lines(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS):
            sys.stderr.write(f"{self._line()}\n")
            sys.stderr.flush()

    def _line(self) -> str:
        done = self._results.total()
        rejected = self._results.total(*NOT_PUBLISHED)
        of = "" if self.expected is None else f" of {self.expected:,}"
        activity = f"{self.activity}: " if self.activity else ""
        line = f"{activity}{done:,}{of} records done, {rejected:,} rejected"
        line += self._connections.progress()
        seconds = self._connections.seconds_to_wait
        if seconds >= 1:
            line += f"; waiting {seconds:.0f} s until Xero takes calls again"
        return line


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
