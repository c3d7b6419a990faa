"""`make bench-fleet`: 10,000 simulated organisations, and many on a real Airflow.

It is a test file, because it needs the fixtures of the tests (PostgreSQL, the sandbox). It prints
what it measured. `FLEET_ORGANISATIONS` sets another number than 300.
"""

import os
import time

import pytest
from airflow_engine import Engine
from fleet_runner import Fleet
from postgres import fresh_postgres_uri, postgres_uri

from xero_fleet.planning.rules import BACKFILL, COLD, HOT, PUBLISH, Rules
from xero_fleet.planning.simulation import SimulatedOrganisation, Simulation
from xero_sandbox.http.limits import Limits
from xero_sandbox.server import server

__all__ = ["fresh_postgres_uri", "postgres_uri"]

NUMBER = int(os.environ.get("FLEET_ORGANISATIONS", "300"))
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
    print(f"  most calls a minute {max(day.calls_by_minute.values()):,} (limit 9,500)")
    print(f"  most calls of a day {max(day.calls_by_organisation.values()):,.0f} (limit 4,500)")
    for work_class in (HOT, COLD, PUBLISH):
        print(f"  {work_class}: age p99 {day.age(work_class, 0.99):.2f} of the time allowed")
    assert max(day.calls_by_minute.values()) <= 9_500
    assert max(day.calls_by_organisation.values()) <= 4_500
    assert not day.late_at_end


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
