"""Posts invoices and credit notes to the ledger, and reverses them."""

from __future__ import annotations

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.books.documents import control_account, document_postings
from xero_sandbox.books.ledger import post, reverse
from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents.kinds import POSTED, DocumentKind, is_applied, same_amounts
from xero_sandbox.writing.lines import stock
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.request import ValidationError


def check_unlocked_if_posted(transaction: Transaction, document: Record, errors: list[str]) -> None:
    """Checks that a posted document's date is after the lock dates."""
    if document["Status"] in POSTED:
        check_unlocked(transaction, document["Date"], errors)


def store(
    transaction: Transaction, document: Record, existing: Record | None, kind: DocumentKind
) -> None:
    """Stores a document, and posts it or its changes."""
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
    transaction: Transaction,
    document: Record,
    posted: Record | None,
    document_id: str,
    kind: DocumentKind,
) -> None:
    control = control_account(transaction, document["Type"])
    if posted is not None:
        before = document_postings(transaction, posted, control)
        after = document_postings(transaction, document, control)
        if before == after and same_amounts(posted, document):
            return
        stock.reverse_stock(transaction, posted, document_id)
        reverse(transaction, document_id)
    cost = stock.update_stock(transaction, document)
    postings = document_postings(transaction, document, control, cost)
    reference = document.get("Reference") or document.get(kind.number_field)
    post(transaction, document["Type"], document_id, document["Date"], postings, reference)


def remove(transaction: Transaction, existing: Record, status: str, kind: DocumentKind) -> Record:
    """Voids or deletes a document, and reverses the journal of a posted one.

    Raises:
        ValidationError: If payments or credits are applied to it, or its period is locked.
    """
    errors: list[str] = []
    if is_applied(existing, kind):
        errors.append(f"{kind.label} cannot be voided while payments or credits are applied to it.")
    check_unlocked_if_posted(transaction, existing, errors)
    if errors:
        raise ValidationError(*errors)
    document_id = existing[ID_FIELDS[kind.entity]]
    document = {**existing, "Status": status, "UpdatedDateUTC": transaction.now}
    document["AmountDue" if kind.entity == "Invoices" else "RemainingCredit"] = ZERO
    if status == "VOIDED":
        stock.reverse_stock(transaction, existing, document_id)
        reverse(transaction, document_id)
    transaction.put(kind.entity, document)
    transaction.touched_contacts.add(existing["Contact"]["ContactID"])
    transaction.note(kind.entity, document_id, status.capitalize(), "")
    return document
