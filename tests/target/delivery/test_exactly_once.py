"""Each record once: repeated runs, changed content, equal records, kills."""

import os
import signal
import time
from collections import Counter

import pytest
from documents import invoice
from lost_requests import contacts, keys, open_requests, until
from target_runner import (
    config_in,
    lines_in,
    lines_of,
    publish,
    record,
    records,
    run_with,
    schema,
    start,
    state,
)


def test_a_second_run_of_the_same_input_sends_nothing(tmp_path, xero):
    publish(tmp_path, xero, contacts("Ana", "Bo"))
    xero.reset()
    run = publish(tmp_path, xero, contacts("Ana", "Bo"))
    assert run.exit_code == 0
    assert run.statuses == {"unchanged": 2}
    assert {r["xero_id"] for r in run.results} == {c["ContactID"] for c in xero.records("Contacts")}
    assert xero.calls("Contacts", "P*") == []


def test_a_bill_that_changes_under_its_key_stays_one_bill(tmp_path, xero):
    first = schema("bills", key=["id"])
    streams = {"bills": {"entity": "Invoices"}}
    other = record("bills", id=2, **invoice("B-2", kind="ACCPAY"))
    for reference, status in (("one", "created"), ("two", "updated"), ("one", "updated")):
        bill = record("bills", id=1, **invoice("B-1", kind="ACCPAY", Reference=reference))
        dry = publish(tmp_path, xero, [first, bill], streams=streams, dry_run=True)
        assert [result["would"] for result in dry.results] == [status.removesuffix("d")]
        run = publish(tmp_path, xero, [first, other, bill], streams=streams)
        assert run.exit_code == 0, run.log
        assert run.results[-1]["status"] == status
    assert Counter(bill.get("Reference") for bill in xero.records("Invoices")) == {
        None: 1,
        "one": 1,
    }
    made = {len(bill["LineItems"]) for bill in xero.records("Invoices")}
    assert made == {1}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_empty_key_and_put_create_new_records(tmp_path, xero, method):
    first = schema("invoices", key=["id"])
    own_id = 1 if method == "PUT" else None
    for reference in ("one", "two"):
        bill = record("invoices", id=own_id, **invoice(kind="ACCPAY", Reference=reference))
        run = publish(tmp_path, xero, [first, bill], method=method)
        assert run.statuses == {"created": 1}, run.log
    assert len(xero.records("Invoices")) == 2


def test_content_that_changed_and_changed_back_is_sent_each_time(tmp_path, xero):
    for email in ("a@example.com", "b@example.com", "a@example.com"):
        run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana", "EmailAddress": email}]))
        assert run.exit_code == 0, run.log
        [contact] = xero.records("Contacts")
        assert contact["EmailAddress"] == email
    assert run.statuses == {"updated": 1}


def test_a_refused_record_that_is_fed_back_gets_a_new_key(tmp_path, xero):
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "998"}
    first = publish(tmp_path, xero, records("invoices", [invoice("S-1", LineItems=[line])]))
    assert first.exit_code == 1
    assert first.statuses == {"rejected": 1}
    xero.add("Accounts", {**xero.records("Accounts")[0], "AccountID": "a-new-one", "Code": "998",
                          "Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE",
                          "SystemAccount": None})  # fmt: skip
    run = run_with(config_in(tmp_path, xero), tmp_path, first.rejects_path.read_bytes())
    assert run.statuses == {"created": 1}, run.log
    old_key, new_key = keys(xero, "Invoices")
    assert old_key != new_key


def test_identical_records_without_a_key_are_each_published_and_only_once(tmp_path, xero):
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    coffee = {
        "Type": "SPEND",
        "Contact": {"Name": "Cafe"},
        "BankAccount": {"AccountID": bank["AccountID"]},
        "Date": "2026-10-01",
        "LineItems": [
            {"Description": "Coffee", "Quantity": 1, "UnitAmount": 4, "AccountCode": "429"}
        ],
    }
    rows = records("bank_transactions", [coffee, coffee, coffee])
    for expected in ({"created": 3}, {"unchanged": 3}):
        run = publish(tmp_path, xero, rows)
        assert run.statuses == expected, run.log
        assert len(xero.records("BankTransactions")) == 3


