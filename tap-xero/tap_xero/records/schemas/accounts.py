"""Accounts of the chart of accounts, bank accounts among them."""

from __future__ import annotations

from tap_xero.records.schemas.shared import MESSAGE
from tap_xero.records.schemas.types import BOOLEAN, INSTANT, STRING, Properties, array_of

ACCOUNT: Properties = {
    "AccountID": STRING,
    "Code": STRING,
    "Name": STRING,
    "Type": STRING,
    "Class": STRING,
    "Status": STRING,
    "Description": STRING,
    "BankAccountNumber": STRING,
    "BankAccountType": STRING,
    "CurrencyCode": STRING,
    "TaxType": STRING,
    "EnablePaymentsToAccount": BOOLEAN,
    "ShowInExpenseClaims": BOOLEAN,
    "SystemAccount": STRING,
    "ReportingCode": STRING,
    "ReportingCodeName": STRING,
    "HasAttachments": BOOLEAN,
    "AddToWatchlist": BOOLEAN,
    "CreatedDateUTC": INSTANT,
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(MESSAGE),
}
