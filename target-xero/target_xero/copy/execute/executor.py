"""Does steps: looks up what they need, works out what is sent of each, and hands it on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from target_xero.build.publication import Publication
from target_xero.build.records import InvalidRecordError, Provenance
from target_xero.copy.execute.chunks import Chunk, Work, look_up
from target_xero.copy.execute.publication_builders import Planners
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.execute.skip_reasons import ending_of
from target_xero.copy.execute.step_tracker import MADE_BESIDE, Underway, beside_of, makes_beside
from target_xero.copy.mapping.id_map import Known
from target_xero.copy.mapping.notes import Notes
from target_xero.copy.mapping.references import Lookups, Reference, translated
from target_xero.copy.mapping.tax_rates import OwnRates
from target_xero.copy.rules.edits import edit_of
from target_xero.copy.rules.files_and_notes import BELOW, NOTES
from target_xero.copy.schedule.scheduler import Plans, record_in
from target_xero.copy.spool import Row
from target_xero.copy.steps import Kind, Phase, Record, Step, digest_of, text_of
from target_xero.delivery.items import Item, item_of
from target_xero.report.results import DRY_RUN, Result
from xero_client.entities.table import BY_NAME


class Doing:
    """Does steps.

    Attributes:
        left_out: In how many records a field was left out, since the target lacks what it names.
    """

    def __init__(self, run: CopyRun, plans: Plans, planners: Planners, own_rates: OwnRates) -> None:
        """Starts with nothing done.

        Args:
            run: The run.
            plans: What becomes of other records.
            planners: Make publications.
            own_rates: The target's own tax rates.
        """
        self._run = run
        self._plans = plans
        self._planners = planners
        self._own_rates = own_rates
        self._notes = Notes(run.transport)
        # What a dry run would have made stands for itself.
        self._pretended: dict[Reference, str] = {}
        self.left_out: Counter[str] = Counter()

    def do(self, work: Work) -> None:
        """Does some steps together.

        Args:
            work: The steps with the records that ask for them.

        Raises:
            XeroError: The target cannot be read.
        """
        chunk = look_up(self._run, work, self._pretended)
        for row, step in work:
            self._do(row, step, chunk)

    def _do(self, row: Row, step: Step, chunk: Chunk) -> None:
        run = self._run
        source = run.source_of(step, row)
        is_pretended = (step.stream, step.source_id) in self._pretended
        ending = ending_of(step, chunk, run.existing, is_pretended=is_pretended)
        if ending is not None:
            if ending.is_found:
                found = Known(ending.xero_id or "", digest_of(step))
                run.ids.remember({(step.stream, step.source_id): found})
            run.end(source, step, ending.xero_id, ending.remark)
        elif step.phase is Phase.BELOW and (why := self._not_copied(row, step, chunk.lookups)):
            run.end(source, step, None, f"not copied: what it hangs on is not: {why}")
        elif step.if_made and run.reporter.failed.is_set():
            # What was refused may need it when it is fed back.
            run.end(source, step, None, "left as it is until all records are copied")
        else:
            self._send(source, row, step, chunk)

    def _send(self, source: Provenance, row: Row, step: Step, chunk: Chunk) -> None:
        run, copied = self._run, chunk.copied(step)
        method = method_of(step, copied)
        try:
            record = self._record(row, step, chunk)
            publication = self._planners.publication(step.entity, method, row.stream, record)
        except InvalidRecordError as error:
            run.reporter.invalid(source, step.entity, method, error.problems)
            return
        if step.stream == NOTES and self._is_there(step, record):
            run.ids.remember({(step.stream, step.source_id): Known("", digest_of(step))})
            run.end(source, step, None)
            return
        beside = beside_of(record_in(row)) if makes_beside(step) else {}
        if run.wishes.dry_run and copied is None and self._pretend(source, step, beside):
            return
        run.memory.expect(source, Underway(step, digest_of(step), beside, is_new=copied is None))
        run.organisation.publish(_item(publication, source, step, run.target_tenant))

    def _record(self, row: Row, step: Step, chunk: Chunk) -> Record:
        """What is sent, with the target's ids.

        Raises:
            InvalidRecordError: What it refers to was not copied, or Xero cannot change it.
        """
        translation = translated(self._payload(row, step, chunk), chunk.lookups)
        self.left_out.update(one.partition(" ")[0] for one in translation.left_out)
        record = {name: v for name, v in translation.record.items() if name[:1] != "_"}
        problems = list(translation.problems)
        copied = chunk.copied(step)
        if copied is not None and step.kind is Kind.MAKE and not step.overwrites:
            entity = BY_NAME.get(step.entity)
            if entity is not None and entity.writing is not None and entity.writing.updates:
                record[entity.id_field or ""] = copied.target_id
            else:
                problem = (
                    "it has changed in the source since it was copied, and Xero cannot change "
                    f"{step.entity}: remove {copied.target_id} in the target, or leave it"
                )
                problems.append(problem)
        if problems:
            raise InvalidRecordError(problems)
        return record

    def _payload(self, row: Row, step: Step, chunk: Chunk) -> Record:
        """What is sent, still with the source's ids."""
        if step.stream == "tax_rates" and step.kind is Kind.MAKE:
            return self._own_rates.own(record_in(row), step.payload, chunk.copied(step))
        there = chunk.out_of_date(step)
        return step.payload if there is None else edit_of(step.payload, there)

    def _pretend(self, source: Provenance, step: Step, beside: Mapping[str, str]) -> bool:
        """In a dry run, has what would be made stand for itself; says whether that ends the step.

        What would be changed is not there to be looked up.
        """
        self._pretended[step.stream, step.source_id] = step.source_id
        for made, source_id in beside.items():
            self._pretended[MADE_BESIDE[made], source_id] = source_id
        if step.kind is Kind.MAKE:
            return False
        what = "update" if step.kind is Kind.CHANGE else "remove"
        self._run.reporter.end(source, Result(step.entity, None, DRY_RUN, source.key, would=what))
        return True

    def _not_copied(self, row: Row, step: Step, lookups: Lookups) -> str | None:
        """Why the record that a file or note hangs on is not copied; None where it is, or fails."""
        parent = BELOW[row.stream].parent
        parent_id = text_of(step.payload, parent.id_field or "")
        line = self._run.spool.record(parent.stream, parent_id)
        if (parent.stream, parent_id) in lookups.ids or line is None:
            return None
        return self._plans.left_out(Row(0, parent.stream, line))

    def _is_there(self, step: Step, note: Record) -> bool:
        """Whether the target has a note already; what is only pretended has none."""
        return not self._run.wishes.dry_run and self._notes.take(step.entity, note)


def method_of(step: Step, copied: Known | None) -> str:
    """How what a step says is sent.

    Args:
        step: The step.
        copied: What its record has become before.
    """
    if step.kind is Kind.REMOVE:
        return "DELETE"
    if step.kind is Kind.CHANGE or (copied is not None and not step.overwrites):
        return "POST"
    return "PUT"


def _item(publication: Publication, source: Provenance, step: Step, tenant_id: str) -> Item:
    item = item_of(publication, source, tenant_id)
    # Status changes say little: anything would fit.
    item = replace(item, by_content=step.kind is Kind.MAKE)
    return replace(item, shared=item.shared | {"in order"}) if step.in_order else item
