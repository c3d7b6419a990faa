"""The differences between invoices and credit notes, and which changes of them matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xero_sandbox.model.organisation import Record
from xero_sandbox.writing.shared.values import Parser

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
# Changes of applied documents without a journal keep UpdatedDateUTC
# (xero-facts.md: Change capture).
FIELDS_WITHOUT_UPDATE_TIME = frozenset(
    {"DueDate", "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate"}
)


@dataclass(frozen=True)
class DocumentKind:
    """The differences between invoices and credit notes.

    Attributes:
        entity: The collection.
        label: The entity's name in messages.
        number_field: The field of the number.
        sales_type: The Type of documents that the organisation issues.
        prefix: The prefix of their numbers.
        fields: The fields that can be written.
        applied: The fields with paid or allocated amounts.
    """

    entity: str
    label: str
    number_field: str
    sales_type: str
    prefix: str
    fields: Mapping[str, Parser]
    applied: tuple[str, ...]


def is_applied(document: Record, kind: DocumentKind) -> bool:
    """Whether a document has payments or allocations."""
    return any(document.get(field) for field in kind.applied)


def same_amounts(before: Record, after: Record) -> bool:
    """Whether a change leaves amounts, date, currency and lines as they were."""
    if any(before.get(field) != after.get(field) for field in _CONTENT):
        return False
    lines = [[line.get(field) for field in _LINE_CONTENT] for line in before["LineItems"]]
    return lines == [[line.get(field) for field in _LINE_CONTENT] for line in after["LineItems"]]


def keeps_update_time(before: Record, after: Record) -> bool:
    """Whether a change of an applied document keeps its UpdatedDateUTC."""
    changed = {
        field for field in before.keys() | after.keys() if before.get(field) != after.get(field)
    }
    return changed <= FIELDS_WITHOUT_UPDATE_TIME
