"""What a dry run says of records that name others, if the run itself creates some of those."""

import pytest
from documents import authorised_invoice
from target_runner import publish, records
from test_dry_run import check_prediction

from target_xero.lookup.named_records import expected_records
from xero_client.store import spilled_table

pytestmark = pytest.mark.usefixtures("no_waiting")

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
CREATED, INVALID = "created", "invalid"


def bill(number, contact="Ana", **fields):
    return authorised_invoice(number, "ACCPAY", Contact={"Name": contact}, **fields)


def document(kind, contact="Ana", **fields):
    own = {"Type": kind, "Contact": {"Name": contact}, "Date": "2026-10-01", "LineItems": [LINE]}
    return own | {"Status": "AUTHORISED"} | fields


def credit(contact="Ana"):
    return document("ACCPAYCREDIT", contact, CreditNoteNumber="C-1")


def prepaid(contact="Ana", kind="RECEIVE-PREPAYMENT", **fields):
    own = {"BankAccount": {"Code": "090"}, "Reference": "P-1"}
    return document(kind, contact, **(own | fields))


def payment(**fields):
    return {"Account": {"Code": "090"}, "Date": "2026-10-02", "Amount": "1", **fields}


def paid(number, contact):
    return payment(Invoice={"InvoiceNumber": number, "Contact": {"Name": contact}})


def task(name, value="1"):
    rate = {"currency": "NZD", "value": value}
    return {"project": {"name": "Barn"}, "name": name, "rate": rate, "chargeType": "TIME"}


def time_of(name):
    user = {"user": {"name": "Ana Hill"}, "dateUtc": "2026-10-01T00:00:00Z", "duration": 60}
    return {"project": {"name": "Barn"}, "task": {"name": name}, **user}


NOTE = ("invoices_history", [{"InvoiceNumber": "7", "Details": "x"}])
PAYMENT = ("payments", [payment(InvoiceNumber="7")])
ALLOCATION = {"CreditNoteNumber": "C-1", "Amount": "1", "Date": "2026-10-02"}
ALLOCATIONS = ("credit_notes_allocations", [ALLOCATION | {"Invoice": {"InvoiceNumber": "7"}}])
SALE, CREDIT = ("invoices", [authorised_invoice("7")]), ("credit_notes", [credit()])
TWO_BILLS = ("invoices", [bill("7"), bill("7", "Bo")])
CONTACTS = ("contacts", [{"Name": "Ana"}, {"Name": "Bo"}])
BARN = {"name": "Barn", "contact": {"Name": "Ana"}}
OTHER_BARN = BARN | {"contact": {"Name": "Bo"}}
P_NOTE = ("prepayments_history", [{"Reference": "P-1", "Details": "x"}])
LONG = "A widget of more than thirty characters"
ITEM_LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "ItemCode": LONG}
OF_ITEM = ("invoices", [authorised_invoice("8", LineItems=[ITEM_LINE | {"AccountCode": "200"}])])

# What Xero has, the input of a run, and the statuses of its records.
CASES = {
    "a sale and a new bill": ([SALE], [("invoices", [bill("7")]), PAYMENT], [CREATED, INVALID]),
    "the bill comes later": ([SALE], [PAYMENT, ("invoices", [bill("7")])], [CREATED, INVALID]),
    "two new bills": ([], [TWO_BILLS, PAYMENT], [CREATED, CREATED, INVALID]),
    "one new bill": ([], [("invoices", [bill("7")]), PAYMENT], [CREATED, CREATED]),
    "two new bills, told apart": (
        [],
        [TWO_BILLS, ("payments", [paid("7", "bo")])],
        [CREATED, CREATED, CREATED],
    ),
    "two new bills, none of the contact": (
        [],
        [TWO_BILLS, ("payments", [paid("7", "Cy")])],
        [CREATED, CREATED, INVALID],
    ),
    "a bill that is refused makes no second": (
        [("invoices", [bill("7")])],
        [("invoices", [bill("7", Reference="new")]), PAYMENT],
        [INVALID, CREATED],
    ),
    "a batch payment": (
        [SALE],
        [
            ("invoices", [bill("7")]),
            (
                "batch_payments",
                [
                    {"Account": {"Code": "090"}, "Date": "2026-10-02"}
                    | {"Payments": [{"Invoice": {"InvoiceNumber": "7"}, "Amount": "1"}]}
                ],
            ),
        ],
        [CREATED, INVALID],
    ),
    "a note, to a sale and a new bill": (
        [SALE],
        [("invoices", [bill("7")]), NOTE],
        [CREATED, INVALID],
    ),
    "a note, to two new bills": ([], [TWO_BILLS, NOTE], [CREATED, CREATED, INVALID]),
    "a note, to one new bill": ([], [("invoices", [bill("7")]), NOTE], [CREATED, CREATED]),
    "an allocation to the new bill of the credit's contact": (
        [("invoices", [bill("7", "Bo")]), CREDIT],
        [("invoices", [bill("7")]), ALLOCATIONS],
        [CREATED, CREATED],
    ),
    "an allocation of a new credit": (
        [("invoices", [bill("7", "Bo")])],
        [("invoices", [bill("7")]), CREDIT, ALLOCATIONS],
        [CREATED, CREATED, CREATED],
    ),
    "an allocation of one of two credits": (
        [("invoices", [bill("7")]), ("credit_notes", [credit("Bo")])],
        [CREDIT, ALLOCATIONS],
        [CREATED, INVALID],
    ),
    "a second prepayment": (
        [("bank_transactions", [prepaid()])],
        [("bank_transactions", [prepaid("Bo")]), P_NOTE],
        [CREATED, INVALID],
    ),
    "a new prepayment": ([], [("bank_transactions", [prepaid()]), P_NOTE], [CREATED, CREATED]),
    "money that is not a prepayment": (
        [],
        [("bank_transactions", [prepaid(kind="RECEIVE")]), P_NOTE],
        [CREATED, INVALID],
    ),
    "a second project": (
        [CONTACTS, ("projects", [BARN])],
        [("projects", [OTHER_BARN]), ("project_tasks", [task("Paint")])],
        [CREATED, INVALID],
    ),
    "two new projects": (
        [CONTACTS],
        [("projects", [BARN, OTHER_BARN]), ("project_tasks", [task("Paint")])],
        [CREATED, CREATED, INVALID],
    ),
    "a new project with a task": (
        [CONTACTS],
        [
            ("projects", [BARN]),
            ("project_tasks", [task("Paint")]),
            ("project_time_entries", [time_of("Paint")]),
        ],
        [CREATED, CREATED, CREATED],
    ),
    "a second task": (
        [CONTACTS, ("projects", [BARN]), ("project_tasks", [task("Paint")])],
        [
            ("project_tasks", [task("Paint", "2"), task("Wire")]),
            ("project_time_entries", [time_of("Paint"), time_of("Wire")]),
        ],
        [CREATED, CREATED, CREATED, INVALID],
    ),
    "a second item of a name": (
        [("items", [{"Code": "W1", "Name": LONG}])],
        [("items", [{"Code": "W2", "Name": LONG}]), OF_ITEM],
        [CREATED, INVALID],
    ),
}


