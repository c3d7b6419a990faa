"""Dates in Xero's records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xero_client.http.wire import parse_instant


def day_of(record: Mapping[str, Any], name: str) -> str:
    """A date as ISO text; empty if the record has none."""
    value = record.get(name)
    if not isinstance(value, str) or not value:
        return ""
    try:
        return parse_instant(value).date().isoformat()
    except ValueError:
        return value
