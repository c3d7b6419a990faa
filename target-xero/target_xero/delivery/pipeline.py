"""From records as they come to requests in flight: batches, concurrency, and what must wait."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Protocol

from target_xero.build.publication import LARGEST_CONTENT
from target_xero.delivery.items import BatchKey, Item, batch_key, fingerprint_of
from target_xero.delivery.known_keys import with_known_ids
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, PublishLog, Row
from target_xero.delivery.publisher import Publishing, StoppedError
from target_xero.lookup.lost_answers import can_be_found
from target_xero.lookup.resolution import needs_lookup
from target_xero.report.reporter import Reporter
from target_xero.report.results import UNKNOWN

RIVAL = (
    "an earlier version of this record was sent, and what became of it is not known: look in Xero, "
    "then run once with resend_unknown"
)

# Records that are looked up in the publish log at once.
INBOX = 200


class Pipeline(Protocol):
    """Where items go."""

    def add(self, item: Item) -> None:
        """Takes an item."""
        ...

    def flush(self) -> None:
        """Waits until everything taken has ended."""
        ...

    def abandon(self) -> None:
        """Ends what is in flight, and sends nothing else."""
        ...


class LivePipeline:
    """Publishes items in the order in which they come, several requests at a time.

    Requests in flight are never about the same record: an item that is waits for the other.
    """

    def __init__(
        self,
        publishing: Publishing,
        log: PublishLog,
        reporter: Reporter,
        *,
        run_id: str,
        tenant_id: str,
        window: int,
        resend_unknown: bool = False,
    ) -> None:
        """Starts with nothing under way.

        Args:
            publishing: Sends.
            log: The publish log.
            reporter: Ends items that need not be sent.
            run_id: This run.
            tenant_id: The organisation.
            window: Requests in flight at most.
            resend_unknown: Whether to send anew what nothing can tell of.
        """
        self._publishing = publishing
        self._log = log
        self._reporter = reporter
        self._run_id = run_id
        self._tenant_id = tenant_id
        self._window = window
        self._resend_unknown = resend_unknown
        self._pool = ThreadPoolExecutor(window, thread_name_prefix="publish")
        self._inbox: list[Item] = []
        self._filling: list[Item] = []
        self._filling_key: BatchKey | None = None
        self._filling_bytes = 0
        self._near: set[str] = set()
        self._in_flight: dict[Future[None], frozenset[str]] = {}

    def add(self, item: Item) -> None:
        """Takes an item, and sends what is due.

        Raises:
            StoppedError: The run cannot go on.
        """
        if not self._near.isdisjoint(item.locks):
            self._admit()
            self._dispatch()
        self._inbox.append(item)
        self._near |= item.locks
        if len(self._inbox) >= INBOX:
            self._admit()

    def flush(self) -> None:
        """Sends everything taken, and waits for its end.

        Raises:
            StoppedError: The run cannot go on.
        """
        self._admit()
        self._dispatch()
        while self._in_flight:
            self._wait()

    def abandon(self) -> None:
        """Waits for calls in flight, and sends nothing else."""
        self._publishing.halt()
        self._pool.shutdown(wait=True)
        self._inbox, self._filling = [], []

    # What the publish log says

    def _admit(self) -> None:
        """Ends what need not be sent, and puts the rest into batches."""
        inbox, self._inbox = self._inbox, []
        if not inbox:
            return
        self._await_locks(frozenset().union(*(item.locks | item.shared for item in inbox)))
        inbox = [item if item.has_identity else self._counted(item) for item in inbox]
        rows = self._log.rows([item.fingerprint for item in inbox])
        rivals = self._open_rivals(inbox)
        inbox = with_known_ids(inbox, self._log)
        begun: list[tuple[Item, Row]] = []
        seen: list[str] = []
        for item in inbox:
            row = rows.get(item.fingerprint)
            if row is not None and row.state == PUBLISHED:
                self._reporter.unchanged(item, row.xero_id)
                if not item.has_identity:
                    seen.append(item.fingerprint)
            elif row is not None and row.state == INTENDED:
                begun.append((item, row))
            elif item.subject in rivals and not (self._resend_unknown or can_be_found(item)):
                self._reporter.refused(item, RIVAL, UNKNOWN)
            else:
                self._fill(item.again(row.generation + 1) if row is not None else item)
        if seen:
            self._log.note_seen(seen)
        if begun:
            self._dispatch()
            self._publishing.recover(begun, resend_unknown=self._resend_unknown)
        self._reporter.flush()
        self._near = set().union(*(item.locks for item in self._filling))

    def _counted(self, item: Item) -> Item:
        """The item as the first of its kind that this run has not met yet.

        Records without any key and with the same content are different records within a run, and
        the same ones in the next run.
        """
        if item.source.occurrence is not None:
            return item
        occurrence = 0
        while True:
            fingerprint = fingerprint_of(item.publication, item.source, self._tenant_id, occurrence)
            row = self._log.rows([fingerprint]).get(fingerprint)
            if row is None or row.run_id != self._run_id:
                source = replace(item.source, occurrence=occurrence)
                return replace(item, source=source, fingerprint=fingerprint)
            occurrence += 1

    def _open_rivals(self, inbox: Sequence[Item]) -> frozenset[str]:
        """Ends requests of earlier runs about the same records with other content, if it can.

        Returns:
            The subjects of those that stay open.
        """
        subjects = [item.subject for item in inbox if item.subject is not None]
        own = {item.fingerprint for item in inbox}
        rivals = [row for row in self._log.open_by_subject(subjects) if row.fingerprint not in own]
        if not rivals:
            return frozenset()
        for request_key in dict.fromkeys(row.request_key for row in rivals if row.request_key):
            self._publishing.repeat(request_key)
        left = self._log.open_by_subject(row.subject for row in rivals if row.subject)
        return frozenset(row.subject for row in left if row.subject and row.fingerprint not in own)

    # Batches

    def _fill(self, item: Item) -> None:
        publication = item.publication
        looked_up = needs_lookup(publication)
        key = batch_key(publication)
        if looked_up:
            key = ("look up", publication.action.name, *key[2:])
        length = len(publication.content or b"") + 1
        limit = max(publication.limit, 40) if looked_up else publication.limit
        if self._filling and (
            key != self._filling_key
            or len(self._filling) >= limit
            or self._filling_bytes + length > LARGEST_CONTENT
        ):
            self._dispatch()
        self._filling.append(item)
        self._filling_key = key
        self._filling_bytes += length

    def _dispatch(self) -> None:
        """Sends the batch that is being filled, as soon as there is room for it."""
        items, self._filling, self._filling_bytes = self._filling, [], 0
        if not items:
            return
        locks = frozenset().union(*(item.locks | item.shared for item in items))
        self._await_locks(locks)
        while len(self._in_flight) >= self._window:
            self._wait()
        if self._publishing.stopping.is_set():
            self._filling = items
            self._wait_all()
            message = "stopped"
            raise StoppedError(message)
        self._in_flight[self._pool.submit(self._publishing.publish, items)] = locks

    def _await_locks(self, locks: frozenset[str]) -> None:
        while any(not held.isdisjoint(locks) for held in self._in_flight.values()):
            self._wait()

    def _wait_all(self) -> None:
        while self._in_flight:
            self._wait()

    def _wait(self) -> None:
        done, _ = wait(self._in_flight, return_when=FIRST_COMPLETED)
        for future in done:
            del self._in_flight[future]
        for future in done:
            future.result()
