"""Batches: written by a plan, and ended by the run that did them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Row, RowMapping, and_, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from xero_client.store.database import Store
from xero_fleet.planning.outlook import day_used, next_after
from xero_fleet.planning.rules import BACKFILL, MINUTE, Candidate, Flight, Plan, PlannedBatch
from xero_fleet.registry.database import reading
from xero_fleet.registry.leases import IN_FLIGHT, Lease, assign, check, release
from xero_fleet.registry.tables import batches, leases, organisations, results, work

# What a run of an organisation takes before there is a measurement.
FIRST_CALLS = 40.0
# A backfill takes a whole slice until it is known better.
FIRST_BACKFILL_CALLS = 300.0


@dataclass(frozen=True)
class Ended:
    """The run of one organisation, as it is saved.

    Attributes:
        tenant_id: The organisation.
        began_at: When the batch began.
        ended_at: When the organisation's last stream ended.
        calls: Its calls.
        received: The bytes that Xero sent.
        records: The records that were written.
        error: None, or one of the error classes.
        failed_streams: The streams that failed, with the class of the error.
        work_class: The class from now on.
        quiet_runs: The whole runs in a row without a change.
        due_at: When the next run is due.
        usual_calls: The calls of a usual run.
        usual_received: The bytes of a usual run.
        day_left: The calls of the day that are left; None if Xero did not say.
    """

    tenant_id: str
    began_at: float
    ended_at: float
    calls: int
    received: int
    records: int
    error: str | None
    failed_streams: str | None
    work_class: str
    quiet_runs: int
    due_at: float
    usual_calls: float | None
    usual_received: float | None
    day_left: int | None


@dataclass(frozen=True)
class Due:
    """What the planner needs from the state database."""

    candidates: Sequence[Candidate]
    flights: Sequence[Flight] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """A batch of the state database."""

    batch_id: str
    pipeline: str
    grant: str
    work_class: str
    status: str
    organisations: int
    calls: int
    seconds: float
    attempts: int


class Batches:
    """The batches in the state database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(
        self,
        now: float,
        fresh_within: Callable[[str, str, str], float],
        day_calls: float,
        pipelines: Iterable[str],
    ) -> Due:
        """The organisations that are due, and the batches in flight.

        Args:
            now: The time.
            fresh_within: How old data may be, by pipeline, tier and class.
            day_calls: The calls of an organisation's day.
            pipelines: The pipelines of the settings.
        """
        with reading(self._store) as connection:
            return _due(connection, now, fresh_within, day_calls, pipelines)

    def plan(
        self,
        now: float,
        decide: Callable[[Due], Plan],
        fresh_within: Callable[[str, str, str], float],
        day_calls: float,
        pipelines: Iterable[str],
    ) -> tuple[list[Batch], Plan]:
        """Writes the batches of a plan; two plans at once wait for each other.

        Args:
            now: The time.
            decide: The planner.
            fresh_within: As in ``due``.
            day_calls: As in ``due``.
            pipelines: As in ``due``.
        """
        known = list(pipelines)

        def write(connection: Connection) -> tuple[list[Batch], Plan]:
            _hasten(connection, fresh_within)
            decided = decide(_due(connection, now, fresh_within, day_calls, known))
            written = [
                _write(connection, now, number, each) for number, each in enumerate(decided.batches)
            ]
            return written, decided

        with self._store.locked("fleet plan"):
            return self._store.transaction(write)

    def find(self, batch_id: str) -> Batch | None:
        """A batch by its id."""
        with reading(self._store) as connection:
            row = connection.execute(select(batches).where(batches.c.batch_id == batch_id)).first()
        return None if row is None else _batch(row)

    def work(self, lease: Lease) -> dict[str, RowMapping]:
        """The work rows of a batch's organisations, with their tier."""
        ids = list(lease.generations)
        same = (work.c.pipeline == lease.pipeline, work.c.tenant_id.in_(ids))
        joined = select(work, organisations.c.tier, organisations.c.name).join(
            organisations, organisations.c.tenant_id == work.c.tenant_id
        )
        with reading(self._store) as connection:
            return {
                row.tenant_id: row._mapping  # noqa: SLF001  # as SQLAlchemy documents it
                for row in connection.execute(joined.where(*same))
            }

    def end(self, lease: Lease, attempt: int, ended: Iterable[Ended], now: float) -> None:
        """Saves the results of a batch, and gives its leases back.

        Raises:
            LeaseLostError: The lease moved; nothing is saved.
        """

        def save(connection: Connection) -> None:
            held = check(connection, lease)
            for each in ended:
                if each.tenant_id in held:
                    _save_result(connection, lease, attempt, each)
            release(connection, lease.batch_id)
            over = {"status": "done", "ended_at": now}
            connection.execute(
                update(batches).where(batches.c.batch_id == lease.batch_id).values(**over)
            )

        self._store.transaction(save)

    def remove_old(self, before: float) -> None:
        """Deletes results and batches that ended before a time."""

        def remove(connection: Connection) -> None:
            connection.execute(delete(results).where(results.c.ended_at < before))
            connection.execute(delete(batches).where(batches.c.ended_at < before))

        self._store.transaction(remove)


