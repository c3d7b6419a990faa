"""Bookmarks, resuming after a kill, full tables, and the state of several organisations."""

from __future__ import annotations

import json
import signal
import subprocess
from copy import deepcopy
from datetime import datetime, timedelta, timezone

import pytest

from tap_runner import TAP, Run, read, settings_for, start
from xero_sandbox.server import server

T0 = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=timezone.utc)


def add_contact(xero, number, **fields):
    changed = T0 + timedelta(minutes=number)
    return xero.add(
        "Contacts",
        {"Name": f"C{number}", "ContactStatus": "ACTIVE", "UpdatedDateUTC": changed} | fields,
    )


def modified_since(xero, endpoint):
    return [call["headers"].get("if-modified-since") for call in xero.calls(endpoint)]


def test_the_bookmark_is_the_latest_change_seen(xero):
    for number in range(3):
        add_contact(xero, number)
    run = read(xero, ["contacts"])
    assert run.partition("contacts") == {
        "replication_key": "UpdatedDateUTC",
        "replication_key_value": "2026-01-01T12:02:00.500Z",
    }
    assert list(run.state["bookmarks"]["contacts"]["organisations"]) == [xero.tenant_id]


def test_the_next_run_asks_for_changes_since_then_with_an_overlap_of_a_second(xero):
    add_contact(xero, 0)
    first = read(xero, ["contacts"])
    xero.reset()
    second = read(xero, ["contacts"], state=first.state)
    assert modified_since(xero, "Contacts") == ["2026-01-01T11:59:59"]
    assert second.partition("contacts") == first.partition("contacts")


def test_the_first_run_starts_at_the_start_date(xero):
    add_contact(xero, -60 * 24)
    new = add_contact(xero, 0)
    run = read(xero, ["contacts"], start_date="2026-01-01")
    assert modified_since(xero, "Contacts") == ["2025-12-31T23:59:59"]
    assert run.ids("contacts", "ContactID") == [new]


@pytest.mark.parametrize("inclusive", [True, False])
def test_a_change_at_the_second_of_the_start_date_is_read(xero, inclusive):
    xero.sandbox.behaviour.since_inclusive = inclusive
    contact_id = add_contact(xero, 0)
    run = read(xero, ["contacts"], start_date="2026-01-01T12:00:00Z")
    assert run.ids("contacts", "ContactID") == [contact_id]


@pytest.mark.parametrize("start_date", ["0001-01-01", "1700-06-01T00:00:00Z"])
def test_a_start_date_before_xeros_dates_begin_reads_everything(xero, start_date):
    contact_id = add_contact(xero, 0)
    run = read(xero, ["contacts"], start_date=start_date)
    assert run.exit_code == 0, run.log
    assert run.ids("contacts", "ContactID") == [contact_id]
    assert modified_since(xero, "Contacts") == ["1969-12-31T23:59:59"]


def test_a_date_that_cannot_be_read_never_becomes_the_bookmark(xero):
    add_contact(xero, 0)
    records = [{"ContactID": "c", "UpdatedDateUTC": "soon"}]
    body = json.dumps({"DateTimeUTC": "/Date(1800000000000)/", "Contacts": records})
    xero.fault("status", "Contacts", status=200, body=body, content_type="application/json")
    first = read(xero, ["contacts"], streams={"contacts": {"pagination": False}})
    assert first.exit_code == 0, first.log
    assert "'UpdatedDateUTC' of contacts holds" in first.log
    assert first.state["bookmarks"]["contacts"]["organisations"] == {}
    second = read(xero, ["contacts"], state=first.state)
    assert second.exit_code == 0, second.log
    assert len(second.records("contacts")) == 1


