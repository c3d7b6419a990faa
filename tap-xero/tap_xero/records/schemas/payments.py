"""Payments, batch payments and payment services."""

from __future__ import annotations

from tap_xero.records.schemas.references import ACCOUNT_REFERENCE
from tap_xero.records.schemas.shared import MESSAGE
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

BATCH_PAYMENT_SUMMARY: Properties = {
    "BatchPaymentID": STRING,
    "Type": STRING,
    "Status": STRING,
    "Account": object_of(ACCOUNT_REFERENCE),
    "Date": DATE,
    "DateString": STRING,
    "Reference": STRING,
    "Particulars": STRING,
    "Code": STRING,
    "Details": STRING,
    "Narrative": STRING,
    "Amount": NUMBER,
    "TotalAmount": NUMBER,
    "IsReconciled": BOOLEAN,
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(MESSAGE),
}
"""A batch payment inside one of its payments; its own stream is in `settlements`."""

PAYMENT_SUMMARY: Properties = {
    "PaymentID": STRING,
    "PaymentType": STRING,
    "Status": STRING,
    "Account": object_of(ACCOUNT_REFERENCE),
    "HasAccount": BOOLEAN,
    "Date": DATE,
    "DateString": STRING,
    "Amount": NUMBER,
    "BankAmount": NUMBER,
    "CurrencyRate": NUMBER,
    "Reference": STRING,
    "IsReconciled": BOOLEAN,
    "InvoiceNumber": STRING,
    "CreditNoteNumber": STRING,
    "BatchPaymentID": STRING,
    "BatchPayment": object_of(BATCH_PAYMENT_SUMMARY),
    "BankAccountNumber": STRING,
    "Particulars": STRING,
    "Code": STRING,
    "Details": STRING,
    "UpdatedDateUTC": INSTANT,
    "UpdatedDateUTCString": STRING,
    "HasValidationErrors": BOOLEAN,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
    "Warnings": array_of(MESSAGE),
}
"""A payment inside the document that it pays; its own stream is in `settlements`."""

PAYMENT_SERVICE: Properties = {
    "PaymentServiceID": STRING,
    "PaymentServiceName": STRING,
    "PaymentServiceUrl": STRING,
    "PayNowText": STRING,
    "PaymentServiceType": STRING,
    "ValidationErrors": array_of(MESSAGE),
}
