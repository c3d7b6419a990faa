"""Made-up day rates, for documents without a rate; the rate of a day is always the same."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

# Units per US dollar; plausible but made up.
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
_MAX_VARIATION = 0.03


def has_rate(code: str) -> bool:
    """Whether the sandbox has day rates for ``code``."""
    return code in _PER_DOLLAR


def day_rate(base: str, code: str, on: date) -> Decimal:
    """Units of ``code`` per unit of ``base`` on a day, to six places.

    It varies by a few percent, so that there are currency gains and losses.
    """
    if base == code:
        return Decimal(1)
    level = _PER_DOLLAR.get(code, 1.0) / _PER_DOLLAR.get(base, 1.0)
    phase = sum(map(ord, code + base))
    variation = 1 + _MAX_VARIATION * math.sin((on.toordinal() + phase) / 29)
    return Decimal(f"{level * variation:.6f}")
