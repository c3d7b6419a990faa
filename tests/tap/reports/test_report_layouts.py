"""What Xero's reports hold beside accounts and months: layouts, made-up ids, vanishing rows."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tap_runner import read
from xero_sandbox.model.report_layout import ReportLayout
from xero_sandbox.reports.balances import Ledger

DEMO = pytest.mark.sandbox(companies=["demo"])
GAINS = {"BANKCURRENCYGAIN", "REALISEDCURRENCYGAIN", "UNREALISEDCURRENCYGAIN"}
MONTH = {"from": "2026-10", "again": 0}
STATEMENTS = ["profit_and_loss", "balance_sheets"]


def rows_of(run, stream):
    return {
        (row.get("Date") or row["ToDate"], row["RowKey"]): (
            row["Section"],
            row["Label"],
            row["AccountID"],
            row.get("Amount", row.get("Balance")),
        )
        for row in run.records(stream)
    }


@DEMO
def test_a_layout_that_a_user_made_changes_no_row(xero):
    before = read(xero, STATEMENTS, reports=MONTH)
    accounts = frozenset(
        account["AccountID"]
        for account in xero.records("Accounts")
        if account["Class"] == "EXPENSE"
    )
    xero.organisation().report_layout = ReportLayout(
        titles={"Income": "Earned", "Bank": "Money"}, groups={"All costs": accounts}
    )
    after = read(xero, STATEMENTS, reports=MONTH)

    for stream in STATEMENTS:
        assert len(rows_of(before, stream)) > 15
        assert rows_of(after, stream) == rows_of(before, stream)


@DEMO
def test_currency_gains_are_one_row_with_an_id_that_no_account_has(xero):
    run = read(xero, ["profit_and_loss"], reports={"from": "2026-01"})
    ledger = Ledger(xero.organisation())
    gains = {
        account["AccountID"]
        for account in xero.records("Accounts")
        if account.get("SystemAccount") in GAINS
    }
    found = {
        row["ToDate"]: row for row in run.records("profit_and_loss") if row["RowKey"] == "FXGROUPID"
    }
    assert len(found) > 2
    for day, row in found.items():
        last = date.fromisoformat(day)
        booked = ledger.sums(last.replace(day=1), last)
        assert Decimal(str(row["Amount"])) == sum(
            booked.get(account_id, Decimal(0)) for account_id in gains
        )
        assert (row["AccountID"], row["AccountCode"]) == ("FXGROUPID", None)
        assert row["AccountName"] == row["Label"] == "Foreign Currency Gains and Losses"
    assert not gains & {row["AccountID"] for row in run.records("profit_and_loss")}


@DEMO
def test_this_years_earnings_are_a_row_with_an_id_that_no_account_has(xero):
    run = read(xero, ["balance_sheets"], reports=MONTH)
    accounts = {account["AccountID"] for account in xero.records("Accounts")}
    [earnings] = [
        row
        for row in run.records("balance_sheets")
        if row["Date"] == "2026-10-31" and row["Label"] == "Current Year Earnings"
    ]
    assert earnings["RowKey"] == earnings["AccountID"]
    assert earnings["AccountID"] not in accounts
    assert earnings["AccountName"] == "Current Year Earnings"


@DEMO
def test_a_heading_ends_with_its_total(xero):
    run = read(xero, ["balance_sheets"], reports=MONTH)
    sections = {
        row["Label"]: row["Section"]
        for row in run.records("balance_sheets")
        if row["Date"] == "2026-10-31"
    }
    assert sections["Total Current Assets"] == "Assets > Current Assets"
    assert sections["Total Assets"] == "Assets"
    assert sections["Total Current Liabilities"] == "Liabilities > Current Liabilities"
    assert sections["Total Liabilities"] == "Liabilities"
    assert sections["Net Assets"] == ""
    assert sections["Total Equity"] == "Equity"


def answer(xero, *sections):
    """Makes the balance sheet of October one with these sections: title and labels."""
    rows = [
        {
            "RowType": "Section",
            "Title": title,
            "Rows": [
                {"RowType": "Row", "Cells": [{"Value": label}, {"Value": "1.00"}]}
                for label in labels
            ],
        }
        for title, *labels in sections
    ]
    header = {"RowType": "Header", "Cells": [{"Value": ""}, {"Value": "31 Oct 2026"}]}
    titles = ["Balance Sheet", "Org", "As at 31 October 2026"]
    report = {"ReportTitles": titles, "Rows": [header, *rows]}
    xero.fault(
        "status",
        "Reports/BalanceSheet",
        query={"date": "2026-10-31"},
        status=200,
        content_type="application/json",
        body=json.dumps({"Reports": [report]}),
    )


def keys(xero):
    run = read(xero, ["balance_sheets"], reports=MONTH)
    assert run.exit_code == 0, run.log
    return [row["RowKey"] for row in run.records("balance_sheets") if row["Date"] == "2026-10-31"]


ASSETS = (("Assets",), ("Bank", "Till"), ("Other", "Till"), ("", "Total Assets"))
DEBTS = (("Liabilities",), ("Loans", "Till"), ("", "Total Liabilities"))


@pytest.mark.sandbox
def test_rows_without_an_account_are_told_apart_by_their_headings(xero):
    answer(xero, *ASSETS, *DEBTS, ("", "Net Assets"), ("Equity", "Till"))
    with_debts = keys(xero)
    answer(xero, *ASSETS, ("", "Net Assets"), ("Equity", "Till"))
    without = keys(xero)

    assert without == [
        "Assets > Bank > Till",
        "Assets > Other > Till",
        "Assets > Total Assets",
        "Net Assets",
        "Equity > Till",
    ]
    assert set(without) < set(with_debts)
    assert len(set(with_debts)) == len(with_debts) == 7


@pytest.mark.sandbox
def test_rows_that_cannot_be_told_apart_are_numbered(xero):
    answer(xero, ("Bank", "Till", "Till"))
    assert keys(xero) == ["Bank > Till", "Bank > Till #2"]


@DEMO
def test_the_newest_read_at_of_a_month_tells_which_rows_are_current(xero):
    settings = {"reports": {"from": "2026-10", "again": 1_000}}
    first = read(xero, ["trial_balances"], **settings)
    account_id = next(
        account["AccountID"]
        for account in xero.records("Accounts")
        if account["Class"] == "EXPENSE"
        and any(row["AccountID"] == account["AccountID"] for row in first.records("trial_balances"))
    )
    for journal in xero.records("Journals"):
        lines = [line for line in journal["JournalLines"] if line["AccountID"] != account_id]
        xero.edit("Journals", journal["JournalID"], JournalLines=lines)
    second = read(xero, ["trial_balances"], state=first.state, **settings)

    def october(run):
        rows = [row for row in run.records("trial_balances") if row["Date"] == "2026-10-31"]
        return {row["RowKey"] for row in rows}, {row["_read_at"] for row in rows}

    (before, [earlier]), (after, [later]) = october(first), october(second)
    assert before - after == {account_id}
    assert later > earlier
