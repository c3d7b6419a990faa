"""Items, tracked as inventory or not (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import ValidationError, WriteError, WriteOutcome
from xero_sandbox.writing.shared.values import (
    Parser,
    flag,
    mapping,
    merged,
    number,
    parse_fields,
    text,
    unit_places,
)

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
    """POST: the item of this id or code, or a new one."""
    existing = by_id(transaction, "Items", sent, "item")
    if existing is None and sent.get("Code"):
        existing = locate(transaction, str(sent["Code"]))
    return _save(transaction, sent, existing)


def locate(transaction: Transaction, key: str) -> Record | None:
    """The item under ``/Items/{id or code}``."""
    coded = transaction.find("Items", "Code", key)
    return transaction.get("Items", key.lower()) or (coded[0] if coded else None)


def delete(transaction: Transaction, item: Record) -> WriteOutcome:
    """DELETE /Items/{id}: removes an item, unless it is tracked and was used."""
    if item["IsTrackedAsInventory"] and _is_used(transaction, item):
        message = "The item is tracked as inventory and has transactions, so it cannot be deleted."
        raise WriteError(400, "ValidationException", 10, message)
    transaction.drop("Items", item["ItemID"])
    return WriteOutcome("Items", [], status=204)


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    for field in ("PurchaseDetails", "SalesDetails"):
        if changes.get(field) is not None:
            before = existing.get(field, {}) if existing else {}
            changes[field] = merged(before, _details(transaction, changes[field], errors))
    blank = {
        "ItemID": transaction.new_id(),
        "IsSold": True,
        "IsPurchased": True,
        "IsTrackedAsInventory": False,
        "PurchaseDetails": {},
        "SalesDetails": {},
    }
    item = merged(copy_record(existing) if existing else blank, changes)
    item.setdefault("PurchaseDetails", {})
    item.setdefault("SalesDetails", {})
    code = item.get("Code")
    if not code:
        errors.append("An item needs a Code.")
    else:
        others = transaction.find("Items", "Code", code)
        if any(other["ItemID"] != item["ItemID"] for other in others):
            errors.append(f"Price List Item with Code '{code}' already exists")
    _track(transaction, item, existing, errors)
    if errors:
        raise ValidationError(*errors)
    item["UpdatedDateUTC"] = transaction.now
    transaction.put("Items", item)
    transaction.note("Items", item["ItemID"], "Edited" if existing else "Created", item["Code"])
    return item


def _details(transaction: Transaction, sent: Record, errors: list[str]) -> Record:
    details = parse_fields(sent, DETAILS, errors)
    if details.get("UnitPrice") is not None:
        details["UnitPrice"] = details["UnitPrice"].quantize(
            unit_places(transaction.query), ROUND_HALF_UP
        )
    for field in ("AccountCode", "COGSAccountCode"):
        code = details.get(field)
        if code and not transaction.find("Accounts", "Code", code):
            errors.append(f"Account code '{code}' is not a valid code for this item.")
    tax_type = details.get("TaxType")
    if tax_type and transaction.get("TaxRates", tax_type) is None:
        errors.append(f"The TaxType code '{tax_type}' does not exist.")
    return details


def _track(
    transaction: Transaction, item: Record, existing: Record | None, errors: list[str]
) -> None:
    """An item with an inventory asset account is tracked, and needs a cost account."""
    code = item.get("InventoryAssetAccountCode")
    if not code:
        return
    found = transaction.find("Accounts", "Code", code)
    if not found or found[0]["Type"] != "INVENTORY":
        errors.append(f"Account code '{code}' is not an inventory account.")
    if not item["PurchaseDetails"].get("COGSAccountCode"):
        errors.append("A tracked item needs a COGSAccountCode in its PurchaseDetails.")
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
