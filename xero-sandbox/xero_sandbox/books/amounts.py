"""Money arithmetic: cents, tax by component, currency, and shares with an exact sum."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from xero_sandbox.model.organisation import Record

ZERO = Decimal(0)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """Rounds to the cent, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def to_base(amount: Decimal, rate: Decimal) -> Decimal:
    """``amount`` in base currency; ``rate`` is foreign units per unit of base currency."""
    return cents(amount / rate)


def shares(total: Decimal, exact: Sequence[Decimal]) -> list[Decimal]:
    """Rounds ``exact`` to cents that sum to ``total``.

    The cents that are left over go to the shares with the largest rounding error.
    """
    rounded = [cents(amount) for amount in exact]
    left = int((total - sum(rounded, ZERO)) / CENT)
    if left:
        step = CENT if left > 0 else -CENT
        by_error = sorted(
            range(len(exact)),
            key=lambda index: (rounded[index] - exact[index]) * (1 if left > 0 else -1),
        )
        for position in range(abs(left)):
            rounded[by_error[position % len(by_error)]] += step
    return rounded


def component_rates(components: Sequence[Record]) -> list[Decimal]:
    """Each component's rate on the amount without tax; compound ones apply to the others too."""
    simple = sum((item["Rate"] for item in components if not item.get("IsCompound")), ZERO)
    return [
        item["Rate"] * (1 + simple / HUNDRED) if item.get("IsCompound") else item["Rate"]
        for item in components
    ]


def display_rate(components: Sequence[Record]) -> Decimal:
    """The total rate of the components, in percent."""
    return sum(component_rates(components), ZERO)


def tax_on(amount: Decimal, percent: Decimal, amount_types: str) -> Decimal:
    """The tax of a line amount that excludes tax, includes it, or has none."""
    if amount_types == "Inclusive":
        return cents(amount * percent / (HUNDRED + percent))
    if amount_types == "Exclusive":
        return cents(amount * percent / HUNDRED)
    return ZERO


def totals(lines: Sequence[Record], amount_types: str) -> Record:
    """SubTotal, TotalTax and Total of a document's lines."""
    amounts = sum((line.get("LineAmount", ZERO) for line in lines), ZERO)
    tax = sum((line.get("TaxAmount", ZERO) for line in lines), ZERO)
    if amount_types == "Inclusive":
        return {"SubTotal": amounts - tax, "TotalTax": tax, "Total": amounts}
    return {"SubTotal": amounts, "TotalTax": tax, "Total": amounts + tax}
