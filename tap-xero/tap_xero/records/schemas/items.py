"""Items: what an organisation buys and sells."""

from __future__ import annotations

from tap_xero.records.schemas.shared import MESSAGE
from tap_xero.records.schemas.types import (
    BOOLEAN,
    INSTANT,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

PRICE: Properties = {
    "UnitPrice": NUMBER,
    "AccountCode": STRING,
    "COGSAccountCode": STRING,
    "TaxType": STRING,
}

ITEM: Properties = {
    "ItemID": STRING,
    "Code": STRING,
    "Name": STRING,
    "Description": STRING,
    "PurchaseDescription": STRING,
    "IsSold": BOOLEAN,
    "IsPurchased": BOOLEAN,
    "SalesDetails": object_of(PRICE),
    "PurchaseDetails": object_of(PRICE),
    "IsTrackedAsInventory": BOOLEAN,
    "InventoryAssetAccountCode": STRING,
    "TotalCostPool": NUMBER,
    "QuantityOnHand": NUMBER,
    "QuantityAvailable": NUMBER,
    "QuantityOnBackOrder": NUMBER,
    "UpdatedDateUTC": INSTANT,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
}
