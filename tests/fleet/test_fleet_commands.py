"""The commands of `xero fleet` that a person uses, and mistakes in the settings."""

import json
import os
import re
import time

import pytest
from fleet_runner import Fleet
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.timeout(400)


@pytest.mark.sandbox(companies=["empty"] * 2)
def test_a_person_pauses_moves_resumes_and_forgets_an_organisation(fleet, xero):
    fleet.settings["tiers"] = {"standard": {"hot": "1h"}, "gold": {"hot": "20m", "cold": "2h"}}
    fleet.save()
    fleet.call("sync")
    first, second = xero.tenant_ids
    name = xero.organisation(second).name

    fleet.call("pause", second, "--why", "moving to another ledger")
    fleet.call("move", first, "gold")
    paused = fleet.organisation(second)
    assert (paused["state"], paused["why"]) == ("paused", "moving to another ledger")
    assert fleet.organisation(first)["fresh_within"] == 1200
    shown = fleet.call("status", "--check", code=1)
    assert shown.lines[0] == "2 organisations: 1 paused, 1 first read"
    assert f"PAUSED {name} ({second}) in warehouse: backfill, no data yet, may be " in shown.out
    # A sync finds it connected, but a person paused it.
    fleet.call("sync")
    assert fleet.organisation(second)["state"] == "paused"
    [line] = fleet.call("plan", "--dry-run").lines
    assert "warehouse backfill: 1 organisations" in line

    fleet.call("resume", name)
    assert fleet.organisation(second)["state"] == "first read"
    forgotten = fleet.call("forget", second, "--yes")
    assert f"xero logout {second}" in forgotten.err
    assert [each["tenant_id"] for each in fleet.status()["organisations"]] == [first]
    unknown = fleet.call("pause", "nobody", code=1)
    assert "'nobody' is not an organisation of the fleet" in unknown.err
    assert "is not in the settings: standard, gold" in fleet.call("move", first, "x", code=1).err


def test_a_login_that_xero_ended_pauses_its_organisations_and_says_how_they_come_back(fleet, xero):
    fleet.call("sync")
    app = xero.apps["sandbox-web"]
    for token in list(xero.sandbox.tokens.refresh):
        xero.sandbox.tokens.revoke(app, token)

    ended = fleet.call("sync")

    assert "the login without a name of organisations any more: 1 organisations" in ended.err
    assert "they stay paused" in fleet.call("sync").err
    [found] = fleet.status()["organisations"]
    assert found["state"] == "paused"
    assert "not used for 60 days" in found["why"]
    assert "`xero login`" in found["action"]
    # As it says: a new login, and the setting is removed.
    assert "remove that setting" in found["action"]
    fleet.log_in("", 1, [xero.tenant_id])
    del fleet.config["refresh_token"]
    fleet.save()
    assert "connected again" in fleet.call("sync").out
    assert fleet.organisation(xero.tenant_id)["state"] == "first read"


