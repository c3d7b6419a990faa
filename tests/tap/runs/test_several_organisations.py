"""Several organisations in one run: one that cannot be read stops no other."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from connections import store_in, web_config
from several_organisations import activated, bookmarked, contacts_of, contacts_read, read_all

from tap_runner import TAP, arguments, catalog_of, settings_for
from xero_sandbox.http.limits import GENEROUS, Limits
from xero_sandbox.server import server

WEB = "sandbox-web"
STREAMS = ["accounts", "contacts", "invoices"]


def revoke(xero, tenant):
    xero.fault("not_connected", tenant_id=tenant, times=None)


def take_offline(xero, tenant):
    xero.fault("status", tenant_id=tenant, body="The Organisation is offline", times=None)


def use_up(xero, tenant):
    xero.sandbox.limits.of_tenant[tenant] = Limits(day=0, minute=1_000, app_minute=10_000)


def refuse_token(xero, tenant):
    body = '{"Title": "Unauthorized", "Status": 401, "Detail": "AuthenticationUnsuccessful"}'
    xero.fault(
        "status",
        tenant_id=tenant,
        status=401,
        body=body,
        content_type="application/json",
        times=None,
    )


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (revoke, "not connected"),
        (take_offline, "offline"),
        (use_up, "daily limit"),
        (refuse_token, "access token"),
    ],
)
def test_an_organisation_that_cannot_be_read_fails_alone(three, prompt, tmp_path, spoil, reason):
    added = contacts_of(three)
    bad = three.tenant_ids[1]
    spoil(three, bad)
    token = three.grant(WEB)["refresh_token"]
    config = web_config(three, store_in(tmp_path), refresh_token=token, access_token=None)
    run = read_all(three, **config)
    assert run.exit_code == 1
    assert f"({bad})" in run.last_line
    assert reason in run.last_line
    assert "1 organisation(s) could not be read, all others were read" in run.last_line
    whole = {tenant: ids for tenant, ids in added.items() if tenant != bad}
    assert contacts_read(run) == whole
    assert bookmarked(run) == whole.keys()
    # The loader would delete the accounts of the organisation that was not read.
    assert activated(run) == set()


def test_what_was_read_of_all_organisations_before_is_activated(three):
    bad = three.tenant_ids[1]
    three.fault("not_connected", "Items", tenant_id=bad, times=None)
    run = read_all(three, ["accounts", "items"], max_concurrency=1)
    assert run.exit_code == 1
    assert activated(run) == {"accounts"}


def test_an_organisation_that_is_not_connected_is_named_and_the_others_are_read(three):
    added = contacts_of(three)
    unconnected = "00000000-1111-2222-3333-444444444444"
    run = read_all(three, tenant_ids=[unconnected, *three.tenant_ids])
    assert run.exit_code == 1
    assert unconnected in run.last_line
    assert contacts_read(run) == added


@pytest.mark.parametrize("name", ["tenant_id", "tenant_ids"])
def test_the_setting_that_names_no_connected_organisation_is_named(three, name):
    unconnected = "00000000-1111-2222-3333-444444444444"
    run = read_all(three, **{"tenant_ids": None, name: unconnected})
    assert run.exit_code == 1
    assert f"Organisation {unconnected} is not connected to this token" in run.last_line
    assert f". Set '{name}' to one of them" in run.last_line


def test_a_stream_that_never_answers_fails_alone(three, prompt):
    added = contacts_of(three)
    bad = three.tenant_ids[0]
    three.fault("unavailable", "Invoices", tenant_id=bad, times=None)
    run = read_all(three)
    assert run.exit_code == 1
    assert "1 stream(s) could not be read, all others were read: invoices of" in run.last_line
    assert bad in run.last_line
    assert contacts_read(run) == added
    assert activated(run) == {"accounts"}


def test_an_organisation_that_does_not_answer_at_all_is_given_up(three, prompt):
    added = contacts_of(three)
    bad = three.tenant_ids[0]
    three.fault("unavailable", tenant_id=bad, times=None)
    names = ["accounts", "contacts", "invoices", "items", "payments", "quotes", "receipts", "users"]
    run = read_all(three, names)
    assert run.exit_code == 1
    assert "1 organisation(s) and 2 stream(s) could not be read" in run.last_line
    assert contacts_read(run) == {t: ids for t, ids in added.items() if t != bad}


# --- the last line -------------------------------------------------------------------------------

ROLE = "the user's role or the organisation's plan lacks it"


def test_streams_that_are_refused_for_one_reason_stand_together_in_the_last_line(three):
    contacts_of(three)
    bad = three.tenant_ids[0]
    three.fault("forbidden", tenant_id=bad, times=None)
    run = read_all(three, None)
    assert run.exit_code == 1
    refused = run.log.count("Cannot read ")
    assert refused > 20
    named = run.last_line.partition(" could not be read, all others were read: ")[2]
    streams, _, cause = named.partition(f" of {three.organisation(bad).name} ({bad}), ")
    assert streams.endswith(f" and {refused - 5} others")
    assert streams.startswith("currencies, organisations, ")
    assert cause.startswith("for the same reason: Xero forbids GET /Currencies (")
    assert "scope accounting.settings.read" in cause
    assert three.calls("Currencies")[0]["correlation_id"] in cause
    assert run.last_line.count(ROLE) == 1
    assert len(run.last_line) < 600


def test_only_one_reason_of_each_scope_is_in_the_last_line(three):
    three.fault("insufficient_scope", times=None)
    run = read_all(three, ["contacts", "contact_groups", "items"], tenant_ids=[three.tenant_id])
    settings, contacts = run.last_line.split(" | ")[::-1]
    assert contacts.partition(" of ")[0].endswith("contacts, contact_groups")
    assert "accounting.contacts.read" in contacts
    assert settings.startswith("items of ")
    assert "accounting.settings.read" in settings
    # Nothing else was read.
    assert "3 stream(s) could not be read: " in run.last_line


def test_organisations_with_the_same_refused_streams_stand_together(three):
    three.fault("forbidden", "Contacts", times=None)
    three.fault("forbidden", "Invoices", times=None)
    three.fault("forbidden", "Items", times=None, tenant_id=three.tenant_ids[2])
    run = read_all(three, ["accounts", "contacts", "invoices", "items"])
    first, second, third = (
        f"{three.organisation(each).name} ({each})" for each in three.tenant_ids
    )
    assert "7 stream(s) could not be read, all others were read: " in run.last_line
    assert f": contacts, invoices of {first}, {second}, for the same reason: " in run.last_line
    assert f"| contacts, items, invoices of {third}, for the same reason: " in run.last_line
    assert run.last_line.count(ROLE) == 2


@pytest.mark.parametrize("spoil", [revoke, take_offline, refuse_token])
def test_organisations_that_fail_for_one_reason_stand_together(three, prompt, spoil):
    for tenant in three.tenant_ids[1:]:
        spoil(three, tenant)
    run = read_all(three, tenant_ids=three.tenant_ids, catalog=without_names(STREAMS))
    second, third = three.tenant_ids[1:]
    assert "2 organisation(s) could not be read, all others were read: " in run.last_line
    assert f": organisations {second}, {third}, for the same reason: " in run.last_line


def test_many_organisations_are_named_by_their_count():
    with server(companies=["empty"] * 9, limits=GENEROUS) as nine:
        # Some of them go offline later than others.
        nine.fault("status", "Contacts", body="The Organisation is offline", times=None)
        for tenant in nine.tenant_ids[:3]:
            take_offline(nine, tenant)
        run = read_all(nine, ["accounts", "contacts"], max_concurrency=1)
        failed = "9 organisation(s) could not be read: organisations "
        names, _, cause = run.last_line.partition(failed)[2].partition(", for the same reason: ")
        assert names.count("Empty Company") == 5
        assert names.endswith(" and 4 others")
        assert cause.startswith("Xero has taken the organisation offline")
        assert run.log.count("Cannot read organisation ") == 9


def test_used_up_days_stand_together_whatever_is_left_of_them(three):
    for calls, tenant in enumerate(three.tenant_ids):
        sizes = Limits(day=calls, minute=1_000, app_minute=10_000, day_seconds=9_000 - calls)
        three.sandbox.limits.of_tenant[tenant] = sizes
    run = read_all(three, ["accounts", "contacts", "items"], max_concurrency=1)
    assert run.last_line.startswith("3 organisation(s) could not be read: organisations ")
    assert run.last_line.count("daily limit") == 1


def test_all_means_the_organisations_that_are_connected_now(three):
    added = contacts_of(three)
    token = three.grant(WEB)["access_token"]
    first = read_all(three, ["contacts"], access_token=token)
    assert first.exit_code == 0, first.log
    assert contacts_read(first) == added
    lost = three.tenant_ids[2]
    three.disconnect(lost)
    second = read_all(three, ["contacts"], access_token=token)
    assert second.exit_code == 0, second.log
    assert lost not in contacts_read(second)


def test_an_organisation_of_the_state_that_is_not_connected_is_warned_of(three):
    token = three.grant(WEB)["access_token"]
    first = read_all(three, ["contacts"], access_token=token)
    lost = three.tenant_ids[2]
    three.disconnect(lost)
    second = read_all(three, ["contacts"], access_token=token, state=first.state)
    assert second.exit_code == 0, second.log
    [warning] = [line for line in second.log.splitlines() if lost in line]
    assert "not connected to this token, so they are not read" in warning
    assert "`xero login" in warning
    assert "remove them from the state" in warning
    # What the state has of it stays, and the next run warns again.
    third = read_all(three, ["contacts"], access_token=token, state=second.state)
    assert lost in third.log
    # A run that names its organisations leaves the others out on purpose.
    named = three.tenant_ids[:1]
    fourth = read_all(three, ["contacts"], access_token=token, state=first.state, tenant_ids=named)
    assert lost not in fourth.log


def test_all_beside_ids_is_refused(three):
    run = read_all(three, tenant_ids=["all", three.tenant_id])
    assert run.exit_code == 1
    assert "'tenant_ids' has 'all' beside ids" in run.last_line


def test_what_is_not_an_id_fails_alone(three):
    added = contacts_of(three)
    run = read_all(three, tenant_ids=["Maple Florist", *three.tenant_ids])
    assert run.exit_code == 1
    assert "maple florist: that is not the id of an organisation: `xero" in run.last_line
    assert contacts_read(run) == added


def test_what_is_not_an_id_is_named_if_no_names_are_needed(three):
    texts = ["Maple Florist", *three.tenant_ids]
    run = read_all(three, tenant_ids=texts, catalog=without_names(["accounts"]))
    assert run.exit_code == 1
    assert "maple florist: that is not the id of an organisation" in run.last_line
    assert {record["_tenant_id"] for record in run.records("accounts")} == set(three.tenant_ids)


@pytest.mark.parametrize("text", ["nowhere, {id}0", '["nowhere", "{id}0"]'])
def test_the_texts_that_are_not_ids_are_named_if_nothing_can_be_read(three, text):
    run = read_all(three, tenant_ids=text.replace("{id}", three.tenant_id))
    assert run.exit_code == 1
    named = f"'nowhere', '{three.tenant_id}0'"
    assert f"is not connected to this token ({named}: not an id)" in run.last_line
    assert three.tenant_id in run.last_line.partition("; connected: ")[2]


@pytest.mark.parametrize("names", [[], ["_tenant_name"]])
@pytest.mark.parametrize(
    ("tenant_ids", "message"),
    [
        ([], "Setting 'tenant_ids' is an empty list, so there is nothing to read: "),
        (" [] ", "Setting 'tenant_ids' is an empty list, so there is nothing to read: "),
        ("[1", "Setting 'tenant_ids' is '[1'; set it to a JSON list of ids, or 'all'"),
    ],
)
def test_a_list_that_can_name_no_organisation_is_refused(three, tenant_ids, message, names):
    catalog = catalog_of(["accounts"], {"accounts": names})
    run = read_all(three, tenant_ids=tenant_ids, catalog=catalog)
    assert run.exit_code == 1
    assert message in run.last_line
    assert run.messages == []
    assert three.counters()["calls"] == 0


@pytest.mark.parametrize("tenant_ids", ["all", ["{id}"]])
def test_one_organisation_beside_several_is_warned_of(three, tenant_ids):
    filled = json.loads(json.dumps(tenant_ids).replace("{id}", three.tenant_ids[1]))
    run = read_all(three, ["accounts"], tenant_ids=filled, tenant_id=three.tenant_id)
    assert run.exit_code == 0
    assert run.log.count("Settings 'tenant_id' and 'tenant_ids' are both set.") == 1
    found = {record["_tenant_id"] for record in run.records("accounts")}
    assert found == (set(three.tenant_ids) if filled == "all" else {three.tenant_ids[1]})


@pytest.mark.parametrize("unset", [None, "", []])
def test_one_organisation_is_read_if_no_others_are_named(three, unset):
    second = three.tenant_ids[1]
    run = read_all(three, ["accounts"], tenant_ids=unset, tenant_id=f" {second} ")
    assert {record["_tenant_id"] for record in run.records("accounts")} == {second}


@pytest.mark.parametrize("unset", [None, ""])
def test_several_organisations_are_read_if_one_is_empty(three, unset):
    run = read_all(three, ["accounts"], tenant_id=unset)
    assert len({record["_tenant_id"] for record in run.records("accounts")}) == 3


@pytest.mark.parametrize("form", ['["{}", " {} "]', "{}, {}"])
def test_ids_may_be_a_text_as_meltano_passes_the_one_of_a_variable(three, form):
    first, second = three.tenant_ids[0].upper(), three.tenant_ids[1]
    run = read_all(three, ["accounts"], tenant_ids=form.format(first, second))
    found = {record["_tenant_id"] for record in run.records("accounts")}
    assert found == set(three.tenant_ids[:2])


@pytest.mark.parametrize(
    ("text", "message"),
    [("[]", "'tenant_ids' is an empty list"), ("Maple Florist", "'Maple Florist': not an id")],
)
def test_a_variable_that_names_no_organisation_is_refused(three, tmp_path, text, message):
    config = settings_for(three)
    command = [str(TAP), "--config", "ENV", *arguments(tmp_path, config, ["accounts"], None)]
    environ = {**os.environ, "TAP_XERO_TENANT_IDS": text}
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert message in done.stderr.strip().splitlines()[-1]
    assert done.stdout == ""


def test_a_slow_organisation_does_not_hold_up_the_others(three):
    for n in range(6):
        for tenant in three.tenant_ids:
            three.add("Contacts", {"Name": f"C{n}"}, tenant)
    slow = three.tenant_ids[0]
    three.fault("latency", "Contacts", tenant_id=slow, seconds=5.0)
    run = read_all(three, ["contacts"], page_size=2)
    tenants = [record["_tenant_id"] for record in run.records("contacts")]
    assert tenants[-6:] == [slow] * 6


# --- the names -----------------------------------------------------------------------------------


def without_names(streams):
    return catalog_of(streams, {name: ["_tenant_name"] for name in streams})


def test_connections_are_asked_for_only_if_a_name_or_a_choice_is_needed(three):
    streams = ["accounts", "contacts"]
    ids = three.tenant_ids
    catalog = without_names(streams)
    run = read_all(three, streams, tenant_ids=ids, catalog=catalog)
    assert run.exit_code == 0, run.log
    assert not three.calls("connections")
    assert len(read_all(three, streams, catalog=catalog).records("accounts")) > 0
    assert len(three.calls("connections")) == 1
    named = read_all(three, streams, tenant_ids=ids)
    assert {bool(record["_tenant_name"]) for record in named.records("accounts")} == {True}
    assert len(three.calls("connections")) == 2


def test_the_connections_are_asked_once_for_the_errors_of_all_streams(three):
    bad = three.tenant_ids[1]
    revoke(three, bad)
    run = read_all(three, tenant_ids=three.tenant_ids, catalog=without_names(STREAMS))
    assert run.exit_code == 1
    assert len(three.calls("connections")) == 1


def read_with_state_database(xero, folder, **settings):
    """A run of the web app, whose tokens are in a state database."""
    config = web_config(xero, store_in(folder), access_token=None) | settings
    if "refresh_token" not in config:
        config["refresh_token"] = xero.grant(WEB)["refresh_token"]
    return read_all(xero, ["accounts"], **config)


def names_in(run):
    return {record["_tenant_id"]: record["_tenant_name"] for record in run.records("accounts")}


def test_a_later_run_takes_the_names_from_the_state_database(three, tmp_path, monkeypatch):
    settings = {
        "tenant_ids": three.tenant_ids,
        "refresh_token": three.grant(WEB)["refresh_token"],
    }
    names = {each: three.organisation(each).name for each in three.tenant_ids}
    for _ in range(2):
        run = read_with_state_database(three, tmp_path, **settings)
        assert names_in(run) == names
    assert len(three.calls("connections")) == 1
    # Names that are older than an hour do not count any more.
    three.organisation(three.tenant_id).name = "New Name"
    assert names_in(read_with_state_database(three, tmp_path, **settings)) == names
    monkeypatch.setattr("xero_client.auth.seen_connections.LONGEST_SECONDS", 0.0)
    run = read_with_state_database(three, tmp_path, **settings)
    assert names_in(run) == names | {three.tenant_id: "New Name"}
    assert len(three.calls("connections")) == 2


def test_what_was_listed_before_makes_no_choice(three, tmp_path):
    settings = {"refresh_token": three.grant(WEB)["refresh_token"], "tenant_ids": "all"}
    lost = three.tenant_ids[2]
    assert lost in names_in(read_with_state_database(three, tmp_path, **settings))
    three.disconnect(lost)
    assert lost not in names_in(read_with_state_database(three, tmp_path, **settings))
    # And an organisation that was not listed before is asked for.
    three.grant(WEB, tenant_ids=[lost])
    chosen = read_with_state_database(three, tmp_path, **settings | {"tenant_ids": [lost]})
    assert lost in names_in(chosen)
    assert len(three.calls("connections")) == 3


def test_an_organisation_that_was_disconnected_since_it_was_listed_fails_alone(three, tmp_path):
    settings = {
        "refresh_token": three.grant(WEB)["refresh_token"],
        "tenant_ids": three.tenant_ids,
    }
    read_with_state_database(three, tmp_path, **settings)
    lost = three.tenant_ids[2]
    three.disconnect(lost)
    run = read_with_state_database(three, tmp_path, **settings)
    assert run.exit_code == 1
    assert f"({lost}) is not connected to this token" in run.last_line
    assert set(names_in(run)) == set(three.tenant_ids[:2])


def test_a_chain_of_tokens_sees_nothing_that_another_one_listed(three, tmp_path):
    for _ in range(2):
        read_with_state_database(three, tmp_path, tenant_ids=three.tenant_ids)
    assert len(three.calls("connections")) == 2


# --- the outcome file ----------------------------------------------------------------------------


def outcomes(path):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {(line["tenant_id"], line["stream"]): line for line in lines}


def test_each_stream_of_each_organisation_has_an_outcome(three, prompt, tmp_path):
    contacts_of(three)
    path = tmp_path / "outcome.jsonl"
    whole, unconnected, partly = three.tenant_ids
    revoke(three, unconnected)
    three.fault("unavailable", "Invoices", tenant_id=partly, times=None)
    three.fault("insufficient_scope", "Items", tenant_id=partly, times=None)
    run = read_all(three, [*STREAMS, "items"], outcome_path=str(path), unavailable_streams="skip")
    assert run.exit_code == 1
    found = outcomes(path)
    assert len(found) == 12
    contacts = found[whole, "contacts"]
    assert (contacts["end"], contacts["read"], contacts["records"]) == ("complete", "all", 2)
    assert contacts["calls"] == 1
    assert contacts["bytes"] > 0
    assert contacts["limits_left"].keys() == {"minute", "day", "app_minute"}
    read_at = {r["_read_at"] for r in run.records("contacts") if r["_tenant_id"] == whole}
    assert read_at == {contacts["began"]}
    assert found[partly, "invoices"]["end"] == "failed"
    assert found[partly, "invoices"]["error_class"] == "NoResponseError"
    assert found[partly, "items"]["end"] == "skipped"
    assert found[partly, "items"]["error_class"] == "ScopeMissingError"
    classes = {found[unconnected, stream]["error_class"] for stream in STREAMS}
    assert classes == {"TenantNotConnectedError"}
    assert "not_read" in {found[unconnected, stream]["end"] for stream in STREAMS}
    again = read_all(three, ["contacts"], state=run.state, outcome_path=str(path))
    assert again.exit_code == 1
    assert outcomes(path)[whole, "contacts"]["read"] == "changes"


def test_an_outcome_file_that_cannot_be_written_is_named_before_any_call(three, tmp_path):
    run = read_all(three, ["contacts"], outcome_path=str(tmp_path / "no" / "outcome.jsonl"))
    assert run.exit_code == 1
    assert "'outcome_path'" in run.last_line
    assert not three.calls("Contacts")


def test_a_run_that_ends_early_has_its_outcomes_too(three, tmp_path):
    path = tmp_path / "outcome.jsonl"
    three.before("Contacts", three.sandbox.tokens.access.clear)
    run = read_all(three, STREAMS, outcome_path=str(path), max_concurrency=1)
    assert run.exit_code == 1
    assert {line["end"] for line in outcomes(path).values()} >= {"failed", "not_read"}
