"""Requests whose outcome is not known: refused repeats, clocks, records that always fail."""

import json
import time
from base64 import b64encode

import pytest
import requests
from documents import invoice
from target_runner import publish, records

from target_xero.delivery import sender

pytestmark = pytest.mark.usefixtures("no_waiting")


def journals(count=1):
    rows = [
        {
            "Narration": f"Accrual {number}",
            "Date": "2026-10-31",
            "JournalLines": [
                {"LineAmount": 10 + number, "AccountCode": "200"},
                {"LineAmount": -10 - number, "AccountCode": "400"},
            ],
        }
        for number in range(count)
    ]
    return records("manual_journals", rows)


def narrations(xero):
    return sorted(journal["Narration"] for journal in xero.records("ManualJournals"))


NAMELESS = {"Type": "ValidationException", "Message": "A validation exception occurred"}
REFUSALS = {
    **{str(status): {"status": status, "body": "gateway"} for status in (404, 405, 409, 412, 413)},
    **{str(status): {"status": status, "body": "gateway"} for status in (415, 501)},
    "a 400 in HTML": {"status": 400, "body": "<html></html>", "content_type": "text/html"},
    "a 400 that names no record": {
        "status": 400,
        "body": json.dumps(NAMELESS),
        "content_type": "application/json",
    },
}


def refuse_look_ups(xero):
    refusal = REFUSALS["a 400 that names no record"]
    xero.fault("status", "ManualJournals", method="GET", times=None, **refusal)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_of_a_repeat_says_nothing_of_the_first_try(tmp_path, xero, refusal, count):
    xero.fault("reset", "ManualJournals", after_work=True)
    xero.fault("status", "ManualJournals", nth=2, times=3, after_work=True, **refusal)
    refuse_look_ups(xero)
    first = publish(tmp_path, xero, journals(count))
    assert first.statuses == {"unknown": count}, first.log
    xero.reset()
    # Xero still keeps the first response under the key.
    second = publish(tmp_path, xero, journals(count))
    assert second.statuses == {"created": count}, second.log
    assert len(narrations(xero)) == count


def test_after_a_refused_repeat_a_sale_is_looked_up(tmp_path, xero):
    xero.fault("reset", "Invoices")
    xero.fault("status", "Invoices", nth=2, status=405, body="gateway")
    run = publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    assert run.statuses == {"created": 1}, run.log


@pytest.mark.parametrize(("ahead_first", "ahead_later"), [(86_400, 0), (0, -65), (0, -600)])
def test_the_age_of_a_key_does_not_depend_on_clocks_of_machines(
    tmp_path, xero, monkeypatch, ahead_first, ahead_later
):
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    real = time.time
    xero.fault("reset", "ManualJournals", method="P*", times=None)
    monkeypatch.setattr(time, "time", lambda: real() + ahead_first)
    assert publish(tmp_path, xero, journals()).statuses == {"unknown": 1}
    xero.reset()
    # At once, Xero may still work on it; nothing is sent with a new key.
    refuse_look_ups(xero)
    xero.fault("reset", "ManualJournals", method="P*", times=None)
    assert publish(tmp_path, xero, journals()).statuses == {"unknown": 1}
    keys = {call["headers"]["idempotency-key"] for call in xero.calls("ManualJournals", "P*")}
    assert len(keys) == 1
    xero.reset()
    xero.clock.advance(380)
    monkeypatch.setattr(time, "time", lambda: real() + 380 + ahead_later)
    assert publish(tmp_path, xero, journals()).statuses == {"created": 1}
    assert narrations(xero) == ["Accrual 0"]
    again = {call["headers"]["idempotency-key"] for call in xero.calls("ManualJournals", "P*")}
    assert again.isdisjoint(keys)


def test_a_request_that_xero_did_not_process_is_rejected_not_unknown(tmp_path, xero):
    body = {"ErrorNumber": 17, "Type": "NoDataProcessedException", "Message": "No data processed"}
    options = {"status": 400, "content_type": "application/json", "body": json.dumps(body)}
    xero.fault("status", "ManualJournals", containing="Accrual 1", times=None, **options)
    run = publish(tmp_path, xero, journals(4))
    assert run.statuses == {"created": 3, "rejected": 1}, run.log
    assert narrations(xero) == ["Accrual 0", "Accrual 2", "Accrual 3"]


