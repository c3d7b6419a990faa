"""Numbers in templates: exact decimals, of up to 100 digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from xero_client.json_value import Json
from xero_client.templates.limits import TemplateLimitError

MAX_DIGITS = 100
MAX_EXPONENT = 100

_EXACT = Context(prec=2 * MAX_DIGITS)
_ROUNDING = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}
# What templates compute with numbers, by its operator.
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": Context().divide,
    "//": _EXACT.divide_int,
    "%": _EXACT.remainder,
    "**": Context().power,
}


def to_number(value: Json) -> Decimal | int:
    """A number: ``Decimal`` and whole numbers as they are, a text as its decimal.

    Raises:
        ValueError: It is not a number.
    """
    if isinstance(value, float):
        return Decimal(repr(value))
    if is_number(value):
        number: Decimal | int = value
        return number
    try:
        parsed = Decimal(value.strip()) if isinstance(value, str) else None
    except InvalidOperation:
        parsed = None
    if parsed is None or not parsed.is_finite() or abs(parsed.adjusted()) > MAX_DIGITS:
        message = f"{str(value)[:60]!r} is not a number; write it like 1234.50"
        raise ValueError(message)
    return parsed


def is_number(value: object) -> bool:
    """Whether a template computes with the value: true and false are not numbers."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def computed(operator: str, left: Json, right: Json) -> Json:
    """The result of an operator for two numbers.

    Raises:
        TemplateLimitError: It is too large or too small.
    """
    if operator == "**" and abs(right) > MAX_EXPONENT:
        message = f"the exponent {right} is too large"
        raise TemplateLimitError(message)
    whole = isinstance(left, int) and isinstance(right, int)
    result = ARITHMETIC[operator](_decimal(left), _decimal(right))
    if whole and operator in ("//", "%"):
        return left // right if operator == "//" else left % right
    if result and abs(result.adjusted()) > MAX_DIGITS:
        message = "a number becomes too large or too small"
        raise TemplateLimitError(message)
    if whole and result == result.to_integral_value():
        return int(result)
    return result


def _decimal(value: Decimal | float) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if number and abs(number.adjusted()) > MAX_DIGITS:
        message = "a number is too large or too small"
        raise TemplateLimitError(message)
    return number


def rounded(value: Json, precision: int = 0, method: str = "common") -> Decimal:
    """Rounds half away from zero, as amounts are rounded."""
    if method not in _ROUNDING or abs(precision) > MAX_DIGITS:
        message = f"round takes a number of places, and one of {', '.join(_ROUNDING)}"
        raise ValueError(message)
    unit = Decimal(1).scaleb(-precision)
    return Decimal(to_number(value)).quantize(unit, _ROUNDING[method], _EXACT)
