"""The line of a record in the results file says which record it is about."""

import pytest
from documents import invoice
from target_runner import publish, record, records, schema

pytestmark = pytest.mark.fast

LINE = {"Description": "Paper", "UnitAmount": "10", "AccountCode": "429"}
BILL = {"InvoiceNumber": "77", "ContactName": "Ana", "Date": "2026-10-01", "LineItems": [LINE]}


def keys(run):
    return [(result["status"], result["key"]) for result in run.results]


def test_an_invalid_record_is_named_in_its_result(tmp_path, xero):
    messages = records("invoices", [invoice("S-1", Mood="x"), invoice("S-2", Date="soon")])
    found = keys(publish(tmp_path, xero, messages))
    assert [(status, key["InvoiceNumber"]) for status, key in found] == [
        ("invalid", "S-1"),
        ("invalid", "S-2"),
    ]


def test_a_bill_that_xero_rejects_has_its_supplier_and_its_number_in_its_result(tmp_path, xero):
    refused = {"AccountCode": "no such"}
    bill = {**BILL, "LineItems": [{**LINE, **refused}]}
    key = {"InvoiceNumber": "77", "Contact.Name": "Ana"}
    assert keys(publish(tmp_path, xero, records("bills", [bill]))) == [("rejected", key)]


@pytest.mark.parametrize(
    ("stream", "fields", "key"),
    [
        ("bills", {"InvoiceNumber": 77, "Contact": {"Name": "Ana"}},
         {"InvoiceNumber": 77, "Contact.Name": "Ana"}),
        ("bills", {"*InvoiceNumber": "77", "*ContactName": "Ana"},
         {"InvoiceNumber": "77", "Contact.Name": "Ana"}),
        ("bills", {"payload": {"InvoiceNumber": "77", "Mood": "x"}}, {"InvoiceNumber": "77"}),
        ("quotes", {"QuoteNumber": "Q-1"}, {"QuoteNumber": "Q-1"}),
        ("contacts_history", {"Contact.Name": "Ana"}, {"Contact.Name": "Ana"}),
        ("manual_journals", {"Narration": "Rent"}, {"Narration": "Rent"}),
        ("bank_transfers", {"Amount": "soon"}, {"Amount": "soon"}),
        ("credit_notes_allocations", {"CreditNoteNumber": "C-1", "InvoiceNumber": "S-1"},
         {"InvoiceNumber": "S-1", "CreditNoteNumber": "C-1"}),
        ("payroll_nz_employees", {"firstName": "Ana", "lastName": "Lee", "email": "a@example.com"},
         {"FirstName": "Ana", "LastName": "Lee", "Email": "a@example.com"}),
        ("project_time_entries", {"projectName": "Barn", "task": {"name": "Dig"}},
         {"Project.Name": "Barn", "Task.Name": "Dig"}),
        ("payments", {"Invoice": {"InvoiceNumber": "S-1"}, "Date": "2026-10-01", "Amount": 5.25},
         {"Invoice.InvoiceNumber": "S-1", "Date": "2026-10-01", "Amount": 5.25}),
    ],
)  # fmt: skip
def test_a_record_has_the_name_that_people_use_in_its_result(tmp_path, xero, stream, fields, key):
    mood = {} if "payload" in fields else {"Mood": "x"}
    run = publish(tmp_path, xero, records(stream, [{**fields, **mood}]))
    assert keys(run) == [("invalid", key)]


def test_a_column_of_another_name_is_called_by_its_field(tmp_path, xero):
    columns = {"Nr": "InvoiceNumber", "Kunde": "Contact.Name"}
    rows = [{"Nr": "77", "Kunde": "Ana", "Mood": "x"}]
    run = publish(tmp_path, xero, records("bills", rows), streams={"bills": {"columns": columns}})
    assert keys(run) == [("invalid", {"InvoiceNumber": "77", "Contact.Name": "Ana"})]


def test_the_key_of_the_stream_comes_first(tmp_path, xero):
    messages = [schema("bills", key=["id"]), record("bills", id=7, **BILL, Mood="x")]
    assert keys(publish(tmp_path, xero, messages)) == [("invalid", {"id": 7})]


def test_a_line_without_a_stream_is_named_by_what_it_says(tmp_path, xero):
    run = publish(tmp_path, xero, [b"hello\n"])
    [reason] = run.errors("invalid")
    assert f"\n{reason}" in run.log
    assert f": {reason}" not in run.log


def test_published_records_without_a_key_have_the_names_that_they_give(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    publish(tmp_path, xero, records("contact_groups", [{"Name": "VIP"}]))
    publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    [contact], [group], [sale] = map(xero.records, ("Contacts", "ContactGroups", "Invoices"))
    of_contact = {"ContactID": contact["ContactID"]}
    rows = [
        *records("contacts_history", [{"Contact": {"Name": "Ana"}, "Details": "x"}]),
        *records("contacts_history", [{"ContactID": contact["ContactID"], "Details": "y"}]),
        *records("contact_groups_contacts", [{"ContactGroupName": "VIP", "ContactName": "Ana"}]),
        *records("invoices_history", [{"Invoice.InvoiceNumber": "S-1", "Details": "x"}]),
    ]
    expected = [
        {"Contact.Name": "Ana"},
        of_contact,
        {"Contact.Name": "Ana", "ContactGroup.Name": "VIP"},
        {"Invoice.InvoiceNumber": "S-1"},
    ]
    dry = publish(tmp_path, xero, rows, dry_run=True)
    assert [line["key"] for line in dry.results] == expected
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"created": 4}, run.log
    expected[0] = of_contact | expected[0]
    expected[2] = {"ContactGroupID": group["ContactGroupID"]} | expected[2]
    expected[3] = {"InvoiceID": sale["InvoiceID"]} | expected[3]
    # Those that look their parent up may come later.
    assert sorted(map(str, (line["key"] for line in run.results))) == sorted(map(str, expected))
