"""From items as they come to requests in flight: the publish log, batches, locks, concurrency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Protocol

from target_xero.build.publication import MAX_CONTENT_BYTES
from target_xero.delivery.batches import BatchKey, batch_key
from target_xero.delivery.item_results import not_sent_result, unchanged_result
from target_xero.delivery.items import Item, fingerprint_of
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, LogEntry, PublishLog
from target_xero.delivery.published_ids import with_published_ids
from target_xero.delivery.publisher import Publisher
from target_xero.lookup.resolution import needs_lookup
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from target_xero.report.results import UNKNOWN

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
        run_id: str,
        tenant_id: str,
        max_in_flight: int,
        resend_unknown: bool = False,
    ) -> None:
        """Starts without items.

        Args:
            publisher: Sends batches.
            log: The publish log.
            reporter: Reports items that need not be sent.
            run_id: This run.
            tenant_id: The organisation's id.
            max_in_flight: The most requests in flight at once.
            resend_unknown: Whether to send records again whose outcome cannot be found out.
        """
        self._publisher = publisher
        self._log = log
        self._reporter = reporter
        self._run_id = run_id
        self._tenant_id = tenant_id
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
        if not self._queued_locks.isdisjoint(item.locks):
            self._process_inbox()
            self._send_batch()
        self._inbox.append(item)
        self._queued_locks |= item.locks
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
        inbox = [item if item.identity is not None else self._numbered(item) for item in inbox]
        entries = self._log.entries([item.fingerprint for item in inbox])
        unresolved = self._unresolved_identities(inbox)
        inbox = with_published_ids(inbox, self._log)
        unfinished: list[tuple[Item, LogEntry]] = []
        seen: list[str] = []
        for item in inbox:
            entry = entries.get(item.fingerprint)
            if entry is not None and entry.state == PUBLISHED:
                self._reporter.report(item.provenance, unchanged_result(item, entry.xero_id))
                if item.identity is None:
                    seen.append(item.fingerprint)
            elif entry is not None and entry.state == INTENDED:
                unfinished.append((item, entry))
            elif item.identity in unresolved and not (self._resend_unknown or item.can_be_found):
                result = not_sent_result(item, EARLIER_VERSION_UNKNOWN, UNKNOWN)
                self._reporter.report(item.provenance, result)
            elif entry is not None:
                self._add_to_batch(item.with_attempt(entry.attempt + 1))
            else:
                self._add_to_batch(item)
        if seen:
            self._log.mark_seen(seen)
        if unfinished:
            self._send_batch()
            self._publisher.recover(unfinished, resend_unknown=self._resend_unknown)
        self._reporter.flush()
        self._queued_locks = set().union(*(item.locks for item in self._batch))

    def _numbered(self, item: Item) -> Item:
        """Gives an item without identity the first number that this run has not met yet.

        Records without identity and with the same content are different records within a run. In
        the next run they are the same records again.
        """
        if item.provenance.occurrence is not None:
            return item
        occurrence = 0
        while True:
            fingerprint = fingerprint_of(
                item.publication, item.provenance, self._tenant_id, occurrence
            )
            entry = self._log.entries([fingerprint]).get(fingerprint)
            if entry is None or entry.run_id != self._run_id:
                provenance = replace(item.provenance, occurrence=occurrence)
                return replace(item, provenance=provenance, fingerprint=fingerprint)
            occurrence += 1

    def _unresolved_identities(self, inbox: Sequence[Item]) -> frozenset[str]:
        """The identities of items of which another version has an unknown outcome.

        Requests of earlier runs are repeated first, while Xero keeps their keys.
        """
        identities = [item.identity for item in inbox if item.identity is not None]
        own = {item.fingerprint for item in inbox}
        entries = [
            entry
            for entry in self._log.unresolved_by_identity(identities)
            if entry.fingerprint not in own
        ]
        if not entries:
            return frozenset()
        for key in dict.fromkeys(entry.request_key for entry in entries if entry.request_key):
            self._publisher.repeat(key)
        remaining = self._log.unresolved_by_identity(
            entry.identity for entry in entries if entry.identity
        )
        return frozenset(
            entry.identity for entry in remaining if entry.identity and entry.fingerprint not in own
        )

    # Batches

    def _add_to_batch(self, item: Item) -> None:
        publication = item.publication
        looked_up = needs_lookup(publication)
        key = batch_key(publication)
        if looked_up:
            key = ("look up", publication.action.name, *key[2:])
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
