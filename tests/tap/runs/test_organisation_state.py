"""The state of several organisations: its size, earlier forms, and what Meltano does with it."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from loaders import tool
from several_organisations import bookmarked, contacts_of, read_all

from tap_runner import read
from xero_sandbox.http.limits import GENEROUS
from xero_sandbox.server import server

WEB = "sandbox-web"


def state_bytes(run):
    return sum(len(json.dumps(m["value"])) for m in run.messages if m["type"] == "STATE")


def record_bytes(run):
    return sum(len(json.dumps(m)) for m in run.messages if m["type"] == "RECORD")


def test_state_grows_with_what_changed_and_not_with_the_square_of_the_organisations():
    with server(companies=["empty"] * 20, limits=GENEROUS) as xero:
        contacts_of(xero, 1)
        tracked = ["contacts", "invoices", "payments", "bank_transactions", "credit_notes"]
        run = read_all(xero, [*tracked, "accounts"])
        assert run.exit_code == 0, run.log
        assert bookmarked(run) == set(xero.tenant_ids)
        largest = len(json.dumps(run.state))
        assert state_bytes(run) <= record_bytes(run) + 2 * largest
        # Nothing new: only the state at the start and that at the end.
        again = read(
            xero,
            tracked,
            state=run.state,
            access_token=xero.grant(WEB)["access_token"],
            tenant_ids="all",
        )
        assert again.exit_code == 0
        assert bookmarked(again) == bookmarked(run)
        assert state_bytes(again) <= record_bytes(again) + 2 * largest


def test_an_old_state_is_written_again_whatever_its_size(three, monkeypatch):
    contacts_of(three, 3)
    monkeypatch.setattr("tap_xero.run.messages.STATE_SECONDS", 0.0)
    run = read_all(three, ["contacts"], page_size=1)
    assert len([m for m in run.messages if m["type"] == "STATE"]) >= 9


def test_the_state_of_organisations_that_are_not_read_is_kept(three):
    contacts_of(three)
    whole = read_all(three, ["contacts"])
    one = read_all(three, ["contacts"], tenant_ids=[three.tenant_id], state=whole.state)
    assert one.exit_code == 0
    assert bookmarked(one) == set(three.tenant_ids)


def partitions_of(state):
    """A state in the form of earlier versions."""
    bookmarks = {
        stream: {
            "partitions": [
                {"context": {"_tenant_id": tenant}, **own}
                for tenant, own in found["organisations"].items()
            ]
        }
        for stream, found in state["bookmarks"].items()
    }
    return {"bookmarks": bookmarks}


def test_a_state_of_an_earlier_version_goes_on(three):
    contacts_of(three)
    whole = read_all(three, ["contacts"])
    three.reset()
    again = read_all(three, ["contacts"], state=partitions_of(whole.state))
    assert again.exit_code == 0, again.log
    assert again.state["bookmarks"]["contacts"].keys() == {"organisations"}
    assert bookmarked(again) == set(three.tenant_ids)
    assert all("if-modified-since" in call["headers"] for call in three.calls("Contacts"))


def test_of_two_partitions_of_one_organisation_the_last_counts(three):
    contacts_of(three)
    state = partitions_of(read_all(three, ["contacts"]).state)
    partitions = state["bookmarks"]["contacts"]["partitions"]
    later = datetime.now(timezone.utc) + timedelta(days=1)
    newer = {**partitions[0], "replication_key_value": f"{later:%Y-%m-%dT%H:%M:%S}.000Z"}
    partitions.append(newer)
    run = read_all(three, ["contacts"], state=state)
    assert run.exit_code == 0, run.log
    kept = run.state["bookmarks"]["contacts"]["organisations"]
    assert len(kept) == 3
    tenant = newer["context"]["_tenant_id"]
    assert kept[tenant]["replication_key_value"] == newer["replication_key_value"]


def meltano(folder, *arguments):
    done = subprocess.run(
        [tool("meltano", "meltano"), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(600)  # Meltano starts slowly
def test_meltanos_state_commands_lose_no_organisation(three, tmp_path):
    contacts_of(three)
    first, second, third = three.tenant_ids
    project = "version: 1\nproject_id: 5a3f\nsend_anonymous_usage_stats: false\n"
    (tmp_path / "meltano.yml").write_text(project)
    for name, tenants in (("left", [first, second]), ("right", [third])):
        run = read_all(three, ["contacts"], tenant_ids=tenants)
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({"singer_state": run.state}))
        meltano(tmp_path, "state", "set", "--force", name, "--input-file", str(file))
    meltano(tmp_path, "state", "merge", "--from-state-id", "left", "right")
    merged = json.loads(meltano(tmp_path, "state", "get", "right"))["singer_state"]
    assert set(merged["bookmarks"]["contacts"]["organisations"]) == {first, second, third}
    run = read_all(three, ["contacts"], state=merged)
    assert run.exit_code == 0, run.log
    assert bookmarked(run) == {first, second, third}
