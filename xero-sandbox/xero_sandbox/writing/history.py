"""Notes that users add to a record's history: permanent, at most 2,500 characters."""

from __future__ import annotations

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.batch import each, not_found
from xero_sandbox.writing.request import Invalid, WriteRequest, Written

MAX_NOTE = 2500

# xero-facts.md: Attachments and history.
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


def add_notes(transaction: Transaction, request: WriteRequest) -> Written:
    """PUT /{Entity}/{id}/History."""
    entity, record_id = request.path[0], request.path[1].lower()
    if transaction.get(entity, record_id) is None:
        raise not_found()

    def save(inside: Transaction, sent: Record) -> Record:
        details = str(sent.get("Details") or "").strip()
        if not details:
            message = "The history note has no Details."
            raise Invalid(message)
        if len(details) > MAX_NOTE:
            message = f"A history note must not be longer than {MAX_NOTE} characters."
            raise Invalid(message)
        return inside.note(entity, record_id, "Note", details)

    return each(transaction, request, "HistoryRecords", request.elements, save)
