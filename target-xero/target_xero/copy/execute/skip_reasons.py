"""Which steps end without anything being sent: what they ask for is there, or is not wanted."""

from __future__ import annotations

from dataclasses import dataclass

from target_xero.copy.execute.chunks import Chunk
from target_xero.copy.mapping.target_records import Existing
from target_xero.copy.steps import Kind, Step, digest_of


@dataclass(frozen=True)
class Ending:
    """How a step ends.

    Attributes:
        xero_id: The record's id in the target, where it has one.
        remark: Why nothing is there, if so.
        is_found: Whether the target had the record before it was ever copied.
    """

    xero_id: str | None = None
    remark: str = ""
    is_found: bool = False


def ending_of(step: Step, chunk: Chunk, existing: Existing, *, is_pretended: bool) -> Ending | None:
    """How a step ends that needs nothing; None for all others.

    Args:
        step: The step.
        chunk: What is known of what was copied before.
        existing: What the target has already.
        is_pretended: Whether a dry run would have made its record.
    """
    done, copied = chunk.done(step), chunk.copied(step)
    if done is not None and done.digest in (digest_of(step), ""):
        return Ending(done.target_id)
    if step.kind is Kind.MATCH or (step.kind is Kind.MAKE and copied is None):
        found = existing.match(step)
        if found is not None:
            return Ending(found, is_found=True)
    if step.kind is Kind.MATCH:
        return Ending(remark="not copied: the target has none of that name")
    if step.kind is Kind.REMOVE and copied is None and not is_pretended:
        return Ending(remark="not copied: it is removed in the source")
    if step.if_made and not is_pretended and not chunk.is_made(step):
        target_id = copied.target_id if copied is not None else None
        return Ending(target_id, "left as it is: copying has not made it")
    return None
