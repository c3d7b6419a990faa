"""The order of entities in which what is referred to comes before what refers to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# xero-facts.md: Writing by entity says what each entity refers to; entities of one line do not refer to each other.
_LAYERS: tuple[tuple[str, ...], ...] = (
    ("organisations", "users", "currencies", "tax_rates"),
    ("accounts", "tracking_categories", "branding_themes", "payment_services"),
    ("contacts",),
    ("contact_groups", "items"),
    ("repeating_invoices", "quotes", "purchase_orders"),
    ("invoices", "credit_notes", "bank_transactions", "manual_journals"),
    # A bank transaction of their type makes these two.
    ("prepayments", "overpayments"),
    ("batch_payments", "payments"),
    ("bank_transfers",),
    ("linked_transactions",),
    ("receipts", "expense_claims"),
    ("budgets", "invoice_reminders", "journals"),
)

STREAM_ORDER: tuple[str, ...] = tuple(stream for layer in _LAYERS for stream in layer)

_POSITIONS: Mapping[str, int] = MappingProxyType(
    {stream: position for position, stream in enumerate(STREAM_ORDER)}
)


def load_position(stream: str) -> tuple[int, str]:
    """Where a stream stands in the order; one that is not in it comes last, by name."""
    return _POSITIONS.get(stream, len(_POSITIONS)), stream
