"""Xero's reports as amounts by account: trial balance, profit and loss, balance sheet.

(xero-facts.md: Reading by entity)
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from target_xero.books.chart import Chart
from xero_client.errors import UnexpectedResponseError
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of
from xero_client.json_value import Json

MONTHS_OF_A_YEAR = 12

SCOPES = tuple(
    f"accounting.reports.{name}.read" for name in ("balancesheet", "profitandloss", "trialbalance")
)


@dataclass(frozen=True)
class ReportRequest:
    """A report to read.

    Attributes:
        name: Its name in Xero's path.
        title: Its title for people.
        params: Request parameters.
        until: The last day that it covers.
    """

    name: str
    title: str
    params: tuple[tuple[str, str], ...]
    until: date


@dataclass(frozen=True)
class ReportCell:
    """The place of one amount in a report.

    Attributes:
        row: The account's identity; section and label for rows without an account.
        column: The column's title.
    """

    row: str
    column: str


Amounts = dict[ReportCell, Decimal]


@dataclass(frozen=True)
class FinancialYearEnd:
    """The last day of an organisation's financial year; a missing day is the month's last one."""

    month: int = MONTHS_OF_A_YEAR
    day: int = 31

    @classmethod
    def of(cls, organisation: Mapping[str, Any]) -> FinancialYearEnd:
        """Reads it from the record of ``/Organisation``; the calendar year if it is not there."""
        month = organisation.get("FinancialYearEndMonth")
        day = organisation.get("FinancialYearEndDay")
        return cls(int(month), int(day)) if month and day else cls()

    def __str__(self) -> str:
        """``31 March``."""
        return f"{self.day} {calendar.month_name[self.month]}"

    def in_year(self, year: int) -> date:
        """The last day of the financial year that ends in a calendar year."""
        return date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))

    def year_begin(self, day: date) -> date:
        """The first day of the financial year that a day is in."""
        ends_before = self.in_year(day.year)
        if ends_before >= day:
            ends_before = self.in_year(day.year - 1)
        return ends_before + timedelta(days=1)


def month_ends(first: date, last: date) -> list[date]:
    """The ends of all months from ``first``'s to ``last``'s."""
    ends = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        ends.append(date(year, month, calendar.monthrange(year, month)[1]))
        year, month = (year + 1, 1) if month == MONTHS_OF_A_YEAR else (year, month + 1)
    return ends


def report_requests(
    dates: Iterable[date], first: date, year_end: FinancialYearEnd
) -> list[ReportRequest]:
    """A trial balance for each date; profit and loss and balance sheet for each financial year.

    Args:
        dates: The dates of the trial balances.
        first: The earliest day that the yearly reports must cover.
        year_end: When the organisation's financial year ends.
    """
    days = sorted(set(dates))
    requests = [
        ReportRequest("TrialBalance", f"Trial balance at {day}", (("date", day.isoformat()),), day)
        for day in days
    ]
    end = days[-1]
    while end >= first.replace(day=1):
        begin = year_end.year_begin(end)
        span = (("fromDate", begin.isoformat()), ("toDate", end.isoformat()))
        requests.append(
            ReportRequest("ProfitAndLoss", f"Profit and loss from {begin} to {end}", span, end)
        )
        at = (("date", end.isoformat()),)
        requests.append(ReportRequest("BalanceSheet", f"Balance sheet at {end}", at, end))
        end = begin - timedelta(days=1)
    return requests


def read_amounts(transport: Transport, report: ReportRequest, chart: Chart) -> Amounts:
    """Reads the amounts of a report.

    Raises:
        XeroError: It cannot be read, or the response has no report.
    """
    scope = next(scope for scope in SCOPES if f".{report.name.lower()}." in scope)
    request = Request(
        "GET",
        f"/Reports/{report.name}",
        # A layout that a user made would hide accounts (xero-facts.md: Report parameters).
        {**dict(report.params), "standardLayout": "true"},
        subject=report.title,
        scope=scope,
    )
    reports = records_of(transport.send(request).json, "Reports")
    if not reports:
        message = f"{report.title}: the response does not have a report"
        raise UnexpectedResponseError(message)
    return amounts_in_report(reports[0], chart)


def amounts_in_report(report: Mapping[str, Any], chart: Chart) -> Amounts:
    """The amounts in a report's rows, without those that are zero."""
    columns: list[str] = []
    amounts: Amounts = {}
    for section, row in _rows(report.get("Rows") or [], ""):
        cells = row.get("Cells") or []
        if row.get("RowType") == "Header":
            # The first column has the titles of the rows.
            columns = [str(cell.get("Value") or "") for cell in cells]
            continue
        identity = _row_identity(section, cells, chart)
        for index, cell in enumerate(cells[1:], start=1):
            amount = _number(cell.get("Value"))
            if amount:
                column = columns[index] if index < len(columns) else str(index)
                place = ReportCell(identity, column)
                amounts[place] = amounts.get(place, Decimal(0)) + amount
    return amounts


def _rows(
    rows: Iterable[Mapping[str, Any]], section: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in rows:
        if row.get("RowType") == "Section":
            yield from _rows(row.get("Rows") or [], str(row.get("Title") or section))
        else:
            yield section, row


def _row_identity(section: str, cells: list[Mapping[str, Any]], chart: Chart) -> str:
    if not cells:
        return section
    for attribute in cells[0].get("Attributes") or []:
        if attribute.get("Id") == "account" and attribute.get("Value") in chart.by_id:
            return chart.by_id[attribute["Value"]]
    return f"{section}: {cells[0].get('Value') or ''}".removeprefix(": ")


def _number(value: Json) -> Decimal | None:
    text = str(value or "").replace(",", "").strip()
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
