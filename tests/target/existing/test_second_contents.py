"""Two contents of one subject in a run: neither is sent, and both are named."""

from collections import Counter

import pytest
from subject_records import lines_in_xero, sale_row
from target_runner import publish, records, schema

from xero_client.store import spilled_table


def test_unsorted_rows_of_a_document_are_invalid_and_nothing_of_it_is_sent(tmp_path, xero):
    rows = [sale_row("M-6", "a"), sale_row("M-6b", "b"), sale_row("M-6", "c")]
    streams = {"invoices": {"group_by": ["InvoiceNumber"]}}
    run = publish(tmp_path, xero, [schema("invoices"), *rows], streams=streams)
    assert run.exit_code == 1
    assert run.statuses == {"invalid": 2, "created": 1}
    first, second = run.errors("invalid")
    assert "rows at record 3 of stream invoices too" in first
    assert "rows at record 1 of stream invoices too" in second
    assert "Sort the rows" in first
    assert lines_in_xero(xero) == {"M-6b": ["b"]}
    assert len([message for message in run.rejects if message["type"] == "RECORD"]) == 2


@pytest.mark.parametrize("between", ["schema", "stream"])
@pytest.mark.parametrize("line", ["c", "a"])
def test_rows_of_a_document_that_another_message_parts_lose_no_line(tmp_path, xero, between, line):
    other = {
        "schema": [schema("invoices")],
        "stream": records("contacts", [{"Name": "Bo"}]),
    }
    messages = [
        schema("invoices"),
        sale_row("M-6", "a"),
        *other[between],
        sale_row("M-6", line),
    ]
    streams = {"invoices": {"group_by": ["InvoiceNumber"]}, "contacts": {}}
    run = publish(tmp_path, xero, messages, streams=streams)
    whole = lines_in_xero(xero).get("M-6") == ["a", line]
    assert whole or (run.exit_code == 1 and "invalid" in run.statuses), run.log


def test_rows_of_one_number_without_group_by_are_invalid(tmp_path, xero):
    rows = [sale_row("M-6", "a"), sale_row("M-6", "b"), sale_row("M-7", "c"), sale_row("M-6", "d")]
    run = publish(tmp_path, xero, [schema("invoices"), *rows])
    assert run.statuses == {"invalid": 3, "created": 1}, run.log
    assert "'group_by'" in run.errors("invalid")[0]
    assert lines_in_xero(xero) == {"M-7": ["c"]}


@pytest.mark.parametrize("key", [(), ("Line",), ("_sdc_line_number",)])
def test_equal_rows_of_one_number_without_group_by_lose_no_line(tmp_path, xero, key):
    rows = [sale_row("M-6", "a", **dict.fromkeys(key, n)) for n in (1, 2)]
    streams = {"invoices": {"payload": {"Line": None}}}
    run = publish(tmp_path, xero, [schema("invoices", key=key), *rows], streams=streams)
    assert run.exit_code == 1
    assert run.statuses == {"invalid": 2}, run.log
    assert "'group_by'" in run.errors("invalid")[0]


def test_a_row_that_comes_twice_under_its_key_is_one_record(tmp_path, xero):
    row = sale_row("M-6", "a", Reference="R-1")
    run = publish(tmp_path, xero, [schema("invoices", key=["Reference"]), row, row])
    assert run.statuses == {"created": 1, "unchanged": 1}, run.log


def test_the_second_content_of_a_document_that_was_sent_names_the_first(tmp_path, xero):
    many = [sale_row(f"S-{n}", "a") for n in range(250)]
    conflicting = sale_row("S-0", "b", _sdc_source_file="in.csv", _sdc_source_lineno=9)
    run = publish(tmp_path, xero, [schema("invoices"), *many, conflicting])
    assert run.statuses == {"created": 250, "invalid": 1}
    [error] = run.errors("invalid")
    assert error.startswith("record 1 of stream invoices is another record of")
    assert "stays as it is" in error
    assert lines_in_xero(xero)["S-0"] == ["a"]
    again = publish(tmp_path, xero, [schema("invoices"), *many, conflicting])
    assert again.statuses == {"unchanged": 250, "invalid": 1}


@pytest.mark.parametrize("in_memory", [1, 300])
def test_what_came_long_before_is_known_on_disk(tmp_path, xero, monkeypatch, in_memory):
    monkeypatch.setattr(spilled_table, "MAX_IN_MEMORY", in_memory)
    many = [sale_row(f"S-{n}", "a") for n in range(450)]
    lines = [{"LineAmount": amount, "AccountCode": "200"} for amount in (1, -1)]
    journal = {"Date": "2026-01-31", "JournalLines": lines}
    journals = [{"Narration": str(n % 400), **journal} for n in range(450)]
    conflicting = sale_row("S-0", "b")
    messages = [schema("invoices"), *many, conflicting, *records("manual_journals", journals)]
    run = publish(tmp_path, xero, messages)
    assert Counter((r["stream"], r["status"]) for r in run.results) == {
        ("invoices", "created"): 450,
        ("invoices", "invalid"): 1,
        ("manual_journals", "created"): 450,
    }
    again = publish(tmp_path, xero, messages)
    assert again.statuses == {"unchanged": 900, "invalid": 1}


def test_a_dry_run_finds_second_contents_too(tmp_path, xero):
    rows = [sale_row("M-6", "a"), sale_row("M-6", "b"), sale_row("M-7", "c")]
    run = publish(tmp_path, xero, [schema("invoices"), *rows], dry_run=True)
    assert run.statuses == {"invalid": 2, "dry_run": 1}


@pytest.mark.parametrize("key", [(), ("_id",)])
def test_a_contact_that_comes_twice_settles_in_one_run(tmp_path, xero, key):
    rows = [{"Name": f"Contact {n % 28}", "_id": n} for n in range(30)]
    first = publish(tmp_path, xero, records("contacts", rows, key))
    assert first.statuses == {"created": 28, "unchanged": 2}, first.log
    calls = len(xero.calls("Contacts", "P*"))
    second = publish(tmp_path, xero, records("contacts", rows, key))
    assert second.statuses == {"unchanged": 30}, second.log
    assert len(xero.calls("Contacts", "P*")) == calls


def test_two_contents_of_one_contact_are_invalid_in_every_run(tmp_path, xero):
    rows = [{"Name": "Ana", "FirstName": "A"}, {"Name": "ana", "FirstName": "B"}, {"Name": "Bo"}]
    for expected in ({"invalid": 2, "created": 1}, {"invalid": 2, "unchanged": 1}):
        run = publish(tmp_path, xero, records("contacts", rows))
        assert run.statuses == expected, run.log
