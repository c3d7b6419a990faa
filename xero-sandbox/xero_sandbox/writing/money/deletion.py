"""Records that can be deleted but not changed (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from collections.abc import Mapping

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import by_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import Parser, parse_fields


def find_for_deletion(
    transaction: Transaction, entity: str, sent: Record, fields: Mapping[str, Parser], label: str
) -> Record:
    """The record that ``Status: DELETED`` may delete.

    Args:
        transaction: The transaction.
        entity: The collection.
        sent: What was sent, with the record's id.
        fields: The fields that may be sent.
        label: The name of the record in messages, such as ``bank transfer``.

    Raises:
        ValidationError: If something else is changed, the record is deleted already, or its period
            is locked.
    """
    record = by_id(transaction, entity, sent, label)
    errors: list[str] = []
    changes = parse_fields(sent, fields, errors)
    if record is None or changes.get("Status") != "DELETED":
        errors.append(f"A {label} cannot be changed. It can be deleted.")
    elif record["Status"] == "DELETED":
        errors.append(f"The {label} has been deleted already.")
    else:
        check_unlocked(transaction, record["Date"], errors)
    if errors or record is None:
        raise ValidationError(*errors)
    return record
