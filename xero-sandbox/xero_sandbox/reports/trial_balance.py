"""The trial balance: this month's movements and the year's balances, debits against credits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports import parameters
from xero_sandbox.reports.balances import EARNINGS, Ledger
from xero_sandbox.reports.rows import (
    header,
    long_day,
    money,
    report_titles,
    row,
    section,
    sheet,
    summary,
)

_SECTIONS = (
    ("Revenue", "REVENUE"),
    ("Expenses", "EXPENSE"),
    ("Assets", "ASSET"),
    ("Liabilities", "LIABILITY"),
    ("Equity", "EQUITY"),
)
_DEBIT_CLASSES = frozenset({"ASSET", "EXPENSE"})


def trial_balance(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``date`` (today), ``paymentsOnly``."""
    on = parameters.day(query, "date", today)
    ledger = Ledger(organisation, cash=parameters.flag(query, "paymentsOnly"))
    start = ledger.year_start(on)
    month = ledger.sums(on.replace(day=1), on)
    year = ledger.sums(start, on)
    ever = ledger.sums(None, on)
    before = ledger.earnings(ledger.sums(None, start - timedelta(days=1)))
    columns = [ZERO, ZERO, ZERO, ZERO]
    sections = [header(["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"])]
    for title, class_name in _SECTIONS:
        rows = []
        for account in ledger.accounts_of(*{item["Type"] for item in ledger.accounts.values()}):
            if account["Class"] != class_name:
                continue
            account_id = account["AccountID"]
            moved = month.get(account_id, ZERO)
            balances = year if class_name in EARNINGS else ever
            balance = balances.get(account_id, ZERO)
            if account.get("SystemAccount") == "RETAINEDEARNINGS":
                balance -= before
            if not moved and not balance:
                continue
            cells = [*_sides(moved, class_name), *_sides(balance, class_name)]
            for index, amount in enumerate((moved, balance)):
                columns[2 * index] += max(amount, ZERO)
                columns[2 * index + 1] += max(-amount, ZERO)
            code = account.get("Code")
            name = f"{account['Name']} ({code})" if code else account["Name"]
            rows.append(row([name, *cells], account=account_id))
        if rows:
            sections.append(section(title, rows))
    totals = summary(["Total", *(money(amount) for amount in columns)])
    sections.append(section("", [totals]))
    titles = report_titles(organisation, "Trial Balance", f"As at {long_day(on)}")
    return sheet("Trial Balance", "TrialBalance", titles, today, sections)


def _sides(amount: Decimal, class_name: str) -> tuple[str, str]:
    """The debit and the credit cell; zero is 0.00 on the usual side of the class."""
    if amount > 0 or (amount == 0 and class_name in _DEBIT_CLASSES):
        return money(amount), ""
    return "", money(-amount)
