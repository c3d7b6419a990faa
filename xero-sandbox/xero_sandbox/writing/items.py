"""Items, tracked as inventory or not (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing.lines import unit_places
from xero_sandbox.writing.matching import by_id, refuse_id
from xero_sandbox.writing.request import Invalid, WriteRefused, Written
from xero_sandbox.writing.values import Parser, flag, mapping, merged, number, take, text

FIELDS: dict[str, Parser] = {
    "Code": text(30),
    "Name": text(50),
    "IsSold": flag,
    "IsPurchased": flag,
    "Description": text(4000),
    "PurchaseDescription": text(4000),
    "InventoryAssetAccountCode": text(),
    "PurchaseDetails": mapping,
    "SalesDetails": mapping,
}
DETAILS: dict[str, Parser] = {
    "UnitPrice": number(),
    "AccountCode": text(),
    "COGSAccountCode": text(),
    "TaxType": text(),
}
MAX_ITEMS = 500
_DOCUMENTS = ("Invoices", "CreditNotes", "BankTransactions")


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new item, whose code must be new."""
    refuse_id(sent, "Items", "item")
    return _save(transaction, sent, None)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the item of this id, else of this code, else a new one."""
    existing = by_id(transaction, "Items", sent, "item")
    if existing is None and sent.get("Code"):
        existing = locate(transaction, str(sent["Code"]))
    return _save(transaction, sent, existing)


def locate(transaction: Transaction, key: str) -> Record | None:
    """The item under ``/Items/{id or code}``."""
    coded = transaction.find("Items", "Code", key)
    return transaction.get("Items", key.lower()) or (coded[0] if coded else None)


def delete(transaction: Transaction, item: Record) -> Written:
    """DELETE /Items/{id}: gone for good; refused for tracked items that were used."""
    if item["IsTrackedAsInventory"] and _is_used(transaction, item):
        message = "The item is tracked as inventory and has transactions, so it cannot be deleted."
        raise WriteRefused(400, "ValidationException", 10, message)
    transaction.drop("Items", item["ItemID"])
    return Written("Items", [], status=204)


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    problems: list[str] = []
    changes = take(sent, FIELDS, problems)
    for field in ("PurchaseDetails", "SalesDetails"):
        if changes.get(field) is not None:
            before = existing.get(field, {}) if existing else {}
            changes[field] = merged(before, _details(transaction, changes[field], problems))
    blank = {
        "ItemID": transaction.new_id(),
        "IsSold": True,
        "IsPurchased": True,
        "IsTrackedAsInventory": False,
        "PurchaseDetails": {},
        "SalesDetails": {},
    }
    item = merged(copied(existing) if existing else blank, changes)
    item.setdefault("PurchaseDetails", {})
    item.setdefault("SalesDetails", {})
    code = item.get("Code")
    if not code:
        problems.append("An item needs a Code.")
    else:
        others = transaction.find("Items", "Code", code)
        if any(other["ItemID"] != item["ItemID"] for other in others):
            problems.append(f"Price List Item with Code '{code}' already exists")
    _track(transaction, item, existing, problems)
    if problems:
        raise Invalid(*problems)
    item["UpdatedDateUTC"] = transaction.now
    transaction.put("Items", item)
    transaction.note("Items", item["ItemID"], "Edited" if existing else "Created", item["Code"])
    return item


def _details(transaction: Transaction, sent: Record, problems: list[str]) -> Record:
    details = take(sent, DETAILS, problems)
    if details.get("UnitPrice") is not None:
        details["UnitPrice"] = details["UnitPrice"].quantize(
            unit_places(transaction.query), ROUND_HALF_UP
        )
    for field in ("AccountCode", "COGSAccountCode"):
        code = details.get(field)
        if code and not transaction.find("Accounts", "Code", code):
            problems.append(f"Account code '{code}' is not a valid code for this item.")
    tax_type = details.get("TaxType")
    if tax_type and transaction.get("TaxRates", tax_type) is None:
        problems.append(f"The TaxType code '{tax_type}' does not exist.")
    return details


def _track(
    transaction: Transaction, item: Record, existing: Record | None, problems: list[str]
) -> None:
    """An item with an inventory asset account is tracked, and then needs a cost account."""
    code = item.get("InventoryAssetAccountCode")
    if not code:
        return
    found = transaction.find("Accounts", "Code", code)
    if not found or found[0]["Type"] != "INVENTORY":
        problems.append(f"Account code '{code}' is not an inventory account.")
    if not item["PurchaseDetails"].get("COGSAccountCode"):
        problems.append("A tracked item needs a COGSAccountCode in its PurchaseDetails.")
    item["PurchaseDetails"].pop("AccountCode", None)
    item["IsTrackedAsInventory"] = True
    if existing is None or not existing["IsTrackedAsInventory"]:
        item |= {"QuantityOnHand": ZERO, "TotalCostPool": ZERO}


def _is_used(transaction: Transaction, item: Record) -> bool:
    return any(
        line.get("ItemCode") == item["Code"]
        for entity in _DOCUMENTS
        for document in transaction.records(entity).values()
        for line in document["LineItems"]
    )
