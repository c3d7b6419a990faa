"""The reports that are streams: what to ask for, and what to make of the response.

The facts are in xero-facts.md: Report endpoints, Report parameters, What each report is good for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tap_xero.reports.layout import Line, Report, amount_of
from tap_xero.reports.months import Month, days_in, parse_day, parse_month
from xero_client.entities.reports import REPORT_BY_STREAM, ReportRow

AGED_AMOUNTS = ("Total", "Paid", "Credited", "Due")
Columns = Mapping[str, Any]


class WrongPeriodError(ValueError):
    """A report names another period than the one that was asked for."""


@dataclass(frozen=True)
class ReportDefinition:
    """One report as a stream.

    Attributes:
        stream: The Singer stream.
        period_fields: ``Date``, or ``FromDate`` and ``ToDate``.
        amounts: The fields of amounts.
        params: The parameters for a month.
        columns: The fields of a record besides the row's own; one mapping for each record.
        check: Raises ``WrongPeriodError`` if the response names another period.
        has_basis: Whether it can be asked for on a cash basis.
        by_tracking: Whether it is asked for by tracking category.
        by_year: Whether amounts of earlier months change with the end of the financial year.
        extra_keys: Fields of the key besides those that all reports have.
        has_texts: Whether cells are of several kinds, so that their text is kept too.
        side: ``receivables`` or ``payables`` for a report that is asked for by contact.
    """

    stream: str
    period_fields: tuple[str, ...]
    amounts: tuple[str, ...]
    params: Callable[[Month], Mapping[str, str]]
    columns: Callable[[Report, Line, Month], Iterator[Columns]]
    check: Callable[[Report, Month], None]
    has_basis: bool = False
    by_tracking: bool = False
    by_year: bool = False
    extra_keys: tuple[str, ...] = field(default=())
    has_texts: bool = False
    side: str = ""

    @property
    def source(self) -> ReportRow:
        """Its path and scopes."""
        return REPORT_BY_STREAM[self.stream]


def _date(month: Month) -> Mapping[str, str]:
    return {"date": month.last.isoformat()}


def _span(month: Month) -> Mapping[str, str]:
    return {"fromDate": month.first.isoformat(), "toDate": month.last.isoformat()}


def _check_title(report: Report, month: Month) -> None:
    """Compares the period in words with the month; the last day named is its end."""
    for title in report.titles[2:]:
        for day in days_in(title)[-1:]:
            _expect(day, month.last)


def _check_header(report: Report, month: Month) -> None:
    """A value column must be that of the month's end."""
    _check_title(report, month)
    days = [parse_day(title) for title in report.columns]
    if month.last not in days:
        _expect(", ".join(report.columns), month.last)


def _check_span(report: Report, month: Month) -> None:
    _check_title(report, month)
    for title in report.titles[2:]:
        if len(days := days_in(title)) > 1:
            _expect(days[0], month.first)


def _check_month(report: Report, month: Month) -> None:
    if month not in [parse_month(title) for title in report.columns]:
        _expect(", ".join(report.columns), month.last)


def _expect(found: date | str, expected: date) -> None:
    if found != expected:
        message = f"Xero's report is of {found or 'no period'}, not of {expected} as requested"
        raise WrongPeriodError(message)


def _trial_balance(report: Report, line: Line, month: Month) -> Iterator[Columns]:
    del month
    names = {"Debit": "Debit", "Credit": "Credit", "YTD Debit": "YTDDebit"}
    names["YTD Credit"] = "YTDCredit"
    found = dict(zip(report.columns, line.values, strict=False))
    amounts = {field: amount_of(found.get(title, "")) for title, field in names.items()}
    zero = Decimal("0.00")
    # One side of each pair is empty.
    yield {field: zero if amount is None else amount for field, amount in amounts.items()}


def _column_of_day(field_name: str) -> Callable[[Report, Line, Month], Iterator[Columns]]:
    def columns(report: Report, line: Line, month: Month) -> Iterator[Columns]:
        # The balance sheet has a second column, for a year earlier.
        for title, text in zip(report.columns, line.values, strict=False):
            if parse_day(title) == month.last:
                yield {field_name: amount_of(text)}
                return

    return columns


