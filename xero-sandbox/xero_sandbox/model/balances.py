"""What a contact owes and is owed (xero-facts.md: Change capture).

``Overdue`` depends on the day on which Xero is asked, not on the last change.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.model.transaction import find

_ZERO = Decimal(0)
_SIDES = ("AccountsReceivable", "AccountsPayable")
# The receivable type of each kind of credit.
_CREDITS = {
    "CreditNotes": "ACCRECCREDIT",
    "Overpayments": "RECEIVE-OVERPAYMENT",
    "Prepayments": "RECEIVE-PREPAYMENT",
}


def balances_of(organisation: Organisation, contact_id: str, today: date) -> Record:
    """The value of ``Balances`` on a day; amounts in foreign currencies are added as they are."""
    outstanding = dict.fromkeys(_SIDES, _ZERO)
    overdue = dict.fromkeys(_SIDES, _ZERO)
    collections = organisation.collections
    for invoice in find(collections["Invoices"], "Contact.ContactID", contact_id):
        if invoice.get("Status") != "AUTHORISED":
            continue
        side = "AccountsReceivable" if invoice["Type"] == "ACCREC" else "AccountsPayable"
        due: Decimal = invoice.get("AmountDue", _ZERO)
        outstanding[side] += due
        if invoice.get("DueDate", date.max) < today:
            overdue[side] += due
    for entity, receivable in _CREDITS.items():
        for credit in find(collections[entity], "Contact.ContactID", contact_id):
            if credit.get("Status") == "AUTHORISED":
                side = "AccountsReceivable" if credit["Type"] == receivable else "AccountsPayable"
                outstanding[side] -= credit.get("RemainingCredit", _ZERO)
    return {side: {"Outstanding": outstanding[side], "Overdue": overdue[side]} for side in _SIDES}


def with_overdue(organisation: Organisation, contact: Record, today: date) -> Record:
    """A contact whose balances are those of a day."""
    if "Balances" not in contact or not (contact.get("IsCustomer") or contact.get("IsSupplier")):
        return contact
    return {**contact, "Balances": balances_of(organisation, contact["ContactID"], today)}