@pytest.mark.sandbox(companies=["empty"] * 3)
def test_a_login_that_ends_during_a_batch_pauses_all_its_organisations(fleet, xero):
    def revoke():
        for token in list(xero.sandbox.tokens.refresh):
            xero.sandbox.tokens.revoke(xero.apps["sandbox-web"], token)

    fleet.call("sync")
    [batch] = fleet.plan()
    xero.before("Contacts", revoke)
    xero.fault("token_expired", "Contacts")

    fleet.call("run", batch)

    found = fleet.status()["organisations"]
    assert {each["state"] for each in found} == {"paused"}
    assert all("`xero login`" in each["action"] for each in found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tier": {}}, "'tier' is not a setting: did you mean 'tiers'?"),
        ({"lease": "soon"}, "'soon' is not a duration: write it as 30s, 15m, 1h or 1d"),
        ({"workers": 0}, "'workers' is 0; set it to 1 or more"),
        ({"limits": {"app_minute": 0}}, "'limits.app_minute' is 0; set it to 1 or more"),
        ({"lease": "0s"}, "'lease' is 0s; set it to 1s or more"),
        ({"tiers": {"a": {"hot": "2d", "cold": "1d"}}}, "'hot' of tier 'a' is 2d, longer than"),
        ({"pipelines": {"a/../b": {"config": "tap.json", "loader": ["x"]}}}, "is not a name of"),
        (
            {"pipelines": {"a": {"config": "tap.json", "loader": ["x"], "catalog": "no.json"}}},
            "set 'catalog' to the catalog of the tap",
        ),
        ({"limits": {"day": 5000}}, "'limits.day' is not a setting"),
        ({"workers": "4"}, "'workers' is \"4\"; set it to a whole number"),
        ({"app_tier": "Advanced"}, "set it to one of starter, core, plus, advanced"),
        ({"tiers": {"a": {"hot": 60}}}, "'tiers.a.hot': 60 is not a duration: write it as 30s"),
        ({"tiers": ["a"]}, "'tiers' is [\"a\"]; set it to an object"),
        ({"pipelines": {"a": {"loader": ["x"]}}}, "'pipelines.a.config' is missing"),
        (
            {"pipelines": {"a": {"config": "tap.json", "loader": "x"}}},
            "'pipelines.a.loader' is \"x\"; set it to a list of texts",
        ),
        ({"pipelines": {"a": {"config": "c", "evry": "1h"}}}, "did you mean 'every'?"),
        ({"pipelines": {}}, "'pipelines' and 'tiers' need one entry or more"),
        ({"pipelines": {"a": {"config": "tap.json"}}}, "needs either 'loader' or 'publish'"),
        ({"pipelines": {"a": {"config": "no.json", "loader": ["x"]}}}, "no.json cannot be read"),
    ],
)
def test_a_mistake_in_the_settings_is_named(fleet, change, message):
    fleet.write("fleet.json", fleet.settings | change)

    assert message in fleet.call("status", code=1).err


@pytest.mark.parametrize("setting", ["tap", "loader", "after", "publish"])
@pytest.mark.parametrize("program", ["target-nowhere", "./target-nowhere"])
def test_a_program_that_is_not_installed_is_named_before_the_batch_is_taken(
    fleet, xero, setting, program
):
    pipeline = fleet.settings["pipelines"]["warehouse"]
    if setting == "publish":
        del pipeline["loader"]
    right = pipeline | ({"publish": ["true"]} if setting == "publish" else {})
    fleet.settings["pipelines"]["warehouse"] = right | {setting: [program, "--config", "x.json"]}
    fleet.save()
    # Only the machine that runs a batch needs the program.
    fleet.call("sync")
    [batch] = fleet.plan()
    calls = xero.counters()["calls"]

    error = fleet.call("run", batch, code=1).err

    named = f"Setting 'pipelines.warehouse.{setting}' is '{program}', which is not installed on"
    assert named in error
    assert f"Batch {batch} was not begun" in error
    assert xero.counters()["calls"] == calls
    # Another machine, or this one later, runs the batch.
    fleet.settings["pipelines"]["warehouse"] = right
    fleet.save()
    done = "published to" if setting == "publish" else "read"
    assert f"1 organisations {done}, 0 not whole" in fleet.call("run", batch).out


def test_a_loader_beside_the_settings_is_found(fleet, xero):
    loader = fleet.folder / "loader.sh"
    command = fleet.settings["pipelines"]["warehouse"]["loader"]
    loader.write_text(f"#!/bin/sh\nexec {' '.join(command)}\n")
    loader.chmod(0o755)
    fleet.settings["pipelines"]["warehouse"]["loader"] = ["./loader.sh"]
    fleet.save()
    fleet.cycle()
    assert fleet.organisation(xero.tenant_id)["state"] == "on time"
    # What may not be executed is not installed either.
    loader.chmod(0o644)
    fleet.let_pass(90_000)
    [batch] = fleet.plan()
    assert "is './loader.sh', which is not installed" in fleet.call("run", batch, code=1).err


