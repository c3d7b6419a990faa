"""The content of a record in Xero, and what of it has changed since.

What changes by itself, or with other records, does not count: times of change, balances, stock, and
the details of the records that it refers to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from target_xero.build.records import Record
from target_xero.lookup.matching import with_iso_dates
from xero_client.entities.shapes import SHAPES, SUMMARIES
from xero_client.json_value import Json

# What shows that a document was paid or credited, though it is not written.
_SETTLED = ("AmountPaid", "AmountCredited", "AppliedAmount")
# Changes when a document is e-mailed, which does not change the document.
_IGNORED = frozenset({"SentToContact"})


def own_content(shape: str | None, record: Record) -> Record:
    """The content of a record of Xero that only an edit of this record changes.

    Args:
        shape: The shape of the record; None if it is not known.
        record: The record as Xero has it.
    """
    if shape is None:
        return {}
    settled = {name: record[name] for name in _SETTLED if record.get(name)}
    return {**_content(shape, record), **settled}


def _content(shape: str, record: Record) -> Record:
    content: Record = {}
    for name, field in SHAPES[shape].items():
        value = record.get(name)
        if value in (None, "", [], {}) or not field.is_sent or name in _IGNORED:
            continue
        if field.shape is not None and field.shape in SUMMARIES and isinstance(value, dict):
            content[name] = _reference(value, SUMMARIES[field.shape])
        elif field.shape is not None and isinstance(value, dict):
            content[name] = _content(field.shape, value)
        elif field.shape is not None and isinstance(value, list):
            parts = [part for part in value if isinstance(part, dict)]
            content[name] = [_content(field.shape, part) for part in parts]
        else:
            content[name] = value
    return content


def _reference(value: Record, fields: tuple[str, ...]) -> Record:
    """How a record refers to another one: its best field."""
    best = next((name for name in fields if value.get(name)), None)
    return {best: value[best]} if best else {}


def changed_since(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What has changed, in words: ``Reference was 'A', and is 'B'``.

    Args:
        before: The content at the time of the plan.
        now: The content now.
    """
    old, new = dict(flat_fields(before)), dict(flat_fields(now))
    return [
        f"{path} was {_shown(old.get(path))}, and is {_shown(new.get(path))}"
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path)
    ]


def flat_fields(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The plain values of a record, by their paths: ``Addresses[1].City``."""
    return _flat("", content)


def _flat(path: str, value: Json) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value, 1):
            yield from _flat(f"{path}[{number}]", inner)
    else:
        yield path, value


def _shown(value: Json) -> str:
    value = with_iso_dates(value)
    return "empty" if value is None else repr(value) if isinstance(value, str) else str(value)
