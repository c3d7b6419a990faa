"""Attachments and notes are copied with their records, if that is set."""

import json
import time
from collections import Counter
from threading import Thread

import pytest
from copy_pair import last_state
from small_company import make_small_company

BOTH = {"copy_attachments": True, "copy_history": True}


@pytest.fixture(scope="module")
def small_company(tmp_path_factory):
    """The small company with files and notes, and its backup with both, made once."""
    return make_small_company(tmp_path_factory.mktemp("papers"), keep_papers, **BOTH)


def attach(pair, path, name, content, **params):
    plain = {"Content-Type": "text/plain"}
    pair.send("POST", f"{path}/Attachments/{name}", headers=plain, data=content, params=params)


def note(pair, path, *details):
    pair.put_children(f"{path}/History", "HistoryRecords", *({"Details": text} for text in details))


def named(pair, entity, field, value):
    """The path of one record of the source, by what names it."""
    id_field = {"Invoices": "InvoiceID", "Contacts": "ContactID", "Items": "ItemID"}[entity]
    return f"{entity}/{pair.find(entity, **{field: value})[id_field]}"


def keep_papers(pair):
    paid = named(pair, "Invoices", "InvoiceNumber", "INV-1")
    attach(pair, paid, "order 17.txt", b"3 loaves", IncludeOnline="true")
    attach(pair, paid, "signed.txt", "Zo\u00eb".encode())
    note(pair, paid, "Called on Friday.", "Paid in cash.", "Called on Friday.")
    void = named(pair, "Invoices", "InvoiceNumber", "INV-4")
    attach(pair, void, "mistake.txt", b"oh")
    note(pair, void, "A mistake.")
    note(pair, named(pair, "Contacts", "Name", "Ana"), "Prefers mornings.")
    note(pair, named(pair, "Items", "Code", "LOAF"), "Rye from May on.")


def files(pair):
    """Every file of the copy: on what, its name, its bytes, whether it is online."""
    books = pair.xero.organisation(pair.target)
    return {
        (name_of(books, *held), file.file_name, file.content, file.include_online)
        for held, attached in books.attachments.items()
        for file in attached
    }


def notes(pair):
    books = pair.xero.organisation(pair.target)
    found = {}
    for held, entries in books.history.items():
        details = [entry["Details"] for entry in entries if entry["Changes"] == "Note"]
        if details:
            found[name_of(books, *held)] = details
    return found


def name_of(books, entity, record_id):
    record = books.collections[entity][record_id]
    return next(record[name] for name in ("InvoiceNumber", "Name", "Code") if record.get(name))


def test_files_and_notes_are_on_the_copies_and_a_second_run_writes_nothing(pair, backup):
    ended = pair.copy(backup, **BOTH)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert files(pair) == {
        ("INV-1", "order 17.txt", b"3 loaves", True),
        ("INV-1", "signed.txt", "Zo\u00eb".encode(), False),
    }
    assert notes(pair) == {
        "INV-1": ["Called on Friday.", "Paid in cash.", "Called on Friday."],
        "Ana": ["Prefers mornings."],
        "Loaf": ["Rye from May on."],
    }
    by_warning = Counter(result["warnings"][0] for result in pair.results if result["warnings"])
    assert by_warning["not copied: Xero itself writes this entry of the history"] > 10
    removed = "not copied: its record is not copied: it is removed in the source"
    assert by_warning[removed] == 2

    pair.xero.reset()
    again = pair.copy(backup, **BOTH)
    assert again.returncode == 0, again.stderr[-3000:]
    assert pair.writes == []
    assert set(pair.statuses) == {"unchanged"}


def test_neither_is_read_or_copied_by_default(pair):
    ended = pair.copy(pair.tap())

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert files(pair) == set()
    assert notes(pair) == {}
    assert not pair.xero.calls("*/History")
    assert not pair.xero.calls("*/Attachments*")


def test_a_backup_with_both_can_be_restored_without(pair, backup):
    ended = pair.copy(backup, copy_attachments=False, copy_history=False)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert files(pair) == set()
    assert notes(pair) == {}


def test_a_setting_without_such_records_is_warned_of(pair):
    ended = pair.copy(pair.tap(), **BOTH)

    assert "copy_attachments is set, but no such records arrived" in ended.stderr
    assert "copy_history is set, but no such records arrived" in ended.stderr


