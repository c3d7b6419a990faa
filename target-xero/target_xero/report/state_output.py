"""Writes STATE messages to standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from target_xero.report.errors import RunStoppedError
from target_xero.report.results import Results
from xero_client.http import wire
from xero_client.json_value import Json


class StateOutput:
    """Writes states. After standard output was closed, it writes none."""

    def __init__(self, results: Results) -> None:
        """Takes the results.

        Args:
            results: Its files are flushed before each state, so that a kill loses no result that
                the state has passed.
        """
        self._results = results
        self._error: OSError | None = None
        self._flushes: list[Callable[[], None]] = []

    def flush_before(self, flush: Callable[[], None]) -> None:
        """Adds a function that is called before each state."""
        self._flushes.append(flush)

    def write(self, value: Json) -> None:
        """Writes a state. An error is kept for ``check``.

        Here it would be too early: some records of a batch have no result yet.
        """
        if self._error is not None:
            return
        self._results.flush()
        for flush in self._flushes:
            flush()
        try:
            _write_line(wire.encode(value).decode())
        except OSError as error:
            self._error = error

    def check(self) -> None:
        """Checks that all states could be written.

        Raises:
            RunStoppedError: Standard output is closed.
        """
        if self._error is not None:
            message = (
                f"STATE cannot be passed on, because standard output is closed ({self._error}): "
                "run the same input again; published records are unchanged then"
            )
            raise RunStoppedError(message)


def _write_line(line: str) -> None:
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # Python would flush once more when it exits, fail, and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
    except AttributeError:
        message = "the program has none"  # The program was started without standard output.
        raise OSError(message) from None
