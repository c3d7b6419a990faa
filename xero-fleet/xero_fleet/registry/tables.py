"""The tables of the fleet. Times are seconds since 1970, in UTC."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

from xero_client.store.schema import AnyText, Schema

metadata = MetaData()

organisations = Table(
    "fleet_organisations",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("name", AnyText),
    Column("grant_name", String(200), nullable=False, index=True),
    Column("tier", String(40), nullable=False),
    Column("added_at", Float, nullable=False),
    Column("connected", Boolean, nullable=False),
    Column("paused_at", Float),
    Column("paused_by_fleet", Boolean, nullable=False, server_default="0"),
    Column("why", AnyText),
)

# One row for each pipeline and organisation.
work = Table(
    "fleet_work",
    metadata,
    Column("pipeline", String(80), primary_key=True),
    Column("tenant_id", String(64), primary_key=True, index=True),
    Column("work_class", String(10), nullable=False),
    Column("due_at", Float, nullable=False),
    Column("woken_at", Float),  # the first webhook event since the last run
    Column("fresh_at", Float),  # the start of the last whole run
    Column("ended_at", Float),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error_class", String(40)),
    Column("failed_streams", Text),
    Column("quiet_runs", Integer, nullable=False, server_default="0"),
    Column("calls", Float),  # of a usual run
    Column("received", Float),  # bytes of a usual run
    Column("day_left", Integer),
    Column("day_left_at", Float),
    Index("fleet_work_due", "due_at"),
)

leases = Table(
    "fleet_leases",
    metadata,
    Column("pipeline", String(80), primary_key=True),
    Column("tenant_id", String(64), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("batch_id", String(40), index=True),  # null: nobody has it
    Column("expires_at", Float, nullable=False),
)

states = Table(
    "fleet_states",
    metadata,
    Column("pipeline", String(80), primary_key=True),
    Column("tenant_id", String(64), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("state", AnyText, nullable=False),
    Column("saved_at", Float, nullable=False),
)

batches = Table(
    "fleet_batches",
    metadata,
    Column("batch_id", String(40), primary_key=True),
    Column("pipeline", String(80), nullable=False),
    Column("grant_name", String(200), nullable=False),
    Column("work_class", String(10), nullable=False),
    Column("status", String(10), nullable=False, index=True),
    Column("organisations", Integer, nullable=False),
    Column("calls", Integer, nullable=False),  # as planned
    Column("seconds", Float, nullable=False),  # as planned
    Column("planned_at", Float, nullable=False),
    Column("began_at", Float),
    Column("ended_at", Float),
    Column("attempts", Integer, nullable=False, server_default="0"),
)

# One row for each run of an organisation; kept for a month's forecast.
results = Table(
    "fleet_results",
    metadata,
    Column("batch_id", String(40), primary_key=True),
    Column("pipeline", String(80), nullable=False),
    Column("tenant_id", String(64), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("work_class", String(10), nullable=False),
    Column("began_at", Float, nullable=False),
    Column("ended_at", Float, nullable=False, index=True),
    Column("calls", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("error_class", String(40)),
)

grants = Table(
    "fleet_grants",
    metadata,
    Column("grant_name", String(200), primary_key=True),
    Column("asked_at", Float, nullable=False),  # the last answer of /connections
)

SCHEMA = Schema("fleet", metadata, "0003", Path(__file__).parent / "migrations")
