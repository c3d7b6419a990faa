"""Contact fields that depend on documents: balances, customer, supplier.

They change without a change of UpdatedDateUTC (xero-facts.md: Change capture).
"""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction

_CREDITS = {
    "CreditNotes": ("ACCRECCREDIT", "ACCPAYCREDIT"),
    "Overpayments": ("RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT"),
    "Prepayments": ("RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT"),
}


def refresh(transaction: Transaction) -> None:
    """Updates the contacts that a write affected."""
    for contact_id in sorted(transaction.touched_contacts):
        contact = transaction.get("Contacts", contact_id)
        if contact is not None:
            transaction.put("Contacts", _refreshed(transaction, contact))


def _refreshed(transaction: Transaction, contact: Record) -> Record:
    outstanding = {"AccountsReceivable": ZERO, "AccountsPayable": ZERO}
    overdue = {"AccountsReceivable": ZERO, "AccountsPayable": ZERO}
    is_customer = contact.get("IsCustomer", False)
    is_supplier = contact.get("IsSupplier", False)
    for invoice in transaction.find("Invoices", "Contact.ContactID", contact["ContactID"]):
        is_customer = is_customer or invoice["Type"] == "ACCREC"
        is_supplier = is_supplier or invoice["Type"] == "ACCPAY"
        if invoice["Status"] != "AUTHORISED":
            continue
        side = "AccountsReceivable" if invoice["Type"] == "ACCREC" else "AccountsPayable"
        due: Decimal = invoice["AmountDue"]
        outstanding[side] += due
        if invoice["DueDate"] < transaction.today:
            overdue[side] += due
    for entity, (receivable, _) in _CREDITS.items():
        for credit in transaction.find(entity, "Contact.ContactID", contact["ContactID"]):
            if credit["Status"] == "AUTHORISED":
                side = "AccountsReceivable" if credit["Type"] == receivable else "AccountsPayable"
                outstanding[side] -= credit["RemainingCredit"]
    balances = {
        side: {"Outstanding": outstanding[side], "Overdue": overdue[side]} for side in outstanding
    }
    return {
        **contact,
        "IsCustomer": is_customer,
        "IsSupplier": is_supplier,
        "Balances": balances,
    }
