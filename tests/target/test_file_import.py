"""`target-xero import`: CSV and XLSX files, published as the records of a tap are."""

import csv
import os
import shlex
import subprocess
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sandbox_caller import Caller
from target_runner import TARGET, import_file, run_import

EXAMPLES = Path(__file__).parents[2] / "examples"
GERMAN = {
    "Rechnung": "InvoiceNumber",
    "Kunde": "Contact.Name",
    "Datum": "Date",
    "Text": "Description",
    "Menge": "Quantity",
    "Preis": "UnitAmount",
    "Konto": "AccountCode",
}
COLUMNS = [option for pair in GERMAN.items() for option in ("--column", "=".join(pair))]
ROWS = [
    ["R-1", "Müller & Söhne", "05.10.2026", "Beratung", "2", "99.50", "200"],
    ["R-1", "Müller & Söhne", "05.10.2026", "Reise", "1", "20.00", "200"],
    ["R-2", "Größe GmbH", "06.10.2026", "Prüfung", "1", "10", "200"],
]


def write_csv(path, rows, headings=tuple(GERMAN), encoding="utf-8", delimiter=","):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([headings, *rows])
    return path


def write_xlsx(path, **sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_in(path, delimiter=","):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def command_in(run):
    """The arguments of the command that the last line of a run names."""
    program, command, *arguments = shlex.split(run.last_line.split("then run: ")[1])
    assert (program, command) == ("target-xero", "import")
    return arguments


def add_account(xero, code):
    caller = Caller(xero)
    account = {"Code": code, "Name": f"Account {code}", "Type": "EXPENSE"}
    assert caller.send("PUT", "Accounts", json=account).ok
    caller.close()


def rejects_of(run):
    return rows_in(run.rejects_path.with_suffix(".csv"))


def invoices(xero):
    return {invoice["InvoiceNumber"]: invoice for invoice in xero.records("Invoices")}


def import_german(folder, xero, path, *options):
    return import_file(
        folder, xero, path, "sales_invoices", *COLUMNS, "--date-format", "%d.%m.%Y", *options
    )


def assert_german(run, xero):
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 2}
    found = invoices(xero)
    assert found["R-1"]["Contact"]["Name"] == "Müller & Söhne"
    assert found["R-1"]["SubTotal"] == Decimal("219.00")
    assert [line["Description"] for line in found["R-1"]["LineItems"]] == ["Beratung", "Reise"]
    assert str(found["R-1"]["Date"])[:10] == "2026-10-05"
    assert found["R-2"]["Contact"]["Name"] == "Größe GmbH"


