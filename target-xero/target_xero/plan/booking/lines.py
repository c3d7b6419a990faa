"""The amounts of a document's lines, as Xero computes them: amount, account, tax.

Amounts are rounded to the cent, halves away from zero, and tax is rounded line by line. What a line
leaves out is taken from its item, its contact and its account, in this order (xero-facts.md:
Writing rules) (https://developer.xero.com/documentation/api/accounting/types#line-amount-types).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from target_xero.build.records import Record
from target_xero.plan.booking.facts import Facts, lines_of
from xero_client.json_value import Json

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_UNIT = Decimal("0.0001")
_PRICE = frozenset({"Quantity", "UnitAmount", "DiscountRate", "DiscountAmount", "ItemCode"})
_TAX = _PRICE | {"LineAmount", "TaxType"}

EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"


@dataclass(frozen=True)
class Line:
    """A line with its amounts.

    Attributes:
        account: The account that it is booked to; None if it is not known.
        tax_type: Its tax type; empty if it has none.
        net: Its amount without tax.
        tax: Its tax.
        components: The parts of its tax: whether each can be recovered, and its amount.
        tracked_item: The code of its item, if Xero counts its stock.
        description: What it says.
        quantity: How many.
        unit_amount: The price of one.
        tracking: Its tracking options: ``Region: North``.
    """

    account: Record | None
    tax_type: str
    net: Decimal
    tax: Decimal
    components: tuple[tuple[bool, Decimal], ...] = ()
    tracked_item: str | None = None
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    tracking: str = ""

    @property
    def lost_tax(self) -> Decimal:
        """The part of the tax that cannot be recovered; it is booked to the line's account."""
        return sum((tax for is_recovered, tax in self.components if not is_recovered), ZERO)


def cents(amount: Decimal) -> Decimal:
    """Rounds to the cent, halves away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def decimal_of(value: Json) -> Decimal | None:
    """A number as a decimal; None if it is not a number."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def shares(total: Decimal, exact: Sequence[Decimal]) -> list[Decimal]:
    """Amounts rounded to cents that sum to ``total``.

    The cents that are left go to those with the largest rounding error.
    """
    rounded = [cents(amount) for amount in exact]
    left = int((total - sum(rounded, ZERO)) / _CENT)
    step = _CENT if left > 0 else -_CENT
    direction = 1 if left > 0 else -1
    errors = [(amount - part) * direction for amount, part in zip(rounded, exact, strict=True)]
    for place in sorted(range(len(exact)), key=errors.__getitem__)[: abs(left)]:
        rounded[place] += step
    return rounded


def amount_types(entity: str, document: Record) -> str:
    """Whether the amounts of a document's lines include tax, as Xero's default has it."""
    default = {"BankTransactions": INCLUSIVE, "ManualJournals": NO_TAX}.get(entity, EXCLUSIVE)
    if entity == "BankTransactions" and str(document.get("Type", "")).endswith("OVERPAYMENT"):
        default = NO_TAX
    return str(document.get("LineAmountTypes") or default)


def merged(existing: Record, sent: Record) -> Record:
    """A record of Xero after an update: a list of lines that is sent replaces the one there.

    A line with an id keeps what is not sent of it (xero-facts.md: Writing rules).
    """
    document = {**existing, **{name: value for name, value in sent.items() if value is not None}}
    by_id = {line.get("LineItemID"): line for line in lines_of(existing)}
    for name in ("LineItems", "JournalLines"):
        if isinstance(sent.get(name), list):
            document[name] = [_merged_line(by_id, line) for line in sent[name]]
    return document


def _merged_line(by_id: Mapping[Any, Record], sent: Record) -> Record:
    old = by_id.get(sent.get("LineItemID")) if sent.get("LineItemID") else None
    if old is None:
        return sent
    changed = {name for name, value in sent.items() if old.get(name) != value}
    computed = {"LineAmount", "TaxAmount"} if changed & _PRICE else set()
    if changed & _TAX:
        computed.add("TaxAmount")
    return {name: value for name, value in old.items() if name not in computed} | sent


