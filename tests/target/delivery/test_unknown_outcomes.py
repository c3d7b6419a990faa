"""Requests without a clear response: repeated under their key, looked up, or left as unknown."""

import os
import signal
from collections import Counter
from datetime import date

import pytest
from documents import invoice
from lost_requests import (
    KEY_LIFE,
    age_requests,
    contacts,
    keys,
    names,
    open_requests,
    refuse_look_ups,
    until,
)
from target_runner import config_in, publish, record, records, schema, start, state


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
    running = []
    # While the call is under way: it is the only one.
    xero.before("Invoices", lambda: os.kill(running[0].pid, signal.SIGKILL), method="P*")
    running.append(start(tmp_path, config, sales))
    assert running[0].wait(60) == -signal.SIGKILL
    until(lambda: xero.calls("Invoices", "P*"))
    xero.reset()
    xero.clock.advance(KEY_LIFE)
    age_requests(tmp_path, KEY_LIFE)
    run = publish(tmp_path, xero, sales)
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 2}
    assert sorted(i["InvoiceNumber"] for i in xero.records("Invoices")) == ["S-1", "S-2"]
    # What is absent is sent in halves.
    assert len(xero.calls("Invoices", "P*")) == (0 if was_done else 2)


def test_an_update_under_a_key_whose_response_was_lost_is_looked_up(tmp_path, xero, two_tries):
    first = schema("invoices", key=["id"])
    publish(tmp_path, xero, [first, record("invoices", id=1, **invoice(kind="ACCPAY"))])
    xero.fault("reset", "Invoices", method="P*", after_work=True, times=None)
    changed = record("invoices", id=1, **invoice(kind="ACCPAY", Reference="edited"))
    run = publish(tmp_path, xero, [first, changed])
    assert run.statuses == {"updated": 1}, run.log
    assert len(xero.records("Invoices")) == 1


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
