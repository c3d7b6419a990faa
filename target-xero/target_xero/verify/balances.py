"""The figures of reports as tables for people: a row for each account, with both figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from target_xero.verify.comparison import Figure, ReportComparison

# Debits and credits become one signed amount. They are the columns of a trial balance.
_SIGNED: Mapping[str, tuple[str, int]] = {
    "Debit": ("Movement of the month", 1),
    "Credit": ("Movement of the month", -1),
    "YTD Debit": ("Balance", 1),
    "YTD Credit": ("Balance", -1),
}


@dataclass(frozen=True)
class BalanceRow:
    """The amounts of one account.

    Attributes:
        account: Its code and name.
        pairs: For each column, the amounts in the source and in the target.
        causes: Numbers of the records that may cause a difference.
    """

    account: str
    pairs: tuple[tuple[Decimal, Decimal], ...]
    causes: tuple[int, ...]

    @property
    def difference(self) -> Decimal:
        """Target less source in the first column that differs; zero if none does."""
        return next((right - left for left, right in self.pairs if left != right), Decimal(0))


@dataclass(frozen=True)
class BalanceTable:
    """One report as a table."""

    title: str
    is_trial_balance: bool
    columns: tuple[str, ...]
    rows: tuple[BalanceRow, ...]
    differences: int


def balance_tables(reports: Iterable[ReportComparison]) -> list[BalanceTable]:
    """A table for each report."""
    return [_table(report) for report in reports]


def _table(report: ReportComparison) -> BalanceTable:
    is_trial_balance = report.name == "TrialBalance"
    signs = _SIGNED if is_trial_balance else {}
    columns = dict.fromkeys(name for name, _ in signs.values())
    columns |= dict.fromkeys(
        figure.column for figure in report.figures if figure.column not in signs
    )
    rows: dict[str, list[Figure]] = {}
    for figure in report.figures:
        rows.setdefault(figure.account, []).append(figure)
    return BalanceTable(
        report.title,
        is_trial_balance,
        tuple(columns),
        tuple(_row(account, figures, tuple(columns), signs) for account, figures in rows.items()),
        len(report.differences),
    )


def _row(
    account: str,
    figures: Iterable[Figure],
    columns: tuple[str, ...],
    signs: Mapping[str, tuple[str, int]],
) -> BalanceRow:
    amounts = {column: (Decimal(0), Decimal(0)) for column in columns}
    causes: dict[int, None] = {}
    for figure in figures:
        column, sign = signs.get(figure.column, (figure.column, 1))
        left, right = amounts[column]
        amounts[column] = (left + sign * figure.source, right + sign * figure.target)
        causes |= dict.fromkeys(figure.causes)
    return BalanceRow(account, tuple(amounts.values()), tuple(causes))
