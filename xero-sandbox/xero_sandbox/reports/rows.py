"""The rows and cells of reports; every value is a string (xero-facts.md: Reading by entity)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, cents
from xero_sandbox.model.organisation import Organisation, Record


def money(amount: Decimal) -> str:
    """An amount as text, as in reports."""
    # Adding zero removes the sign of a negative zero.
    return f"{cents(amount) + ZERO:.2f}"


def long_day(day: date) -> str:
    """``1 April 2026``."""
    return f"{day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    """``1 Apr 2026``."""
    return f"{day.day} {day:%b %Y}"


def short_year_day(day: date) -> str:
    """``1 Apr 26``, as profit and loss writes it (xero-facts.md: Report answers)."""
    return f"{day.day} {day:%b %y}"


def header(titles: Iterable[str]) -> Record:
    """The row of column titles."""
    return {"RowType": "Header", "Cells": [{"Value": title} for title in titles]}


def section(title: str, rows: Sequence[Record]) -> Record:
    """A report_titles group of rows."""
    return {"RowType": "Section", "Title": title, "Rows": list(rows)}


def row(values: Iterable[str], **attributes: str) -> Record:
    """A row; each of its cells has all attributes."""
    cell_attributes = [{"Value": value, "Id": name} for name, value in attributes.items()]
    cells: list[Record] = [{"Value": value} for value in values]
    if cell_attributes:
        cells = [{**cell, "Attributes": cell_attributes} for cell in cells]
    return {"RowType": "Row", "Cells": cells}


def summary(values: Iterable[str]) -> Record:
    """A row of totals."""
    return {"RowType": "SummaryRow", "Cells": [{"Value": value} for value in values]}


def sheet(
    name: str,
    kind: str,
    titles: Sequence[str],
    today: date,
    rows: Sequence[Record],
) -> Record:
    """A whole report."""
    return {
        "ReportID": kind,
        "ReportName": name,
        "ReportType": kind,
        "ReportTitles": list(titles),
        "ReportDate": long_day(today),
        "Fields": [],
        "Rows": list(rows),
    }


def report_titles(organisation: Organisation, name: str, span: str) -> list[str]:
    """A report's usual titles: its name, the organisation and the period."""
    return [name, organisation.name, span]