BROKEN = {
    "500": {"kind": "server_error"},
    "502 in HTML": {
        "kind": "status",
        "status": 502,
        "body": "<html><body>Bad Gateway</body></html>",
        "content_type": "text/html",
    },
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("batch_size", [50, 1])
def test_one_record_that_always_fails_stands_alone_in_the_end(tmp_path, xero, fault, batch_size):
    rows = records("invoices", [invoice(f"S-{number}") for number in range(12)])
    for method in ("POST", "PUT"):
        xero.fault(endpoint="Invoices", method=method, containing="S-7", times=None, **fault)
    first = publish(tmp_path, xero, rows, batch_size=batch_size)
    assert first.statuses == {"created": 11, "unknown": 1}, first.log
    [culprit] = [result for result in first.results if result["status"] == "unknown"]
    assert culprit["key"] == {"InvoiceNumber": "S-7"}
    assert len(xero.records("Invoices")) == 11
    xero.clock.advance(400)
    calls = len(xero.calls("Invoices"))
    second = publish(tmp_path, xero, rows, batch_size=batch_size, resend_unknown=True)
    assert second.statuses == {"unchanged": 11, "unknown": 1}, second.log
    sent = [call for call in xero.calls("Invoices")[calls:] if call["method"] != "GET"]
    assert sent
    assert all("S-7" in json.dumps(call["body"]) for call in sent)
    xero.reset()
    third = publish(tmp_path, xero, rows, batch_size=batch_size)
    assert third.statuses == {"unchanged": 11, "created": 1}, third.log


def test_unknown_records_that_cannot_be_looked_up_are_sent_one_by_one_on_request(tmp_path, xero):
    xero.fault("server_error", "ManualJournals", containing="Accrual 2", times=None)
    refuse_look_ups(xero)
    assert publish(tmp_path, xero, journals(5)).statuses == {"unknown": 5}
    xero.clock.advance(400)
    run = publish(tmp_path, xero, journals(5), resend_unknown=True)
    assert run.statuses == {"created": 4, "unknown": 1}, run.log
    assert narrations(xero) == ["Accrual 0", "Accrual 1", "Accrual 3", "Accrual 4"]


@pytest.mark.parametrize("status", [500, 502])
def test_of_journals_one_that_fails_each_call_stands_alone(tmp_path, xero, status):
    broken = {"status": status, "body": "<html></html>", "content_type": "text/html"}
    xero.fault("status", "ManualJournals", containing="Accrual 2", times=None, **broken)
    run = publish(tmp_path, xero, journals(5))
    assert run.statuses == {"created": 4, "unknown": 1}, run.log
    assert "manual journal Accrual 2: it is not known" in run.log
    again = publish(tmp_path, xero, journals(5))
    assert again.statuses == {"unchanged": 4, "unknown": 1}, again.log
    assert narrations(xero) == ["Accrual 0", "Accrual 1", "Accrual 3", "Accrual 4"]


def test_journals_that_were_saved_despite_a_500_are_found(tmp_path, xero):
    xero.fault("server_error", "ManualJournals", method="P*", after_work=True)
    run = publish(tmp_path, xero, journals(5))
    assert run.statuses == {"created": 5}, run.log
    assert len(narrations(xero)) == 5


def test_sales_and_bills_of_one_call_are_looked_up_each_in_its_way(tmp_path, xero):
    rows = [invoice(f"S-{n}") for n in range(2)]
    rows += [invoice(f"B-{n}") | {"Type": "ACCPAY"} for n in range(2)]
    xero.fault("server_error", "Invoices", method="P*", after_work=True)
    run = publish(tmp_path, xero, records("invoices", rows))
    assert run.statuses == {"created": 4}, run.log
    assert len(xero.records("Invoices")) == 4


def test_if_no_record_can_be_written_the_halving_stops(tmp_path, xero):
    rows = records("invoices", [invoice(f"S-{number}") for number in range(40)])
    for method in ("POST", "PUT"):
        xero.fault("server_error", "Invoices", method=method, times=None)
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"unknown": 40}
    assert len(xero.calls("Invoices")) < 60


def test_a_file_whose_upload_met_a_500_is_sent_again(tmp_path, xero):
    created = publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    own_id = created.results[0]["xero_id"]
    content = b64encode(b"hello").decode()
    file = {"InvoiceID": own_id, "FileName": "a.txt", "Content": content}
    xero.fault("server_error", "Invoices/*/Attachments/*", times=None)
    first = publish(tmp_path, xero, records("invoices_attachments", [file]))
    assert first.statuses == {"unknown": 1}
    assert "attachment of invoice a.txt: it is not known whether it was saved" in first.log
    xero.reset()
    xero.clock.advance(400)
    second = publish(tmp_path, xero, records("invoices_attachments", [file]))
    assert second.statuses == {"created": 1}, second.log


@pytest.mark.parametrize("was_done", [True, False])
def test_a_note_whose_response_was_lost_is_looked_up(tmp_path, xero, was_done):
    created = publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    own_id = created.results[0]["xero_id"]
    # The same text as in an older note is another note.
    older = records("invoices_history", [{"InvoiceID": own_id, "Details": "Called", "n": 1}], ["n"])
    assert publish(tmp_path, xero, older).statuses == {"created": 1}
    xero.clock.advance(60)
    note = {"InvoiceID": own_id, "Details": "Called"}
    xero.fault("server_error", "Invoices/*/History", method="PUT", after_work=was_done)
    run = publish(tmp_path, xero, records("invoices_history", [note]))
    assert run.statuses == {"created": 1}, run.log
    assert len(called(xero, own_id)) == 2


def called(xero, invoice_id):
    """The notes of an invoice that say ``Called``."""
    url = f"{xero.base_uri}/Invoices/{invoice_id}/History"
    listed = requests.get(url, headers=xero.headers(), timeout=30).json()["HistoryRecords"]
    return [note for note in listed if note["Details"] == "Called"]