def test_all_records_are_read_again_when_the_last_full_read_is_too_old(xero):
    ids = [add_contact(xero, number) for number in range(3)]
    streams = {"contacts": {"full_refresh_every": "7d"}}
    first = read(xero, ["contacts"], streams=streams)
    assert first.partition("contacts")["full_read_at"] > "2026"
    second = read(xero, ["contacts"], streams=streams, state=first.state)
    assert second.ids("contacts", "ContactID") == [ids[-1]]
    week = datetime.now(timezone.utc) - timedelta(days=7, minutes=1)
    old = deepcopy(second.state)
    [partition] = old["bookmarks"]["contacts"]["organisations"].values()
    partition["full_read_at"] = week.strftime("%Y-%m-%dT%H:%M:%SZ")
    third = read(xero, ["contacts"], streams=streams, state=old)
    assert sorted(third.ids("contacts", "ContactID")) == sorted(ids)
    assert third.partition("contacts")["full_read_at"] > partition["full_read_at"]
    assert third.partition("contacts")["replication_key_value"] == "2026-01-01T12:02:00.500Z"


def test_a_full_read_that_was_interrupted_is_resumed_and_stays_due(xero):
    ids = [add_contact(xero, number) for number in range(30)]
    before = read(xero, ["contacts"], page_size=10)
    streams = {"contacts": {"full_refresh_every": "1d"}}
    xero.reset()
    xero.fault("status", "Contacts", nth=3, times=None, status=403, body="")
    cut_off = read(
        xero, ["contacts"], page_size=10, streams=streams, state=before.state, max_concurrency=1
    )
    assert cut_off.exit_code == 1
    assert "full_read_at" not in cut_off.partition("contacts")
    xero.reset()
    rest = read(xero, ["contacts"], page_size=10, streams=streams, state=cut_off.state)
    assert [call["query"]["page"] for call in xero.calls("Contacts")] == ["2", "3"]
    assert {*cut_off.ids("contacts", "ContactID"), *rest.ids("contacts", "ContactID")} == set(ids)
    assert "full_read_at" in rest.partition("contacts")


@pytest.mark.parametrize("every", ["daily", "0d", "1", "1m"])
def test_a_full_refresh_of_another_form_is_refused(xero, every):
    run = read(xero, ["contacts"], streams={"contacts": {"full_refresh_every": every}})
    assert run.exit_code == 1
    assert "full_refresh_every" in run.last_line


def test_journals_are_never_refreshed_because_they_never_change(xero):
    run = read(xero, ["journals"], streams={"journals": {"full_refresh_every": "1d"}})
    assert run.exit_code == 1
    assert "streams.journals.full_refresh_every" in run.last_line


def test_a_bookmark_wins_over_the_start_date(xero):
    add_contact(xero, 0)
    first = read(xero, ["contacts"])
    xero.reset()
    read(xero, ["contacts"], state=first.state, start_date="2026-06-01T00:00:00Z")
    assert modified_since(xero, "Contacts") == ["2026-01-01T11:59:59"]


def test_the_bookmark_does_not_pass_the_moment_at_which_the_read_began(xero):
    ids = sorted(add_contact(xero, number) for number in range(30))
    xero.before(
        "Contacts",
        lambda: (xero.clock.advance(600), xero.edit("Contacts", ids[-1], Name="late")),
        nth=2,
    )
    began = datetime.now(timezone.utc)
    run = read(xero, ["contacts"], page_size=10, max_concurrency=1)
    assert "late" in [record["Name"] for record in run.records("contacts")]
    bookmark = run.partition("contacts")["replication_key_value"]
    assert bookmark <= f"{began + timedelta(minutes=5):%Y-%m-%dT%H:%M:%S}"


def test_an_edit_of_a_page_already_read_comes_with_the_next_run(xero):
    ids = sorted(add_contact(xero, number) for number in range(30))
    xero.before(
        "Contacts",
        lambda: (
            xero.edit("Contacts", ids[0], Name="early page"),
            xero.edit("Contacts", ids[-1], Name="late page"),
        ),
        nth=3,
    )
    first = read(xero, ["contacts"], page_size=10, max_concurrency=1)
    assert "early page" not in [record["Name"] for record in first.records("contacts")]
    second = read(xero, ["contacts"], page_size=10, state=first.state)
    assert "early page" in [record["Name"] for record in second.records("contacts")]


