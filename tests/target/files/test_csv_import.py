"""`target-xero import` of CSV files: encodings, delimiters, headings."""

import pytest
from import_files import GERMAN, ROWS, assert_german, import_german, write_csv
from target_runner import import_file


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

    @pytest.mark.parametrize(
        ("lines", "options", "hint"),
        [
            (["October", "", "Name,FirstName", "Kim,K"], [], "are in row 3, give --heading-line 3"),
            (["October", "Kunde", "Kim"], ["--column", "Kunde=Name"], "--heading-line 2"),
            (
                ["Kim,Park", "Lee,Ito"],
                [],
                "'Park'. If they are in another line",
            ),
            (["Wer,Was", "Kim,Park"], [], "say with --column HEADING=FIELD what they mean"),
        ],
    )
    def test_a_first_line_that_is_not_one_of_headings_is_refused_with_what_to_do(
        self, tmp_path, xero, lines, options, hint
    ):
        (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
        run = import_file(tmp_path, xero, tmp_path / "in.csv", "contacts", *options)
        assert run.exit_code == 1
        assert hint in run.last_line
        assert (run.results, xero.calls()) == ([], [])

    def test_headings_that_stream_maps_give_other_names_are_taken(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["Kim"]], headings=["Wer"])
        maps = {"contacts": {"Name": "Wer", "Wer": None}}
        run = import_file(tmp_path, xero, path, "contacts", stream_maps=maps)
        assert run.statuses == {"created": 1}, run.log

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