class TestCsvFiles:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "utf-16-le"]
    )
    def test_any_encoding_is_read(self, tmp_path, xero, encoding):
        path = write_csv(tmp_path / "in.csv", ROWS, encoding=encoding)
        options = ["--encoding", encoding] if encoding == "utf-16-le" else []

        assert_german(import_german(tmp_path, xero, path, *options), xero)

    def test_a_guess_of_the_encoding_shows_letters_to_check(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", ROWS, encoding="cp1252")

        run = import_german(tmp_path, xero, path)

        assert "in the encoding cp1252, a guess" in run.log
        assert "Letters to check: Müller, Söhne, Größe" in run.log

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_any_delimiter_is_found(self, tmp_path, xero, delimiter):
        path = write_csv(tmp_path / "in.csv", ROWS, delimiter=delimiter)

        assert_german(import_german(tmp_path, xero, path), xero)

    def test_an_unusual_delimiter_can_be_named(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", ROWS, delimiter="~")

        assert_german(import_german(tmp_path, xero, path, "--delimiter", "~"), xero)

    def test_a_file_without_text_is_refused_before_anything_is_sent(self, tmp_path, xero):
        (tmp_path / "in.csv").write_bytes(bytes(range(256)) * 4)

        run = import_german(tmp_path, xero, tmp_path / "in.csv")

        assert run.exit_code == 1
        assert "in.csv" in run.last_line
        assert xero.calls() == []

    @pytest.mark.parametrize(
        ("content", "format_name"),
        [
            ("<!DOCTYPE html><html><body>Sign in</body></html>", "a web page (HTML)"),
            ("\n<HTML xmlns:x='urn:excel'>\n<table>\n</table>\n</HTML>\n", "a web page (HTML)"),
            ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html/>', "a web page (HTML)"),
            ('<?xml version="1.0"?>\n<Error>\n<Code>AccessDenied</Code></Error>', "an XML file"),
            ("<Error><Code>AccessDenied</Code></Error>", "an XML file"),
            ('{"message": "Not Found"}', "a JSON file"),
            ('[\n  {"InvoiceNumber": "R-1"},\n  {"InvoiceNumber": "R-2"}\n]', "a JSON file"),
            ('{"type": "RECORD", "stream": "a", "record": {}}', "a file of Singer messages"),
            ("%PDF-1.4\n%plain", "a PDF"),
        ],
    )
    def test_another_format_in_place_of_a_table_is_refused(
        self, tmp_path, xero, content, format_name
    ):
        path = tmp_path / "file.csv"
        path.write_text(content, encoding="utf-8")
        run = import_file(tmp_path, xero, path, "invoices")
        assert (run.exit_code, xero.calls()) == (1, [])
        assert f"file.csv is {format_name}, not a table" in run.last_line

    @pytest.mark.parametrize("text", ["Service unavailable", "404 page not found\n", "Error,502"])
    def test_an_error_in_words_in_place_of_a_table_is_refused(self, tmp_path, xero, text):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        run = import_file(tmp_path, xero, path, "invoices")
        assert (run.exit_code, xero.calls()) == (1, [])
        assert "file.csv is not a table of Invoices: it has no rows" in run.last_line

    @pytest.mark.parametrize(
        "headings",
        [
            ["InvoiceNumber", "Contact.Name"],
            ["*ContactName", "*InvoiceNumber", "*InvoiceDate", "*DueDate"],
            ["Kunde", "Rechnung"],
        ],
    )
    def test_headings_without_rows_are_a_warning(self, tmp_path, xero, headings):
        path = write_csv(tmp_path / "file.csv", [], headings)
        mapped = ("--column", "Kunde=Contact.Name") if "Kunde" in headings else ()
        run = import_file(tmp_path, xero, path, "invoices", *mapped)
        assert run.exit_code == 0
        assert "file.csv has headings and no rows" in run.log

    def test_headings_in_angle_brackets_are_those_of_a_table(self, tmp_path, xero):
        path = write_csv(tmp_path / "file.csv", [["Kim"]], ["<Name>"])
        assert import_file(tmp_path, xero, path, "contacts").statuses == {"created": 1}

    def test_headings_may_stand_below_a_title(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [list(GERMAN), *ROWS], headings=["October", ""])

        assert_german(import_german(tmp_path, xero, path, "--heading-line", "2"), xero)

    def test_two_columns_with_one_heading_are_refused(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["a", "b"]], headings=["Name", "name "])

        run = import_file(tmp_path, xero, path, "contacts")

        assert run.exit_code == 1
        assert "two columns 'name', in columns 1 and 2" in run.last_line
        assert xero.calls() == []

    def test_a_value_without_a_heading_is_refused(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["Ann", "ann@example.com"]], headings=["Name"])

        run = import_file(tmp_path, xero, path, "contacts")

        assert run.statuses == {"invalid": 1}
        assert "column 2 (without a heading)" in run.errors("invalid")[0]


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


