"""Discounted lines as Xero shows them, in the form in which it takes them back.

Facts: (xero-facts.md: Writing rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from target_xero.build.records import Record

HALF_A_CENT = Decimal("0.005")
PERCENT = Decimal(100)


def with_accepted_discounts(fields: Record) -> Record:
    """The fields of a document, without amounts of lines that Xero refuses beside a discount.

    Xero computes the same amounts itself. Nothing else is changed.
    """
    lines = fields.get("LineItems")
    if not isinstance(lines, list):
        return fields
    accepted = [_accepted(line) if isinstance(line, dict) else line for line in lines]
    return fields if accepted == lines else {**fields, "LineItems": accepted}


def _accepted(line: Record) -> Record:
    if "DiscountAmount" not in line and "DiscountRate" not in line:
        return line
    quantity, unit_amount = _number(line, "Quantity"), _number(line, "UnitAmount")
    if unit_amount is None:
        return line
    gross = unit_amount * (1 if quantity is None else quantity)
    dropped = set()
    if gross < 0 and _number(line, "DiscountAmount") == 0:
        dropped.add("DiscountAmount")
    if _number(line, "LineAmount") == 0 and _is_free(line, gross):
        dropped.add("LineAmount")
    return {name: value for name, value in line.items() if name not in dropped}


def _is_free(line: Record, gross: Decimal) -> bool:
    """Whether a discount leaves 0.00 of a line that costs something."""
    rate = _number(line, "DiscountRate") or Decimal(0)
    discount = _number(line, "DiscountAmount") or gross * rate / PERCENT
    # Half a cent may be rounded up or down: Xero showed 0.00, and will do so again.
    return gross != 0 and discount != 0 and abs(gross - discount) <= HALF_A_CENT


def _number(line: Mapping[str, Any], name: str) -> Decimal | None:
    value = line.get(name)
    return None if value is None or isinstance(value, bool) else Decimal(str(value))
