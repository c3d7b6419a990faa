"""Instants as sources write them: ISO 8601, as databases write it, and seconds since 1970."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from xero_client.http import wire
from xero_client.json_value import Json
from xero_client.templates.numbers import is_number

_ISO = re.compile(
    r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:[.,](\d{1,9})\d*)?"
    r"\s*(?:(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)(?:\s*\[[\w/+-]+\]|\s+UTC)?)?$"
)
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
SECONDS = re.compile(r"^-?\d{9,}(\.\d+)?$")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# In seconds, it is the year 1973: 20260131 and 46053, the serial number of a day, are less.
_LEAST_SECONDS = 100_000_000
# In seconds, it is the year 5138.
_MILLISECONDS = 100_000_000_000


def instant_in(text: str) -> datetime | None:
    """The time in a text, in UTC; None if it has none. Without a zone, it is in UTC."""
    try:
        if text.startswith("/Date("):
            return wire.parse_instant(text)
        if match := _ISO.match(text):
            day, minutes, seconds, fraction, zone = match.groups()
            offset = "Z" if zone in (None, "UTC", "GMT") else zone
            offset = f"{offset}:00" if len(offset) == len("+13") else offset
            return wire.parse_instant(f"{day}T{minutes}{seconds or ':00'}.{fraction or 0}{offset}")
    except ValueError:
        pass
    return None


def time_meant_by(value: Json) -> datetime:
    """The time that seconds since 1970 or a text mean; a day is its beginning in UTC.

    Raises:
        ValueError: They mean none.
    """
    text = str(value).strip()
    if is_number(value) or SECONDS.match(text):
        seconds = Decimal(text)
        if abs(seconds) >= _MILLISECONDS:
            message = f"{text[:60]} is not in seconds since 1970; divide milliseconds by 1000"
            raise ValueError(message)
        if abs(seconds) < _LEAST_SECONDS:
            message = f"{text[:60]} is not a time in seconds since 1970, but a date or a number"
            raise ValueError(message)
        return _EPOCH + timedelta(seconds=float(seconds))
    instant = instant_in(f"{text}T00:00" if DAY.match(text) else text)
    if instant is None:
        message = f"{text[:60]!r} is not a time; write it like 2026-01-31T10:30:00Z"
        raise ValueError(message)
    return instant
