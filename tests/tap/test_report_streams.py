"""The report streams: Xero's reports by month, as rows that keep their keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sandbox_caller import Caller
from sandbox_sdk import Sdk

from tap_runner import read
from tap_xero.reports.definitions import REPORTS, WrongPeriodError
from tap_xero.reports.layout import Report
from tap_xero.reports.months import Month
from xero_sandbox.reports.balances import Ledger

DEMO = pytest.mark.sandbox(companies=["demo"])
FROM = {"from": "2026-01"}


def amount(value):
    return Decimal(str(value or 0))


def by_account(rows, *fields):
    return {
        (row["Basis"], row.get("Date") or row["ToDate"], row["AccountID"]): tuple(
            amount(row.get(field)) for field in fields
        )
        for row in rows
        if row["AccountID"]
    }


@DEMO
def test_trial_balances_equal_the_books_of_each_month_on_both_bases(xero):
    run = read(xero, ["trial_balances"], reports={**FROM, "basis": ["accrual", "cash"]})

    assert run.exit_code == 0, run.log
    rows = run.records("trial_balances")
    found = by_account(rows, "YTDDebit", "YTDCredit")
    days = {date.fromisoformat(day) for _, day, _ in found}
    assert len(days) > 3
    for basis in ("accrual", "cash"):
        ledger = Ledger(xero.organisation(), cash=basis == "cash")
        assets = {a["AccountID"] for a in ledger.accounts.values() if a["Class"] == "ASSET"}
        for day in days:
            balances = ledger.sums(None, day)
            for account_id in assets:
                debit, credit = found.get((basis, str(day), account_id), (0, 0))
                assert debit - credit == balances.get(account_id, 0)
    codes = {a["AccountID"]: a.get("Code") for a in xero.records("Accounts")}
    assert all(row["AccountCode"] == codes[row["AccountID"]] for row in rows if row["AccountID"])
    keys = [(row["Basis"], row["Date"], row["RowKey"]) for row in rows]
    assert len(set(keys)) == len(keys)


@DEMO
def test_later_runs_read_the_last_months_again_and_no_others(xero):
    settings = {"reports": {"from": "2026-01", "again": 2}}
    first = read(xero, ["trial_balances"], **settings)
    months = len({row["Date"] for row in first.records("trial_balances")})
    xero.reset()
    second = read(xero, ["trial_balances"], state=first.state, **settings)

    assert months > 4
    assert len({row["Date"] for row in second.records("trial_balances")}) == 3
    assert len(xero.calls("Reports/TrialBalance")) == 3


@DEMO
def test_every_report_stream_has_rows_with_unique_keys(xero):
    names = [
        "profit_and_loss",
        "profit_and_loss_by_tracking",
        "balance_sheets",
        "bank_summaries",
        "budget_summaries",
        "executive_summaries",
    ]
    run = read(xero, names, reports={"from": f"{xero.clock.now():%Y-%m}"})

    assert run.exit_code == 0, run.log
    schemas = {m["stream"]: m for m in run.messages if m["type"] == "SCHEMA"}
    for name in names:
        rows = run.records(name)
        assert rows, name
        keys = [tuple(row[key] for key in schemas[name]["key_properties"]) for row in rows]
        assert len(set(keys)) == len(keys), name
        assert all(row.keys() <= schemas[name]["schema"]["properties"].keys() for row in rows)
    assert all(call["query"]["standardLayout"] == "true" for call in xero.calls("Reports/*"))


@DEMO
def test_tracking_categories_are_chosen_by_name(xero):
    run = read(
        xero, ["profit_and_loss_by_tracking"], reports={"from": "2026-08", "tracking": ["Planet"]}
    )

    assert run.exit_code == 1
    assert "'Planet'" in run.last_line


@DEMO
def test_profit_and_loss_and_balance_sheet_equal_the_books(xero):
    run = read(xero, ["profit_and_loss", "balance_sheets"], reports={"from": "2026-08"})

    assert run.exit_code == 0, run.log
    ledger = Ledger(xero.organisation())
    classes = {each["AccountID"]: each["Class"] for each in ledger.accounts.values()}
    checked = 0
    for row in run.records("profit_and_loss"):
        if row["AccountID"] in classes:
            first, last = (date.fromisoformat(row[name]) for name in ("FromDate", "ToDate"))
            sign = -1 if classes[row["AccountID"]] == "REVENUE" else 1
            booked = ledger.sums(first, last).get(row["AccountID"], 0)
            assert amount(row["Amount"]) == sign * booked, row
            checked += 1
    for row in run.records("balance_sheets"):
        if classes.get(row["AccountID"]) == "ASSET":
            booked = ledger.sums(None, date.fromisoformat(row["Date"])).get(row["AccountID"], 0)
            assert amount(row["Balance"]) == booked, row
            checked += 1
    assert checked > 40
    sections = {row["Section"] for row in run.records("balance_sheets")}
    assert "Assets > Bank" in sections


@DEMO
def test_months_that_were_read_while_locked_are_not_read_again(xero):
    settings = {"reports": {"from": "2026-06", "again": 3}}
    first = read(xero, ["trial_balances"], **settings)
    xero.organisation().end_of_year_lock_date = date(2026, 10, 31)
    counts = []
    state = first.state
    for _ in range(2):
        xero.reset()
        run = read(xero, ["trial_balances"], state=state, **settings)
        state = run.state
        counts.append(len(xero.calls("Reports/TrialBalance")))

    # Once more after the lock, because something may have been posted just before it.
    assert counts == [4, 1]


def test_a_report_of_another_month_is_an_error():
    with pytest.raises(WrongPeriodError, match="2026-09-30"):
        REPORTS[0].check(
            Report(["Trial Balance", "Org", "As at 30 September 2026"], [], []), Month(2026, 8)
        )


@DEMO
def test_a_trial_balance_equals_what_the_official_sdk_reads(xero):
    run = read(xero, ["trial_balances"], reports={"from": "2026-10"})
    caller = Caller(xero)
    [report] = Sdk(caller).call("get_report_trial_balance", date=date(2026, 10, 31)).reports
    caller.close()
    official = {
        row.cells[0].attributes[0].value: [amount(cell.value) for cell in row.cells[1:]]
        for section in report.rows
        for row in section.rows or ()
        if row.cells[0].attributes
    }
    names = ("Debit", "Credit", "YTDDebit", "YTDCredit")
    found = {
        row["AccountID"]: [amount(row[name]) for name in names]
        for row in run.records("trial_balances")
        if row["AccountID"] and row["Date"] == "2026-10-31"
    }
    assert found == official
    assert len(found) > 10


@DEMO
def test_the_lock_date_for_users_does_not_keep_advisers_from_posting(xero):
    xero.organisation().period_lock_date = date(2026, 10, 31)
    settings = {"reports": {"from": "2026-08", "again": 1}}
    state = None
    for _ in range(3):
        xero.reset()
        state = read(xero, ["trial_balances"], state=state, **settings).state

    assert len(xero.calls("Reports/TrialBalance")) == 2
