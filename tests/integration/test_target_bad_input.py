"""Bad input: each line that is no good says so in words, and the others are published."""

import json

import pytest
from target_runner import config_in, publish, record, records, run_with, schema, state

from xero_sandbox.server import server


@pytest.fixture
def xero():
    with server() as running:
        yield running


def names(xero):
    return sorted(one["Name"] for one in xero.records("Contacts"))


GOOD = [schema("contacts", "Name"), record("contacts", Name="Ana")]
AFTER = [record("contacts", Name="Bo"), state("end")]


def judged(run, text, xero):
    """One record refused in these words, the two good ones published, nothing cut short."""
    assert run.exit_code == 1
    assert run.statuses == {"created": 2, "invalid": 1}
    [error] = run.errors("invalid")
    assert text in error
    assert names(xero) == ["Ana", "Bo"]
    assert run.states == ["end"]
    assert "Traceback" not in run.log


def test_a_line_that_is_not_json(tmp_path, xero):
    run = publish(tmp_path, xero, [*GOOD, b'{"type": "RECORD", "stream": \n', *AFTER])
    judged(run, "not JSON", xero)
    assert "not JSON" in run.last_line


def test_a_line_that_is_not_text(tmp_path, xero):
    judged(publish(tmp_path, xero, [*GOOD, b'{"type": "\xff\xfe"}\n', *AFTER]), "not JSON", xero)


def test_a_line_that_is_no_message(tmp_path, xero):
    judged(publish(tmp_path, xero, [*GOOD, ["a", "list"], *AFTER]), "not a Singer message", xero)


def test_a_message_of_an_unknown_type(tmp_path, xero):
    judged(publish(tmp_path, xero, [*GOOD, {"type": "NEWS"}, *AFTER]), "'NEWS'", xero)


def test_a_record_that_is_no_object(tmp_path, xero):
    broken = {"type": "RECORD", "stream": "contacts", "record": "Ana"}
    judged(publish(tmp_path, xero, [*GOOD, broken, *AFTER]), "a RECORD needs", xero)


def test_a_record_without_a_schema(tmp_path, xero):
    run = publish(tmp_path, xero, [*GOOD, record("people", Name="Cy"), *AFTER])
    judged(run, "'people' has had no SCHEMA", xero)
    assert [message["type"] for message in run.rejects] == ["SCHEMA", "RECORD"]


def test_a_schema_without_properties(tmp_path, xero):
    broken = {"type": "SCHEMA", "stream": "people", "schema": {"type": "object"}}
    run = publish(tmp_path, xero, [*GOOD, broken, *AFTER])
    assert run.exit_code == 1
    assert "'people' has no properties" in run.last_line
    assert names(xero) == ["Ana", "Bo"]


def test_a_record_without_its_key(tmp_path, xero):
    first = schema("contacts", "Name", "id", key=["id"])
    messages = [first, record("contacts", id=1, Name="Ana"), record("contacts", Name="Cy"),
                record("contacts", id=2, Name="Bo"), state("end")]  # fmt: skip
    judged(publish(tmp_path, xero, messages), "lacks its key 'id'", xero)


def test_a_value_of_another_type_than_the_schema_says(tmp_path, xero):
    typed = schema("contacts", Name={"type": "string"})
    messages = [typed, record("contacts", Name="Ana"), record("contacts", Name=7), *AFTER]
    judged(publish(tmp_path, xero, messages), "Name must be string", xero)


def test_values_that_xero_cannot_take_are_all_named(tmp_path, xero):
    row = {"Type": "ACCREC", "Date": "31/01/2026", "CurrencyRate": "1,5",
           "LineItems": [{"Quantity": "many"}], "SentToContact": "perhaps"}  # fmt: skip
    run = publish(tmp_path, xero, records("invoices", [row]))
    [error, *others] = run.errors("invalid")
    assert error == "Date: '31/01/2026' is not a date; write it like 2026-01-31"
    assert [one.split(":")[0] for one in others] == [
        "CurrencyRate", "LineItems[0].Quantity", "SentToContact"]  # fmt: skip
    assert xero.calls("Invoices") == []


def test_a_record_that_no_request_can_hold(tmp_path, xero):
    huge = record("contacts", Name="Cy", BankAccountDetails="x" * 10_000_000)
    judged(publish(tmp_path, xero, [*GOOD, huge, *AFTER]), "10,000,", xero)


def test_what_breaks_the_protocol_is_an_error_where_rejects_are_skipped_too(tmp_path, xero):
    run = publish(tmp_path, xero, [*GOOD, b"{broken\n", *AFTER], on_reject="skip")
    assert run.exit_code == 1
    assert "broken" in run.last_line
    assert run.statuses == {"created": 2, "invalid": 1}
    bad_value = record("contacts", Name="Cy", Addresses="nowhere")
    run = publish(tmp_path, xero, [*GOOD, bad_value, *AFTER], on_reject="skip")
    assert run.exit_code == 0, run.log
    assert run.statuses == {"unchanged": 2, "invalid": 1}


def test_an_entity_that_xero_does_not_let_anyone_write(tmp_path, xero):
    run = publish(tmp_path, xero, [*records("journals", [{"JournalID": "1"}]), *GOOD, *AFTER])
    judged(run, "only lets Journals be read", xero)


def test_an_entity_that_xero_does_not_have(tmp_path, xero):
    run = publish(tmp_path, xero, [*records("unicorns", [{"Name": "U"}]), *GOOD, *AFTER])
    assert run.statuses == {"rejected": 1, "created": 2}
    assert "/unicorns was not found" in run.errors("rejected")[0]


def test_a_method_that_an_entity_does_not_have_is_refused_before_anything_is_sent(tmp_path, xero):
    streams = {"money": {"entity": "Currencies", "method": "DELETE"}}
    run = publish(tmp_path, xero, [*GOOD, *AFTER], streams=streams)
    assert run.exit_code == 1
    assert "DELETE does not exist for Currencies" in run.last_line
    assert "PUT (create)" in run.last_line
    assert xero.log == []


def test_every_line_of_the_rejects_can_be_read_again(tmp_path, xero):
    typed = schema("contacts", Name={"type": "string"})
    first = publish(tmp_path, xero, [typed, record("contacts", Name=7), record("other", a=1)])
    run = run_with(config_in(tmp_path, xero), tmp_path, first.rejects_path.read_bytes())
    assert len(run.results) == 2
    assert "Name must be string" in run.errors("invalid")[0]


def test_a_setting_of_the_wrong_type_is_an_error_in_words(tmp_path, xero):
    run = publish(tmp_path, xero, GOOD, batch_size="many")
    assert run.exit_code == 1
    assert "batch_size" in run.log


def test_results_that_cannot_be_written_stop_the_run_before_anything_is_sent(tmp_path, xero):
    (tmp_path / "file").write_text("no folder")
    run = publish(tmp_path, xero, GOOD, results_path=str(tmp_path / "file" / "r.jsonl"))
    assert run.exit_code == 1
    assert "results_path" in run.last_line
    assert xero.calls("Contacts") == []


def test_an_empty_input_is_a_good_run(tmp_path, xero):
    run = publish(tmp_path, xero, [])
    assert run.exit_code == 0
    assert xero.log == []
    assert json.dumps(run.results) == "[]"
