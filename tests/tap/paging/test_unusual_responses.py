"""Responses that a strict reader would refuse, and what the log says about them."""

from __future__ import annotations

import json

import pytest
from contacts import add_contacts

from tap_runner import catalog_of, read

HTML = "<!DOCTYPE HTML>\n<HTML><HEAD>\n<TITLE>Bad Request</TITLE></HEAD>\n</HTML>\n"


PAGINATION = {"page": 1, "pageSize": 1000, "pageCount": 1, "itemCount": 1}


def answer_once(xero, body, **fault):
    settings = {"status": 200, "content_type": "application/json"} | fault
    xero.fault("status", "Contacts", body=body, **settings)


def contacts(**fields):
    record = {"ContactID": "c", "UpdatedDateUTC": "/Date(1767268800000)/", **fields}
    return json.dumps({"pagination": PAGINATION, "Contacts": [record]})


@pytest.mark.usefixtures("prompt")
@pytest.mark.parametrize("status", [400, 403, 404, 406])
@pytest.mark.parametrize(
    ("page", "content_type"),
    [
        (HTML, "text/html"),
        ("<!-- gateway -->\n" + HTML, "text/plain"),
        ("No such page", "text/html; charset=utf-8"),
    ],
    ids=["a page", "a comment first", "only its type"],
)
def test_a_web_page_is_a_gateways_and_tried_again(xero, status, page, content_type):
    [contact_id] = add_contacts(xero, 1)
    answer_once(xero, page, status=status, content_type=content_type)
    run = read(xero, ["contacts"])
    assert run.exit_code == 0, run.log
    assert run.ids("contacts", "ContactID") == [contact_id]
    assert len(xero.calls("Contacts")) == 2


@pytest.mark.usefixtures("prompt")
def test_an_error_of_several_lines_is_told_in_one(xero):
    answer_once(xero, HTML, status=400, content_type="text/html", times=None)
    run = read(xero, ["contacts"])
    assert run.exit_code == 1
    assert "contacts" in run.last_line
    assert "400 at a gateway in front of Xero" in run.last_line
    assert "(Bad Request)" in run.last_line


@pytest.mark.usefixtures("prompt")
def test_an_error_of_xero_has_no_control_characters(xero):
    body = json.dumps({"Message": "one\n\u001b[31mtwo\u2028three"})
    answer_once(xero, body, status=400, times=None)
    run = read(xero, ["contacts"])
    assert "one \ufffd[31mtwo three" in run.last_line
    assert "\x1b" not in run.log


def test_a_byte_order_mark_before_json_is_ignored(xero):
    answer_once(xero, "\ufeff" + contacts(Name="n"))
    run = read(xero, ["contacts"])
    assert run.exit_code == 0, run.log
    assert [record["Name"] for record in run.records("contacts")] == ["n"]
    assert len(xero.calls("Contacts")) == 1


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        (r"\ud800", "\ufffd"),
        (r"a\udc00\ud83d\ude00", "a\ufffd\U0001f600"),
        (r"\\ud800", "\\ud800"),
    ],
)
def test_half_a_surrogate_costs_its_character_only(xero, sent, read_as):
    answer_once(xero, contacts(Name="@").replace("@", sent))
    run = read(xero, ["contacts"])
    assert run.exit_code == 0, run.log
    assert [record["Name"] for record in run.records("contacts")] == [read_as]
    assert len(xero.calls("Contacts")) == 1


@pytest.mark.parametrize("depth", [990, 5_000])
@pytest.mark.parametrize("unknown_fields", ["drop", "pass"])
@pytest.mark.parametrize("field", ["Name", "Colour"])
def test_a_record_nested_too_deeply_ends_in_a_message(xero, depth, unknown_fields, field):
    nested = '{"a":' * depth + "1" + "}" * depth
    answer_once(xero, contacts(**{field: "@"}).replace('"@"', nested), times=None)
    run = read(xero, ["contacts", "accounts"], unknown_fields=unknown_fields)
    if run.exit_code:
        assert "nested too deeply" in run.last_line
        assert "replication_key_value" not in json.dumps(run.state)
    else:
        assert len(run.records("contacts")) == 1


def with_new_fields(xero):
    add_contacts(xero, 2)
    record = {
        "ContactID": "c",
        "Colour": "red",
        "Phones": [{"PhoneType": "MOBILE", "Carrier": "x"}],
        "Balances": {"AccountsPayable": {"Overdue": 1, "Mood": "low"}},
        "UpdatedDateUTC": "/Date(1767268800000)/",
    }
    records = [record, {**record, "ContactID": "d"}]
    answer_once(xero, json.dumps({"pagination": PAGINATION, "Contacts": records}))


