"""The progress line on a terminal, and the summary at the end of a run."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator

from target_xero.report.connections import Connections
from target_xero.report.results import NOT_PUBLISHED, Results

INTERVAL_SECONDS = 3.0
# To the begin of the line, and clears it (ECMA-48).
CLEAR_LINE = "\r\x1b[K"


class Progress:
    """A line that is written anew every few seconds, also while a run waits.

    Only if standard error is a terminal. Lines of the log go above it. Safe to share between
    threads.

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
        # A terminal without movements of the cursor gets a line each time.
        self._is_terminal = sys.stderr.isatty()
        self._is_one_line = os.environ.get("TERM", "dumb") != "dumb"
        self._is_shown = False
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
                for handler in logging.getLogger().handlers:
                    handler.addFilter(self._clear)
                self._thread = threading.Thread(target=self._write_lines, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Writes no further line."""
        self._ended.set()
        if self._thread is None:
            return
        self._thread.join()
        self._clear()
        for handler in logging.getLogger().handlers:
            handler.removeFilter(self._clear)

    def _write_lines(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS):
            line = self._line()
            with self._lock:
                if self._is_one_line:
                    width = shutil.get_terminal_size().columns
                    sys.stderr.write(f"{CLEAR_LINE}{line[: width - 1]}")
                    self._is_shown = True
                else:
                    sys.stderr.write(f"{line}\n")
                sys.stderr.flush()

    def _clear(self, _record: logging.LogRecord | None = None) -> bool:
        """Clears the line, before a line of the log is written in its place."""
        with self._lock:
            if self._is_shown:
                sys.stderr.write(CLEAR_LINE)
                sys.stderr.flush()
                self._is_shown = False
        return True

    def _line(self) -> str:
        done = self._results.total()
        rejected = self._results.total(*NOT_PUBLISHED)
        of = "" if self.expected is None else f" of {self.expected:,}"
        activity = f"{self.activity}: " if self.activity else ""
        seconds = self._connections.seconds_to_wait
        # First, because the end of a long line is cut off.
        wait = f"waiting {seconds:.0f} s until Xero takes calls again; " if seconds >= 1 else ""
        line = f"{wait}{activity}{done:,}{of} records done, {rejected:,} rejected"
        return line + self._connections.progress()


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
