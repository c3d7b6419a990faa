"""The line items of invoices, credit notes, quotes, orders, bank transactions and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    number,
    part,
    parts,
    read_only,
    sent_subset,
    shape,
    subset,
    text,
    texts,
)

_LINE_ITEM = shape(
    text("LineItemID"),
    text("Description", "Text of the line."),
    number("Quantity", "Number of units."),
    number(
        "UnitAmount", "Price of one unit, in the document's currency, with up to four decimals."
    ),
    text("ItemCode", "Code of the item (Items.Code)."),
    read_only(part("Item", "ItemKey", "The item that was sold or bought.")),
    texts("AccountCode", "AccountID", "TaxType"),
    number("TaxAmount", "Tax of the line, in its currency."),
    number("LineAmount"),
    number("DiscountRate", "Discount of the line, in percent."),
    number("DiscountAmount", "Discount of the line, in the document's currency."),
    read_only(
        boolean("DiscountEnteredAsPercent", "Whether the discount was entered as a percentage.")
    ),
    parts("Tracking", "LineTracking", sent="Tracking"),
    read_only(text("RepeatingInvoiceID")),
    text("Taxability", "Whether the line is taxable (United States)."),
    number("SalesTaxCodeId", "Id of the sales tax code (United States)."),
    read_only(
        parts("TaxBreakdown", "TaxBreakdown", "Tax of the line by component (United States)."),
        parts("ValidationErrors", "Message"),
    ),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "TaxBreakdown": shape(
            read_only(
                text("TaxComponentId", "Id of the component of the tax."),
                text("Type", "Kind of the tax."),
                text("Name", "Name of the tax."),
                number("TaxPercentage", "Rate of this tax, in percent."),
                number("TaxAmount", "Amount of this tax, in the document's currency."),
                number("TaxableAmount", "The part of the line with this tax, in its currency."),
                number(
                    "NonTaxableAmount", "The part of the line without this tax, in its currency."
                ),
                number(
                    "ExemptAmount",
                    "The part of the line that is exempt from this tax, in its currency.",
                ),
                text("StateAssignedNo", "Number that the state gave (United States)."),
                text("JurisdictionRegion", "Region of the tax (United States)."),
            )
        ),
        "LineItem": _LINE_ITEM,
        "Line": sent_subset(_LINE_ITEM, "LineItemID", "Description"),
        "LineItemKey": subset(_LINE_ITEM, "LineItemID"),
    }
)
