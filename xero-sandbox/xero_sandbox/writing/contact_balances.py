"""What documents make of their contacts: balances, customer, supplier.

These change without moving a contact's UpdatedDateUTC (xero-facts.md: Change capture, blind spots).
"""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction

_CREDITS = {
    "CreditNotes": ("ACCRECCREDIT", "ACCPAYCREDIT"),
    "Overpayments": ("RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT"),
    "Prepayments": ("RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT"),
}


def refresh(transaction: Transaction) -> None:
    """Brings the contacts that a write touched up to date."""
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
