"""Tracked items: how documents move stock, and what the stock that is sold has cost."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, cents, to_base
from xero_sandbox.books.documents import line_net, rate_of
from xero_sandbox.books.ledger import Posting, standing_journal
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.batch import parameter
from xero_sandbox.writing.request import Invalid

# Documents that take stock out; the others of stock's lines bring it in.
_OUTGOING = {"ACCREC": 1, "ACCRECCREDIT": -1, "RECEIVE": 1}


def move(transaction: Transaction, document: Record) -> list[Posting]:
    """Moves the stock of a document's tracked items; gives the journal lines of its cost.

    Raises:
        Invalid: When stock would go below zero and ``allowBackorders`` is not set
            (xero-api.md §5.1).
    """
    cost: list[Posting] = []
    for line in document["LineItems"]:
        item = _tracked(transaction, line)
        quantity: Decimal = line.get("Quantity", ZERO)
        if item is None or not quantity:
            continue
        if document["Type"] in _OUTGOING:
            out = quantity * _OUTGOING[document["Type"]]
            cost += _sell(transaction, document, item, out)
        elif line.get("AccountCode") == item["InventoryAssetAccountCode"]:
            sign = -1 if document["Type"] == "ACCPAYCREDIT" else 1
            value = to_base(line_net(line, document["LineAmountTypes"]), rate_of(document))
            _change(transaction, item, sign * quantity, sign * value)
    return cost


def take_back(transaction: Transaction, document: Record, source_id: str) -> None:
    """Undoes what a document did to stock, at the cost that its standing journal has.

    To be called before that journal is reversed.
    """
    journal = standing_journal(transaction, source_id) or {"JournalLines": []}
    costs = {
        (line["AccountCode"], line["Description"]): line["NetAmount"]
        for line in journal["JournalLines"]
    }
    for line in document["LineItems"]:
        item = _tracked(transaction, line)
        quantity: Decimal = line.get("Quantity", ZERO)
        if item is None or not quantity:
            continue
        if document["Type"] in _OUTGOING:
            back = quantity * _OUTGOING[document["Type"]]
            key = (item["InventoryAssetAccountCode"], _cost_words(item, document))
            _change(transaction, item, back, -costs.pop(key, ZERO))
        elif line.get("AccountCode") == item["InventoryAssetAccountCode"]:
            sign = 1 if document["Type"] == "ACCPAYCREDIT" else -1
            value = to_base(line_net(line, document["LineAmountTypes"]), rate_of(document))
            _change(transaction, item, sign * quantity, sign * value)


def _cost_words(item: Record, document: Record) -> str:
    return f"Cost of {item['Code']} on {document.get('InvoiceNumber', document['Type'])}"


def _tracked(transaction: Transaction, line: Record) -> Record | None:
    code = line.get("ItemCode")
    found = transaction.find("Items", "Code", code) if code else []
    return found[0] if found and found[0].get("IsTrackedAsInventory") else None


def _average(item: Record) -> Decimal:
    on_hand: Decimal = item["QuantityOnHand"]
    pool: Decimal = item["TotalCostPool"]
    return pool / on_hand if on_hand else ZERO


def _sell(
    transaction: Transaction, document: Record, item: Record, quantity: Decimal
) -> list[Posting]:
    backorders = parameter(transaction.query, "allowBackorders", "false").lower() == "true"
    if item["QuantityOnHand"] < quantity and not backorders:
        message = (
            f"Item {item['Code']} has {item['QuantityOnHand']} on hand; stock cannot go below "
            "zero unless allowBackorders is set."
        )
        raise Invalid(message)
    value = cents(quantity * _average(item))
    if quantity == item["QuantityOnHand"]:
        value = item["TotalCostPool"]
    _change(transaction, item, -quantity, -value)
    details = item["PurchaseDetails"]
    asset = transaction.find("Accounts", "Code", item["InventoryAssetAccountCode"])[0]
    cogs = transaction.find("Accounts", "Code", details["COGSAccountCode"])[0]
    words = _cost_words(item, document)
    return [Posting(cogs, value, description=words), Posting(asset, -value, description=words)]


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
