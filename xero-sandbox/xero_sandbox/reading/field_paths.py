"""Looks up the dotted field paths of ``where`` and ``order`` in records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xero_sandbox.model.organisation import Json, Record


def value_at(record: Record, path: str | Iterable[str]) -> Json:
    """The value at a dotted path such as ``Contact.ContactID``; None without a value."""
    names = path.split(".") if isinstance(path, str) else path
    value: Any = record
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
