"""Files for tests of `target-xero import`, and what became of their rows."""

import csv
import shlex
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from sandbox_caller import Caller
from target_runner import import_file

EXAMPLES = Path(__file__).parents[3] / "examples"
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
