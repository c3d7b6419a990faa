"""What people call a record, read from the columns in which it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.build.records import Provenance, Record
from xero_client.http import wire
from xero_client.names import normalized_name

# What people call a record, in this order.
_NAMES = (
    "InvoiceNumber", "CreditNoteNumber", "PurchaseOrderNumber", "QuoteNumber", "Number", "Code",
    "Name", "Narration", "Reference", "FileName",
)  # fmt: skip
_CONTACT_NAME = "Contact.Name"


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


def name_as_key(provenance: Provenance) -> dict[str, Any]:
    """What people call a record, and its contact, by field: the key of a record without a key."""
    fields = fields_in(provenance)
    contact = fields.get("Contact")
    inner = contact.get("Name") if isinstance(contact, dict) else None
    named = _named(fields, (_CONTACT_NAME,))
    return _named(fields) | ({_CONTACT_NAME: inner} if _is_name(inner) else named)


def _named(fields: Record, names: tuple[str, ...] = _NAMES) -> dict[str, Any]:
    """The first of some fields that has a value; empty if none has."""
    by_name = {normalized_name(name): value for name, value in fields.items()}
    for name in names:
        value = by_name.get(normalized_name(name))
        if _is_name(value):
            return {name: value}
    return {}


def _is_name(value: object) -> bool:
    return isinstance(value, (str, int)) and bool(str(value).strip())
