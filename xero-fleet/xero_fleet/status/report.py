"""The status of a fleet, from the state database."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Row, and_, func, select

from xero_client.store.database import Store
from xero_fleet.dispatch import preview
from xero_fleet.planning.rules import BACKFILL, DAY
from xero_fleet.registry.database import reading
from xero_fleet.registry.tables import batches, leases, organisations, results, work
from xero_fleet.running.batch_run import DEFAULT_GRANT
from xero_fleet.settings import FleetSettings
from xero_fleet.status.advice import (
    HELD,
    IN_BATCH,
    NEXT_PLAN,
    NO_PLAN,
    NO_WORKER,
    SETTING_WINS,
    reason,
)

# A first read that nobody began after so many seconds is late.
FIRST_READ_SECONDS = 3_600.0
# If no worker took a batch after so many seconds, no worker runs. If no plan took an organisation
# that is due after so many seconds, nothing is planned.
QUEUE_SECONDS = 300.0
# The worst state of an organisation comes first.
STATES = ("late", "paused", "failing", "first read", "on time")


@dataclass(frozen=True)
class OrganisationStatus:
    """One organisation in one pipeline.

    Attributes:
        pipeline: The pipeline.
        state: One of ``STATES``.
        age: How old its data is, in seconds; None if it was never read whole.
        fresh_within: How old it may be, in seconds.
        is_running: Whether a batch has it now.
        why: Why it is not on time; empty if it is.
        action: What to do; empty if it is on time.
        calls: The calls of the last 24 hours.
        received: The bytes of the last 24 hours.
        failures: The runs of the last 24 hours that failed.
    """

    tenant_id: str
    name: str
    pipeline: str
    tier: str
    work_class: str
    state: str
    age: float | None
    fresh_within: float
    due_at: float
    is_running: bool
    error_class: str | None
    why: str
    action: str
    calls: int
    received: int
    failures: int


@dataclass(frozen=True)
class FleetStatus:
    """The status of all organisations.

    Attributes:
        now: When it was read.
        organisations: Those that need attention first.
        planned: Batches that wait for a worker.
        running: Batches that run.
        lost: Batches of the last 24 hours whose worker died or that nobody took.
        problem: What is wrong with the fleet itself, and what to do; None if it works.
    """

    now: float
    organisations: Sequence[OrganisationStatus]
    planned: int
    running: int
    lost: int
    problem: tuple[str, str] | None

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of rows in each state."""
        counted = Counter(each.state for each in self.organisations)
        return {state: counted[state] for state in STATES}

    @property
    def needs_attention(self) -> bool:
        """Whether something is late, paused by the fleet, or wrong with the fleet."""
        return bool(self.problem) or any(
            each.state in ("late", "paused") or each.error_class in ("scope", "access", "app")
            for each in self.organisations
        )

    def as_json(self) -> dict[str, Any]:
        """The status for programs."""
        return {
            "counts": dict(self.counts),
            "batches": {"planned": self.planned, "running": self.running, "lost": self.lost},
            "problem": list(self.problem) if self.problem else None,
            "organisations": [asdict(each) for each in self.organisations],
        }


def consent_text(
    settings: FleetSettings, grant: str, tenant_id: str, streams: Sequence[str] = ()
) -> str:
    """What brings an organisation back whose consent has ended, or lacks the scopes of streams."""
    # A login does not replace a token of the settings.
    has_token = grant == DEFAULT_GRANT and bool(settings.connection.get("refresh_token"))
    if settings.file.public_url:
        link = f"send the customer a consent link: `xero fleet link {tenant_id}` prints it"
        return f"{link}{SETTING_WINS}" if has_token else link
    option = "" if grant == DEFAULT_GRANT else f" --grant {shlex.quote(grant)}"
    option += f" --for read {' '.join(streams)}" if streams else ""
    return (
        f"let a user of the organisation consent again: `xero login{option}`"
        f"{SETTING_WINS if has_token else ''}; the next `xero fleet sync` goes on"
    )


