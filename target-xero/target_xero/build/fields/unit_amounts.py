"""Unit amounts of lines, of which Xero keeps four decimals.

Facts: (xero-facts.md: Formats).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from target_xero.build.records import InvalidRecordError, Record

DECIMALS = Decimal("0.0001")
# Beyond that, the digits of a number do not fit into the context of its rounding.
MAX_DIGITS = 15
CENT = Decimal("0.01")


def with_kept_decimals(fields: Record) -> Record:
    """The fields of a document, with the decimals of unit amounts that Xero keeps.

    Raises:
        InvalidRecordError: A line would have another amount.
    """
    lines = fields.get("LineItems")
    if not isinstance(lines, list) or not any(map(_is_too_precise, lines)):
        return fields
    problems = [
        f"LineItems[{number}].UnitAmount: {problem}"
        for number, line in enumerate(lines)
        if _is_too_precise(line) and (problem := _problem(line))
    ]
    if problems:
        raise InvalidRecordError(problems)
    kept = [
        {**line, "UnitAmount": _kept(line["UnitAmount"])} if _is_too_precise(line) else line
        for line in lines
    ]
    return {**fields, "LineItems": kept}


def _is_too_precise(line: Any) -> bool:  # noqa: ANN401  # an element of a list
    amount = line.get("UnitAmount") if isinstance(line, dict) else None
    return isinstance(amount, Decimal) and amount != _kept(amount)


def _problem(line: Record) -> str | None:
    """What is wrong with a line whose unit amount has too many decimals; None if it is valid."""
    quantity, unit_amount = line.get("Quantity"), line["UnitAmount"]
    if line.get("LineAmount") is not None or isinstance(quantity, bool):
        return None  # Xero compares the amount of the line
    count = Decimal(1) if quantity is None else Decimal(str(quantity))
    meant, rounded = _cents(count * unit_amount), _cents(count * _kept(unit_amount))
    if meant == rounded:
        return None
    return (
        f"Xero keeps 4 decimals, so that {count:f} x {unit_amount:f} would be {rounded:f} and not "
        f"{meant:f}: give a unit amount with at most 4 decimals, such as that of 100 pieces"
    )


def _kept(unit_amount: Decimal) -> Decimal:
    return _rounded(unit_amount, DECIMALS)


def _cents(amount: Decimal) -> Decimal:
    return _rounded(amount, CENT)


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    """A number with the decimals of a step; one with more digits than fit stays as it is."""
    if number.adjusted() > MAX_DIGITS:
        return number
    return number.quantize(step, ROUND_HALF_UP)
