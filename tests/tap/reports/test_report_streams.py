"""The report streams: Xero's reports by month, as rows that keep their keys."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from official_reports import OfficialReports, amount_of, lines, titles
from sandbox_caller import Caller

from tap_runner import read
from xero_sandbox.reports.balances import Ledger

DEMO = pytest.mark.sandbox(companies=["demo"])
FROM = {"from": "2026-01"}
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


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


def end_of_last_month(xero):
    return xero.clock.now().date().replace(day=1) - timedelta(days=1)


@DEMO
def test_months_that_were_read_while_locked_are_not_read_again(xero):
    settings = {"reports": {"from": "2026-06", "again": 3}}
    first = read(xero, ["trial_balances"], **settings)
    xero.organisation().end_of_year_lock_date = end_of_last_month(xero)
    counts = []
    state = first.state
    for _ in range(2):
        xero.reset()
        run = read(xero, ["trial_balances"], state=state, **settings)
        state = run.state
        counts.append(len(xero.calls("Reports/TrialBalance")))

    # Once more after the lock, because something may have been posted just before it.
    assert counts == [4, 1]


# What the response names in place of October 2026: a year earlier, another day, or no day.
OTHER_PERIODS = [
    ("trial_balances", "TrialBalance", "As at 31 October 2026", "As at 31 October 2025"),
    ("balance_sheets", "BalanceSheet", "31 Oct 2026", "30 Oct 2026"),
    ("balance_sheets", "BalanceSheet", "As at 31 October 2026", "As at 31 October 2025"),
    ("profit_and_loss", "ProfitAndLoss", "31 Oct 26", "31 Oct 25"),
    ("profit_and_loss", "ProfitAndLoss", "to 31 October 2026", "to 30 September 2026"),
    ("bank_summaries", "BankSummary", "From 1 October 2026", "From 1 September 2026"),
    ("budget_summaries", "BudgetSummary", "Oct-26", "Nov-26"),
    ("executive_summaries", "ExecutiveSummary", "Oct 2026", "no month"),
]


@pytest.mark.parametrize(("stream", "path", "period", "other"), OTHER_PERIODS)
def test_a_report_of_another_period_is_an_error_and_no_row(demo, stream, path, period, other):
    demo.reset()
    caller = Caller(demo)
    query = {"date": "2026-10-31"}
    if path in {"ProfitAndLoss", "BankSummary"}:
        query = {"fromDate": "2026-10-01", "toDate": "2026-10-31"}
    elif path == "BudgetSummary":
        query = {"date": "2026-10-01", "periods": "1", "timeframe": "1"}
    body = caller.send("GET", f"Reports/{path}", params={**query, "standardLayout": "true"}).text
    caller.close()
    assert period in body
    demo.fault(
        "status",
        f"Reports/{path}",
        query=query,
        status=200,
        content_type="application/json",
        body=body.replace(period, other),
    )
    run = read(demo, [stream], reports={"from": "2026-10"})
    demo.reset()

    assert run.exit_code == 1
    assert "not of 2026-10-" in run.last_line
    assert run.last_line.count(stream) == run.last_line.count("2026-10-") == 1
    assert "Run again" in run.last_line
    assert run.records(stream) == []


# The name of the SDK's method, its arguments for October 2026, and which column a record is of.
OFFICIAL = {
    "trial_balances": ("trial_balance", {"date": OCTOBER[1]}),
    "profit_and_loss": ("profit_and_loss", {"from_date": OCTOBER[0], "to_date": OCTOBER[1]}),
    "balance_sheets": ("balance_sheet", {"date": OCTOBER[1]}),
    "bank_summaries": ("bank_summary", {"from_date": OCTOBER[0], "to_date": OCTOBER[1]}),
    "budget_summaries": ("budget_summary", {"date": OCTOBER[0], "periods": 1, "timeframe": 1}),
    "executive_summaries": ("executive_summary", {"date": OCTOBER[1]}),
}
PIVOTED = ("Debit", "Credit", "YTDDebit", "YTDCredit")


@pytest.fixture(scope="module")
def october(demo):
    """All reports of October 2026 and of November."""
    demo.reset()
    streams = [*OFFICIAL, "profit_and_loss_by_tracking"]
    run = read(demo, streams, reports={"from": "2026-10", "tracking": ["Region"]})
    assert run.exit_code == 0, run.log
    return run


@pytest.fixture(scope="module")
def official(demo):
    """The reports as Xero's own SDK reads them."""
    reports = OfficialReports(demo, demo.tenant_id)
    yield reports
    reports.close()


