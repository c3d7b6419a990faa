"""Each record once: lost responses, kills, repeated runs, and idempotency keys that expired."""

import os
import signal
import time
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import create_engine, text
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

from target_xero.delivery import sender

KEY_LIFE = 360


@pytest.fixture
def two_tries(monkeypatch):
    """A target that sends a request only twice under one key."""
    monkeypatch.setattr(sender, "MAX_TRIES", 2)


def contacts(*names):
    return records("contacts", [{"Name": name} for name in names])


def names(xero):
    return sorted(contact["Name"] for contact in xero.records("Contacts"))


def invoice(number=None, kind="ACCREC", **fields):
    own = {"InvoiceNumber": number} if number else {}
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    return {
        "Type": kind,
        "Contact": {"Name": "Ana"},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "LineItems": [line],
        **own,
        **fields,
    }


def refuse_look_ups(xero, nth=2):
    """Nobody can look up in Xero what became of a bill; its number is looked up before."""
    refusal = {"status": 400, "body": "<html></html>", "content_type": "text/html"}
    xero.fault("status", "Invoices", method="GET", nth=nth, times=None, **refusal)


def keys(xero, endpoint="*"):
    calls = xero.calls(endpoint)
    return [call["headers"]["idempotency-key"] for call in calls if call["method"] != "GET"]


def age_requests(folder, seconds):
    """Makes the requests in the publish log older."""
    engine = create_engine(f"sqlite:///{folder / 'xero.db'}")
    with engine.begin() as connection:
        change = text("UPDATE publish_requests SET first_sent_at = first_sent_at - :seconds")
        connection.execute(change, {"seconds": seconds})
    engine.dispose()


def open_requests(folder):
    engine = create_engine(f"sqlite:///{folder / 'xero.db'}")
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM publish_requests")).scalar()
    engine.dispose()
    return count


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


def test_an_update_under_a_key_whose_response_was_lost_is_looked_up(tmp_path, xero, two_tries):
    first = schema("invoices", key=["id"])
    publish(tmp_path, xero, [first, record("invoices", id=1, **invoice(kind="ACCPAY"))])
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    changed = record("invoices", id=1, **invoice(kind="ACCPAY", Reference="edited"))
    run = publish(tmp_path, xero, [first, changed])
    assert run.statuses == {"updated": 1}, run.log
    assert len(xero.records("Invoices")) == 1


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


@pytest.mark.parametrize("kind", ["reset", "unavailable"])
def test_a_response_lost_after_the_write_does_not_make_a_duplicate(tmp_path, xero, kind):
    xero.fault(kind, "Invoices", method="P*", after_work=True)
    run = publish(tmp_path, xero, records("invoices", [invoice(kind="ACCPAY")]))
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert len(xero.records("Invoices")) == 1
    first, second = keys(xero, "Invoices")
    assert first == second
    assert len(first) <= 128


@pytest.mark.parametrize("kind", ["reset", "unavailable", "html", "truncated", "missing_key"])
def test_a_request_whose_response_was_lost_or_garbled_is_repeated(tmp_path, xero, kind):
    xero.fault(kind, "Invoices", method="P*")
    run = publish(tmp_path, xero, records("invoices", [invoice(kind="ACCPAY")]))
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert len(xero.records("Invoices")) == 1


@pytest.mark.parametrize("was_done", [True, False])
def test_an_error_kept_under_the_idempotency_key_is_settled_by_a_look_up(tmp_path, xero, was_done):
    xero.fault("server_error", "Invoices", method="P*", after_work=was_done)
    run = publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert len(xero.records("Invoices")) == 1


def test_a_created_record_is_recognised_by_the_name_of_its_reference(tmp_path, xero):
    """A list shows less of a contact than was sent."""
    xero.fault("server_error", "Invoices", method="PUT", after_work=True)
    sale = invoice("S-1", Contact={"Name": "Ana", "EmailAddress": "ana@example.com"})
    run = publish(tmp_path, xero, records("invoices", [sale]), method="PUT")
    assert run.statuses == {"created": 1}, run.log
    assert len(set(keys(xero, "Invoices"))) == 1


def test_a_created_record_with_other_content_in_xero_is_unknown_and_not_sent_again(
    tmp_path, xero, two_tries
):
    def edited():
        [made] = xero.records("Invoices")
        xero.edit("Invoices", made["InvoiceID"], Reference="edited")

    xero.fault("server_error", "Invoices", method="PUT", after_work=True)
    xero.before("Invoices", edited, method="GET")
    sale = records("invoices", [invoice("S-1", Reference="as sent")])
    for _ in range(2):
        run = publish(tmp_path, xero, sale, method="PUT")
        assert run.statuses == {"unknown": 1}, run.log
        assert "Xero has S-1 with other content" in run.errors("unknown")[0]
        assert len(set(keys(xero, "Invoices"))) == 1
        age_requests(tmp_path, KEY_LIFE)
        xero.clock.advance(KEY_LIFE)
    again = publish(tmp_path, xero, sale, method="PUT", resend_unknown=True)
    assert "must be unique" in again.errors("rejected")[0]
    assert len(xero.records("Invoices")) == 1


