"""Classic expenses: receipts and expense claims."""

from __future__ import annotations

from tap_xero.records.schemas.contacts import CONTACT
from tap_xero.records.schemas.line_items import LINE_ITEM
from tap_xero.records.schemas.payments import PAYMENT_SUMMARY
from tap_xero.records.schemas.settings import USER
from tap_xero.records.schemas.shared import ATTACHMENT, MESSAGE
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

RECEIPT: Properties = {
    "ReceiptID": STRING,
    "ID": STRING,
    "ReceiptNumber": STRING,
    "Status": STRING,
    "Date": DATE,
    "User": object_of(USER),
    "Contact": object_of(CONTACT),
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "Reference": STRING,
    "Url": STRING,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(MESSAGE),
    "Warnings": array_of(MESSAGE),
}

EXPENSE_CLAIM: Properties = {
    "ExpenseClaimID": STRING,
    "Status": STRING,
    "User": object_of(USER),
    "ReceiptID": STRING,
    "Receipts": array_of(RECEIPT),
    "Payments": array_of(PAYMENT_SUMMARY),
    "Total": NUMBER,
    "AmountDue": NUMBER,
    "AmountPaid": NUMBER,
    "PaymentDueDate": DATE,
    "ReportingDate": DATE,
    "UpdatedDateUTC": INSTANT,
    "StatusAttributeString": STRING,
}
