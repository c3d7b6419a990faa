"""The streams of aged receivables and payables: a report for each contact and month end."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from tap_runner import read
from xero_sandbox.http.limits import Limits

DEMO = pytest.mark.sandbox(companies=["demo"])
BOTH = ["aged_receivables_by_contact", "aged_payables_by_contact"]
RECEIVABLES = BOTH[0]
SIGNS = {"Invoices": 1, "CreditNotes": -1, "Prepayments": -1, "Overpayments": -1}
TYPES = {
    "aged_receivables_by_contact": ("ACCREC", "ACCRECCREDIT", "RECEIVE-"),
    "aged_payables_by_contact": ("ACCPAY", "ACCPAYCREDIT", "SPEND-"),
}


def running_month(xero):
    return {"from": f"{xero.clock.now():%Y-%m}"}


def open_documents(xero, stream):
    """The document, contact, currency and amount due of all that is open, from the records."""
    invoice, credit, advance = TYPES[stream]
    found = {}
    for entity, sign in SIGNS.items():
        for record in xero.records(entity):
            due = record.get("AmountDue") if entity == "Invoices" else record.get("RemainingCredit")
            is_of_side = record["Type"] in {invoice, credit} or record["Type"].startswith(advance)
            if record["Status"] in {"AUTHORISED", "PAID"} and is_of_side and due:
                found[record[f"{entity[:-1]}ID"]] = (
                    record["Contact"]["ContactID"],
                    record["CurrencyCode"],
                    record["Date"].isoformat(),
                    sign * due,
                )
    return found


def documents(xero, run, stream):
    base = xero.organisation().base_currency
    return {
        row["DocumentID"]: (
            row["ContactID"],
            row["CurrencyCode"] or base,
            row["DocumentDate"],
            Decimal(str(row["Due"])),
        )
        for row in run.records(stream)
        if row["DocumentID"]
    }


@DEMO
def test_they_have_every_open_document_of_every_contact(xero):
    run = read(xero, BOTH, reports=running_month(xero))

    assert run.exit_code == 0, run.log
    for stream in BOTH:
        expected = open_documents(xero, stream)
        assert len(expected) > 10
        assert documents(xero, run, stream) == expected
    currencies = {row["CurrencyCode"] for row in run.records(BOTH[0]) + run.records(BOTH[1])}
    assert len(currencies) > 1


@DEMO
def test_a_key_is_that_of_one_row(xero):
    run = read(xero, BOTH, reports=running_month(xero))

    for message in run.messages:
        if message["type"] == "SCHEMA":
            keys = message["key_properties"]
            rows = run.records(message["stream"])
            counts = Counter(tuple(row[key] for key in keys) for row in rows)
            assert set(counts.values()) == {1}
            assert keys == ["_tenant_id", "Date", "ContactID", "RowKey"]


@DEMO
def test_a_row_keeps_its_key_when_documents_of_another_currency_come(xero):
    reports = running_month(xero)
    before = read(xero, [RECEIVABLES], reports=reports)
    invoice = next(
        document
        for document in xero.records("Invoices")
        if document["Type"] == "ACCREC"
        and document["Status"] == "AUTHORISED"
        and document["CurrencyCode"] == "NZD"
    )
    contact_id = invoice["Contact"]["ContactID"]
    foreign = {**invoice, "InvoiceID": "0" * 8 + invoice["InvoiceID"][8:], "CurrencyCode": "AUD"}
    xero.add("Invoices", foreign)
    after = read(xero, [RECEIVABLES], reports=reports)

    def rows(run):
        return {
            row["RowKey"]: (row["Label"], row["Due"])
            for row in run.records(RECEIVABLES)
            if row["ContactID"] == contact_id
        }

    assert rows(before).items() < rows(after).items()
    added = rows(after).keys() - rows(before).keys()
    assert {"AUD > Opening Balance", "AUD > Closing Balance", foreign["InvoiceID"]} <= added


@DEMO
def test_the_log_says_how_many_calls_it_takes_before_they_are_made(xero):
    run = read(xero, [RECEIVABLES], reports=running_month(xero))
    calls = xero.calls("Reports/AgedReceivablesByContact")
    contacts = {call["query"]["contactId"] for call in calls}

    assert len(contacts) == len(calls) > 50
    said = f"takes {len(calls)} calls: one a contact and month end (contacts: {len(contacts)}, "
    assert said in run.log
    assert "than are left today" not in run.log


@pytest.mark.sandbox(companies=["demo"], limits=Limits(minute=1_000, day=20))
def test_more_calls_than_are_left_today_are_told_before_they_are_made(xero):
    run = read(xero, [RECEIVABLES], reports=running_month(xero))
    told = run.log.index("takes more calls than are left today")

    assert run.exit_code == 1
    assert told < run.log.index("daily limit")
    assert len(xero.calls()) <= 20 + 5


@DEMO
def test_only_contacts_that_can_owe_are_asked_for_also_those_with_nothing_but_credits(xero):
    credit = next(note for note in xero.records("CreditNotes") if note["Type"] == "ACCRECCREDIT")
    contact_id = credit["Contact"]["ContactID"]
    xero.edit("Contacts", contact_id, IsCustomer=False, ContactStatus="ARCHIVED")
    # Xero has two names for the types of advances.
    advance = next(
        payment for payment in xero.records("Overpayments") if payment["Type"].startswith("RECEIVE")
    )
    xero.edit("Overpayments", advance["OverpaymentID"], Type="AROVERPAYMENT")
    payer = advance["Contact"]["ContactID"]
    xero.edit("Contacts", payer, IsCustomer=False)
    suppliers = {
        contact["ContactID"]
        for contact in xero.records("Contacts")
        if contact["IsSupplier"] and not contact["IsCustomer"]
    } - {contact_id, payer}
    read(xero, [RECEIVABLES], reports=running_month(xero))
    asked = {call["query"]["contactId"] for call in xero.calls("Reports/*")}

    assert {contact_id, payer} <= asked
    assert suppliers
    assert not suppliers & asked


@DEMO
def test_the_first_run_has_the_last_whole_month_and_no_later_run_leaves_a_month_out(xero):
    first = read(xero, ["aged_payables_by_contact"], start_date="2025-01-01T00:00:00Z")
    days = {row["Date"] for row in first.records("aged_payables_by_contact")}
    last_month, this_month = sorted(days)
    assert len(days) == 2
    assert this_month[:7] == f"{xero.clock.now():%Y-%m}"

    state = json.loads(json.dumps(first.state).replace(last_month[:8], "2026-05-"))
    later = read(xero, ["aged_payables_by_contact"], state=state, reports={"again": 0})
    assert {row["Date"] for row in later.records("aged_payables_by_contact")} >= {
        "2026-06-30",
        "2026-07-31",
        last_month,
        this_month,
    }


@DEMO
def test_an_earlier_month_end_shows_what_was_open_then(xero):
    run = read(xero, [RECEIVABLES], reports={"from": "2026-10", "again": 0})
    due = Counter()
    for row in run.records(RECEIVABLES):
        if row["DocumentID"]:
            due[row["Date"]] += Decimal(str(row["Due"]))

    assert min(due) == "2026-10-31"
    assert due["2026-10-31"] != due["2026-11-30"]


@DEMO
@pytest.mark.usefixtures("prompt")
def test_one_contact_that_fails_fails_the_stream_and_loses_nothing(xero):
    settings = {"reports": {"from": "2026-10", "again": 0}}
    contact_id = max(
        contact["ContactID"] for contact in xero.records("Contacts") if contact["IsCustomer"]
    )
    xero.fault(
        "status",
        "Reports/AgedReceivablesByContact",
        query={"contactId": contact_id, "date": "2026-11-30"},
        status=500,
        times=None,
    )
    failed = read(xero, BOTH, **settings)

    assert failed.exit_code == 1
    assert RECEIVABLES in failed.last_line
    assert failed.records("aged_payables_by_contact")
    assert failed.partition(RECEIVABLES)["months"]["all"]["last"] == "2026-10-31"

    xero.reset()
    after = read(xero, [RECEIVABLES], state=failed.state, **settings)
    assert after.exit_code == 0
    assert min(row["Date"] for row in after.records(RECEIVABLES)) == "2026-11-30"
    assert contact_id in {row["ContactID"] for row in after.records(RECEIVABLES)}


@DEMO
def test_a_report_of_another_day_is_an_error_that_names_the_contact(xero):
    contact_id = next(
        contact["ContactID"] for contact in xero.records("Contacts") if contact["IsCustomer"]
    )
    titles = ["Invoices", "Fair of 1 May 2020", "To 31 August 2026", "Showing payments to …"]
    report = {"ReportTitles": titles, "Rows": [{"RowType": "Header", "Cells": [{"Value": "Date"}]}]}
    xero.fault(
        "status",
        "Reports/AgedReceivablesByContact",
        query={"contactId": contact_id},
        status=200,
        content_type="application/json",
        body=json.dumps({"Reports": [report]}),
    )
    run = read(xero, [RECEIVABLES], reports=running_month(xero))

    assert run.exit_code == 1
    assert contact_id in run.last_line
    assert "2026-08-31" in run.last_line


@DEMO
def test_a_role_that_shows_no_reports_is_skipped_if_that_is_wanted(xero):
    xero.fault("forbidden", "Reports/*", times=None)
    reports = running_month(xero)
    refused = read(xero, [RECEIVABLES, "currencies"], reports=reports)
    skipped = read(xero, [RECEIVABLES, "currencies"], reports=reports, unavailable_streams="skip")

    assert (refused.exit_code, skipped.exit_code) == (1, 0)
    assert f"Skipping {RECEIVABLES}" in skipped.log
    assert skipped.records("currencies")


# Some calls are for the lists of contacts and credits, and for the lock date.
DAY_OF_40 = pytest.mark.sandbox(companies=["demo"], limits=Limits(minute=1_000, day=40))


def asked(xero):
    """The contacts and days of the reports that were answered with 200, in order."""
    return [
        (call["query"]["contactId"], call["query"]["date"])
        for call in xero.calls("Reports/AgedReceivablesByContact")
        if call["status"] == 200
    ]


def contacts_of(run):
    return {row["ContactID"] for row in run.records(RECEIVABLES)}


def read_day_by_day(xero, state=None, days=8, **settings):
    """Runs until one succeeds, each on the next day."""
    runs = []
    while not runs or runs[-1].exit_code:
        assert len(runs) < days
        runs.append(read(xero, [RECEIVABLES], state=state, **settings))
        state = runs[-1].state
        xero.clock.advance(24 * 3600)
    return runs


@DAY_OF_40
def test_more_contacts_than_a_day_has_calls_are_read_in_several_days(xero):
    runs = read_day_by_day(xero, reports=running_month(xero))
    expected = {contact for contact, *_ in open_documents(xero, RECEIVABLES).values()}
    calls = asked(xero)

    assert len(runs) > 1
    assert all("daily limit" in run.last_line for run in runs[:-1])
    assert set().union(*map(contacts_of, runs)) >= expected
    # Only the part of the contacts in which the day ended is asked for again.
    assert len(calls) - len(set(calls)) <= 5 * (len(runs) - 1)
    assert "reading" in runs[0].partition(RECEIVABLES)
    assert "reading" not in runs[-1].partition(RECEIVABLES)


# The calls for lists, and seven reports.
DAY_OF_12 = pytest.mark.sandbox(limits=Limits(minute=1_000, day=12))


def add_customers(xero, count=12):
    """Contacts of which two each have ids that begin with the same digits."""
    ids = [f"{number // 2:02x}{number:06x}-0000-4000-8000-000000000000" for number in range(count)]
    for number, contact in enumerate(ids):
        fields = {"ContactID": contact, "Name": f"C{number}", "IsCustomer": True}
        xero.add("Contacts", fields)
    return ids


@DAY_OF_12
def test_months_that_are_read_again_are_not_begun_again_the_next_day(xero):
    ids = add_customers(xero)
    last = (xero.clock.now().replace(day=1) - timedelta(days=1)).date()
    months = {"all": {"since": f"{last:%Y-%m}-01", "last": last.isoformat()}}
    partition = {"months": months, "replication_key": "Date"}
    state = {"bookmarks": {RECEIVABLES: {"organisations": {xero.tenant_ids[0].lower(): partition}}}}
    runs = read_day_by_day(xero, state=state, reports={"from": f"{last:%Y-%m}", "again": 1})
    calls = asked(xero)

    assert len({day for _, day in calls}) == 2
    assert {contact for contact, _ in calls} == set(ids)
    assert len(set(calls)) == 2 * len(ids)
    # Only the part in which a day ended is asked for again.
    assert len(calls) - len(set(calls)) <= 2 * (len(runs) - 1)
    assert runs[-1].partition(RECEIVABLES)["months"]["all"]["last"] == last.isoformat()
    assert "reading" not in runs[-1].partition(RECEIVABLES)


@DAY_OF_12
def test_a_contact_that_joins_those_that_were_read_is_read_too(xero):
    settings = {"reports": running_month(xero)}
    ids = add_customers(xero)
    first = read(xero, [RECEIVABLES], **settings)
    assert {contact for contact, _ in asked(xero)} < set(ids)
    joined = ids[0][:-4] + "1111"
    xero.add("Contacts", {"ContactID": joined, "Name": "Joined", "IsCustomer": True})
    xero.clock.advance(24 * 3600)
    read_day_by_day(xero, state=first.state, **settings)

    assert {contact for contact, _ in asked(xero)} == {*ids, joined}


@DAY_OF_12
def test_what_was_read_before_a_month_was_over_does_not_count_after_it(xero):
    settings = {"reports": {"from": "2026-10", "again": 0}}
    ids = add_customers(xero)
    first = read(xero, [RECEIVABLES], **settings)
    before = asked(xero)
    reading = first.partition(RECEIVABLES)["reading"]["all"]
    assert (reading["month"], reading["read"]) == ("2026-10-31", [])
    reading["on"] = "2026-10-20"
    xero.clock.advance(24 * 3600)
    read(xero, [RECEIVABLES], state=first.state, **settings)

    again = asked(xero)[len(before) :]
    assert (ids[0], "2026-10-31") in before
    assert (ids[0], "2026-10-31") in again


@pytest.mark.parametrize("reading", ["odd", {"all": 7}, {"all": {"since": "2026-10-31"}}])
def test_an_unreadable_part_of_the_state_begins_the_report_again(xero, reading):
    tenant_id = xero.tenant_ids[0].lower()
    state = {"bookmarks": {RECEIVABLES: {"organisations": {tenant_id: {"reading": reading}}}}}
    contact = xero.add("Contacts", {"Name": "Ana", "IsCustomer": True})
    run = read(xero, [RECEIVABLES], state=state, reports=running_month(xero))

    assert run.exit_code == 0, run.log
    assert {each for each, _ in asked(xero)} == {contact}
