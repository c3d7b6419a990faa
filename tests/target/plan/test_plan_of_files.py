"""`target-xero plan FILE`: what `target-xero import` would do with a CSV or XLSX file."""

import csv
import shlex
from decimal import Decimal
from pathlib import Path

import pytest
from import_files import COLUMNS, GERMAN, ROWS, write_csv, write_xlsx
from plan_runner import applied, plan_of_file
from target_runner import import_file

OPTIONS = ["--entity", "sales_invoices", *COLUMNS, "--date-format", "%d.%m.%Y"]
GERMAN_ROWS = [[*row[:5], row[5].replace(".", ","), row[6]] for row in ROWS]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_file_is_planned_and_applied_as_it_is_imported(tmp_path, xero, format_):
    path = tmp_path / f"in.{format_}"
    if format_ == "csv":
        write_csv(path, GERMAN_ROWS, delimiter=";", encoding="windows-1252")
    else:
        write_xlsx(path, Notes=[["Title"]], North=[[], list(GERMAN), *GERMAN_ROWS])
    own = ["--decimal-comma"] if format_ == "csv" else ["--decimal-comma", "--sheet", "North"]
    made = plan_of_file(tmp_path, xero, path, *OPTIONS, *own)
    assert made.exit_code == 0, made.log
    assert made.actions == ["create", "create"]
    assert xero.records("Invoices") == []
    assert [document["name"] for document in made.documents()] == ["R-1", "R-2"]
    assert made.documents()[0]["origin"].startswith(f"line {2 if format_ == 'csv' else 3} of ")
    done = applied(tmp_path, xero, made.path)
    assert done.exit_code == 0, done.log
    totals = {i["InvoiceNumber"]: i["SubTotal"] for i in xero.records("Invoices")}
    assert totals == {"R-1": Decimal(219), "R-2": Decimal(10)}
    # The publish log knows what was applied.
    run = import_file(tmp_path, xero, path, "sales_invoices", *OPTIONS[2:], *own)
    assert run.statuses == {"unchanged": 2}, run.log


def test_what_was_not_applied_can_be_planned_again(tmp_path, xero):
    path = write_csv(tmp_path / "in.csv", ROWS)
    made = plan_of_file(tmp_path, xero, path, *OPTIONS)
    assert made.exit_code == 0, made.log
    taken = [["R-1", "Other", "05.10.2026", "x", "1", "1", "200"]]
    other = write_csv(tmp_path / "other.csv", taken)
    settings = {"store_uri": f"sqlite:///{tmp_path / 'other.db'}"}
    blocker = import_file(tmp_path, xero, other, "sales_invoices", *OPTIONS[2:], **settings)
    assert blocker.statuses == {"created": 1}, blocker.log
    done = applied(tmp_path, xero, made.path)
    assert done.exit_code == 3, done.log
    command = shlex.split(done.log.strip().splitlines()[-1].split("then run: ")[1])
    assert command[:2] == ["target-xero", "plan"]
    rejects, config, _, *arguments = command[2:]
    rejects = Path(rejects)
    assert config == "--config"
    assert arguments[:2] == ["--entity", "sales_invoices"]
    with rejects.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["Rechnung"] for row in rows} == {"R-1"}
    assert "Xero has changed since the plan was made" in rows[0]["_xero_error"]
    again = plan_of_file(tmp_path, xero, rejects, *arguments, overwrite="any")
    assert again.exit_code == 0, again.log
    assert again.actions == ["update"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["in.csv"], "a file needs --entity"),
        (["in.csv", "--entity", "bills", "--input", "in.csv"], "not both"),
        (["--encoding", "utf-8"], "need a CSV or XLSX file"),
        (["--decimal-comma"], "the options of rows need --entity"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, xero, arguments, problem):
    write_csv(tmp_path / "in.csv", ROWS)
    named = [str(tmp_path / word) if word == "in.csv" else word for word in arguments]
    made = plan_of_file(tmp_path, xero, named[0], *named[1:])
    assert made.exit_code == 2
    assert problem in made.output
    assert xero.log == []


def test_a_file_that_cannot_be_read_makes_no_plan(tmp_path, xero):
    path = tmp_path / "in.csv"
    path.write_text("")
    made = plan_of_file(tmp_path, xero, path, "--entity", "bills")
    assert made.exit_code == 1
    assert "in.csv is empty" in made.log
    assert made.content == {}
