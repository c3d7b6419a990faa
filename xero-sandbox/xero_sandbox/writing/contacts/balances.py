"""Contact fields that depend on documents: balances, customer, supplier.

They change without a change of UpdatedDateUTC (xero-facts.md: Change capture).
"""

from __future__ import annotations

from xero_sandbox.model.balances import balances_of
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction


def refresh(transaction: Transaction) -> None:
    """Updates the contacts that a write affected."""
    for contact_id in sorted(transaction.touched_contacts):
        contact = transaction.get("Contacts", contact_id)
        if contact is not None:
            transaction.put("Contacts", _refreshed(transaction, contact))


def _refreshed(transaction: Transaction, contact: Record) -> Record:
    contact_id = contact["ContactID"]
    types = {
        invoice["Type"] for invoice in transaction.find("Invoices", "Contact.ContactID", contact_id)
    }
    return {
        **contact,
        "IsCustomer": contact.get("IsCustomer", False) or "ACCREC" in types,
        "IsSupplier": contact.get("IsSupplier", False) or "ACCPAY" in types,
        "Balances": balances_of(transaction.organisation, contact_id, transaction.today),
    }
