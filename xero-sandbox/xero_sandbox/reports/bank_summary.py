"""The bank summary: each bank account's opening, movements and closing, in base currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports import parameters
from xero_sandbox.reports.balances import Ledger
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


def bank_summary(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``fromDate``, ``toDate``; this month by default."""
    first, last = parameters.span(query, today)
    ledger = Ledger(organisation)
    opening = ledger.sums(None, first - timedelta(days=1))
    received, spent = cash_flows(organisation, first, last)
    rows = []
    totals = [ZERO] * 4
    for account in ledger.accounts_of("BANK"):
        account_id = account["AccountID"]
        begin = opening.get(account_id, ZERO)
        amounts = [begin, received[account_id], spent[account_id]]
        amounts.append(amounts[0] + amounts[1] - amounts[2])
        totals = [total + amount for total, amount in zip(totals, amounts, strict=True)]
        rows.append(row([account["Name"], *map(money, amounts)], accountID=account_id))
    rows.append(summary(["Total", *map(money, totals)]))
    titles = ["Bank Accounts", "Opening Balance", "Cash Received", "Cash Spent", "Closing Balance"]
    span = f"From {long_day(first)} to {long_day(last)}"
    return sheet(
        "Bank Summary",
        "BankSummary",
        report_titles(organisation, "Bank Summary", span),
        today,
        [header(titles), section("", rows)],
    )


def cash_flows(
    organisation: Organisation, first: date, last: date, *, transfers: bool = True
) -> tuple[Mapping[str, Decimal], Mapping[str, Decimal]]:
    """What each bank account received and spent; deleted transactions do not count."""
    banks = {
        account_id
        for account_id, account in organisation.collections["Accounts"].items()
        if account["Type"] == "BANK"
    }
    by_source: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for journal in organisation.collections["Journals"].values():
        if not first <= journal["JournalDate"] <= last:
            continue
        if journal["SourceType"] == "TRANSFER" and not transfers:
            continue
        for line in journal["JournalLines"]:
            if line["AccountID"] in banks:
                by_source[line["AccountID"], journal["SourceID"]] += line["NetAmount"]
    received: defaultdict[str, Decimal] = defaultdict(Decimal)
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (account_id, _), net in by_source.items():
        received[account_id] += max(net, ZERO)
        spent[account_id] += max(-net, ZERO)
    return received, spent
