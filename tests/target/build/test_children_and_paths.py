"""Children of records, and paths that the entity table does not have (generic mode)."""

import base64
import json

import pytest
from documents import invoice
from method_records import get_record, made, writes
from target_runner import publish, record, records, schema

SOME_ID = "11111111-2222-4333-8444-555555555555"


def test_an_invoice_is_emailed_once(tmp_path, xero):
    made(tmp_path, xero, "contacts", {"Name": "Ana", "EmailAddress": "ana@example.com"})
    [own_id] = made(tmp_path, xero, "invoices", invoice("S-1", Status="AUTHORISED"))
    streams = {"to_send": {"path": "/Invoices/{InvoiceID}/Email"}}
    for expected in ("updated", "unchanged"):
        run = publish(tmp_path, xero, records("to_send", [{"InvoiceID": own_id}]), streams=streams)
        assert run.statuses == {expected: 1}, run.log
    assert writes(xero, "Invoices/*") == [("POST", f"Invoices/{own_id}/Email")]
    assert get_record(xero, "Invoices", own_id)["SentToContact"] is True


def test_notes_are_added_to_a_records_history(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "contacts", {"Name": "Ana"})
    rows = [{"ContactID": own_id, "Details": f"Note {n}"} for n in range(3)]
    made(tmp_path, xero, "contacts_history", *rows)
    assert writes(xero, "Contacts/*") == [("PUT", f"Contacts/{own_id}/History")]
    details = [entry["Details"] for entry in xero.organisation().history["Contacts", own_id]]
    assert [f"Note {n}" for n in range(3)] == [text for text in details if "Note" in text]


def test_contacts_are_added_to_and_removed_from_a_contact_group(tmp_path, xero):
    [group] = made(tmp_path, xero, "contact_groups", {"Name": "VIP"})
    people = made(tmp_path, xero, "contacts", {"Name": "Ana"}, {"Name": "Bo"})
    streams = {"vips": {"entity": "ContactGroups/Contacts"}}
    rows = [{"ContactGroupID": group, "ContactID": person} for person in people]
    made(tmp_path, xero, "vips", *rows, streams=streams)
    run = publish(tmp_path, xero, records("vips", rows[:1]), streams=streams, method="DELETE")
    assert run.statuses == {"removed": 1}, run.log
    assert writes(xero, "ContactGroups/*") == [
        ("PUT", f"ContactGroups/{group}/Contacts"),
        ("DELETE", f"ContactGroups/{group}/Contacts/{people[0]}"),
    ]


def test_tracking_options_are_created_renamed_and_removed(tmp_path, xero):
    [category] = made(tmp_path, xero, "tracking_categories", {"Name": "Region"})
    streams = {"regions": {"entity": "TrackingCategories/Options"}}
    [option] = made(tmp_path, xero, "regions", {"TrackingCategoryID": category, "Name": "North"},
                    streams=streams)  # fmt: skip
    row = {"TrackingCategoryID": category, "TrackingOptionID": option, "Name": "South"}
    run = publish(tmp_path, xero, records("regions", [row]), streams=streams)
    assert run.statuses == {"updated": 1}, run.log
    run = publish(tmp_path, xero, records("regions", [row]), streams=streams, method="DELETE")
    assert run.statuses == {"removed": 1}, run.log
    base = f"TrackingCategories/{category}/Options"
    assert writes(xero, "*Options*") == [
        ("PUT", base), ("POST", f"{base}/{option}"), ("DELETE", f"{base}/{option}")]  # fmt: skip


def test_a_credit_note_is_allocated_to_an_invoice(tmp_path, xero):
    [bill] = made(tmp_path, xero, "invoices", invoice("S-1", Status="AUTHORISED"))
    note = invoice("", Status="AUTHORISED") | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "C-1"}
    del note["DueDate"]
    [credit] = made(tmp_path, xero, "credit_notes", note)
    row = {"CreditNoteID": credit, "Invoice.InvoiceID": bill, "Amount": "4", "Date": "2026-10-03"}
    made(tmp_path, xero, "credit_notes_allocations", row)
    changed = get_record(xero, "Invoices", bill)
    assert changed["Total"] - changed["AmountDue"] == 4


def test_files_are_attached_from_a_folder_and_from_base64(tmp_path, xero):
    [own_id] = made(tmp_path, xero, "contacts", {"Name": "Ana"})
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "scan.txt").write_bytes(b"paper")
    streams = {"scans": {"entity": "Contacts/Attachments", "files": str(tmp_path / "files")}}
    rows = [
        {"ContactID": own_id, "FilePath": "scan.txt"},
        {
            "ContactID": own_id,
            "FileName": "a [1].txt",
            "Content": base64.b64encode(b"bits").decode(),
        },
    ]
    made(tmp_path, xero, "scans", *rows, streams=streams)
    files = xero.organisation().attachments["Contacts", own_id]
    assert {file.file_name: file.content for file in files} == {
        "scan.txt": b"paper",
        "a [1].txt": b"bits",
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"FilePath": "../secret.txt"}, "not below"),
        ({"FilePath": "/etc/hostname"}, "not below"),
        ({"FilePath": "missing.txt"}, "cannot be read"),
        ({"FileName": "a.txt", "Content": "%%%"}, "not base64"),
        ({"FileName": "a?.txt", "Content": "YQ=="}, "does not take '?'"),
        ({"FileName": "a.txt"}, "either FilePath or Content"),
    ],
)
def test_files_that_cannot_be_attached_are_refused_with_the_reason(tmp_path, xero, row, words):
    streams = {"scans": {"entity": "Contacts/Attachments", "files": str(tmp_path)}}
    run = publish(tmp_path, xero, records("scans", [{"ContactID": SOME_ID} | row]), streams=streams)
    assert words in run.errors("invalid")[0]
    assert writes(xero) == []