def test_the_next_run_copies_new_ones_and_a_changed_file_replaces_the_old_one(pair, backup):
    first = pair.copy(backup, **BOTH)
    state = last_state(first)
    draft = named(pair, "Invoices", "InvoiceNumber", "INV-3")
    pair.post("Invoices", {"InvoiceID": draft.partition("/")[2], "Reference": "Order 18"})
    attach(pair, draft, "order 18.txt", b"5 loaves")
    note(pair, draft, "Wants it early.")
    paid = named(pair, "Invoices", "InvoiceNumber", "INV-1")
    attach(pair, paid, "signed.txt", b"Ana")
    pair.post("Invoices", {"InvoiceID": paid.partition("/")[2], "Reference": "Order 17b"})

    pair.xero.reset()
    second = pair.copy(pair.tap(state=state, **BOTH), **BOTH)

    assert second.returncode == 0, [r for r in pair.results if r["status"] == "rejected"]
    assert ("INV-3", "order 18.txt", b"5 loaves", False) in files(pair)
    assert ("INV-1", "signed.txt", b"Ana", False) in files(pair)
    assert len(files(pair)) == 3
    assert notes(pair)["INV-3"] == ["Wants it early."]
    written = Counter(
        call["endpoint"].partition("/")[2].partition("/")[2].partition("/")[0]
        for call in pair.writes
    )
    assert written == {"": 1, "Attachments": 2, "History": 1}


def test_without_the_state_database_no_note_is_written_twice(pair, backup):
    assert pair.copy(backup, **BOTH).returncode == 0
    before = notes(pair)

    forgotten = {"store_uri": f"sqlite:///{pair.folder / 'other.db'}", "yes": True}
    assert pair.copy(backup, **BOTH, **forgotten).returncode == 0, pair.results
    assert notes(pair) == before
    assert len(files(pair)) == 2


@pytest.mark.parametrize("after_work", [True, False])
@pytest.mark.parametrize("kind", ["History", "Attachments/order 17.txt"])
def test_a_lost_response_duplicates_nothing_and_drops_nothing(pair, backup, kind, after_work):
    # Xero keeps errors under the Idempotency-Key too: repeating does not help
    # (xero-facts.md: Idempotency).
    pair.xero.fault("server_error", f"Invoices/*/{kind}", method="PUT", after_work=after_work)
    ended = pair.copy(backup, **BOTH)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert pair.statuses["unknown"] == 0
    assert notes(pair)["INV-1"] == ["Called on Friday.", "Paid in cash.", "Called on Friday."]
    assert len(files(pair)) == 2


def test_a_kill_among_files_and_notes_duplicates_nothing_and_drops_nothing(pair, backup):
    for kind in ("Attachments/*", "History"):
        pair.kill_during(backup, f"Invoices/*/{kind}", **BOTH)

    last = pair.copy(backup, **BOTH)
    assert last.returncode == 0, last.stderr[-3000:]
    assert notes(pair)["INV-1"] == ["Called on Friday.", "Paid in cash.", "Called on Friday."]
    assert len(files(pair)) == 2


def test_a_file_of_a_rejected_invoice_is_invalid_and_is_in_the_rejects_file(pair, backup):
    lines = backup.read_bytes().splitlines(keepends=True)
    [ana] = [
        message
        for message in lines
        if b'"stream":"contacts"' in message and b'"Name":"Ana"' in message
    ]
    backup.write_bytes(b"".join(message for message in lines if message is not ana))
    first = pair.copy(backup, **BOTH)
    assert first.returncode == 1
    invalid = [result for result in pair.results if result["status"] == "invalid"]
    said = [result["errors"][0] for result in invalid if result["entity"] == "Invoices/Attachments"]
    assert len(said) == 2
    assert all("InvoiceID" in error and "copy it first" in error for error in said)

    rejects = pair.folder / "again.jsonl"
    schema = {"type": "SCHEMA", "stream": "contacts", "schema": {"properties": {}}}
    schema["key_properties"] = []
    rejects.write_bytes(json.dumps(schema).encode() + b"\n" + ana + pair.rejects_path.read_bytes())
    second = pair.copy(rejects, **BOTH)
    assert second.returncode == 0, second.stderr[-3000:]
    assert len(files(pair)) == 2


def test_large_files_are_not_held_in_memory(pair):
    large = b"0123456789" * 90_000
    for number in range(40):
        draft = {"Type": "ACCREC", "Contact": {"Name": "Ana"}, "LineItems": []}
        made = pair.put("Invoices", {**draft, "InvoiceNumber": f"BIG-{number}"})
        attach(pair, f"Invoices/{made['InvoiceID']}", "scan.pdf", large)
    backup = pair.tap(copy_attachments=True)
    assert backup.stat().st_size > 40_000_000

    process = pair.start(backup)
    reader = Thread(target=process.communicate)
    reader.start()
    peak = 0
    while reader.is_alive():
        peak = max(peak, resident_megabytes(process.pid) or peak)
        time.sleep(0.05)

    assert process.returncode == 0
    assert len(files(pair)) == 42
    assert peak < 300


def resident_megabytes(pid):
    try:
        with open(f"/proc/{pid}/status") as status:  # noqa: PTH123  # a file of the system
            for row in status:
                if row.startswith("VmHWM"):
                    return int(row.split()[1]) / 1000
    except OSError:
        pass
    return None
