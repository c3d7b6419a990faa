"""``target-xero apply``: exactly the plan, once, unless Xero or the file was changed since."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from documents import LINE
from documents import authorised_invoice as invoice
from plan_runner import applied, plan_of
from target_runner import config_in, publish, records

from xero_sandbox.companies.presets import empty_company

TARGET = Path(sys.executable).parent / "target-xero"
OTHER = empty_company("aaaaaaaa-0000-4000-8000-000000000009", "Other Books")


def writes(xero, since=0):
    """The calls that write, without those for tokens."""
    return [
        call
        for call in xero.calls()[since:]
        if call["method"] != "GET" and call["endpoint"] != "connect/token"
    ]


def test_apply_sends_the_plan_and_a_second_apply_sends_nothing(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1"), invoice("S-2")]))
    assert planned.exit_code == 0, planned.log
    run = applied(tmp_path, xero, planned.path)
    assert (run.exit_code, run.statuses) == (0, ["created", "created"]), run.log
    before = len(xero.calls())
    again = applied(tmp_path, xero, planned.path)
    assert again.exit_code == 0
    assert again.results == []
    assert "nothing is sent" in again.output
    assert xero.calls()[before:] == []


@pytest.mark.parametrize(("on_reject", "exit_code"), [("fail", 3), ("skip", 0)])
def test_a_second_apply_says_that_not_all_is_in_xero(tmp_path, xero, on_reject, exit_code):
    good, bad = invoice("S-1"), invoice("S-2", LineItems=[{**LINE, "AccountCode": "NOPE"}])
    planned = plan_of(tmp_path, xero, records("invoices", [good, bad]))
    run = applied(tmp_path, xero, planned.path, on_reject=on_reject)
    assert (run.exit_code, sorted(run.statuses)) == (exit_code, ["created", "rejected"]), run.log
    before = len(xero.calls())
    again = applied(tmp_path, xero, planned.path, on_reject=on_reject)
    assert again.exit_code == exit_code
    assert "nothing is sent" in again.output
    assert ("1 of its 2 records were not published" in again.log) == (exit_code != 0)
    assert xero.calls()[before:] == []


def test_a_plan_that_an_earlier_version_applied_is_known(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1")]))
    assert applied(tmp_path, xero, planned.path).exit_code == 0
    store = sqlite3.connect(tmp_path / "xero.db")
    with closing(store), store:
        store.execute("ALTER TABLE plans DROP COLUMN refused")
        store.execute("UPDATE plans_version SET version_num = '0001'")
    again = applied(tmp_path, xero, planned.path)
    assert (again.exit_code, again.results) == (0, []), again.log
    assert "nothing is sent" in again.output


def test_what_was_planned_is_published_for_the_target_too(tmp_path, xero):
    rows = [*records("invoices", [invoice("S-1")]), *records("contacts", [{"Name": "Bo"}])]
    planned = plan_of(tmp_path, xero, rows)
    assert applied(tmp_path, xero, planned.path).exit_code == 0
    assert publish(tmp_path, xero, rows).statuses == {"unchanged": 2}
    assert plan_of(tmp_path, xero, rows).actions == ["skip", "skip"]


def test_apply_does_not_send_what_the_input_has_become(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1", Reference="planned")]))
    (tmp_path / "input.jsonl").write_text("")
    assert applied(tmp_path, xero, planned.path).statuses == ["created"]
    [made] = xero.records("Invoices")
    assert made["Reference"] == "planned"


def test_what_has_changed_in_xero_since_is_refused_record_by_record(tmp_path, xero, by_hand):
    ids = by_hand("invoices", invoice("S-1"), invoice("S-2"), invoice("S-3"))
    rows = [invoice(f"S-{n}", Reference="new") for n in (1, 2, 3)]
    planned = plan_of(tmp_path, xero, records("invoices", rows), overwrite="any")
    assert planned.actions == ["update"] * 3
    xero.edit("Invoices", ids[0], Reference="edited by hand", DueDate=date(2026, 12, 24))
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 3, run.log
    assert sorted(run.statuses) == ["invalid", "updated", "updated"]
    [error] = run.errors
    assert "Reference was empty, and is 'edited by hand'" in error
    assert re.search(r"DueDate was '2026-\d\d-\d\d', and is '2026-12-24'", error)
    found = {record["InvoiceNumber"]: record["Reference"] for record in xero.records("Invoices")}
    assert found == {"S-1": "edited by hand", "S-2": "new", "S-3": "new"}
    assert "target-xero plan" in run.log.splitlines()[-1]


def test_a_payment_since_the_plan_is_a_change(tmp_path, xero, by_hand):
    by_hand("accounts", {"Code": "BNK", "Name": "Bank", "Type": "BANK",
                         "BankAccountNumber": "12-3456-7890123-00"})  # fmt: skip
    by_hand("invoices", invoice("S-1"))
    rows = records("invoices", [invoice("S-1", Reference="new")])
    planned = plan_of(tmp_path, xero, rows, overwrite="any")
    pay = {"Invoice": {"InvoiceNumber": "S-1"}, "Account": {"Code": "BNK"}, "Date": "2026-10-02"}
    by_hand("payments", pay | {"Amount": 5})
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["invalid"]
    assert "AmountPaid" in run.errors[0]


def test_what_was_created_by_hand_since_is_not_created_again(tmp_path, xero, by_hand):
    bill = {**invoice("B-1"), "Type": "ACCPAY"}
    rows = [*records("contacts", [{"Name": "Bo"}]), *records("bills", [bill])]
    planned = plan_of(tmp_path, xero, rows)
    by_hand("bills", bill | {"LineItems": [{**LINE, "UnitAmount": 11}]})
    by_hand("contacts", {"Name": "Bo", "EmailAddress": "bo@example.com"})
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["invalid", "invalid"], run.log
    assert "Xero has it by now" in run.errors[0]
    assert "already" in run.errors[1]
    assert len(xero.records("Invoices")) == 1


def test_what_was_removed_since_is_refused(tmp_path, xero, by_hand):
    [own_id] = by_hand("invoices", invoice("S-1"))
    planned = plan_of(tmp_path, xero, records("invoices", [{"InvoiceID": own_id}]), method="DELETE")
    folder = tmp_path / "by hand"
    assert publish(
        folder, xero, records("invoices", [{"InvoiceID": own_id}]), method="DELETE"
    ).statuses == {"removed": 1}
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["invalid"]
    assert "VOIDED" in run.errors[0]


def test_a_contact_whose_balance_changes_by_the_plan_itself_is_not_changed(tmp_path, xero, by_hand):
    by_hand("contacts", {"Name": "Ana"})
    rows = [
        *records("contacts", [{"Name": "Ana", "EmailAddress": "ana@example.com"}]),
        *records("invoices", [invoice("S-1")]),
    ]
    planned = plan_of(tmp_path, xero, rows)
    by_hand("invoices", invoice("S-0"))
    assert applied(tmp_path, xero, planned.path).statuses == ["updated", "created"]


def test_what_an_earlier_run_left_open_is_not_planned(tmp_path, xero):
    journal = {
        "Narration": "Accrual",
        "Date": "2026-10-31",
        "JournalLines": [
            {"LineAmount": 10, "AccountCode": "400"},
            {"LineAmount": -10, "AccountCode": "404"},
        ],
    }
    xero.fault("reset", "ManualJournals", after_work=True, times=None)
    rows = records("manual_journals", [journal])
    assert publish(tmp_path, xero, rows).statuses == {"unknown": 1}
    xero.reset()
    planned = plan_of(tmp_path, xero, rows)
    assert planned.actions == ["refuse"]
    assert "the outcome is not known" in planned.documents()[0]["why"]


def test_files_and_e_mails_are_planned_and_sent(tmp_path, xero, by_hand):
    by_hand("contacts", {"Name": "Ana", "EmailAddress": "ana@example.com"})
    [own_id] = by_hand("invoices", invoice("S-1"))
    file = {"InvoiceID": own_id, "FileName": "note.bin", "Content": "AAEC/w=="}
    rows = [
        *records("invoices_attachments", [file | {"MimeType": "application/octet-stream"}]),
        *records("invoices_email", [{"InvoiceID": own_id}]),
    ]
    planned = plan_of(tmp_path, xero, rows)
    assert planned.actions == ["send", "send"], planned.log
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    calls = [(call["method"], call["endpoint"]) for call in writes(xero)][-2:]
    assert calls == [
        ("POST", f"Invoices/{own_id}/Attachments/note.bin"),
        ("POST", f"Invoices/{own_id}/Email"),
    ]


def edited(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_an_edited_plan_is_refused(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1")]))

    def raise_price(content):
        content["documents"][0]["item"]["publication"]["fields"]["LineItems"][0]["UnitAmount"] = 99

    edited(planned.path, raise_price)
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 5
    assert "was edited" in run.log
    assert writes(xero) == []


def test_a_plan_that_is_only_written_in_another_way_is_applied(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    edited(planned.path, lambda _content: None)
    assert applied(tmp_path, xero, planned.path).exit_code == 0


def test_an_edited_plan_with_a_digest_of_its_own_is_refused(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    other = tmp_path / "elsewhere"
    other.mkdir()
    forged = plan_of(other, xero, records("contacts", [{"Name": "Bo"}]))
    run = applied(tmp_path, xero, forged.path)
    assert run.exit_code == 5
    assert "state database" in run.log
    assert writes(xero) == []
    assert applied(tmp_path, xero, planned.path).exit_code == 0


@pytest.mark.sandbox(companies=["empty", OTHER])
def test_the_plan_of_another_organisation_is_refused(tmp_path, xero):
    token = xero.grant()["access_token"]
    first, second = xero.tenant_ids
    own = {"access_token": token, "client_id": None, "client_secret": None}
    own["grant_type"] = "refresh_token"
    rows = records("contacts", [{"Name": "Ana"}])
    planned = plan_of(tmp_path, xero, rows, tenant_id=first, **own)
    assert planned.exit_code == 0, planned.log
    run = applied(tmp_path, xero, planned.path, tenant_id=second, **own)
    assert run.exit_code == 5
    assert "Other Books" in run.log
    assert writes(xero) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "not JSON"),
        ("[1]", "not a plan"),
        ('{"format": 99, "digest": "", "version": "9.0"}', "format 99"),
    ],
)
def test_what_is_not_a_plan_of_this_version_is_refused(tmp_path, xero, text, words):
    path = tmp_path / "plan.json"
    path.write_text(text)
    run = applied(tmp_path, xero, path)
    assert run.exit_code == 5
    assert words in run.log
    assert "Nothing was sent" in run.log


def test_a_missing_plan_is_refused(tmp_path, xero):
    run = applied(tmp_path, xero, tmp_path / "none.json")
    assert run.exit_code == 5
    assert "none.json" in run.log


def test_a_record_that_xero_refuses_is_rejected_and_can_be_planned_again(tmp_path, xero):
    refused = invoice("S-1", LineItems=[{**LINE, "AccountCode": "nope"}])
    planned = plan_of(tmp_path, xero, records("invoices", [refused, invoice("S-2")]))
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 3
    assert sorted(run.statuses) == ["created", "rejected"]
    [rejects] = tmp_path.glob("rejects-*")
    corrected = rejects.read_text().replace('"nope"', '"200"')
    again = plan_of(tmp_path, xero, [corrected.encode()])
    assert again.actions == ["create"], again.log
    assert applied(tmp_path, xero, again.path).statuses == ["created"]


def test_a_lost_response_does_not_send_a_record_twice(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1")]))
    xero.fault("reset", "Invoices", method="PUT", after_work=True)
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["created"], run.log
    assert len(xero.records("Invoices")) == 1


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_stopped_apply_goes_on_and_sends_only_the_rest(tmp_path, xero, signum):
    rows = [invoice(f"S-{n}") for n in range(60)]
    planned = plan_of(tmp_path, xero, records("invoices", rows), batch_size=10)
    config = config_in(tmp_path, xero, max_concurrency=1)
    (tmp_path / "config.json").write_text(json.dumps(config))
    running = []
    # The call that is under way when the signal comes is done all the same.
    xero.before("Invoices", lambda: running[0].send_signal(signum), nth=3, method="PUT")
    xero.fault("latency", "Invoices", method="PUT", seconds=0.5, times=None)
    command = [TARGET, "apply", planned.path, "--config", tmp_path / "config.json"]
    running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    assert running[0].wait() == (-9 if signum is signal.SIGKILL else 128 + signum)
    before = len(xero.records("Invoices"))
    assert 20 <= before < 60
    xero.reset()
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    numbers = sorted(record["InvoiceNumber"] for record in xero.records("Invoices"))
    assert numbers == sorted(f"S-{n}" for n in range(60))
    assert applied(tmp_path, xero, planned.path).results == []