def test_a_method_that_a_child_does_not_have_is_refused(tmp_path, xero):
    streams = {"notes": {"entity": "Contacts/History", "method": "DELETE"}}
    run = publish(tmp_path, xero, records("notes", [{"ContactID": SOME_ID, "Details": "y"}]),
                  streams=streams)  # fmt: skip
    assert "Xero has: PUT /Contacts/{ContactID}/History" in run.errors("invalid")[0]


# Generic mode

ENVELOPE_PATHS = {"*": {"envelope_paths": True}}


def test_any_path_and_payload_are_sent_unchanged(tmp_path, xero):
    body = {"ConversionDate": {"Month": 1, "Year": 2026}, "Accounts": [], "ConversionBalances": []}
    messages = [schema("setup"), record("setup", path="/Setup", payload=body)]
    run = publish(tmp_path, xero, messages, streams=ENVELOPE_PATHS)
    assert writes(xero) == [("POST", "Setup")]
    assert run.results[0]["entity"] == "/Setup"


@pytest.mark.parametrize(
    ("write_nulls", "sent"),
    [
        (False, {"a": 1, "c": {"e": [{}]}}),
        (True, {"a": 1, "b": None, "c": {"d": None, "e": [{"f": None}]}}),
    ],
)
def test_nulls_in_a_generic_payload_are_sent_only_with_write_nulls(
    tmp_path, xero, write_nulls, sent
):
    body = {"a": 1, "b": None, "c": {"d": None, "e": [{"f": None}]}}
    row = record("x", path="/Setup", payload=body)
    publish(tmp_path, xero, [schema("x"), row], write_nulls=write_nulls, streams=ENVELOPE_PATHS)
    [call] = xero.calls("Setup")
    assert json.loads(call["body"]) == sent


def test_an_empty_cell_of_a_dotted_column_clears_its_field(tmp_path, xero):
    xero.add("Items", {"Code": "A", "Name": "Ale", "SalesDetails": {"UnitPrice": 5}})
    row = {"Code": "A", "SalesDetails.UnitPrice": None, "Name": ""}
    run = publish(tmp_path, xero, records("items", [row]), write_nulls=True)
    assert run.exit_code == 0
    [call] = [call for call in xero.calls("Items") if call["method"] != "GET"]
    [item] = json.loads(call["body"])["Items"]
    item.pop("ItemID", None)
    assert item == {"Code": "A", "SalesDetails": {"UnitPrice": None}, "Name": ""}


def test_another_api_is_reached_by_its_full_path(tmp_path, xero):
    row = {
        "method": "PATCH",
        "path": "/projects.xro/2.0/Projects/1",
        "payload": {"status": "CLOSED"},
    }
    messages = [schema("projects"), record("projects", **row)]
    run = publish(tmp_path, xero, messages, streams=ENVELOPE_PATHS, scopes="projects")
    [result] = run.results
    assert (result["method"], result["status"], result["http_status"]) == ("PATCH", "rejected", 404)


@pytest.mark.parametrize(
    "path",
    [
        "http://127.0.0.1:1/steal",
        "https://evil.example/api.xro/2.0/Contacts",
        "https://[bad/api.xro/2.0/Contacts/1",
    ],
)
def test_a_record_for_another_host_is_refused_and_the_others_are_published(tmp_path, xero, path):
    rows = [{"payload": {"Name": "Ana"}}, {"path": path, "payload": {"Name": "Cy"}},
            {"payload": {"Name": "Bo"}}]  # fmt: skip
    run = publish(tmp_path, xero, records("contacts", rows), streams=ENVELOPE_PATHS)
    assert run.exit_code == 1
    assert run.statuses == {"created": 2, "invalid": 1}
    assert f"the path {path} is not on {xero.origin}" in run.errors("invalid")[0]
    assert sorted(contact["Name"] for contact in xero.records("Contacts")) == ["Ana", "Bo"]


def test_the_full_address_of_its_own_host_is_a_path_too(tmp_path, xero):
    row = {"path": f"{xero.base_uri}/Setup", "payload": {"ConversionBalances": []}}
    publish(tmp_path, xero, [schema("x"), record("x", **row)], streams=ENVELOPE_PATHS)
    assert writes(xero) == [("POST", "Setup")]