def _due(
    connection: Connection,
    now: float,
    fresh_within: Callable[[str, str, str], float],
    day_calls: float,
    pipelines: Iterable[str],
) -> Due:
    columns = (work, organisations.c.tier, organisations.c.grant_name)
    same_lease = and_(leases.c.pipeline == work.c.pipeline, leases.c.tenant_id == work.c.tenant_id)
    rows = connection.execute(
        select(*columns)
        .join(organisations, organisations.c.tenant_id == work.c.tenant_id)
        .join(leases, same_lease)
        .where(
            work.c.due_at <= now,
            work.c.pipeline.in_(list(pipelines)),
            leases.c.batch_id.is_(None),
            organisations.c.paused_at.is_(None),
        )
    )
    candidates = [
        Candidate(
            pipeline=row.pipeline,
            tenant_id=row.tenant_id,
            grant=row.grant_name,
            work_class=row.work_class,
            # A run that failed is not later than others only because its retry is due early.
            due_at=row.due_at,
            fresh_within=fresh_within(row.pipeline, row.tier, row.work_class),
            calls=_expected_calls(row),
            day_used=day_used(row.day_left, row.day_left_at, now, day_calls),
        )
        for row in rows
    ]
    in_flight = batches.c.status.in_(IN_FLIGHT)
    recent = and_(batches.c.status.in_(("done", "lost")), batches.c.planned_at > now - MINUTE)
    flights = [
        Flight(row.work_class, row.calls, row.seconds, is_over=row.status in ("done", "lost"))
        for row in connection.execute(select(batches).where(or_(in_flight, recent)))
    ]
    return Due(candidates, flights)


def _expected_calls(row: Row[Any]) -> float:
    if row.work_class == BACKFILL:
        return FIRST_BACKFILL_CALLS
    return FIRST_CALLS if row.calls is None else float(row.calls)


def _hasten(connection: Connection, fresh_within: Callable[[str, str, str], float]) -> None:
    """Brings the next runs forward whose tier allows less time than when the last one ended."""
    joined = select(work.c.pipeline, organisations.c.tier, work.c.work_class).join(
        organisations, organisations.c.tenant_id == work.c.tenant_id
    )
    for row in connection.execute(joined.distinct()).all():
        if row.work_class == BACKFILL:
            continue
        due_at = work.c.fresh_at + next_after(fresh_within(*row))
        in_tier = select(organisations.c.tenant_id).where(organisations.c.tier == row.tier)
        later = (
            work.c.pipeline == row.pipeline,
            work.c.work_class == row.work_class,
            work.c.error_class.is_(None),
            work.c.due_at > due_at,
            work.c.tenant_id.in_(in_tier),
        )
        connection.execute(update(work).where(*later).values(due_at=due_at))


def _write(connection: Connection, now: float, number: int, planned: PlannedBatch) -> Batch:
    moment = datetime.fromtimestamp(now, timezone.utc)
    batch_id = f"{moment:%Y%m%dT%H%M%S}-{number:03}-{secrets.token_hex(3)}"
    values = {
        "batch_id": batch_id,
        "pipeline": planned.pipeline,
        "grant_name": planned.grant,
        "work_class": planned.work_class,
        "status": "planned",
        "organisations": len(planned.tenant_ids),
        "calls": round(planned.calls),
        "seconds": planned.seconds,
        "planned_at": now,
        "attempts": 0,
    }
    connection.execute(insert(batches).values(**values))
    assign(connection, planned.pipeline, planned.tenant_ids, batch_id)
    return Batch(
        batch_id,
        planned.pipeline,
        planned.grant,
        planned.work_class,
        "planned",
        len(planned.tenant_ids),
        round(planned.calls),
        planned.seconds,
        0,
    )


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        row.batch_id,
        row.pipeline,
        row.grant_name,
        row.work_class,
        row.status,
        row.organisations,
        row.calls,
        row.seconds,
        row.attempts,
    )


def _save_result(connection: Connection, lease: Lease, attempt: int, each: Ended) -> None:
    same = (work.c.pipeline == lease.pipeline, work.c.tenant_id == each.tenant_id)
    row = connection.execute(select(work).where(*same)).first()
    if row is None:
        return  # it was forgotten meanwhile
    values: dict[str, Any] = {
        "work_class": each.work_class,
        "due_at": each.due_at,
        "ended_at": each.ended_at,
        "failures": 0 if each.error is None else row.failures + 1,
        "error_class": each.error,
        "failed_streams": each.failed_streams,
        "quiet_runs": each.quiet_runs,
        "calls": each.usual_calls,
        "received": each.usual_received,
    }
    if each.error in (None, "scope", "access"):
        values["fresh_at"] = each.began_at
    if each.day_left is not None:
        values |= {"day_left": each.day_left, "day_left_at": each.ended_at}
    if row.woken_at is not None:
        # An event that came while the batch ran may be about a change that it did not see.
        if row.woken_at > each.began_at:
            values["due_at"] = min(each.due_at, each.ended_at)
        values["woken_at"] = None
    connection.execute(update(work).where(*same).values(**values))
    connection.execute(
        insert(results).values(
            batch_id=lease.batch_id,
            pipeline=lease.pipeline,
            tenant_id=each.tenant_id,
            attempt=attempt,
            work_class=row.work_class,
            began_at=each.began_at,
            ended_at=each.ended_at,
            calls=each.calls,
            received=each.received,
            records=each.records,
            error_class=each.error,
        )
    )
