"""Reports of an organisation whose financial year ends on another day than in the last run."""

from __future__ import annotations

import pytest

from tap_runner import read

STREAMS = ["trial_balances", "balance_sheets", "profit_and_loss"]
SETTINGS = {"reports": {"from": "2026-01", "again": 1}}


def end_year(xero, month, day):
    organisation = xero.organisation()
    organisation.financial_year_end_month = month
    organisation.financial_year_end_day = day


def months_of(run, stream):
    field = "ToDate" if stream == "profit_and_loss" else "Date"
    return {record[field][:7] for record in run.records(stream)}


@pytest.mark.sandbox(companies=["demo"])
def test_all_months_are_read_again_if_their_balances_depend_on_the_year(xero):
    first = read(xero, STREAMS, **SETTINGS)
    end_year(xero, 6, 30)
    # The default of `reports.from` moves on with time; what was read before it counts too.
    later = {"reports": {"from": "2026-03", "again": 1}}
    second = read(xero, STREAMS, state=first.state, **later)
    third = read(xero, STREAMS, state=second.state, **later)

    assert "all its months are read again" in second.log
    for stream in ("trial_balances", "balance_sheets"):
        assert months_of(second, stream) == months_of(first, stream)
        assert len(months_of(third, stream)) == 2
    assert len(months_of(second, "profit_and_loss")) == 2


@pytest.mark.sandbox(companies=["demo"])
def test_a_run_that_ends_early_is_continued(xero):
    first = read(xero, ["trial_balances"], **SETTINGS)
    end_year(xero, 6, 30)
    xero.fault("status", "Reports/TrialBalance", nth=4, times=None, status=400)
    second = read(xero, ["trial_balances"], state=first.state, **SETTINGS)
    xero.reset()
    third = read(xero, ["trial_balances"], state=second.state, **SETTINGS)

    assert second.exit_code == 1
    both = months_of(second, "trial_balances") | months_of(third, "trial_balances")
    assert both == months_of(first, "trial_balances")
    assert len(months_of(third, "trial_balances")) < len(both)
