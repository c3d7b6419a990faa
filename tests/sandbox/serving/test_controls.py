"""The sandbox's command line, its controls over HTTP, and its state file."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from sandbox_caller import calling

from xero_sandbox.cli import main

PROGRAM = Path(sys.executable).with_name("xero-sandbox")


@contextmanager
def serving(*options):
    """The command, and what it told."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--json", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def headers_of(told, client_id="sandbox-custom", tenant=0):
    grant = post(told["control_uri"], "grants", client_id=client_id)
    return {
        "Authorization": f"Bearer {grant['access_token']}",
        "xero-tenant-id": told["tenants"][tenant]["tenant_id"],
        "Accept": "application/json",
    }


def post(control, what, status=200, **content):
    answer = requests.post(f"{control}/{what}", json=content, timeout=10)
    assert answer.status_code == status, answer.text
    return answer.json()


def get(told, path, **options):
    return requests.get(f"{told['base_uri']}/{path}", timeout=10, **options)


@pytest.fixture
def caller():
    with calling("empty", "empty") as item:
        yield item


@pytest.fixture
def control(caller):
    return caller.xero.control_uri


def test_the_command_tells_where_it_is_and_answers_there():
    with serving("--company", "empty", "--company", "empty", "--limit", "minute=2") as told:
        assert len(told["tenants"]) == 2
        assert told["tenants"][0]["tenant_id"] != told["tenants"][1]["tenant_id"]
        secrets = {app["client_id"]: app["client_secret"] for app in told["apps"]}
        tokens = requests.post(
            told["token_uri"],
            data={"grant_type": "client_credentials"},
            auth=("sandbox-custom", secrets["sandbox-custom"]),
            timeout=10,
        ).json()
        headers = headers_of(told) | {"Authorization": f"Bearer {tokens['access_token']}"}
        statuses = [get(told, "Accounts", headers=headers).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


def test_the_command_makes_companies_and_faults_on_request():
    fault = json.dumps({"kind": "unavailable", "endpoint": "Contacts"})
    with serving("--generate", "invoices=150", "--seed", "3", "--fault", fault) as told:
        headers = headers_of(told)
        assert get(told, "Contacts", headers=headers).status_code == 503
        answer = get(told, "Invoices", headers=headers, params={"page": 1}).json()
        assert answer["pagination"]["itemCount"] == 150


def test_the_command_makes_many_organisations():
    with serving("--company", "empty:AU", "--organisations", "12") as told:
        ids = {tenant["tenant_id"] for tenant in told["tenants"]}
        assert len(ids) == len(told["tenants"]) == 13
        last = {
            **headers_of(told, "sandbox-web"),
            "xero-tenant-id": told["tenants"][-1]["tenant_id"],
        }
        (found,) = get(told, "Organisation", headers=last).json()["Organisations"]
        assert found["Name"] == "Empty Company 13"


def test_state_in_a_file_outlives_the_process(tmp_path):
    options = ("--company", "empty", "--data", str(tmp_path / "state.db"))
    with serving(*options) as told:
        headers = headers_of(told, "sandbox-web")
        grant = post(told["control_uri"], "grants", client_id="sandbox-web")
        body = {"Name": "Ana", "Addresses": []}
        contacts = told["base_uri"] + "/Contacts"
        kept = requests.put(contacts, json=body, headers=headers, timeout=10).json()["Contacts"][0]
        requests.put(
            f"{contacts}/{kept['ContactID']}/Attachments/a.txt",
            data=b"text",
            headers=headers,
            timeout=10,
        )
        removed = requests.put(contacts, json={"Name": "Bo"}, headers=headers, timeout=10).json()
        own_id = removed["Contacts"][0]["ContactID"]
        post(
            told["control_uri"],
            "mutations",
            entity="Contacts",
            action="remove",
            id=own_id,
            when="now",
        )
        before = get(told, "Contacts", headers=headers, params={"page": 1}).json()["Contacts"]
    with serving(*options) as told:
        after = get(told, "Contacts", headers=headers, params={"page": 1}).json()["Contacts"]
        assert after == before
        assert [item["Name"] for item in after] == ["Ana"]
        file = get(told, f"Contacts/{kept['ContactID']}/Attachments/a.txt", headers=headers)
        assert file.content == b"text"
        history = get(told, f"Contacts/{kept['ContactID']}/History", headers=headers).json()
        assert history["HistoryRecords"]
        refreshed = requests.post(
            told["token_uri"],
            data={"grant_type": "refresh_token", "refresh_token": grant["refresh_token"]},
            auth=("sandbox-web", "sandbox-web-secret"),
            timeout=10,
        )
        assert refreshed.status_code == 200


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--generate", "journals=5"], "expected ENTITY=COUNT"),
        (["--company", "nobody"], "'nobody'"),
        (["--limit", "minute=x"], "expected NAME=SIZE"),
        (["--limit", "century=5"], "the names are concurrent"),
        (["--fault", '{"kind": "explode"}'], "explode"),
        (["--company", "empty", "--redirect-uri", "http://127.0.0.1/x"], "redirect URI"),
        (["--generate", "items=5", "--data", "x.db"], "--data cannot keep what --generate makes"),
    ],
)
def test_invalid_options_are_refused_with_a_message(options, complaint):
    result = CliRunner().invoke(main, ["serve", *options])
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_port_in_use_and_a_file_of_another_kind_give_a_message(caller, tmp_path):
    port = caller.xero.origin.rpartition(":")[2]
    result = CliRunner().invoke(main, ["serve", "--company", "empty", "--port", port])
    assert (result.exit_code, "--port 0 takes a free one" in result.output) == (1, True)
    file = tmp_path / "notes.txt"
    file.write_text("no database, but long enough to be taken for one" * 50)
    result = CliRunner().invoke(main, ["serve", "--data", str(file)])
    assert (result.exit_code, "use a file that this command made" in result.output) == (1, True)