@pytest.mark.parametrize("kind", ["html", "missing_key", "fewer", "more", "null_ids", "zero_ids"])
def test_responses_that_stay_invalid_are_settled_by_a_look_up(tmp_path, xero, kind):
    xero.fault(kind, "Contacts", method="P*", times=2)
    run = publish(tmp_path, xero, contacts("Ana", "Bo"))
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 2}
    assert names(xero) == ["Ana", "Bo"]
    assert {r["xero_id"] for r in run.results} == {c["ContactID"] for c in xero.records("Contacts")}


def test_a_record_without_a_unique_number_is_found_by_its_content(tmp_path, xero, two_tries):
    bill = records("invoices", [invoice("B-1", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    refuse_look_ups(xero)
    first = publish(tmp_path, xero, [*bill, state(1)])
    assert first.exit_code == 1
    assert first.statuses == {"unknown": 1}
    assert first.states == []
    assert [m["record"]["InvoiceNumber"] for m in first.rejects if m["type"] == "RECORD"] == ["B-1"]
    xero.reset()
    xero.clock.advance(KEY_LIFE)
    age_requests(tmp_path, KEY_LIFE)
    second = publish(tmp_path, xero, bill)
    assert second.statuses == {"created": 1}
    assert xero.calls("Invoices", "P*") == []
    assert len(xero.records("Invoices")) == 1


def test_a_record_that_xero_shows_differently_is_unknown_and_not_sent_again(
    tmp_path, xero, two_tries
):
    bill = records("invoices", [invoice("B-1", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    refuse_look_ups(xero)
    publish(tmp_path, xero, bill)
    xero.reset()
    [saved] = xero.records("Invoices")
    xero.edit("Invoices", saved["InvoiceID"], DueDate=date(2026, 12, 24))
    xero.clock.advance(KEY_LIFE)
    age_requests(tmp_path, KEY_LIFE)
    run = publish(tmp_path, xero, bill)
    assert run.statuses == {"unknown": 1}
    assert "with other content than was sent" in run.errors("unknown")[0]
    assert xero.calls("Invoices", "P*") == []


def test_what_a_look_up_does_not_show_is_not_sent_again_while_xero_may_work_on_it(
    tmp_path, xero, two_tries
):
    bill = records("invoices", [invoice("B-1", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", times=None)
    run = publish(tmp_path, xero, bill)
    assert run.statuses == {"unknown": 1}
    assert xero.calls("Invoices", "GET")
    xero.reset()
    xero.clock.advance(KEY_LIFE)
    age_requests(tmp_path, KEY_LIFE)
    later = publish(tmp_path, xero, bill)
    assert later.statuses == {"created": 1}, later.log
    assert len(xero.records("Invoices")) == 1


def test_an_unknown_record_is_sent_again_on_request(tmp_path, xero, two_tries):
    bill = records("invoices", [invoice("B-1", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", times=None)
    publish(tmp_path, xero, bill)
    xero.reset()
    age_requests(tmp_path, KEY_LIFE)
    run = publish(tmp_path, xero, bill, resend_unknown=True)
    assert run.statuses == {"created": 1}
    assert len(xero.records("Invoices")) == 1


RUN_ENDERS = {
    "the daily limit": {"kind": "rate_limited", "problem": "day", "retry_after": 6000},
    "a lost organisation": {"kind": "not_connected"},
}


@pytest.mark.parametrize("fault", RUN_ENDERS.values(), ids=RUN_ENDERS)
@pytest.mark.parametrize("was_done", [True, False])
def test_a_limit_or_refusal_after_a_lost_response_leaves_the_intent(
    tmp_path, xero, fault, was_done
):
    bills = records("invoices", [invoice("B-1", kind="ACCPAY"), invoice("B-2", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", after_work=was_done)
    # Limits and rights come before Xero looks at the key, so they meet a repetition too.
    later = {"nth": 2, "times": None, "after_work": was_done}
    xero.fault(endpoint="Invoices", method="P*", **later, **fault)
    first = publish(tmp_path, xero, [*bills, state(1)])
    assert first.exit_code == 1
    assert first.statuses == {"unknown": 2}
    assert first.states == []
    assert open_requests(tmp_path) == 1
    xero.reset()
    # Another request now, and so another key: only the log can tell.
    again = records("invoices", [invoice(f"B-{n}", kind="ACCPAY") for n in range(3)])
    second = publish(tmp_path, xero, again)
    assert second.statuses == {"created": 3}, second.log
    assert Counter(i["InvoiceNumber"] for i in xero.records("Invoices")) == dict.fromkeys(
        ("B-0", "B-1", "B-2"), 1
    )


@pytest.mark.parametrize("kind", ["forbidden", "insufficient_scope"])
def test_a_scope_lost_after_a_lost_response_does_not_make_a_reject(tmp_path, xero, kind):
    bill = records("invoices", [invoice("B-1", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", after_work=True)
    xero.fault(kind, "Invoices", method="P*", nth=2, times=None, after_work=True)
    refuse_look_ups(xero)
    first = publish(tmp_path, xero, [*bill, *contacts("Bo")])
    assert first.statuses == {"unknown": 1, "created": 1}
    # The next run meets the same refusal, still sends the others, and still knows nothing.
    second = publish(tmp_path, xero, [*bill, *contacts("Cy")])
    assert second.statuses == {"unknown": 1, "created": 1}
    xero.reset()
    third = publish(tmp_path, xero, bill)
    assert third.statuses == {"created": 1}, third.log
    assert len(xero.records("Invoices")) == 1


def test_a_sale_whose_response_was_lost_before_its_scope_is_looked_up(tmp_path, xero):
    sale = records("invoices", [invoice("S-1")])
    xero.fault("reset", "Invoices", method="P*", after_work=True)
    xero.fault("forbidden", "Invoices", method="P*", nth=2, times=None, after_work=True)
    run = publish(tmp_path, xero, sale)
    assert run.statuses == {"created": 1}, run.log


def test_the_next_run_gets_the_response_that_the_first_run_lost(tmp_path, xero, two_tries):
    bill = records("invoices", [invoice("B-1", kind="ACCPAY")])
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    refuse_look_ups(xero)
    publish(tmp_path, xero, bill)
    xero.reset()
    run = publish(tmp_path, xero, [*bill, state(1)])
    assert run.statuses == {"created": 1}
    assert run.states == [1]
    assert len(xero.records("Invoices")) == 1
    assert open_requests(tmp_path) == 0


@pytest.mark.parametrize("was_done", [True, False])
def test_after_the_idempotency_key_expired_a_look_up_decides(tmp_path, xero, two_tries, was_done):
    sales = records("invoices", [invoice("S-1"), invoice("S-2")])
    xero.fault("reset", "Invoices", method="P*", after_work=was_done, times=None)
    xero.fault("reset", "Invoices", method="GET", times=None)
    settings = {"request_timeout": 5}
    # The look-up fails as well, so that the run has to leave the intent behind.
    config = config_in(tmp_path, xero, **settings)
    process = start(tmp_path, config, sales)
    _until(lambda: xero.calls("Invoices", "P*"))
    process.kill()
    process.wait(10)
    xero.reset()
    xero.clock.advance(KEY_LIFE)
    age_requests(tmp_path, KEY_LIFE)
    run = publish(tmp_path, xero, sales)
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 2}
    assert sorted(i["InvoiceNumber"] for i in xero.records("Invoices")) == ["S-1", "S-2"]
    # What is absent is sent in halves.
    assert len(xero.calls("Invoices", "P*")) == (0 if was_done else 2)


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
        _until(lambda c=calls, p=process: len(xero.calls("Invoices", "P*")) > c or p.poll() == 0)
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


def test_a_record_edited_while_its_outcome_is_open_is_not_made_twice(tmp_path, xero, two_tries):
    with_key = [schema("invoices", key=["id"]), record("invoices", id=1, **invoice(kind="ACCPAY"))]
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    publish(tmp_path, xero, with_key)
    xero.reset()
    changed = invoice(kind="ACCPAY", Reference="edited")
    run = publish(tmp_path, xero, [with_key[0], record("invoices", id=1, **changed)])
    assert run.exit_code == 0, run.log
    # The first was recovered before the second went out.
    assert open_requests(tmp_path) == 0
    [bill] = xero.records("Invoices")
    assert bill["Reference"] == "edited"


def test_a_record_edited_while_its_outcome_is_unknown_is_not_sent(tmp_path, xero, two_tries):
    first = schema("invoices", key=["id"])
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    refuse_look_ups(xero, nth=1)
    publish(tmp_path, xero, [first, record("invoices", id=1, **invoice(kind="ACCPAY"))])
    xero.reset()
    age_requests(tmp_path, KEY_LIFE)
    changed = record("invoices", id=1, **invoice(kind="ACCPAY", Reference="edited"))
    run = publish(tmp_path, xero, [first, changed])
    assert run.statuses == {"unknown": 1}
    assert "earlier version" in run.errors("unknown")[0]
    assert len(xero.records("Invoices")) == 1
    sent = publish(tmp_path, xero, [first, changed], resend_unknown=True)
    assert sent.statuses == {"created": 1}


def _until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