@pytest.mark.parametrize("url", ["foo", "http://127.0.0.1:8790", "http://fleet.example.com"])
def test_an_address_that_xero_does_not_accept_is_refused(fleet, url):
    fleet.settings["public_url"] = url
    fleet.save()
    for command in (["serve"], ["link", "some organisation"]):
        assert f"Setting 'public_url' is {url!r}" in fleet.call(*command, code=1).err


def test_a_port_that_does_not_exist_is_refused(fleet):
    assert "99999 is not in the range" in fleet.call("serve", "--port", "99999", code=2).err


def test_an_organisation_that_is_not_connected_is_not_resumed(fleet, xero):
    fleet.call("sync")
    xero.disconnect(xero.tenant_id)
    fleet.call("sync")
    assert "fleet link" in fleet.call("resume", xero.tenant_id, code=1).err
    assert fleet.organisation(xero.tenant_id)["state"] == "paused"


def test_a_persons_pause_stays_though_the_fleet_had_paused_the_organisation(fleet, xero):
    fleet.call("sync")
    xero.disconnect(xero.tenant_id)
    fleet.call("sync")
    assert "Paused " in fleet.call("pause", xero.tenant_id, "--why", "a customer left").out

    fleet.config["refresh_token"] = xero.grant("sandbox-web")["refresh_token"]
    fleet.save()
    fleet.call("sync")

    found = fleet.organisation(xero.tenant_id)
    assert (found["state"], found["why"]) == ("paused", "a customer left")
    fleet.call("resume", xero.tenant_id)
    assert fleet.organisation(xero.tenant_id)["state"] == "first read"


def test_a_relative_database_is_beside_the_settings_wherever_a_command_runs(
    tmp_path, xero, monkeypatch
):
    fleet = Fleet.at(tmp_path, xero)
    fleet.config["store_uri"] = "sqlite:///beside.db"
    fleet.save()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    fleet.cycle()

    monkeypatch.chdir(tmp_path)
    assert "1 on time" in fleet.call("status").out
    assert (tmp_path / "beside.db").exists()
    assert list(elsewhere.iterdir()) == []


def test_a_month_is_forecast_from_the_runs_that_were_measured(fleet, xero):
    fleet.call("sync")
    assert "There is no forecast yet" in fleet.call("forecast").out
    # Two days of runs, of which each received a tenth of a GiB: 48 runs are 4.8 GiB.
    insert = text(
        "INSERT INTO fleet_results VALUES (:batch, 'warehouse', :tenant, 1, 'hot', :began, :ended,"
        " 30, 107374182, 5, NULL)"
    )
    now = time.time()
    engine = create_engine(fleet.store_uri)
    with engine.begin() as connection:
        for hour in range(48):
            began = now - 2 * 86_400 + hour * 3600
            values = {"batch": f"b{hour}", "tenant": xero.tenant_id, "began": began}
            connection.execute(insert, values | {"ended": began + 60})
    engine.dispose()

    lines = fleet.call("forecast").lines

    calls, received = re.fullmatch(r"A month: ([\d,]+) calls, ([\d.]+) GiB", lines[1]).groups()
    # Two days are a little more when the command runs.
    assert int(calls.replace(",", "")) == pytest.approx(21_888, rel=0.01)
    assert float(received) == pytest.approx(72.96, rel=0.01)
    assert lines[2] == ("Cost: AUD 1,445.00 without tax (tier advanced, 250 GB included)")
    fleet.settings["app_tier"] = "plus"
    fleet.save()
    cost = re.search(r"Cost: AUD ([\d.]+) without tax", fleet.call("forecast").out)
    # 22.96 GiB above the 50 that are included.
    assert float(cost[1]) == pytest.approx(300.10, rel=0.01)


def test_no_command_prints_a_secret(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero)
    secrets = [fleet.config["client_secret"], fleet.config["refresh_token"]]
    calls = [fleet.call("sync"), fleet.call("plan"), fleet.call("status", "--json", "--all")]
    batch = calls[1].lines[0]
    calls.append(fleet.run_process("run", batch))

    printed = json.dumps([[each.out, each.err] for each in calls])
    assert [secret for secret in secrets if secret in printed] == []


