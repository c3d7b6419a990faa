"""`target-xero import`: the documents, the rejects and the options of a file."""

import csv
import json
import os
import subprocess
from decimal import Decimal

import pytest
from import_files import (
    EXAMPLES,
    ROWS,
    add_account,
    command_in,
    import_german,
    invoices,
    rejects_of,
    rows_in,
    write_csv,
)
from sandbox_caller import Caller
from target_runner import TARGET, import_file, run_import


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

    def test_rows_with_one_narration_and_date_are_one_manual_journal(self, tmp_path, xero):
        headings = ["Narration", "Date", "AccountCode", "LineAmount"]
        rows = [["Rent", day, *line] for day in ("2026-05-31", "2026-06-30")
                for line in (("200", "10"), ("400", "-10"))]  # fmt: skip
        path = write_csv(tmp_path / "in.csv", rows, headings)

        run = import_file(tmp_path, xero, path, "manual_journals")

        assert run.exit_code == 0, run.log
        lines = [len(journal["JournalLines"]) for journal in xero.records("ManualJournals")]
        assert lines == [2, 2]

    def test_a_manual_journal_with_its_lines_as_json_is_one_row(self, tmp_path, xero):
        amounts = {"200": 1, "400": -1}
        lines = json.dumps([{"AccountCode": c, "LineAmount": n} for c, n in amounts.items()])
        rows = [["Rent", "2026-05-31", lines], ["Rent", "2026-05-31", lines.replace("1", "2")]]
        path = write_csv(tmp_path / "in.csv", rows, ["Narration", "Date", "JournalLines"])

        run = import_file(tmp_path, xero, path, "manual_journals")

        assert run.statuses == {"created": 2}, run.log

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

    @pytest.mark.parametrize("heading", ["Date", "Tag"])
    def test_a_row_without_the_date_that_others_have_is_refused(self, tmp_path, xero, heading):
        rows = [["2026-10-01", "Fee", "10"], ["", "Balance", "244.50"]]
        path = write_csv(tmp_path / "in.csv", rows, headings=[heading, "Description", "UnitAmount"])
        payload = {"Type": "SPEND", "BankAccount": {"Code": "090"}, "Contact": {"Name": "Bank"}}
        if heading == "Tag":
            payload["Date"] = "{{ record.Tag }}"
        streams = {"bank_transactions": {"payload": payload}}

        run = import_file(tmp_path, xero, path, "bank_transactions", streams=streams)

        assert run.exit_code == 1
        assert f"row 3 of in.csv has no value in the column '{heading}'" in run.last_line
        assert "Xero would date the row today" in run.last_line
        assert (run.results, xero.calls()) == ([], [])

    @pytest.mark.parametrize("settings", [
        {"payload": {"Date": "2026-02-28"}},
        {"payload": {"Date": "{{ record.Date or '2026-02-28' }}"}},
    ])  # fmt: skip
    def test_a_template_may_say_what_an_empty_date_means(self, tmp_path, xero, settings):
        rows = [["2026-02-28", "Fee", "10"], ["", "Tax", "2"]]
        headings = ["Date", "Description", "UnitAmount"]
        path = write_csv(tmp_path / "in.csv", rows, headings=headings)
        payload = {
            "Type": "SPEND",
            "BankAccount": {"Code": "090"},
            "Contact": {"Name": "Bank"},
            "LineItems": [
                {
                    "Description": "{{ record.Description }}",
                    "UnitAmount": "{{ record.UnitAmount | number }}",
                    "AccountCode": "404",
                }
            ],
        }
        streams = {"bank_transactions": {"payload": payload | settings["payload"]}}

        run = import_file(tmp_path, xero, path, "bank_transactions", streams=streams)

        assert run.statuses == {"created": 2}, run.log
        assert {str(each["Date"])[:10] for each in xero.records("BankTransactions")} == {
            "2026-02-28"
        }

    def test_removals_need_no_date(self, tmp_path, xero):
        rows = [["x1", "2026-02-28"], ["x2", ""]]
        path = write_csv(tmp_path / "in.csv", rows, headings=["PaymentID", "Date"])

        run = import_file(tmp_path, xero, path, "payments", "--method", "DELETE")

        assert "Xero would date" not in run.log
        assert len(run.results) == 2

    def test_rows_of_files_name_their_records(self, tmp_path, xero):
        (tmp_path / "a.txt").write_text("x")
        rows = [["S-1", str(tmp_path / "a.txt")]]
        path = write_csv(tmp_path / "in.csv", rows, headings=["InvoiceNumber", "FilePath"])

        run = import_file(tmp_path, xero, path, "Invoices/Attachments")

        assert "no heading that is a field" not in run.log
        assert len(run.results) == 1, run.log

    def test_rows_may_all_be_without_a_date(self, tmp_path, xero):
        path = write_csv(tmp_path / "in.csv", [["", "Fee", "10", "404"]],
                         headings=["Date", "Description", "UnitAmount", "AccountCode"])  # fmt: skip
        payload = {"Type": "SPEND", "BankAccount": {"Code": "090"}, "Contact": {"Name": "Bank"}}
        streams = {"bank_transactions": {"payload": payload}}

        run = import_file(tmp_path, xero, path, "bank_transactions", streams=streams)

        assert run.statuses == {"created": 1}, run.log

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
