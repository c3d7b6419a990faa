"""One run of a copy: the two organisations, and the objects that all of its parts share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from target_xero.build.records import Provenance
from target_xero.copy.execute.step_tracker import StepTracker
from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.mapping.target_records import TargetRecords
from target_xero.copy.options import CopyOptions
from target_xero.copy.spool import Spool, SpooledRecord
from target_xero.copy.steps import Step, mapping_kind
from target_xero.delivery.organisations import ConnectedOrganisation
from target_xero.report.reporter import Reporter
from target_xero.report.results import UNCHANGED, Result
from xero_client.entities.table import ALL_BY_STREAM
from xero_client.http.transport import Transport


@dataclass
class CopyRun:
    """One run of a copy.

    Attributes:
        organisation: The target organisation.
        source_tenant: Id of the source organisation.
        options: The settings.
        reporter: Reports what became of each record.
        spool: The records and steps that wait.
        ids: The id map.
        tracker: The steps that were sent.
        target_records: What the target had before.
        unchanged: The number of steps that an earlier run has done.
    """

    organisation: ConnectedOrganisation
    source_tenant: str
    options: CopyOptions
    reporter: Reporter
    spool: Spool
    ids: IdMap
    tracker: StepTracker
    target_records: TargetRecords
    unchanged: int = 0

    @property
    def transport(self) -> Transport:
        """The connection to the target."""
        return self.organisation.transport

    @property
    def target_tenant(self) -> str:
        """Id of the target organisation."""
        return self.organisation.tenant.tenant_id

    def provenance_of(self, step: Step, spooled: SpooledRecord | None = None) -> Provenance:
        """Where a step comes from.

        Args:
            step: The step.
            spooled: The record that it copies; None if it was deleted in the source.
        """
        singer_key = (self.source_tenant, mapping_kind(step), step.source_id)
        if spooled is None:
            return Provenance(step.stream, (), key=dict(step.payload), singer_key=singer_key)
        return Provenance(
            spooled.stream,
            (spooled.line,),
            key=_result_key(step),
            singer_key=singer_key,
            tap_stream=spooled.stream,
        )

    def skip(
        self, provenance: Provenance, step: Step, xero_id: str | None, warning: str = ""
    ) -> None:
        """Reports a step for which nothing is sent."""
        warnings = (warning,) if warning else ()
        result = Result(
            step.entity, None, UNCHANGED, provenance.key, xero_id=xero_id, warnings=warnings
        )
        self.reporter.report(provenance, result)

    def flush(self) -> None:
        """Waits until everything sent has its result, and writes the id map."""
        self.organisation.pipeline.flush()
        self.ids.flush()


def _result_key(step: Step) -> Mapping[str, Any]:
    """What identifies a step's record in results."""
    entity = ALL_BY_STREAM.get(step.stream)
    id_field = entity.id_field if entity and entity.id_field else "SourceID"
    return dict(step.result_key) or {id_field: step.source_id}