class TestDocuments:
    def test_the_example_makes_one_invoice_of_the_rows_with_one_number(self, tmp_path, xero):
        runs = [
            import_file(tmp_path, xero, EXAMPLES / "invoices.csv", "invoices") for _ in range(2)
        ]

        assert [run.exit_code for run in runs] == [0, 0], runs[0].log
        assert [run.statuses for run in runs] == [{"created": 3}, {"unchanged": 3}]
        assert invoices(xero)["WEB-1001"]["SubTotal"] == Decimal("405.50")

    def test_bills_of_two_suppliers_with_one_number_stay_apart(self, tmp_path, xero):
        headings = ["InvoiceNumber", "Contact.Name", "Description", "UnitAmount", "AccountCode"]
        rows = [["77", "Ann", "Tea", "1", "400"], ["77", "Ann", "Cake", "2", "400"],
                ["77", "Bob", "Tea", "4", "400"]]  # fmt: skip
        path = write_csv(tmp_path / "in.csv", rows, headings)

        run = import_file(tmp_path, xero, path, "bills")

        assert run.exit_code == 0, run.log
        totals = {bill["Contact"]["Name"]: bill["SubTotal"] for bill in xero.records("Invoices")}
        assert totals == {"Ann": 3, "Bob": 4}

    def test_a_template_of_xero_is_understood(self, tmp_path, xero):
        caller = Caller(xero)
        category = {"Name": "Region", "Options": [{"Name": "North"}]}
        assert caller.send("PUT", "TrackingCategories", json=category).ok
        assert caller.send("PUT", "Items", json={"Items": [{"Code": "SHELF"}]}).ok
        caller.close()
        path = EXAMPLES / "import-templates" / "bills.csv"

        run = import_file(tmp_path, xero, path, "bills", "--date-format", "%d/%m/%Y")

        assert run.exit_code == 0, run.log
        assert run.statuses == {"created": 2}

    @pytest.mark.parametrize(
        "row",
        [
            ["", "", "", "Noch eine Zeile", "1", "5", "200"],
            ["", "Summe", "", "", "", "244.50", ""],
        ],
    )
    def test_a_row_without_the_number_that_others_have_is_refused(self, tmp_path, xero, row):
        path = write_csv(tmp_path / "in.csv", [*ROWS, row])

        run = import_german(tmp_path, xero, path)

        assert run.exit_code == 1
        assert "row 5 of in.csv has no value in the column 'Rechnung'" in run.log
        assert "give --group-by Rechnung. Nothing was sent" in run.log
        assert xero.calls("Invoices") == []

    def test_rows_without_a_number_are_documents_if_the_rows_are_grouped_by_it(
        self, tmp_path, xero
    ):
        own = ["", "Ohne Nummer", "07.10.2026", "Beratung", "1", "5", "200"]
        path = write_csv(tmp_path / "in.csv", [*ROWS, own])

        run = import_german(tmp_path, xero, path, "--group-by", "Rechnung")

        assert run.statuses == {"created": 3}, run.log

    def test_a_row_of_a_template_without_its_number_is_refused(self, tmp_path, xero):
        template = (EXAMPLES / "import-templates" / "bills.csv").read_text()
        headings, first, *_ = rows = list(csv.reader(template.splitlines()))
        number = headings.index("*InvoiceNumber")
        path = write_csv(
            tmp_path / "in.csv", [*rows[1:], [*first[:number], "", *first[number + 1 :]]], headings
        )

        run = import_file(tmp_path, xero, path, "bills", "--date-format", "%d/%m/%Y")

        assert run.exit_code == 1
        assert "has no value in the column '*InvoiceNumber'" in run.log
        assert xero.calls("Invoices") == []

    def test_other_columns_can_group_rows(self, tmp_path, xero):
        headings = ["Narration", "Description", "LineAmount", "AccountCode"]
        rows = [["October", "Tea", "10", "400"], ["October", "Cake", "-10", "200"]]
        path = write_csv(tmp_path / "in.csv", rows, headings)

        run = import_file(tmp_path, xero, path, "manual_journals", "--group-by", "Narration")

        assert run.exit_code == 0, run.log
        assert len(xero.records("ManualJournals")[0]["JournalLines"]) == 2


