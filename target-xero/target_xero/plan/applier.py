"""Applies a plan: sends what it says and nothing else, unless Xero has changed since."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.delivery.admission.run_records import RunRecords
from target_xero.delivery.dry_run.prediction import (
    LOOKUP_SIZE,
    WOULD_CREATE,
    WOULD_LEAVE,
    WOULD_RECOVER,
    WOULD_REMOVE,
    WOULD_SEND,
    WOULD_UPDATE,
    Prediction,
    Predictor,
)
from target_xero.delivery.item_results import not_sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, PublishLog
from target_xero.lookup.resolution import as_update
from target_xero.plan.contents import CREATE, REMOVE, SEND, UPDATE, Plan, PlannedDocument
from target_xero.plan.existing import changed_since, own_content
from target_xero.plan.items_as_json import item_from_json
from target_xero.plan.plan_file import Applied, PlanNotes, PlanRefusedError
from target_xero.report.errors import RunStoppedError
from target_xero.report.results import INVALID, NOT_PUBLISHED, UNKNOWN, Results
from target_xero.run.correction import Correction
from target_xero.run.ending import NotSent, log_summary, raise_for_rejects
from target_xero.run.run import Run
from target_xero.target import TargetXero
from xero_client.command_line.configuration import ConfigInput
from xero_client.errors import XeroError

_WORDS: Mapping[str, str] = {
    WOULD_CREATE: "create it",
    WOULD_UPDATE: "change it",
    WOULD_REMOVE: "remove it",
    WOULD_SEND: "send it",
    WOULD_LEAVE: "leave it as it is",
    WOULD_RECOVER: "find out what became of it",
}
_PLANNED: Mapping[str, str] = {
    CREATE: WOULD_CREATE,
    UPDATE: WOULD_UPDATE,
    REMOVE: WOULD_REMOVE,
    SEND: WOULD_SEND,
}
# A plan is sent as it is; results and rejects are written as by the target.
_SETTINGS: Mapping[str, Any] = {"dry_run": False, "references": "keep", "retry_rejects": False}
_NOT_SENT = "not sent, because Xero has changed since the plan was made"


class PlanCorrection(Correction):
    """The rejects file, of which another plan is made."""

    def __init__(self, results: Results, options: Sequence[str]) -> None:
        """Begins with the run.

        Args:
            results: The results and rejects files of the run.
            options: The options of the command, with those that say what the rows are.
        """
        super().__init__(results)
        self._options = options

    @property
    def command(self) -> str:
        """The command that makes a plan of what was not published."""
        words = [*self._options, "--input", str(self.file)]
        return shlex.join(["target-xero", "plan", *words])


class Applier:
    """Sends the documents of a plan, with the results, rejects and publish log of the target."""

    def __init__(
        self, config: Mapping[str, Any], correcting: Callable[[Results], Correction]
    ) -> None:
        """Opens a run.

        Args:
            config: The target's configuration; its connection and files are used.
            correcting: Makes what says where rejects can be corrected.

        Raises:
            SettingsError: It is invalid, or a file cannot be written.
            StoreError: The state database cannot be used.
        """
        target = TargetXero.create(ConfigInput({**config, **_SETTINGS}))
        self._run = Run(
            target.config,
            target.checked_settings(),
            correcting=correcting,
        )
        self._notes = PlanNotes(self._run.store)
        self._sent_count = 0
        self._is_closed = False

    def applied(self, plan: Plan) -> Applied | None:
        """How the plan was applied to its end; None if it was not.

        Raises:
            PlanRefusedError: It is not a plan of this state database.
        """
        self._notes.check_made_here(plan)
        return self._notes.applied(plan)

    def close(self) -> None:
        """Waits for calls in flight, closes everything and logs the summary; runs only once."""
        if self._is_closed:
            return
        self._is_closed = True
        self._run.stop()
        self._run.close()
        if self._run.is_connected:
            unsent = self._sent_count - self._run.reporter.count
            log_summary(self._run, NotSent(unsent=unsent))

    def apply(self, plan: Plan) -> None:
        """Sends what the plan says.

        Raises:
            PlanRefusedError: It is the plan of another organisation.
            RunStoppedError: The run cannot go on.
            RejectsError: A document was not published.
            XeroError: The organisation cannot be reached.
        """
        for stream, entity in {(each.stream, each.entity) for each in plan.sent}:
            self._run.organisations.expect(StreamRule(stream, entity))
        tenant = self._run.organisation.tenant
        if tenant.tenant_id.lower() != plan.tenant_id.lower():
            message = (
                f"plan {plan.plan_id} is for {plan.organisation} ({plan.tenant_id}), and the "
                f"settings lead to {tenant}"
            )
            raise PlanRefusedError(message)
        for stream, line in plan.schemas.items():
            self._run.results.remember_schema(stream, line.encode())
        self._sent_count = len(plan.sent)
        log = PublishLog(self._run.store, tenant.tenant_id, self._run.run_id)
        records = RunRecords(tenant.tenant_id, has_old_fingerprints=log.has_old_fingerprints)
        predictor = Predictor(
            self._run.organisation.transport,
            log,
            records,
            resend_unknown=bool(self._run.config["resend_unknown"]),
            is_sent=True,
        )
        destination = ""
        for documents in _chunks(plan.sent):
            if documents[0].entity != destination:
                self._run.organisation.pipeline.flush()
                destination = documents[0].entity
            self._send(documents, log, predictor)
        self._run.organisation.pipeline.flush()
        if not self._run.results.total(UNKNOWN):
            self._notes.note_applied(plan, self._run.results.total(*NOT_PUBLISHED))
        self.close()
        raise_for_rejects(self._run)

    def _send(
        self, documents: Sequence[PlannedDocument], log: PublishLog, predictor: Predictor
    ) -> None:
        """Sends documents of one destination that are as the plan has them.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        items = [item_from_json(document.item or {}) for document in documents]
        entries = log.entries([item.fingerprint for item in items])
        # What this plan has sent already is left to the publish log, because Xero has it by now.
        begun = {
            fingerprint
            for fingerprint, entry in entries.items()
            if entry.state in (INTENDED, PUBLISHED)
        }
        pairs = list(zip(documents, items, strict=True))
        new = [(document, item) for document, item in pairs if item.fingerprint not in begun]
        try:
            predictions = predictor.predict([item for _, item in new]) if new else []
        except XeroError as error:
            raise RunStoppedError(str(error)) from error
        ready = [_begun(document, item) for document, item in pairs if item.fingerprint in begun]
        for (document, item), prediction in zip(new, predictions, strict=True):
            obstacle = _obstacle(document, prediction)
            if obstacle is None:
                ready.append(_as_sent(prediction.item))
            else:
                result = not_sent_result(item, obstacle, INVALID)
                self._run.reporter.report(item.provenance, result)
        for item in sorted(ready, key=lambda item: item.publication.method):
            self._run.check()
            self._run.organisation.publish(item)


