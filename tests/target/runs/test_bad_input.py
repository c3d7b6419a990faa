"""Bad input: each invalid line is reported with its reason, and the others are published."""

import gzip
import json

import pytest
from target_runner import (
    config_in,
    publish,
    publish_in_subprocess,
    record,
    records,
    run_with,
    schema,
    state,
)


def names(xero):
    return sorted(contact["Name"] for contact in xero.records("Contacts"))


GOOD = [schema("contacts", "Name"), record("contacts", Name="Ana")]
AFTER = [record("contacts", Name="Bo"), state("end")]


def assert_refused(run, text, xero):
    """One record is refused with this text; the two good ones and the STATE are passed on."""
    assert run.exit_code == 1
    assert run.statuses == {"created": 2, "invalid": 1}
    [error] = run.errors("invalid")
    assert text in error
    assert names(xero) == ["Ana", "Bo"]
    assert run.states == ["end"]
    assert "Traceback" not in run.log


def test_a_line_that_is_not_json(tmp_path, xero):
    run = publish(tmp_path, xero, [*GOOD, b'{"type": "RECORD", "stream": \n', *AFTER])
    assert_refused(run, "not JSON", xero)
    assert "not JSON" in run.last_line


def test_a_line_that_is_not_text(tmp_path, xero):
    assert_refused(
        publish(tmp_path, xero, [*GOOD, b'{"type": "\xff\xfe"}\n', *AFTER]), "not JSON", xero
    )


def test_a_line_that_is_not_a_message(tmp_path, xero):
    assert_refused(
        publish(tmp_path, xero, [*GOOD, ["a", "list"], *AFTER]), "not a Singer message", xero
    )


def test_a_message_of_an_unknown_type(tmp_path, xero):
    assert_refused(publish(tmp_path, xero, [*GOOD, {"type": "NEWS"}, *AFTER]), "'NEWS'", xero)


def test_a_record_that_is_not_an_object(tmp_path, xero):
    broken = {"type": "RECORD", "stream": "contacts", "record": "Ana"}
    assert_refused(publish(tmp_path, xero, [*GOOD, broken, *AFTER]), "a RECORD needs", xero)


def test_a_record_without_a_schema(tmp_path, xero):
    run = publish(tmp_path, xero, [*GOOD, record("people", Name="Cy"), *AFTER])
    assert_refused(run, "'people' has no SCHEMA", xero)
    assert [message["type"] for message in run.rejects] == ["SCHEMA", "RECORD"]


def test_a_schema_without_properties(tmp_path, xero):
    broken = {"type": "SCHEMA", "stream": "people", "schema": {"type": "object"}}
    run = publish(tmp_path, xero, [*GOOD, broken, *AFTER])
    assert run.exit_code == 1
    assert "'people' is invalid: it has no properties" in run.last_line
    assert names(xero) == ["Ana", "Bo"]


def test_a_record_without_its_key(tmp_path, xero):
    first = schema("contacts", "Name", "id", key=["id"])
    messages = [first, record("contacts", id=1, Name="Ana"), record("contacts", Name="Cy"),
                record("contacts", id=2, Name="Bo"), state("end")]  # fmt: skip
    assert_refused(publish(tmp_path, xero, messages), "lacks its key 'id'", xero)


def test_a_value_of_another_type_than_the_schema_says(tmp_path, xero):
    typed = schema("contacts", Name={"type": "string"})
    messages = [typed, record("contacts", Name="Ana"), record("contacts", Name=7), *AFTER]
    assert_refused(publish(tmp_path, xero, messages), "Name must be string", xero)


def test_values_that_xero_cannot_take_are_all_named(tmp_path, xero):
    row = {"Type": "ACCREC", "Date": "31/01/2026", "CurrencyRate": "1,5",
           "LineItems": [{"Quantity": "many"}], "SentToContact": "perhaps"}  # fmt: skip
    run = publish(tmp_path, xero, records("invoices", [row]))
    [error, *others] = run.errors("invalid")
    assert error.startswith("Date: '31/01/2026' is not a date; write it like 2026-01-31")
    assert [problem.split(":")[0] for problem in others] == [
        "CurrencyRate", "LineItems[0].Quantity", "SentToContact"]  # fmt: skip
    assert xero.calls("Invoices") == []


