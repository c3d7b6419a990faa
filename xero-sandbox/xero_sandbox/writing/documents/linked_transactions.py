"""Linked transactions: a billable expense links a bill's line to a customer's invoice line."""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import ValidationError, WriteOutcome
from xero_sandbox.writing.shared.values import Parser, guid, merged, parse_fields

FIELDS: dict[str, Parser] = {
    "SourceTransactionID": guid,
    "SourceLineItemID": guid,
    "ContactID": guid,
    "TargetTransactionID": guid,
    "TargetLineItemID": guid,
}
_SOURCES = {"ACCPAY", "SPEND"}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: makes a line of a bill or of money spent billable."""
    refuse_id(sent, "LinkedTransactions", "linked transaction")
    blank = {
        "LinkedTransactionID": transaction.new_id(),
        "Type": "BILLABLEEXPENSE",
    }
    return _save(transaction, sent, blank)


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /LinkedTransactions/{id}: assigns a customer or an invoice line."""
    existing = by_id(transaction, "LinkedTransactions", sent, "linked transaction")
    if existing is None:
        message = "A LinkedTransactionID must be specified."
        raise ValidationError(message)
    return _save(transaction, sent, copy_record(existing))


def delete(transaction: Transaction, linked: Record) -> WriteOutcome:
    """DELETE /LinkedTransactions/{id}: removes a linked transaction."""
    transaction.drop("LinkedTransactions", linked["LinkedTransactionID"])
    return WriteOutcome("LinkedTransactions", [], status=204)


def update_statuses(transaction: Transaction, document_id: str) -> None:
    """Updates the status of the links from and to a document."""
    for field in ("SourceTransactionID", "TargetTransactionID"):
        for linked in transaction.find("LinkedTransactions", field, document_id):
            source = _document(transaction, linked["SourceTransactionID"])
            target = transaction.get("Invoices", linked.get("TargetTransactionID", ""))
            status = _status(source, target) if source else "VOIDED"
            if status != linked["Status"]:
                changed = {**linked, "Status": status, "UpdatedDateUTC": transaction.now}
                transaction.put("LinkedTransactions", changed)


def _save(transaction: Transaction, sent: Record, before: Record) -> Record:
    errors: list[str] = []
    linked = merged(before, parse_fields(sent, FIELDS, errors))
    source = _document(transaction, linked.get("SourceTransactionID"))
    if source is None or source["Type"] not in _SOURCES:
        errors.append("The source of a linked transaction must be a bill or money spent.")
    elif not _has_line(source, linked.get("SourceLineItemID")):
        errors.append("The source line item could not be found.")
    contact_id, target_id = linked.get("ContactID"), linked.get("TargetTransactionID")
    if contact_id and transaction.get("Contacts", contact_id) is None:
        errors.append("The contact could not be found.")
    target = transaction.get("Invoices", target_id) if target_id else None
    if target_id and (target is None or target["Type"] != "ACCREC"):
        errors.append("The target of a linked transaction must be a sales invoice.")
    elif target is not None:
        line_id = linked.get("TargetLineItemID")
        if line_id and not _has_line(target, line_id):
            errors.append("The target line item could not be found.")
        if contact_id and target["Contact"]["ContactID"] != contact_id:
            errors.append("The target invoice belongs to another contact.")
        linked["ContactID"] = target["Contact"]["ContactID"]
    if errors or source is None:
        raise ValidationError(*errors)
    linked["SourceTransactionTypeCode"] = source["Type"]
    linked["Status"] = _status(source, target)
    linked["UpdatedDateUTC"] = transaction.now
    transaction.put("LinkedTransactions", linked)
    return linked


def _document(transaction: Transaction, document_id: str | None) -> Record | None:
    if document_id is None:
        return None
    return transaction.get("Invoices", document_id) or transaction.get(
        "BankTransactions", document_id
    )


def _has_line(document: Record, line_id: str | None) -> bool:
    return any(line["LineItemID"] == line_id for line in document["LineItems"])


def _status(source: Record, target: Record | None) -> str:
    """The status of a link, from the statuses of its source and target."""
    if source["Status"] in {"VOIDED", "DELETED"}:
        return "VOIDED"
    if target is not None:
        return "BILLED" if target["Status"] in {"AUTHORISED", "PAID"} else "ONDRAFT"
    return "APPROVED" if source["Status"] in {"AUTHORISED", "PAID"} else "DRAFT"