def computed_lines(entity: str, document: Record, facts: Facts, *, sales: bool) -> list[Line]:
    """The lines of a document, with their amounts.

    Args:
        entity: Its entity.
        document: All of its fields.
        facts: What is known of the organisation.
        sales: Whether it is a sale; a purchase has other defaults.
    """
    types = amount_types(entity, document)
    contact = facts.contact(document)
    side = "AccountsReceivableTaxType" if sales else "AccountsPayableTaxType"
    return [
        _computed_line(line, facts, types, contact.get(side), sales=sales)
        for line in lines_of(document)
    ]


def _computed_line(
    line: Record, facts: Facts, types: str, contact_tax: str | None, *, sales: bool
) -> Line:
    item = facts.item(line)
    details: Record = item.get("SalesDetails" if sales else "PurchaseDetails") or {}
    is_tracked = bool(item.get("IsTrackedAsInventory"))
    account = facts.account(line)
    if account is None and not line.get("AccountCode") and not line.get("AccountID"):
        code = details.get("AccountCode")
        if is_tracked and not sales:
            code = item.get("InventoryAssetAccountCode")
        account = facts.account({"Code": code})
    amount, unit = _line_amount(line, details)
    default_tax = details.get("TaxType") or contact_tax or (account or {}).get("TaxType")
    tax_type = "NONE" if types == NO_TAX else str(line.get("TaxType") or default_tax or "")
    rate = facts.tax_rates.get(tax_type, {})
    tax = _tax(line, amount, decimal_of(rate.get("EffectiveRate")) or ZERO, types)
    return Line(
        account,
        tax_type,
        amount - tax if types == INCLUSIVE else amount,
        tax,
        _components(rate, tax),
        str(line["ItemCode"]) if is_tracked else None,
        str(line.get("Description") or item.get("Description") or item.get("Name") or ""),
        decimal_of(line.get("Quantity")),
        unit,
        ", ".join(
            f"{entry.get('Name')}: {entry.get('Option')}"
            for entry in line.get("Tracking") or ()
            if isinstance(entry, dict) and entry.get("Name")
        ),
    )


def _line_amount(line: Record, details: Record) -> tuple[Decimal, Decimal | None]:
    """The line amount and the unit amount."""
    sent = decimal_of(line.get("LineAmount"))
    unit = decimal_of(line.get("UnitAmount"))
    if unit is None and sent is not None:
        return cents(sent), None
    if unit is None:
        unit = decimal_of(details.get("UnitPrice"))
    if unit is None:
        return ZERO, None
    quantity = decimal_of(line.get("Quantity"))
    gross = (ONE if quantity is None else quantity) * unit.quantize(_UNIT, ROUND_HALF_UP)
    discount = decimal_of(line.get("DiscountAmount")) or ZERO
    percent = decimal_of(line.get("DiscountRate")) or ZERO
    if percent:
        discount = gross * percent / HUNDRED
    return cents(gross - discount), unit


def _tax(line: Record, amount: Decimal, percent: Decimal, types: str) -> Decimal:
    if types == NO_TAX or not percent:
        return ZERO
    sent = decimal_of(line.get("TaxAmount"))
    if sent is not None:
        return cents(sent)
    if types == INCLUSIVE:
        return cents(amount * percent / (HUNDRED + percent))
    return cents(amount * percent / HUNDRED)


def _components(rate: Record, tax: Decimal) -> tuple[tuple[bool, Decimal], ...]:
    """The parts of a tax, by the components of its rate; compound ones apply to the others too."""
    components = [c for c in rate.get("TaxComponents") or () if isinstance(c, dict)]
    simple = sum(
        (decimal_of(c.get("Rate")) or ZERO for c in components if not c.get("IsCompound")), ZERO
    )
    rates = [
        (decimal_of(c.get("Rate")) or ZERO) * (ONE + simple / HUNDRED if c.get("IsCompound") else 1)
        for c in components
    ]
    total = sum(rates, ZERO)
    if not total or not tax:
        return ((True, tax),) if tax else ()
    parts = shares(tax, [tax * own / total for own in rates])
    return tuple(
        (not c.get("IsNonRecoverable"), part) for c, part in zip(components, parts, strict=True)
    )
