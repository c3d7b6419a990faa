"""A first month of reports in the future: the run has nothing to read, and says so."""

from __future__ import annotations

from datetime import date

import pytest

from tap_runner import read

REPORTS = ["trial_balances", "bank_summaries", "aged_receivables_by_contact"]


def warnings_of(run):
    return [line for line in run.log.splitlines() if "is in the future" in line]


def next_month():
    today = date.today()  # noqa: DTZ011  # a month more does not matter
    year, month = (today.year + 1, 2) if today.month > 10 else (today.year, today.month + 2)
    return f"{year}-{month:02}"


def test_a_first_month_in_the_future_is_warned_of_once_with_its_streams(xero):
    month = next_month()
    run = read(xero, [*REPORTS, "contacts"], reports={"from": month})
    assert run.exit_code == 0, run.log
    [warning] = warnings_of(run)
    assert f"Setting 'reports.from' is {month!r}. " in warning
    assert all(stream in warning for stream in REPORTS)
    assert "Set an earlier month" in warning
    assert xero.calls("Reports/*") == []


def test_a_start_date_in_the_future_leaves_reports_without_a_month(xero):
    run = read(xero, REPORTS, start_date=f"{next_month()}-01")
    [warning] = [line for line in warnings_of(run) if "trial_balances" in line]
    assert "Setting 'start_date'" in warning
    assert "aged_receivables_by_contact" not in warning  # its first month is another


def test_reports_that_are_not_read_are_not_warned_of(xero):
    assert warnings_of(read(xero, ["contacts"], reports={"from": next_month()})) == []


def test_the_running_month_is_not_in_the_future(xero):
    month = date.today().isoformat()[:7]  # noqa: DTZ011  # the sandbox's clock is this one
    run = read(xero, ["trial_balances"], reports={"from": month})
    assert warnings_of(run) == []


@pytest.mark.parametrize("first", ["2026-13", "soon", ""])
def test_a_first_month_that_is_not_a_month_is_an_error(xero, first):
    run = read(xero, ["trial_balances"], reports={"from": first})
    assert run.exit_code == 1
    assert "from" in run.last_line