def test_a_record_too_large_for_a_request(tmp_path, xero):
    huge = record("contacts", Name="Cy", BankAccountDetails="x" * 10_000_000)
    assert_refused(publish(tmp_path, xero, [*GOOD, huge, *AFTER]), "10,000,", xero)


def test_a_protocol_error_ends_with_exit_code_1_even_if_rejects_are_skipped(tmp_path, xero):
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
    assert_refused(run, "only lets Journals be read", xero)


def test_an_entity_that_xero_does_not_have(tmp_path, xero):
    messages = [*records("unicorns", [{"Name": "U"}]), *GOOD, *AFTER]
    run = publish(tmp_path, xero, messages, streams={"unicorns": {"entity": "unicorns"}})
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
    messages = [typed, record("contacts", Name=7), record("other", a=1)]
    streams = {"other": {"entity": "other"}}
    first = publish(tmp_path, xero, messages, streams=streams)
    settings = config_in(tmp_path, xero) | {"streams": streams}
    run = run_with(settings, tmp_path, first.rejects_path.read_bytes())
    assert len(run.results) == 2
    assert "Name must be string" in run.errors("invalid")[0]


def test_a_setting_of_the_wrong_type_is_named(tmp_path, xero):
    run = publish(tmp_path, xero, GOOD, batch_size="many")
    assert run.exit_code == 1
    assert "batch_size" in run.log


@pytest.mark.parametrize("setting", ["results_path", "rejects_path"])
@pytest.mark.parametrize("place", ["file/r.jsonl", "folder", "/proc/r.jsonl"])
def test_files_that_cannot_be_written_stop_the_run_before_anything_is_sent(
    tmp_path, xero, setting, place
):
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "folder").mkdir()
    run = publish(tmp_path, xero, GOOD, **{setting: str(tmp_path / place)})
    assert run.exit_code == 1
    assert f"Setting '{setting}'" in run.last_line
    assert xero.log == []


def test_a_rejects_file_is_only_made_if_there_are_rejects(tmp_path, xero):
    publish(tmp_path, xero, GOOD)
    assert {path.name for path in tmp_path.glob("*.jsonl")} == {"results.jsonl", "input.jsonl"}


def test_an_empty_input_succeeds(tmp_path, xero):
    run = publish(tmp_path, xero, [])
    assert run.exit_code == 0
    assert xero.log == []
    assert json.dumps(run.results) == "[]"


# Input that is nested too deeply, or too large


def test_a_line_of_thousands_of_nested_lists(tmp_path, xero):
    deep = b'{"type":"RECORD","stream":"contacts","record":{"Name":' + b"[" * 5000 + b"]" * 5000
    run = publish_in_subprocess(tmp_path, xero, [*GOOD, deep + b"}}\n", *AFTER])
    assert_refused(run, "nested too deeply", xero)


@pytest.mark.parametrize("field", ["Name", "Addresses", "Mood"])
def test_a_record_nested_almost_too_deeply_to_be_read(tmp_path, xero, field):
    lines = []
    for depth in (400, 900, 960):
        deep = "[" * depth + "]" * depth if field != "Mood" else '{"a":' * depth + "1" + "}" * depth
        line = f'{{"type":"RECORD","stream":"contacts","record":{{"Name":"C","{field}":{deep}}}}}\n'
        lines.append(line.encode())
    run = publish_in_subprocess(tmp_path, xero, [*GOOD, *lines, *AFTER])
    assert "Traceback" not in run.log
    assert run.states == ["end"]
    assert {"Ana", "Bo"} <= set(names(xero))


@pytest.mark.parametrize("number", ["1e999999", "1e-999999", "1e99999999999999999999"])
@pytest.mark.parametrize("field", ["CurrencyRate", "InvoiceNumber", "Date"])
def test_a_number_with_a_huge_exponent_is_invalid(tmp_path, xero, field, number):
    line = b'{"type":"RECORD","stream":"invoices","record":{"Type":"ACCREC","%s":%s}}\n' % (
        field.encode(), number.encode())  # fmt: skip
    run = publish(tmp_path, xero, [schema("invoices"), line, *GOOD, *AFTER])
    assert_refused(run, "", xero)
    assert xero.calls("Invoices") == []


