"""Xero's reports as amounts by account: trial balance, profit and loss, balance sheet (xero-facts.md: Reading by entity)."""

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

MONTHS_OF_A_YEAR = 12

SCOPES = tuple(
    f"accounting.reports.{name}.read" for name in ("balancesheet", "profitandloss", "trialbalance")
)


@dataclass(frozen=True)
class Wanted:
    """One report to be compared.

    Attributes:
        name: As in Xero's path.
        title: What people read.
        params: Request parameters.
        until: The last day that it covers.
    """

    name: str
    title: str
    params: tuple[tuple[str, str], ...]
    until: date


@dataclass(frozen=True)
class Line:
    """One amount of a report.

    Attributes:
        place: The account as ``accounts.identity_of`` names it, or section and label.
        column: The column's title.
    """

    place: str
    column: str


Amounts = dict[Line, Decimal]


def month_ends(first: date, last: date) -> list[date]:
    """The ends of all months from ``first``'s to ``last``'s."""
    ends = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        ends.append(date(year, month, calendar.monthrange(year, month)[1]))
        year, month = (year + 1, 1) if month == MONTHS_OF_A_YEAR else (year, month + 1)
    return ends


def wanted_reports(dates: Iterable[date], first: date) -> list[Wanted]:
    """A trial balance for each date; profit and loss and balance sheet for each year.

    Args:
        dates: When to compare.
        first: Where the first year begins at the latest.
    """
    days = sorted(set(dates))
    wanted = [
        Wanted("TrialBalance", f"Trial balance at {day}", (("date", day.isoformat()),), day)
        for day in days
    ]
    end = days[-1]
    while end >= first.replace(day=1):
        begin = _year_before(end) + timedelta(days=1)
        span = (("fromDate", begin.isoformat()), ("toDate", end.isoformat()))
        wanted.append(Wanted("ProfitAndLoss", f"Profit and loss from {begin} to {end}", span, end))
        at = (("date", end.isoformat()),)
        wanted.append(Wanted("BalanceSheet", f"Balance sheet at {end}", at, end))
        end = begin - timedelta(days=1)
    return wanted


def _year_before(day: date) -> date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, min(day.day, last))


def amounts_of(transport: Transport, wanted: Wanted, chart: Chart) -> Amounts:
    """Reads a report.

    Raises:
        XeroError: It cannot be read, or is no report.
    """
    scope = next(scope for scope in SCOPES if f".{wanted.name.lower()}." in scope)
    request = Request(
        "GET",
        f"/Reports/{wanted.name}",
        dict(wanted.params),
        subject=wanted.title,
        scope=scope,
    )
    reports = records_of(transport.send(request).json, "Reports")
    if not reports:
        message = f"{wanted.title}: the answer holds no report"
        raise UnexpectedResponseError(message)
    return amounts_in(reports[0], chart)


def amounts_in(report: Mapping[str, Any], chart: Chart) -> Amounts:
    """The amounts of a report's rows; what is nothing is left out."""
    columns: list[str] = []
    amounts: Amounts = {}
    for section, row in _rows(report.get("Rows") or [], ""):
        cells = row.get("Cells") or []
        if row.get("RowType") == "Header":
            # The first column names the row; a date in a title is the same in both reports.
            columns = [str(cell.get("Value") or "") for cell in cells]
            continue
        place = _place(section, cells, chart)
        for index, cell in enumerate(cells[1:], start=1):
            amount = _number(cell.get("Value"))
            if amount:
                column = columns[index] if index < len(columns) else str(index)
                line = Line(place, column)
                amounts[line] = amounts.get(line, Decimal(0)) + amount
    return amounts


def _rows(
    rows: Iterable[Mapping[str, Any]], section: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in rows:
        if row.get("RowType") == "Section":
            yield from _rows(row.get("Rows") or [], str(row.get("Title") or section))
        else:
            yield section, row


def _place(section: str, cells: list[Mapping[str, Any]], chart: Chart) -> str:
    if not cells:
        return section
    for attribute in cells[0].get("Attributes") or []:
        if attribute.get("Id") == "account" and attribute.get("Value") in chart.by_id:
            return chart.by_id[attribute["Value"]]
    return f"{section}: {cells[0].get('Value') or ''}".removeprefix(": ")


def _number(value: Any) -> Decimal | None:  # noqa: ANN401  # a cell: text
    text = str(value or "").replace(",", "").strip()
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
