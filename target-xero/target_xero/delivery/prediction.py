"""What a run would do with items: it reads the publish log and Xero, and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import text_at
from target_xero.build.references.parents import PARENT_PLACE
from target_xero.build.references.record_references import RecordReference
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.look_ups import existing_or_refusal
from target_xero.delivery.preparation.overwriting import (
    Decision,
    Overwriting,
    is_checked,
    problem_of_id,
)
from target_xero.delivery.preparation.published_ids import recognised
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, PublishLog
from target_xero.delivery.run_records import RunRecords, known_entries
from target_xero.lookup.existing_records import is_present
from target_xero.lookup.matching import contains, differences
from target_xero.lookup.own_children import with_own_ids
from target_xero.lookup.parent_search import with_parents
from target_xero.lookup.reference_search import with_references
from target_xero.lookup.resolution import needs_completion, resolution_of
from xero_client.entities.table import BY_TITLE, ENTITIES
from xero_client.errors import RequestRefusedError
from xero_client.http.transport import Transport

# Items that are looked up at once.
LOOKUP_SIZE = 200

WOULD_CREATE = "create"
WOULD_UPDATE = "update"
WOULD_REMOVE = "remove"
WOULD_SEND = "send"
WOULD_LEAVE = "unchanged"

# The fields that other records name a record by, besides the name of its contact.
_NAMING_FIELDS = frozenset(
    {*(field for entity in ENTITIES for field in entity.named_by), "name"}  # of the other APIs
)

PUBLISHED_BEFORE = "the same content was published before"
REMOVED_ALREADY = "it is removed already"
NOTHING_TO_CHANGE = "Xero has all of it already"


class Prediction(Struct, frozen=True):
    """What a run would do with an item.

    Attributes:
        item: The item in the form in which it would be sent.
        would: One of the words above.
        xero_id: The record's id in Xero.
        error: The reason why it would fail.
        changes: The fields that it would change, with the old and the new value of each.
        is_invalid: Whether it would not be sent, because of what exists.
        existing: The record as Xero has it now.
        why_unchanged: Why nothing would be sent.
        is_begun: Whether an earlier run has sent it, and its outcome is not known.
    """

    item: Item
    would: str
    xero_id: str | None = None
    error: str | None = None
    changes: Mapping[str, Any] | None = None
    is_invalid: bool = False
    existing: Record | None = None
    why_unchanged: str | None = None
    is_begun: bool = False


class Predictor:
    """Predicts what a run would do in one organisation."""

    def __init__(self, transport: Transport, log: PublishLog, records: RunRecords) -> None:
        """Reads nothing yet.

        Args:
            transport: The organisation's connection.
            log: The publish log; it is only read.
            records: What the run has met.
        """
        self._transport = transport
        self._log = log
        self._records = records
        self._overwriting = Overwriting(transport, log)
        # The parents that would be created: entity, field and value.
        self._parents: set[tuple[str, str, str]] = set()

    def predict(self, items: Sequence[Item]) -> list[Prediction]:
        """What a run would do with items, in their order.

        Args:
            items: Items of one destination, each for the first time in this run.

        Raises:
            XeroError: Xero cannot be read.
        """
        entries = known_entries(items, self._log, self._records).by_fingerprint
        predictions: dict[int, Prediction] = {}
        new: list[Item] = []
        begun: set[int] = set()
        for item, known in zip(items, recognised(items, self._log), strict=True):
            entry = entries.get(item.fingerprint)
            if entry is not None and entry.state == PUBLISHED:
                predictions[id(item)] = Prediction(
                    item, WOULD_LEAVE, entry.xero_id, why_unchanged=PUBLISHED_BEFORE
                )
            elif known.is_removed:
                predictions[id(item)] = Prediction(item, WOULD_LEAVE, why_unchanged=REMOVED_ALREADY)
            elif problem := known.problem or self._records.problem_of_new_number(known):
                predictions[id(item)] = Prediction(
                    known.item, WOULD_SEND, error=problem, is_invalid=True
                )
            else:
                is_unresolved = bool(known.unresolved) and not item.can_be_found
                if is_unresolved or (entry is not None and entry.state == INTENDED):
                    begun.add(len(new))
                new.append(known.item)
        predicted = iter(
            replace(prediction, is_begun=True) if number in begun else prediction
            for number, prediction in enumerate(self._predictions(new))
        )
        found = [predictions.get(id(item)) or next(predicted) for item in items]
        self._remember_parents(found)
        return found

    def _remember_parents(self, predictions: Sequence[Prediction]) -> None:
        for prediction in predictions:
            publication = prediction.item.publication
            if prediction.would != WOULD_CREATE or prediction.error:
                continue
            entity = publication.destination.name
            for name in _NAMING_FIELDS & publication.fields.keys():
                if text := text_at(publication.fields, name):
                    self._parents.add((entity, name, text.casefold()))
            if text := text_at(publication.fields, "Contact.Name"):
                self._parents.add((entity, "Contact.Name", text.casefold()))
                # A document creates a contact of a name that Xero does not have.
                self._parents.add(("Contacts", "Name", text.casefold()))

    def _predictions(self, items: Sequence[Item]) -> list[Prediction]:
        """Predictions for new items; the records that they name are looked up first."""
        if not any(item.publication.references for item in items):
            return self._predictions_of_named(items)
        stream = items[0].provenance.stream
        publications = [item.publication for item in items]
        # An allocation may need its credit to tell two invoices of one number apart.
        parents = with_parents(publications, self._transport, stream)
        found = with_references(
            [
                replace(item, parent_key=None) if parent.publication is None else parent.publication
                for item, parent in zip(publications, parents, strict=True)
            ],
            self._transport,
            stream,
        )
        predictions: dict[int, Prediction] = {}
        named: list[Item] = []
        for item, references in zip(items, found, strict=True):
            sent = item
            if references.publication is not None:
                parent_key = item.publication.parent_key
                sent = replace(item, publication=references.publication)
                if parent_key is not None and PARENT_PLACE in references.publication.path:
                    publication = replace(references.publication, parent_key=parent_key)
                    sent = replace(item, publication=publication)
            elif not self._would_create(references.missing):
                predictions[id(item)] = replace(
                    _prediction_without_lookup(item), error=references.problem, is_invalid=True
                )
            if id(item) not in predictions:
                named.append(sent)
        others = iter(self._predictions_of_named(named))
        return [predictions.get(id(item)) or next(others) for item in items]

    def _would_create(self, missing: RecordReference | None) -> bool:
        """Whether this run would create the record that an item names."""
        if missing is None:
            return False
        name, text = missing.key[0]
        # Bank transactions of some types create prepayments and overpayments.
        entities = (missing.entity, BY_TITLE[missing.entity].created_by)
        return any((entity, name, text.casefold()) in self._parents for entity in entities)

    def _predictions_of_named(self, items: Sequence[Item]) -> list[Prediction]:
        if not items:
            return []
        destination = items[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return self._predictions_of_children(items)
        stream = items[0].provenance.stream
        predictions = {
            id(item): Prediction(item, WOULD_CREATE) for item in items if _is_copied(item)
        }
        others = [item for item in items if id(item) not in predictions]
        for item, update in self._updates_of_own_records(destination, others):
            predictions[id(item)] = update
        others = [item for item in others if id(item) not in predictions]
        checked = [item for item in others if is_checked(item)]
        decisions = self._overwriting.look_up(destination, checked)
        for item, decision in zip(checked, decisions, strict=True):
            predictions[id(item)] = _prediction_of_decision(decision)
        others = [item for item in others if id(item) not in predictions]
        if others:
            publications = [item.publication for item in others]
            found = existing_or_refusal(destination, publications, self._transport, stream)
            for item, records in zip(others, found, strict=True):
                predictions[id(item)] = (
                    _removal(destination, item, records)
                    if item.publication.action is Action.REMOVE
                    else _prediction(destination, item, records)
                )
        return [predictions[id(item)] for item in items]

    def _updates_of_own_records(
        self, destination: EntityDestination, items: Sequence[Item]
    ) -> list[tuple[Item, Prediction]]:
        """Predictions for records that the publish log has published, and Xero still has."""
        own = self._overwriting.own_updates(destination, items)
        if not own:
            return []
        publications = [update.publication for _, update in own]
        stream = items[0].provenance.stream
        found = existing_or_refusal(destination, publications, self._transport, stream)
        return [
            (item, _update(update, records[0]))
            for (item, update), records in zip(own, found, strict=True)
            if not isinstance(records, RequestRefusedError)
            and records
            and is_present(update.publication, records[0])
        ]

    def _predictions_of_children(self, items: Sequence[Item]) -> list[Prediction]:
        """Predictions for children and generic requests; only their parents are looked up."""
        publications = [item.publication for item in items]
        parents = with_parents(publications, self._transport, items[0].provenance.stream)
        predictions = []
        for item, parent in zip(items, parents, strict=True):
            prediction = _prediction_without_lookup(item)
            if parent.publication is not None:
                sent = replace(item, publication=parent.publication)
                prediction = replace(prediction, item=sent)
            elif not self._would_create_parent(item.publication):
                prediction = replace(prediction, error=parent.problem, is_invalid=True)
            predictions.append(prediction)
        with_parent = [prediction.item.publication for prediction in predictions]
        children = with_own_ids(with_parent, self._transport, items[0].provenance.stream)
        return [
            prediction
            if child.publication is not None or prediction.error
            else replace(prediction, error=child.problem, is_invalid=True)
            for prediction, child in zip(predictions, children, strict=True)
        ]

    def _would_create_parent(self, publication: Publication) -> bool:
        key = publication.parent_key
        return key is not None and all(
            (key.entity.created_by or key.entity.name, name, text.casefold()) in self._parents
            for name, text in key.fields
        )


def _is_copied(item: Item) -> bool:
    """Whether a step of a copy creates it: the copy has looked for it in Xero's lists before."""
    return item.is_step and item.publication.action is Action.CREATE