@pytest.mark.parametrize("stream", OFFICIAL)
def test_a_report_has_the_rows_and_amounts_that_the_official_sdk_reads(october, official, stream):
    method, arguments = OFFICIAL[stream]
    report = official.report(method, **arguments)
    expected = [(label, [amount_of(text) for text in texts]) for label, texts, _ in lines(report)]
    # The columns after the first are a year or a month earlier, and the change.
    if stream in {"balance_sheets", "executive_summaries"}:
        expected = [(label, amounts[:1]) for label, amounts in expected]
    found: dict[str, tuple[str, list[Decimal]]] = {}
    for row in october.records(stream):
        if (row.get("Date") or row["ToDate"]) != OCTOBER[1].isoformat():
            continue
        names = PIVOTED if stream == "trial_balances" else ["Balance", "Amount"]
        amounts = [amount(row[name]) for name in names if name in row]
        found.setdefault(row["RowKey"], (row["Label"], []))[1].extend(amounts)

    assert len(expected) > 4
    assert list(found.values()) == expected


def test_profit_by_tracking_has_the_columns_that_the_official_sdk_reads(demo, october, official):
    region = next(each for each in demo.records("TrackingCategories") if each["Name"] == "Region")
    report = official.report(
        "profit_and_loss",
        from_date=OCTOBER[0],
        to_date=OCTOBER[1],
        tracking_category_id=region["TrackingCategoryID"],
    )
    expected = {
        (label, column, amount_of(text))
        for label, texts, _ in lines(report)
        for column, text in zip(titles(report), texts, strict=True)
    }
    found = {
        (row["Label"], row["Column"], amount(row["Amount"]))
        for row in october.records("profit_and_loss_by_tracking")
        if row["ToDate"] == OCTOBER[1].isoformat()
    }
    assert found == expected
    assert {"Unassigned", "Total"} < {column for _, column, _ in found}
    options = {each["Name"]: each["TrackingOptionID"] for each in region["Options"]}
    assert all(
        row.get("TrackingOptionID") == options.get(row["Column"])
        for row in october.records("profit_and_loss_by_tracking")
    )


@DEMO
def test_the_lock_date_for_users_does_not_keep_advisers_from_posting(xero):
    xero.organisation().period_lock_date = end_of_last_month(xero)
    settings = {"reports": {"from": "2026-08", "again": 1}}
    state = None
    for _ in range(3):
        xero.reset()
        state = read(xero, ["trial_balances"], state=state, **settings).state

    assert len(xero.calls("Reports/TrialBalance")) == 2


@DEMO
def test_an_option_with_the_name_of_another_column_has_rows_of_its_own(xero):
    region = next(each for each in xero.records("TrackingCategories") if each["Name"] == "Region")
    first, *others = region["Options"]
    options = [{**first, "Name": "Total"}, *others]
    xero.edit("TrackingCategories", region["TrackingCategoryID"], Options=options)
    run = read(
        xero, ["profit_and_loss_by_tracking"], reports={"from": "2026-10", "tracking": ["Region"]}
    )

    assert run.exit_code == 0, run.log
    income = {
        row["Column"]: (row.get("TrackingOptionID"), amount(row["Amount"]))
        for row in run.records("profit_and_loss_by_tracking")
        if row["Label"] == "Total Income" and row["ToDate"] == OCTOBER[1].isoformat()
    }
    assert len(income) == len(options) + 2
    assert income["Total"][0] == first["TrackingOptionID"]
    total = income.pop("Total #2")
    assert total == (None, sum(value for _, value in income.values()))
