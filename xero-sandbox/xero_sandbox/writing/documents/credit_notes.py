"""Credit notes, to customers and from suppliers (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents import lifecycle
from xero_sandbox.writing.documents.kinds import DocumentKind
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.values import Parser, choice, day, flag, guid, number, text

FIELDS: dict[str, Parser] = {
    "Type": choice("ACCRECCREDIT", "ACCPAYCREDIT"),
    "Date": day,
    "DueDate": day,
    "LineAmountTypes": choice("Exclusive", "Inclusive", "NoTax"),
    "CreditNoteNumber": text(255),
    "Reference": text(255),
    "BrandingThemeID": guid,
    "CurrencyCode": text(3),
    "CurrencyRate": number(6),
    "Status": choice("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"),
    "SentToContact": flag,
}
CREDIT_NOTE = DocumentKind(
    entity="CreditNotes",
    label="Credit note",
    number_field="CreditNoteNumber",
    sales_type="ACCRECCREDIT",
    prefix="CN-",
    fields=FIELDS,
    applied=("Allocations", "Payments"),
)


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new credit note; the number of a sales credit note must be new."""
    refuse_id(sent, "CreditNotes", "credit note")
    return lifecycle.save(transaction, sent, None, CREDIT_NOTE)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the credit note of this id, or the sales credit note of this number, or a new one."""
    existing = by_id(transaction, "CreditNotes", sent, "credit note")
    credit_number = sent.get("CreditNoteNumber")
    if existing is None and credit_number and sent.get("Type") != "ACCPAYCREDIT":
        existing = by_number(transaction, str(credit_number))
    return lifecycle.save(transaction, sent, existing, CREDIT_NOTE)


def by_number(transaction: Transaction, credit_number: str) -> Record | None:
    """The sales credit note of this number that is not deleted."""
    for note in transaction.find("CreditNotes", "CreditNoteNumber", credit_number):
        if note["Type"] == "ACCRECCREDIT" and note["Status"] != "DELETED":
            return note
    return None


def locate(transaction: Transaction, key: str) -> Record | None:
    """The credit note under ``/CreditNotes/{id or number}``."""
    return transaction.get("CreditNotes", key.lower()) or by_number(transaction, key)
