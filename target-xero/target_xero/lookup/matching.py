"""Comparing a record that Xero has with a record that was sent, without any I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from target_xero.build.records import Record
from xero_client.entities.shapes import LINES, REFERRING
from xero_client.http import wire
from xero_client.json_value import Json

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}")


def same_text(left: str, right: str) -> bool:
    """Whether Xero treats two names or numbers as equal."""
    return folded(left) == folded(right)


def folded(text: str) -> str:
    """A name or number without what Xero ignores when it compares: case and extra spaces."""
    return " ".join(text.split()).casefold()


def contains(found: Json, sent: Json, field: str = "") -> bool:
    """Whether a value from Xero contains everything that was sent; it may contain more.

    Args:
        found: The value in Xero.
        sent: The value that was sent.
        field: The field of the value. Line items are compared in order and number. A reference to
            another record is compared by id, code or name.
    """
    if sent is None:
        return found in (None, "", [])
    if isinstance(sent, dict) and field in REFERRING:
        return isinstance(found, dict) and _refers_to_same(found, sent, REFERRING[field])
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(
            contains(found.get(name), value, name) for name, value in sent.items()
        )
    if isinstance(sent, list):
        return isinstance(found, list) and _contains_all(found, sent, in_order=field in LINES)
    return same_value(found, sent)


def differences(found: Record, sent: Record) -> dict[str, dict[str, Any]]:
    """What would change in a record of Xero: the old and the new value of each field, by its path.

    Args:
        found: The record in Xero.
        sent: What would be sent. Lists of another length than in Xero are named as a whole, and
            references by the fields that are sent.
    """
    return dict(_differences(found, sent, "", ""))


def _differences(
    found: Json,
    sent: Json,
    path: str,
    field: str,
) -> Iterator[tuple[str, dict[str, Any]]]:
    if contains(found, sent, field):
        return
    if isinstance(sent, dict) and isinstance(found, dict) and field not in REFERRING:
        for name, value in sent.items():
            yield from _differences(
                found.get(name), value, f"{path}.{name}" if path else name, name
            )
    elif isinstance(sent, list) and isinstance(found, list) and len(sent) == len(found):
        for number, (old, new) in enumerate(zip(found, sent, strict=True), 1):
            yield from _differences(old, new, f"{path}[{number}]", "")
    else:
        if field in REFERRING and isinstance(found, dict) and isinstance(sent, dict):
            found = {name: found[name] for name in sent if name in found} or found
        yield path, {"old": with_iso_dates(found), "new": sent}


def with_iso_dates(value: Json) -> Json:
    """A value from Xero with ISO dates instead of ``/Date(…)/``, and without needless zeros."""
    if isinstance(value, dict):
        return {name: with_iso_dates(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_iso_dates(inner) for inner in value]
    if isinstance(value, Decimal):
        return Decimal(format(value.normalize(), "f"))
    if not isinstance(value, str) or not value.startswith("/Date("):
        return value
    try:
        instant = wire.parse_instant(value)
    except ValueError:
        return value
    is_day = instant.time() == time()
    return instant.date().isoformat() if is_day else instant.isoformat()


def _refers_to_same(found: Record, sent: Record, fields: Sequence[str]) -> bool:
    """Compares two references by the first of the fields that both have."""
    common = (name for name in fields if None not in (found.get(name), sent.get(name)))
    best = next(common, None)
    return best is not None and same_value(found[best], sent[best])


def _contains_all(found: list[Any], sent: list[Any], *, in_order: bool) -> bool:
    if in_order:
        return len(found) == len(sent) and all(map(contains, found, sent))
    return all(any(contains(candidate, element) for candidate in found) for element in sent)


def same_value(found: Json, sent: Json) -> bool:
    """Whether Xero's value is the one that was sent, if it is neither an object nor a list."""
    if isinstance(sent, bool) or isinstance(found, bool):
        return found is sent
    if isinstance(sent, (int, float, Decimal)):
        return _number(found) == _number(sent)
    text, other = str(found or ""), str(sent)
    if text.startswith("/Date("):
        return _day(text) == (_day(other) if other.startswith("/Date(") else other[:10])
    if same_text(text, other):
        return True
    return bool(_TIME.match(text) and _TIME.match(other)) and _same_time(text, other)


def _number(value: Json) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _same_time(found: str, sent: str) -> bool:
    """Whether two ISO times, or days, are the same: a day is its beginning."""
    try:
        return wire.parse_instant(found) == wire.parse_instant(sent)
    except ValueError:
        return False


def _day(text: str) -> str | None:
    try:
        instant: datetime = wire.parse_instant(text)
    except ValueError:
        return None
    return instant.date().isoformat()
