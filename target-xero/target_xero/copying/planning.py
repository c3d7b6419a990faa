"""Lays out what all records ask for: each step waits for its phase and its turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from target_xero.copying.spool import CHUNK, Row, Spool, Waiting
from target_xero.copying.steps import Phase, Plan, Step
from target_xero.copying.turns import turns_of
from xero_client import wire
from xero_client.dependencies import position


def record_in(row: Row) -> dict[str, object]:
    """The record of a Singer message."""
    record: dict[str, object] = wire.decode(row.line)["record"]
    return record


def tracked_items(spool: Spool) -> set[str]:
    """The codes of the items whose stock Xero keeps."""
    items = map(record_in, spool.every_row("items"))
    return {str(item.get("Code")) for item in items if item.get("IsTrackedAsInventory")}


def lay_out(
    spool: Spool,
    plan_of: Callable[[Row], Plan],
    skip: Callable[[Row, str], None],
    note: Callable[[Row, Plan], None],
) -> None:
    """Puts the steps of all records into the spool.

    Args:
        spool: Where the records are.
        plan_of: What becomes of a record.
        skip: Is told of each record that asks for nothing, with the reason.
        note: Is told of every record.
    """
    waiting: list[Waiting] = []
    settling: list[tuple[Waiting, Step]] = []
    for row in spool.every_row():
        plan = plan_of(row)
        note(row, plan)
        if not plan.steps:
            skip(row, plan.reason)
        for place, step in enumerate(plan.steps):
            sort = step.sort or f"{position(row.stream)[0]:03d}"
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
