"""What people call a record, read from the columns in which it came."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from target_xero.build.records import Provenance, Record
from xero_client.entities.children import CHILDREN
from xero_client.http import wire
from xero_client.names import normalized_name

# What people call a record, in this order.
_NUMBERS = ("InvoiceNumber", "CreditNoteNumber", "PurchaseOrderNumber", "QuoteNumber")
_NAMES = (*_NUMBERS, "Number", "Code", "Name", "Narration", "Reference", "FileName")
# The records that it names, and by which it is known if it is a child, or settles one of them.
_NAMED_RECORDS = (
    "Contact.Name", "Invoice.InvoiceNumber", "CreditNote.CreditNoteNumber", "Prepayment.Reference",
    "Overpayment.Reference", "ContactGroup.Name", "TrackingCategory.Name", "Item.Code", "Item.Name",
    "Project.Name", "Task.Name", "Employee.Email",
)  # fmt: skip
# What tells it from others, if it has neither a number nor a name.
_OTHERS = ("FirstName", "LastName", "Email", "Date", "Amount")
_ALL = {normalized_name(name): name for name in (*_NAMES, *_NAMED_RECORDS, *_OTHERS)}
_PLACES = {name: place for place, name in enumerate(_ALL.values())}
_FIELDS = frozenset(_PLACES)
_PARTS = frozenset(name.partition(".")[0] for name in _NAMED_RECORDS)


def fields_in(provenance: Provenance) -> Record:
    """The columns of a record as it came, and the fields that the setting ``columns`` gives them.

    Of several rows, the first counts; of an envelope, its payload.
    """
    try:
        message = wire.decode(provenance.messages[0]) if provenance.messages else {}
    except (ValueError, RecursionError, ArithmeticError):
        return {}
    record = message.get("record") if isinstance(message, dict) else None
    if not isinstance(record, dict):
        return {}
    payload = record.get("payload")
    return {**record, **(payload if isinstance(payload, dict) else {}), **provenance.named}


def record_name(key: Mapping[str, Any], record: Record) -> str:
    """What people call a record: its number, code or name, else its key."""
    found = _named({**record, **key})
    if found:
        return str(*found.values()).strip()
    own = [f"{name} {value}" for name, value in key.items() if name[:1] != "_"]
    return ", ".join(own)


def parent_name(entity: str, fields: Record) -> str:
    """What people call the parent of a child, and the child itself if it has a name.

    Args:
        entity: Its destination: ``CreditNotes/Allocations``.
        fields: The columns of the record.

    Returns:
        ``CN-1``, or ``Region, North``; empty if the record does not name its parent, or has none.
    """
    child = CHILDREN.get(entity)
    if child is None:
        return ""
    flat = _flattened(fields)
    singular = child.parent.singular
    names = (f"{singular}Number", f"{singular}.{singular}Number", f"{singular}.Code")
    parent = _named(flat, (*names, f"{singular}.Name"))
    own = _named(flat, ("Name", "Contact.Name")) if child.has_name else {}
    return ", ".join(str(value).strip() for value in (parent | own).values()) if parent else ""


def name_as_key(provenance: Provenance) -> dict[str, Any]:
    """What people call a record, by field, as it came: the key of a record without a key."""
    named = {
        normalized_name(name): value for name, value in _flattened(fields_in(provenance)).items()
    }
    return _names({_ALL[name]: value for name, value in named.items() if name in _ALL})


def names_in(fields: Record) -> dict[str, Any]:
    """What people call a record, by field.

    Args:
        fields: The record with Xero's fields.
    """
    found = {name: fields[name] for name in _FIELDS.intersection(fields)}
    if parts := _PARTS.intersection(fields):
        inner = _flattened({name: fields[name] for name in parts})
        found |= {name: value for name, value in inner.items() if name in _FIELDS}
    return _names(found)


def _names(fields: Record) -> dict[str, Any]:
    """The number or name of a record, and the contact or the document that it names.

    Without a number or a name, it is a person, or has a date and an amount.
    """
    found = (name for name, value in fields.items() if _is_name(value))
    named = sorted(found, key=_PLACES.__getitem__)
    numbers = [name for name in named if name in _NUMBERS]
    own = numbers or [name for name in named if name in _NAMES][:1]
    others = [name for name in named if name in _NAMED_RECORDS or (not own and name in _OTHERS)]
    return {name: fields[name] for name in (*own, *others)}


def _flattened(fields: Record) -> Record:
    """The columns, and the fields of those that are objects, by their paths."""
    inner = {
        f"{outer}.{name}": value
        for outer, part in fields.items()
        if isinstance(part, dict)
        for name, value in part.items()
    }
    return {**inner, **fields}


def _named(fields: Record, names: tuple[str, ...] = _NAMES) -> dict[str, Any]:
    """The first of some fields that has a value; empty if none has."""
    by_name = {normalized_name(name): value for name, value in fields.items()}
    for name in names:
        value = by_name.get(normalized_name(name))
        if _is_name(value):
            return {name: value}
    return {}


def _is_name(value: object) -> bool:
    if isinstance(value, Decimal):
        return isfinite(float(value))  # many readers of JSON cannot read a larger one
    return isinstance(value, (str, int)) and bool(str(value).strip())