def _column_of_month(report: Report, line: Line, month: Month) -> Iterator[Columns]:
    for title, text in zip(report.columns, line.values, strict=False):
        if parse_month(title) == month:
            yield {"Amount": amount_of(text)}
            return


def _text_of_month(report: Report, line: Line, month: Month) -> Iterator[Columns]:
    # The executive summary mixes money, counts, days and percent, so the text is kept too. Its
    # other columns are the month before and the change.
    for title, text in zip(report.columns, line.values, strict=False):
        if parse_month(title) == month:
            yield {"Amount": amount_of(text), "Value": text}
            return


def _every_column(report: Report, line: Line, month: Month) -> Iterator[Columns]:
    del month
    # A tracking option can have the name of the last column, `Total`. Options come first.
    counts: Counter[str] = Counter()
    for title, text in zip(report.columns, line.values, strict=False):
        counts[title] += 1
        column = title if counts[title] == 1 else f"{title} #{counts[title]}"
        yield {"Column": column, "Amount": amount_of(text)}


def _budget_params(month: Month) -> Mapping[str, str]:
    return {"date": month.first.isoformat(), "periods": "1", "timeframe": "1"}


def _aged_params(month: Month) -> Mapping[str, str]:
    # With toDate, the range of documents that the title names ends on that day too.
    return {"date": month.last.isoformat(), "toDate": month.last.isoformat()}


def _aged_columns(report: Report, line: Line, month: Month) -> Iterator[Columns]:
    """The fields of a row whose first value is the document's day (`AgedReportStream`)."""
    del month
    day, *texts = line.values
    # Organisations with several currencies can have a second amount due, in their own currency.
    found = dict(reversed(list(zip(report.columns, texts, strict=False))))
    title = line.section if re.fullmatch("[A-Z]{3}", line.section) else None
    yield {
        "DocumentDate": day[:10] or None,
        "DueDate": found.get("Due Date", "")[:10] or None,
        "Overdue": found.get("") or None,
        "CurrencyCode": found.get("Currency") or title,
        **{name: amount_of(found.get(name, "")) for name in AGED_AMOUNTS},
    }


def _aged(side: str) -> ReportDefinition:
    return ReportDefinition(
        f"aged_{side}_by_contact",
        ("Date",),
        AGED_AMOUNTS,
        _aged_params,
        _aged_columns,
        _check_title,
        side=side,
    )


REPORTS: tuple[ReportDefinition, ...] = (
    ReportDefinition(
        "trial_balances",
        ("Date",),
        ("Debit", "Credit", "YTDDebit", "YTDCredit"),
        _date,
        _trial_balance,
        _check_title,
        has_basis=True,
        by_year=True,
    ),
    # One month a call: with `periods`, months of 31 days can lose their end.
    ReportDefinition(
        "profit_and_loss",
        ("FromDate", "ToDate"),
        ("Amount",),
        _span,
        _column_of_day("Amount"),
        _check_header,
        has_basis=True,
    ),
    ReportDefinition(
        "profit_and_loss_by_tracking",
        ("FromDate", "ToDate"),
        ("Amount",),
        _span,
        _every_column,
        _check_span,
        has_basis=True,
        by_tracking=True,
        extra_keys=("Column",),
    ),
    ReportDefinition(
        "balance_sheets",
        ("Date",),
        ("Balance",),
        _date,
        _column_of_day("Balance"),
        _check_header,
        has_basis=True,
        by_year=True,
    ),
    ReportDefinition(
        "bank_summaries",
        ("FromDate", "ToDate"),
        ("Amount",),
        _span,
        _every_column,
        _check_span,
        extra_keys=("Column",),
    ),
    ReportDefinition(
        "budget_summaries",
        ("FromDate", "ToDate"),
        ("Amount",),
        _budget_params,
        _column_of_month,
        _check_month,
    ),
    ReportDefinition(
        "executive_summaries",
        ("Date",),
        ("Amount",),
        _date,
        _text_of_month,
        _check_month,
        has_texts=True,
    ),
    _aged("receivables"),
    _aged("payables"),
)
