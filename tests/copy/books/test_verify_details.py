"""What `target-xero verify` compares inside of records: days, schedules, what they refer to."""

import json
from datetime import date, timedelta

import pytest
from copy_pair import assert_records_match, last_state
from small_company import line_item

TEMPLATE = {
    "Type": "ACCREC",
    "Status": "DRAFT",
    "LineItems": [line_item("9")],
    "Schedule": {
        "Period": 1,
        "Unit": "MONTHLY",
        "DueDate": 10,
        "DueDateType": "OFFOLLOWINGMONTH",
        "StartDate": "2027-02-01",
        "EndDate": "2028-02-01",
    },
}


def differences(pair):
    """Entity and differing fields of each record that must not differ."""
    found = json.loads(pair.verify("--json", "-").stdout)["mismatches"]
    return {
        (mismatch["entity"], field[0])
        for mismatch in found
        if mismatch["judged"]
        for field in mismatch["fields"]
    }


def edit_copy(pair, entity, id_field, has, **changes):
    """Changes the first record of the copy that has a field, without a call."""
    record = next(x for x in pair.xero.records(entity, pair.target) if x.get(has))
    made = {name: change(record[name]) for name, change in changes.items()}
    pair.xero.edit(entity, record[id_field], pair.target, **made)


def test_another_day_of_an_allocation_is_a_difference(copied):
    def a_day_later(allocations):
        return [{**x, "Date": x["Date"] + timedelta(days=1)} for x in allocations]

    edit_copy(copied, "CreditNotes", "CreditNoteID", "Allocations", Allocations=a_day_later)

    assert differences(copied) == {("CreditNotes", "Allocations")}


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("EndDate", date(2029, 2, 1), "EndDate"),
        ("StartDate", date(2027, 3, 1), "StartDate"),
        ("DueDate", 20, "Due"),
        ("DueDateType", "OFCURRENTMONTH", "Due"),
    ],
)
def test_another_schedule_of_a_template_is_a_difference(copied, field, value, shown):
    ana = {"ContactID": copied.find("Contacts", Name="Ana")["ContactID"]}
    copied.put("RepeatingInvoices", {**TEMPLATE, "Contact": ana})
    ended = copied.copy(copied.tap(state=copied.state))
    assert ended.returncode == 0
    assert last_state(ended)
    assert_records_match(copied)

    edit_copy(
        copied,
        "RepeatingInvoices",
        "RepeatingInvoiceID",
        "Schedule",
        Schedule=lambda schedule: {**schedule, field: value},
    )

    assert differences(copied) == {("RepeatingInvoices", shown)}


def test_a_billable_expense_of_another_line_or_customer_is_a_difference(copied):
    ana = {"ContactID": copied.find("Contacts", Name="Ana")["ContactID"]}
    bill = copied.put(
        "Invoices",
        {
            "Type": "ACCPAY",
            "Contact": ana,
            "InvoiceNumber": "B-1",
            "Date": "2026-03-05",
            "DueDate": "2026-04-05",
            "Status": "AUTHORISED",
            "LineItems": [line_item("70", "300"), line_item("71", "300")],
        },
    )
    link = {
        "SourceTransactionID": bill["InvoiceID"],
        "SourceLineItemID": bill["LineItems"][0]["LineItemID"],
        "ContactID": ana["ContactID"],
    }
    copied.call("PUT", "LinkedTransactions", link)
    assert copied.copy(copied.tap(state=copied.state)).returncode == 0
    assert_records_match(copied)

    theirs = copied.find("Invoices", copied.target, InvoiceNumber="B-1")
    mill = copied.find("Contacts", copied.target, Name="Mill & Söhne")
    edit_copy(
        copied,
        "LinkedTransactions",
        "LinkedTransactionID",
        "SourceLineItemID",
        SourceLineItemID=lambda _: theirs["LineItems"][1]["LineItemID"],
        ContactID=lambda _: mill["ContactID"],
    )

    assert differences(copied) == {
        ("LinkedTransactions", "Line"),
        ("LinkedTransactions", "Contact"),
    }
