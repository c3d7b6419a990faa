"""The fleet on a real Airflow: scheduler, Celery, two workers, of which one is killed."""

import time

import psycopg
import pytest
from airflow_engine import Engine
from fleet_runner import Fleet

# `make test` runs this file alone.
pytestmark = pytest.mark.timeout(900)


@pytest.mark.sandbox(companies=["empty"] * 20)
def test_twenty_organisations_are_read_though_one_of_two_workers_is_killed(
    tmp_path, xero, fresh_postgres_uri
):
    for tenant_id in xero.tenant_ids:
        xero.add("Contacts", {"Name": "Ana", "ContactStatus": "ACTIVE"}, tenant_id)
    fleet = Fleet.at(tmp_path, xero, batch_organisations=5, lease="20s", workers=4, sync_every="1s")
    fleet.call("sync")
    # From now on the task `sync` fails, and all others go on.
    xero.fault("forbidden", "connections", times=None)
    xero.sandbox.behaviour.latency = 1.0
    engine = Engine.at(tmp_path / "airflow", fresh_postgres_uri, fleet)
    try:
        for name in ("worker-1", "worker-2"):
            engine.start_worker(name)
        deadline = time.monotonic() + 400
        while not (engine.has("worker-1", "tap-xero") and xero.calls("Contacts")):
            assert time.monotonic() < deadline, engine.everything_written()[-5000:]
            time.sleep(0.2)
        engine.kill("worker-1")
        xero.sandbox.behaviour.latency = 0.0
        deadline = time.monotonic() + 400
        while {each["state"] for each in fleet.status()["organisations"]} != {"on time"}:
            assert time.monotonic() < deadline, engine.everything_written()[-5000:]
            time.sleep(2)
    finally:
        engine.stop()

    assert {tenant_id for tenant_id, _ in fleet.keys("contacts", "ContactID")} == set(
        xero.tenant_ids
    )
    secrets = [fleet.config["client_secret"], fleet.config["refresh_token"]]
    with psycopg.connect(fresh_postgres_uri.replace("+psycopg:", ":")) as connection:
        passed = str(connection.execute("SELECT * FROM xcom").fetchall())
    names = {xero.organisation(tenant_id).name for tenant_id in xero.tenant_ids}
    assert [text for text in [*secrets, *names] if text in passed] == []
    written = engine.everything_written()
    assert [secret for secret in secrets if secret in written] == []
