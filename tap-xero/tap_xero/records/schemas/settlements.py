"""Invoices, credits and payments, which contain one another.

An invoice lists its payments, a payment its invoice, and so on without end. The schemas stop here:
a record contains the others as summaries, and summaries contain one another as references.
"""

from __future__ import annotations

from tap_xero.records.schemas.accounts import ACCOUNT
from tap_xero.records.schemas.contacts import CONTACT
from tap_xero.records.schemas.credits import (
    CREDIT_NOTE_SUMMARY,
    OVERPAYMENT_SUMMARY,
    PREPAYMENT_SUMMARY,
)
from tap_xero.records.schemas.invoices import INVOICE_SUMMARY
from tap_xero.records.schemas.payments import BATCH_PAYMENT_SUMMARY, PAYMENT_SUMMARY
from tap_xero.records.schemas.types import Properties, array_of, object_of

INVOICE: Properties = {
    **INVOICE_SUMMARY,
    "Contact": object_of(CONTACT),
    "Payments": array_of(PAYMENT_SUMMARY),
    "Prepayments": array_of(PREPAYMENT_SUMMARY),
    "Overpayments": array_of(OVERPAYMENT_SUMMARY),
    "CreditNotes": array_of(CREDIT_NOTE_SUMMARY),
}

CREDIT_NOTE: Properties = {
    **CREDIT_NOTE_SUMMARY,
    "Contact": object_of(CONTACT),
    "Payments": array_of(PAYMENT_SUMMARY),
}

PREPAYMENT: Properties = {
    **PREPAYMENT_SUMMARY,
    "Contact": object_of(CONTACT),
    "Payments": array_of(PAYMENT_SUMMARY),
}

OVERPAYMENT: Properties = {
    **OVERPAYMENT_SUMMARY,
    "Contact": object_of(CONTACT),
    "Payments": array_of(PAYMENT_SUMMARY),
}

PAYMENT: Properties = {
    **PAYMENT_SUMMARY,
    "Account": object_of(ACCOUNT),
    "Invoice": object_of(INVOICE_SUMMARY),
    "CreditNote": object_of(CREDIT_NOTE_SUMMARY),
    "Prepayment": object_of(PREPAYMENT_SUMMARY),
    "Overpayment": object_of(OVERPAYMENT_SUMMARY),
}

BATCH_PAYMENT: Properties = {
    **BATCH_PAYMENT_SUMMARY,
    "Account": object_of(ACCOUNT),
    "Payments": array_of(PAYMENT),
}