def _prediction_without_lookup(item: Item) -> Prediction:
    publication = item.publication
    if publication.action is Action.REMOVE:
        return Prediction(item, WOULD_REMOVE, publication.record_id)
    if publication.action is Action.UPDATE:
        return Prediction(item, WOULD_UPDATE, publication.record_id)
    creates = publication.method == "PUT" or item.is_step
    return Prediction(item, WOULD_CREATE if creates else WOULD_SEND)


def _prediction_of_decision(decision: Decision) -> Prediction:
    item, existing = decision.item, decision.existing
    would = WOULD_UPDATE if existing else WOULD_CREATE
    found = Prediction(item, would, decision.xero_id, existing=existing)
    if decision.problem is not None:
        return replace(found, error=decision.problem, is_invalid=True)
    if existing is None:
        return found
    if decision.is_unchanged:
        return replace(found, would=WOULD_LEAVE, why_unchanged=NOTHING_TO_CHANGE)
    return replace(found, changes=differences(existing, item.publication.fields))


def _removal(
    destination: EntityDestination, item: Item, records: list[Record] | RequestRefusedError
) -> Prediction:
    resolution = resolution_of(destination, item.publication, records)
    existing = records[0] if not isinstance(records, RequestRefusedError) and records else None
    to_send = resolution.publication
    if to_send is None:
        why = None if resolution.error else REMOVED_ALREADY
        would = WOULD_REMOVE if resolution.error else WOULD_LEAVE
        return Prediction(
            item, would, resolution.xero_id, resolution.error, existing=existing, why_unchanged=why
        )
    removal = replace(item, publication=replace(item.publication, record_id=to_send.record_id))
    return Prediction(removal, WOULD_REMOVE, to_send.record_id, existing=existing)


