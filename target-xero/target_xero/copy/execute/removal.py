"""Removes copies of records that were deleted in the source."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.copy.execute.publication_builders import PublicationBuilders
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.execute.step_tracker import PendingStep
from target_xero.copy.mapping.id_map import IdMapping
from target_xero.copy.steps import Step, mapping_kind, text_of
from target_xero.delivery.items import step_item_of
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import BY_NAME
from xero_client.http.transport import Transport


def remove_deleted(run: CopyRun, builders: PublicationBuilders, steps: Sequence[Step]) -> None:
    """Removes records from the target, unless they were deleted there too.

    Args:
        run: The run.
        builders: Build the publications.
        steps: The removals, with the target's ids.

    Raises:
        XeroError: A record cannot be read.
    """
    for step in steps:
        provenance = run.provenance_of(step)
        if _is_missing(run.transport, step):
            run.ids.add({(mapping_kind(step), step.source_id): IdMapping("")})
            run.skip(provenance, step, None, "it is deleted in the target too")
            continue
        publication = builders.publication(step.entity, "DELETE", step.stream, step.payload)
        run.tracker.add(provenance, PendingStep(step, ""))
        run.organisation.publish(step_item_of(publication, provenance, run.target_tenant))
    if steps:
        run.flush()


def _is_missing(transport: Transport, step: Step) -> bool:
    """Whether the target does not have the record; False for records inside others."""
    entity = BY_NAME.get(step.entity)
    if entity is None:
        return False
    record_id = text_of(step.payload, entity.id_field or "")
    return not Lookup(transport, entity, step.stream).by_id([record_id])
