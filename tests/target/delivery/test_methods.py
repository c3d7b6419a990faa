"""Methods, ways of removal, envelopes, children of records, and generic mode."""

import json

import pytest
from documents import invoice
from method_records import get_record, made, writes
from target_runner import publish, record, records, schema, state

# Creating and updating


def test_put_creates_and_does_not_overwrite(tmp_path, xero):
    made(tmp_path, xero, "contacts", {"Name": "Ana"})
    run = publish(
        tmp_path, xero, records("contacts", [{"Name": "ANA", "FirstName": "A"}]), method="PUT"
    )
    assert run.statuses == {"rejected": 1}
    assert ("PUT", "Contacts") in writes(xero)


def test_put_with_an_id_is_refused_before_it_is_sent(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "contacts", {"Name": "Ana"})
    xero.reset()
    run = publish(
        tmp_path, xero, records("contacts", [{"ContactID": own_id, "Name": "Bo"}]), method="PUT"
    )
    assert "PUT creates only" in run.errors("invalid")[0]
    assert writes(xero) == []


def test_post_with_an_id_updates_that_record(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "contacts", {"Name": "Ana"})
    run = publish(tmp_path, xero, records("contacts", [{"ContactID": own_id, "Name": "Anna"}]))
    assert run.statuses == {"updated": 1}
    assert get_record(xero, "Contacts", own_id)["Name"] == "Anna"


def test_an_account_is_created_by_put_and_updated_by_post(tmp_path, xero):
    account = {"Code": "871", "Name": "Fees", "Type": "REVENUE"}
    [own_id] = made(tmp_path, xero, "accounts", account)
    run = publish(tmp_path, xero, records("accounts", [account | {"Name": "All fees"}]))
    assert run.statuses == {"updated": 1}, run.log
    assert get_record(xero, "Accounts", own_id)["Name"] == "All fees"
    assert writes(xero) == [("PUT", "Accounts"), ("POST", f"Accounts/{own_id}")]


def test_accounts_are_sent_one_by_one_because_xero_ignores_a_second(tmp_path, xero):
    rows = [{"Code": f"87{n}", "Name": f"Fees {n}", "Type": "REVENUE"} for n in range(3)]
    made(tmp_path, xero, "accounts", *rows)
    assert writes(xero) == [("PUT", "Accounts")] * 3


def test_payments_are_put_in_batches_and_cannot_be_changed(tmp_path, xero):
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    ids = made(tmp_path, xero, "invoices", invoice("S-1", Status="AUTHORISED"),
               invoice("S-2", Status="AUTHORISED"))  # fmt: skip
    rows = [
        {"Invoice": {"InvoiceID": i}, "Account": {"AccountID": bank["AccountID"]},
         "Date": "2026-10-02", "Amount": 1}
        for i in ids
    ]  # fmt: skip
    payments = made(tmp_path, xero, "payments", *rows)
    assert writes(xero, "Payments") == [("PUT", "Payments")]
    run = publish(tmp_path, xero, records("payments", [{"PaymentID": payments[0], "Amount": 2}]))
    assert "cannot change existing Payments" in run.errors("invalid")[0]


def test_an_existing_currency_is_unchanged(tmp_path, xero):
    made(tmp_path, xero, "currencies", {"Code": "USD"})
    rows = records("currencies", [{"Code": "usd"}, {"Code": "EUR"}])
    would = publish(tmp_path, xero, rows, dry_run=True)
    assert [result["would"] for result in would.results] == ["unchanged", "create"]
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"unchanged": 1, "created": 1}, run.log


def test_methods_may_differ_by_stream(tmp_path, xero):
    streams = {"new_*": {"entity": "Contacts", "method": "PUT"}}
    made(tmp_path, xero, "new_people", {"Name": "Ana"}, streams=streams)
    assert writes(xero) == [("PUT", "Contacts")]


# Removing


def test_an_invoice_is_deleted_or_voided_by_its_current_status(tmp_path, xero):
    draft, open_ = made(tmp_path, xero, "invoices", invoice("S-1"),
                        invoice("S-2", Status="AUTHORISED"))  # fmt: skip
    rows = [{"InvoiceID": draft}, {"InvoiceNumber": "S-2", "Type": "ACCREC"}]
    run = publish(tmp_path, xero, records("invoices", rows), method="DELETE")
    assert run.statuses == {"removed": 2}, run.log
    assert get_record(xero, "Invoices", draft)["Status"] == "DELETED"
    assert get_record(xero, "Invoices", open_)["Status"] == "VOIDED"
    again = publish(tmp_path, xero, records("invoices", [*rows, {"InvoiceID": open_}]),
                    method="DELETE")  # fmt: skip
    assert again.statuses == {"unchanged": 3}


