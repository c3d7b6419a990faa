"""What all parts of a copy share: the two organisations, what waits, and what is known so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from target_xero.build.records import Provenance
from target_xero.copy.execute.step_tracker import Memory
from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.mapping.target_records import Existing
from target_xero.copy.options import Wishes
from target_xero.copy.spool import Row, Spool
from target_xero.copy.steps import Step, memory_of
from target_xero.delivery.connection import ConnectedOrganisation
from target_xero.report.reporter import Reporter
from target_xero.report.results import UNCHANGED, Result
from xero_client.entities.table import BY_STREAM
from xero_client.http.transport import Transport


@dataclass(frozen=True)
class CopyRun:
    """One run of a copy.

    Attributes:
        organisation: The target.
        source_tenant: Id of the organisation that is copied.
        wishes: What the settings say.
        reporter: Ends records.
        spool: Where records and steps wait.
        ids: What records of the source have become.
        memory: Steps under way.
        existing: What the target has already.
    """

    organisation: ConnectedOrganisation
    source_tenant: str
    wishes: Wishes
    reporter: Reporter
    spool: Spool
    ids: IdMap
    memory: Memory
    existing: Existing

    @property
    def transport(self) -> Transport:
        """The target's connection."""
        return self.organisation.transport

    @property
    def target_tenant(self) -> str:
        """Id of the organisation that is copied to."""
        return self.organisation.tenant.tenant_id

    def source_of(self, step: Step, row: Row | None = None) -> Provenance:
        """Where a step comes from.

        Args:
            step: The step.
            row: The record that asks for it; None where the source no longer has any.
        """
        singer_key = (self.source_tenant, memory_of(step), step.source_id)
        if row is None:
            return Provenance(step.stream, (), key=dict(step.payload), singer_key=singer_key)
        key = _names(step)
        return Provenance(row.stream, (row.line,), key=key, singer_key=singer_key, tap_stream=row.stream)

    def end(self, source: Provenance, step: Step, xero_id: str | None, remark: str = "") -> None:
        """Ends a step that needs nothing."""
        warnings = (remark,) if remark else ()
        result = Result(
            step.entity, None, UNCHANGED, source.key, xero_id=xero_id, warnings=warnings
        )
        self.reporter.end(source, result)

    def flush(self) -> None:
        """Waits until everything that was handed on has ended, and keeps what it became."""
        self.organisation.pipeline.flush()
        self.ids.write()


def _names(step: Step) -> Mapping[str, Any]:
    """What names a step's record in results."""
    entity = BY_STREAM.get(step.stream)
    id_field = entity.id_field if entity and entity.id_field else "SourceID"
    return dict(step.named) or {id_field: step.source_id}
