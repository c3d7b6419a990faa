"""Compares the reports of two organisations, amount by amount, and tells the likely causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from target_xero.books.chart import Chart
from target_xero.books.reports import Amounts, ReportCell, ReportRequest
from target_xero.verify.comparison import Figure, Mismatch, Party, ReportComparison

# The fields of an item that depend on the history of its stock.
_STOCK_FIELDS = frozenset({"QuantityOnHand", "TotalCostPool"})


def compare_report(
    request: ReportRequest,
    source: Amounts,
    target: Amounts,
    charts: tuple[Chart, Chart],
    mismatches: Sequence[Mismatch],
) -> ReportComparison:
    """Compares one report, amount by amount."""
    names: Mapping[str, str] = {**charts[1].names, **charts[0].names}
    figures = []
    cells = source.keys() | target.keys()
    # Totals come after the accounts.
    for cell in sorted(cells, key=lambda cell: (cell.row not in names, cell.row, cell.column)):
        left, right = source.get(cell, Decimal(0)), target.get(cell, Decimal(0))
        causes = () if left == right else _causes(cell, left - right, request.until, mismatches)
        account, is_sum = names.get(cell.row, cell.row), cell.row not in names
        figures.append(Figure(account, cell.column, left, right, causes, is_sum))
    return ReportComparison(request.title, request.name, tuple(figures))


def _causes(
    cell: ReportCell, difference: Decimal, until: date, mismatches: Sequence[Mismatch]
) -> tuple[int, ...]:
    """The differing records on the account, nearest amounts first."""
    fitting = [
        mismatch
        for mismatch in mismatches
        if mismatch.judged and cell.row in mismatch.accounts and mismatch.day <= until.isoformat()
    ]
    fitting.sort(key=lambda mismatch: abs(abs(mismatch.amount or Decimal(0)) - abs(difference)))
    return tuple(mismatch.number for mismatch in fitting)


def _unexplained(report: ReportComparison) -> list[str]:
    """The accounts whose difference no record explains; sums follow from their accounts."""
    found = {each.account for each in report.differences if not each.causes and not each.is_sum}
    return sorted(found)


def general_causes(
    source: Party,
    target: Party,
    mismatches: Sequence[Mismatch],
    reports: Sequence[ReportComparison],
) -> Iterator[str]:
    """What may cause differences apart from the content of single documents, one sentence each."""
    if source.base_currency != target.base_currency:
        yield (
            f"The base currencies are {source.base_currency or 'not known'} and "
            f"{target.base_currency or 'not known'}."
        )
    if source.year_end != target.year_end:
        yield (
            f"The financial years end on {source.year_end} and {target.year_end}, so the figures "
            "of the year differ: set the same year end in both organisations."
        )
    items = [
        mismatch.label
        for mismatch in mismatches
        if mismatch.entity == "Items"
        and mismatch.judged
        and _STOCK_FIELDS & {name for name, _, _ in mismatch.fields}
    ]
    if items:
        yield (
            f"The stock of {len(items):,} tracked items has another quantity or cost: "
            f"{', '.join(items)}. Its average cost comes from its whole history, also from "
            "documents that were voided, deleted or edited later, and from adjustments made in "
            "Xero; a copy only has the documents that are left."
        )
    unexplained = next(
        (
            (report.title, accounts)
            for report in reports
            if report.name == "TrialBalance" and (accounts := _unexplained(report))
        ),
        None,
    )
    if unexplained is not None and not items:
        title, accounts = unexplained
        yield (
            f"No record explains the differences on {', '.join(accounts)}, first seen in: {title}. "
            "If opening balances were not copied, these accounts differ by them; else look at "
            "rounding in foreign currencies, and at what only Xero itself can post."
        )