def _chunks(documents: Sequence[PlannedDocument]) -> Iterator[Sequence[PlannedDocument]]:
    """Neighbours that go to one destination, as many as are looked up at once."""
    chunk: list[PlannedDocument] = []
    for document in documents:
        if chunk and (chunk[0].entity != document.entity or len(chunk) >= LOOKUP_SIZE):
            yield chunk
            chunk = []
        chunk.append(document)
    if chunk:
        yield chunk


def _begun(document: PlannedDocument, item: Item) -> Item:
    """An item that this plan has begun to send; the publish log knows the rest."""
    publication, xero_id = item.publication, document.xero_id
    destination = publication.destination
    if document.action != UPDATE or not xero_id or publication.record_id:
        return item
    if not isinstance(destination, EntityDestination):
        return item
    return replace(item, publication=as_update(destination, publication, xero_id))


def _as_sent(item: Item) -> Item:
    """The item as the plan has it: what exists was checked, and is not looked up again."""
    publication = replace(
        item.publication, overwrite=None, match_keys=(), refusal_is_looked_up=False
    )
    return replace(item, publication=publication)


def _obstacle(document: PlannedDocument, prediction: Prediction) -> str | None:
    """Why a document must not be sent, because Xero has changed since; None if it has not."""
    planned = _PLANNED[document.action]
    changes = _changes(document, prediction)
    if changes:
        return f"{_NOT_SENT}: {'; '.join(changes)}"
    if prediction.error is not None:
        return f"{_NOT_SENT}: {prediction.error}"
    is_same_record = (prediction.xero_id or "").lower() == (document.xero_id or "").lower()
    if planned == WOULD_CREATE and prediction.xero_id:
        return f"{_NOT_SENT}: Xero has it by now, as {prediction.xero_id}"
    if prediction.would != planned or not is_same_record:
        found = f" ({prediction.xero_id})" if prediction.xero_id else ""
        return (
            f"{_NOT_SENT}: the plan was to {_WORDS[planned]}, and now it would be to "
            f"{_WORDS[prediction.would]}{found}"
        )
    return None


def _changes(document: PlannedDocument, prediction: Prediction) -> list[str]:
    """What of the existing record has changed, in words."""
    if document.before is None or prediction.existing is None:
        return []
    shape = prediction.item.publication.destination.shape
    return changed_since(document.before, own_content(shape, prediction.existing))