def test_removals_are_sent_in_batches_of_batch_size(tmp_path, xero):
    made(tmp_path, xero, "invoices", *(invoice(f"S-{n}") for n in range(12)))
    xero.reset()
    rows = [{"InvoiceNumber": f"S-{n}", "Type": "ACCREC"} for n in range(12)]
    run = publish(tmp_path, xero, records("invoices", rows), method="DELETE", batch_size=5)
    assert run.statuses == {"removed": 12}, run.log
    assert len(writes(xero, "Invoices")) == 3
    # What is there is still looked up many at a time.
    assert len([call for call in xero.calls("Invoices") if call["method"] == "GET"]) == 1


def test_a_number_with_a_comma_is_found(tmp_path, xero):
    made(tmp_path, xero, "invoices", *map(invoice, ("A,1", "A", "B")))
    rows = [{"InvoiceNumber": number, "Type": "ACCREC"} for number in ("A,1", "B")]
    run = publish(tmp_path, xero, records("invoices", rows), method="DELETE")
    assert run.statuses == {"removed": 2}, run.log
    statuses = {i["InvoiceNumber"]: i["Status"] for i in xero.records("Invoices")}
    assert statuses == {"A,1": "DELETED", "A": "DRAFT", "B": "DELETED"}


def test_a_contact_is_archived(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "contacts", {"Name": "Ana"})
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]), method="DELETE")
    assert run.statuses == {"removed": 1}
    assert get_record(xero, "Contacts", own_id)["ContactStatus"] == "ARCHIVED"


def test_an_item_is_deleted_by_the_verb(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "items", {"Code": "A", "Name": "Apple"})
    run = publish(tmp_path, xero, records("items", [{"Code": "A"}]), method="DELETE")
    assert run.statuses == {"removed": 1}, run.log
    assert writes(xero, "Items/*") == [("DELETE", f"Items/{own_id}")]
    assert xero.records("Items") == []


def test_an_account_in_use_is_archived_if_it_cannot_be_deleted(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "accounts", {"Code": "871", "Name": "Fees", "Type": "REVENUE"})
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "871"}
    made(tmp_path, xero, "invoices", invoice("S-1", Status="AUTHORISED", LineItems=[line]))
    run = publish(tmp_path, xero, records("accounts", [{"Code": "871"}]), method="DELETE")
    assert run.statuses == {"removed": 1}, run.log
    assert get_record(xero, "Accounts", own_id)["Status"] == "ARCHIVED"


def test_a_payment_is_deleted_by_its_status(tmp_path, xero):
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    made(tmp_path, xero, "invoices", invoice("S-1", Status="AUTHORISED"))
    row = {"InvoiceNumber": "S-1", "AccountCode": bank["Code"], "Date": "2026-10-02", "Amount": 1}
    row = {"Invoice.InvoiceNumber": "S-1", "Account.Code": bank["Code"], "Date": "2026-10-02",
           "Amount": "1.00"}  # fmt: skip
    [own_id] = made(tmp_path, xero, "payments", row)
    run = publish(tmp_path, xero, records("payments", [{"PaymentID": own_id}]), method="DELETE")
    assert run.statuses == {"removed": 1}, run.log
    assert get_record(xero, "Payments", own_id)["Status"] == "DELETED"


def test_a_record_that_does_not_exist_cannot_be_removed(tmp_path, xero):
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Nobody"}]), method="DELETE")
    assert run.statuses == {"invalid": 1}
    assert "Xero has no Name Nobody" in run.errors("invalid")[0]


SOME_ID = "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("stream", "row", "status"),
    [
        ("items", {"Code": "NOPE"}, "invalid"),
        ("contacts", {"ContactID": SOME_ID}, "invalid"),
        # Xero answers 404 to the path of its id.
        ("items", {"ItemID": SOME_ID}, "rejected"),
        ("projects", {"projectId": SOME_ID}, "rejected"),
    ],
)
def test_what_is_not_sent_is_invalid_unless_xero_refuses_its_id(
    tmp_path, xero, stream, row, status, dry_run
):
    run = publish(tmp_path, xero, records(stream, [row]), method="DELETE", dry_run=dry_run)
    assert run.statuses == {status: 1}, run.log
    assert run.errors(status)[0].startswith(f"Xero has no {' '.join(*row.items())}")
    assert {call["method"] for call in xero.log if "connect/token" not in call["endpoint"]} <= {
        "GET"
    }


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_name_whose_look_up_xero_refuses_is_found_by_comparing(tmp_path, xero, dry_run):
    made(tmp_path, xero, "contacts", {"Name": "Ana"}, {"Name": "Bad"}, {"Name": "Cy"})
    refusal = {"Type": "QueryParseException", "ErrorNumber": 16, "Message": "No such thing"}
    xero.fault("status", "Contacts", method="GET", containing="Bad", status=400,
               body=json.dumps(refusal), content_type="application/json", times=None)  # fmt: skip
    rows = [{"Name": name} for name in ("Ana", "Bad", "Cy")]
    messages = [*records("contacts", rows), state("end")]
    run = publish(tmp_path, xero, messages, method="DELETE", dry_run=dry_run)
    status = "dry_run" if dry_run else "removed"
    found = {result["key"]["Name"]: result["status"] for result in run.results}
    assert found == dict.fromkeys(("Ana", "Bad", "Cy"), status), run.log
    assert run.states == ["end"]


