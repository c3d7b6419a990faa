"""Putting invoices and credit notes on the books, and taking them off again."""

from __future__ import annotations

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.books.documents import control_account, document_postings
from xero_sandbox.books.ledger import post, reverse
from xero_sandbox.organisation import ID_FIELDS, Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import stock
from xero_sandbox.writing.document_kind import POSTED, Kind, is_applied, same_content
from xero_sandbox.writing.document_parts import check_unlocked
from xero_sandbox.writing.request import Invalid


def locked_if_posted(transaction: Transaction, document: Record, problems: list[str]) -> None:
    """A posted document's date must be outside the locked periods."""
    if document["Status"] in POSTED:
        check_unlocked(transaction, document["Date"], problems)


def store(transaction: Transaction, document: Record, existing: Record | None, kind: Kind) -> None:
    """Keeps a document as it is now; posts it, or what an edit of it changes."""
    document_id = document[ID_FIELDS[kind.entity]]
    was_posted = bool(existing and existing["Status"] in POSTED)
    transaction.put(kind.entity, document)
    if document["Status"] in POSTED:
        _post(transaction, document, existing if was_posted else None, document_id, kind)
    if existing is None:
        action = "Approved" if document["Status"] in POSTED else "Created"
    elif not was_posted and document["Status"] in POSTED:
        action = "Approved"
    else:
        action = "Edited"
    number = document.get(kind.number_field, "")
    transaction.note(
        kind.entity,
        document_id,
        action,
        f"{kind.label} {number} to {document['Contact']['Name']} for {document['Total']:.2f}.",
    )


def _post(
    transaction: Transaction, document: Record, posted: Record | None, document_id: str, kind: Kind
) -> None:
    control = control_account(transaction, document["Type"])
    if posted is not None:
        before = document_postings(transaction, posted, control)
        after = document_postings(transaction, document, control)
        if before == after and same_content(posted, document):
            return
        stock.take_back(transaction, posted, document_id)
        reverse(transaction, document_id)
    cost = stock.move(transaction, document)
    postings = document_postings(transaction, document, control, cost)
    reference = document.get("Reference") or document.get(kind.number_field)
    post(transaction, document["Type"], document_id, document["Date"], postings, reference)


def remove(transaction: Transaction, existing: Record, status: str, kind: Kind) -> Record:
    """Voids or deletes a document; a posted one's journal is reversed.

    Raises:
        Invalid: While payments or credits are applied to it, or when its period is locked.
    """
    problems: list[str] = []
    if is_applied(existing, kind):
        problems.append(
            f"{kind.label} cannot be voided while payments or credits are applied to it."
        )
    locked_if_posted(transaction, existing, problems)
    if problems:
        raise Invalid(*problems)
    document_id = existing[ID_FIELDS[kind.entity]]
    document = {**existing, "Status": status, "UpdatedDateUTC": transaction.now}
    document["AmountDue" if kind.entity == "Invoices" else "RemainingCredit"] = ZERO
    if status == "VOIDED":
        stock.take_back(transaction, existing, document_id)
        reverse(transaction, document_id)
    transaction.put(kind.entity, document)
    transaction.touched_contacts.add(existing["Contact"]["ContactID"])
    transaction.note(kind.entity, document_id, status.capitalize(), "")
    return document
