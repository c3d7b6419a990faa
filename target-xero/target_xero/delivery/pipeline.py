"""From items as they come to requests in flight: the publish log, batches, locks, concurrency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from target_xero.build.publications.publication import MAX_CONTENT_BYTES
from target_xero.delivery.batches import BatchKey, batch_key, lookup_key
from target_xero.delivery.item_results import not_sent_result, unchanged_result
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, LogEntry, PublishLog
from target_xero.delivery.published_ids import Recognised, recognised
from target_xero.delivery.publisher import Publisher
from target_xero.delivery.run_records import Admission, RunRecords, known_entries
from target_xero.lookup.resolution import needs_lookup
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from target_xero.report.results import INVALID, UNKNOWN

EARLIER_VERSION_UNKNOWN = (
    "an earlier version of this record was sent, and its outcome is not known: look in Xero, "
    "then run once with resend_unknown"
)

# Items that are looked up in the publish log at once.
INBOX_SIZE = 200
# Items that need a look-up in Xero are sent to the publisher in groups of at least this many.
MIN_LOOKUP_SIZE = 40


class Pipeline(Protocol):
    """Takes items, and publishes them."""

    def add(self, item: Item) -> None:
        """Takes an item."""
        ...

    def flush(self) -> None:
        """Waits until every item taken has its result."""
        ...

    def stop(self) -> None:
        """Waits for calls in flight, and sends nothing else."""
        ...


class LivePipeline:
    """Publishes items in the order in which they come, several requests at a time.

    Requests about the same record are never in flight together: the second waits for the first.
    """

    def __init__(
        self,
        publisher: Publisher,
        log: PublishLog,
        reporter: Reporter,
        *,
        tenant_id: str,
        max_in_flight: int,
        resend_unknown: bool = False,
    ) -> None:
        """Starts without items.

        Args:
            publisher: Sends batches.
            log: The publish log.
            reporter: Reports items that need not be sent.
            tenant_id: The organisation's id.
            max_in_flight: The most requests in flight at once.
            resend_unknown: Whether to send records again whose outcome cannot be found out.
        """
        self._publisher = publisher
        self._log = log
        self._reporter = reporter
        self._records = RunRecords(tenant_id, has_old_fingerprints=log.has_old_fingerprints)
        self._admission = Admission(self._records, reporter)
        self._max_in_flight = max_in_flight
        self._resend_unknown = resend_unknown
        self._pool = ThreadPoolExecutor(max_in_flight, thread_name_prefix="publish")
        self._inbox: list[Item] = []
        self._batch: list[Item] = []
        self._batch_key: BatchKey | None = None
        self._batch_bytes = 0
        self._queued_locks: set[str] = set()
        self._in_flight: dict[Future[None], frozenset[str]] = {}

    def add(self, item: Item) -> None:
        """Takes an item, and sends the batches that are full.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        admitted = self._admission.admit(item, self._inbox, self._batch)
        if admitted is None:
            return
        if not self._queued_locks.isdisjoint(admitted.locks):
            self._process_inbox()
            self._send_batch()
        self._inbox.append(admitted)
        self._queued_locks |= admitted.locks
        if len(self._inbox) >= INBOX_SIZE:
            self._process_inbox()

    def flush(self) -> None:
        """Sends every item taken, and waits for the results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._process_inbox()
        self._send_batch()
        self._wait_for_all()

    def stop(self) -> None:
        """Waits for calls in flight, and sends nothing else."""
        self._publisher.stop()
        self._pool.shutdown(wait=True)
        self._inbox, self._batch = [], []

    # The publish log

    def _process_inbox(self) -> None:
        """Reports the items that need not be sent, and puts the others into batches."""
        inbox, self._inbox = self._inbox, []
        if not inbox:
            return
        self._wait_for_locks(_all_locks(inbox))
        entries = known_entries(inbox, self._log, self._records)
        self._log.renew_fingerprints(entries.renewed)
        unfinished: list[tuple[Item, LogEntry]] = []
        for known in self._recognised(inbox):
            item = known.item
            entry = entries.by_fingerprint.get(item.fingerprint)
            if entry is not None and entry.state == PUBLISHED:
                self._reporter.report(item.provenance, unchanged_result(item, entry.xero_id))
            elif entry is not None and entry.state == INTENDED:
                unfinished.append((item, entry))
            elif known.is_removed:
                self._reporter.report(item.provenance, unchanged_result(item, None))
            elif known.unresolved and not (self._resend_unknown or item.can_be_found):
                result = not_sent_result(item, EARLIER_VERSION_UNKNOWN, UNKNOWN)
                self._reporter.report(item.provenance, result)
            elif known.problem is not None:
                result = not_sent_result(item, known.problem, INVALID)
                self._reporter.report(item.provenance, result)
            else:
                self._add_to_batch(item.with_attempt(entry.attempt + 1 if entry else 1))
        if unfinished:
            self._send_batch()
            self._publisher.recover(unfinished, resend_unknown=self._resend_unknown)
        self._reporter.flush()
        self._queued_locks = set().union(*(item.locks for item in self._batch))

    def _recognised(self, inbox: Sequence[Item]) -> list[Recognised]:
        """The items with what the log knows of them.

        Requests of earlier runs for other versions of them are repeated first, while Xero keeps
        their keys.
        """
        found = recognised(inbox, self._log)
        keys = {
            entry.request_key: None
            for known in found
            for entry in known.unresolved
            if entry.request_key
        }
        if not keys:
            return found
        for key in keys:
            self._publisher.repeat(key)
        return recognised(inbox, self._log)

    # Batches

    def _add_to_batch(self, item: Item) -> None:
        publication = item.publication
        looked_up = needs_lookup(publication)
        key = lookup_key(publication) if looked_up else batch_key(publication)
        length = len(publication.content or b"") + 1
        limit = publication.batch_limit
        if looked_up:
            limit = max(limit, MIN_LOOKUP_SIZE)
        if self._batch and (
            key != self._batch_key
            or len(self._batch) >= limit
            or self._batch_bytes + length > MAX_CONTENT_BYTES
        ):
            self._send_batch()
        self._batch.append(item)
        self._batch_key = key
        self._batch_bytes += length

    def _send_batch(self) -> None:
        """Sends the batch, as soon as its locks are free and fewer requests are in flight."""
        items, self._batch, self._batch_bytes = self._batch, [], 0
        if not items:
            return
        locks = _all_locks(items)
        self._wait_for_locks(locks)
        while len(self._in_flight) >= self._max_in_flight:
            self._wait()
        if self._publisher.stopping.is_set():
            self._batch = items
            self._wait_for_all()
            message = "stopped"
            raise RunStoppedError(message)
        self._reporter.check_rejects()
        self._in_flight[self._pool.submit(self._publisher.publish, items)] = locks

    def _wait_for_locks(self, locks: frozenset[str]) -> None:
        while any(not held.isdisjoint(locks) for held in self._in_flight.values()):
            self._wait()

    def _wait_for_all(self) -> None:
        while self._in_flight:
            self._wait()

    def _wait(self) -> None:
        done, _ = wait(self._in_flight, return_when=FIRST_COMPLETED)
        for future in done:
            del self._in_flight[future]
        for future in done:
            future.result()


def _all_locks(items: Iterable[Item]) -> frozenset[str]:
    return frozenset().union(*(item.locks | item.shared_locks for item in items))
