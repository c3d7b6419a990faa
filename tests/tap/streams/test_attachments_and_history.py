"""The files and the history of records: how tap-xero reads them, and what that costs."""

from __future__ import annotations

import base64
import signal
from datetime import datetime, timedelta, timezone

import requests

from tap_runner import Run, catalog_of, read, settings_for, start
from tap_xero.streams.child_streams import CHILD_STREAM_TYPES, entry_ids
from xero_client.entities.table import ENTITIES

T0 = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=timezone.utc)
CONTACT = {"ContactStatus": "ACTIVE"}
WITH_FILES = {"copy_attachments": True}
WITH_HISTORY = {"copy_history": True}


def add_contact(xero, number=0, **fields):
    changed = T0 + timedelta(minutes=number)
    return xero.add(
        "Contacts", {"Name": f"C{number}", "UpdatedDateUTC": changed, **CONTACT, **fields}
    )


def call(xero, method, path, **options):
    headers = xero.headers() | options.pop("headers", {})
    answer = requests.request(
        method, f"{xero.base_uri}/{path}", headers=headers, timeout=10, **options
    )
    assert answer.ok, answer.text
    return answer


def attach(xero, path, name, content, **options):
    kind = {"Content-Type": "text/plain", "Accept": "application/json"}
    call(xero, "POST", f"{path}/Attachments/{name}", data=content, headers=kind, **options)


def note(xero, path, *details):
    notes = {"HistoryRecords": [{"Details": text} for text in details]}
    call(xero, "PUT", f"{path}/History", json=notes)


def test_no_stream_of_files_or_histories_is_there_unless_it_is_asked_for(xero):
    names = {entry["tap_stream_id"] for entry in catalog_of([])["streams"]}
    assert not [name for name in names if name.endswith(("_attachments", "_history"))]

    wanted = catalog_of([], settings=WITH_FILES | WITH_HISTORY)["streams"]
    children = {entry["tap_stream_id"] for entry in wanted} - names
    assert children == {
        stream_type.name_of(entity)
        for stream_type in CHILD_STREAM_TYPES
        for entity in ENTITIES
        if stream_type.applies_to(entity)
    }
    assert {"invoices_attachments", "quotes_attachments", "items_history"} <= children
    assert "journals_history" not in children


def test_each_file_comes_with_its_bytes_and_its_record(demo):
    streams = ["invoices_attachments", "accounts_attachments", "bank_transactions_attachments"]
    run = read(demo, streams, **WITH_FILES)

    assert run.exit_code == 0, run.log
    books = demo.organisation()
    for stream, entity, id_field in (
        ("invoices_attachments", "Invoices", "InvoiceID"),
        ("accounts_attachments", "Accounts", "AccountID"),
        ("bank_transactions_attachments", "BankTransactions", "BankTransactionID"),
    ):
        expected = {
            (record_id, file.attachment_id, file.file_name, file.mime_type, file.content)
            for (name, record_id), files in books.attachments.items()
            for file in files
            if name == entity
        }
        actual = {
            (
                record[id_field],
                record["AttachmentID"],
                record["FileName"],
                record["MimeType"],
                base64.b64decode(record["Content"]),
            )
            for record in run.records(stream)
        }
        assert actual == expected, stream
        assert expected, stream
        assert {record["_tenant_id"] for record in run.records(stream)} == {demo.tenant_id}