def test_after_a_kill_the_next_run_goes_on_from_the_last_whole_page(xero, tmp_path):
    ids = [add_contact(xero, number) for number in range(200)]
    xero.fault("latency", "Contacts", seconds=0.3, times=None)
    settings = settings_for(xero, page_size=10, max_concurrency=1)
    process = start(tmp_path, settings, ["contacts"])
    read_so_far = b""
    while read_so_far.count(b'"type":"STATE"') < 6:
        read_so_far += process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed = Run.of(-9, read_so_far, "")
    assert set(killed.state["bookmarks"]["contacts"]) == {"organisations"}
    xero.reset()
    began = xero.clock.now().isoformat()
    rest = read(xero, ["contacts"], state=killed.state, page_size=10)
    # The last call of the killed process may end, and be logged, only now.
    calls = [call for call in xero.calls("Contacts") if call["at"] >= began]
    pages = [int(call["query"]["page"]) for call in calls]
    assert min(pages) >= 4
    assert len(pages) <= 18
    assert set(killed.ids("contacts", "ContactID")) | set(rest.ids("contacts", "ContactID")) == set(
        ids
    )
    assert "reading" not in rest.partition("contacts")
    assert rest.partition("contacts")["replication_key_value"].startswith("2026-01-01T15:19:00")


def test_an_edit_between_a_kill_and_the_next_run_is_not_lost(xero):
    ids = sorted(add_contact(xero, number) for number in range(60))
    xero.fault("status", "Contacts", nth=4, times=None, status=403, body="")
    cut_off = read(xero, ["contacts"], page_size=10, max_concurrency=1)
    assert cut_off.exit_code == 1
    xero.reset()
    xero.edit("Contacts", ids[0], Name="edited while nobody read")
    second = read(xero, ["contacts"], page_size=10, state=cut_off.state)
    third = read(xero, ["contacts"], page_size=10, state=second.state)
    names = [record["Name"] for record in second.records("contacts") + third.records("contacts")]
    assert "edited while nobody read" in names


def test_an_unfinished_read_of_other_parameters_is_not_gone_on_with(xero):
    ids = [add_contact(xero, number) for number in range(60)]
    xero.fault("status", "Contacts", nth=4, times=None, status=403, body="")
    cut_off = read(xero, ["contacts"], page_size=10, max_concurrency=1)
    xero.reset()
    again = read(xero, ["contacts"], page_size=20, state=cut_off.state)
    assert set(again.ids("contacts", "ContactID")) == set(ids)


