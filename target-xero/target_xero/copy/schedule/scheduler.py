"""Lays out what all records ask for: each step waits for its phase and its turn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from target_xero.build.records import Provenance
from target_xero.copy.options import Wishes
from target_xero.copy.rules.by_stream import plan_of
from target_xero.copy.rules.files_and_notes import BELOW
from target_xero.copy.schedule.settlement_order import turns_of
from target_xero.copy.spool import CHUNK, Row, Spool, Waiting
from target_xero.copy.steps import Kind, Phase, Plan, Step
from target_xero.report.results import UNCHANGED, Result
from xero_client.entities.children import ATTACHMENTS, HISTORY
from xero_client.entities.load_order import load_position
from xero_client.entities.table import BY_STREAM
from xero_client.http import wire

# What says whether a kind of child is copied.
BELOW_SETTINGS: Mapping[str, str] = {ATTACHMENTS: "copy_attachments", HISTORY: "copy_history"}


@dataclass(frozen=True)
class Plans:
    """What becomes of each record.

    Attributes:
        wishes: What the settings say.
        tracked: Codes of the items whose stock Xero keeps.
    """

    wishes: Wishes
    tracked: Collection[str]

    def of(self, row: Row) -> Plan:
        """What becomes of a record."""
        child = BELOW.get(row.stream)
        if child is not None and self.wishes.below(child.name) is False:
            return Plan(reason=f"{BELOW_SETTINGS[child.name]} is false")
        plan = plan_of(
            row.stream, record_in(row), copy_voided=self.wishes.copy_voided, tracked=self.tracked
        )
        return plan or Plan(reason=f"nobody knows how to copy the stream {row.stream}")

    def left_out(self, row: Row) -> str | None:
        """Why nothing becomes of a record; None where something is made of it, or should be."""
        plan = self.of(row)
        if any(step.kind in (Kind.MAKE, Kind.MATCH) for step in plan.steps):
            return None
        return plan.reason or "it is removed in the source"


def record_in(row: Row) -> dict[str, object]:
    """The record of a Singer message."""
    record: dict[str, object] = wire.decode(row.line)["record"]
    return record


def tracked_items(spool: Spool) -> set[str]:
    """The codes of the items whose stock Xero keeps."""
    items = map(record_in, spool.every_row("items"))
    return {str(item.get("Code")) for item in items if item.get("IsTrackedAsInventory")}


def skipped(row: Row, reason: str) -> tuple[Provenance, Result]:
    """How a record ends that asks for nothing."""
    entity, child = BY_STREAM.get(row.stream), BELOW.get(row.stream)
    record = record_in(row)
    names = [entity.id_field] if entity else []
    if child is not None:
        names = [child.parent.id_field, "AttachmentID", "_entry_id"]
    key = {name: record[name] for name in names if name and name in record}
    source = Provenance(row.stream, (row.line,), key=key, tap_stream=row.stream)
    title = entity.name if entity else child.title if child else row.stream
    return source, Result(title, None, UNCHANGED, key, warnings=(f"not copied: {reason}",))


def lay_out(
    spool: Spool,
    plans: Plans,
    skip: Callable[[Row, str], None],
    note: Callable[[Row, Plan], None],
) -> None:
    """Puts the steps of all records into the spool.

    Args:
        spool: Where the records are.
        plans: What becomes of each.
        skip: Is told of each record that asks for nothing, with the reason.
        note: Is told of every record.
    """
    waiting: list[Waiting] = []
    settling: list[tuple[Waiting, Step]] = []
    for row in spool.every_row():
        plan = plans.of(row)
        note(row, plan)
        if not plan.steps:
            skip(row, plan.reason)
        for place, step in enumerate(plan.steps):
            sort = step.sort or f"{load_position(row.stream)[0]:03d}"
            one = Waiting(step.phase, 0, sort, row.row, place)
            if step.phase is Phase.SETTLEMENTS:
                settling.append((one, step))
            else:
                waiting.append(one)
        if len(waiting) >= CHUNK:
            spool.wait(waiting)
            waiting = []
    waiting += _in_turns(settling)
    for at in range(0, len(waiting), CHUNK):
        spool.wait(waiting[at : at + CHUNK])


def _in_turns(settling: list[tuple[Waiting, Step]]) -> list[Waiting]:
    """Settlements in their turns; within one, what can share a request stands together."""
    turns = turns_of((index, step.sort, step.touches) for index, (_, step) in enumerate(settling))
    return [
        replace(
            one,
            turn=turns[index],
            # Allocations go to the path of their credit; payments all go to one.
            sort=f"{step.entity} {step.touches[0] if '/' in step.entity else ''}",
        )
        for index, (one, step) in enumerate(settling)
    ]
