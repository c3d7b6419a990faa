"""Finds the record that an element belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import guid


def sent_id(sent: Record, field: str) -> str | None:
    """The id in an element; None if it is absent, null or the empty GUID."""
    value: Any = sent.get(field)
    return guid(field, value) if value else None


def by_id(transaction: Transaction, entity: str, sent: Record, label: str) -> Record | None:
    """The record of the id in an element, or None if it has no id.

    Raises:
        ValidationError: If the record does not exist, as only Xero creates ids (xero-facts.md:
            Writing rules).
    """
    record_id = sent_id(sent, ID_FIELDS[entity])
    if record_id is None:
        return None
    record = transaction.get(entity, record_id)
    if record is None:
        message = f"The {label} with the {ID_FIELDS[entity]} {record_id} could not be found."
        raise ValidationError(message)
    return record


def refuse_id(sent: Record, entity: str, label: str) -> None:
    """Refuses an id in a PUT, which always creates a record (xero-facts.md: Writing rules).

    Raises:
        ValidationError: If an id was sent.
    """
    field = ID_FIELDS[entity]
    if sent_id(sent, field):
        message = f"A {label} cannot be created with a {field} of your choice. Use POST to update."
        raise ValidationError(message)


def locate_by_id(entity: str, transaction: Transaction, key: str) -> Record | None:
    """The record under ``/Entity/{id}``."""
    return transaction.get(entity, key.lower())


def without(entries: Sequence[Record], field: str, value: str) -> list[Record]:
    """``entries`` without the one whose ``field`` is ``value``."""
    return [entry for entry in entries if entry.get(field) != value]