def test_a_full_table_is_activated_after_its_last_record(xero):
    run = read(xero, ["accounts"])
    kinds = [message["type"] for message in run.messages if message["type"] != "STATE"]
    assert kinds[0] == "SCHEMA"
    assert kinds[-1] == "ACTIVATE_VERSION"
    [version] = [m["version"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"]
    assert {m["version"] for m in run.messages if m["type"] == "RECORD"} == {version}


def test_a_full_table_that_was_not_read_to_its_end_is_not_activated(xero):
    xero.fault("forbidden", "Accounts")
    run = read(xero, ["accounts", "tax_rates"])
    assert run.exit_code == 1
    activated = {m["stream"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"}
    assert activated == {"tax_rates"}


def test_activate_version_can_be_turned_off(xero):
    run = read(xero, ["accounts"], emit_activate_version_messages=False)
    assert not [m for m in run.messages if m["type"] == "ACTIVATE_VERSION"]
    assert {"version" in m for m in run.messages if m["type"] == "RECORD"} == {False}


def test_full_tables_ask_for_everything_also_in_later_runs(xero):
    first = read(xero, ["accounts", "items"])
    read(xero, ["accounts", "items"], state=first.state, start_date="2026-01-01")
    assert set(modified_since(xero, "Accounts") + modified_since(xero, "Items")) == {None}


def test_a_state_of_singer_ios_tap_is_taken_as_the_start(xero):
    add_contact(xero, -60 * 24 * 30)
    new = add_contact(xero, 0)
    state = {"bookmarks": {"contacts": {"UpdatedDateUTC": "2026-01-01T00:00:00.000000Z"}}}
    run = read(xero, ["contacts"], state=state)
    assert run.ids("contacts", "ContactID") == [new]
    assert "bookmark UpdatedDateUTC=2026-01-01T00:00:00.000000Z of an earlier tap" in run.log
    assert run.partition("contacts")["replication_key_value"] == "2026-01-01T12:00:00.500Z"


def test_a_bookmark_that_is_not_a_date_is_named(xero):
    state = {"bookmarks": {"contacts": {"UpdatedDateUTC": "yesterday"}}}
    run = read(xero, ["contacts"], state=state)
    assert run.exit_code == 1
    assert "'yesterday'" in run.last_line


def test_a_start_date_that_is_not_a_date_is_named(xero):
    run = read(xero, ["contacts"], start_date="last week")
    assert run.exit_code == 1
    assert "'start_date'" in run.last_line


def warnings_of_the_future(run):
    return [line for line in run.log.splitlines() if "in the future" in line]


def in_hours(hours):
    moment = datetime.now(timezone.utc) + timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def bookmarks_at(xero, value, *streams):
    state = {"replication_key": "UpdatedDateUTC", "replication_key_value": value}
    return {"bookmarks": {name: {"organisations": {xero.tenant_id: state}} for name in streams}}


@pytest.mark.parametrize("stream", ["contacts", "invoices_attachments"])
def test_a_bookmark_in_the_future_is_warned_of_with_its_stream_and_organisation(xero, stream):
    add_contact(xero, 0)
    bookmark = in_hours(30)
    state = bookmarks_at(xero, bookmark, stream)
    run = read(xero, [stream], state=state, copy_attachments=True)
    assert run.exit_code == 0, run.log
    assert run.records(stream) == []
    [warning] = warnings_of_the_future(run)
    assert f"The state's bookmark of {stream} of {xero.organisation().name}" in warning
    assert f"is {bookmark}. " in warning
    assert "remove the bookmark from the state" in warning


def test_a_bookmark_of_an_earlier_tap_in_the_future_is_warned_of(xero):
    bookmark = {"UpdatedDateUTC": "2999-01-01T00:00:00Z"}
    run = read(xero, ["contacts"], state={"bookmarks": {"contacts": bookmark}})
    assert run.exit_code == 0, run.log
    assert len(warnings_of_the_future(run)) == 1


def test_records_of_a_parent_are_warned_of_once(xero):
    state = bookmarks_at(xero, in_hours(30), "payroll_au_payslips")
    run = read(xero, ["payroll_au_payslips"], state=state)
    assert len(warnings_of_the_future(run)) == 1


def test_a_clock_that_is_some_hours_slow_is_no_reason_to_warn(xero):
    state = bookmarks_at(xero, in_hours(20), "contacts")
    run = read(xero, ["contacts", "invoices"], state=state, start_date=in_hours(20))
    assert warnings_of_the_future(run) == []


def test_a_bookmark_in_the_future_does_not_count_if_all_records_are_due(xero):
    contact_id = add_contact(xero, 0)
    streams = {"contacts": {"full_refresh_every": "7d"}}
    state = bookmarks_at(xero, in_hours(30), "contacts")
    run = read(xero, ["contacts"], state=state, streams=streams)
    assert run.ids("contacts", "ContactID") == [contact_id]
    assert warnings_of_the_future(run) == []


def test_a_start_date_in_the_future_is_warned_of_once_and_leaves_no_bookmark(xero):
    contact_id = add_contact(xero, 0)
    run = read(xero, ["contacts", "invoices"], start_date="2999-01-01")
    assert run.exit_code == 0, run.log
    assert run.records("contacts") == []
    [warning] = warnings_of_the_future(run)
    assert "Setting 'start_date' is '2999-01-01'" in warning
    assert "Set an earlier date" in warning
    again = read(xero, ["contacts"], state=run.state, start_date="2026-01-01")
    assert again.ids("contacts", "ContactID") == [contact_id]
    assert warnings_of_the_future(again) == []


def test_each_organisation_has_its_own_state_and_records_say_whose_they_are():
    with server(companies=["empty", "empty"]) as xero:
        first, second = xero.tenant_ids
        grant = xero.grant("sandbox-web")
        for number, tenant in ((0, first), (5, second)):
            changed = T0 + timedelta(minutes=number)
            contact = {"Name": "C", "ContactStatus": "ACTIVE", "UpdatedDateUTC": changed}
            xero.add("Contacts", contact, tenant)
        run = read(
            xero,
            ["contacts", "accounts"],
            access_token=grant["access_token"],
            tenant_ids=[first, second],
        )
        assert run.exit_code == 0
        assert run.ids("contacts", "_tenant_id") == [first, second]
        assert all(record["_tenant_name"] for record in run.records("contacts"))
        values = {
            tenant: state["replication_key_value"]
            for tenant, state in run.state["bookmarks"]["contacts"]["organisations"].items()
        }
        assert values == {first: "2026-01-01T12:00:00.500Z", second: "2026-01-01T12:05:00.500Z"}
        assert len([m for m in run.messages if m["type"] == "ACTIVATE_VERSION"]) == 1


def test_a_full_table_is_not_activated_where_one_organisation_could_not_be_read():
    with server(companies=["empty", "empty"]) as xero:
        grant = xero.grant("sandbox-web")
        xero.fault("forbidden", "Accounts", nth=2)
        run = read(
            xero, ["accounts"], access_token=grant["access_token"], tenant_ids=xero.tenant_ids
        )
        assert run.exit_code == 1
        assert len(run.records("accounts")) > 0
        assert not [m for m in run.messages if m["type"] == "ACTIVATE_VERSION"]


@pytest.mark.parametrize(
    "bookmark",
    [
        {"UpdatedDateUTC": "2026-01-01T12:02:00Z"},
        {"replication_key": "UpdatedDateUTC", "replication_key_value": "2026-01-01T12:02:00Z"},
    ],
)
def test_a_bookmark_without_organisations_is_taken_as_the_start(xero, bookmark):
    for number in range(4):
        add_contact(xero, number)
    run = read(xero, ["contacts"], state={"bookmarks": {"contacts": bookmark}})
    assert modified_since(xero, "Contacts") == ["2026-01-01T12:01:59"]
    assert "of an earlier tap" in run.log


def test_a_whole_state_message_is_taken_for_its_value(xero):
    add_contact(xero, 0)
    first = read(xero, ["contacts"])
    xero.reset()
    run = read(xero, ["contacts"], state={"type": "STATE", "value": first.state})
    assert run.exit_code == 0
    assert modified_since(xero, "Contacts") == ["2026-01-01T11:59:59"]


@pytest.mark.parametrize(
    "state",
    [
        5,
        [],
        {"bookmarks": None},
        {"bookmarks": []},
        {"bookmarks": {"contacts": None}},
        {"bookmarks": {"contacts": {"partitions": None}}},
        {"bookmarks": {"contacts": {"partitions": [{}]}}},
        {"bookmarks": {"contacts": {"partitions": [None]}}},
        {"bookmarks": {"contacts": {"organisations": []}}},
        {"bookmarks": {"contacts": {"organisations": {"a": None}}}},
    ],
)
def test_a_file_that_is_not_a_state_is_named_and_nothing_is_read(xero, state):
    add_contact(xero, 0)
    run = read(xero, ["contacts"], state=state)
    assert run.exit_code == 1
    assert "state.json" in run.last_line
    assert "is not a state of this tap" in run.last_line
    assert run.messages == []


@pytest.mark.parametrize("catalog", [[], {"streams": [{}]}, {"streams": None}, {"a": 1}])
def test_a_file_that_is_not_a_catalog_is_named(xero, tmp_path, catalog):
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(catalog))
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings_for(xero)))
    command = [str(TAP), "--config", str(config), "--catalog", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "is not a catalog" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_an_unfinished_read_that_cannot_be_understood_starts_over(xero):
    ids = [add_contact(xero, number) for number in range(3)]
    context = {"_tenant_id": xero.tenant_id}
    first = read(xero, ["contacts"], start_date="2020-01-01")
    reading = {"since": None, "began": "2026-01-01T00:00:00Z", "newest": 5, "page": 1}
    for request in ("?", None):
        partition = {"context": context, "reading": {**reading, "request": request}}
        state = {"bookmarks": {"contacts": {"partitions": [partition]}}}
        run = read(xero, ["contacts"], state=state, start_date="2020-01-01")
        assert run.exit_code == 0, run.log
        assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)
    assert first.exit_code == 0
