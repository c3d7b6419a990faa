"""Lists are read completely, even if they change meanwhile or the server ignores parameters."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from contacts import T0, add_contacts

from tap_runner import catalog_of, read

pytestmark = pytest.mark.fast


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


def test_a_filtered_list_in_which_nothing_changes_costs_one_more_call_and_no_second_read(xero):
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
    assert "ignores the order" in run.log


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


def add_drafts(xero, entity, count):
    for _ in range(count):
        xero.add(entity, {"Status": "DRAFT", "UpdatedDateUTC": T0})


def test_one_page_of_a_list_is_refused_if_no_page_was_asked_for(xero):
    add_drafts(xero, "PurchaseOrders", 150)
    run = read(xero, ["purchase_orders"], streams={"purchase_orders": {"pagination": False}})
    assert run.exit_code == 1
    assert "'pagination' of streams.purchase_orders" in run.last_line
    assert run.records("purchase_orders") == []
    assert "replication_key_value" not in run.partition("purchase_orders")


def test_a_list_that_xero_sends_whole_is_read_without_pages(xero):
    add_drafts(xero, "Quotes", 150)
    run = read(xero, ["quotes"], streams={"quotes": {"pagination": False}})
    assert run.exit_code == 0, run.log
    assert len(run.records("quotes")) == 150
    assert [call["query"] for call in xero.calls("Quotes")] == [{}]
    assert run.partition("quotes")["replication_key_value"] == "2026-01-01T00:00:00.000Z"


def test_a_list_that_comes_in_pages_only_cannot_be_asked_for_without(xero):
    run = read(
        xero,
        ["linked_transactions", "contacts"],
        streams={"linked_transactions": {"pagination": False}},
    )
    assert run.exit_code == 1
    assert "'streams.linked_transactions.pagination'" in run.last_line
    assert not [message for message in run.messages if message["type"] == "ACTIVATE_VERSION"]


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
    missing = "aaaaaaaa-0000-4000-8000-00000000dead"
    asked = {"manual_journals": {"ids": [ids[0], missing, *ids[1:]]}}
    run = read(xero, ["manual_journals"], streams=asked)
    assert run.exit_code == 1
    assert missing in run.last_line
    assert sorted(run.ids("manual_journals", "ManualJournalID")) == sorted(ids)


def refuse_calls(xero, nth, times):
    xero.fault(
        "status",
        "Contacts",
        status=400,
        nth=nth,
        times=times,
        content_type="application/json",
        body='{"Type":"ValidationException","Message":"Invalid id"}',
    )


def test_a_malformed_id_is_not_sent_and_named_and_all_others_are_read(xero):
    ids = add_contacts(xero, 45)
    asked = {"contacts": {"ids": [*ids[:20], "not-an-id", *ids[20:], ids[0].upper()]}}
    run = read(xero, ["contacts"], streams=asked)
    assert run.exit_code == 1
    assert "'not-an-id' is malformed" in run.last_line
    assert "streams.contacts.ids" in run.last_line
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)
    asked_ids = [call["query"]["IDs"].count(",") for call in xero.calls("Contacts")]
    assert sorted(asked_ids) == [4, 39]  # they are in flight together


def test_ids_that_are_refused_together_are_sent_in_halves_until_the_culprit_is_known(xero):
    ids = add_contacts(xero, 4)
    refuse_calls(xero, 1, 2)
    refuse_calls(xero, 4, 1)
    run = read(xero, ["contacts"], streams={"contacts": {"ids": ids}}, max_concurrency=1)
    assert run.exit_code == 1
    assert f"'{ids[0]}' is refused" in run.last_line
    assert "Invalid id" in run.last_line
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids[1:])


def test_missing_ids_are_a_warning_if_unavailable_streams_are_skipped(xero):
    [contact_id] = add_contacts(xero, 1)
    run = read(
        xero,
        ["contacts"],
        streams={"contacts": {"ids": [contact_id, "aaaaaaaa-0000-4000-8000-00000000dead", "x"]}},
        unavailable_streams="skip",
    )
    assert run.exit_code == 0
    assert "'aaaaaaaa-0000-4000-8000-00000000dead' does not exist" in run.log
    assert "'x' is malformed" in run.log
    assert run.ids("contacts", "ContactID") == [contact_id]


@pytest.mark.parametrize("text", ["../Contacts", "..", "a?b=c", "a/b", "%2e%2e"])
def test_an_id_never_leaves_its_path_segment(xero, text):
    add_contacts(xero, 1)
    run = read(xero, ["manual_journals"], streams={"manual_journals": {"ids": [text]}})
    assert run.exit_code == 1
    assert run.records("manual_journals") == []
    endpoints = {call["endpoint"] for call in xero.calls("*")} - {"connect/token", "connections"}
    assert all(endpoint.startswith("ManualJournals/") for endpoint in endpoints)
