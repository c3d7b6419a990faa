"""Records that Xero refuses: mixed batches, refused requests, warnings, scopes and limits."""

import json

import pytest
from documents import invoice
from target_runner import config_in, publish, records, run_with, state

pytestmark = pytest.mark.fast


def contacts(*names):
    return records("contacts", [{"Name": name} for name in names])


def refused(*numbers):
    """Xero's 400 for a batch, which names only some of its records."""
    elements = [
        {
            "InvoiceID": "00000000-0000-0000-0000-000000000000",
            "InvoiceNumber": number,
            "ValidationErrors": [{"Message": f"{number} is invalid"}],
        }
        for number in numbers
    ]
    return {
        "status": 400,
        "content_type": "application/json",
        "body": json.dumps(
            {
                "ErrorNumber": 10,
                "Type": "ValidationException",
                "Message": "A validation exception occurred",
                "Elements": elements,
            }
        ),
    }


def test_a_mixed_batch_reports_each_record(tmp_path, xero):
    bad = invoice("S-2", LineItems=[{"Description": "x", "UnitAmount": 1, "AccountCode": "nope"}])
    rows = [invoice("S-1"), bad, invoice("S-3")]
    run = publish(tmp_path, xero, [*records("invoices", rows), state("end")])
    assert run.exit_code == 1
    found = [(r["key"]["InvoiceNumber"], r["status"]) for r in run.results]
    assert found == [("S-1", "created"), ("S-2", "rejected"), ("S-3", "created")]
    assert run.results[1]["errors"]
    assert all(error in run.log for error in run.results[1]["errors"])
    assert "1 of 3 records were not published" in run.last_line
    assert run.states == ["end"]


def test_the_rejects_file_is_singer_and_publishes_the_rest_once_corrected(tmp_path, xero):
    bad = invoice("S-2", LineItems=[{"Description": "x", "UnitAmount": 1, "AccountCode": "nope"}])
    first = publish(tmp_path, xero, records("invoices", [invoice("S-1"), bad]))
    assert [message["type"] for message in first.rejects] == ["SCHEMA", "RECORD"]
    corrected = first.rejects_path.read_bytes().replace(b'"nope"', b'"200"')
    run = run_with(config_in(tmp_path, xero), tmp_path, corrected)
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert sorted(i["InvoiceNumber"] for i in xero.records("Invoices")) == ["S-1", "S-2"]


def test_rejects_may_be_skipped(tmp_path, xero):
    bad = invoice("S-1", LineItems=[{"Description": "x", "UnitAmount": 1, "AccountCode": "nope"}])
    run = publish(tmp_path, xero, records("invoices", [bad]), on_reject="skip")
    assert run.exit_code == 0
    assert run.statuses == {"rejected": 1}


def test_fail_fast_stops_at_the_first_reject_and_holds_the_state_back(tmp_path, xero):
    messages = [
        *records("contacts", [{"Name": "Bad", "EmailAddress": "not an address"}]),
        *records("invoices", [invoice(f"S-{n}") for n in range(300)]),
        state("end"),
    ]
    run = publish(tmp_path, xero, messages, on_reject="fail_fast")
    assert run.exit_code == 1
    assert "fail_fast" in run.last_line
    assert run.states == []
    assert run.statuses == {"rejected": 1}
    assert xero.calls("Invoices") == []
    assert xero.records("Contacts") == []


def test_fail_fast_says_how_many_records_before_the_reject_have_no_result(tmp_path, xero):
    messages = records("invoices", [invoice("S-1"), invoice("S-2"), invoice("S-3", Mood="x")])
    run = publish(tmp_path, xero, messages, on_reject="fail_fast")
    assert [result["status"] for result in run.results] == ["invalid"]
    assert "2 records have no result: run the same input again" in run.log


def test_a_batch_refused_as_a_whole_rejects_only_the_records_that_xero_names(tmp_path, xero):
    rows = [invoice(f"S-{n}") for n in range(8)]
    xero.fault("status", "Invoices", method="P*", **refused("S-3"))
    run = publish(tmp_path, xero, records("invoices", rows))
    statuses = {r["key"]["InvoiceNumber"]: r["status"] for r in run.results}
    assert statuses == {f"S-{n}": "rejected" if n == 3 else "created" for n in range(8)}
    assert run.errors("rejected") == ["S-3 is invalid"]
    assert len(xero.records("Invoices")) == 7
    # Each was looked up before it was sent again.
    methods = [call["method"] for call in xero.calls("Invoices")]
    assert methods.index("GET") < len(methods) - 1 - methods[::-1].index("PUT")


