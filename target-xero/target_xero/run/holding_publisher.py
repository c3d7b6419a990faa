"""Publishes records; they wait for others so that they leave in whole batches, in load order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from target_xero.build.publications.publication import Publication
from target_xero.build.records import InvalidRecordError, Provenance
from target_xero.build.streams.load_order import LoadPosition
from target_xero.delivery.items import Item, item_of
from target_xero.delivery.organisations import ConnectedOrganisation
from target_xero.delivery.publish_log import LogEntry
from target_xero.report.errors import RunStoppedError
from target_xero.run.ending import NotSent
from target_xero.run.held_records import HeldRecord, HeldRecords
from target_xero.run.run import Run
from xero_client.errors import XeroError


class Documents(Protocol):
    """The documents of one stream whose rows are still coming."""

    def flush(self) -> None:
        """Publishes them."""
        ...


class HoldingPublisher:
    """Publishes records, now or together with others; see ``held_records`` for the rule."""

    def __init__(self, run: Run, documents: Mapping[str, Documents]) -> None:
        """Starts without records.

        Args:
            run: The run.
            documents: The documents of each stream that has come.
        """
        self._run = run
        self._documents = documents
        self._held = HeldRecords()
        # The place that the records before went to; None before the first one.
        self._open_position: LoadPosition | None = None
        self._streams_since_held: set[str] = set()
        self._is_releasing = False
        self._recognises_inputs: bool | None = None
        self._record_count = 0
        self._deleted: Counter[str] = Counter()
        self._empty: Counter[str] = Counter()

    @property
    def not_sent(self) -> NotSent:
        """How many records have no result, after the run has stopped."""
        unsent = self._record_count - self._run.reporter.count
        return NotSent(self._deleted, self._empty, unsent)

    def begin_record(self, stream: str) -> None:
        """Notes that a record of a stream comes, so that its document may not be complete."""
        self._streams_since_held.add(stream)

    def end_record(self) -> None:
        """Notes that all of a record is held or published."""
        if not self._held:
            self._streams_since_held.clear()

    def publish(
        self, publication: Publication, provenance: Provenance, position: LoadPosition
    ) -> None:
        """Publishes a record.

        Args:
            publication: What is published.
            provenance: Where it comes from.
            position: Its position in the load order.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._record_count += 1
        if not self._held and position == self._open_position:
            self._deliver(publication, provenance)
        else:
            if not self._held.fits(position):
                self._release()
            self._held.add(position, HeldRecord(publication, provenance))
            if self._held.must_leave:
                self._release()
        self._run.check()

    @property
    def recognises_inputs(self) -> bool:
        """Whether some records may be recognised by their input."""
        if self._recognises_inputs is None and self._run.is_connected:
            connected = self._run.organisations.connected
            self._recognises_inputs = any(each.pipeline.recognises_inputs for each in connected)
        return bool(self._recognises_inputs)

    def recognise(self, digests: Iterable[str]) -> dict[str, LogEntry]:
        """The published records whose input comes again, by its digest.

        Each of them is passed to ``publish_recognised``. Only records of the organisation of the
        target's own settings are recognised.
        """
        return self._organisation().pipeline.recognise(digests)

    def publish_recognised(self, items: Sequence[Item]) -> None:
        """Reports records that were recognised by their input as unchanged.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._record_count += len(items)
        self._run.organisations.publish_recognised(self._organisation(), items)
        self._run.check()

    def _organisation(self, name: str = "") -> ConnectedOrganisation:
        """The organisation that a record goes to; by default that of the settings.

        Raises:
            InvalidRecordError: It is not connected, or several have the name.
            RunStoppedError: The token is missing, or the organisation of the settings is not
                connected.
        """
        try:
            return self._run.organisations.of(name)
        except XeroError as error:
            raise RunStoppedError(str(error)) from error

    def leave_unsent(self, count: int) -> None:
        """Counts records that came, and were not passed on because the run has stopped."""
        self._record_count += count

    def refuse(self, provenance: Provenance, entity: str, problems: Sequence[str]) -> None:
        """Reports a record as invalid; it is not sent.

        Raises:
            RunStoppedError: ``on_reject`` is ``fail_fast``.
        """
        self._record_count += 1
        self._run.reporter.invalid(provenance, entity, None, problems)
        self._run.check()

    def skip_deleted(self, provenance: Provenance) -> None:
        """Leaves out a record that its source has marked as deleted; the end says how many."""
        self._deleted[provenance.stream] += 1
        self._run.listener.skipped_deleted(provenance)
        self._run.checkpoints.settle_records(provenance.epochs)

    def skip_empty(self, provenance: Provenance) -> None:
        """Leaves out a record without any value; the end says how many."""
        self._empty[provenance.stream] += 1
        self._run.listener.skipped_empty(provenance)
        self._run.checkpoints.settle_records(provenance.epochs)

    def flush(self) -> None:
        """Publishes all that is left, and waits for the results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._streams_since_held.clear()
        self._flush_documents()
        self._release()
        self._run.flush()

    def publish_in_order(self, records: Iterable[tuple[int, HeldRecord]]) -> None:
        """Publishes records at the end of the input, and waits for the results.

        Args:
            records: The records, each with its place; those of one place have their results before
                those of the next one leave.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        last_place: int | None = None
        for place, record in records:
            if last_place not in (None, place):
                self._run.organisations.flush()
            last_place = place
            self._record_count += 1
            self._deliver(record.publication, record.provenance)
        self.flush()

    def _flush_documents(self) -> None:
        for stream, documents in list(self._documents.items()):
            # The rows of a document whose stream still comes may not be complete.
            if stream not in self._streams_since_held:
                documents.flush()

    def _release(self) -> None:
        """Publishes all records that are held."""
        if self._is_releasing:
            return  # A document that ends below is held, and leaves with the others.
        self._is_releasing = True
        self._flush_documents()
        for position, records in self._held.take():
            if position != self._open_position:
                if self._open_position is not None:
                    self._run.flush()
                self._open_position = position
            for record in records:
                self._deliver(record.publication, record.provenance)
                self._run.check()
        self._is_releasing = False

    def _deliver(self, publication: Publication, provenance: Provenance) -> None:
        organisations = self._run.organisations
        try:
            organisation = self._organisation(provenance.tenant)
            if provenance.tenant:
                provenance = replace(provenance, tenant=organisation.tenant.tenant_id)
            resolved = organisations.resolved(organisation, publication)
        except InvalidRecordError as error:
            self._record_count -= 1
            self.refuse(provenance, publication.destination.name, error.problems)
            return
        except XeroError as error:
            raise RunStoppedError(str(error)) from error
        if resolved is not None:
            item = item_of(resolved, provenance, organisation.tenant.tenant_id)
            organisations.publish(organisation, item)
