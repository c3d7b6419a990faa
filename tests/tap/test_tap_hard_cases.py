"""Cases in which a record could be lost, or a run end in other than words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from tap_runner import TAP, arguments, catalog_of, read, settings_for

T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)


def add_contacts(xero, count, **fields):
    return [
        xero.add(
            "Contacts",
            {
                "Name": f"Contact {number}",
                "ContactStatus": "ACTIVE",
                "UpdatedDateUTC": T0 + timedelta(minutes=number),
                **fields,
            },
        )
        for number in range(count)
    ]


def add_quotes(xero, count):
    return [
        xero.add("Quotes", {"Status": "DRAFT", "UpdatedDateUTC": T0 + timedelta(minutes=number)})
        for number in range(count)
    ]


def change(xero, entity, record_id, **fields):
    records = xero.organisation().collections[entity]
    records[record_id] = {
        **records[record_id],
        "UpdatedDateUTC": datetime.now(timezone.utc),
        **fields,
    }


# --- nothing is skipped ----------------------------------------------------------------------


def test_a_small_page_size_leaves_out_none_of_the_ids_that_were_asked_for(xero):
    ids = add_contacts(xero, 45)
    run = read(xero, ["contacts"], page_size=10, streams={"contacts": {"ids": ids}})
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)
    assert len(xero.calls("Contacts")) == 2


def test_a_record_that_leaves_as_another_joins_takes_none_with_it(xero):
    ids = sorted(add_contacts(xero, 30))

    def leave_and_join():
        change(xero, "Contacts", ids[0], ContactStatus="ARCHIVED")
        xero.add("Contacts", {"Name": "New", "ContactStatus": "ACTIVE",
                              "UpdatedDateUTC": datetime.now(timezone.utc)})  # fmt: skip

    xero.before("Contacts", leave_and_join, nth=2)
    run = read(xero, ["contacts"], page_size=10, max_concurrency=1, include_archived=False)
    assert set(ids[1:]) <= set(run.ids("contacts", "ContactID"))


def test_a_filtered_list_in_which_nothing_changes_costs_one_more_call_and_no_second_walk(xero):
    add_contacts(xero, 30)
    params = {"params": {"where": 'ContactStatus=="ACTIVE"'}}
    run = read(xero, ["contacts"], page_size=10, streams={"contacts": params})
    assert len(run.records("contacts")) == 30
    assert len(xero.calls("Contacts")) == 4


def test_an_order_that_is_ignored_is_noticed_where_no_count_is_given(xero):
    ids = add_quotes(xero, 30)
    xero.fault("order_ignored", "Quotes", times=None)
    xero.before("Quotes", lambda: change(xero, "Quotes", ids[0]), nth=2)
    run = read(xero, ["quotes"], page_size=10, max_concurrency=1)
    assert set(run.ids("quotes", "QuoteID")) == set(ids)
    assert "does not heed the order" in run.log


def test_an_order_that_is_documented_and_ignored_is_noticed_too(xero):
    ids = add_contacts(xero, 30)
    xero.fault("order_ignored", "Contacts", times=None)
    xero.before("Contacts", lambda: change(xero, "Contacts", ids[0]), nth=2)
    run = read(xero, ["contacts"], page_size=10, max_concurrency=1)
    assert set(run.ids("contacts", "ContactID")) == set(ids)


def test_an_order_that_is_refused_on_a_later_page_is_answered_too(xero):
    ids = add_contacts(xero, 30)
    xero.fault("order_refused", "Contacts", nth=2, times=1)
    run = read(xero, ["contacts"], page_size=10)
    assert run.exit_code == 0, run.log
    assert set(run.ids("contacts", "ContactID")) == set(ids)


@pytest.mark.parametrize(
    ("stream", "entity"), [("purchase_orders", "PurchaseOrders"), ("quotes", "Quotes")]
)
def test_a_part_is_never_taken_for_the_whole_of_an_unpaged_list(xero, stream, entity):
    for _ in range(150):
        xero.add(entity, {"Status": "DRAFT", "UpdatedDateUTC": T0})
    run = read(xero, [stream], streams={stream: {"pagination": False}})
    assert len(run.records(stream)) == 150 or (
        run.exit_code == 1 and f"'pagination' of streams.{stream}" in run.last_line
    )
    assert run.exit_code == 0 or "replication_key_value" not in run.partition(stream)


def test_a_list_that_comes_in_pages_only_cannot_be_asked_for_without(xero):
    run = read(
        xero,
        ["linked_transactions", "contacts"],
        streams={"linked_transactions": {"pagination": False}},
    )
    assert run.exit_code == 1
    assert "'streams.linked_transactions.pagination'" in run.last_line
    assert not [one for one in run.messages if one["type"] == "ACTIVATE_VERSION"]


def test_no_summary_is_asked_for_where_no_pages_are(xero):
    dropped = ["LineItems", "Payments", "HasAttachments", "CISDeduction"]
    catalog = catalog_of(["invoices"], {"invoices": dropped})
    read(xero, catalog=catalog, streams={"invoices": {"pagination": False}})
    [query] = [call["query"] for call in xero.calls("Invoices")]
    assert "summaryOnly" not in query


def test_a_page_and_its_size_may_both_be_asked_for(xero):
    add_contacts(xero, 30)
    params = {"params": {"page": 2, "pageSize": 7}}
    run = read(xero, ["contacts"], streams={"contacts": params})
    assert len(run.records("contacts")) == 7


def test_one_id_that_does_not_exist_does_not_keep_the_others_from_being_read(xero):
    ids = [xero.add("ManualJournals", {"Status": "DRAFT"}) for _ in range(3)]
    gone = "aaaaaaaa-0000-4000-8000-00000000dead"
    asked = {"manual_journals": {"ids": [ids[0], gone, *ids[1:]]}}
    run = read(xero, ["manual_journals"], streams=asked)
    assert run.exit_code == 1
    assert gone in run.last_line
    assert sorted(run.ids("manual_journals", "ManualJournalID")) == sorted(ids)


# --- it ends in words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template", ["{{ 1 / 0 }}", "{{ 5 | xero_date }}", '{{ "{a}".format() }}', "{{ start.nope }}"]
)
def test_a_template_that_fails_names_its_setting_and_other_streams_are_read(xero, template):
    ids = add_contacts(xero, 2)
    streams = {"invoices": {"params": {"where": template}}}
    run = read(xero, ["contacts", "invoices"], streams=streams)
    assert run.exit_code == 1
    assert "streams.invoices.params.where" in run.last_line
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)


def test_a_page_size_that_is_no_number_names_its_setting(xero):
    run = read(xero, ["contacts"], streams={"contacts": {"params": {"pageSize": "many"}}})
    assert run.exit_code == 1
    assert "streams.contacts.params.pageSize" in run.last_line


@pytest.mark.parametrize("bookmark", ["abc", "0001-01-01T00:00:00Z"])
def test_a_bookmark_out_of_this_world_ends_in_words_or_reads_everything(xero, bookmark):
    ids = add_contacts(xero, 2)
    context = {"_tenant_id": xero.tenant_id}
    partition = {"context": context, "replication_key_value": bookmark}
    state = {"bookmarks": {"contacts": {"partitions": [partition]}}}
    run = read(xero, ["contacts"], state=state)
    if run.exit_code:
        assert "the state's bookmark of contacts" in run.last_line
    else:
        assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)


def test_an_organisation_is_known_by_its_id_in_any_case(xero):
    run = read(xero, ["contacts"], tenant_id=xero.tenant_id.upper())
    assert run.exit_code == 0, run.log


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")  # noqa: PTH110  # a device
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_ends_in_words(xero, tmp_path, where):
    add_contacts(xero, 2)
    command = [str(TAP), *arguments(tmp_path, settings_for(xero), ["contacts"], None)]
    shell = ["sh", "-c", f'exec "$@" {where}', "sh", *command]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


# --- signals ---------------------------------------------------------------------------------


def begun(xero, tmp_path):
    settings = settings_for(xero, page_size=100)
    command = [str(TAP), *arguments(tmp_path, settings, ["contacts"], None)]
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
    log.close()
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_with_its_own_exit_code_and_the_state_of_whole_pages(
    xero, tmp_path, number
):
    add_contacts(xero, 1000)
    xero.sandbox.behaviour.latency = 0.3
    process = begun(xero, tmp_path)
    lines = []
    while not any(b'"STATE"' in line for line in lines):
        lines.append(process.stdout.readline())
        assert lines[-1]
    process.send_signal(number)
    lines += process.communicate(timeout=20)[0].splitlines(keepends=True)
    assert process.returncode == 128 + number
    assert "Interrupted" in (tmp_path / "log").read_text()
    messages = [json.loads(line) for line in lines]
    state = next(one["value"] for one in reversed(messages) if one["type"] == "STATE")
    written = {one["record"]["ContactID"] for one in messages if one["type"] == "RECORD"}

    xero.sandbox.behaviour.latency = 0
    after = read(xero, ["contacts"], state=state, page_size=100)
    every = set(xero.organisation().collections["Contacts"])
    assert written | set(after.ids("contacts", "ContactID")) == every


def test_a_signal_while_nobody_reads_cuts_no_message_off(xero, tmp_path):
    add_contacts(xero, 600, Name="x" * 2000)
    process = begun(xero, tmp_path)
    first = os.read(process.stdout.fileno(), 10_000)
    time.sleep(1.5)  # the pipe is full by now
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    rest = []
    reader = threading.Thread(target=lambda: rest.append(process.stdout.read()))
    reader.start()
    reader.join(20)
    process.stdout.close()
    assert process.wait(20) == 128 + signal.SIGTERM
    output = first + rest[0]
    assert output.endswith(b"\n"), output[-300:]
    for line in output.splitlines():
        json.loads(line)
