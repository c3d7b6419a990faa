"""Numbers with a decimal comma: the setting ``decimal_comma``."""

from decimal import Decimal

import pytest
from import_files import command_in, write_csv
from openpyxl import Workbook
from target_runner import import_file, publish, record, records, run_import, schema

INVOICE = {"Type": "ACCREC", "Contact.Name": "Ana", "Date": "2026-10-01", "Description": "Work",
           "AccountCode": "200", "InvoiceNumber": "D-1"}  # fmt: skip


def invoices(*amounts, quantity="1"):
    rows = [
        {**INVOICE, "InvoiceNumber": f"D-{number}", "UnitAmount": amount, "Quantity": quantity}
        for number, amount in enumerate(amounts)
    ]
    return records("invoices", rows)


READ = {
    "1.234,56": "1234.56",
    "1234,56": "1234.56",
    "1 234,56": "1234.56",
    "1\u202f234\u00a0567,5": None,
    "1\u00a0234\u00a0567,5": "1234567.5",
    "+3": "3",
    "1.234": "1234",
    "12.345.678": "12345678",
    ",5": None,
    "1,": "1",
    "1.23": None,
    "1234.56": None,
    "1,234.56": None,
    "1.2345,6": None,
    "1.234 567": None,
    "1,2,3": None,
    "7,5 EUR": None,
}


def test_texts_are_read_with_a_comma_and_nothing_else(tmp_path, xero):
    good = [text for text, number in READ.items() if number is not None]
    bad = [text for text, number in READ.items() if number is None]
    rows = invoices(*good, *bad, 8.25)
    run = publish(tmp_path, xero, rows, decimal_comma=True)
    assert run.statuses == {"created": len(good) + 1, "invalid": len(bad)}, run.log
    saved = {record["InvoiceNumber"]: record["LineItems"][0]["UnitAmount"]
             for record in xero.records("Invoices")}  # fmt: skip
    amounts = [saved[f"D-{number}"] for number in range(len(good))]
    assert amounts == [Decimal(READ[text]) for text in good]
    # A number of the tap is one already.
    assert saved[f"D-{len(READ)}"] == Decimal("8.25")
    for text, error in zip(bad, run.errors("invalid"), strict=True):
        assert f"{text!r} is not a number; 'decimal_comma' is true" in error


@pytest.mark.parametrize("text", ["1.234,56", "1234,56", "1 234,5"])
def test_without_the_setting_a_comma_is_refused_and_the_setting_is_named(tmp_path, xero, text):
    run = publish(tmp_path, xero, invoices(text))
    [error] = run.errors("invalid")
    assert error.endswith("or set 'decimal_comma' if the numbers are written like 1.234,50")
    run = publish(tmp_path, xero, invoices("1,234.56"))
    assert "decimal_comma" not in run.errors("invalid")[0]


def test_a_stream_may_differ_from_the_target(tmp_path, xero):
    streams = {"invoices": {"decimal_comma": False}}
    run = publish(tmp_path, xero, invoices("2.50", "2,50"), streams=streams, decimal_comma=True)
    assert run.statuses == {"created": 1, "invalid": 1}
    assert xero.records("Invoices")[0]["SubTotal"] == Decimal("2.5")


def test_the_number_filter_of_templates_takes_a_comma(tmp_path, xero):
    payload = {"Reference": "{{ record.Betrag | number(decimal_comma=true) * 2 }}"}
    rows = [{**INVOICE, "UnitAmount": 1, "Betrag": "1.000,25"}]
    run = publish(tmp_path, xero, records("invoices", rows),
                  streams={"invoices": {"payload": payload}})  # fmt: skip
    assert run.statuses == {"created": 1}, run.log
    assert Decimal(xero.records("Invoices")[0]["Reference"]) == Decimal("2000.50")


