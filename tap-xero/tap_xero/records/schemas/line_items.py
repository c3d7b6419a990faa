"""The line items of invoices, credit notes, quotes, orders, bank transactions and receipts."""

from __future__ import annotations

from tap_xero.records.schemas.shared import MESSAGE, TRACKING
from tap_xero.records.schemas.types import BOOLEAN, NUMBER, STRING, Properties, array_of, object_of

LINE_ITEM_ITEM: Properties = {
    "ItemID": STRING,
    "Code": STRING,
    "Name": STRING,
}

TAX_BREAKDOWN: Properties = {
    "TaxComponentId": STRING,
    "Type": STRING,
    "Name": STRING,
    "TaxPercentage": NUMBER,
    "TaxAmount": NUMBER,
    "TaxableAmount": NUMBER,
    "NonTaxableAmount": NUMBER,
    "ExemptAmount": NUMBER,
    "StateAssignedNo": STRING,
    "JurisdictionRegion": STRING,
}

LINE_ITEM: Properties = {
    "LineItemID": STRING,
    "Description": STRING,
    "Quantity": NUMBER,
    "UnitAmount": NUMBER,
    "ItemCode": STRING,
    "Item": object_of(LINE_ITEM_ITEM),
    "AccountCode": STRING,
    "AccountID": STRING,
    "TaxType": STRING,
    "TaxAmount": NUMBER,
    "LineAmount": NUMBER,
    "DiscountRate": NUMBER,
    "DiscountAmount": NUMBER,
    "DiscountEnteredAsPercent": BOOLEAN,
    "Tracking": array_of(TRACKING),
    "RepeatingInvoiceID": STRING,
    "Taxability": STRING,
    "SalesTaxCodeId": NUMBER,
    "TaxBreakdown": array_of(TAX_BREAKDOWN),
    "ValidationErrors": array_of(MESSAGE),
}
