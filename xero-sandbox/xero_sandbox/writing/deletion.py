"""Records that never change, but can be deleted (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from collections.abc import Mapping

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.document_parts import check_unlocked
from xero_sandbox.writing.matching import by_id
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import Parser, take


def to_be_deleted(
    transaction: Transaction, entity: str, sent: Record, fields: Mapping[str, Parser], words: str
) -> Record:
    """The record that ``Status: DELETED`` may delete.

    Args:
        transaction: The unit of work.
        entity: Xero's plural.
        sent: What was sent, with the record's id.
        fields: The fields that may be sent.
        words: What the record is called in messages, such as ``bank transfer``.

    Raises:
        Invalid: Another change was asked for, it is deleted already, or its period is locked.
    """
    record = by_id(transaction, entity, sent, words)
    problems: list[str] = []
    changes = take(sent, fields, problems)
    if record is None or changes.get("Status") != "DELETED":
        problems.append(f"A {words} cannot be changed. It can be deleted.")
    elif record["Status"] == "DELETED":
        problems.append(f"The {words} has been deleted already.")
    else:
        check_unlocked(transaction, record["Date"], problems)
    if problems or record is None:
        raise Invalid(*problems)
    return record
