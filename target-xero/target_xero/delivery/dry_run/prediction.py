"""What a run would do with items: it reads the publish log and Xero, and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import NaturalKeys, Publication, text_of
from target_xero.build.records import Record
from target_xero.delivery.admission.run_records import RunRecords
from target_xero.delivery.items import Item
from target_xero.delivery.logged_items import LoggedItem, known_entries, logged_items
from target_xero.delivery.preparation.look_ups import existing_or_refusal
from target_xero.delivery.preparation.preparation import Preparation, Prepared
from target_xero.delivery.preparation.published_ids import recognised
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.retry_policy import (
    AfterLookUp,
    FailureCounts,
    after_failed_look_up,
    looked_up_in_parts,
)
from target_xero.delivery.states import Event
from target_xero.lookup.existing_records import frees_its_name, status_of, takes_changes
from target_xero.lookup.matching import differences
from target_xero.lookup.named_records.expected_records import ExpectedRecords
from target_xero.report.results import INVALID, REJECTED, UNKNOWN
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.http.access import with_needs
from xero_client.http.transport import Transport
from xero_client.store.spilled_table import SpilledTable

# Items that are looked up at once.
LOOKUP_SIZE = 200

WOULD_CREATE = "create"
WOULD_UPDATE = "update"
WOULD_REMOVE = "remove"
WOULD_SEND = "send"
WOULD_LEAVE = "unchanged"
# An earlier run has sent it, and the outcome is not known: a run finds it out.
WOULD_RECOVER = "recover"

PUBLISHED_BEFORE = "the same content was published before"
COMES_AGAIN = "the same record came before in this input"
REMOVED_ALREADY = "it is removed already"
NOTHING_TO_CHANGE = "Xero has all of it already"

# The statuses of items that a run does not send.
_NOT_SENT = {
    Event.MAY_NOT_BE_SENT: INVALID,
    Event.FAILED_ALONE: REJECTED,
    Event.EARLIER_IS_UNCLEAR: UNKNOWN,
}


class Prediction(Struct, frozen=True):
    """What a run would do with an item.

    Attributes:
        item: The item in the form in which it would be sent.
        would: One of the words above.
        xero_id: The record's id in Xero.
        error: The reason why it would fail.
        failed_as: The status that it would fail with; empty if it would not.
        changes: The fields that it would change, with the old and the new value of each.
        existing: The record as Xero has it now.
        why_unchanged: Why nothing would be sent.
    """

    item: Item
    would: str
    xero_id: str | None = None
    error: str | None = None
    failed_as: str = ""
    changes: Mapping[str, Any] | None = None
    existing: Record | None = None
    why_unchanged: str | None = None


class Predictor:
    """Predicts what a run would do in one organisation.

    It prepares items as a run does. Of those that a run would send, it reads what Xero has, and
    says how Xero would answer. If that is a refusal, a run would look the record up: so does it.
    """

    def __init__(
        self,
        transport: Transport,
        log: PublishLog,
        records: RunRecords,
        *,
        resend_unknown: bool = False,
        is_sent: bool = False,
    ) -> None:
        """Reads nothing yet.

        Args:
            transport: The organisation's connection.
            log: The publish log; it is only read.
            records: What the run has met.
            resend_unknown: Whether a run would send records again whose outcome cannot be found
                out.
            is_sent: Whether what is predicted is also sent, before items that may name it are
                predicted. Then Xero has it by that time.
        """
        self._transport = transport
        self._log = log
        self._records = records
        self._resend_unknown = resend_unknown
        self._is_sent = is_sent
        self._expected = ExpectedRecords()
        self._preparation = Preparation(transport, log, self._expected)
        self._failures = FailureCounts()
        # By the fingerprints of the items that a run would send.
        self._sent = SpilledTable("would")

    def predict(self, items: Sequence[Item]) -> list[Prediction]:
        """What a run would do with items, in their order.

        Args:
            items: Items of one destination, each for the first time in this run.

        Raises:
            XeroError: Xero cannot be read.
        """
        entries = known_entries(items, self._log, self._records).by_fingerprint
        found, resends = recognised(items, self._log), self._resend_unknown
        logged = logged_items(found, entries, self._records, resend_unknown=resends)
        new = iter(self._predictions([each.item for each in logged if each.event is Event.IS_NEW]))
        predictions = [
            self._once(next(new) if each.event is Event.IS_NEW else _by_the_log(each))
            for each in logged
        ]
        if not self._is_sent:
            for prediction in predictions:
                self._expect(prediction)
        return predictions

    def _once(self, prediction: Prediction) -> Prediction:
        """A prediction; that nothing is done, if the same record came before."""
        if prediction.error is not None or prediction.would == WOULD_LEAVE:
            return prediction
        fingerprint = prediction.item.fingerprint
        if self._sent.get(fingerprint) is not None:
            return replace(prediction, would=WOULD_LEAVE, changes=None, why_unchanged=COMES_AGAIN)
        self._sent.set(fingerprint, prediction.would)
        return prediction

    def _expect(self, prediction: Prediction) -> None:
        """Notes what Xero would have by the time of the next items."""
        publication, existing = prediction.item.publication, prediction.existing
        if prediction.error is not None:
            return
        if prediction.would == WOULD_CREATE:
            self._expected.add(publication)
        elif prediction.would == WOULD_UPDATE and existing is not None:
            self._expected.add_change(publication, existing)

    def _predictions(self, items: Sequence[Item]) -> list[Prediction]:
        """Predictions for items that the log does not have.

        If a look-up fails because of one item, it is halved until that item is alone.
        """
        return looked_up_in_parts(items, self._predictions_of, self._after_failure)

    def _predictions_of(self, items: Sequence[Item]) -> list[Prediction]:
        prepared = self._preparation.prepare(items)
        pairs = list(zip(items, prepared, strict=True))
        sent = iter(self._of_sent([(item, found) for item, found in pairs if found.may_be_sent]))
        self._failures.note_look_up()
        return [next(sent) if found.may_be_sent else _of_not_sent(found) for found in prepared]

    def _after_failure(self, error: XeroError, items: Sequence[Item]) -> list[Prediction] | None:
        error = with_needs(error, items[0].publication.destination.needs)
        what = after_failed_look_up(error, len(items), self._failures.failed_look_ups)
        if what is AfterLookUp.HALVE:
            return None
        if what is AfterLookUp.STOP:
            raise error from None
        self._failures.note_failed_look_up(error)
        return [_failed(item, str(error), REJECTED) for item in items]

    def _of_sent(self, pairs: Sequence[tuple[Item, Prepared]]) -> list[Prediction]:
        """What Xero would do with what a run would send.

        Args:
            pairs: Items of one destination as they came, and in the form in which they may be sent.
        """
        destination = pairs[0][0].publication.destination if pairs else None
        if not isinstance(destination, EntityDestination):
            return [_without_look_up(found.item) for _, found in pairs]
        sought = [_sought(item, found) for item, found in pairs]
        stream = pairs[0][0].provenance.stream
        read = iter(self._read(destination, [each for each in sought if each], stream))
        answers = [
            _answer(destination, found, next(read) if each else None)
            for (_, found), each in zip(pairs, sought, strict=True)
        ]
        refused = [found for (_, found), answer in zip(pairs, answers, strict=True) if not answer]
        following = iter(self._after_refusal(destination, refused))
        return [answer or next(following) for answer in answers]

    def _read(
        self, destination: EntityDestination, sought: Sequence[Publication], stream: str
    ) -> list[list[Record] | RequestRefusedError]:
        if not sought:
            return []
        return existing_or_refusal(destination, sought, self._transport, stream)

    def _after_refusal(
        self, destination: EntityDestination, refused: Sequence[Prepared]
    ) -> list[Prediction]:
        """What a run would do with items that Xero refuses, if a record is in their way."""
        found = self._preparation.if_refused([prepared.item for prepared in refused])
        return [
            _if_refused(destination, prepared, following)
            for prepared, following in zip(refused, found, strict=True)
        ]


def _by_the_log(logged: LoggedItem) -> Prediction:
    """What a run would do with an item, as far as the publish log says it."""
    if logged.event is Event.HAS_NO_OUTCOME:
        return Prediction(logged.item, WOULD_RECOVER)
    if logged.event is Event.IS_DONE:
        why = PUBLISHED_BEFORE if logged.is_published else REMOVED_ALREADY
        return Prediction(logged.item, WOULD_LEAVE, logged.xero_id, why_unchanged=why)
    return _failed(logged.item, logged.problem, _NOT_SENT[logged.event])


def _failed(item: Item, problem: str, status: str, existing: Record | None = None) -> Prediction:
    would = WOULD_UPDATE if existing else WOULD_SEND
    return Prediction(item, would, error=problem, failed_as=status, existing=existing)


def _of_not_sent(prepared: Prepared) -> Prediction:
    """What a run would do with an item that it would not send."""
    item, existing = prepared.item, prepared.existing
    if prepared.event is not Event.HAS_NO_CHANGE:
        return _failed(item, prepared.reason, _NOT_SENT[prepared.event], existing)
    why = REMOVED_ALREADY if item.removes else NOTHING_TO_CHANGE
    return Prediction(item, WOULD_LEAVE, prepared.xero_id, existing=existing, why_unchanged=why)


def _without_look_up(item: Item) -> Prediction:
    publication = item.publication
    if publication.action is Action.REMOVE:
        return Prediction(item, WOULD_REMOVE, publication.record_id)
    if publication.action is Action.UPDATE:
        return Prediction(item, WOULD_UPDATE, publication.record_id)
    creates = publication.method == "PUT" or item.is_step
    return Prediction(item, WOULD_CREATE if creates else WOULD_SEND)


def _sought(item: Item, prepared: Prepared) -> Publication | None:
    """What Xero's record is read by, if it must be read to tell how Xero would answer.

    Args:
        item: The item as it came.
        prepared: The item in the form in which it may be sent.
    """
    publication = prepared.item.publication
    keys = _unique_keys(publication)
    if prepared.existing is not None or not _is_to_be_read(item, publication, keys):
        return None
    return replace(publication, natural_keys=keys)


def _is_to_be_read(item: Item, publication: Publication, keys: NaturalKeys) -> bool:
    if publication.record_id:
        return True
    if publication.action is not Action.CREATE:
        return bool(publication.natural_keys)
    if item.is_step or publication.refusal_is_looked_up or not keys:
        # A copy has looked for it in Xero's lists before, and the second is looked up as a refusal.
        return False
    was_looked_up = item.publication.action is Action.UPSERT and not publication.looks_up_first
    return not was_looked_up


def _unique_keys(publication: Publication) -> NaturalKeys:
    """The fields whose values Xero refuses to give to a second record.

    Of some, such as the number of a quote, Xero finds no record by them.
    """
    destination = publication.destination
    if publication.natural_keys or not isinstance(destination, EntityDestination):
        return publication.natural_keys
    writing = destination.writing
    if not writing.refuses_duplicates or len(writing.number_fields) > 1:
        return ()  # Several suppliers may use one number.
    values = ((name, text_of(publication.fields, name)) for name in writing.number_fields)
    return tuple((name, value) for name, value in values if value)


def _answer(
    destination: EntityDestination,
    prepared: Prepared,
    records: list[Record] | RequestRefusedError | None,
) -> Prediction | None:
    """What Xero would do with what a run would send.

    Args:
        destination: The entity.
        prepared: What would be sent.
        records: The records that Xero has under its id or name, or why they cannot be read; None
            if they were not read.

    Returns:
        None if Xero may refuse it because of what exists, and a run would then look it up.
    """
    publication = prepared.item.publication
    if publication.refusal_is_looked_up and not publication.record_id:
        return None
    existing = prepared.existing
    if isinstance(records, list) and records:
        existing = records[0]
    if isinstance(records, RequestRefusedError):
        answer = _failed(prepared.item, str(records), REJECTED)
    elif existing is not None:
        answer = _answer_to_change(destination, prepared, existing)
    elif publication.record_id and records is not None:
        problem = f"Xero has no {destination.id_field} {publication.record_id}"
        answer = _failed(prepared.item, problem, REJECTED)
    else:
        is_update = publication.action is Action.UPDATE
        return Prediction(prepared.item, WOULD_UPDATE if is_update else WOULD_CREATE)
    return None if answer.error and publication.refusal_is_looked_up else answer


def _answer_to_change(
    destination: EntityDestination, prepared: Prepared, existing: Record
) -> Prediction:
    """What Xero would do with what is sent, if it has the record, or another of the same name."""
    item = prepared.unresolved or prepared.item
    publication, id_field = item.publication, destination.id_field or ""
    record_id = str(existing.get(id_field))
    if item.removes:
        removal = replace(item, publication=replace(publication, record_id=record_id))
        return Prediction(removal, WOULD_REMOVE, record_id, existing=existing)
    if publication.action is Action.CREATE:
        if frees_its_name(publication, existing):
            return Prediction(item, WOULD_CREATE)
        named = " ".join(_unique_keys(publication)[0])
        problem = f"PUT creates only, and Xero has {named} already"
        return _failed(item, problem, REJECTED, existing)
    if not takes_changes(publication, existing):
        problem = f"Xero has {id_field} {record_id} only as {status_of(publication, existing)}"
        return _failed(item, problem, REJECTED, existing)
    changes = differences(existing, publication.fields)
    return Prediction(item, WOULD_UPDATE, record_id, changes=changes, existing=existing)


def _if_refused(
    destination: EntityDestination, refused: Prepared, following: Prepared | None
) -> Prediction:
    """What a run would do with an item that Xero may refuse.

    Args:
        destination: The entity.
        refused: What would be sent first.
        following: What would be done after a refusal; None if no record is in its way.
    """
    creates = refused.item.publication.record_id is None
    if creates and (
        following is None
        or (following.existing and frees_its_name(refused.item.publication, following.existing))
    ):
        return Prediction(refused.item, WOULD_CREATE)
    if following is None:
        problem = f"Xero has no {destination.id_field} {refused.item.publication.record_id}"
        return _failed(refused.item, problem, REJECTED)
    if not following.may_be_sent:
        return _of_not_sent(following)
    if following.existing is None:
        return Prediction(following.item, WOULD_CREATE)
    return _answer_to_change(destination, following, following.existing)
