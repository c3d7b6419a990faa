"""Batches of a fleet, as an engine runs them: whole, failing, killed, given to another worker."""

import json
import os
import re
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from fleet_runner import Fleet

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.timeout(400)
on_both_databases = pytest.mark.parametrize("fleet", ["sqlite", "postgres"], indirect=True)


def add_contacts(xero, number):
    for tenant_id in xero.tenant_ids:
        for each in range(number):
            name = f"Contact {each} of {tenant_id[:4]}"
            xero.add("Contacts", {"Name": name, "ContactStatus": "ACTIVE"}, tenant_id)


def await_calls(xero, endpoint, number):
    deadline = time.monotonic() + 120
    while len(xero.calls(endpoint)) < number:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def await_end_of_processes(folder):
    """Waits until no process has the folder in its command any more."""
    deadline = time.monotonic() + 50
    while any(str(folder).encode() in command_of(each) for each in Path("/proc").glob("[0-9]*")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def command_of(process):
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def stop_between_transactions(worker, fleet):
    """Stops a worker for a while. In a transaction it would keep all others waiting."""
    os.kill(worker.pid, signal.SIGSTOP)
    while not fleet.can_be_written():
        os.kill(worker.pid, signal.SIGCONT)
        time.sleep(0.05)
        os.kill(worker.pid, signal.SIGSTOP)


@pytest.mark.sandbox(companies=["empty"] * 3)
@on_both_databases
def test_a_killed_worker_loses_nothing_and_its_batch_is_run_again(fleet, xero):
    temporary = fleet.folder / "temporary"
    temporary.mkdir()
    fleet.variables["TMPDIR"] = str(temporary)
    # One page after another, for over a minute.
    add_contacts(xero, 70)
    fleet.config |= {"page_size": 1, "max_concurrency": 1}
    fleet.save()
    fleet.call("sync")
    [batch] = fleet.plan()
    xero.sandbox.behaviour.latency = 1.0
    worker = fleet.start("run", batch)
    await_calls(xero, "Contacts", 1)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    await_end_of_processes(temporary)  # the tap ended with its worker
    assert len({call["query"]["page"] for call in xero.calls("Contacts")}) < 70
    xero.sandbox.behaviour.latency = 0.0
    [left] = temporary.glob("xero-fleet-*")
    two_minutes_ago = time.time() - 120
    os.utime(left, (two_minutes_ago, two_minutes_ago))

    fleet.run_process("run", batch)

    expected = {
        (key, each["ContactID"])
        for key in xero.tenant_ids
        for each in xero.records("Contacts", key)
    }
    assert set(fleet.keys("contacts", "ContactID")) == expected
    assert {each["state"] for each in fleet.status()["organisations"]} == {"on time"}
    assert list(temporary.glob("xero-fleet-*")) == []  # it had the configuration, with secrets
    assert "is over: nothing to do" in fleet.call("run", batch).out


@pytest.mark.sandbox(companies=["empty"] * 2)
@on_both_databases
def test_a_worker_that_comes_back_after_its_lease_moved_writes_nothing(fleet, xero):
    add_contacts(xero, 1)
    fleet.settings["lease"] = "4s"
    fleet.save()
    fleet.call("sync")
    [first] = fleet.plan()
    xero.sandbox.behaviour.latency = 1.0
    worker = fleet.start("run", first)
    await_calls(xero, "Contacts", 1)
    stop_between_transactions(worker, fleet)
    xero.sandbox.behaviour.latency = 0.0
    time.sleep(6)

    assert f"Batch {first} has no worker any more" in fleet.call("settle").out
    [second] = fleet.plan()
    fleet.call("run", second)
    before = fleet.status()["organisations"]
    states = fleet.states()
    assert set(states) == set(xero.tenant_ids)
    os.kill(worker.pid, signal.SIGCONT)
    _, errors = worker.communicate(timeout=120)

    assert worker.returncode == 4, errors
    assert f"Batch {first} was given to another worker" in errors
    assert fleet.states() == states
    after = fleet.status()["organisations"]
    kept = ("state", "due_at", "calls", "received")
    assert [[each[name] for name in kept] for each in after] == [
        [each[name] for name in kept] for each in before
    ]


@pytest.mark.parametrize("shift", [-3600, 3600])
@pytest.mark.parametrize("fleet", ["postgres"], indirect=True)
def test_a_worker_whose_clock_is_wrong_works_as_the_others(fleet, xero, shift):
    add_contacts(xero, 8)
    fleet.config |= {"page_size": 1, "max_concurrency": 1}
    fleet.settings["lease"] = "4s"
    fleet.save()
    fleet.call("sync")
    [batch] = fleet.plan()
    xero.sandbox.behaviour.latency = 0.5
    clock = fleet.folder / "clock"
    clock.mkdir()
    (clock / "sitecustomize.py").write_text(
        f"import time\nright = time.time\ntime.time = lambda: right() + {shift}\n"
    )

    worker = fleet.start("run", batch, PYTHONPATH=str(clock))
    await_calls(xero, "Contacts", 3)
    assert "has no worker any more" not in fleet.call("settle").out
    _, errors = worker.communicate(timeout=120)

    assert worker.returncode == 0, errors
    [found] = fleet.status()["organisations"]
    assert found["state"] == "on time"
    assert 0 <= found["age"] < 120
    assert 0 < found["due_at"] - time.time() < 3600


@pytest.mark.sandbox(companies=["empty"] * 2)
@on_both_databases
def test_an_organisation_that_is_forgotten_while_its_batch_runs_begins_anew(fleet, xero):
    add_contacts(xero, 1)
    first, second = xero.tenant_ids
    fleet.call("sync")
    [batch] = fleet.plan()
    xero.sandbox.behaviour.latency = 1.0
    worker = fleet.start("run", batch)
    await_calls(xero, "Contacts", 1)

    fleet.call("forget", second, "--yes")
    fleet.call("sync")
    _, errors = worker.communicate(timeout=120)

    assert worker.returncode == 0, errors
    assert set(fleet.states()) == {first}
    assert fleet.organisation(second)["work_class"] == "backfill"


@pytest.mark.sandbox(companies=["empty"] * 12)
@on_both_databases
def test_plans_at_the_same_time_give_each_organisation_to_one_batch(fleet):
    fleet.settings["batch_organisations"] = 2
    fleet.save()
    fleet.call("sync")

    planners = [fleet.start("plan") for _ in range(3)]
    batches = [line for each in planners for line in each.communicate()[0].splitlines()]

    assert [each.returncode for each in planners] == [0, 0, 0]
    assert len(batches) == len(set(batches)) == 6
    assert all(each["is_running"] for each in fleet.status()["organisations"])


def test_a_loader_that_fails_is_named_and_its_organisations_come_again(fleet, xero):
    fleet.call("sync")
    loader = fleet.settings["pipelines"]["warehouse"]["loader"]
    fleet.settings["pipelines"]["warehouse"]["loader"] = ["sh", "-c", "cat >/dev/null; exit 3"]
    fleet.save()
    [batch] = fleet.plan()

    failed = fleet.call("run", batch, code=1)

    assert "The loader of pipeline 'warehouse' ended with code 3" in failed.err
    [found] = fleet.status()["organisations"]
    assert found["error_class"] == "loader"
    assert found["age"] is None
    assert batch in found["action"]
    fleet.settings["pipelines"]["warehouse"]["loader"] = loader
    fleet.save()
    fleet.call("resume", xero.tenant_id)
    [batch] = fleet.plan()
    fleet.call("run", batch)
    assert fleet.keys("accounts", "AccountID").keys()
    assert fleet.status()["organisations"][0]["state"] == "on time"


def test_a_worker_that_is_asked_to_stop_saves_what_was_loaded(fleet, xero):
    for number in range(3000):
        xero.add("Contacts", {"Name": f"Contact {number}", "ContactStatus": "ACTIVE"})
    fleet.config["page_size"] = 100
    fleet.config["max_concurrency"] = 1
    fleet.save()
    fleet.call("sync")
    [batch] = fleet.plan()
    xero.sandbox.behaviour.latency = 0.5
    worker = fleet.start("run", batch)
    await_calls(xero, "Contacts", 8)
    worker.terminate()
    _, errors = worker.communicate(timeout=120)
    assert worker.returncode == 0, errors
    xero.sandbox.behaviour.latency = 0.0

    [batch] = fleet.plan()
    fleet.call("run", batch)

    # Pages that were loaded are not read again. A few were in flight when the worker was stopped.
    reads = Counter(int(call["query"]["page"]) for call in xero.calls("Contacts"))
    assert set(range(1, 31)) <= set(reads)
    assert len([page for page in reads if reads[page] > 1]) <= 4
    assert reads[1] == 1
    assert len(fleet.keys("contacts", "ContactID")) == 3000


def test_a_loader_that_prints_no_state_is_named(fleet, xero):
    fleet.call("sync")
    [batch] = fleet.plan()
    assert "STATE" not in fleet.call("run", batch).err
    fleet.settings["pipelines"]["warehouse"]["loader"] = ["sh", "-c", "cat >/dev/null"]
    fleet.save()
    fleet.call("resume", xero.tenant_id)
    [batch] = fleet.plan()

    said = fleet.call("run", batch).err

    assert "printed no STATE, so each run reads all records again" in said
    assert "'pipelines.warehouse.loader'" in said


@pytest.mark.sandbox(companies=["empty"] * 2)
def test_the_publishing_pipeline_of_the_docs_publishes_to_each_organisation(tmp_path, xero):
    text = (ROOT / "docs/how-to/fleet.md").read_text("utf-8")
    command = json.loads("{" + re.findall(r'"publish": \[.*\]', text)[0] + "}")
    fleet = Fleet.at(tmp_path, xero, log_in=False)
    fleet.log_in("one", 1, xero.tenant_ids)
    fleet.settings["pipelines"] = {"outbox": {"config": "tap.json", **command}}
    fleet.save()
    # The file names an organisation of its own, which must not get all records.
    fleet.write("target.json", fleet.config | {"tenant_id": xero.tenant_ids[0]})
    for tenant_id in xero.tenant_ids:
        schema = {
            "type": "SCHEMA",
            "stream": "contacts",
            "schema": {"properties": {}},
            "key_properties": [],
        }
        record = {"type": "RECORD", "stream": "contacts", "record": {"Name": f"Of {tenant_id}"}}
        lines = "\n".join(map(json.dumps, (schema, record)))
        (tmp_path / f"outbox-{tenant_id}.jsonl").write_text(lines)

    fleet.call("sync")
    [batch] = fleet.plan()
    assert "2 organisations published to, 0 not whole" in fleet.call("run", batch).out

    for tenant_id in xero.tenant_ids:
        names = {each["Name"] for each in xero.records("Contacts", tenant_id)}
        assert names == {f"Of {tenant_id}"}
        assert "created" in (tmp_path / f"results-{tenant_id}.jsonl").read_text()


def test_a_publishing_pipeline_runs_its_command_for_each_organisation(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero)
    fleet.settings["pipelines"] = {
        "outbox": {
            "config": "tap.json",
            "publish": ["sh", "-c", 'echo "$TARGET_XERO_TENANT_ID" >> published'],
        }
    }
    fleet.save()
    fleet.call("sync")

    for batch in fleet.plan():
        fleet.call("run", batch)

    assert (tmp_path / "published").read_text().split() == [xero.tenant_id]
    assert fleet.plan() == []
    assert fleet.status()["organisations"][0]["work_class"] == "publish"
