"""The dry run: reads Xero, writes nothing, and says what a run would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.delivery.item_results import dry_run_result, not_sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.overwriting import Decision, Overwriting, is_checked, problem_of_id
from target_xero.delivery.publish_log import PUBLISHED, PublishLog
from target_xero.delivery.published_ids import recognised
from target_xero.delivery.run_records import Admission, RunRecords, known_entries
from target_xero.lookup.existing_records import existing_or_refusal
from target_xero.lookup.matching import differences
from target_xero.lookup.parent_search import with_parents
from target_xero.lookup.resolution import resolve
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from target_xero.report.results import INVALID, REJECTED
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.http.transport import Transport

LOOKUP_SIZE = 200

WOULD_CREATE = "create"
WOULD_UPDATE = "update"
WOULD_REMOVE = "remove"
WOULD_SEND = "send"
WOULD_LEAVE = "unchanged"


class Prediction(NamedTuple):
    """What a run would do with an item.

    Attributes:
        would: One of the words above.
        xero_id: The record's id in Xero.
        error: The reason why it would fail.
        changes: The fields that it would change, with the old and the new value of each.
        is_invalid: Whether it would not be sent, because of what exists.
    """

    would: str
    xero_id: str | None = None
    error: str | None = None
    changes: Mapping[str, Any] | None = None
    is_invalid: bool = False


class DryRunPipeline:
    """Reads the records that Xero has, and sends none."""

    def __init__(
        self, transport: Transport, log: PublishLog, reporter: Reporter, tenant_id: str
    ) -> None:
        self._records = RunRecords(tenant_id, has_old_fingerprints=log.has_old_fingerprints)
        self._admission = Admission(self._records, reporter)
        self._transport = transport
        self._log = log
        self._overwriting = Overwriting(transport, log)
        self._reporter = reporter
        self._items: list[Item] = []
        self._destination = ""

    def add(self, item: Item) -> None:
        """Takes an item."""
        admitted = self._admission.admit(item, self._items)
        if admitted is None:
            return
        destination = item.publication.destination.name
        if self._items and (destination != self._destination or len(self._items) >= LOOKUP_SIZE):
            self.flush()
        self._destination = destination
        self._items.append(admitted)

    def flush(self) -> None:
        """Reports what a run would do with the items taken so far.

        Raises:
            RunStoppedError: Xero cannot be read.
        """
        items, self._items = self._items, []
        if not items:
            return
        entries = known_entries(items, self._log, self._records).by_fingerprint
        new = []
        for known in recognised(items, self._log):
            item = known.item
            entry = entries.get(item.fingerprint)
            if entry is not None and entry.state == PUBLISHED:
                self._report(item, Prediction(WOULD_LEAVE, entry.xero_id))
            elif known.is_removed:
                self._report(item, Prediction(WOULD_LEAVE))
            elif known.problem is not None:
                result = not_sent_result(item, known.problem, INVALID)
                self._reporter.report(item.provenance, result)
            else:
                new.append(item)
        try:
            for item, prediction in zip(new, self._predictions(new), strict=True):
                self._report(item, prediction)
        except XeroError as error:
            raise RunStoppedError(str(error)) from error
        self._reporter.flush()

    def stop(self) -> None:
        """Drops the items that were not looked up."""
        self._items = []

    def _report(self, item: Item, prediction: Prediction) -> None:
        if prediction.error is not None:
            status = INVALID if prediction.is_invalid else REJECTED
            result = not_sent_result(item, prediction.error, status)
        else:
            result = dry_run_result(item, prediction.would, prediction.xero_id, prediction.changes)
        self._reporter.report(item.provenance, result)

    def _predictions(self, items: list[Item]) -> list[Prediction]:
        if not items:
            return []
        destination = items[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return self._predictions_of_children(items)
        stream = items[0].provenance.stream
        removals = [i for i in items if i.publication.action is Action.REMOVE]
        others = [i for i in items if i.publication.action is not Action.REMOVE]
        predictions: dict[int, Prediction] = {}
        if removals:
            publications = [i.publication for i in removals]
            resolutions = resolve(destination, publications, self._transport, stream)
            for item, resolution in zip(removals, resolutions, strict=True):
                to_send = resolution.publication
                would = WOULD_LEAVE if to_send is None else WOULD_REMOVE
                xero_id = to_send.record_id if to_send else resolution.xero_id
                predictions[id(item)] = Prediction(would, xero_id, resolution.error)
        checked = [item for item in others if is_checked(item)]
        decisions = self._overwriting.look_up(destination, checked)
        for item, decision in zip(checked, decisions, strict=True):
            predictions[id(item)] = _prediction_of_decision(decision)
        others = [item for item in others if not is_checked(item)]
        if others:
            publications = [i.publication for i in others]
            found = existing_or_refusal(destination, publications, self._transport, stream)
            for item, records in zip(others, found, strict=True):
                predictions[id(item)] = _prediction(item.publication, records)
        return [predictions[id(item)] for item in items]

    def _predictions_of_children(self, items: list[Item]) -> list[Prediction]:
        """Predictions for children and generic requests; only their parents are looked up."""
        publications = [item.publication for item in items]
        found = with_parents(publications, self._transport, items[0].provenance.stream)
        predictions = []
        for item, parent in zip(items, found, strict=True):
            prediction = _prediction_without_lookup(item.publication)
            if parent.problem is not None:
                prediction = prediction._replace(error=parent.problem, is_invalid=True)
            predictions.append(prediction)
        return predictions


def _prediction_without_lookup(publication: Publication) -> Prediction:
    if publication.action is Action.REMOVE:
        return Prediction(WOULD_REMOVE, publication.record_id)
    if publication.action is Action.UPDATE:
        return Prediction(WOULD_UPDATE, publication.record_id)
    return Prediction(WOULD_CREATE if publication.method == "PUT" else WOULD_SEND)


def _prediction_of_decision(decision: Decision) -> Prediction:
    if decision.problem is not None:
        would = WOULD_UPDATE if decision.existing else WOULD_CREATE
        return Prediction(would, decision.xero_id, decision.problem, is_invalid=True)
    if decision.existing is None:
        return Prediction(WOULD_CREATE)
    if decision.is_unchanged:
        return Prediction(WOULD_LEAVE, decision.xero_id)
    changes = differences(decision.existing, decision.item.publication.fields)
    return Prediction(WOULD_UPDATE, decision.xero_id, changes=changes)


def _prediction(
    publication: Publication, records: Sequence[Record] | RequestRefusedError
) -> Prediction:
    if isinstance(records, RequestRefusedError):
        return Prediction(WOULD_SEND, error=str(records))
    destination = publication.destination
    id_field = destination.id_field or ""
    if publication.record_id and not records:
        return Prediction(WOULD_UPDATE, error=f"Xero has no {id_field} {publication.record_id}")
    if not records:
        return Prediction(WOULD_CREATE)
    record_id = str(records[0].get(id_field))
    if publication.action is Action.CREATE:
        name, value = publication.natural_keys[0]
        error = f"PUT creates only, and Xero has {name} {value} already"
        return Prediction(WOULD_CREATE, error=error)
    if isinstance(destination, EntityDestination) and not destination.writing.updates:
        return Prediction(WOULD_LEAVE, record_id)
    problem = problem_of_id(publication)
    changes = differences(records[0], publication.fields)
    return Prediction(WOULD_UPDATE, record_id, problem, changes, is_invalid=problem is not None)
