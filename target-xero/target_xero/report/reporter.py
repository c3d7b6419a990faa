"""Reports the result of each record: in the results file, in the log and to STATE."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from target_xero.build.records import Provenance
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.errors import RunStoppedError
from target_xero.report.reject_names import described_reject
from target_xero.report.results import INVALID, NOT_PUBLISHED, UNKNOWN, Result, Results

MAX_DESCRIBED_REJECTS = 20

Observer = Callable[[Provenance, Result], None]


class Reporter:
    """Reports results as they come; safe to share between threads.

    Attributes:
        count: The number of records that have their result.
        failed: Set when the first record was not published.
    """

    def __init__(
        self,
        results: Results,
        checkpoints: Checkpoints,
        *,
        stops_at_reject: bool = False,
    ) -> None:
        """Starts with no result.

        Args:
            results: Writes the results file.
            checkpoints: The STATE messages that wait for records.
            stops_at_reject: Whether nothing is sent after a record was not published.
        """
        self._results = results
        self._checkpoints = checkpoints
        self._stops_at_reject = stops_at_reject
        self._rejects: list[str] = []
        self._lock = threading.Lock()
        self._decided = threading.Condition()
        self._undecided = 0
        self.count = 0
        self.failed = threading.Event()
        self._observers: list[Observer] = []

    def add_observer(self, observer: Observer) -> None:
        """Adds a function that is called with every result from now on."""
        self._observers.append(observer)

    def report(self, provenance: Provenance, result: Result) -> None:
        """Reports the result of a record."""
        self._results.write(provenance, result)
        for observer in self._observers:
            observer(provenance, result)
        with self._lock:
            self.count += 1
        if result.status in NOT_PUBLISHED:
            self._describe_reject(provenance, result)
            self.failed.set()
        if result.status == UNKNOWN:
            return  # STATE must not pass a record whose outcome is unknown.
        self._checkpoints.settle_records(provenance.epochs)

    def invalid(
        self, provenance: Provenance, entity: str, method: str | None, problems: Sequence[str]
    ) -> None:
        """Reports a record that is not sent because something is wrong with it."""
        result = Result(entity, method, INVALID, provenance.key, errors=tuple(problems))
        self.report(provenance, result)

    def check_rejects(self) -> None:
        """Checks that the run may send more; waits while a refusal is being decided on.

        Raises:
            RunStoppedError: A record was not published, and ``on_reject`` is ``fail_fast``.
        """
        if not self._stops_at_reject:
            return
        with self._decided:
            self._decided.wait_for(lambda: not self._undecided)
        if self.failed.is_set():
            message = "a record was not published, and on_reject is fail_fast"
            raise RunStoppedError(message)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """While it is looked up whether a refusal is a reject, ``fail_fast`` sends nothing."""
        with self._decided:
            self._undecided += 1
        try:
            yield
        finally:
            with self._decided:
                self._undecided -= 1
                self._decided.notify_all()

    def flush(self) -> None:
        """Makes sure that a kill cannot lose what was reported."""
        self._results.flush()

    @property
    def rejects(self) -> Sequence[str]:
        """The first records that were not published: their names, and the reasons."""
        return tuple(self._rejects)

    def _describe_reject(self, provenance: Provenance, result: Result) -> None:
        with self._lock:
            if len(self._rejects) < MAX_DESCRIBED_REJECTS:
                self._rejects.append(described_reject(provenance, result))
