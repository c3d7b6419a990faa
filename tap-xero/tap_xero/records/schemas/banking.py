"""Bank transactions and bank transfers."""

from __future__ import annotations

from tap_xero.records.schemas.accounts import ACCOUNT
from tap_xero.records.schemas.contacts import CONTACT
from tap_xero.records.schemas.line_items import LINE_ITEM
from tap_xero.records.schemas.payments import BATCH_PAYMENT_SUMMARY
from tap_xero.records.schemas.shared import ATTACHMENT, MESSAGE, TRACKING
from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

BANK_TRANSACTION: Properties = {
    "BankTransactionID": STRING,
    "Type": STRING,
    "Status": STRING,
    "BankAccount": object_of(ACCOUNT),
    "Contact": object_of(CONTACT),
    "Date": DATE,
    "DateString": STRING,
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "Reference": STRING,
    "Url": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "IsReconciled": BOOLEAN,
    "PrepaymentID": STRING,
    "OverpaymentID": STRING,
    "BatchPayment": object_of(BATCH_PAYMENT_SUMMARY),
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "UpdatedDateUTC": INSTANT,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
}

BANK_TRANSFER: Properties = {
    "BankTransferID": STRING,
    "Status": STRING,
    "FromBankAccount": object_of(ACCOUNT),
    "ToBankAccount": object_of(ACCOUNT),
    "Amount": NUMBER,
    "CurrencyRate": NUMBER,
    "Date": DATE,
    "DateString": STRING,
    "Reference": STRING,
    "FromBankTransactionID": STRING,
    "ToBankTransactionID": STRING,
    "FromIsReconciled": BOOLEAN,
    "ToIsReconciled": BOOLEAN,
    "FromTracking": array_of(TRACKING),
    "ToTracking": array_of(TRACKING),
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "CreatedDateUTC": INSTANT,
    "CreatedDateUTCString": STRING,
    "ValidationErrors": array_of(MESSAGE),
}
