"""What the outcomes of a batch mean for its organisations: their class, and when they are due."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import RowMapping

from xero_fleet.planning.outlook import RunResult, next_class, next_due, usual
from xero_fleet.planning.rules import BACKFILL
from xero_fleet.registry.batches import Ended
from xero_fleet.registry.leases import Lease
from xero_fleet.running.outcomes import Outcome
from xero_fleet.settings import FleetSettings


@dataclass(frozen=True)
class BatchEnd:
    """How a batch ended.

    Attributes:
        began: When it began.
        now: When it ended.
        missing: The class of the error of organisations without an outcome.
    """

    began: float
    now: float
    missing: str


NOTHING = Outcome(0, 0, 0, None, {}, None)


def ended_runs(
    settings: FleetSettings,
    lease: Lease,
    rows: Mapping[str, RowMapping],
    outcomes: Mapping[str, Outcome],
    changed: Mapping[str, bool],
    end: BatchEnd,
) -> list[Ended]:
    """The run of each organisation of a batch.

    Args:
        settings: The fleet's settings.
        lease: The lease of the batch.
        rows: The work rows, by organisation.
        outcomes: The outcomes of those organisations that have one.
        changed: Whether a bookmark of an organisation moved.
        end: How the batch ended.
    """
    ended = []
    for tenant_id, row in rows.items():
        outcome = outcomes.get(tenant_id, NOTHING)
        error = outcome.error
        if tenant_id not in outcomes:
            error = end.missing
        result = RunResult(end.began, end.now, error, changed.get(tenant_id, False))
        work_class, quiet_runs = next_class(row["work_class"], result, row["quiet_runs"])
        failures = row["failures"] + 1 if error else 0
        fresh_within = settings.fresh_within(lease.pipeline, row["tier"], work_class)
        is_usual = error is None and row["work_class"] != BACKFILL
        ended.append(
            Ended(
                tenant_id=tenant_id,
                began_at=end.began,
                ended_at=end.now,
                calls=outcome.calls,
                received=outcome.received,
                records=outcome.records,
                error=error,
                failed_streams=json.dumps(dict(outcome.failed_streams)) if error else None,
                work_class=work_class,
                quiet_runs=quiet_runs,
                due_at=next_due(result, fresh_within, failures),
                usual_calls=usual(row["calls"], outcome.calls) if is_usual else row["calls"],
                usual_received=(
                    usual(row["received"], outcome.received) if is_usual else row["received"]
                ),
                day_left=outcome.day_left,
            )
        )
    return ended
