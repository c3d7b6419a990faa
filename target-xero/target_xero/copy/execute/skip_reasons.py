"""Decides which steps send nothing: done before, in the target already, or not wanted."""

from __future__ import annotations

from dataclasses import dataclass

from target_xero.copy.execute.chunks import Chunk
from target_xero.copy.mapping.target_records import TargetRecords
from target_xero.copy.steps import Step, StepKind, digest_of

NOT_COMPARED = (
    "copied by an earlier run, and not changed in the source since: not compared with the target"
)


@dataclass(frozen=True)
class SkipReason:
    """Why a step sends nothing.

    Attributes:
        xero_id: The record's id in the target; None if it is not there.
        warning: What the result says about it; empty if everything is as it should be.
        is_found: Whether the target had the record before the copy.
        is_done: Whether an earlier run has done the step, and the source is the same since.
    """

    xero_id: str | None = None
    warning: str = ""
    is_found: bool = False
    is_done: bool = False


def skip_reason(
    step: Step, chunk: Chunk, target_records: TargetRecords, *, is_simulated: bool
) -> SkipReason | None:
    """Why a step sends nothing; None if it sends something.

    Args:
        step: The step.
        chunk: What earlier steps and runs have done.
        target_records: What the target had before.
        is_simulated: Whether the dry run would have created the record.
    """
    previous, copied = chunk.previous(step), chunk.copied(step)
    if previous is not None and previous.digest in (digest_of(step), ""):
        return SkipReason(previous.target_id, NOT_COMPARED, is_done=True)
    if step.kind is StepKind.MATCH or (step.kind is StepKind.CREATE and copied is None):
        found = target_records.match(step)
        is_ours_to_take = step.kind is StepKind.MATCH or (
            found is not None
            and chunk.owner(step, found) is None
            and not target_records.is_another_document(found, step)
        )
        if found is not None and is_ours_to_take:
            return SkipReason(found, is_found=True)
    if step.kind is StepKind.MATCH:
        return SkipReason(warning="not copied: the target has none of that name")
    if step.kind is StepKind.REMOVE and copied is None and not is_simulated:
        return SkipReason(warning="not copied: it is removed in the source")
    if step.only_if_created and not is_simulated and not chunk.was_created(step):
        target_id = copied.target_id if copied is not None else None
        return SkipReason(target_id, "left as it is: the copy did not create it")
    return None
