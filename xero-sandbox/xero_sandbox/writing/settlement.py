"""Paying and allocating: what it does to a document's outstanding amount, and to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, to_base
from xero_sandbox.books.documents import control_account, line_postings, rate_of
from xero_sandbox.books.ledger import Posting, system_account
from xero_sandbox.organisation import ID_FIELDS, Record
from xero_sandbox.transaction import Transaction

# The sign with which an outstanding amount stands on receivables or payables.
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
    """Where a document says what is left of it."""
    return "AmountDue" if entity == "Invoices" else "RemainingCredit"


def change_outstanding(
    transaction: Transaction, entity: str, document: Record, by: Decimal, on: date
) -> tuple[Record, list[Posting]]:
    """The document with its outstanding amount changed, and what that posts.

    The balance that a document leaves in the ledger is always its outstanding amount at its own
    rate, to the cent, whatever order payments and allocations come and go in. The caller adds
    what stands against it and stores the document.
    """
    field = outstanding_field(entity)
    before: Decimal = document[field]
    after = before + by
    changed = {**document, field: after, "UpdatedDateUTC": transaction.now}
    if after == 0:
        changed |= {"Status": "PAID"}
        if entity in {"Invoices", "CreditNotes"}:
            changed["FullyPaidOnDate"] = on
    else:
        changed["Status"] = "AUTHORISED"
        changed.pop("FullyPaidOnDate", None)
    transaction.touched_contacts.add(document["Contact"]["ContactID"])
    return changed, _standing_change(transaction, entity, document, before, after)


def _standing_change(
    transaction: Transaction, entity: str, document: Record, before: Decimal, after: Decimal
) -> list[Posting]:
    if entity == "Prepayments":
        # A prepayment stands on its lines' accounts, in proportion to what is left of it.
        old = line_postings(transaction, document, before)
        new = line_postings(transaction, document, after)
        return [
            Posting(
                then.account,
                now.net - then.net,
                now.tax - then.tax,
                then.tax_type,
                then.tax_name,
                then.description,
                then.tracking,
            )
            for then, now in zip(old, new, strict=True)
        ]
    rate = rate_of(document)
    net = CONTROL_SIGN[document["Type"]] * (to_base(after, rate) - to_base(before, rate))
    account = control_account(transaction, document["Type"])
    return [Posting(account, net, description=document["Contact"].get("Name", ""))]


def with_gain(transaction: Transaction, postings: Sequence[Posting]) -> list[Posting]:
    """Balances postings with the currency gain or loss that they realise."""
    difference = sum((posting.net for posting in postings), ZERO)
    if not difference:
        return list(postings)
    account = system_account(transaction, "REALISEDCURRENCYGAIN")
    return [*postings, Posting(account, -difference, description="Realised currency gain")]


def without(entries: Sequence[Record], field: str, value: str) -> list[Record]:
    """``entries`` but for the one whose ``field`` is ``value``."""
    return [entry for entry in entries if entry.get(field) != value]


def reference_to(entity: str, document: Record) -> Record:
    """What a payment or allocation keeps of the document that it is for."""
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
