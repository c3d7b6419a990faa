"""Day rates between currencies, for documents that bring none: made up, the same every day."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

# Units to one US dollar: plausible levels, not quotations.
_PER_DOLLAR = {
    "AUD": 1.52,
    "CAD": 1.37,
    "EUR": 0.92,
    "FJD": 2.24,
    "GBP": 0.78,
    "HKD": 7.80,
    "JPY": 149.0,
    "NZD": 1.66,
    "SGD": 1.34,
    "USD": 1.0,
    "ZAR": 18.2,
}
_SWING = 0.03


def known(code: str) -> bool:
    """Whether the sandbox has day rates of ``code``."""
    return code in _PER_DOLLAR


def day_rate(base: str, code: str, on: date) -> Decimal:
    """Units of ``code`` to one of ``base`` on a day, to six places.

    The rate swings by a few percent around a fixed level, so that gains and losses arise.
    """
    if base == code:
        return Decimal(1)
    level = _PER_DOLLAR.get(code, 1.0) / _PER_DOLLAR.get(base, 1.0)
    phase = sum(map(ord, code + base))
    swing = 1 + _SWING * math.sin((on.toordinal() + phase) / 29)
    return Decimal(f"{level * swing:.6f}")
