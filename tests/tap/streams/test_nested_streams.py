"""The streams of the lists inside records: lines, tracking, allocations, addresses, members."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tap_runner import catalog_of, read
from xero_client.entities.nested_lists import NESTED_LISTS
from xero_sandbox.reports.balances import Ledger

DEMO = pytest.mark.sandbox(companies=["demo"])
LINES = "invoice_line_items"


def lists_calls(xero):
    return [call for call in xero.log if call["endpoint"] not in ("connections", "connect/token")]


@DEMO
def test_the_lines_of_invoices_are_rows_of_their_own_with_the_time_of_their_invoice(xero):
    run = read(xero, ["invoices", LINES, "invoice_line_item_tracking"])

    assert run.exit_code == 0, run.log
    read_at = {record["InvoiceID"]: record["_read_at"] for record in run.records("invoices")}
    expected = [
        (record["InvoiceID"], number, line["LineItemID"], line.get("LineAmount"))
        for record in run.records("invoices")
        for number, line in enumerate(record["LineItems"], 1)
    ]
    rows = run.records(LINES)
    assert len(rows) > 100
    assert [
        (row["InvoiceID"], row["_line"], row["LineItemID"], row.get("LineAmount")) for row in rows
    ] == expected
    assert all(row["_read_at"] == read_at[row["InvoiceID"]] for row in rows)
    assert {row["_tenant_id"] for row in rows} == {xero.organisation().tenant_id}
    tracked = [
        (line["LineItemID"], place, each["Option"])
        for record in run.records("invoices")
        for line in record["LineItems"]
        for place, each in enumerate(line.get("Tracking") or (), 1)
    ]
    found = run.records("invoice_line_item_tracking")
    assert [(row["LineItemID"], row["_line"], row["Option"]) for row in found] == tracked
    assert tracked


@DEMO
def test_nested_streams_make_no_call_of_their_own(xero):
    read(xero, ["invoices"])
    calls = len(lists_calls(xero))
    xero.reset()
    read(xero, ["invoices", LINES, "invoice_line_item_tracking"])

    assert len(lists_calls(xero)) == calls


@DEMO
def test_lines_are_read_whole_without_their_invoices(xero):
    with_invoices = read(xero, ["invoices", LINES])
    xero.reset()
    alone = read(xero, [LINES])

    assert alone.records("invoices") == []
    assert not [m for m in alone.messages if m.get("stream") == "invoices"]
    without_time = [
        [{**row, "_read_at": None} for row in run.records(LINES)] for run in (with_invoices, alone)
    ]
    assert without_time[0] == without_time[1]
    assert not [call for call in xero.calls("Invoices") if "summaryOnly" in call["query"]]


@DEMO
def test_lines_keep_invoices_from_being_read_in_summary(xero):
    catalog = catalog_of(
        ["invoices", LINES],
        {"invoices": ["LineItems", "Payments", "HasAttachments", "CISDeduction"]},
    )
    run = read(xero, catalog=catalog)

    assert "summaryOnly" not in xero.calls("Invoices")[0]["query"]
    assert run.records(LINES)
    assert not [record for record in run.records("invoices") if "LineItems" in record]


@DEMO
def test_every_nested_stream_has_rows_that_fit_its_schema_and_key(xero):
    names = [nested.stream for nested in NESTED_LISTS]
    run = read(xero, names)

    assert run.exit_code == 0, run.log
    assert "does not fit" not in run.log
    schemas = {m["stream"]: m for m in run.messages if m["type"] == "SCHEMA"}
    assert sorted(schemas) == sorted(names)
    for nested in NESTED_LISTS:
        rows = run.records(nested.stream)
        message = schemas[nested.stream]
        keys = [tuple(row[name] for name in message["key_properties"]) for row in rows]
        assert len(set(keys)) == len(keys), nested.stream
        for row in rows:
            assert row.keys() <= message["schema"]["properties"].keys(), nested.stream
            assert row["_read_at"], nested.stream
    empty = {name for name in names if not run.records(name)}
    # The demo company tracks only invoices, bank transactions and quotes.
    assert all(name.endswith("_tracking") for name in empty), empty


@DEMO
def test_members_of_groups_are_read_by_id_only_for_their_own_stream(xero):
    plain = read(xero, ["contact_groups"])
    assert len(lists_calls(xero)) == 1
    assert not [record for record in plain.records("contact_groups") if "Contacts" in record]
    xero.reset()
    run = read(xero, ["contact_groups", "contact_group_members"])

    groups = run.records("contact_groups")
    assert len(lists_calls(xero)) == 1 + len(groups)
    members = run.records("contact_group_members")
    assert members
    assert {row["ContactGroupID"] for row in members} <= {row["ContactGroupID"] for row in groups}
    assert all(row["ContactID"] and row["Name"] for row in members)


@DEMO
def test_a_removed_line_is_told_by_its_older_time(xero):
    first = read(xero, ["invoices", LINES])
    target = next(r for r in first.records("invoices") if len(r["LineItems"]) > 1)
    [record] = [
        each for each in xero.records("Invoices") if each["InvoiceID"] == target["InvoiceID"]
    ]
    *kept, removed = record["LineItems"]
    xero.edit("Invoices", record["InvoiceID"], LineItems=kept)
    second = read(xero, ["invoices", LINES], state=first.state)

    rows = {row["LineItemID"]: row for run in (first, second) for row in run.records(LINES)}
    current = {
        r["InvoiceID"]: r["_read_at"] for run in (first, second) for r in run.records("invoices")
    }
    assert rows[removed["LineItemID"]]["_read_at"] < current[target["InvoiceID"]]
    stale = {
        row["LineItemID"] for row in rows.values() if row["_read_at"] != current[row["InvoiceID"]]
    }
    assert stale == {removed["LineItemID"]}


@DEMO
def test_a_stream_that_joins_later_is_read_from_the_beginning(xero):
    first = read(xero, ["invoices"])
    second = read(xero, ["invoices", LINES], state=first.state)
    third = read(xero, ["invoices", LINES], state=second.state)
    only_lines = read(xero, [LINES], state=third.state)
    again = read(xero, ["invoices"], state=only_lines.state)

    assert len(second.records("invoices")) == len(first.records("invoices"))
    assert "from the beginning for invoice_line_items" in second.log
    assert len(third.records("invoices")) < 3
    assert len(only_lines.records(LINES)) < 10
    assert len(again.records("invoices")) == len(first.records("invoices"))


@pytest.mark.parametrize("parent", ["invoices", "contacts", "manual_journals", "journals"])
@DEMO
def test_rows_without_their_records_keep_the_bookmark_of_the_records(xero, parent):
    nested = [each.stream for each in NESTED_LISTS if each.parent.stream == parent]
    with_records = read(xero, [parent, *nested])
    first = read(xero, nested)
    second = read(xero, nested, state=first.state)

    kept, alone = (
        run.state["bookmarks"][parent]["organisations"][xero.organisation().tenant_id]
        for run in (with_records, first)
    )
    assert kept["replication_key_value"] == alone["replication_key_value"]
    assert all(len(first.records(stream)) > 10 for stream in nested[:1])
    assert all(len(second.records(stream)) < 10 for stream in nested)


@DEMO
def test_rows_of_a_full_table_are_activated_with_it(xero):
    run = read(xero, ["tracking_categories", "tracking_options"])

    activated = {m["stream"]: m["version"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"}
    assert activated.keys() == {"tracking_categories", "tracking_options"}
    versions = {
        m["version"]
        for m in run.messages
        if m["type"] == "RECORD" and m["stream"] == "tracking_options"
    }
    assert versions == {activated["tracking_options"]}


@DEMO
def test_rows_of_a_full_table_are_activated_if_it_is_not_selected(xero):
    run = read(xero, ["tracking_options"])

    assert [m["stream"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"] == [
        "tracking_options"
    ]


@DEMO
def test_options_of_a_nested_stream_are_refused_with_the_right_place(xero):
    run = read(xero, [LINES], streams={LINES: {"page_size": 5}})

    assert run.exit_code == 1
    assert "streams.invoices" in run.last_line


@DEMO
def test_ids_give_the_lines_of_these_invoices_only(xero):
    some = read(xero, ["invoices"]).ids("invoices", "InvoiceID")[:3]
    run = read(xero, [LINES], streams={"invoices": {"ids": some}})

    assert {row["InvoiceID"] for row in run.records(LINES)} == set(some)


@DEMO
def test_allocations_name_their_invoice_in_flat_columns(xero):
    run = read(xero, ["credit_notes", "credit_note_allocations"])

    expected = [
        (record["CreditNoteID"], each["Invoice"]["InvoiceID"], Decimal(str(each["Amount"])))
        for record in run.records("credit_notes")
        for each in record["Allocations"] or ()
    ]
    rows = run.records("credit_note_allocations")
    assert [
        (row["CreditNoteID"], row["Invoice_InvoiceID"], Decimal(str(row["Amount"]))) for row in rows
    ] == expected
    assert expected


def test_tracking_of_lines_without_an_id_names_the_place_of_its_line(xero):
    option = {"TrackingCategoryID": "c", "TrackingOptionID": "o", "Name": "Region"}
    lines = [
        {"LineAmount": Decimal(5), "AccountCode": "200", "Tracking": []},
        {"LineAmount": Decimal(-5), "AccountCode": "400", "Tracking": [option]},
    ]
    xero.add("ManualJournals", {"ManualJournalID": "m", "Narration": "x", "JournalLines": lines})
    run = read(xero, ["manual_journal_lines", "manual_journal_line_tracking"])

    assert [row["_line"] for row in run.records("manual_journal_lines")] == [1, 2]
    [row] = run.records("manual_journal_line_tracking")
    assert (row["ManualJournalID"], row["LineNo"], row["_line"]) == ("m", 2, 1)
    assert row["TrackingOptionID"] == "o"


@DEMO
def test_the_cash_journals_are_a_stream_of_their_own_and_balance(xero):
    run = read(xero, ["journals", "journals_cash", "journals_cash_lines"])

    assert run.exit_code == 0, run.log
    accrual, cash = run.ids("journals", "JournalID"), run.ids("journals_cash", "JournalID")
    assert 0 < len(cash) < len(accrual)
    by_journal, by_account = {}, {}
    for row in run.records("journals_cash_lines"):
        amount = Decimal(str(row["NetAmount"]))
        by_journal[row["JournalID"]] = by_journal.get(row["JournalID"], 0) + amount
        by_account[row["AccountID"]] = by_account.get(row["AccountID"], 0) + amount
    assert by_journal.keys() == set(cash)
    assert not any(by_journal.values())
    ledger = Ledger(xero.organisation(), cash=True)
    books = ledger.sums(None, date(9999, 12, 31))
    assert {key: amount for key, amount in by_account.items() if amount} == {
        key: amount for key, amount in books.items() if amount
    }


@DEMO
def test_the_cash_journals_have_a_bookmark_of_their_own(xero):
    first = read(xero, ["journals_cash"])
    again = read(xero, ["journals", "journals_cash"], state=first.state)

    assert again.records("journals_cash") == []
    assert again.records("journals")


@DEMO
@pytest.mark.parametrize("selected", [[LINES], ["invoices", LINES]])
def test_lines_that_the_catalog_reads_whole_are_read_whole_in_each_run(xero, selected):
    first = read(xero, selected)
    catalog = catalog_of(selected)
    [lines] = [each for each in catalog["streams"] if each["tap_stream_id"] == LINES]
    lines["replication_method"] = "FULL_TABLE"

    later = read(xero, catalog=catalog, state=first.state)

    assert len(later.records(LINES)) == len(first.records(LINES))
    activated = [m["stream"] for m in later.messages if m["type"] == "ACTIVATE_VERSION"]
    assert sorted(activated) == sorted(selected)
