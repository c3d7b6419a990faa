"""Reports as amounts, and the months between two dates."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_xero.books.chart import Chart
from target_xero.books.reports import (
    FinancialYearEnd,
    ReportCell,
    amounts_in_report,
    month_ends,
    report_requests,
)

pytestmark = pytest.mark.fast

CHART = Chart.from_records(
    [
        {"AccountID": "a1", "Code": "200", "Name": "Sales"},
        {"AccountID": "a2", "Name": "Cheque Account", "Type": "BANK"},
        {"AccountID": "a3", "Code": "610", "Name": "Receivable", "SystemAccount": "DEBTORS"},
    ]
)


def row(account, *values):
    cells = [{"Value": value} for value in values]
    cells[0]["Attributes"] = [{"Id": "account", "Value": account}]
    return {"RowType": "Row", "Cells": cells}


def report(*rows):
    header = {"RowType": "Header", "Cells": [{"Value": ""}, {"Value": "Debit"}, {"Value": "YTD"}]}
    return {"Rows": [header, {"RowType": "Section", "Title": "Revenue", "Rows": list(rows)}]}


def test_an_account_is_the_same_by_its_system_part_then_its_code_then_its_name():
    amounts = amounts_in_report(
        report(row("a1", "x", "1", ""), row("a2", "y", "2", ""), row("a3", "z", "3", "")), CHART
    )

    assert amounts == {
        ReportCell("code:200", "Debit"): Decimal(1),
        ReportCell("name:cheque account", "Debit"): Decimal(2),
        ReportCell("system:DEBTORS", "Debit"): Decimal(3),
    }


def test_amounts_may_have_commas_and_brackets_and_nothing_is_left_out():
    amounts = amounts_in_report(report(row("a1", "Sales (200)", "1,234.50", "(0.05)")), CHART)

    assert amounts[ReportCell("code:200", "Debit")] == Decimal("1234.50")
    assert amounts[ReportCell("code:200", "YTD")] == Decimal("-0.05")
    assert amounts_in_report(report(row("a1", "Sales (200)", "", "0.00")), CHART) == {}


def test_a_row_without_an_account_goes_by_its_section_and_label():
    total = {"RowType": "SummaryRow", "Cells": [{"Value": "Total"}, {"Value": "7.00"}]}

    assert amounts_in_report(report(total), CHART) == {
        ReportCell("Revenue: Total", "Debit"): Decimal("7.00")
    }


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 500))
def test_month_ends_are_last_days_of_consecutive_months_that_cover_the_span(first, days):
    last = date.fromordinal(first.toordinal() + days)
    ends = month_ends(first, last)

    assert all(date.fromordinal(end.toordinal() + 1).day == 1 for end in ends)
    assert len({(end.year, end.month) for end in ends}) == len(ends)
    assert ends == sorted(ends)
    assert (ends[0].year, ends[0].month) == (first.year, first.month)
    assert (ends[-1].year, ends[-1].month) == (last.year, last.month)


@pytest.mark.parametrize(
    ("year_end", "begins"),
    [
        (FinancialYearEnd(3, 31), ["2025-04-01", "2024-04-01", "2023-04-01"]),
        (FinancialYearEnd(2, 28), ["2025-03-01", "2024-02-29", "2023-03-01"]),
        (FinancialYearEnd(12, 31), ["2026-01-01", "2025-01-01", "2024-01-01", "2023-01-01"]),
    ],
)
def test_profit_and_loss_is_asked_for_by_financial_year_back_to_the_first_day(year_end, begins):
    wanted = report_requests([date(2026, 2, 28)], date(2023, 5, 10), year_end)
    spans = [dict(report.params) for report in wanted if report.name == "ProfitAndLoss"]

    assert [span["fromDate"] for span in spans] == begins
    assert spans[0]["toDate"] == "2026-02-28"
    for later, earlier in pairwise(spans):
        ended = date.fromisoformat(earlier["toDate"])
        assert date.fromisoformat(later["fromDate"]).toordinal() == ended.toordinal() + 1
