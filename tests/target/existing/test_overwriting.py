"""What exists in Xero: what may be changed, and what ``created`` and ``updated`` say."""

import pytest
from target_runner import publish, records

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
THERE = {"Description": "By hand", "Quantity": 1, "UnitAmount": 99, "AccountCode": "200"}


def document(entity, number, line=LINE, **fields):
    own = {"Contact": {"Name": "Ana"}, "Date": "2026-10-01", "LineItems": [line]}
    if entity == "bills":
        own |= {"Type": "ACCPAY", "InvoiceNumber": number, "DueDate": "2026-10-31"}
    elif entity == "invoices":
        own |= {"Type": "ACCREC", "InvoiceNumber": number, "DueDate": "2026-10-31"}
    elif entity == "credit_notes":
        own |= {"Type": "ACCRECCREDIT", "CreditNoteNumber": number}
    elif entity == "supplier_credit_notes":
        own |= {"Type": "ACCPAYCREDIT", "CreditNoteNumber": number}
    elif entity == "quotes":
        own |= {"QuoteNumber": number}
    else:
        own |= {"PurchaseOrderNumber": number}
    return own | fields


STREAMS = {
    "invoices": ("invoices", "Invoices", "InvoiceID"),
    "bills": ("invoices", "Invoices", "InvoiceID"),
    "credit_notes": ("credit_notes", "CreditNotes", "CreditNoteID"),
    "supplier_credit_notes": ("credit_notes", "CreditNotes", "CreditNoteID"),
    "quotes": ("quotes", "Quotes", "QuoteID"),
    "purchase_orders": ("purchase_orders", "PurchaseOrders", "PurchaseOrderID"),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_a_document_made_by_hand_is_not_changed(tmp_path, xero, by_hand, kind):
    stream, entity, id_field = STREAMS[kind]
    by_hand("contacts", {"Name": "Ana"})  # a purchase order makes no contact
    [own_id] = by_hand(stream, document(kind, "N-1", THERE))
    rows = records(stream, [document(kind, "N-1"), document(kind, "N-2")])
    run = publish(tmp_path, xero, rows)
    assert [result["status"] for result in run.results if result["status"] != "created"] == [
        "invalid"
    ], run.log
    assert run.statuses == {"invalid": 1, "created": 1}
    [error] = run.errors("invalid")
    assert own_id in error
    assert "N-1" in error
    assert "overwrite" in error
    assert len(xero.records(entity)) == 2
    [there] = [record for record in xero.records(entity) if record[id_field] == own_id]
    assert there["LineItems"][0]["Description"] == "By hand"
    # Named by its id, or with overwrite any, it is changed, and the result says so.
    named = records(stream, [document(kind, "N-1", Reference="named", **{id_field: own_id})])
    assert publish(tmp_path, xero, named).statuses == {"updated": 1}


@pytest.mark.parametrize("kind", STREAMS)
def test_a_document_made_by_hand_is_updated_if_any_may_be(tmp_path, xero, by_hand, kind):
    stream, entity, _ = STREAMS[kind]
    by_hand("contacts", {"Name": "Ana"})
    [own_id] = by_hand(stream, document(kind, "N-1", THERE))
    run = publish(tmp_path, xero, records(stream, [document(kind, "N-1")]), overwrite="any")
    assert run.statuses == {"updated": 1}, run.log
    assert run.results[0]["xero_id"] == own_id
    assert len(xero.records(entity)) == 1


def test_an_own_invoice_is_updated_and_never_says_otherwise(tmp_path, xero):
    first = publish(tmp_path, xero, records("invoices", [document("invoices", "S-1")]))
    assert first.statuses == {"created": 1}
    changed = records("invoices", [document("invoices", "S-1", Reference="new")])
    assert publish(tmp_path, xero, changed).statuses == {"updated": 1}
    again = records("invoices", [document("invoices", "S-1", Reference="newer")])
    never = publish(tmp_path, xero, again, overwrite="never")
    assert never.statuses == {"invalid": 1}
    assert xero.records("Invoices")[0]["Reference"] == "new"


def test_new_invoices_and_contacts_cost_no_look_up(tmp_path, xero):
    sales = [document("invoices", f"S-{number}") for number in range(5)]
    run = publish(tmp_path, xero, records("invoices", sales))
    assert run.statuses == {"created": 5}
    contacts = records("contacts", [{"Name": f"C {number}"} for number in range(5)])
    assert publish(tmp_path, xero, contacts).statuses == {"created": 5}
    assert [call["method"] for call in xero.calls("Invoices")] == ["PUT"]
    assert [call["method"] for call in xero.calls("Contacts")] == ["PUT"]


def test_existing_contacts_are_updated_and_found_in_one_call(tmp_path, xero, by_hand):
    names = [f"C {number}" for number in range(30)]
    by_hand("contacts", *({"Name": name} for name in names))
    xero.reset()
    before = len(xero.calls("Contacts"))
    rows = [{"Name": name, "EmailAddress": "a@example.com"} for name in [*names, "New"]]
    run = publish(tmp_path, xero, records("contacts", rows))
    assert run.statuses == {"updated": 30, "created": 1}, run.log
    methods = [call["method"] for call in xero.calls("Contacts")[before:]]
    assert methods == ["PUT", "GET", "POST"]


def test_what_is_there_with_the_same_content_is_unchanged(tmp_path, xero, by_hand):
    by_hand("invoices", document("invoices", "S-1"))
    run = publish(tmp_path, xero, records("invoices", [document("invoices", "S-1")]))
    assert run.statuses == {"unchanged": 1}, run.log


def test_items_and_accounts_that_exist_are_updated(tmp_path, xero, by_hand):
    by_hand("items", {"Code": "A", "Name": "old"})
    rows = records("items", [{"Code": "A", "Name": "new"}, {"Code": "B", "Name": "b"}])
    assert publish(tmp_path, xero, rows).statuses == {"updated": 1, "created": 1}
    account = records("accounts", [{"Code": "200", "Name": "Renamed", "Type": "REVENUE"}])
    refused = publish(tmp_path, xero, account, overwrite="own")
    assert refused.statuses == {"invalid": 1}
    assert publish(tmp_path, xero, account).statuses == {"updated": 1}


def test_a_record_is_found_by_the_fields_of_match(tmp_path, xero, by_hand):
    by_hand(
        "contacts",
        {"Name": "Old Ana", "EmailAddress": "ana@example.com"},
        {"Name": "Cy", "EmailAddress": "both@example.com"},
        {"Name": "Di", "EmailAddress": "both@example.com"},
    )
    rows = [
        {"Name": "New Ana", "EmailAddress": "ana@example.com"},
        {"Name": "Eve", "EmailAddress": "eve@example.com"},
        {"Name": "Cy and Di", "EmailAddress": "both@example.com"},
        {"Name": "No mail"},
    ]
    streams = {"contacts": {"match": ["EmailAddress"]}}
    run = publish(tmp_path, xero, records("contacts", rows), streams=streams)
    assert run.statuses == {"updated": 1, "created": 1, "invalid": 2}, run.log
    names = {contact["Name"] for contact in xero.records("Contacts")}
    assert {"New Ana", "Eve", "Cy", "Di"} <= names
    assert "Old Ana" not in names
    assert any("2 Contacts" in error for error in run.errors("invalid"))
    assert any("EmailAddress" in error for error in run.errors("invalid"))


ODD_NAMES = ['The "Old" Mill', "back\\slash", "O'Brien, Sons", "50% & more"]


@pytest.mark.parametrize("refuses", [False, True])
def test_odd_names_are_found_even_if_xero_refuses_the_filter(tmp_path, xero, by_hand, refuses):
    by_hand("contacts", *({"Name": name} for name in ODD_NAMES))
    if refuses:
        body = '{"Type": "QueryParseException", "ErrorNumber": 16, "Message": "Syntax error"}'
        for odd in ('""', "\\"):
            xero.fault(
                "status", "Contacts", method="GET", containing=odd, times=None, status=400,
                body=body, content_type="application/json",
            )  # fmt: skip
    rows = [{"Name": name, "EmailAddress": "a@example.com"} for name in ODD_NAMES]
    run = publish(tmp_path, xero, records("contacts", rows))
    assert run.statuses == {"updated": 4}, run.log


def test_an_invoice_that_was_deleted_in_xero_is_created_again(tmp_path, xero):
    draft = document("invoices", "S-1", Status="DRAFT")
    own_id = publish(tmp_path, xero, records("invoices", [draft])).results[0]["xero_id"]
    xero.edit("Invoices", own_id, Status="DELETED")
    run = publish(tmp_path, xero, records("invoices", [draft | {"Reference": "again"}]))
    assert run.statuses == {"created": 1}, run.log


def test_a_dry_run_names_what_would_be_overwritten_old_against_new(tmp_path, xero, by_hand):
    by_hand("invoices", document("invoices", "S-1", THERE))
    rows = records("invoices", [document("invoices", "S-1", LINE | {"Quantity": 2})])
    calls = len(xero.calls("Invoices", "P*"))
    refused = publish(tmp_path, xero, rows, dry_run=True)
    assert refused.statuses == {"invalid": 1}
    run = publish(tmp_path, xero, rows, dry_run=True, overwrite="any")
    assert len(xero.calls("Invoices", "P*")) == calls
    [result] = run.results
    assert result["would"] == "update"
    assert {path: (change["old"], change["new"]) for path, change in result["changes"].items()} == {
        "LineItems[1].Description": ("By hand", "Work"),
        "LineItems[1].Quantity": (1, 2),
        "LineItems[1].UnitAmount": (99, 10),
    }


EVIL = ["../Contacts?x=", "..", "1/../../payroll.xro/1.0/Employees", "1?x=", "1%2f..", "not an id"]


@pytest.mark.parametrize("evil", EVIL)
def test_an_id_that_is_not_one_never_gets_into_a_path(tmp_path, xero, evil):
    xero.reset()
    rows = [
        *records("invoices_history", [{"InvoiceID": evil, "Details": "x"}]),
        *records("invoices_attachments", [{"InvoiceID": evil, "FileName": "a", "Content": "eA=="}]),
        *records("accounts", [{"AccountID": evil, "Name": "x"}]),
        *records("invoices_email", [{"InvoiceID": evil}]),
        *records("contact_groups_contacts", [{"ContactGroupID": evil, "ContactID": evil}]),
    ]
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"invalid": 5}, run.log
    assert xero.calls("*", "P*") == xero.calls("connect/*")
    assert xero.calls("*", "DELETE") == []