def test_fields_that_the_schema_does_not_know_are_dropped_and_named_once(xero):
    with_new_fields(xero)
    run = read(xero, ["contacts"])
    for record in run.records("contacts"):
        assert "Colour" not in record
        assert record["Phones"] == [{"PhoneType": "MOBILE"}]
        assert record["Balances"] == {"AccountsPayable": {"Overdue": 1}}
    for path in ("'Colour'", "'Phones[].Carrier'", "'Balances.AccountsPayable.Mood'"):
        assert run.log.count(f"Field {path} of contacts is not in the schema: it is dropped") == 1


def test_fields_that_the_schema_does_not_know_are_passed_on_if_asked_for(xero):
    with_new_fields(xero)
    run = read(xero, ["contacts"], unknown_fields="pass")
    assert [record["Colour"] for record in run.records("contacts")] == ["red", "red"]
    assert run.records("contacts")[0]["Phones"] == [{"PhoneType": "MOBILE", "Carrier": "x"}]
    assert run.log.count("Field 'Colour' of contacts is not in the schema: it is written") == 1


def test_the_log_has_no_line_about_streams_that_are_not_read(xero):
    add_contacts(xero, 1)
    run = read(xero, catalog=catalog_of(["contacts", "currencies", "quotes"]))
    assert "deselected" not in run.log
    assert "Beginning sync" not in run.log
    assert "contacts: 1 records, 1 calls" in run.log
    assert len(run.log.splitlines()) <= 8


def test_the_log_has_one_line_for_a_stream_of_any_kind(xero):
    xero.add("Invoices", {"Type": "ACCREC", "LineItems": [{"LineItemID": "a"}]})
    names = ["invoices", "invoice_line_items", "trial_balances", "organisation_actions"]
    run = read(xero, names)
    assert run.exit_code == 0, run.log
    for name in names:
        assert run.log.count(f"{name}: ") == 1
    assert "METRIC" not in run.log
    assert "Beginning sync" not in run.log


def test_metrics_are_written_with_the_log_level_debug(xero, monkeypatch):
    monkeypatch.setenv("TAP_XERO_LOGLEVEL", "DEBUG")
    add_contacts(xero, 1)
    run = read(xero, ["contacts"])
    assert '"metric":"record_count","value":1' in run.log


@pytest.mark.usefixtures("prompt")
@pytest.mark.parametrize("field", ["null", "missing"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_page_with_records_without_an_id_is_not_written(xero, field, count):
    add_contacts(xero, 2)
    bookmark = read(xero, ["contacts"]).state
    records = [{"ContactID": f"c-{number}", "Name": f"N{number}"} for number in range(4)]
    for record in records[:count]:
        record["UpdatedDateUTC"] = "/Date(4102444800000)/"
        if field == "null":
            record["ContactID"] = None
        else:
            del record["ContactID"]
    body = json.dumps({"pagination": PAGINATION | {"itemCount": 4}, "Contacts": records})
    answer_once(xero, body, times=None, headers={"Xero-Correlation-Id": "c-1"})
    run = read(xero, ["contacts", "accounts"], state=bookmark)
    assert run.exit_code == 1
    assert f"{count} of 4 records of a page have no ContactID" in run.last_line
    assert "run again" in run.last_line
    assert "Xero-Correlation-Id" in run.last_line
    assert run.records("contacts") == []
    assert run.records("accounts")
    assert run.partition("contacts") == bookmark["bookmarks"]["contacts"]["organisations"][
        xero.tenant_id
    ]  # fmt: skip


@pytest.mark.usefixtures("prompt")
@pytest.mark.sandbox(companies=["demo"])
@pytest.mark.parametrize(
    ("stream", "entity"),
    [("contacts", "Contacts"), ("accounts", "Accounts"), ("journals", "Journals"),
     ("invoice_line_items", "Invoices"), ("tracking_options", "TrackingCategories")],
)  # fmt: skip
def test_a_response_whose_ids_are_null_fails_its_stream_and_once_is_asked_again(
    xero, stream, entity
):
    xero.fault("null_ids", entity, times=1)
    run = read(xero, [stream])
    assert run.exit_code == 0, run.log
    assert "have no" in run.log
    assert run.records(stream)
    xero.fault("null_ids", entity, times=None)
    run = read(xero, [stream])
    assert run.exit_code == 1
    assert "records of a page have no" in run.last_line
    assert run.records(stream) == []
