"""The budget summary: the overall budget by account, over months, quarters or years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports import parameters
from xero_sandbox.reports.parameters import ReportError
from xero_sandbox.reports.profit_and_loss import COST_OF_SALES, INCOME, OPERATING, OTHER_INCOME
from xero_sandbox.reports.rows import header, money, row, section, sheet, summary

_TIMEFRAMES = ("1", "3", "12")


def budget_summary(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``date``, ``periods`` 1-12 (12), ``timeframe`` 1, 3 or 12 months (1)."""
    first = parameters.day(query, "date", today).replace(day=1)
    periods = parameters.whole(query, "periods", 12, (1, 12))
    timeframe = query.get("timeframe") or "1"
    if timeframe not in _TIMEFRAMES:
        raise ReportError(400, "The parameter timeframe must be 1, 3 or 12.")
    months = int(timeframe)
    starts = [parameters.months_before(first, -months * position) for position in range(periods)]
    amounts = _amounts(organisation, starts, months)
    rows = [header(["Account", *(f"{start:%b-%y}" for start in starts)])]
    income = _group(organisation, amounts, INCOME, periods, rows, "Income", "Total Income")
    cost = _group(
        organisation, amounts, COST_OF_SALES, periods, rows, "Less Cost of Sales", "Total Cost"
    )
    gross = [earned - spent for earned, spent in zip(income, cost, strict=True)]
    rows.append(section("", [summary(["Gross Profit", *map(money, gross)])]))
    other = _group(
        organisation, amounts, OTHER_INCOME, periods, rows, "Plus Other Income", "Total Other"
    )
    spent = _group(
        organisation,
        amounts,
        OPERATING,
        periods,
        rows,
        "Less Operating Expenses",
        "Total Operating",
    )
    rows.append(section("", [summary(["Total Expenses", *map(money, spent)])]))
    net = [margin + extra - out for margin, extra, out in zip(gross, other, spent, strict=True)]
    rows.append(section("", [summary(["Net Profit", *map(money, net)])]))
    last = parameters.months_before(starts[-1], 1 - months)
    titles = [
        "Overall Budget",
        "Budget Summary",
        organisation.name,
        f"{first:%B %Y} to {last:%B %Y}",
    ]
    return sheet("Budget Summary", "BudgetSummary", titles, today, rows)


def _amounts(
    organisation: Organisation, starts: Sequence[date], months: int
) -> dict[str, list[Decimal]]:
    """The overall budget's amounts by account and period."""
    budgets = organisation.collections["Budgets"].values()
    overall = next((budget for budget in budgets if budget["Type"] == "OVERALL"), None)
    periods = [
        {f"{parameters.months_before(start, -offset):%Y-%m}" for offset in range(months)}
        for start in starts
    ]
    return {
        line["AccountID"]: [
            sum((item["Amount"] for item in line["BudgetBalances"] if item["Period"] in span), ZERO)
            for span in periods
        ]
        for line in (overall["BudgetLines"] if overall else [])
    }


def _group(
    organisation: Organisation,
    amounts: Mapping[str, Sequence[Decimal]],
    types: tuple[str, ...],
    periods: int,
    sections: list[Record],
    title: str,
    total_title: str,
) -> list[Decimal]:
    rows = []
    totals = [ZERO] * periods
    for account_id, figures in amounts.items():
        account = organisation.collections["Accounts"][account_id]
        if account["Type"] in types:
            rows.append(row([account["Name"], *map(money, figures)], account=account_id))
            totals = [total + figure for total, figure in zip(totals, figures, strict=True)]
    if rows:
        sections.append(section(title, [*rows, summary([total_title, *map(money, totals)])]))
    return totals
