"""From items as they come to requests in flight: the publish log, batches, locks, concurrency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from target_xero.delivery.admission.run_records import INBOX_SIZE, Admission, RunRecords
from target_xero.delivery.batches import Batcher, for_publishing
from target_xero.delivery.item_results import not_sent_result, unchanged_result
from target_xero.delivery.items import Item
from target_xero.delivery.logged_items import LoggedItem, known_entries, logged_items
from target_xero.delivery.preparation.published_ids import Recognised, recognised
from target_xero.delivery.publish_log import IntendedRecord, LogEntry, PublishLog
from target_xero.delivery.publisher import Publisher
from target_xero.delivery.states import State, next_state
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter


class Pipeline(Protocol):
    """Takes items, and publishes them."""

    def add(self, item: Item) -> None:
        """Takes an item."""
        ...

    @property
    def recognises_inputs(self) -> bool:
        """Whether some records may be recognised by their input."""
        ...

    def recognise(self, digests: Iterable[str]) -> dict[str, LogEntry]:
        """The published records whose input comes again, by its digest; they count as met."""
        ...

    def add_recognised(self, items: Sequence[Item]) -> None:
        """Reports items that were recognised, as far as no other record contradicts them."""
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
        self._batcher = Batcher(for_publishing)
        self._queued_locks: set[str] = set()
        self._in_flight: dict[Future[None], frozenset[str]] = {}

    def add(self, item: Item) -> None:
        """Takes an item, and sends the batches that are full.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._inbox.append(item)
        if len(self._inbox) >= INBOX_SIZE:
            self._process_inbox()

    @property
    def recognises_inputs(self) -> bool:
        """Whether some records may be recognised by their input."""
        return self._log.has_inputs and not self._log.has_old_fingerprints

    def recognise(self, digests: Iterable[str]) -> dict[str, LogEntry]:
        """The published records whose input comes again, by its digest; they count as met."""
        return self._records.first_of(self._log.of_inputs(digests))

    def add_recognised(self, items: Sequence[Item]) -> None:
        """Reports items that were recognised, as far as no other record contradicts them."""
        for item in self._admission.admit(items, self._batcher.items):
            xero_id = item.published.xero_id if item.published is not None else None
            self._reporter.report(item.provenance, unchanged_result(item, xero_id))
        self._reporter.flush()

    def flush(self) -> None:
        """Sends every item taken, and waits for the results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._process_inbox()
        self._send(self._batcher.take())
        self._wait_for_all()

    def stop(self) -> None:
        """Waits for calls in flight, and sends nothing else."""
        self._publisher.stop()
        self._pool.shutdown(wait=True)
        self._inbox = []
        self._batcher.take()

    # The publish log

    def _process_inbox(self) -> None:
        """Processes the items that came; those about the same record one after the other."""
        inbox, self._inbox = self._inbox, []
        items: list[Item] = []
        for item in self._admission.admit(inbox, self._batcher.items):
            if not self._queued_locks.isdisjoint(item.locks):
                self._process(items)
                self._send(self._batcher.take())
                self._queued_locks = set()
                items = []
            items.append(item)
            self._queued_locks |= item.locks
        self._process(items)
        self._reporter.flush()

    def _process(self, inbox: Sequence[Item]) -> None:
        """Reports the items that need not be sent, and puts the others into batches."""
        if not inbox:
            return
        self._wait_for_locks(_all_locks(inbox))
        begun: dict[str, list[Item]] = {}
        inputs: list[IntendedRecord] = []
        for logged in self._logged(inbox):
            item, entry = logged.item, logged.entry
            state = next_state(State.WAITING, logged.event)
            if state is State.LOOKING_UP:
                number = entry.attempt + 1 if entry is not None else 1
                self._send(self._batcher.add(item.with_attempt(number)))
            elif state is State.BEGUN and entry is not None:
                of_request = begun.setdefault(entry.request_key or "", [])
                of_request.append(item.with_attempt(entry.attempt))
            elif state is State.UNCHANGED:
                if entry is not None and logged.is_published and item.has_news_for(entry):
                    inputs.append(item.intended_record)
                self._reporter.report(item.provenance, unchanged_result(item, logged.xero_id))
            else:
                result = not_sent_result(item, logged.problem, state.value)
                self._reporter.report(item.provenance, result)
        self._log.note_inputs(inputs)
        if begun:
            self._send(self._batcher.take())
            self._publisher.recover(begun, resend_unknown=self._resend_unknown)
        self._queued_locks = set().union(*(item.locks for item in self._batcher.items))

    def _logged(self, inbox: Sequence[Item]) -> list[LoggedItem]:
        """What the publish log says of items."""
        known = known_entries(inbox, self._log, self._records)
        self._log.renew_fingerprints(known.renewed)
        entries = known.by_fingerprint
        found = recognised(inbox, self._log)
        if self._repeat_requests(found):
            found = recognised(inbox, self._log)
            entries = self._log.entries([item.fingerprint for item in inbox])
        return logged_items(found, entries, self._records, resend_unknown=self._resend_unknown)

    def _repeat_requests(self, found: Iterable[Recognised]) -> bool:
        """Repeats requests of earlier runs for other versions, while Xero keeps their keys.

        Returns:
            Whether there were any. Then the log may have other entries for the items.
        """
        keys = {
            entry.request_key: None
            for known in found
            for entry in known.unresolved
            if entry.request_key
        }
        for key in keys:
            self._publisher.repeat(key)
        return bool(keys)

    # Batches

    def _send(self, items: list[Item]) -> None:
        """Sends a batch, as soon as its locks are free and fewer requests are in flight."""
        if not items:
            return
        locks = _all_locks(items)
        self._wait_for_locks(locks)
        while len(self._in_flight) >= self._max_in_flight:
            self._wait()
        if self._publisher.stopping.is_set():
            self._batcher.items[:0] = items
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