@pytest.mark.parametrize("evil", ["..", "."])
def test_a_path_of_the_settings_cannot_lead_elsewhere(tmp_path, xero, evil):
    streams = {"mails": {"path": "/Invoices/{id}/Email"}}
    run = publish(tmp_path, xero, records("mails", [{"id": evil}]), streams=streams)
    assert run.statuses == {"invalid": 1}
    assert xero.calls("Email") == []


LOST = {
    "invoices": ("Invoices", document("invoices", "S-1"), {"Reference": "new"}),
    "contacts": ("Contacts", {"Name": "Cy"}, {"EmailAddress": "c@example.com"}),
}


@pytest.mark.parametrize("stream", LOST)
@pytest.mark.parametrize("is_own", [True, False])
def test_an_update_that_was_lost_is_sent_again_after_the_key_is_forgotten(
    tmp_path, xero, by_hand, stream, is_own
):
    entity, old, change = LOST[stream]
    if is_own:
        publish(tmp_path, xero, records(stream, [old]))
    else:
        by_hand(stream, old)
    xero.fault("server_error", entity, method="P*", times=None)
    xero.fault("forbidden", entity, method="GET", times=None)
    rows = records(stream, [old | change])
    assert publish(tmp_path, xero, rows).statuses == {"unknown": 1}
    xero.reset()
    xero.clock.advance(400)
    run = publish(tmp_path, xero, rows)
    if stream == "invoices" and not is_own:
        # It may have been created and edited since; it is not overwritten.
        assert run.statuses == {"unknown": 1}, run.log
    else:
        assert run.statuses == {"updated": 1}, run.log
    assert len([r for r in xero.records(entity) if r.get("Name", "Cy") == "Cy"]) == 1