def test_only_records_that_have_files_are_asked_for_them(demo):
    demo.reset()
    run = read(demo, ["invoices_attachments"], **WITH_FILES)

    held = [files for (name, _), files in demo.organisation().attachments.items()
            if name == "Invoices" and files]  # fmt: skip
    lists = -(-len(demo.organisation().collections["Invoices"]) // 1000)
    assert len(run.records("invoices_attachments")) == sum(map(len, held))
    assert len(demo.calls("Invoices*")) == lists + len(held) + sum(map(len, held))


def test_without_their_content_files_are_only_listed(demo):
    demo.reset()
    catalog = catalog_of(
        ["invoices_attachments"], {"invoices_attachments": ["Content"]}, WITH_FILES
    )
    run = read(demo, catalog=catalog, **WITH_FILES)

    first = run.records("invoices_attachments")[0]
    assert "Content" not in first
    assert first["ContentLength"] > 0
    assert not [call for call in demo.calls("Invoices/*/Attachments/*") if call["method"] == "GET"]


def test_notes_come_in_their_order_each_with_an_id_of_its_own(xero):
    contact = add_contact(xero)
    note(xero, f"Contacts/{contact}", "Prefers mornings.", "Called.", "Called.")

    first = read(xero, ["contacts_history"], **WITH_HISTORY)
    again = read(xero, ["contacts_history"], **WITH_HISTORY)

    entries = first.records("contacts_history")
    assert [entry["Details"] for entry in entries] == ["Prefers mornings.", "Called.", "Called."]
    assert {entry["Changes"] for entry in entries} == {"Note"}
    assert {entry["ContactID"] for entry in entries} == {contact}
    assert len({entry["_entry_id"] for entry in entries}) == 3
    assert [entry["DateUTC"][-1] for entry in entries] == ["Z"] * 3
    assert entries == again.records("contacts_history")


def test_an_entry_keeps_its_id_when_the_history_grows():
    call = {"DateUTC": "/Date(1)/", "Changes": "Note", "User": "Ana", "Details": "Called."}
    payment = {**call, "Details": "Paid."}

    assert set(entry_ids([call, call])) < set(entry_ids([payment, call, call]))


def test_a_later_run_asks_only_records_that_have_changed(xero):
    for number in range(2):
        note(xero, f"Contacts/{add_contact(xero, number)}", f"Note {number}.")
    first = read(xero, ["contacts_history"], **WITH_HISTORY)
    note(xero, f"Contacts/{add_contact(xero, 5)}", "Note 5.")

    xero.reset()
    second = read(xero, ["contacts_history"], state=first.state, **WITH_HISTORY)

    # The latest of the first run comes again, because Xero compares whole seconds.
    details = {entry["Details"] for entry in second.records("contacts_history")}
    assert details == {"Note 1.", "Note 5."}
    assert len(xero.calls("*/History")) == 2
    assert xero.calls("Contacts")[0]["headers"]["if-modified-since"] == "2026-01-01T12:00:59"


def test_what_a_failure_leaves_unread_is_read_by_the_next_run(xero):
    contacts = [add_contact(xero, number) for number in range(3)]
    for contact in contacts:
        note(xero, f"Contacts/{contact}", f"About {contact}.")
    last = max(contacts)
    xero.fault("forbidden", f"Contacts/{last}/History")

    failed = read(xero, ["contacts_history"], **WITH_HISTORY)
    assert failed.exit_code == 1
    assert "contacts_history of" in failed.last_line
    second = read(xero, ["contacts_history"], state=failed.state, **WITH_HISTORY)

    contact_ids = {entry["ContactID"] for entry in second.records("contacts_history")}
    assert second.exit_code == 0
    assert contact_ids == set(contacts)


def test_a_record_that_is_deleted_meanwhile_does_not_end_the_stream(xero):
    contacts = [add_contact(xero, number) for number in range(3)]
    for contact in contacts:
        note(xero, f"Contacts/{contact}", "Here.")
    deleted = contacts[1]
    xero.before(
        f"Contacts/{deleted}/History",
        lambda: xero.organisation().collections["Contacts"].pop(deleted),
    )

    run = read(xero, ["contacts_history"], max_concurrency=1, **WITH_HISTORY)

    assert run.exit_code == 0, run.log
    assert set(run.ids("contacts_history", "ContactID")) == {*contacts} - {deleted}
    assert f"Contacts/{deleted}/History was deleted meanwhile" in run.log


def test_a_missing_scope_is_named_and_the_records_are_read_all_the_same(xero):
    contact = add_contact(xero, HasAttachments=True)
    token = xero.grant("sandbox-web", scopes=["accounting.contacts.read"])["access_token"]

    run = read(
        xero,
        ["contacts", "contacts_attachments"],
        access_token=token,
        **WITH_FILES,
    )

    assert run.exit_code == 1
    assert run.ids("contacts", "ContactID") == [contact]
    assert "contacts_attachments" in run.last_line
    assert "accounting.attachments.read" in run.last_line


def test_killed_in_the_middle_the_next_run_goes_on_with_the_page_after(xero, tmp_path):
    contacts = [add_contact(xero, number) for number in range(12)]
    for contact in contacts:
        note(xero, f"Contacts/{contact}", "Here.")
    streams = {"contacts_history": {"page_size": 4}}
    settings = settings_for(xero, max_concurrency=1, streams=streams, **WITH_HISTORY)
    xero.sandbox.behaviour.latency = 0.1
    process = start(tmp_path, settings, ["contacts_history"])
    lines = []
    while sum(b'"STATE"' in line for line in lines) < 2:
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    xero.sandbox.behaviour.latency = 0
    before = Run.of(-9, b"".join(lines), "")

    xero.reset()
    began = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    after = read(xero, ["contacts_history"], state=before.state, streams=streams, **WITH_HISTORY)

    read_ids = [run.ids("contacts_history", "ContactID") for run in (before, after)]
    assert set(read_ids[0]) | set(read_ids[1]) == set(contacts)
    # The last whole page is read again, because its records may have moved meanwhile.
    whole = before.partition("contacts_history")["reading"]["page"]
    # The last call of the killed process may end, and be logged, only now.
    calls = [call for call in xero.calls("*/History") if call["at"] >= began]
    assert len(calls) == 4 * (4 - whole) < 12
