"""Journals, manual journals and budgets."""

from __future__ import annotations

from tap_xero.records.schemas.shared import ATTACHMENT, MESSAGE, TRACKING_CATEGORY
from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    array_of,
)

JOURNAL_LINE: Properties = {
    "JournalLineID": STRING,
    "AccountID": STRING,
    "AccountCode": STRING,
    "AccountType": STRING,
    "AccountName": STRING,
    "Description": STRING,
    "NetAmount": NUMBER,
    "GrossAmount": NUMBER,
    "TaxAmount": NUMBER,
    "TaxType": STRING,
    "TaxName": STRING,
    "TrackingCategories": array_of(TRACKING_CATEGORY),
}

JOURNAL: Properties = {
    "JournalID": STRING,
    "JournalNumber": INTEGER,
    "JournalDate": DATE,
    "Reference": STRING,
    "SourceID": STRING,
    "SourceType": STRING,
    "JournalLines": array_of(JOURNAL_LINE),
    "CreatedDateUTC": INSTANT,
}

MANUAL_JOURNAL_LINE: Properties = {
    "LineAmount": NUMBER,
    "AccountCode": STRING,
    "AccountID": STRING,
    "Description": STRING,
    "TaxType": STRING,
    "TaxAmount": NUMBER,
    "Tracking": array_of(TRACKING_CATEGORY),
    "IsBlank": BOOLEAN,
}

MANUAL_JOURNAL: Properties = {
    "ManualJournalID": STRING,
    "Narration": STRING,
    "Date": DATE,
    "Status": STRING,
    "LineAmountTypes": STRING,
    "JournalLines": array_of(MANUAL_JOURNAL_LINE),
    "Url": STRING,
    "ShowOnCashBasisReports": BOOLEAN,
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "UpdatedDateUTC": INSTANT,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
    "Warnings": array_of(MESSAGE),
}

BUDGET_BALANCE: Properties = {
    "Period": STRING,  # a month, "2019-08", so not a date
    "Amount": NUMBER,
    "UnitAmount": NUMBER,
    "Notes": STRING,
}

BUDGET_LINE: Properties = {
    "AccountID": STRING,
    "AccountCode": STRING,
    "BudgetBalances": array_of(BUDGET_BALANCE),
}

BUDGET: Properties = {
    "BudgetID": STRING,
    "Type": STRING,
    "Status": STRING,
    "Description": STRING,
    "BudgetLines": array_of(BUDGET_LINE),
    "Tracking": array_of(TRACKING_CATEGORY),
    "UpdatedDateUTC": INSTANT,
}
