"""`target-xero import` of XLSX files: values, merged cells, sheets."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from import_files import GERMAN, ROWS, assert_german, import_german, write_xlsx
from openpyxl import Workbook, load_workbook
from target_runner import import_file


class TestXlsxFiles:
    def test_values_are_those_that_excel_shows(self, tmp_path, xero):
        book = Workbook()
        book.active.append(["InvoiceNumber", "Contact.Name", "Date", "DueDate", "Description",
                            "Quantity", "UnitAmount", "AccountCode"])  # fmt: skip
        day = datetime(2026, 10, 5)  # noqa: DTZ001  # Excel has no time zones
        row = [17, "Ann", day, date(2026, 11, 4), "Tea", 3, 0.1 + 0.2, 200]
        book.active.append(row)
        book.active["A2"].number_format = "0000"
        book.save(tmp_path / "in.xlsx")

        run = import_file(tmp_path, xero, tmp_path / "in.xlsx", "sales_invoices")

        assert run.exit_code == 0, run.log
        [invoice] = xero.records("Invoices")
        assert invoice["InvoiceNumber"] == "0017"
        assert str(invoice["DueDate"])[:10] == "2026-11-04"
        assert invoice["LineItems"][0]["UnitAmount"] == Decimal("0.3")

    def test_a_merged_cell_counts_in_each_of_its_rows(self, tmp_path, xero):
        # Number, customer and date stand once for two lines; headings reach over two rows.
        first, second, other = ROWS
        rows = [["Rechnungen"], [*GERMAN], [], first, [None, None, None, *second[3:]], other]
        path = write_xlsx(tmp_path / "in.xlsx", Daten=rows)
        book = load_workbook(path)
        for area in ("A1:G1", *(f"{letter}2:{letter}3" for letter in "ABCDEFG")):
            book.active.merge_cells(area)
        for area in ("A4:A5", "B4:B5", "C4:C5"):
            book.active.merge_cells(area)
        book.save(path)

        for heading_line in ("3", "2"):
            run = import_german(tmp_path, xero, path, "--heading-line", heading_line)
            if heading_line == "3":
                assert_german(run, xero)
        assert run.statuses == {"unchanged": 2}, run.log

    def test_an_amount_that_is_merged_over_rows_is_refused(self, tmp_path, xero):
        path = write_xlsx(tmp_path / "in.xlsx", Daten=[[*GERMAN], *ROWS])
        book = load_workbook(path)
        book.active.merge_cells("F2:F3")
        book.save(path)

        run = import_german(tmp_path, xero, path)

        assert run.exit_code == 1
        assert "a cell of column 'Preis' that is merged over several rows, from row 2" in run.log
        assert xero.calls("Invoices") == []

    def test_several_sheets_are_imported_if_they_are_named(self, tmp_path, xero):
        people = {"North": [["Name"], ["Ann"]], "South": [["Name"], ["Bob"]], "Notes": [["x"]]}
        path = write_xlsx(tmp_path / "in.xlsx", **people)

        unnamed = import_file(tmp_path, xero, path, "contacts")
        calls = len(xero.calls())
        run = import_file(tmp_path, xero, path, "contacts", "--sheet", "North", "--sheet", "South")

        assert unnamed.exit_code == 1
        assert "several sheets, 'North', 'South', 'Notes': choose with --sheet" in unnamed.last_line
        assert calls == 0
        assert run.exit_code == 0, run.log
        assert {contact["Name"] for contact in xero.records("Contacts")} == {"Ann", "Bob"}

    def test_a_sheet_that_does_not_exist_is_refused(self, tmp_path, xero):
        path = write_xlsx(tmp_path / "in.xlsx", North=[["Name"], ["Ann"]])

        run = import_file(tmp_path, xero, path, "contacts", "--sheet", "Nroth")

        assert run.exit_code == 1
        assert "no sheet 'Nroth'; its sheets are 'North'" in run.last_line

    @pytest.mark.parametrize(
        ("cell", "problem"),
        [("=1+1", "North!A2 (a formula that was not computed)"), ("#N/A", "North!A2 (#N/A)")],
    )
    def test_a_cell_without_a_value_is_refused(self, tmp_path, xero, cell, problem):
        path = write_xlsx(tmp_path / "in.xlsx", North=[["Name"], [cell]])

        run = import_file(tmp_path, xero, path, "contacts")

        assert run.exit_code == 1
        assert problem in run.last_line
        assert xero.calls() == []

    def test_the_old_format_is_refused_in_words(self, tmp_path, xero):
        (tmp_path / "in.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))

        run = import_file(tmp_path, xero, tmp_path / "in.xls", "contacts")

        assert run.exit_code == 1
        assert "save it as XLSX" in run.last_line
