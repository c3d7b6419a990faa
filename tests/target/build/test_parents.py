"""Children of a record find their parent by id, number, code or name."""

from base64 import b64encode

import pytest
from documents import authorised_invoice as invoice
from target_runner import publish, records

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


@pytest.fixture
def books(tmp_path, xero):
    """Two sales, a bill of one number with a sale, two contacts, an item, a group, a category."""
    sales = [invoice("S-1"), invoice("S-2"), invoice("X-1"), invoice("X-1", "ACCPAY")]
    rows = [
        *records("contacts", [{"Name": "Ana", "EmailAddress": "a@example.com"}, {"Name": "Bo"}]),
        *records("invoices", sales),
        *records("items", [{"Code": "A", "Name": "a"}]),
        *records("contact_groups", [{"Name": "VIP"}]),
        *records("tracking_categories", [{"Name": "Region"}]),
    ]
    run = publish(tmp_path, xero, rows)
    assert run.exit_code == 0, run.log
    return {_name(result["response"]): result["xero_id"] for result in run.results}


def _name(element):
    return next(element[field] for field in ("InvoiceNumber", "Code", "Name") if element.get(field))


def test_notes_find_their_parents_in_one_call(tmp_path, xero, books):
    gets = len(xero.calls("Invoices", "GET"))
    notes = [{"InvoiceNumber": number, "Details": "Called"} for number in ("S-1", "S-2", "S-1")]
    rows = records("invoices_history", [note | {"n": n} for n, note in enumerate(notes)], ["n"])
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"created": 3}, run.log
    assert len(xero.calls("Invoices", "GET")) - gets == 1
    assert {call["endpoint"] for call in xero.calls("*/History", "PUT")} == {
        f"Invoices/{books['S-1']}/History",
        f"Invoices/{books['S-2']}/History",
    }
    assert publish(tmp_path, xero, rows).statuses == {"unchanged": 3}


ROWS = {
    "contacts_history": ({"Contact": {"Name": "ana"}, "Details": "x"}, "Contacts/Ana/History"),
    "items_history": ({"ItemCode": "A", "Details": "x"}, "Items/A/History"),
    "invoices_email": ({"InvoiceNumber": "S-1"}, "Invoices/S-1/Email"),
    "invoices_attachments": (
        {"InvoiceNumber": "S-2", "FileName": "a.txt", "Content": b64encode(b"x").decode()},
        "Invoices/S-2/Attachments/a.txt",
    ),
    "tracking_categories_options": (
        {"TrackingCategory": {"Name": "Region"}, "Name": "North"},
        "TrackingCategories/Region/Options",
    ),
}


@pytest.mark.parametrize("stream", ROWS)
def test_a_child_names_its_parent_as_people_do(tmp_path, xero, books, stream):
    row, path = ROWS[stream]
    dry = publish(tmp_path, xero, records(stream, [row]), dry_run=True)
    assert dry.statuses == {"dry_run": 1}, dry.log
    run = publish(tmp_path, xero, records(stream, [row]))
    assert run.exit_code == 0, run.log
    name = path.split("/")[1]
    sent = [call["endpoint"] for call in xero.calls("*/*/*", "P*")]
    assert path.replace(name, books[name], 1) in sent


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_parent_that_is_missing_or_ambiguous_makes_a_child_invalid(
    tmp_path, xero, books, dry_run
):
    notes = [{"InvoiceNumber": number, "Details": "x"} for number in ("none", "X-1", "S-1")]
    run = publish(tmp_path, xero, records("invoices_history", notes), dry_run=dry_run)
    good = "dry_run" if dry_run else "created"
    assert [result["status"] for result in run.results].count("invalid") == 2, run.log
    assert run.statuses[good] == 1
    missing, ambiguous = sorted(run.errors("invalid"), key=lambda error: "X-1" in error)
    assert "Xero has no Invoices with InvoiceNumber none" in missing
    assert "2 Invoices with InvoiceNumber X-1" in ambiguous
    assert books["X-1"] in ambiguous
    nameless = publish(tmp_path, xero, records("invoices_history", [{"Details": "x"}]))
    assert "InvoiceID or InvoiceNumber" in nameless.errors("invalid")[0]


def test_a_note_by_number_whose_response_was_lost_is_looked_up_in_the_next_run(
    tmp_path, xero, books, monkeypatch
):
    rows = records("invoices_history", [{"InvoiceNumber": "S-1", "Details": "Lost"}])
    xero.fault("server_error", "*/History", method="PUT", after_work=True, times=None)
    xero.fault("status", "*/History", method="GET", times=None, status=403, body="no")
    assert publish(tmp_path, xero, rows).statuses == {"unknown": 1}
    xero.reset()
    xero.clock.advance(400)
    calls = len(xero.calls("*/History", "PUT"))
    assert publish(tmp_path, xero, rows).statuses == {"created": 1}
    assert len(xero.calls("*/History", "PUT")) == calls
