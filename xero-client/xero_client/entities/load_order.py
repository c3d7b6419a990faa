"""The load order of streams: records come before those that refer to them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Entities of one line do not refer to each other (xero-facts.md: Writing by entity).
_LAYERS: tuple[tuple[str, ...], ...] = (
    ("organisations", "users", "currencies", "tax_rates"),
    ("accounts", "tracking_categories", "branding_themes", "payment_services"),
    ("contacts",),
    ("contact_groups", "items"),
    ("repeating_invoices", "quotes", "purchase_orders"),
    ("invoices", "credit_notes", "bank_transactions", "manual_journals"),
    # Xero creates these two for a bank transaction of their type.
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
    """The position of a stream in the order, as a sort key; unknown streams come last, by name."""
    return _POSITIONS.get(stream, len(_POSITIONS)), stream
