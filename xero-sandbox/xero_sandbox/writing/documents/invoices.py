"""Sales invoices and bills: what can be written, and how POST finds one.

(xero-facts.md: Writing by entity)
"""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents import lifecycle, linked_transactions
from xero_sandbox.writing.documents.kinds import DocumentKind
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.values import Parser, choice, day, flag, guid, number, text

LINE_AMOUNT_TYPES = choice("Exclusive", "Inclusive", "NoTax")
FIELDS: dict[str, Parser] = {
    "Type": choice("ACCREC", "ACCPAY"),
    "Date": day,
    "DueDate": day,
    "LineAmountTypes": LINE_AMOUNT_TYPES,
    "InvoiceNumber": text(255),
    "Reference": text(255),
    "BrandingThemeID": guid,
    "Url": text(),
    "CurrencyCode": text(3),
    "CurrencyRate": number(6),
    "Status": choice("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"),
    "SentToContact": flag,
    "ExpectedPaymentDate": day,
    "PlannedPaymentDate": day,
}
INVOICE = DocumentKind(
    entity="Invoices",
    label="Invoice",
    number_field="InvoiceNumber",
    sales_type="ACCREC",
    prefix="INV-",
    fields=FIELDS,
    applied=(
        "AmountPaid",
        "AmountCredited",
        "Payments",
        "CreditNotes",
        "Prepayments",
        "Overpayments",
    ),
)


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new invoice; the number of a sales invoice must be new."""
    refuse_id(sent, "Invoices", "invoice")
    return _with_discount(transaction, lifecycle.save(transaction, sent, None, INVOICE))


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the invoice of this id, or the sales invoice of this number, or a new one.

    The numbers of bills are not unique, so they are not used (xero-facts.md: Writing by entity).
    """
    existing = by_id(transaction, "Invoices", sent, "invoice")
    invoice_number = sent.get("InvoiceNumber")
    if existing is None and invoice_number and sent.get("Type") != "ACCPAY":
        existing = by_number(transaction, str(invoice_number))
    return _with_discount(transaction, lifecycle.save(transaction, sent, existing, INVOICE))


def by_number(transaction: Transaction, invoice_number: str) -> Record | None:
    """The sales invoice of this number that is not deleted."""
    for invoice in transaction.find("Invoices", "InvoiceNumber", invoice_number):
        if invoice["Type"] == "ACCREC" and invoice["Status"] != "DELETED":
            return invoice
    return None


def locate(transaction: Transaction, key: str) -> Record | None:
    """The invoice under ``/Invoices/{id or number}`` (xero-facts.md: Writing rules)."""
    return transaction.get("Invoices", key.lower()) or by_number(transaction, key)


def _with_discount(transaction: Transaction, invoice: Record) -> Record:
    gross = sum(
        line.get("Quantity", 0) * line.get("UnitAmount", 0) - line.get("LineAmount", 0)
        for line in invoice["LineItems"]
        if line.get("DiscountRate") or line.get("DiscountAmount")
    )
    if gross or invoice.get("IsDiscounted"):
        invoice = {**invoice, "IsDiscounted": bool(gross), "TotalDiscount": gross}
    elif "IsDiscounted" not in invoice:
        invoice = {**invoice, "IsDiscounted": False}
    transaction.put("Invoices", invoice)
    linked_transactions.update_statuses(transaction, invoice["InvoiceID"])
    return invoice
