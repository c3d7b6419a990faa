"""Reports in the layout that a user made (xero-facts.md: Report parameters)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.report_layout import ReportLayout
from xero_sandbox.reports.rows import money, row

# The reports that can have a layout of their own.
WITH_LAYOUTS = frozenset({"BalanceSheet", "ProfitAndLoss"})


def in_layout(report: Record, layout: ReportLayout) -> Record:
    """The report with other titles and groups of accounts, and its rows in another order."""
    return {**report, "Rows": [_section(part, layout) for part in report["Rows"]]}


def _section(part: Record, layout: ReportLayout) -> Record:
    if part["RowType"] != "Section":
        return part
    rows: list[Record] = part["Rows"]
    for label, account_ids in layout.groups.items():
        grouped = [each for each in rows if _account_of(each) in account_ids]
        if grouped:
            others = [each for each in rows if _account_of(each) not in account_ids]
            rows = [_sum(label, grouped), *others]
    totals = [each for each in rows if each["RowType"] == "SummaryRow"]
    plain = [each for each in rows if each["RowType"] != "SummaryRow"]
    title = part["Title"]
    return {**part, "Title": layout.titles.get(title, title), "Rows": [*reversed(plain), *totals]}


def _account_of(each: Record) -> str:
    return next((attribute["Value"] for attribute in each["Cells"][0].get("Attributes", ())), "")


def _sum(label: str, rows: Sequence[Record]) -> Record:
    columns = zip(*(each["Cells"][1:] for each in rows), strict=True)
    sums = [sum((Decimal(cell["Value"]) for cell in column), ZERO) for column in columns]
    return row([label, *map(money, sums)])
