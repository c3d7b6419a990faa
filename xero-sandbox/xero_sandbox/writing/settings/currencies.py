"""Currencies: one per request, never removed (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from xero_sandbox.books import rates
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.request import ValidationError

NAMES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "FJD": "Fiji Dollar",
    "GBP": "British Pound",
    "HKD": "Hong Kong Dollar",
    "JPY": "Japanese Yen",
    "NZD": "New Zealand Dollar",
    "SGD": "Singapore Dollar",
    "USD": "United States Dollar",
    "ZAR": "South African Rand",
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: adds a currency to the organisation, unless it has it already."""
    code = str(sent.get("Code") or "").upper()
    if not rates.has_rate(code):
        message = f"The organisation cannot use the currency '{code}'."
        raise ValidationError(message)
    currency = transaction.get("Currencies", code) or {"Code": code, "Description": NAMES[code]}
    transaction.put("Currencies", currency)
    return currency
