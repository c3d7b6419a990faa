"""Finding the record that an element is about."""

from __future__ import annotations

from typing import Any

from xero_sandbox.organisation import ID_FIELDS, Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import guid


def given_id(sent: Record, field: str) -> str | None:
    """The id that an element carries; an absent, null or empty GUID is none."""
    value: Any = sent.get(field)
    return guid(field, value) if value else None


def by_id(transaction: Transaction, entity: str, sent: Record, label: str) -> Record | None:
    """The record whose id an element carries, or None when it carries none.

    Raises:
        Invalid: When there is no such record: an id is Xero's to give (xero-facts.md: Writing rules).
    """
    record_id = given_id(sent, ID_FIELDS[entity])
    if record_id is None:
        return None
    record = transaction.get(entity, record_id)
    if record is None:
        message = f"The {label} with the {ID_FIELDS[entity]} {record_id} could not be found."
        raise Invalid(message)
    return record


def refuse_id(sent: Record, entity: str, label: str) -> None:
    """PUT only creates, and the id of a new record cannot be chosen (xero-facts.md: Writing rules).

    Raises:
        Invalid: When an id was sent.
    """
    field = ID_FIELDS[entity]
    if given_id(sent, field):
        message = f"A {label} cannot be created with a {field} of your choice. Use POST to update."
        raise Invalid(message)


def locate_by_id(entity: str, transaction: Transaction, key: str) -> Record | None:
    """The record under ``/Entity/{id}``."""
    return transaction.get(entity, key.lower())
