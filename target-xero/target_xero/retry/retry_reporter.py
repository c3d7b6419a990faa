"""Reports results, keeps what was not published, and holds back the results of retries.

A record that was kept is tried first. If it fails again, its result waits until the end of the
input: if newer content with its key has come by then, the old one does not count any more.
"""

from __future__ import annotations

import logging
import threading

from target_xero.build.records import Provenance
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.reporter import Reporter
from target_xero.report.results import DRY_RUN, NOT_PUBLISHED, Result, Results
from target_xero.retry.kept_rejects import KeptRejects
from target_xero.retry.keys import content_key

logger = logging.getLogger("target-xero")


class RetryReporter(Reporter):
    """A reporter that keeps rejects for the next run; safe to share between threads."""

    def __init__(
        self,
        kept: KeptRejects,
        results: Results,
        checkpoints: Checkpoints,
        *,
        stops_at_reject: bool,
    ) -> None:
        """Starts with no result.

        Args:
            kept: The rejects of earlier runs, and of this one.
            results: Writes the results file.
            checkpoints: The STATE messages that wait for records.
            stops_at_reject: Whether nothing is sent after a record was not published.
        """
        super().__init__(results, checkpoints, stops_at_reject=stops_at_reject)
        self._kept = kept
        self._waiting: list[tuple[str, Provenance, Result]] = []
        self._came: set[str] = set()
        self._waiting_lock = threading.Lock()

    def report(self, provenance: Provenance, result: Result) -> None:
        """Reports the result of a record, and keeps the record if it was not published."""
        key = provenance.retry_key or content_key(provenance)
        failed = result.status in NOT_PUBLISHED
        if provenance.is_retry and failed:
            with self._waiting_lock:
                self._waiting.append((key, provenance, result))
            return
        if not provenance.is_retry:
            with self._waiting_lock:
                self._came.add(key)
        if provenance.tap_stream and result.status != DRY_RUN:
            if failed:
                self._kept.keep(key, provenance, result)
            else:
                self._kept.drop(key)
        super().report(provenance, result)

    def finish(self) -> None:
        """Reports the retries that failed, unless newer content with their key has come."""
        with self._waiting_lock:
            waiting, self._waiting = self._waiting, []
        replaced = 0
        for key, provenance, result in waiting:
            if key in self._came:
                replaced += 1
                self.count += 1
            else:
                super().report(provenance, result)
        if replaced:
            were = "record was" if replaced == 1 else "records were"
            logger.info("%d kept %s replaced by newer content", replaced, were)