def test_large_numbers_in_text_fields_keep_every_digit(tmp_path, xero):
    long = b"123456789012345678901234567890"
    line = b'{"type":"RECORD","stream":"contacts","record":{"Name":%s}}\n'
    run = publish(tmp_path, xero, [schema("contacts"), *(line % number for number in (
        long, long + b".5", b"1e30"))])  # fmt: skip
    assert run.statuses == {"created": 3}
    assert names(xero) == ["1" + "0" * 30, long.decode(), long.decode() + ".5"]


def test_a_text_of_nested_lists_is_refused_with_its_column(tmp_path, xero):
    row = {"Type": "ACCREC", "LineItems": "[" * 5000}
    run = publish_in_subprocess(tmp_path, xero, [*records("invoices", [row]), *GOOD, *AFTER])
    assert_refused(run, "LineItems", xero)


# SCHEMA


@pytest.mark.parametrize(
    "wrong",
    [
        {"properties": {"Name": {"type": "strin"}}},
        {"properties": {"Name": {"pattern": "("}}},
        {"properties": {"Name": {"$ref": "#/nowhere"}}},
        {"properties": {"Name": {"$ref": "http://127.0.0.1:9/schema.json"}}},
        {"properties": {"Name": {}}, "required": 5},
        {"properties": {"Name": 5}},
        {"properties": {"Name": {"enum": 5}}},
        {"properties": {"Name": {"multipleOf": "x"}}},
        {"properties": []},
        [],
    ],
)
def test_an_invalid_schema_only_refuses_its_own_records(tmp_path, xero, wrong):
    broken = {"type": "SCHEMA", "stream": "items", "schema": wrong}
    run = publish(tmp_path, xero, [*GOOD, broken, record("items", Name="Cy"), *AFTER])
    assert_refused(run, "The SCHEMA of stream 'items' is invalid", xero)
    assert "The SCHEMA of stream 'items' is invalid" in run.last_line


@pytest.mark.parametrize("keys", ["Name", [["Name"]], {"Name": 1}])
def test_key_properties_that_are_not_names(tmp_path, xero, keys):
    broken = schema("people", "Name") | {"key_properties": keys}
    run = publish(tmp_path, xero, [*GOOD, broken, record("people", Name="Cy"), *AFTER])
    assert_refused(run, "key_properties are not a list of names", xero)


def test_a_good_schema_after_a_bad_one_counts(tmp_path, xero):
    broken = schema("contacts", Name={"type": "strin"})
    run = publish(tmp_path, xero, [broken, record("contacts", Name="Cy"), *GOOD, *AFTER])
    assert_refused(run, "The SCHEMA of stream 'contacts' is invalid", xero)


def test_multiple_of_in_a_schema_accepts_exact_decimals(tmp_path, xero):
    typed = schema("contacts", Name={}, Discount={"type": "number", "multipleOf": 0.01})
    run = publish(tmp_path, xero, [typed, record("contacts", Name="Ana", Discount=1.5)])
    assert (run.exit_code, run.statuses) == (0, {"created": 1})


# BATCH


def batch(folder, *lines, encoding=None, stream="contacts", pack=lambda content: content):
    (folder / "batch.jsonl").write_bytes(pack(b"".join(lines)))
    plain = {"format": "jsonl", "compression": "none"}
    manifest = [f"file://{folder / 'batch.jsonl'}"]
    return {"type": "BATCH", "stream": stream, "encoding": encoding or plain, "manifest": manifest}


GZIP = {"format": "jsonl", "compression": "gzip"}


def test_the_records_of_a_batch_file_are_published(tmp_path, xero):
    packed = batch(tmp_path, b'{"Name": "Ana"}\n\n', b'{"Name": "Bo"}\n', encoding=GZIP,
                   pack=gzip.compress)  # fmt: skip
    run = publish(tmp_path, xero, [schema("contacts"), packed, state("end")])
    assert (run.exit_code, run.statuses, run.states) == (0, {"created": 2}, ["end"])
    assert names(xero) == ["Ana", "Bo"]


