"""Finds tracked items whose stock does not follow from the documents that are copied.

Xero values stock at its average cost, over its whole history. Documents that were voided, deleted
or edited later have left their trace in the cost of later sales, and a copy does not have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from target_xero.copy.steps import text_of
from xero_client.json_value import Json

CENT = Decimal("0.01")
ZERO = Decimal(0)
# The streams whose documents move stock.
STOCK_STREAMS = ("invoices", "credit_notes", "bank_transactions")
# What a movement needs of its document.
_FIELDS = ("Type", "LineAmountTypes", "CurrencyRate")
_LIVE = frozenset({"AUTHORISED", "PAID"})
_PURCHASES: Mapping[str, int] = {"ACCPAY": 1, "SPEND": 1, "ACCPAYCREDIT": -1}
_SALES: Mapping[str, int] = {"ACCREC": -1, "RECEIVE": -1, "ACCRECCREDIT": 1}


@dataclass
class _Stock:
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    movements: int = 0
    was_negative: bool = False

    def change(self, quantity: Decimal, cost: Decimal) -> None:
        self.quantity += quantity
        self.cost += cost
        self.movements += 1
        self.was_negative = self.was_negative or self.quantity < 0

    def sell(self, change: Decimal) -> None:
        """Takes stock at its average cost, or returns it."""
        average = self.cost / self.quantity if self.quantity else ZERO
        value = (change * average).quantize(CENT, ROUND_HALF_UP)
        self.change(change, -self.cost if self.quantity + change == 0 else value)


def differing_stock(
    items: Iterable[Mapping[str, Any]], documents: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[str]:
    """Each tracked item whose copy will have another quantity or cost, in words.

    Args:
        items: All items.
        documents: Documents with the order in which they are copied, as text.
    """
    tracked = {text_of(item, "Code"): item for item in items if item.get("IsTrackedAsInventory")}
    if not tracked:
        return
    stocks = {code: _Stock() for code in tracked}
    # Only the lines of tracked items are kept in memory.
    movements = [
        (order, {name: document.get(name) for name in _FIELDS}, line)
        for order, document in documents
        if document.get("Status") in _LIVE
        for line in document.get("LineItems") or []
        if text_of(line, "ItemCode") in tracked
    ]
    for _, document, line in sorted(movements, key=lambda movement: movement[0]):
        code = text_of(line, "ItemCode")
        _move(stocks[code], tracked[code], document, line)
    for code, stock in stocks.items():
        quantity = _decimal(tracked[code].get("QuantityOnHand"))
        cost = _decimal(tracked[code].get("TotalCostPool"))
        # Each movement may be rounded otherwise by a cent.
        allowance = CENT * stock.movements
        is_same = quantity == stock.quantity and abs(cost - stock.cost) <= allowance
        if not is_same or stock.was_negative:
            yield (
                f"{code} (source: {quantity.normalize():f} at {cost:,.2f}, copy: "
                f"{stock.quantity.normalize():f} at {stock.cost:,.2f})"
            )


def _move(
    stock: _Stock, item: Mapping[str, Any], document: Mapping[str, Any], line: Mapping[str, Any]
) -> None:
    kind, quantity = text_of(document, "Type"), _decimal(line.get("Quantity"))
    if kind in _SALES:
        if quantity:
            stock.sell(_SALES[kind] * quantity)
        return
    if kind not in _PURCHASES or line.get("AccountCode") != item.get("InventoryAssetAccountCode"):
        return
    net = _decimal(line.get("LineAmount"))
    if document.get("LineAmountTypes") == "Inclusive":
        net -= _decimal(line.get("TaxAmount"))
    rate = _decimal(document.get("CurrencyRate")) or Decimal(1)
    cost = (net / rate).quantize(CENT, ROUND_HALF_UP)
    stock.change(_PURCHASES[kind] * quantity, _PURCHASES[kind] * cost)


def _decimal(value: Json) -> Decimal:
    return ZERO if value is None else Decimal(str(value))
