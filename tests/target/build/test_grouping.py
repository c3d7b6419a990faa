"""Rows of one document: published with all their lines, or not at all."""

import pytest
from target_runner import config_in, publish, record, run_with, schema, state

pytestmark = pytest.mark.fast

NUMBER = {"type": ["null", "number"]}


def row(number, line, amount=10, **fields):
    base = {"InvoiceNumber": number, "Type": "ACCREC", "ContactName": "Ana", "AccountCode": "200"}
    return record("invoices", **base, Description=line, Quantity=1, UnitAmount=amount, **fields)


def grouped(folder, xero, messages, *columns, **settings):
    streams = {"invoices": {"group_by": list(columns or ("InvoiceNumber",))}}
    return publish(folder, xero, messages, streams=streams, **settings)


def invoices(xero):
    return {
        invoice["InvoiceNumber"]: [line["Description"] for line in invoice["LineItems"]]
        for invoice in xero.records("Invoices")
    }


def refused_whole(run, xero, text, rows):
    """G1 is refused with all its rows, and the others are published with all their lines."""
    assert run.exit_code == 1
    assert run.statuses == {"created": 2, "invalid": 1}
    assert text in run.errors("invalid")[0]
    assert invoices(xero) == {"G0": ["a"], "G2": ["e", "f"]}
    fed_back = [message["record"] for message in run.rejects if message["type"] == "RECORD"]
    assert [row["Description"] for row in fed_back] == rows
    assert run.states == ["end"]


def around(*rows, first=None):
    around_it = [row("G2", "e"), row("G2", "f"), state("end")]
    return [first or schema("invoices"), row("G0", "a"), *rows, *around_it]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_value_that_the_schema_forbids_refuses_the_whole_document(tmp_path, xero, position):
    amounts = [10, 20, 30]
    amounts[position] = "much"
    rows = [row("G1", line, amount) for line, amount in zip("bcd", amounts, strict=True)]
    run = grouped(tmp_path, xero, around(*rows, first=schema("invoices", UnitAmount=NUMBER)))
    refused_whole(run, xero, f"row {position + 1}: UnitAmount must be", ["b", "c", "d"])


def test_two_columns_for_one_field_refuse_the_whole_document(tmp_path, xero):
    odd = row("G1", "c", **{"Invoice Number": "G7"})
    run = grouped(tmp_path, xero, around(row("G1", "b"), odd, row("G1", "d")))
    refused_whole(run, xero, "row 2: two columns are both InvoiceNumber", ["b", "c", "d"])


def test_a_row_without_its_key_refuses_the_whole_document(tmp_path, xero):
    first = schema("invoices", "InvoiceNumber", "Line", key=["InvoiceNumber", "Line"])
    messages = [first, row("G1", "b", Line=1), row("G1", "c"), row("G1", "d", Line=3)]
    run = grouped(tmp_path, xero, messages)
    assert run.exit_code == 1
    assert "row 2: the record lacks its key 'Line'" in run.errors("invalid")[0]
    assert "lacks its key 'Line'" in run.last_line
    assert invoices(xero) == {}
    assert len(run.rejects) == 4


def test_the_rejects_of_a_document_fed_back_corrected_make_it_whole(tmp_path, xero):
    typed = schema("invoices", UnitAmount=NUMBER)
    rows = [row("G1", "b"), row("G1", "c", "much"), row("G1", "d")]
    first = grouped(tmp_path, xero, [typed, *rows])
    corrected = first.rejects_path.read_bytes().replace(b'"much"', b"20")
    config = config_in(tmp_path, xero, streams={"invoices": {"group_by": "InvoiceNumber"}})
    assert run_with(config, tmp_path, corrected).statuses == {"created": 1}
    assert invoices(xero) == {"G1": ["b", "c", "d"]}


def test_a_group_by_column_that_rows_do_not_have_is_named(tmp_path, xero):
    run = grouped(tmp_path, xero, [schema("invoices"), row("G1", "b"), row("G1", "c")], "Invoice")
    assert run.exit_code == 1
    assert run.statuses == {"invalid": 2}
    error = run.errors("invalid")[0]
    assert "no column 'Invoice', which group_by names; it has InvoiceNumber, Type" in error
    assert invoices(xero) == {}


def test_a_group_by_column_that_only_the_schema_names_may_be_left_out_of_rows(tmp_path, xero):
    first = schema("invoices", "InvoiceNumber", "Batch")
    run = grouped(tmp_path, xero, [first, row("G1", "b"), row("G1", "c")], "InvoiceNumber", "Batch")
    assert run.statuses == {"created": 1}
    assert invoices(xero) == {"G1": ["b", "c"]}


def test_the_same_value_written_in_two_ways_does_not_disagree(tmp_path, xero):
    rows = [
        row("G1", "b", Date="2026-01-31", Total="10", **{"Contact.EmailAddress": "a@example.com"}),
        row("G1", "c", Date="2026-01-31T00:00:00", Total=20, **{"Contact.EmailAddress": ""}),
        row("G1", "d", Date="/Date(1769817600000+0000)/", **{"Contact.FirstName": "A"}),
    ]
    run = grouped(tmp_path, xero, [schema("invoices"), *rows])
    assert run.statuses == {"created": 1}
    assert invoices(xero) == {"G1": ["b", "c", "d"]}
    [contact] = xero.records("Contacts")
    assert (contact["EmailAddress"], contact["FirstName"]) == ("a@example.com", "A")


def test_spaces_around_a_name_do_not_disagree(tmp_path, xero):
    rows = [row("G1", "b"), row("G1", "c")]
    rows[1]["record"]["ContactName"] += " "
    run = grouped(tmp_path, xero, [schema("invoices"), *rows])
    assert run.statuses == {"created": 1}, run.log


def test_rows_that_disagree_inside_an_object_name_the_path(tmp_path, xero):
    rows = [row("G1", "b"), row("G1", "c")]
    rows[1]["record"]["ContactName"] = "Bo"
    run = grouped(tmp_path, xero, [schema("invoices"), *rows])
    [error] = run.errors("invalid")
    assert error == "rows of one document disagree on Contact.Name: 'Ana' and 'Bo'"


def test_numbers_in_an_error_are_shown_as_numbers(tmp_path, xero):
    rows = [row("G1", "b", CurrencyRate=1.5), row("G1", "c", CurrencyRate=1.25)]
    run = grouped(tmp_path, xero, [schema("invoices"), *rows])
    [error] = run.errors("invalid")
    assert error == "rows of one document disagree on CurrencyRate: '1.5' and '1.25'"
    run = grouped(tmp_path, xero, [schema("invoices"), row("G2", [1.5])])
    assert "[1.5] is not text" in run.errors("invalid")[0]
