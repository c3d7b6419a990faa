"""The columns of the report streams.

They are not fields of an entity: the tap makes a record of each row and column of a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.reports.definitions import ReportDefinition
from xero_client.entities.field_types import Fields, Shape, day, days, number, shape, text, texts

_MONTH_END = day("Date", "Last day of the report, a month end.")
_PERIODS: Mapping[str, Fields] = MappingProxyType(
    {
        "Date": _MONTH_END,
        "FromDate": day("FromDate", "First day of the report."),
        "ToDate": day("ToDate", "Last day of the report."),
    }
)
_AMOUNTS: Mapping[str, Fields] = MappingProxyType(
    {
        "Amount": number("Amount", "Amount, in the base currency, with the sign of its section."),
        "Balance": number(
            "Balance", "Balance at the end of the day, with the sign of its section."
        ),
        "Credit": number("Credit", "Sum of the credits of the month, in the base currency."),
        "Credited": number("Credited", "Sum of the credits applied up to the report's day."),
        "Debit": number("Debit", "Sum of the debits of the month, in the base currency."),
        "Due": number("Due", "What was still due on the report's day, in the document's currency."),
        "Paid": number("Paid", "Sum of the payments up to the report's day."),
        "Total": number("Total", "Total of the document, in its currency."),
        "YTDCredit": number(
            "YTDCredit", "Credit side of the balance; of profit accounts, since the year's start."
        ),
        "YTDDebit": number(
            "YTDDebit", "Debit side of the balance; of profit accounts, since the year's start."
        ),
    }
)
_ROW: Fields = (
    *text("RowKey", "Key of the row: an id, or headings and label. It stays when other rows come."),
    *text("Section", "Headings above the row, joined by ' > '."),
    *text("RowType", "Row, or SummaryRow for a total."),
    *text("Label", "Text of the row."),
)
_DOCUMENT: Fields = (
    *text("DocumentID", "Id of the invoice, credit note, prepayment or overpayment."),
    *day("DocumentDate", "Day of the document."),
    *days("DueDate"),
    *text("Overdue", "How late the payment was on that day, in words."),
    *text("CurrencyCode", "Currency by its ISO 4217 code; null: the organisation's own."),
)
_ACCOUNT: Fields = (
    *texts("AccountID", "AccountCode"),
    *text("AccountName", "Name of the account."),
    *text("AccountClass", "Class of the account when the report was read, such as EXPENSE."),
)


def columns_of(definition: ReportDefinition) -> Shape:
    """The columns of a report's stream, without those that all streams have.

    Args:
        definition: The row of the table of reports.
    """
    groups: list[Fields] = []
    if definition.has_basis:
        groups.append(text("Basis", "Basis of the report: accrual or cash."))
    groups += (_PERIODS[name] for name in definition.period_fields)
    if definition.by_tracking:
        groups.append(texts("TrackingCategoryID", "TrackingCategoryName", "TrackingOptionID"))
    if definition.side:
        groups += (texts("ContactID"), text("ContactName", "Name of the contact."))
    groups += (_ROW, _DOCUMENT if definition.side else _ACCOUNT)
    if definition.extra_keys:
        groups.append(text("Column", "Title of the column."))
    if definition.has_texts:
        groups += (
            number("Amount", "Number of the cell; null if the cell is a text."),
            text("Value", "Text of the cell: money, a number, days or a percentage."),
        )
    else:
        groups += (_AMOUNTS[name] for name in definition.amounts)
    return shape(*groups)
