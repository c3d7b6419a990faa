"""The balance sheet: assets, liabilities and equity on several days side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports import parameters
from xero_sandbox.reports.balances import Balances, Ledger
from xero_sandbox.reports.rows import (
    header,
    long_day,
    money,
    report_titles,
    row,
    section,
    sheet,
    short_day,
    summary,
)

ASSETS = (
    ("Bank", ("BANK",)),
    ("Current Assets", ("CURRENT", "INVENTORY", "PREPAYMENT")),
    ("Fixed Assets", ("FIXED",)),
    ("Non-current Assets", ("NONCURRENT",)),
)
LIABILITIES = (
    ("Current Liabilities", ("CURRLIAB", "LIABILITY", "PAYG")),
    ("Non-Current Liabilities", ("TERMLIAB",)),
)


# In no list of accounts (xero-facts.md: Report answers).
CURRENT_YEAR_EARNINGS = "abababab-abab-abab-abab-abababababab"


def balance_sheet(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``date`` (this month's end), ``periods``, ``timeframe``, tracking, ``paymentsOnly``."""
    # Xero answers as at the end of the date's month, and without periods it adds the day a year
    # earlier (xero-facts.md: Report endpoints).
    on = parameters.month_end(parameters.day(query, "date", today))
    count = parameters.whole(query, "periods", 0, (1, 11))
    months = parameters.timeframe(query)
    if not count:
        count, months = 1, 12
    ledger = Ledger(organisation, cash=parameters.flag(query, "paymentsOnly"))
    options = frozenset(
        query[name].lower()
        for name in ("trackingOptionID1", "trackingOptionID2")
        if query.get(name)
    )
    days = [parameters.months_before(on, months * position) for position in range(count + 1)]
    columns = [ledger.sums(None, day, options) for day in days]
    rows = [header(["", *map(short_day, days)])]
    assets = _side(ledger, columns, "Assets", ASSETS, 1, rows)
    liabilities = _side(ledger, columns, "Liabilities", LIABILITIES, -1, rows)
    net = [owned - owed for owned, owed in zip(assets, liabilities, strict=True)]
    rows.append(section("", [row(["Net Assets", *map(money, net)])]))
    rows.append(section("Equity", _equity(ledger, columns, days, options)))
    titles = report_titles(organisation, "Balance Sheet", f"As at {long_day(on)}")
    return sheet("Balance Sheet", "BalanceSheet", titles, today, rows)


def _side(
    ledger: Ledger,
    columns: Sequence[Balances],
    title: str,
    groups: Sequence[tuple[str, tuple[str, ...]]],
    sign: int,
    sections: list[Record],
) -> list[Decimal]:
    sections.append(section(title, []))
    totals = [ZERO for _ in columns]
    for name, types in groups:
        rows, sums = _accounts(ledger.accounts_of(*types), columns, sign)
        if rows:
            rows.append(summary([f"Total {name}", *map(money, sums)]))
            sections.append(section(name, rows))
            totals = [total + added for total, added in zip(totals, sums, strict=True)]
    sections.append(section("", [summary([f"Total {title}", *map(money, totals)])]))
    return totals


def _accounts(
    accounts: Sequence[Record], columns: Sequence[Balances], sign: int
) -> tuple[list[Record], list[Decimal]]:
    rows = []
    sums = [ZERO for _ in columns]
    for account in accounts:
        account_id = account["AccountID"]
        amounts = [sign * balances.get(account_id, ZERO) for balances in columns]
        if any(amounts):
            rows.append(row([account["Name"], *map(money, amounts)], account=account_id))
            sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
    return rows, sums


def _equity(
    ledger: Ledger,
    columns: Sequence[Balances],
    days: Sequence[date],
    options: frozenset[str],
) -> list[Record]:
    """Equity accounts, and this year's earnings; earlier earnings are part of retained earnings."""
    this_year = [ledger.earnings(ledger.sums(ledger.year_start(day), day, options)) for day in days]
    earlier = [
        ledger.earnings(balances) - current
        for balances, current in zip(columns, this_year, strict=True)
    ]
    kept = ledger.accounts_of("EQUITY")
    retained = [item for item in kept if item.get("SystemAccount") == "RETAINEDEARNINGS"]
    others = [item for item in kept if item.get("SystemAccount") != "RETAINEDEARNINGS"]
    rows, sums = _accounts(others, columns, -1)
    amounts = [
        past - sum((balances.get(item["AccountID"], ZERO) for item in retained), ZERO)
        for past, balances in zip(earlier, columns, strict=True)
    ]
    rows.insert(
        0, row(["Current Year Earnings", *map(money, this_year)], account=CURRENT_YEAR_EARNINGS)
    )
    for account in retained:
        cells = ["Retained Earnings", *map(money, amounts)]
        rows.append(row(cells, account=account["AccountID"]))
    totals = [sum(parts, ZERO) for parts in zip(this_year, amounts, sums, strict=True)]
    return [*rows, summary(["Total Equity", *map(money, totals)])]
