"""Which rule copies which stream, and what Xero's API cannot write at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from target_xero.copy.rules import documents, settings, settlements
from target_xero.copy.rules.files_and_notes import below
from target_xero.copy.steps import Plan

# Said before the run, and in the README.
NOT_WRITABLE: Mapping[str, str] = {
    "bank statement lines and reconciliation": "Xero's API has neither (xero-facts.md: Reading by entity)",
    "branding themes": "only matched by name",
    "budgets": "only readable",
    "expense_claims, receipts": "retired by Xero",
    "journals": "Xero makes them from the documents",
    "organisation settings, financial year, lock dates": "only readable",
    "repeating bills": "Xero's API makes repeating sales invoices only",
    "users": "only readable",
}
_UNWRITABLE_STREAMS: Mapping[str, str] = {
    "budgets": "Xero's API cannot write budgets",
    "expense_claims": "Xero retires expense claims",
    "invoice_reminders": "Xero's API cannot write reminders",
    "journals": "Xero makes journals from the documents",
    "organisations": "an organisation's own settings cannot be written",
    "payment_services": "payment services belong to the app that made them",
    "receipts": "Xero retires receipts",
    "users": "Xero's API cannot write users",
}


def plan_of(
    stream: str, record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> Plan | None:
    """What becomes of a record.

    Args:
        stream: tap-xero's stream.
        record: Its record.
        copy_voided: Whether voided and deleted documents are made, and removed again.
        tracked: Codes of the items whose stock Xero keeps.

    Returns:
        None where nobody knows the stream.
    """
    simple = {
        "accounts": settings.account,
        "bank_transfers": settlements.bank_transfer,
        "batch_payments": settlements.batch_payment,
        "branding_themes": settings.branding_theme,
        "contact_groups": settings.contact_group,
        "contacts": settings.contact,
        "currencies": settings.currency,
        "items": settings.item,
        "linked_transactions": settlements.linked_transaction,
        "payments": settlements.payment,
        "purchase_orders": documents.purchase_order,
        "quotes": documents.quote,
        "repeating_invoices": documents.repeating_invoice,
        "tax_rates": settings.tax_rate,
        "tracking_categories": settings.tracking_category,
    }.get(stream)
    if simple is not None:
        return simple(record)
    if stream in _UNWRITABLE_STREAMS:
        return Plan(reason=_UNWRITABLE_STREAMS[stream])
    return below(stream, record) or _document_plan(
        stream, record, copy_voided=copy_voided, tracked=tracked
    )


def _document_plan(
    stream: str, record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> Plan | None:
    plans: Mapping[str, Callable[[], Plan]] = {
        "invoices": lambda: documents.invoice(record, copy_voided=copy_voided, tracked=tracked),
        "credit_notes": lambda: documents.credit_note(
            record, copy_voided=copy_voided, tracked=tracked
        ),
        "bank_transactions": lambda: documents.bank_transaction(
            record, copy_voided=copy_voided, tracked=tracked
        ),
        "manual_journals": lambda: documents.manual_journal(record, copy_voided=copy_voided),
        "prepayments": lambda: documents.credit(record, "Prepayments", "PrepaymentID"),
        "overpayments": lambda: documents.credit(record, "Overpayments", "OverpaymentID"),
    }
    plan = plans.get(stream)
    return plan() if plan is not None else None