def fleet_status(settings: FleetSettings, store: Store, now: float) -> FleetStatus:
    """Reads the status of a fleet."""
    with reading(store) as connection:
        joined = (
            select(work, organisations, leases.c.batch_id)
            .join(organisations, organisations.c.tenant_id == work.c.tenant_id)
            .join(
                leases,
                and_(leases.c.pipeline == work.c.pipeline, leases.c.tenant_id == work.c.tenant_id),
            )
        )
        # Not those of pipelines that the settings no longer have: nothing plans them.
        known = work.c.pipeline.in_(list(settings.pipelines))
        rows = connection.execute(joined.where(known)).mappings().all()
        failed = results.c.error_class.is_not(None) & (results.c.error_class != "unfinished")
        sums = {
            (row.pipeline, row.tenant_id): row
            for row in connection.execute(
                select(
                    results.c.pipeline,
                    results.c.tenant_id,
                    func.sum(results.c.calls).label("calls"),
                    func.sum(results.c.received).label("received"),
                    func.count().filter(failed).label("failures"),
                    func.max(results.c.batch_id).label("batch_id"),
                )
                .where(results.c.ended_at > now - DAY)
                .group_by(results.c.pipeline, results.c.tenant_id)
            )
        }
        recent = batches.c.planned_at > now - DAY
        found = connection.execute(select(batches).where(recent)).all()
    fleet = _Fleet.of(found, preview(settings, store, now).held, now)
    listed = [
        _status(settings, row, sums.get((row["pipeline"], row[work.c.tenant_id])), fleet, now)
        for row in rows
    ]
    is_unplanned = any(
        each.state == "late" and fleet.why_late(row) == NO_PLAN
        for each, row in zip(listed, rows, strict=True)
    )
    listed.sort(key=lambda each: (STATES.index(each.state), -(each.age or 0), each.name))
    problem = fleet.no_worker or (NO_PLAN if is_unplanned else None)
    return FleetStatus(now, listed, fleet.planned, fleet.running, fleet.lost, problem)


@dataclass(frozen=True)
class _Fleet:
    """The batches of the last 24 hours, and why the planner would leave organisations out."""

    planned: int
    running: int
    lost: int
    oldest_planned: float | None
    last_plan: float | None
    held: Mapping[tuple[str, str], str]
    now: float

    @classmethod
    def of(
        cls, found: Sequence[Row[Any]], held: Mapping[tuple[str, str], str], now: float
    ) -> _Fleet:
        counts = Counter(row.status for row in found)
        waiting = [row.planned_at for row in found if row.status == "planned"]
        last = max((row.planned_at for row in found), default=None)
        return cls(
            counts["planned"],
            counts["running"],
            counts["lost"],
            min(waiting, default=None),
            last,
            held,
            now,
        )

    @property
    def no_worker(self) -> tuple[str, str] | None:
        if self.oldest_planned is None or self.now - self.oldest_planned <= QUEUE_SECONDS:
            return None
        since = datetime.fromtimestamp(self.oldest_planned, timezone.utc)
        return NO_WORKER[0], NO_WORKER[1].format(since=f"{since:%Y-%m-%d %H:%M} UTC")

    def why_late(self, row: Mapping[Any, Any]) -> tuple[str, str]:
        """Why an organisation whose last run did not fail is late, and what to do."""
        if self.no_worker is not None:
            return self.no_worker
        if row["batch_id"] is not None:
            return IN_BATCH
        held = self.held.get((row["pipeline"], row[work.c.tenant_id]))
        if held is not None:
            return HELD[held]
        waits = self.now - max(row["due_at"], self.last_plan or 0.0)
        return NO_PLAN if waits > QUEUE_SECONDS else NEXT_PLAN


def _status(
    settings: FleetSettings,
    row: Mapping[Any, Any],
    sums: Row[Any] | None,
    fleet: _Fleet,
    now: float,
) -> OrganisationStatus:
    tenant_id = row[work.c.tenant_id]
    fresh_within = settings.fresh_within(row["pipeline"], row["tier"], row["work_class"])
    age = None if row["fresh_at"] is None else now - row["fresh_at"]
    failed: dict[str, str] = json.loads(row["failed_streams"] or "{}")
    streams = [stream for stream, kind in failed.items() if kind == row["error_class"]]
    without_scope = streams if row["error_class"] == "scope" else ()
    consent = consent_text(settings, row["grant_name"], tenant_id, without_scope)
    state, why, action = "on time", "", ""
    if row["error_class"] is not None:
        batch = sums.batch_id if sums is not None else ""
        why, action = reason(row["error_class"], ", ".join(streams), batch, consent)
        state = "first read" if row["error_class"] == "unfinished" else "failing"
    elif row["work_class"] == BACKFILL:
        state = "first read"
    waits_for_first = row["work_class"] == BACKFILL and now - row["due_at"] > FIRST_READ_SECONDS
    is_old = age is not None and age > fresh_within and row["work_class"] != BACKFILL
    if (is_old or waits_for_first) and not (waits_for_first and row["batch_id"]):
        state = "late"
        if not why:
            why, action = fleet.why_late(row)
    if row["paused_at"] is not None:
        state, why = "paused", row["why"] or "a person paused it"
        action = consent if row["paused_by_fleet"] else f"`xero fleet resume {tenant_id}`"
    return OrganisationStatus(
        tenant_id=tenant_id,
        name=row["name"] or "unnamed",
        pipeline=row["pipeline"],
        tier=row["tier"],
        work_class=row["work_class"],
        state=state,
        age=age,
        fresh_within=fresh_within,
        due_at=row["due_at"],
        is_running=row["batch_id"] is not None,
        error_class=row["error_class"],
        why=why,
        action=action,
        calls=int(sums.calls) if sums is not None else 0,
        received=int(sums.received) if sums is not None else 0,
        failures=int(sums.failures) if sums is not None else 0,
    )