class TestRejects:
    def test_rejects_are_a_csv_file_that_can_be_corrected_and_imported(self, tmp_path, xero):
        rows = [[*ROWS[0][:-1], "9999"], ROWS[1], ROWS[2]]
        path = write_csv(tmp_path / "in.csv", rows, delimiter=";", encoding="cp1252")

        first = import_german(tmp_path, xero, path)
        rejects = first.rejects_path.with_suffix(".csv")
        found = rows_in(rejects, ";")
        rejects.write_text(rejects.read_text("utf-8-sig").replace("9999", "200"), "utf-8-sig")
        second = run_import(tmp_path, command_in(first))
        third = import_german(
            tmp_path, xero, write_csv(tmp_path / "in.csv", ROWS, encoding="cp1252")
        )

        assert first.exit_code == 1
        assert first.statuses == {"created": 1, "rejected": 1}
        assert [next(iter(row)) for row in found] == ["_xero_error", "_xero_error"]
        assert ["9999" in row["_xero_error"] for row in found] == [True, True]
        assert [row["Kunde"] for row in found] == ["Müller & Söhne", "Müller & Söhne"]
        assert second.exit_code == 0, second.log
        assert second.statuses == {"created": 1}
        assert third.statuses == {"unchanged": 2}

    def test_the_end_names_the_line_in_the_file(self, tmp_path, xero):
        rows = [["Ann", "first\nsecond", "ann@example.com"], ["Bob", "x", "not an address"]]
        headings = ["Name", "Contact.TaxNumber", "EmailAddress"]
        path = write_csv(tmp_path / "people.csv", rows, headings)

        run = import_file(tmp_path, xero, path, "contacts")

        assert "contact Bob, line 4 of people.csv: " in run.log

    def test_equal_rows_stay_two_records_when_they_come_back(self, tmp_path, xero):
        headings = ["Type", "Contact.Name", "BankAccount.Code", "Date", "Description", "Quantity",
                    "UnitAmount", "AccountCode"]  # fmt: skip
        row = ["SPEND", "Ann", "090", "2026-10-01", "Tea", "1", "2.50", "9999"]
        path = write_csv(tmp_path / "in.csv", [row, row], headings)

        first = import_file(tmp_path, xero, path, "bank_transactions")
        rejects = rejects_of(first)
        add_account(xero, "9999")
        second = run_import(tmp_path, command_in(first))
        third = import_file(tmp_path, xero, path, "bank_transactions")

        assert first.statuses == {"rejected": 2}
        assert [row["_xero_occurrence"] for row in rejects] == ["", "1"]
        assert second.statuses == {"created": 2}, second.log
        assert third.statuses == {"unchanged": 2}

    def test_nothing_is_written_if_all_is_published(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["Ann"]], headings=["Name"])

        run = import_file(tmp_path, xero, path, "contacts")

        assert run.exit_code == 0, run.log
        assert list(tmp_path.glob("rejects-*")) == []


class TestCommandLine:
    def test_a_dry_run_sends_nothing(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["Ann"]], headings=["Name"])

        run = import_file(tmp_path, xero, path, "contacts", "--dry-run")

        assert run.exit_code == 0, run.log
        assert run.statuses == {"dry_run": 1}
        assert xero.records("Contacts") == []

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            (["--column", "Kunde=Name"], "no column 'Kunde'; its columns are 'Name'"),
            (["--group-by", "Number"], "no column 'Number'"),
            (["--column", "Name=Contact.Nmae"], "did you mean"),
            (["--delimiter", "ab"], "is not a delimiter"),
            (["--encoding", "utf-99"], "is not an encoding"),
            (["--sheet", "North"], "has no sheets"),
        ],
    )
    def test_an_option_that_does_not_fit_is_refused(self, tmp_path, xero, options, problem):
        path = write_csv(tmp_path / "in.csv", [["Ann"]], headings=["Name"])

        run = import_file(tmp_path, xero, path, "contacts", *options)

        assert run.exit_code != 0
        assert problem in run.last_line
        assert xero.calls() == []

    def test_an_entity_that_does_not_exist_is_refused(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["Ann"]], headings=["Name"])

        run = import_file(tmp_path, xero, path, "contcats")

        assert run.exit_code == 1
        assert "the nearest are contacts" in run.last_line
        assert xero.calls() == []

    def test_the_program_reads_its_settings_from_variables(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["Ann"]], headings=["Name"])
        app = xero.apps["sandbox-custom"]
        settings = {
            "BASE_URI": xero.base_uri,
            "AUTHORIZE_URI": xero.authorize_uri,
            "TOKEN_URI": xero.token_uri,
            "GRANT_TYPE": "client_credentials",
            "CLIENT_ID": app.client_id,
            "CLIENT_SECRET": app.secret,
            "STORE_URI": f"sqlite:///{tmp_path / 'xero.db'}",
        }
        variables = {f"TARGET_XERO_{name}": value for name, value in settings.items()}

        ended = subprocess.run(
            [TARGET, "import", str(path), "--entity", "contacts"],
            env=os.environ | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert ended.returncode == 0, ended.stderr
        assert "contacts: 1 created" in ended.stderr
        assert ended.stdout == ""

    def test_the_command_comes_first(self, tmp_path):
        ended = subprocess.run(
            [TARGET, "--config", "ENV", "import", "in.csv"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert ended.returncode == 2
        assert "target-xero import, then its options" in ended.stderr