MANY = {
    "bills of one number, told apart by their contact": (
        [],
        [
            ("invoices", [bill("7", f"S{n}") for n in range(4)]),
            ("payments", [paid("7", f"S{n}") for n in range(4)]),
        ],
        [CREATED] * 8,
    ),
    "a prepayment among ordinary money of its contact": (
        [],
        [
            (
                "bank_transactions",
                [*(prepaid(kind="RECEIVE", Reference=f"R{n}") for n in range(4)), prepaid()],
            ),
            ("prepayments_history", [{"ContactName": "Ana", "Details": "x"}]),
        ],
        [CREATED] * 6,
    ),
}
NUMBERED = {"ContactNumber": "A1"}
OTHER_FIELDS = {
    "an allocation of a credit whose contact is given by its number": (
        [("contacts", [{"Name": "Ana", **NUMBERED}])],
        [
            ("invoices", [bill("7"), bill("7", "Bo")]),
            ("credit_notes", [credit() | {"Contact": NUMBERED}]),
            ALLOCATIONS,
        ],
        [CREATED] * 4,
    ),
}
CASES |= OTHER_FIELDS


@pytest.mark.parametrize("case", MANY)
def test_of_more_records_of_a_name_than_are_kept(tmp_path, xero, monkeypatch, case):
    monkeypatch.setattr(expected_records, "MAX_OF_ONE_NAME", 2)
    _, rows, expected = MANY[case]
    check_prediction(tmp_path, xero, [m for each in rows for m in records(*each)], expected)


@pytest.mark.parametrize("in_memory", [1, 10_000])
@pytest.mark.parametrize("case", CASES)
def test_of_a_name_of_records_that_the_run_creates(tmp_path, xero, monkeypatch, case, in_memory):
    monkeypatch.setattr(spilled_table, "MAX_IN_MEMORY", in_memory)
    before, rows, expected = CASES[case]
    users = {"u1": {"userId": "u1", "name": "Ana Hill", "email": "ana@example.com"}}
    xero.organisation().resources["projects/ProjectsUsers"] = users
    (tmp_path / "other").mkdir()
    made = publish(tmp_path / "other", xero, [m for each in before for m in records(*each)])
    assert made.exit_code == 0, made.log
    messages = [message for each in rows for message in records(*each)]
    check_prediction(tmp_path, xero, messages, expected)


def test_a_record_that_the_run_renames_has_its_new_name(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana", "ContactNumber": "C-1"}]))
    items = [{"Code": "1", "Name": "Pen"}, {"Code": "2", "Name": "Ink"}]
    publish(tmp_path, xero, records("items", items))
    messages = [
        *records("contacts", [{"ContactNumber": "C-1", "Name": "Ann"}]),
        *records("items", [{"Code": "1", "Name": "Ink"}]),
        *records(
            "contacts_history",
            [
                {"Contact": {"Name": "Ann"}, "Details": "x"},
                {"Contact": {"Name": "Ana"}, "Details": "x"},
                {"Contact": {"ContactNumber": "C-1"}, "Details": "y"},
            ],
        ),
        *records("items_history", [{"ItemName": name, "Details": "x"} for name in ("Ink", "Pen")]),
        *records("items_history", [{"ItemCode": code, "Details": "x"} for code in "12"]),
    ]
    expected = ["updated", "updated", "created", INVALID, "created", INVALID, INVALID]
    check_prediction(tmp_path, xero, messages, [*expected, "created", "created"])