def test_removing_needs_an_id_or_a_natural_key(tmp_path, xero):
    run = publish(tmp_path, xero, records("invoices", [{"Reference": "x"}]), method="DELETE")
    assert "DELETE needs InvoiceID or InvoiceNumber" in run.errors("invalid")[0]


def test_a_record_is_created_removed_and_created_again(tmp_path, xero):
    item = {"Code": "A", "Name": "Apple"}
    for method, count in (("POST", 1), ("DELETE", 0), ("POST", 1), ("DELETE", 0)):
        run = publish(tmp_path, xero, records("items", [item]), method=method)
        assert run.exit_code == 0, run.log
        assert "unchanged" not in run.statuses
        assert len(xero.records("Items")) == count


# Envelopes


def test_an_envelope_has_method_query_payload_and_id(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "contacts", {"Name": "Ana"})
    messages = [
        schema("contacts"),
        record("contacts", payload={"Name": "Bo"}, method="PUT", query={"unitdp": "4"}),
        record("contacts", payload='{"FirstName": "A"}', id=own_id),
        record("contacts", id=own_id, method="DELETE"),
    ]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 1, "updated": 1, "removed": 1}, run.log
    put = next(call for call in xero.calls("Contacts", "PUT") if "Bo" in call["body"])
    assert put["query"]["unitdp"] == "4"
    assert get_record(xero, "Contacts", own_id)["FirstName"] == "A"


def test_settings_add_query_and_payload_as_templates(tmp_path, xero):
    streams = {
        "crm": {
            "entity": "contacts",
            "query": {"source": "{{ record.id }}"},
            "payload": {
                "Name": "{{ record.first }} {{ record.last }}",
                "ContactNumber": "C-{{ record.id }}",
            },
        }
    }
    rows = [{"id": 7, "first": "Ana", "last": "Silva"}]
    made(tmp_path, xero, "crm", *rows, streams=streams)
    [contact] = xero.records("Contacts")
    assert (contact["Name"], contact["ContactNumber"]) == ("Ana Silva", "C-7")
    assert xero.calls("Contacts", "P*")[0]["query"]["source"] == "7"


def test_a_template_that_lacks_its_field_is_an_error_of_that_record(tmp_path, xero):
    streams = {"contacts": {"payload": {"ContactNumber": "{{ record.nr }}"}}}
    rows = [{"Name": "Ana", "nr": "1"}, {"Name": "Bo"}]
    run = publish(tmp_path, xero, records("contacts", rows), streams=streams)
    assert run.statuses == {"created": 1, "invalid": 1}
    assert "{{ record.nr }}" in run.errors("invalid")[0]


# Numbers without a type


def test_a_number_without_a_type_is_never_in_two_calls_at_once(tmp_path, xero):
    number = {"Type": "ACCREC", "InvoiceNumber": "Q1", "ContactName": "Ana"}
    publish(tmp_path, xero, records("invoices", [number]))
    xero.fault("latency", "Invoices", method="P*", seconds=0.2, times=None)
    rows = [{"InvoiceNumber": "Q1", "Reference": text} for text in "abc"]
    run = publish(tmp_path, xero, records("invoices", rows), batch_size=1)
    assert run.exit_code == 0
    assert set(xero.counters()["peak_concurrency"].values()) == {1}
    assert [invoice["Reference"] for invoice in xero.records("Invoices")] == ["c"]


def test_delete_by_a_number_that_bills_may_share_needs_the_type(tmp_path, xero):
    row = {"InvoiceNumber": "Q1"}
    run = publish(tmp_path, xero, records("invoices", [row]), method="DELETE")
    assert "DELETE by InvoiceNumber needs Type ACCREC beside it" in run.errors("invalid")[0]
    run = publish(tmp_path, xero, records("bills", [row]), method="DELETE")
    assert run.errors("invalid")[0].startswith("DELETE needs the InvoiceID, because InvoiceNumber")
