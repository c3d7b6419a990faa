"""The ``order`` parameter: ``UpdatedDateUTC DESC``, ``InvoiceID``, or a list with commas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from xero_sandbox.http.responses import invalid_query
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.model.organisation import Record
from xero_sandbox.reading.field_paths import value_at
from xero_sandbox.reading.fields import resolve

_DIRECTIONS = {"asc": False, "ascending": False, "desc": True, "descending": True}
_MAX_WORDS = 2


@dataclass(frozen=True)
class OrderTerm:
    """One field to order by."""

    path: str
    descending: bool = False


def parse_order(endpoint: Endpoint, text: str | None) -> tuple[OrderTerm, ...]:
    """The terms of ``order``, or of the endpoint's default order.

    Raises:
        HttpError: 400 QueryParseException for an unknown field or direction.
    """
    if not text or not text.strip():
        return tuple(OrderTerm(name) for name in endpoint.default_order)
    terms = []
    for part in text.split(","):
        words = part.split()
        direction = words[1].lower() if len(words) == _MAX_WORDS else "asc"
        if not words or len(words) > _MAX_WORDS or direction not in _DIRECTIONS:
            message = f"Syntax error in order at '{part.strip()}'"
            raise invalid_query(message)
        found = resolve(endpoint.name, words[0])
        if found is None:
            message = f"No property or field '{words[0]}' exists in type '{endpoint.name[:-1]}'"
            raise invalid_query(message)
        terms.append(OrderTerm(found[0], _DIRECTIONS[direction]))
    return tuple(terms)


def ordered(records: Iterable[Record], terms: Sequence[OrderTerm], id_field: str) -> list[Record]:
    """Records in the order of the terms, then by id; in their stored order without terms."""
    result = list(records)
    if not terms:
        return result
    result.sort(key=lambda record: str(record.get(id_field, "")))
    for term in reversed(terms):
        if term.path != id_field or term.descending:
            result.sort(key=partial(_sort_key, path=term.path), reverse=term.descending)
    return result


def _sort_key(record: Record, *, path: str) -> tuple[bool, Any]:
    value = value_at(record, path)
    return value is not None, "" if value is None else value