def test_suppliers_credit_notes_of_one_number_are_each_published_and_only_once(tmp_path, xero):
    own = {"Type": "ACCPAYCREDIT", "CreditNoteNumber": "C-1", "DueDate": None}
    notes = [invoice() | own | {"Contact": {"Name": name}} for name in ("Ana", "Bo")]
    rows = records("credit_notes", notes)
    for expected in ({"created": 2}, {"unchanged": 2}, {"unchanged": 2}):
        run = publish(tmp_path, xero, rows)
        assert run.statuses == expected, run.log
        assert len(xero.records("CreditNotes")) == 2


def test_after_a_kill_at_any_moment_the_next_run_finishes(tmp_path, xero):
    bills = [invoice(f"B-{n}", kind="ACCPAY") for n in range(24)]
    messages = records("invoices", bills)
    config = config_in(tmp_path, xero, batch_size=4, max_concurrency=2)
    pauses = iter((0.01, 0.04))
    for nth in (1, 2):
        running = []
        # The call that is under way when the kill comes is done all the same.
        xero.before(
            "Invoices",
            lambda r=running: os.kill(r[0].pid, signal.SIGKILL),
            nth=nth,
            method="P*",
        )
        process = start(tmp_path, config, messages)
        running.append(process)
        assert process.wait(60) == -signal.SIGKILL
    for _ in range(2):
        calls = len(xero.calls("Invoices", "P*"))
        process = start(tmp_path, config, messages)
        until(lambda c=calls, p=process: len(xero.calls("Invoices", "P*")) > c or p.poll() == 0)
        time.sleep(next(pauses))
        process.kill()
        process.wait(60)
    run = run_with(config, tmp_path, lines_of([*messages, state("end")]))
    assert run.exit_code == 0, run.log
    assert run.statuses.keys() <= {"created", "unchanged"}
    assert run.states == ["end"]
    made = sorted(invoice["InvoiceNumber"] for invoice in xero.records("Invoices"))
    assert made == sorted(f"B-{n}" for n in range(24))
    ids = {invoice["InvoiceNumber"]: invoice["InvoiceID"] for invoice in xero.records("Invoices")}
    for result in run.results:
        assert result["xero_id"] in ids.values()
    assert open_requests(tmp_path) == 0


def test_two_runs_of_the_same_input_side_by_side_publish_it_once(tmp_path, xero):
    folders = [tmp_path / "one", tmp_path / "two"]
    bills = records("invoices", [invoice(f"B-{n}", kind="ACCPAY") for n in range(40)])
    processes = []
    for folder in folders:
        folder.mkdir()
        store = f"sqlite:///{tmp_path / 'xero.db'}"
        config = config_in(folder, xero, store_uri=store, batch_size=5)
        processes.append(start(folder, config, bills))
    codes = [process.wait(90) for process in processes]
    assert codes == [0, 0], [(folder / "stderr").read_text() for folder in folders]
    assert len(xero.records("Invoices")) == 40
    for folder in folders:
        assert len(lines_in(folder / "results.jsonl")) == 40


def test_an_option_whose_request_was_killed_is_found_in_its_category(tmp_path, xero):
    region = {"Name": "Region", "Status": "ACTIVE", "Options": []}
    category_id = xero.add("TrackingCategories", region)
    options = [{"TrackingCategoryID": category_id, "Name": name} for name in ("North", "South")]
    messages = records("options", options)
    config = config_in(
        tmp_path, xero, streams={"options": {"entity": "TrackingCategories/Options"}}
    )
    running = []
    # The call that is under way when the kill comes is done all the same.
    xero.before(
        "TrackingCategories/*/Options",
        lambda: os.kill(running[0].pid, signal.SIGKILL),
        method="PUT",
    )
    running.append(start(tmp_path, config, messages))
    assert running[0].wait(60) == -signal.SIGKILL

    run = run_with(config, tmp_path, lines_of([*messages, state("end")]))

    assert run.exit_code == 0, run.log
    assert run.states == ["end"]
    [category] = xero.records("TrackingCategories")
    assert sorted(option["Name"] for option in category["Options"]) == ["North", "South"]
    assert open_requests(tmp_path) == 0
