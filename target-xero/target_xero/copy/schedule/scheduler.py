"""Schedules the steps of all records: each one waits for its phase and wave."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from target_xero.build.records import Provenance
from target_xero.copy.options import CopyOptions
from target_xero.copy.rules.by_stream import copy_plan
from target_xero.copy.rules.files_and_notes import CHILD_SETTINGS, CHILD_STREAMS
from target_xero.copy.schedule.settlement_order import (
    PAID_STREAMS,
    PaymentPositions,
    Settlement,
    settlement_waves,
)
from target_xero.copy.schedule.tally import Tally
from target_xero.copy.spool import CHUNK, ScheduledStep, Spool, SpooledRecord
from target_xero.copy.steps import CopyPlan, Phase, Step, StepKind
from target_xero.report.results import UNCHANGED, Result
from xero_client.entities.load_order import load_position
from xero_client.entities.table import ALL_BY_STREAM


@dataclass(frozen=True)
class CopyRules:
    """Decides how each record is copied.

    Attributes:
        options: The settings.
        tracked: Codes of the items that are tracked as inventory.
    """

    options: CopyOptions
    tracked: Collection[str]

    def plan(self, spooled: SpooledRecord) -> CopyPlan:
        """How a record is copied."""
        child = CHILD_STREAMS.get(spooled.stream)
        if child is not None and self.options.copies_child(child.name) is False:
            return CopyPlan(skip_reason=f"{CHILD_SETTINGS[child.name]} is false")
        plan = copy_plan(
            spooled.stream,
            spooled.record,
            copy_voided=self.options.copy_voided,
            tracked=self.tracked,
        )
        return plan or CopyPlan(skip_reason=f"the stream {spooled.stream} cannot be copied")

    def skip_reason(self, spooled: SpooledRecord) -> str | None:
        """Why a record is not copied; None if it is, or should be."""
        plan = self.plan(spooled)
        if any(step.kind in (StepKind.CREATE, StepKind.MATCH) for step in plan.steps):
            return None
        return plan.skip_reason or "it is removed in the source"


def tracked_items(spool: Spool) -> set[str]:
    """The codes of the items that are tracked as inventory."""
    items = (spooled.record for spooled in spool.records("items"))
    return {str(item.get("Code")) for item in items if item.get("IsTrackedAsInventory")}


def skip_result(spooled: SpooledRecord, reason: str) -> tuple[Provenance, Result]:
    """The result of a record that has no steps."""
    entity, child = ALL_BY_STREAM.get(spooled.stream), CHILD_STREAMS.get(spooled.stream)
    record = spooled.record
    names = [entity.id_field] if entity else []
    if child is not None:
        names = [child.parent.id_field, "AttachmentID", "_entry_id"]
    key = {name: record[name] for name in names if name and name in record}
    provenance = Provenance(spooled.stream, (spooled.line,), key=key, tap_stream=spooled.stream)
    title = entity.title if entity else child.title if child else spooled.stream
    return provenance, Result(title, None, UNCHANGED, key, warnings=(f"not copied: {reason}",))


def schedule(
    spool: Spool,
    rules: CopyRules,
    on_skipped: Callable[[SpooledRecord, str], None],
    on_planned: Callable[[SpooledRecord, CopyPlan], None],
    tally: Tally,
) -> None:
    """Puts the steps of all records into the spool.

    Args:
        spool: Where the records are.
        rules: How each record is copied.
        on_skipped: Called for each record without steps, with the reason.
        on_planned: Called for every record.
        tally: Counts what is going to happen.
    """
    steps: list[ScheduledStep] = []
    settlements: list[tuple[ScheduledStep, Step, Settlement]] = []
    positions = PaymentPositions()
    for spooled in spool.records():
        plan = rules.plan(spooled)
        if spooled.stream in PAID_STREAMS:
            positions.add(spooled.record)
        on_planned(spooled, plan)
        tally.add_record(plan)
        if not plan.steps:
            on_skipped(spooled, plan.skip_reason)
        for index, step in enumerate(plan.steps):
            sort_key = step.sort_key or f"{load_position(spooled.stream)[0]:03d}"
            scheduled = ScheduledStep(step.phase, 0, sort_key, spooled.number, index)
            if step.phase is Phase.SETTLEMENTS:
                settlements.append((scheduled, step, Settlement.of(step, spooled.record)))
            else:
                steps.append(scheduled)
                tally.add_step(scheduled, step)
        if len(steps) >= CHUNK:
            spool.schedule(steps)
            steps = []
    in_waves = _in_waves(settlements, positions)
    for scheduled, (_, step, _) in zip(in_waves, settlements, strict=True):
        tally.add_step(scheduled, step)
    steps += in_waves
    for start in range(0, len(steps), CHUNK):
        spool.schedule(steps[start : start + CHUNK])


def _in_waves(
    settlements: list[tuple[ScheduledStep, Step, Settlement]], positions: PaymentPositions
) -> list[ScheduledStep]:
    """Settlements with their waves; within a wave, those that can share a call are adjacent."""
    waves = settlement_waves(
        (index, positions.entry_time(settlement), settlement.documents)
        for index, (_, _, settlement) in enumerate(settlements)
    )
    return [
        replace(
            scheduled,
            wave=waves[index],
            # The path of allocations has the id of their credit; payments share one path.
            sort_key=f"{step.entity} {step.settles[0] if '/' in step.entity else ''}",
        )
        for index, (scheduled, step, _) in enumerate(settlements)
    ]
