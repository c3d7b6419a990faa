"""What the properties of the other APIs mean, in words of our own.

The facts are from Xero's OpenAPI files, and from xero-facts.md: Projects, Assets, Files, Payroll,
Finance. A property without an entry is described by its name in words (see ``names_in_words``).
"""

from __future__ import annotations

import re

from tap_xero.records.schemas.other_descriptions.finance import FINANCE
from tap_xero.records.schemas.other_descriptions.others import OTHERS
from tap_xero.records.schemas.other_descriptions.payroll import PAYROLL

_PAYROLL = re.compile(r"payroll_(au|nz|uk)_(.*)")


def description_in_words(stream: str, record: str, name: str) -> str:
    """What a property means; empty if no entry says it.

    Args:
        stream: The stream.
        record: The property of the stream that has the record; empty for the stream itself.
        name: The property.
    """
    region = ""
    descriptions, own = (FINANCE if stream.startswith("finance_") else OTHERS), stream
    if payroll := _PAYROLL.fullmatch(stream):
        descriptions, region, own = PAYROLL, f"{payroll[1]}:", payroll[2]
    name, record = name.lower(), (record or own).lower()
    keys = (f"{record}.{name}", name)
    found = (descriptions.get(f"{prefix}{key}") for key in keys for prefix in (region, ""))
    return next(filter(None, found), "")