def test_rows_of_a_document_and_a_template_with_turned_signs(tmp_path, xero):
    heads = {"*ContactName": "Ana", "*CreditNoteNumber": "G-1", "*CreditNoteDate": "2026-10-01",
             "*Description": "Brot", "*AccountCode": "200", "*TaxType": "OUTPUT2"}  # fmt: skip
    rows = [heads | {"*Quantity": "2", "*UnitAmount": "-1.000,50", "Total": "-2.001,00"},
            heads | {"*Quantity": "1", "*UnitAmount": "0,50", "Total": "-2.001"}]  # fmt: skip
    messages = [schema("sales_credit_notes", *rows[0])]
    messages += [record("sales_credit_notes", **row) for row in rows]
    run = publish(tmp_path, xero, messages, decimal_comma=True)
    assert run.statuses == {"created": 1}, run.log
    [note] = xero.records("CreditNotes")
    amounts = [line["UnitAmount"] for line in note["LineItems"]]
    assert amounts == [Decimal("1000.5"), Decimal("-0.5")]


def test_the_rejects_of_a_workbook_can_be_imported_again(tmp_path, xero):
    book = Workbook()
    heads = [*INVOICE, "UnitAmount", "Quantity"]
    book.active.append(heads)
    book.active.append([*INVOICE.values(), "1.234,5", 1.125])
    book.active.append([*(INVOICE | {"AccountCode": "none"}).values(), "3", 1])
    book.save(tmp_path / "in.xlsx")
    run = import_file(tmp_path, xero, tmp_path / "in.xlsx", "invoices", "--decimal-comma")
    assert run.statuses in ({"rejected": 1}, {"invalid": 1}), run.log
    arguments = command_in(run)
    assert "--decimal-comma" in arguments
    file = next(tmp_path.glob("rejects-*.csv"))
    content = file.read_text("utf-8-sig")
    assert "1,125" in content
    file.write_text(content.replace(";none;", ";200;"), "utf-8-sig")
    again = run_import(tmp_path, arguments)
    assert again.statuses == {"created": 1}, again.log
    [invoice] = xero.records("Invoices")
    assert [line["Quantity"] for line in invoice["LineItems"]] == [Decimal("1.125"), 1]


def test_a_point_that_may_be_thousands_refuses_the_file_without_the_option(tmp_path, xero):
    heads = ["Type", "Nr", "Contact.Name", "Date", "Description", "AccountCode", "UnitAmount"]
    rows = [["ACCREC", "D-1", "Ana", "2026-10-01", "12.500", "200", "1.000"],
            ["ACCREC", "D-2", "Ana", "2026-10-01", "x", "200", "1.234,50"]]  # fmt: skip
    path = write_csv(tmp_path / "in.csv", rows, heads, delimiter=";")
    columns = ["--column", "Nr=InvoiceNumber"]
    run = import_file(tmp_path, xero, path, "invoices", *columns)
    assert run.exit_code == 1
    assert "'1.234,50' in row 3 of column 'UnitAmount', so that '1.000' in row 2" in run.last_line
    assert xero.log == []
    run = import_file(tmp_path, xero, path, "invoices", *columns, "--decimal-comma")
    assert run.statuses == {"created": 2}, run.log
    totals = {each["InvoiceNumber"]: each["SubTotal"] for each in xero.records("Invoices")}
    assert totals == {"D-1": 1000, "D-2": Decimal("1234.5")}
    # Without any other number, it is not known what a point is.
    write_csv(path, [[*rows[0][:6], "1.125"]], heads, delimiter=";")
    run = import_file(tmp_path, xero, path, "invoices", *columns, overwrite="any")
    assert run.exit_code == 1
    assert "'1.125' in row 2 of column 'UnitAmount', which may be thousands" in run.last_line
    run = import_file(tmp_path, xero, path, "invoices", *columns, "--decimal-point",
                      overwrite="any")  # fmt: skip
    assert run.statuses == {"updated": 1}, run.log
    # Another number of the file shows it.
    write_csv(path, [[*rows[0][:6], "1.250"], ["ACCREC", "D-3", *rows[0][2:6], "0.5"]], heads)
    run = import_file(tmp_path, xero, path, "invoices", *columns, overwrite="any")
    assert run.statuses == {"updated": 1, "created": 1}, run.log


