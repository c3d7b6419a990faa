"""Notes that users add to a record's history. They cannot be removed."""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.batch import not_found, save_each
from xero_sandbox.writing.shared.request import ValidationError, WriteOutcome, WriteRequest

MAX_NOTE = 2500

# (xero-facts.md: Attachments and history)
WITH_HISTORY = (
    "BankTransactions",
    "BankTransfers",
    "BatchPayments",
    "Contacts",
    "CreditNotes",
    "Invoices",
    "Items",
    "ManualJournals",
    "Overpayments",
    "Payments",
    "Prepayments",
    "PurchaseOrders",
    "Quotes",
    "RepeatingInvoices",
)


def add_notes(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """PUT /{Entity}/{id}/History."""
    entity, record_id = request.path[0], request.path[1].lower()
    if transaction.get(entity, record_id) is None:
        raise not_found()

    def save(transaction: Transaction, sent: Record) -> Record:
        details = str(sent.get("Details") or "").strip()
        if not details:
            message = "The history note has no Details."
            raise ValidationError(message)
        if len(details) > MAX_NOTE:
            message = f"A history note must not be longer than {MAX_NOTE} characters."
            raise ValidationError(message)
        return transaction.note(entity, record_id, "Note", details)

    return save_each(transaction, request, "HistoryRecords", request.elements, save)