@pytest.mark.sandbox(companies=["empty"] * 3, users=2)
def test_a_sync_of_what_is_due_asks_for_each_login_once_in_a_while(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, log_in=False)
    first, second, third = xero.tenant_ids
    fleet.log_in("maple", 1, [first])
    fleet.log_in("oak", 2, [second])

    fleet.call("sync", "--due")
    assert organisations_of(fleet) == {first, second}
    asked = len(xero.calls("connections"))
    fleet.call("sync", "--due")
    assert len(xero.calls("connections")) == asked
    # A new consent is seen at once, and only its own login is asked for.
    fleet.log_in("oak", 2, [second, third])
    fleet.call("sync", "--due")
    assert len(xero.calls("connections")) == asked + 1
    assert organisations_of(fleet) == {first, second, third}
    fleet.call("sync")
    assert len(xero.calls("connections")) == asked + 3


@pytest.mark.sandbox(companies=["empty"] * 3)
def test_only_the_organisations_that_were_chosen_at_a_login_are_taken_over(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, log_in=False)
    for tenant_id in xero.tenant_ids[:2]:
        fleet.log_in(tenant_id[:4], 1, [tenant_id])
    xero.grant("sandbox-web", tenant_ids=[xero.tenant_ids[2]])

    fleet.call("sync")

    assert organisations_of(fleet) == set(xero.tenant_ids[:2])


@pytest.mark.sandbox(companies=["empty"] * 2)
@pytest.mark.parametrize("setting", ["tenant_id", "tenant_ids"])
def test_a_configuration_that_names_some_organisations_is_warned_of(tmp_path, xero, setting):
    first, second = xero.tenant_ids
    fleet = Fleet.at(tmp_path, xero)
    fleet.config[setting] = [first] if setting == "tenant_ids" else first
    fleet.save()

    warned = fleet.call("sync").err

    assert f"'warehouse' names organisations ('{setting}')" in warned
    assert second in warned
    assert len(fleet.status()["organisations"]) == 2
    # A configuration that names all organisations leaves none out.
    for named in ([first.upper(), second], "all"):
        fleet.config = fleet.config | {"tenant_id": None, "tenant_ids": named}
        fleet.save()
        assert "names organisations" not in fleet.call("sync").err


@pytest.mark.sandbox(companies=["empty"] * 3, users=3)
def test_a_login_that_cannot_be_asked_is_named_and_all_others_are_taken_over(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, log_in=False)
    for number, tenant_id in enumerate(xero.tenant_ids, start=1):
        fleet.log_in(f"login-{number}", number, [tenant_id], is_old=True)
    xero.fault("status", "connect/token", status=400, body="{}", times=1)

    failed = fleet.call("sync", code=1)

    assert "Not all logins could be asked: login login-" in failed.err
    assert len(organisations_of(fleet)) == 2
    assert fleet.call("sync").err == ""
    assert organisations_of(fleet) == set(xero.tenant_ids)


def test_without_a_login_a_sync_asks_for_one(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, log_in=False)

    failed = fleet.call("sync", code=1)

    assert "No grant is stored" in failed.err
    assert "run `xero login`" in failed.err


def organisations_of(fleet):
    return {each["tenant_id"] for each in fleet.status()["organisations"]}


def test_a_loader_in_a_folder_of_the_path_beside_the_settings_is_found(fleet, xero, monkeypatch):
    programs = fleet.folder / "programs"
    programs.mkdir()
    command = fleet.settings["pipelines"]["warehouse"]["loader"]
    (programs / "own-loader").write_text(f"#!/bin/sh\nexec {' '.join(command)}\n")
    (programs / "own-loader").chmod(0o755)
    monkeypatch.setenv("PATH", f"programs:{os.environ['PATH']}")
    fleet.settings["pipelines"]["warehouse"]["loader"] = ["own-loader"]
    fleet.save()
    fleet.cycle()
    assert fleet.organisation(xero.tenant_id)["state"] == "on time"
