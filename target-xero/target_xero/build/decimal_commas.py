"""Numbers with a decimal comma: ``1.234,56``, ``1 234,56``, ``1234,56``."""

from __future__ import annotations

import re

# Digits in groups of three, all with the same separator: a point, or one of the spaces.
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<whole>\d+|\d{1,3}(?P<separator>[. \u00a0\u202f])\d{3}(?:(?P=separator)\d{3})*)"
    r"(?:,(?P<rest>\d*))?"
)
_ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+")
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


def with_decimal_point(text: str) -> str | None:
    """The same number with a decimal point and without separators; None if it is not one.

    ``1.234`` is 1234. ``1.23`` and ``1,234.56`` are not written in this way.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    whole = "".join(filter(str.isdigit, match["whole"]))
    return f"{match['sign']}{whole}.{match['rest'] or '0'}"


def shows_decimal_comma(text: str) -> bool:
    """Whether a number can only be written with a decimal comma: ``1.234,56``, not ``1,234``."""
    return "," in text and not _ENGLISH.fullmatch(text.strip()) and bool(with_decimal_point(text))


def shows_decimal_point(text: str) -> bool:
    """Whether a number can only be written with a decimal point: ``12.50``, not ``1.000``."""
    return _WITH_POINT.fullmatch(text.strip()) is not None and not may_be_thousands(text)


def may_be_thousands(text: str) -> bool:
    """Whether a number is another one with a decimal comma: ``1.000`` is one, or a thousand."""
    return _ONE_GROUP.fullmatch(text.strip()) is not None


def are_likely_thousands(text: str) -> bool:
    """Whether a number is likely a thousand: its third decimal is 0, as in ``1.000``, ``2.500``.

    Few decimals end with a 0 in the third place, and most round thousands do. ``33.335`` is taken
    for a decimal if nothing else tells.
    """
    return may_be_thousands(text) and text.rstrip().endswith("0")
