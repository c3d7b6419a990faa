"""Payments and allocations: they change a document's outstanding amount, and the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, to_base
from xero_sandbox.books.documents import control_account, line_postings, rate_of
from xero_sandbox.books.ledger import Posting, system_account
from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction

# The sign of an outstanding amount on receivables or payables.
CONTROL_SIGN = {
    "ACCREC": 1,
    "ACCPAY": -1,
    "ACCRECCREDIT": -1,
    "ACCPAYCREDIT": 1,
    "RECEIVE-OVERPAYMENT": -1,
    "SPEND-OVERPAYMENT": 1,
    "RECEIVE-PREPAYMENT": -1,
    "SPEND-PREPAYMENT": 1,
}


def outstanding_field(entity: str) -> str:
    """The field of a document's outstanding amount."""
    return "AmountDue" if entity == "Invoices" else "RemainingCredit"


def change_outstanding(
    transaction: Transaction, entity: str, document: Record, by: Decimal, on: date
) -> tuple[Record, list[Posting]]:
    """The document with a changed outstanding amount, and the postings of that change.

    The balance of a document in the ledger is always its outstanding amount at its own rate, to
    the cent, whatever the order of payments and allocations. The caller adds the other side of
    the postings and stores the document.
    """
    field = outstanding_field(entity)
    before: Decimal = document[field]
    after = before + by
    changed = {**document, field: after, "UpdatedDateUTC": transaction.now}
    if after == 0:
        changed |= {"Status": "PAID"}
        if entity in {"Invoices", "CreditNotes"}:
            changed["FullyPaidOnDate"] = max([on, *_applied_on(transaction, entity, document)])
    else:
        changed["Status"] = "AUTHORISED"
        changed.pop("FullyPaidOnDate", None)
    transaction.touched_contacts.add(document["Contact"]["ContactID"])
    return changed, _balance_postings(transaction, entity, document, before, after)


def _applied_on(transaction: Transaction, entity: str, document: Record) -> list[date]:
    """The dates of a document's payments and allocations."""
    document_id = document[ID_FIELDS[entity]]
    dates: list[date] = [payment["Date"] for payment in document.get("Payments", [])]
    dates += [allocation["Date"] for allocation in document.get("Allocations", [])]
    for kind in ("CreditNotes", "Overpayments", "Prepayments"):
        for applied in document.get(kind, []) if entity == "Invoices" else []:
            credit = transaction.records(kind)[applied[ID_FIELDS[kind]]]
            dates += [
                allocation["Date"]
                for allocation in credit["Allocations"]
                if allocation["Invoice"]["InvoiceID"] == document_id
            ]
    return dates


def _balance_postings(
    transaction: Transaction, entity: str, document: Record, before: Decimal, after: Decimal
) -> list[Posting]:
    if entity == "Prepayments":
        # A prepayment is on its lines' accounts, in proportion to its remaining credit.
        old = line_postings(transaction, document, before)
        new = line_postings(transaction, document, after)
        return [
            Posting(
                previous.account,
                current.net - previous.net,
                current.tax - previous.tax,
                previous.tax_type,
                previous.tax_name,
                previous.description,
                previous.tracking,
            )
            for previous, current in zip(old, new, strict=True)
        ]
    rate = rate_of(document)
    net = CONTROL_SIGN[document["Type"]] * (to_base(after, rate) - to_base(before, rate))
    account = control_account(transaction, document["Type"])
    return [Posting(account, net, description=document["Contact"].get("Name", ""))]


def with_gain(transaction: Transaction, postings: Sequence[Posting]) -> list[Posting]:
    """Adds the realised currency gain or loss that balances the postings."""
    difference = sum((posting.net for posting in postings), ZERO)
    if not difference:
        return list(postings)
    account = system_account(transaction, "REALISEDCURRENCYGAIN")
    return [*postings, Posting(account, -difference, description="Realised currency gain")]


def reference_to(entity: str, document: Record) -> Record:
    """The fields of a document that its payments and allocations contain."""
    kept = (
        ID_FIELDS[entity],
        "InvoiceNumber",
        "CreditNoteNumber",
        "Type",
        "Contact",
        "CurrencyCode",
        "HasErrors",
    )
    return {field: document[field] for field in kept if field in document}
