"""Credit notes, prepayments and overpayments."""

from __future__ import annotations

from tap_xero.records.schemas.contacts import CONTACT_SUMMARY
from tap_xero.records.schemas.line_items import LINE_ITEM
from tap_xero.records.schemas.references import ALLOCATION, PAYMENT_REFERENCE
from tap_xero.records.schemas.shared import ATTACHMENT, INVOICE_ADDRESS, MESSAGE
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

CREDIT_NOTE_SUMMARY: Properties = {
    "CreditNoteID": STRING,
    "ID": STRING,
    "CreditNoteNumber": STRING,
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
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SentToContact": BOOLEAN,
    "FullyPaidOnDate": DATE,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "CISDeduction": NUMBER,
    "CISRate": NUMBER,
    "RemainingCredit": NUMBER,
    "AppliedAmount": NUMBER,
    "Allocations": array_of(ALLOCATION),
    "Payments": array_of(PAYMENT_REFERENCE),
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
"""A credit note inside another record; the records of its own stream are in `settlements`."""

PREPAYMENT_SUMMARY: Properties = {
    "PrepaymentID": STRING,
    "ID": STRING,
    "Type": STRING,
    "Contact": object_of(CONTACT_SUMMARY),
    "Date": DATE,
    "DateString": STRING,
    "Status": STRING,
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "InvoiceNumber": STRING,
    "Reference": STRING,
    "BrandingThemeID": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "RemainingCredit": NUMBER,
    "AppliedAmount": NUMBER,
    "Allocations": array_of(ALLOCATION),
    "Payments": array_of(PAYMENT_REFERENCE),
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "UpdatedDateUTC": INSTANT,
    "UpdatedDateUTCString": STRING,
}
"""A prepayment inside another record; the records of its own stream are in `settlements`."""

OVERPAYMENT_SUMMARY: Properties = {
    "OverpaymentID": STRING,
    "ID": STRING,
    "Type": STRING,
    "Contact": object_of(CONTACT_SUMMARY),
    "Date": DATE,
    "DateString": STRING,
    "Status": STRING,
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "Reference": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "RemainingCredit": NUMBER,
    "AppliedAmount": NUMBER,
    "Allocations": array_of(ALLOCATION),
    "Payments": array_of(PAYMENT_REFERENCE),
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "UpdatedDateUTC": INSTANT,
    "UpdatedDateUTCString": STRING,
}
"""An overpayment inside another record; the records of its own stream are in `settlements`."""
