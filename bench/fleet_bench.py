"""`make bench-fleet`: 10,000 simulated organisations, 500 grants, and many on a real Airflow.

It is a test file, because it needs the fixtures of the tests (PostgreSQL, the sandbox). It prints
what it measured. `FLEET_ORGANISATIONS` sets another number than 300, and `FLEET_GRANTS` another one
than 500.
"""

import os
import time

import pytest
from airflow_engine import Engine
from connections import token_calls
from fleet_runner import Fleet
from grant_refresh import expired_grants, renewed_in
from postgres import fresh_postgres_uri, postgres_uri

from xero_fleet.planning.rules import BACKFILL, COLD, HOT, PUBLISH, Rules
from xero_fleet.planning.simulation import SimulatedOrganisation, Simulation
from xero_sandbox.http.limits import Limits
from xero_sandbox.server import server

__all__ = ["fresh_postgres_uri", "postgres_uri"]

NUMBER = int(os.environ.get("FLEET_ORGANISATIONS", "300"))
GRANTS = int(os.environ.get("FLEET_GRANTS", "500"))
PROCESSES = 8
TOKEN_SECONDS = 0.3
CALLS = 26
IDEAL_SECONDS = 156.0
STREAMS = [
    "accounts",
    "bank_transactions",
    "bank_transfers",
    "batch_payments",
    "branding_themes",
    "contact_groups",
    "contacts",
    "credit_notes",
    "currencies",
    "invoices",
    "items",
    "linked_transactions",
    "manual_journals",
    "organisations",
    "overpayments",
    "payments",
    "prepayments",
    "purchase_orders",
    "quotes",
    "repeating_invoices",
    "tax_rates",
    "tracking_categories",
    "users",
]


def test_the_planner_keeps_ten_thousand_organisations_fresh_for_a_day():
    hour = 3600.0
    kinds = [
        (HOT, hour, 1_000),
        (COLD, 24 * hour, 8_800),
        (BACKFILL, hour, 100),
        (PUBLISH, hour, 100),
    ]
    known = [
        SimulatedOrganisation(
            f"{work_class}-{number}", work_class, within, CALLS, 2_000.0 * (work_class == BACKFILL)
        )
        for work_class, within, many in kinds
        for number in range(many)
    ]
    began = time.monotonic()
    day = Simulation(known, Rules(workers=40)).run()

    print(f"\n10,000 organisations, 24 h, simulated in {time.monotonic() - began:.1f} s:")
    limit = Rules().app_minute
    most = max(day.calls_by_minute.values())
    print(f"  most calls a minute {most:,} (limit {limit:,.0f})")
    print(f"  most calls of a day {max(day.calls_by_organisation.values()):,.0f} (limit 4,500)")
    for work_class in (HOT, COLD, PUBLISH):
        print(f"  {work_class}: age p99 {day.age(work_class, 0.99):.2f} of the time allowed")
    assert most <= limit
    assert max(day.calls_by_organisation.values()) <= 4_500
    assert not day.late_at_end


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.timeout(900)
def test_many_grants_that_expire_at_once_are_renewed_by_eight_processes(
    tmp_path, request, database
):
    store_uri = f"sqlite:///{tmp_path / 'xero.db'}"
    if database == "postgresql":
        store_uri = request.getfixturevalue("fresh_postgres_uri")
    with server(strict_refresh=True, limits=Limits(day=1_000_000)) as xero:
        names = expired_grants(xero, store_uri, GRANTS)
        xero.fault("latency", "connect/token", seconds=TOKEN_SECONDS, times=None)
        parts = [names[first::PROCESSES] for first in range(PROCESSES)]
        seconds = renewed_in(xero, store_uri, parts)
        calls = token_calls(xero)
    ideal = GRANTS * TOKEN_SECONDS / PROCESSES
    print(f"\n{GRANTS} grants expire at once, {PROCESSES} processes, state in {database}:")
    print(f"  {seconds:.1f} s; ideal {ideal:.1f} s: {seconds / ideal:.2f} x")
    print(f"  refreshes {len(calls)}, refused {sum(call['status'] != 200 for call in calls)}")
    assert [call["status"] for call in calls] == [200] * GRANTS


