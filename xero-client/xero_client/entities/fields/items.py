"""Items."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    instant,
    number,
    part,
    parts,
    read_only,
    shape,
    subset,
    text,
)

ITEMS = shape(
    text("ItemID"),
    text("Code", "Code of the item, by which lines name it."),
    text("Name", "Name of the item."),
    text("Description", "Description on sales documents."),
    text("PurchaseDescription", "Description on purchase orders and bills."),
    boolean("IsSold", "Whether the item can be sold."),
    boolean("IsPurchased", "Whether the item can be bought."),
    part("SalesDetails", "ItemDetails", "Price and account for sales."),
    part("PurchaseDetails", "ItemDetails", "Price and account for purchases."),
    read_only(boolean("IsTrackedAsInventory", "Whether Xero tracks the stock of the item.")),
    text("InventoryAssetAccountCode", "Code of the account of the stock (Accounts.Code)."),
    read_only(
        number("TotalCostPool", "Cost of the stock on hand, in the base currency."),
        number("QuantityOnHand", "Units on hand; only of tracked stock."),
        number("QuantityAvailable", "Units on hand that no document needs yet."),
        number("QuantityOnBackOrder", "Units that are on order and not on hand."),
        instant("UpdatedDateUTC"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
    ),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "ItemDetails": shape(
            number(
                "UnitPrice", "Price of one unit, in the base currency, with up to four decimals."
            ),
            text("AccountCode"),
            text(
                "COGSAccountCode", "Code of the account for the cost of goods sold (Accounts.Code)."
            ),
            text("TaxType"),
        ),
        "ItemKey": subset(ITEMS, "ItemID", "Code", "Name"),
    }
)
