"""Removes what copying has made of records that the source no longer has."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.copy.execute.publication_builders import Planners
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.execute.step_tracker import Underway
from target_xero.copy.mapping.id_map import Known
from target_xero.copy.schedule.deletions import is_gone
from target_xero.copy.steps import Step, memory_of
from target_xero.delivery.items import item_of


def remove_gone(run: CopyRun, planners: Planners, steps: Sequence[Step]) -> None:
    """Removes records, with the target's ids, but for those that the copy has lost as well.

    Raises:
        XeroError: One cannot be read.
    """
    for step in steps:
        source = run.source_of(step)
        if is_gone(run.transport, step):
            run.ids.remember({(memory_of(step), step.source_id): Known("")})
            run.end(source, step, None, "it is gone from the copy too")
            continue
        publication = planners.publication(step.entity, "DELETE", step.stream, step.payload)
        run.memory.expect(source, Underway(step, ""))
        run.organisation.publish(item_of(publication, source, run.target_tenant))
    if steps:
        run.flush()