def test_an_interrupt_ends_the_command_quietly():
    command = [PROGRAM, "serve", "--port", "0", "--company", "empty"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("base_uri")
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")


def test_the_controls_describe_the_sandbox(caller, control):
    told = requests.get(control, timeout=10).json()
    assert told["base_uri"] == caller.xero.base_uri
    assert [item["tenant_id"] for item in told["tenants"]] == caller.xero.tenant_ids


def test_faults_are_set_and_cleared_over_http(caller, control):
    post(control, "faults", kind="unavailable", endpoint="Contacts", times=None)
    assert caller.send("GET", "Contacts").status_code == 503
    assert requests.delete(f"{control}/faults", timeout=10).status_code == 200
    assert caller.send("GET", "Contacts").status_code == 200
    assert "explode" in post(control, "faults", 400, kind="explode")["error"]


def test_records_are_changed_over_http_now_or_before_a_call(caller, control):
    added = post(
        control,
        "mutations",
        entity="Contacts",
        action="add",
        record={"Name": "Ana", "ContactStatus": "ACTIVE", "UpdatedDateUTC": "/Date(0+0000)/"},
        when="now",
    )["id"]
    post(
        control,
        "mutations",
        entity="Contacts",
        action="edit",
        id=added,
        record={"ContactStatus": "ARCHIVED"},
        endpoint="Contacts",
        nth=2,
    )
    assert caller.ids("Contacts", "ContactID", page=1) == [added]
    assert caller.ids("Contacts", "ContactID", page=1) == []
    kept = requests.get(f"{control}/records/Contacts", timeout=10).json()
    assert [item["ContactStatus"] for item in kept] == ["ARCHIVED"]
    assert "unknown entity" in post(control, "mutations", 400, entity="X", action="add")["error"]


def test_time_limits_and_behaviour_are_set_over_http(caller, control):
    before = caller.xero.clock.now()
    assert post(control, "clock", advance=3600)["now"] > before.isoformat()
    caller.headers = caller.xero.headers()
    assert post(control, "limits", minute=1)["minute"] == 1
    caller.get("Contacts")
    assert caller.send("GET", "Contacts").status_code == 429
    assert post(control, "behaviour", high_volume_threshold=5)["high_volume_threshold"] == 5
    assert caller.xero.sandbox.behaviour.high_volume_threshold == 5
    assert "unknown" in post(control, "limits", 400, century=1)["error"]
    assert "unknown" in post(control, "behaviour", 400, mood=1)["error"]
    assert post(control, "identity", strict_refresh=True) == {"strict_refresh": True}
    post(control, "redirect-uris", redirect_uri="http://localhost:4444/x")
    assert "http://localhost:4444/x" in caller.xero.apps["sandbox-pkce"].redirect_uris


def test_counters_and_log_tell_what_was_sent_and_no_secret(caller, control):
    caller.get("Contacts", headers={"If-Modified-Since": "2026-01-01T00:00:00"}, page=1)
    caller.send("PUT", "Contacts", json={"Name": "Ana"}, headers={"Idempotency-Key": "k"})
    read, written = requests.get(f"{control}/log", timeout=10).json()
    assert (read["method"], read["endpoint"], read["query"]) == ("GET", "Contacts", {"page": "1"})
    assert read["headers"]["if-modified-since"] == "2026-01-01T00:00:00"
    assert written["headers"]["idempotency-key"] == "k"
    assert json.loads(written["body"]) == {"Name": "Ana"}
    assert caller.headers["Authorization"].split()[1] not in json.dumps([read, written])
    counters = requests.get(f"{control}/counters", timeout=10).json()
    assert counters["calls_by_endpoint"] == {"GET Contacts": 1, "PUT Contacts": 1}
    assert counters["bytes_out"] == read["bytes"] + written["bytes"]
    assert counters["peak_concurrency"] == {caller.xero.tenant_id: 1}
    post(control, "reset")
    assert requests.get(f"{control}/log", timeout=10).json() == []


def test_an_organisation_is_disconnected_and_a_grant_is_that_of_a_known_user(caller, control):
    tenant_id = caller.xero.tenant_id
    post(control, "grants", tenant_ids=[tenant_id], user=1)
    post(control, "disconnections", tenant_id=tenant_id)
    assert caller.xero.sandbox.connections.of_app("sandbox-web") == []
    assert "user 2 does not exist" in post(control, "grants", 400, user=2)["error"]


def test_organisations_do_not_share_records(caller):
    caller.send("PUT", "Contacts", json={"Name": "Ana"})
    other = {"xero-tenant-id": caller.xero.tenant_ids[1]}
    caller.headers = caller.xero.headers("sandbox-web")
    assert caller.get("Contacts", headers=other)["Contacts"] == []
    assert len(caller.get("Contacts")["Contacts"]) == 1