def test_a_reject_with_a_number_like_a_thousand_comes_back_with_the_option(tmp_path, xero):
    heads = ["Type", "InvoiceNumber", "Contact.Name", "Date", "AccountCode", "UnitAmount"]
    rows = [["ACCREC", "D-1", "Ana", "2026-10-01", "none", "1.000"],
            ["ACCREC", "D-2", "Ana", "2026-10-01", "200", "12.5"]]  # fmt: skip
    path = write_csv(tmp_path / "in.csv", rows, heads)
    run = import_file(tmp_path, xero, path, "invoices")
    assert run.statuses == {"created": 1, "rejected": 1}, run.log
    arguments = command_in(run)
    assert arguments[-1] == "--decimal-point"
    file = next(tmp_path.glob("rejects-*.csv"))
    file.write_text(file.read_text("utf-8-sig").replace("none", "200"), "utf-8-sig")
    again = run_import(tmp_path, arguments)
    assert again.statuses == {"created": 1}, again.log
    assert xero.records("Invoices")[-1]["SubTotal"] == 1


@pytest.mark.parametrize("fields", [
    {"Quantity": "1.000", "UnitAmount": "2.500"},
    {"Quantity": "2", "UnitAmount": "1.000"},
    {"Quantity": 2.5, "UnitAmount": "-1.000"},
])  # fmt: skip
def test_a_number_that_may_be_a_thousand_is_refused(tmp_path, xero, fields):
    rows = records("invoices", [INVOICE | {"Description": "Version 1.5"} | fields])
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"invalid": 1}, run.log
    assert "may be 1" in run.errors("invalid")[0] or "may be -1" in run.errors("invalid")[0]
    assert "set 'decimal_comma' to false if the point is a decimal point" in run.log
    assert xero.calls("Invoices") == []


def test_three_decimals_that_do_not_end_with_a_zero_are_decimals(tmp_path, xero):
    rows = records("invoices", [INVOICE | {"Quantity": 2, "UnitAmount": "33.335"}])
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"created": 1}, run.log
    assert xero.records("Invoices")[0]["SubTotal"] == Decimal("66.67")


def test_the_setting_says_that_a_point_is_a_decimal_point(tmp_path, xero):
    run = publish(tmp_path, xero, invoices("1.000"), decimal_comma=False)
    assert run.statuses == {"created": 1}, run.log
    assert xero.records("Invoices")[0]["SubTotal"] == 1


@pytest.mark.parametrize(
    "amounts",
    [("1.000", "12.50"), ("1.000", "0.125"), ("1.000", "1234.125"), ("1.000", "3.0000"), (1, 2)],
)
def test_another_number_of_the_record_shows_what_a_point_is(tmp_path, xero, amounts):
    fields = dict(zip(("Quantity", "UnitAmount"), amounts, strict=True))
    run = publish(tmp_path, xero, records("invoices", [INVOICE | fields]))
    assert run.statuses == {"created": 1}, run.log
    assert xero.records("Invoices")[0]["LineItems"][0]["Quantity"] == 1


def test_another_line_of_the_document_shows_what_a_point_is(tmp_path, xero):
    rows = [INVOICE | {"UnitAmount": "1.000"}, INVOICE | {"UnitAmount": "2.5"}]
    streams = {"invoices": {"group_by": "InvoiceNumber"}}
    run = publish(tmp_path, xero, records("invoices", rows), streams=streams)
    assert run.statuses == {"created": 1}, run.log
    assert xero.records("Invoices")[0]["SubTotal"] == Decimal("3.5")


def test_decimals_of_a_database_have_points(tmp_path, xero):
    decimal = {"type": ["string", "null"], "format": "singer.decimal"}
    messages = [schema("invoices", *INVOICE, UnitAmount=decimal),
                record("invoices", **INVOICE, UnitAmount="1.000")]  # fmt: skip
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 1}, run.log
    assert xero.records("Invoices")[0]["SubTotal"] == 1


def test_a_reject_has_its_number_also_under_a_heading_of_its_own(tmp_path, xero):
    rows = [["ACCREC", "D-9", "Ana", "soon"]]
    path = write_csv(tmp_path / "in.csv", rows, ["Type", "Beleg", "Contact.Name", "Date"])
    run = import_file(tmp_path, xero, path, "invoices", "--column", "Beleg=InvoiceNumber")
    assert "invoice D-9, line 2 of in.csv: Date: 'soon' is not a date" in run.log