def test_records_saved_beside_a_refused_one_are_found_and_not_sent_again(tmp_path, xero):
    rows = [invoice(f"S-{n}") for n in range(4)]
    xero.fault("status", "Invoices", method="P*", after_work=True, **refused("S-9"))
    run = publish(tmp_path, xero, records("invoices", rows))
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 4}
    assert len(xero.records("Invoices")) == 4
    assert len(xero.calls("Invoices", "P*")) == 1


def test_bills_beside_a_refused_one_are_unknown(tmp_path, xero):
    rows = [invoice(f"B-{n}", Type="ACCPAY") for n in range(3)]
    xero.fault("status", "Invoices", method="P*", **refused())
    run = publish(tmp_path, xero, records("invoices", rows))
    assert run.statuses == {"unknown": 3}
    assert len(xero.calls("Invoices", "P*")) == 1


def test_a_body_that_xero_cannot_read_is_split_until_the_bad_record_is_alone(tmp_path, xero):
    body = {"ErrorNumber": 17, "Type": "PostDataInvalidException", "Message": "cannot be read"}
    options = {"status": 400, "content_type": "application/json", "body": json.dumps(body)}
    # The batch of 8, the half with S-6, its half, and S-6 alone.
    for nth in (1, 3, 5, 6):
        xero.fault("status", "Invoices", method="P*", nth=nth, **options)
    run = publish(tmp_path, xero, records("invoices", [invoice(f"S-{n}") for n in range(8)]))
    assert run.statuses == {"created": 7, "rejected": 1}, run.log
    assert len(xero.records("Invoices")) == 7
    assert [m["record"]["InvoiceNumber"] for m in run.rejects if "record" in m] == ["S-6"]


def test_a_record_with_warnings_is_published_with_its_warnings(tmp_path, xero):
    answer = {
        "Invoices": [
            {
                "InvoiceID": "11111111-1111-1111-1111-111111111111",
                "InvoiceNumber": "S-1",
                "StatusAttributeString": "WARNING",
                "Warnings": [{"Message": "Only AUTHORISED invoices may be sent"}],
            }
        ]
    }
    xero.fault("status", "Invoices", method="P*", status=200, body=json.dumps(answer),
               content_type="application/json")  # fmt: skip
    run = publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    assert run.exit_code == 0, run.log
    [result] = run.results
    assert result["status"] == "created"
    assert result["warnings"] == ["Only AUTHORISED invoices may be sent"]


def test_a_response_in_another_order_is_not_a_success(tmp_path, xero):
    swapped = {
        "Contacts": [
            {"ContactID": f"{n}1111111-1111-1111-1111-111111111111", "Name": name}
            for n, name in ((1, "Bo"), (2, "Ana"))
        ]
    }
    xero.fault("status", "Contacts", method="P*", status=200, body=json.dumps(swapped),
               content_type="application/json", times=2)  # fmt: skip
    run = publish(tmp_path, xero, contacts("Ana", "Bo"))
    assert run.exit_code == 0, run.log
    ids = {contact["Name"]: contact["ContactID"] for contact in xero.records("Contacts")}
    assert {r["key"]["Name"]: r["xero_id"] for r in run.results} == ids


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_empty_response_for_a_record_is_not_a_success(tmp_path, xero, status):
    xero.fault("status", "Invoices", method="P*", status=status, body="", times=2)
    xero.fault("empty", "Contacts", method="P*", times=2)
    rows = [invoice("S-1"), invoice("B-1", Type="ACCPAY")]
    run = publish(tmp_path, xero, [*records("invoices", rows), *contacts("Bo")])
    statuses = {next(iter(r["key"].values())): r["status"] for r in run.results}
    # What has a name is looked up, and sent since it is not there.
    assert statuses == {"S-1": "created", "B-1": "unknown", "Bo": "created"}, run.log
    assert all(r["xero_id"] for r in run.results if r["status"] == "created")


@pytest.mark.parametrize("status", [405, 501])
def test_a_method_that_xero_does_not_have_is_rejected_after_one_call(tmp_path, xero, status):
    xero.fault("status", "Setup", status=status, body="Not Implemented", times=None)
    row = {"path": "/Setup", "payload": {"a": 1}, "method": "PATCH"}
    run = publish(
        tmp_path,
        xero,
        [*records("setup", [row]), state("end")],
        streams={"setup": {"entity": "Setup", "envelope_paths": True}},
    )
    assert run.statuses == {"rejected": 1}
    assert "Set 'method' of the stream to POST or PUT or DELETE" in run.errors("rejected")[0]
    assert run.states == ["end"]
    assert len(xero.calls("Setup")) == 1