@pytest.mark.parametrize("line", [b"{\n", b"7\n", b"[" * 5000 + b"\n"])
def test_a_line_of_a_batch_file_that_is_not_a_record(tmp_path, xero, line):
    message = batch(tmp_path, b'{"Name": "Ana"}\n', line, b'{"Name": "Bo"}\n')
    run = publish_in_subprocess(tmp_path, xero, [schema("contacts"), message, state("end")])
    assert_refused(run, f"line 2 of file://{tmp_path / 'batch.jsonl'} is not", xero)
    assert run.results[1]["stream"] == "contacts"


@pytest.mark.parametrize("name", ["a b.jsonl", "100%25.jsonl"])
@pytest.mark.parametrize("quoted", [True, False])
def test_the_url_of_a_batch_file_may_be_percent_encoded(tmp_path, xero, name, quoted):
    message = batch(tmp_path, b'{"Name": "Ana"}\n')
    path = (tmp_path / "batch.jsonl").rename(tmp_path / name)
    manifest = [path.as_uri() if quoted else f"file://{path}"]
    run = publish(tmp_path, xero, [schema("contacts"), message | {"manifest": manifest}])
    assert run.statuses == {"created": 1}, run.log


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"encoding": {"format": "parquet"}}, "format jsonl"),
        ({"encoding": None}, "format jsonl"),
        ({"encoding": GZIP | {"compression": "zstd"}}, "compressed with gzip"),
        ({"encoding": GZIP}, "cannot be read"),
        ({"manifest": None}, "a manifest"),
        ({"manifest": ["file:///nowhere/at/all.jsonl"]}, "/nowhere/at/all.jsonl cannot be read"),
        ({"manifest": [""]}, "a manifest"),
        ({"manifest": ["carrier-pigeon://coop/batch.jsonl"]}, "cannot be read"),
        ({"stream": None}, "a BATCH needs a stream"),
        ({"stream": "people"}, "'people' has no SCHEMA"),
    ],
)
def test_a_batch_that_cannot_be_read(tmp_path, xero, change, text):
    message = batch(tmp_path, b'{"Name": "Cy"}\n') | change
    run = publish(tmp_path, xero, [*GOOD, message, *AFTER])
    assert_refused(run, text, xero)
    assert run.rejects[-1] == message


# The input as a whole


def test_a_byte_order_mark_before_the_first_line_is_ignored(tmp_path, xero):
    run = publish(tmp_path, xero, [b"\xef\xbb\xbf" + json.dumps(GOOD[0]).encode() + b"\n",
                                   GOOD[1], *AFTER])  # fmt: skip
    assert (run.exit_code, run.statuses) == (0, {"created": 2})


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n \n"])
def test_a_byte_order_mark_alone_is_an_empty_input(tmp_path, xero, end):
    run = publish(tmp_path, xero, b"\xef\xbb\xbf" + end)
    assert (run.exit_code, run.statuses) == (0, {})


# Expressions in stream_maps


def test_an_invalid_stream_maps_expression_ends_the_run_with_its_text(tmp_path, xero):
    run = publish(tmp_path, xero, GOOD, stream_maps={"contacts": {"FirstName": "nope("}})
    assert run.exit_code == 1
    assert "Setting 'stream_maps' does not fit stream 'contacts'" in run.last_line
    assert "nope(" in run.last_line
    assert xero.calls("Contacts") == []


def test_a_stream_maps_error_refuses_only_its_record(tmp_path, xero):
    rows = [{"Name": "Ana", "n": "1"}, {"Name": "Cy", "n": "one"}, {"Name": "Bo", "n": "2"}]
    maps = {"contacts": {"ContactNumber": "str(int(n))", "n": None}}
    run = publish(tmp_path, xero, [*records("contacts", rows), state("end")], stream_maps=maps)
    assert_refused(run, "stream_maps cannot map the record", xero)


def test_opening_balances_without_a_copy_are_refused(tmp_path, xero):
    run = publish(tmp_path, xero, GOOD, opening_balances="opening.json")

    assert run.exit_code == 1
    assert "'opening_balances' is for a copy: set 'references' to translate" in run.last_line
    assert names(xero) == []
