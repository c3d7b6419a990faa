"""Twenty organisations in a batch, of which four fail: what is read, named, loaded, deleted."""

import time

import pytest
from fleet_runner import Fleet
from loaders import PostgreSql, tool

pytestmark = pytest.mark.timeout(400)

DELETES = """
tap-xero-deletes "$XERO_FLEET_OUTCOME_PATH" --loader target-postgres --schema xero > deletes.sql &&
psql --quiet --set ON_ERROR_STOP=1 --file deletes.sql "$WAREHOUSE"
"""


def warehouse(fleet, uri):
    """Lets the fleet load into PostgreSQL, and delete there what was deleted in Xero."""
    loader = PostgreSql.into(fleet.folder, uri)
    fleet.write("loader.json", dict(loader.settings))
    fleet.settings["pipelines"]["warehouse"] |= {
        "loader": [str(tool("target-postgres", "target-postgres")), "--config", "loader.json"],
        "after": ["sh", "-c", DELETES],
    }
    fleet.variables["WAREHOUSE"] = uri.replace("+psycopg", "")
    return loader


def read_again(fleet, xero):
    for tenant_id in xero.tenant_ids:
        fleet.call("resume", tenant_id)
    [batch] = fleet.plan()
    return batch, fleet.call("run", batch)


@pytest.mark.sandbox(companies=["empty"] * 20)
def test_sixteen_are_whole_four_are_named_by_class_and_deletes_are_applied(
    tmp_path, xero, fresh_postgres_uri
):
    items = {
        tenant_id: [xero.add("Items", {"Code": f"C{number}"}, tenant_id) for number in range(3)]
        for tenant_id in xero.tenant_ids
    }
    fleet = Fleet.at(tmp_path, xero, streams=["contacts", "invoices", "items"])
    # So that one batch has all first reads.
    fleet.settings |= {"batch_time": "1h", "limits": {"organisation_minute": 600}}
    loader = warehouse(fleet, fresh_postgres_uri)
    fleet.save()
    fleet.call("sync")
    [batch] = fleet.plan()
    assert "20 organisations read, 0 not whole" in fleet.call("run", batch).out
    for tenant_id, ids in items.items():
        xero.remove("Items", ids.pop(), tenant_id)
        xero.add("Contacts", {"Name": "Ana", "ContactStatus": "ACTIVE"}, tenant_id)

    revoked, no_calls, offline, no_scope, *whole = xero.tenant_ids
    xero.disconnect(revoked)
    xero.fault("rate_limited", tenant_id=no_calls, problem="day", retry_after=900, times=None)
    xero.fault("unavailable", tenant_id=offline, body="The Organisation is offline", times=None)
    xero.fault("insufficient_scope", "Invoices", tenant_id=no_scope, times=None)
    batch, ran = read_again(fleet, xero)

    assert f"Batch {batch}: 16 organisations read, 4 not whole" in ran.out
    status = fleet.status()["organisations"]
    assert {each["tenant_id"]: each["error_class"] for each in status} == {
        revoked: "revoked",
        no_calls: "day_limit",
        offline: "offline",
        no_scope: "scope",
        **dict.fromkeys(whole),
    }
    states = {each["tenant_id"]: each["state"] for each in status}
    assert states == {
        revoked: "paused",
        **dict.fromkeys((no_calls, offline, no_scope), "failing"),
        **dict.fromkeys(whole, "on time"),
    }
    found = {each["tenant_id"]: each for each in status}
    assert "xero login" in found[revoked]["action"]
    assert "invoices" in found[no_scope]["why"]
    read = {no_scope, *whole}
    assert {row["_tenant_id"] for row in loader.rows("contacts")} == read
    left = {tenant_id: [] for tenant_id in items}
    for row in loader.rows("items"):
        left[row["_tenant_id"]].append(row["itemid"])
    assert {key for key, ids in left.items() if sorted(ids) == sorted(items[key])} == read
    assert all(len(left[key]) == 3 for key in (revoked, no_calls, offline))

    # The consent comes again: it is due at once. The others have their own time.
    xero.reset()
    xero.grant("sandbox-web", tenant_ids=[revoked])
    assert f"({revoked}): connected again" in fleet.call("sync").out
    [planned] = fleet.call("plan", "--dry-run").lines
    assert ": 1 organisations," in planned
    assert fleet.organisation(revoked)["state"] != "paused"
    assert fleet.organisation(no_calls)["state"] == "failing"


def test_an_after_that_fails_is_named_and_runs_again(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero)
    fleet.settings["pipelines"]["warehouse"]["after"] = ["sh", "-c", "test -e fixed"]
    fleet.save()
    fleet.call("sync")
    [batch] = fleet.plan()

    failed = fleet.call("run", batch)

    assert "'after' of pipeline 'warehouse' ended with code 1" in failed.err
    [found] = fleet.status()["organisations"]
    assert (found["error_class"], found["state"]) == ("after", "failing")
    assert batch in found["action"]
    (tmp_path / "fixed").touch()
    read_again(fleet, xero)
    assert fleet.organisation(xero.tenant_id)["state"] == "on time"


def test_an_after_that_takes_longer_than_the_lease_keeps_its_batch(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, lease="4s")
    waits = "touch began; until test -e go; do sleep 0.1; done"
    fleet.settings["pipelines"]["warehouse"]["after"] = ["sh", "-c", waits]
    fleet.save()
    fleet.call("sync")
    [batch] = fleet.plan()
    worker = fleet.start("run", batch)
    while not (tmp_path / "began").exists():
        assert worker.poll() is None
        time.sleep(0.1)
    time.sleep(5)

    settled = fleet.call("settle").out

    assert "has no worker any more" not in settled
    (tmp_path / "go").touch()
    _, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    assert fleet.organisation(xero.tenant_id)["state"] == "on time"