def _prediction(
    destination: EntityDestination, item: Item, records: Sequence[Record] | RequestRefusedError
) -> Prediction:
    publication = item.publication
    if isinstance(records, RequestRefusedError):
        return Prediction(item, WOULD_SEND, error=str(records))
    id_field = destination.id_field or ""
    if publication.record_id and not records:
        error = f"Xero has no {id_field} {publication.record_id}"
        return Prediction(item, WOULD_UPDATE, error=error)
    if not records:
        return Prediction(item, WOULD_CREATE)
    existing = records[0]
    record_id = str(existing.get(id_field))
    if publication.action is Action.CREATE and publication.natural_keys:
        name, value = publication.natural_keys[0]
        error = f"PUT creates only, and Xero has {name} {value} already"
        return Prediction(item, WOULD_CREATE, error=error, existing=existing)
    problem = problem_of_id(publication)
    is_same = needs_completion(publication) and contains(existing, publication.fields)
    if not destination.writing.updates or (is_same and problem is None):
        return Prediction(
            item, WOULD_LEAVE, record_id, existing=existing, why_unchanged=NOTHING_TO_CHANGE
        )
    changes = differences(existing, publication.fields)
    return Prediction(
        item, WOULD_UPDATE, record_id, problem, changes, problem is not None, existing
    )


def _update(item: Item, existing: Record) -> Prediction:
    """The update of a record that the publish log has published."""
    publication = item.publication
    if contains(existing, publication.fields):
        return Prediction(
            item,
            WOULD_LEAVE,
            publication.record_id,
            existing=existing,
            why_unchanged=NOTHING_TO_CHANGE,
        )
    changes = differences(existing, publication.fields)
    return Prediction(item, WOULD_UPDATE, publication.record_id, changes=changes, existing=existing)
