"""Quotes, purchase orders and linked transactions (billable expenses)."""

from __future__ import annotations

from tap_xero.records.schemas.contacts import CONTACT
from tap_xero.records.schemas.line_items import LINE_ITEM
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

QUOTE: Properties = {
    "QuoteID": STRING,
    "QuoteNumber": STRING,
    "Contact": object_of(CONTACT),
    "Date": DATE,
    "DateString": STRING,
    "ExpiryDate": DATE,
    "ExpiryDateString": STRING,
    "Status": STRING,
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "Reference": STRING,
    "Title": STRING,
    "Summary": STRING,
    "Terms": STRING,
    "BrandingThemeID": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "TotalDiscount": NUMBER,
    "UpdatedDateUTC": INSTANT,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
}

PURCHASE_ORDER: Properties = {
    "PurchaseOrderID": STRING,
    "PurchaseOrderNumber": STRING,
    "Type": STRING,
    "Contact": object_of(CONTACT),
    "Date": DATE,
    "DateString": STRING,
    "DeliveryDate": DATE,
    "DeliveryDateString": STRING,
    "ExpectedArrivalDate": DATE,
    "Status": STRING,
    "LineAmountTypes": STRING,
    "LineItems": array_of(LINE_ITEM),
    "Reference": STRING,
    "BrandingThemeID": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "SentToContact": BOOLEAN,
    "DeliveryAddress": STRING,
    "AttentionTo": STRING,
    "Telephone": STRING,
    "DeliveryInstructions": STRING,
    "SubTotal": NUMBER,
    "TotalTax": NUMBER,
    "Total": NUMBER,
    "TotalDiscount": NUMBER,
    "IsDiscounted": BOOLEAN,
    "HasAttachments": BOOLEAN,
    "Attachments": array_of(ATTACHMENT),
    "UpdatedDateUTC": INSTANT,
    "HasErrors": BOOLEAN,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
    "Warnings": array_of(MESSAGE),
}

LINKED_TRANSACTION: Properties = {
    "LinkedTransactionID": STRING,
    "Type": STRING,
    "Status": STRING,
    "ContactID": STRING,
    "SourceTransactionID": STRING,
    "SourceLineItemID": STRING,
    "SourceTransactionTypeCode": STRING,
    "TargetTransactionID": STRING,
    "TargetLineItemID": STRING,
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(MESSAGE),
}
