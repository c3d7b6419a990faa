"""Makes a plan: takes the target's input, reads Xero, and sends nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from target_xero.build.records import Provenance
from target_xero.build.streams.stream_settings import stream_settings
from target_xero.delivery.dry_run.pipeline import DryRunPipeline
from target_xero.delivery.dry_run.prediction import (
    WOULD_CREATE,
    WOULD_LEAVE,
    WOULD_RECOVER,
    WOULD_REMOVE,
    WOULD_SEND,
    WOULD_UPDATE,
    Prediction,
)
from target_xero.delivery.items import Item
from target_xero.files.options import RowOptions
from target_xero.plan.booking.bookings import Booking, change_of
from target_xero.plan.booking.facts import SCOPES, Document, Facts, read_facts
from target_xero.plan.contents import CREATE, REFUSE, REMOVE, SEND, SKIP, UPDATE, Plan
from target_xero.plan.documents import Bookings, InputRecord, planned_document
from target_xero.plan.effects import account_effects, calls_of, notes_of, tax_effects, totals_of
from target_xero.plan.guards import Guards
from target_xero.plan.plan_file import FORMAT, PlanNotes, with_digest
from target_xero.report.results import DRY_RUN, Result, now
from target_xero.run.listener import RunListener
from target_xero.run.run import Run
from target_xero.singer.message_run import MessageRun
from target_xero.target import TargetXero
from xero_client.command_line.configuration import ConfigInput
from xero_client.errors import SettingsError, XeroError

_ACTIONS: Mapping[str, str] = {
    WOULD_CREATE: CREATE,
    WOULD_UPDATE: UPDATE,
    WOULD_REMOVE: REMOVE,
    WOULD_SEND: SEND,
    WOULD_LEAVE: SKIP,
}
# A plan lists every record, and writes no file but its own.
_SETTINGS: Mapping[str, Any] = {
    "dry_run": True,
    "on_reject": "fail",
    "retry_rejects": False,
    "results_path": os.devnull,
    "rejects_path": os.devnull,
}
BEGUN_BEFORE = (
    "an earlier run has sent it, or another version of it, and the outcome is not known: run "
    "target-xero with this input, which finds it out, then make the plan again"
)
DELETED_IN_SOURCE = "its source has marked it as deleted, and 'on_deleted' is skip"
EMPTY = "the row is empty"


class InputRecords(RunListener):
    """The records of an input, with what a run would do with each.

    Attributes:
        more_scopes: The scopes for the facts about the organisation.
        records: The records, in the order in which they are decided on.
    """

    more_scopes = SCOPES

    def __init__(self) -> None:
        self.records: list[InputRecord] = []
        # The records that Xero was asked about; their results say nothing new.
        self._predicted: set[int] = set()

    def predicted(self, item: Item, prediction: Prediction) -> None:
        """Notes what a run would do with an item."""
        self._predicted.add(id(item.provenance))
        action, why = _ACTIONS.get(prediction.would, REFUSE), prediction.why_unchanged or ""
        if prediction.error is not None:
            action, why = REFUSE, prediction.error
        elif prediction.would == WOULD_RECOVER:
            action, why = REFUSE, BEGUN_BEFORE
        entity = item.publication.destination.name
        self.records.append(InputRecord(item.provenance, entity, action, why, item, prediction))

    def reported(self, provenance: Provenance, result: Result) -> None:
        """Notes a record that is refused without a look at Xero."""
        if id(provenance) in self._predicted or result.status == DRY_RUN:
            return
        why = "; ".join(result.errors)
        self.records.append(InputRecord(provenance, result.entity, REFUSE, why, result=result))

    def skipped_deleted(self, provenance: Provenance) -> None:
        """Notes a record that its source has marked as deleted."""
        self.records.append(InputRecord(provenance, provenance.stream, SKIP, DELETED_IN_SOURCE))

    def skipped_empty(self, provenance: Provenance) -> None:
        """Notes a record without any value."""
        self.records.append(InputRecord(provenance, provenance.stream, SKIP, EMPTY))


class Planner:
    """Takes Singer messages, and makes a plan of them."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Opens a run that sends nothing.

        Args:
            config: The target's configuration.

        Raises:
            SettingsError: A setting is missing or wrong, or a plan cannot have what it asks for.
        """
        target = TargetXero.create(ConfigInput({**config, **_SETTINGS}))
        if target.config["references"] == "translate":
            message = "A plan cannot be made of a copy (references: translate): use dry_run"
            raise SettingsError(message)
        _check_streams(target.config)
        self._version = target.plugin_version
        self._input = InputRecords()
        self._run = Run(
            target.config, target.checked_settings(), listener=self._input, passes_state=False
        )
        self._messages = MessageRun(target, self._run, logs_summary=False)

    @property
    def has_schema(self) -> bool:
        """Whether a SCHEMA message has come."""
        return self._messages.intake.has_schema

    def take(self, messages: Iterable[str] | Iterable[bytes] | None) -> None:
        """Takes all messages, and looks up what Xero has.

        Args:
            messages: A text file, or other lines; None for standard input.

        Raises:
            XeroError: The organisation is not connected.
            RunStoppedError: Xero cannot be read.
        """
        self._messages.read(messages)
        self._messages.publish_rest()

    def close(self) -> None:
        """Closes everything; the plan says what there is to say."""
        self._messages.close()

    # The plan

    def plan(self, guards: Guards, rows: RowOptions, delimiter: str = "") -> Plan:
        """The plan of all that came, noted in the state database.

        Args:
            guards: What the plan is checked against.
            rows: What the rows of a file are.
            delimiter: The delimiter for the rejects of a file; empty if it is not a file.

        Raises:
            XeroError: The organisation cannot be reached.
        """
        facts, obstacles = self._facts()
        documents, booked, items = [], list[Booking](), list[Item]()
        for number, input_record in enumerate(self._input.records, 1):
            bookings = Bookings.of(input_record, facts)
            document = planned_document(number, input_record, facts, bookings)
            documents.append(document)
            if document.is_sent and input_record.prediction is not None:
                booked += change_of(bookings.before, bookings.after)
                items.append(input_record.prediction.item)
        organisation = self._run.organisation
        pipeline = organisation.pipeline
        look_ups = pipeline.look_ups if isinstance(pipeline, DryRunPipeline) else 0
        schemas = {
            name: line.decode(errors="replace") for name, line in self._messages.schemas.items()
        }
        plan = with_digest(
            Plan(
                FORMAT,
                self._version,
                now(),
                organisation.tenant.tenant_id,
                organisation.tenant.name or organisation.tenant.tenant_id,
                facts.base_currency,
                documents,
                totals_of(documents),
                account_effects(booked),
                tax_effects(booked),
                [*obstacles, *notes_of(document for document in documents if document.is_sent)],
                calls_of(items, look_ups, organisation.transport.rate_limiter.latest.day),
                guards.checked(documents, knows_amounts=not obstacles),
                schemas,
                rows,
                delimiter,
            )
        )
        PlanNotes(self._run.store).note_made(plan)
        return plan

    def _facts(self) -> tuple[Facts, list[str]]:
        """What is known of the organisation, and why it is not more."""
        documents: list[Document] = [
            (input_record.entity, record)
            for input_record in self._input.records
            for record in (input_record.existing, input_record.after)
            if record
        ]
        try:
            return read_facts(self._run.organisation.transport, documents), []
        except XeroError as error:
            obstacle = f"totals and the effect on accounts cannot be computed: {error}"
            return Facts(""), [obstacle]


def _check_streams(config: Mapping[str, Any]) -> None:
    """Checks that the plan is for one organisation, and of the input alone.

    Raises:
        SettingsError: It is not.
    """
    for stream, settings in stream_settings(config).items():
        if settings.tenant_id is not None:
            message = (
                f"Setting 'streams.{stream}.tenant_id': a plan is for one organisation. Leave it "
                "out, set 'tenant_id' of the target, and make a plan for each organisation"
            )
            raise SettingsError(message)
        if settings.mirror:
            message = (
                f"Setting 'streams.{stream}.mirror': a plan has no record that is not in the "
                "input. Leave it out, or use dry_run, which shows what would be removed"
            )
            raise SettingsError(message)
