"""Makes a plan: takes the target's input, reads Xero, and sends nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from target_xero.build.records import Provenance
from target_xero.delivery.connection import ConnectedOrganisation, connect_organisation
from target_xero.delivery.dry_run import DryRunPipeline
from target_xero.delivery.items import Item
from target_xero.delivery.prediction import (
    WOULD_CREATE,
    WOULD_LEAVE,
    WOULD_REMOVE,
    WOULD_SEND,
    WOULD_UPDATE,
    Prediction,
)
from target_xero.plan.bookings import Booking, change_of
from target_xero.plan.contents import CREATE, REFUSE, REMOVE, SEND, SKIP, UPDATE, Plan
from target_xero.plan.documents import Bookings, Taken, planned_document
from target_xero.plan.effects import account_effects, calls_of, notes_of, tax_effects, totals_of
from target_xero.plan.facts import SCOPES, Document, Facts, read_facts
from target_xero.plan.guards import Guards
from target_xero.plan.plan_file import FORMAT, PlanNotes, with_digest
from target_xero.report.results import DRY_RUN, Result, now
from target_xero.target import TargetXero
from xero_client.errors import SettingsError, XeroError
from xero_client.settings.config_input import ConfigInput
from xero_client.store.database import Store

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
    "results_path": os.devnull,
    "rejects_path": os.devnull,
}
BEGUN_BEFORE = (
    "an earlier run has sent it, or another version of it, and the outcome is not known: run "
    "target-xero with this input, which finds it out, then make the plan again"
)
DELETED_IN_SOURCE = "its source has marked it as deleted, and 'on_deleted' is skip"
EMPTY = "the row is empty"


class PlanningTarget(TargetXero):
    """Takes Singer messages, and makes a plan of them."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self._taken: list[Taken] = []
        # The records that Xero was asked about; their results say nothing new.
        self._predicted: set[int] = set()
        super().__init__(**options)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> PlanningTarget:
        """Makes the target.

        Args:
            config: The target's configuration.

        Raises:
            SettingsError: It is invalid.
        """
        target = cls._create(ConfigInput({**config, **_SETTINGS}))
        assert isinstance(target, PlanningTarget)  # noqa: S101  # it is made by this class
        return target

    def prepare(self) -> None:
        """Checks the settings.

        Raises:
            SettingsError: A setting is missing or wrong, or a copy is asked for.
        """
        if self.config["references"] == "translate":
            message = "A plan cannot be made of a copy (references: translate): use dry_run"
            raise SettingsError(message)
        super().prepare()
        self.reporter.observer = self._take_result

    @cached_property
    def organisation(self) -> ConnectedOrganisation:
        """The organisation, which is only read.

        Raises:
            XeroError: There is no token, or the organisation is not connected.
        """
        return connect_organisation(
            self.config,
            self.connection,
            self.run_id,
            self.reporter,
            on_prediction=self._take_prediction,
            more_scopes=SCOPES,
        )

    # What comes in

    def _take_prediction(self, item: Item, prediction: Prediction) -> None:
        self._predicted.add(id(item.provenance))
        action, why = _ACTIONS[prediction.would], prediction.why_unchanged or ""
        if prediction.error is not None:
            action, why = REFUSE, prediction.error
        elif prediction.is_begun:
            action, why = REFUSE, BEGUN_BEFORE
        entity = item.publication.destination.name
        self._taken.append(Taken(item.provenance, entity, action, why, item, prediction))

    def _take_result(self, provenance: Provenance, result: Result) -> None:
        if id(provenance) in self._predicted or result.status == DRY_RUN:
            return
        why = "; ".join(result.errors)
        self._taken.append(Taken(provenance, result.entity, REFUSE, why, result=result))

    def skip_deleted(self, provenance: Provenance) -> None:
        """Notes a record that its source has marked as deleted."""
        self._taken.append(Taken(provenance, provenance.stream, SKIP, DELETED_IN_SOURCE))
        super().skip_deleted(provenance)

    def skip_empty(self, provenance: Provenance) -> None:
        """Notes a record without any value."""
        self._taken.append(Taken(provenance, provenance.stream, SKIP, EMPTY))
        super().skip_empty(provenance)

    def _emit_state(self, value: Any) -> None:  # noqa: ANN401  # any JSON
        """Passes no STATE on, because nothing is published."""

    def process_endofpipe(self) -> None:
        """Looks up all that is left."""
        self._finish_input()

    def close(self) -> None:
        """Closes everything; the plan says what there is to say."""
        if self._closed:
            return
        self._closed = True
        if "organisation" in self.__dict__:
            self.organisation.pipeline.stop()
        self.results.close()

    # The plan

    def plan(self, guards: Guards) -> Plan:
        """The plan of all that came, noted in the state database.

        Args:
            guards: What the plan is checked against.

        Raises:
            XeroError: The organisation cannot be reached.
        """
        facts, obstacles = self._facts()
        documents, booked, items = [], list[Booking](), list[Item]()
        for number, taken in enumerate(self._taken, 1):
            bookings = Bookings.of(taken, facts)
            document = planned_document(number, taken, facts, bookings)
            documents.append(document)
            if document.is_sent and taken.prediction is not None:
                booked += change_of(bookings.before, bookings.after)
                items.append(taken.prediction.item)
        organisation = self.organisation
        pipeline = organisation.pipeline
        look_ups = pipeline.look_ups if isinstance(pipeline, DryRunPipeline) else 0
        plan = with_digest(
            Plan(
                FORMAT,
                self.plugin_version,
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
                {name: line.decode(errors="replace") for name, line in self._schema_lines.items()},
            )
        )
        PlanNotes(Store.of(self.connection)).note_made(plan)
        return plan

    def _facts(self) -> tuple[Facts, list[str]]:
        """What is known of the organisation, and why it is not more."""
        documents: list[Document] = [
            (taken.entity, record)
            for taken in self._taken
            for record in (taken.existing, taken.after)
            if record
        ]
        try:
            return read_facts(self.organisation.transport, documents), []
        except XeroError as error:
            obstacle = f"totals and the effect on accounts cannot be computed: {error}"
            return Facts(""), [obstacle]
