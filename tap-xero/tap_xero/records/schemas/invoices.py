"""Invoices, bills and repeating invoices."""

from __future__ import annotations

from tap_xero.records.schemas.contacts import CONTACT, CONTACT_SUMMARY
from tap_xero.records.schemas.line_items import LINE_ITEM
from tap_xero.records.schemas.references import (
    CREDIT_NOTE_REFERENCE,
    OVERPAYMENT_REFERENCE,
    PAYMENT_REFERENCE,
    PREPAYMENT_REFERENCE,
)
from tap_xero.records.schemas.shared import ATTACHMENT, INVOICE_ADDRESS, MESSAGE
from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

INVOICE_SUMMARY: Properties = {
    "InvoiceID": STRING,
    "InvoiceNumber": STRING,
    "Type": STRING,
    "Contact": object_of(CONTACT_SUMMARY),
    "Date": DATE,
    "DateString": STRING,
    "DueDate": DATE,
    "DueDateString": STRING,
    "Status": STRING,
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "Reference": STRING,
    "BrandingThemeID": STRING,
    "Url": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SentToContact": BOOLEAN,
    "ExpectedPaymentDate": DATE,
    "PlannedPaymentDate": DATE,
    "FullyPaidOnDate": DATE,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "TotalDiscount": NUMBER,
    "RoundingAmount": NUMBER,
    "EnteredTotal": NUMBER,
    "CISDeduction": NUMBER,
    "CISRate": NUMBER,
    "AmountDue": NUMBER,
    "AmountPaid": NUMBER,
    "AmountCredited": NUMBER,
    "Payments": array_of(PAYMENT_REFERENCE),
    "Prepayments": array_of(PREPAYMENT_REFERENCE),
    "Overpayments": array_of(OVERPAYMENT_REFERENCE),
    "CreditNotes": array_of(CREDIT_NOTE_REFERENCE),
    "RepeatingInvoiceID": STRING,
    "IsDiscounted": BOOLEAN,
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "InvoiceAddresses": array_of(INVOICE_ADDRESS),
    "UpdatedDateUTC": INSTANT,
    "UpdatedDateUTCString": STRING,
    "HasErrors": BOOLEAN,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
    "Warnings": array_of(MESSAGE),
}
"""An invoice inside another record; the records of its own stream are in `settlements`."""

SCHEDULE: Properties = {
    "Period": INTEGER,
    "Unit": STRING,
    "DueDate": INTEGER,  # a number of days or a day of the month, by DueDateType
    "DueDateType": STRING,
    "StartDate": DATE,
    "NextScheduledDate": DATE,
    "EndDate": DATE,
}

REPEATING_INVOICE: Properties = {
    "RepeatingInvoiceID": STRING,
    "ID": STRING,
    "Type": STRING,
    "Contact": object_of(CONTACT),
    "Schedule": object_of(SCHEDULE),
    "LineItems": array_of(LINE_ITEM),
    "LineAmountTypes": STRING,
    "Reference": STRING,
    "BrandingThemeID": STRING,
    "CurrencyCode": STRING,
    "Status": STRING,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "ApprovedForSending": BOOLEAN,
    "SendCopy": BOOLEAN,
    "MarkAsSent": BOOLEAN,
    "IncludePDF": BOOLEAN,
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
}
