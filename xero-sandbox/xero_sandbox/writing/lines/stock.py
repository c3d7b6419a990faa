"""Tracked items: documents change the stock, and sales post its cost."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, cents
from xero_sandbox.books.documents import postings_by_line
from xero_sandbox.books.ledger import Posting, current_journal
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.request import ValidationError, parameter

# The direction in which sales and purchases change the stock.
_SALES = {"ACCREC": -1, "RECEIVE": -1, "ACCRECCREDIT": 1}
_PURCHASES = {"ACCPAY": 1, "SPEND": 1, "ACCPAYCREDIT": -1}


def update_stock(transaction: Transaction, document: Record) -> list[Posting]:
    """Changes the stock of a document's tracked items, and returns the postings of its cost.

    Raises:
        ValidationError: If stock would go below zero and ``allowBackorders`` is not set
            (xero-facts.md: Writing rules).
    """
    _buy(transaction, document, 1)
    cost: list[Posting] = []
    if document["Type"] in _SALES:
        for item_id, quantity in _tracked_lines(transaction, document):
            cost += _sell(transaction, item_id, _SALES[document["Type"]] * quantity)
    return cost


def reverse_stock(transaction: Transaction, document: Record, source_id: str) -> None:
    """Reverses a document's changes of stock, at the cost in its current journal.

    Call it before that journal is reversed.
    """
    _buy(transaction, document, -1)
    if document["Type"] not in _SALES:
        return
    costs: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in (current_journal(transaction, source_id) or {"JournalLines": []})["JournalLines"]:
        if line["AccountType"] == "INVENTORY":
            costs[line["Description"]] += line["NetAmount"]
    for item_id, quantity in _tracked_lines(transaction, document):
        item = transaction.records("Items")[item_id]
        cost = costs.pop(_cost_description(item), ZERO)
        _change(transaction, item, -_SALES[document["Type"]] * quantity, -cost)


def _buy(transaction: Transaction, document: Record, sign: int) -> None:
    """Adds the stock of a purchase's lines, or removes it if ``sign`` is -1."""
    if document["Type"] not in _PURCHASES:
        return
    tracked = [line for line in document["LineItems"] if _tracked(transaction, line)]
    if not tracked:
        return
    posted = {
        line_id: posting.net
        for line_id, posting in reversed(postings_by_line(transaction, document, document["Total"]))
    }
    for line in tracked:
        item = _tracked(transaction, line)
        if item is not None and line.get("AccountCode") == item["InventoryAssetAccountCode"]:
            quantity = sign * _PURCHASES[document["Type"]] * line.get("Quantity", ZERO)
            _change(transaction, item, quantity, sign * posted[line["LineItemID"]])


def _cost_description(item: Record) -> str:
    return f"Cost of {item['Code']}"


def _tracked_lines(transaction: Transaction, document: Record) -> list[tuple[str, Decimal]]:
    return [
        (item["ItemID"], line["Quantity"])
        for line in document["LineItems"]
        if (item := _tracked(transaction, line)) is not None and line.get("Quantity")
    ]


def _tracked(transaction: Transaction, line: Record) -> Record | None:
    """The tracked item of a line, by id, as its code may have changed."""
    item = transaction.get("Items", line.get("Item", {}).get("ItemID", ""))
    return item if item and item.get("IsTrackedAsInventory") else None


def _average(item: Record) -> Decimal:
    on_hand: Decimal = item["QuantityOnHand"]
    pool: Decimal = item["TotalCostPool"]
    return pool / on_hand if on_hand else ZERO


def _sell(transaction: Transaction, item_id: str, change: Decimal) -> list[Posting]:
    """Removes stock at its average cost, or returns it if ``change`` is positive."""
    item = transaction.records("Items")[item_id]
    on_hand: Decimal = item["QuantityOnHand"]
    backorders = parameter(transaction.query, "allowBackorders", "false").lower() == "true"
    if on_hand + change < 0 and change < 0 and not backorders:
        message = (
            f"Item {item['Code']} has {on_hand} on hand; stock cannot go below zero unless "
            "allowBackorders is set."
        )
        raise ValidationError(message)
    value = cents(change * _average(item))
    if on_hand + change == 0:
        value = -item["TotalCostPool"]
    _change(transaction, item, change, value)
    details = item["PurchaseDetails"]
    asset = transaction.find("Accounts", "Code", item["InventoryAssetAccountCode"])[0]
    cogs = transaction.find("Accounts", "Code", details["COGSAccountCode"])[0]
    description = _cost_description(item)
    return [
        Posting(cogs, -value, description=description),
        Posting(asset, value, description=description),
    ]


def _change(transaction: Transaction, item: Record, quantity: Decimal, value: Decimal) -> None:
    transaction.put(
        "Items",
        {
            **item,
            "QuantityOnHand": item["QuantityOnHand"] + quantity,
            "TotalCostPool": item["TotalCostPool"] + value,
            "UpdatedDateUTC": transaction.now,
        },
    )
