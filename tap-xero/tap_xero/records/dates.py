"""Converts Xero's dates for Singer: to calendar days, and to instants in UTC.

Both functions cache their results, because many documents have the same dates and contacts. The
caches are bounded, so memory does not grow with the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from xero_client.http.wire import format_instant, parse_instant
from xero_client.json_value import Json


@lru_cache(maxsize=8192)
def to_day(text: str) -> str:
    """Give the calendar day of a document date, ``2014-05-26``.

    Xero writes a document date as midnight UTC (xero-facts.md: Formats). No time zone is applied:
    the day is the UTC day of ``/Date(…)/``, or the day as written in ISO 8601.

    Args:
        text: ``/Date(1401062400000+0000)/`` or ISO 8601, with or without a time.

    Raises:
        ValueError: The text is not a date of the years 1 to 9999.
    """
    instant = parse_instant(text)
    return instant.date().isoformat() if text.startswith("/") else text[:10]


@lru_cache(maxsize=8192)
def to_instant(text: str) -> str:
    """Give an instant in UTC with milliseconds, ``2019-03-05T18:59:06.000Z``.

    Args:
        text: ``/Date(1551812346000)/`` or ISO 8601; without a zone it is UTC
            (xero-facts.md: Formats). Fractions finer than milliseconds are cut off.

    Raises:
        ValueError: The text is not a date of the years 1 to 9999.
    """
    return format_instant(parse_instant(text))


def instant_or_none(value: Json) -> str | None:
    """An instant as ``to_instant`` gives it; None if the value is not one."""
    try:
        return to_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def instants_of(values: Iterable[Json]) -> list[str]:
    """Those of some values that are instants, as ``to_instant`` gives them."""
    found = map(instant_or_none, values)
    return [instant for instant in found if instant is not None]