def test_a_creation_that_a_proxy_refuses_is_rejected_in_words_and_nothing_is_overwritten(
    tmp_path, xero
):
    assert publish(tmp_path, xero, records("invoices", [invoice("S-1")])).exit_code == 0
    xero.fault("status", "Invoices", method="PUT", status=405, body="proxy", times=None)
    other = {"store_uri": f"sqlite:///{tmp_path / 'other.db'}"}
    rows = [invoice("S-1", Reference="new"), invoice("S-2")]
    run = publish(tmp_path, xero, records("invoices", rows), **other)
    assert run.statuses["rejected"] >= 1, run.log
    assert "created" not in run.statuses
    assert "see whether a proxy before 'base_uri' refuses it" in run.errors("rejected")[0]
    [saved] = xero.records("Invoices")
    assert saved.get("Reference", "") == ""


def test_error_descriptions_count_as_messages(tmp_path, xero):
    answer = {"Contacts": [{"ContactID": None, "ValidationErrors": [{"Description": "No."}]}]}
    xero.fault("status", "Contacts", method="P*", status=200, body=json.dumps(answer),
               content_type="application/json")  # fmt: skip
    run = publish(tmp_path, xero, contacts("Ana"))
    assert run.errors("rejected") == ["No."]


@pytest.mark.parametrize("kind", ["insufficient_scope", "forbidden"])
def test_a_stream_without_its_scope_does_not_stop_the_others(tmp_path, xero, kind):
    xero.fault(kind, "Invoices", method="P*", times=None)
    rows = [invoice(f"S-{n}") for n in range(120)]
    messages = [*records("invoices", rows), *contacts("Bo"), state("end")]
    run = publish(tmp_path, xero, messages, max_concurrency=1)
    assert run.exit_code == 1
    assert run.statuses == {"rejected": 120, "created": 1}
    assert "accounting.invoices" in run.errors("rejected")[0]
    assert len(xero.calls("Invoices", "P*")) == 1
    assert run.states == ["end"]


def test_an_organisation_that_is_not_connected_ends_the_run_with_the_others_named(tmp_path, xero):
    xero.fault("not_connected", "Contacts", method="P*", times=None)
    run = publish(tmp_path, xero, [*contacts("Ana"), state("end")])
    assert run.exit_code == 1
    assert "not connected" in run.last_line
    assert run.states == []


def test_the_daily_limit_stops_the_run_and_the_next_run_continues(tmp_path, xero):
    rows = contacts(*(f"Contact {n}" for n in range(100)))
    xero.fault("rate_limited", "Contacts", problem="day", retry_after=6000, nth=2, times=None,
               method="P*")  # fmt: skip
    run = publish(tmp_path, xero, [*rows, state("end")], max_concurrency=1)
    assert run.exit_code == 1
    assert "daily limit" in run.last_line
    assert run.statuses == {"created": 50}
    assert run.states == []
    xero.reset()
    # Runs tell each other of the limit, and its time is not over.
    again = publish(tmp_path, xero, [*rows, state("end")])
    assert again.exit_code == 0
    assert again.statuses == {"unchanged": 50, "created": 50}
    assert again.states == ["end"]


def test_the_minute_limit_is_waited_out(tmp_path, xero):
    xero.fault("rate_limited", "Contacts", problem="minute", retry_after=1, method="P*")
    run = publish(tmp_path, xero, contacts("Ana"))
    assert run.exit_code == 0
    assert run.statuses == {"created": 1}


def test_an_unreachable_xero_ends_the_run_with_its_reason(tmp_path, xero, monkeypatch):
    monkeypatch.setattr("xero_client.http.calls.RETRIES", 1)
    run = publish(tmp_path, xero, contacts("Ana"), base_uri="http://127.0.0.1:9/api.xro/2.0")
    assert run.exit_code == 1
    assert "Traceback" not in run.log
    assert run.results == []


def test_a_response_501_is_rejected_after_one_call(tmp_path, xero):
    xero.fault("status", "Contacts", method="P*", status=501, body="not here", times=None)
    run = publish(tmp_path, xero, [*records("contacts", [{"Name": "Ana"}]), state("end")])
    assert run.exit_code == 1
    assert run.statuses == {"rejected": 1}
    assert "501" in run.errors("rejected")[0]
    assert len(xero.calls("Contacts")) == 1
    assert run.states == ["end"]


def test_a_token_in_an_error_message_is_not_in_any_file_or_log(tmp_path, xero):
    token = xero.grant("sandbox-web")["access_token"]
    message = f"Bearer {token} is invalid"
    body = {"Type": "ValidationException", "Message": message,
            "Elements": [{"ValidationErrors": [{"Message": message}]}]}  # fmt: skip
    xero.fault("status", "Contacts", method="P*", status=400, body=json.dumps(body), times=None)
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]), access_token=token,
                  tenant_id=xero.tenant_id)  # fmt: skip
    assert run.statuses == {"rejected": 1}
    assert "***" in run.errors("rejected")[0]
    assert token not in run.log
    assert token not in (tmp_path / "results.jsonl").read_text()
