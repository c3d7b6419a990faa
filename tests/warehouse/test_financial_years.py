"""Financial years that begin within a month, such as those of British sole traders (6 April)."""

from __future__ import annotations

from datetime import date

import pytest
from generated_company import END, START, generated_company
from official_reports import OfficialReports, amount_of, lines
from warehouse_streams import JOURNALS, as_input, messages, month_ends
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

TENANT = "11111111-2222-4333-8444-555555555555"
# The first month of the trial balances: long before the new year, and the month of its first day.
FIRST_MONTHS = [START, date(2026, 4, 1)]


@pytest.fixture(scope="module")
def xero():
    """A sandbox with a company whose financial year ends on 5 April."""
    company = generated_company(TENANT, 5, 120)
    company.financial_year_end_month = 4
    company.financial_year_end_day = 5
    with server(companies=[company]) as sandbox:
        yield sandbox


@pytest.mark.parametrize("first_month", FIRST_MONTHS, ids=str)
@pytest.mark.parametrize("made_from", ["documents", "journals"])
def test_the_trial_balance_of_each_month_is_that_of_xero(xero, tmp_path, first_month, made_from):
    warehouse = Warehouse.on_duckdb(tmp_path)
    without = JOURNALS if made_from == "documents" else ()
    warehouse.loader.load(as_input(messages(xero, [TENANT], first_month, without=without)))
    warehouse.build()

    ours: dict = {}
    for month, account, *amounts in warehouse.rows(
        "SELECT month_end, account_id, debit, credit, ytd_debit, ytd_credit"
        " FROM analytics.trial_balance WHERE basis = 'accrual'"
    ):
        ours.setdefault(month, {})[account] = tuple(amounts)
    reports = OfficialReports(xero, TENANT)
    for day in month_ends(first_month, END):
        report = reports.report("trial_balance", date=day)
        theirs = {
            attributes["account"]: tuple(amount_of(text) for text in texts)
            for _, texts, attributes in lines(report)
            if attributes
        }
        assert len(theirs) > 5
        assert ours[day.isoformat()] == theirs, day
    reports.close()