@pytest.mark.timeout(3600)
def test_many_organisations_on_airflow_take_little_more_than_xero_s_limits_do(
    tmp_path, fresh_postgres_uri
):
    app_minute = round(NUMBER * len(STREAMS) * 60 / IDEAL_SECONDS)
    limits = Limits(day=1_000_000, minute=100_000, app_minute=app_minute)
    with server(companies=["empty"] * NUMBER, limits=limits) as xero:
        fleet = Fleet.at(
            tmp_path,
            xero,
            store_uri=fresh_postgres_uri,
            streams=STREAMS,
            workers=4,
            limits={"app_minute": app_minute},
        )
        engine = Engine.at(tmp_path / "airflow", fresh_postgres_uri, fleet, slots=4)
        try:
            for name in ("worker-1", "worker-2"):
                engine.start_worker(name, concurrency=2)
            while not xero.calls("Contacts"):
                time.sleep(0.2)
            began = time.monotonic()
            while any(each["age"] is None for each in fleet.status()["organisations"]):
                time.sleep(2)
            seconds = time.monotonic() - began
        finally:
            engine.stop()
        counters = xero.counters()
    calls = len([entry for entry in xero.log if entry["endpoint"] != "connections"])
    refused = sum(counters["too_many_requests"].values())
    print(f"\n{NUMBER} organisations x {len(STREAMS)} calls on Airflow, 2 workers x 2:")
    print(f"  {seconds:.0f} s; ideal {IDEAL_SECONDS:.0f} s: {IDEAL_SECONDS / seconds:.2f} of it")
    print(f"  calls {calls:,} of {NUMBER * len(STREAMS):,} needed; answers 429: {refused}")
    assert calls <= 1.01 * NUMBER * len(STREAMS)


@pytest.mark.timeout(3600)
def test_a_worker_and_the_scheduler_are_killed_and_nothing_is_lost(tmp_path, fresh_postgres_uri):
    size = 5
    with server(companies=["empty"] * NUMBER, limits=Limits(day=1_000_000)) as xero:
        for tenant_id in xero.tenant_ids:
            xero.add("Contacts", {"Name": "Ana", "ContactStatus": "ACTIVE"}, tenant_id)
        xero.sandbox.behaviour.latency = 0.5
        fleet = Fleet.at(
            tmp_path,
            xero,
            store_uri=fresh_postgres_uri,
            streams=STREAMS,
            workers=4,
            batch_organisations=size,
            lease="20s",
        )
        engine = Engine.at(tmp_path / "airflow", fresh_postgres_uri, fleet, slots=4)
        try:
            for name in ("worker-1", "worker-2"):
                engine.start_worker(name, concurrency=2)
            await_organisations(xero, NUMBER // 4)
            engine.kill("worker-1")
            engine.start_worker("worker-1")
            await_organisations(xero, NUMBER // 2)
            engine.kill("scheduler")
            time.sleep(10)
            engine.start("scheduler", [str(engine.airflow), "scheduler"])
            while any(each["age"] is None for each in fleet.status()["organisations"]):
                time.sleep(2)
            lost = fleet.status()["batches"]["lost"]
        finally:
            engine.stop()
    calls = len([entry for entry in xero.log if entry["endpoint"] != "connections"])
    repeated = calls - NUMBER * len(STREAMS)
    # The killed worker had two batches; the tasks of a killed scheduler go on.
    at_most = 2 * size * len(STREAMS)
    print(f"\n{NUMBER} organisations, a worker and the scheduler killed:")
    print(f"  repeated calls {repeated} (at most {at_most}); batches taken back {lost}")
    assert set(fleet.keys("contacts", "ContactID")) == {
        (tenant_id, each["ContactID"])
        for tenant_id in xero.tenant_ids
        for each in xero.records("Contacts", tenant_id)
    }
    assert repeated <= at_most


def await_organisations(xero, number):
    """Waits until so many organisations were asked for their contacts."""
    while len({call["headers"]["xero-tenant-id"] for call in xero.calls("Contacts")}) < number:
        time.sleep(0.5)
