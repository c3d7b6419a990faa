"""Executes a step: translates its record, and sends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from target_xero.build.publications.publication import Publication
from target_xero.build.records import InvalidRecordError, Provenance
from target_xero.copy.execute.chunks import Chunk, RecordSteps, load_chunk
from target_xero.copy.execute.content_candidates import content_search_of
from target_xero.copy.execute.publication_builders import PublicationBuilders
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.execute.skip_reasons import skip_reason
from target_xero.copy.execute.step_tracker import (
    CREDIT_STREAMS,
    PendingStep,
    credit_ids_of,
    may_create_credit,
)
from target_xero.copy.mapping.id_map import IdMapping
from target_xero.copy.mapping.notes import ExistingNotes
from target_xero.copy.mapping.references import Reference, ReferenceTables, translate
from target_xero.copy.mapping.tax_rates import TargetTaxRates
from target_xero.copy.rules.edits import allowed_edit
from target_xero.copy.rules.files_and_notes import CHILD_STREAMS, NOTES
from target_xero.copy.schedule.scheduler import CopyRules
from target_xero.copy.spool import SpooledRecord
from target_xero.copy.steps import Payload, Phase, Step, StepKind, digest_of, text_of
from target_xero.delivery.items import Item, step_item_of
from target_xero.report.results import DRY_RUN, Result
from xero_client.entities.children import CHILDREN
from xero_client.entities.table import BY_TITLE


class StepExecutor:
    """Executes steps one by one; ``chunk_executor`` says which, and when.

    Attributes:
        dropped_fields: Number of records, by field, without the field because the target does not
            have what it refers to.
    """

    def __init__(
        self,
        run: CopyRun,
        rules: CopyRules,
        builders: PublicationBuilders,
        tax_rates: TargetTaxRates,
    ) -> None:
        """Starts with nothing executed.

        Args:
            run: The run.
            rules: How records are copied.
            builders: Build the publications.
            tax_rates: The target's tax rates.
        """
        self._run = run
        self._rules = rules
        self._builders = builders
        self._tax_rates = tax_rates
        self._notes = ExistingNotes(run.transport)
        self._content_search = content_search_of(run.organisation)
        # In a dry run, records that would be created keep the source's id.
        self._simulated: dict[Reference, str] = {}
        self.dropped_fields: Counter[str] = Counter()

    def load(self, steps: RecordSteps) -> Chunk:
        """What is needed to execute some steps.

        Raises:
            XeroError: The target cannot be read.
        """
        return load_chunk(self._run, steps, self._simulated)

    def execute(self, spooled: SpooledRecord, step: Step, chunk: Chunk) -> None:
        """Executes a step.

        Args:
            spooled: Its record.
            step: The step.
            chunk: What ``load`` gave for it and its neighbours.
        """
        run = self._run
        provenance = run.provenance_of(step, spooled)
        is_simulated = (step.stream, step.source_id) in self._simulated
        reason = skip_reason(step, chunk, run.target_records, is_simulated=is_simulated)
        if reason is not None:
            if reason.is_found:
                mapping = IdMapping(reason.xero_id or "", digest_of(step))
                run.ids.add({(step.stream, step.source_id): mapping})
            run.unchanged += reason.is_done
            run.skip(provenance, step, reason.xero_id, reason.warning)
        elif step.phase is Phase.FILES_AND_NOTES and (
            why := self._parent_skip_reason(spooled, step, chunk.tables)
        ):
            run.skip(provenance, step, None, f"not copied: its record is not copied: {why}")
        elif step.only_if_created and run.reporter.failed.is_set():
            # Rejected records may need it when they are loaded again.
            run.skip(provenance, step, None, "left as it is until all records are copied")
        else:
            self._send(provenance, spooled, step, chunk)

    def _send(
        self, provenance: Provenance, spooled: SpooledRecord, step: Step, chunk: Chunk
    ) -> None:
        run, copied = self._run, chunk.copied(step)
        method = http_method(step, copied)
        try:
            record = self._translated(spooled, step, chunk)
            publication = self._builders.publication(step.entity, method, spooled.stream, record)
        except InvalidRecordError as error:
            run.reporter.invalid(provenance, step.entity, method, error.problems)
            return
        if step.stream == NOTES and self._has_note(step, record):
            run.ids.add({(step.stream, step.source_id): IdMapping("", digest_of(step))})
            run.skip(provenance, step, None)
            return
        credit_ids = credit_ids_of(spooled.record) if may_create_credit(step) else {}
        if run.options.dry_run and copied is None and self._simulate(provenance, step, credit_ids):
            return
        pending = PendingStep(step, digest_of(step), credit_ids, is_new=copied is None)
        run.tracker.add(provenance, pending)
        run.organisation.publish(self._delivery_item(publication, provenance, step))

    def _delivery_item(self, publication: Publication, provenance: Provenance, step: Step) -> Item:
        item = step_item_of(publication, provenance, self._run.target_tenant)
        # A change of status has too little content to be searched for: too many would match.
        if step.kind is StepKind.CREATE:
            item = replace(item, search=self._content_search)
        if step.in_order:
            item = replace(item, shared_locks=item.shared_locks | {"in order"})
        return item

    def _translated(self, spooled: SpooledRecord, step: Step, chunk: Chunk) -> Payload:
        """The record to be sent, with the target's ids.

        Raises:
            InvalidRecordError: It refers to a record that was not copied, or Xero cannot change it.
        """
        translation = translate(self._payload(spooled, step, chunk), chunk.tables)
        self.dropped_fields.update(field.partition(" ")[0] for field in translation.dropped)
        record = {name: v for name, v in translation.record.items() if name[:1] != "_"}
        problems = list(translation.problems)
        copied = chunk.copied(step)
        if copied is not None and step.kind is StepKind.CREATE and not step.overwrites:
            id_field = changeable_id_field(step.entity)
            if id_field:
                record[id_field] = copied.target_id
            else:
                problem = (
                    "it has changed in the source since it was copied, and Xero cannot change "
                    f"{step.entity}: remove {copied.target_id} in the target, or leave it"
                )
                problems.append(problem)
        if problems:
            raise InvalidRecordError(problems)
        return record

    def _payload(self, spooled: SpooledRecord, step: Step, chunk: Chunk) -> Payload:
        """The record to be sent, still with the source's ids."""
        if step.stream == "tax_rates" and step.kind is StepKind.CREATE:
            return self._tax_rates.payload_for(spooled.record, step.payload, chunk.copied(step))
        outdated = chunk.outdated_copy(step)
        return step.payload if outdated is None else allowed_edit(step.payload, outdated)

    def _simulate(self, provenance: Provenance, step: Step, credit_ids: Mapping[str, str]) -> bool:
        """Notes what a dry run would have created; returns whether that ends the step.

        It ends an update or removal, since the target does not have the record to look up.
        """
        self._simulated[step.stream, step.source_id] = step.source_id
        for name, source_id in credit_ids.items():
            self._simulated[CREDIT_STREAMS[name], source_id] = source_id
        if step.kind is StepKind.CREATE:
            return False
        would = "update" if step.kind is StepKind.UPDATE else "remove"
        result = Result(step.entity, None, DRY_RUN, provenance.key, would=would)
        self._run.reporter.report(provenance, result)
        return True

    def _parent_skip_reason(
        self, spooled: SpooledRecord, step: Step, tables: ReferenceTables
    ) -> str | None:
        """Why the record of a file or note is not copied; None if it is, or has failed."""
        parent = CHILD_STREAMS[spooled.stream].parent
        parent_id = text_of(step.payload, parent.id_field or "")
        line = self._run.spool.line_of(parent.stream, parent_id)
        if (parent.stream, parent_id) in tables.ids or line is None:
            return None
        return self._rules.skip_reason(SpooledRecord(0, parent.stream, line))

    def _has_note(self, step: Step, note: Payload) -> bool:
        """Whether the target has a note already; a dry run cannot look up simulated records."""
        return not self._run.options.dry_run and self._notes.claim(step.entity, note)


def changeable_id_field(entity: str) -> str:
    """The id of the records of a destination; empty if Xero cannot change them."""
    child = CHILDREN.get(entity)
    if child is not None:
        return (child.id_field or "") if "POST" in child.own_routes else ""
    found = BY_TITLE.get(entity)
    if found is None or found.writing is None or not found.writing.updates:
        return ""
    return found.id_field or ""


def http_method(step: Step, copied: IdMapping | None) -> str:
    """The HTTP method of a step.

    Args:
        step: The step.
        copied: The mapping of its record, if it was copied before.
    """
    if step.kind is StepKind.REMOVE:
        return "DELETE"
    if step.kind is StepKind.UPDATE or (copied is not None and not step.overwrites):
        return "POST"
    return "PUT"
