"""What tells invoices from credit notes, and what of them payments rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xero_sandbox.organisation import Record
from xero_sandbox.writing.values import Parser

POSTED = frozenset({"AUTHORISED", "PAID"})
_CONTENT = ("Type", "Date", "CurrencyCode", "CurrencyRate", "LineAmountTypes", "Total")
_LINE_CONTENT = (
    "LineItemID",
    "Quantity",
    "UnitAmount",
    "LineAmount",
    "TaxType",
    "TaxAmount",
    "ItemCode",
)
# Changes to applied documents that generate no journal leave UpdatedDateUTC (xero-facts.md: Change capture).
SILENT_FIELDS = frozenset({"DueDate", "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate"})


@dataclass(frozen=True)
class Kind:
    """What tells invoices from credit notes.

    Attributes:
        entity: The collection.
        label: The entity's name in messages.
        number_field: Where the number stands.
        sales_type: The type that is the organisation's own document.
        prefix: How the sales numbers begin.
        fields: What can be written.
        applied: The fields that say how much of it is paid or allocated.
    """

    entity: str
    label: str
    number_field: str
    sales_type: str
    prefix: str
    fields: Mapping[str, Parser]
    applied: tuple[str, ...]


def is_applied(document: Record, kind: Kind) -> bool:
    """Whether anything is paid on a document or allocated to it."""
    return any(document.get(field) for field in kind.applied)


def same_content(before: Record, after: Record) -> bool:
    """Whether nothing changed that payments and allocations rest on."""
    if any(before.get(field) != after.get(field) for field in _CONTENT):
        return False
    lines = [[line.get(field) for field in _LINE_CONTENT] for line in before["LineItems"]]
    return lines == [[line.get(field) for field in _LINE_CONTENT] for line in after["LineItems"]]


def is_silent(before: Record, after: Record) -> bool:
    """Whether an edit of an applied document leaves its update time."""
    changed = {
        field for field in before.keys() | after.keys() if before.get(field) != after.get(field)
    }
    return changed <= SILENT_FIELDS
