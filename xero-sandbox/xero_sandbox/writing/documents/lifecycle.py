"""Invoices and credit notes: drafted, submitted, approved, edited, voided.

(xero-facts.md: Writing by entity)
"""

from __future__ import annotations

from collections.abc import Mapping

from xero_sandbox.books.amounts import ZERO, totals
from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.documents.common import (
    check_theme,
    contact_summary,
    due_date,
    next_number,
    resolve_contact,
    set_currency,
)
from xero_sandbox.writing.documents.kinds import (
    POSTED,
    DocumentKind,
    is_applied,
    keeps_update_time,
    same_amounts,
)
from xero_sandbox.writing.documents.posting import check_unlocked_if_posted, remove, store
from xero_sandbox.writing.lines.line_items import LineRules, read_lines
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import merged, parse_fields

NOT_MODIFIABLE = "not of valid status for modification"
EDITED_WHEN_APPLIED = (
    "This document cannot be edited as it has a payment or credit note allocated to it."
)
TRANSITIONS: Mapping[str | None, frozenset[str]] = {
    None: frozenset({"DRAFT", "SUBMITTED", "AUTHORISED"}),
    "DRAFT": frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"}),
    "SUBMITTED": frozenset({"SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"}),
    "AUTHORISED": frozenset({"AUTHORISED", "VOIDED"}),
    "PAID": frozenset({"PAID", "AUTHORISED"}),
}


def save(
    transaction: Transaction, sent: Record, existing: Record | None, kind: DocumentKind
) -> Record:
    """Creates the document, or changes ``existing``, and posts it to the ledger."""
    errors: list[str] = []
    changes = parse_fields(sent, kind.fields, errors)
    if errors:
        raise ValidationError(*errors)
    _check_status(changes, existing, kind)
    if changes.get("Status") in {"VOIDED", "DELETED"} and existing is not None:
        return remove(transaction, existing, changes["Status"], kind)
    document = _changed_document(transaction, sent, changes, existing, kind, errors)
    if existing is not None and is_applied(existing, kind) and not same_amounts(existing, document):
        errors.append(EDITED_WHEN_APPLIED)
    if errors:
        raise ValidationError(*errors)
    _set_amounts(document, existing, kind)
    unchanged_time = (
        existing is not None
        and is_applied(existing, kind)
        and keeps_update_time(existing, document)
    )
    document["UpdatedDateUTC"] = (
        existing["UpdatedDateUTC"] if existing and unchanged_time else transaction.now
    )
    store(transaction, document, existing, kind)
    return document


def _check_status(changes: Record, existing: Record | None, kind: DocumentKind) -> None:
    before = existing["Status"] if existing else None
    after = changes.get("Status") or before or "DRAFT"
    allowed = TRANSITIONS.get(before)
    if allowed is None:
        message = f"{kind.label} {NOT_MODIFIABLE}"
    elif after in allowed:
        return
    elif before is None:
        message = f"A new {kind.label.lower()} cannot have the status {after}."
    else:
        message = f"{kind.label} {NOT_MODIFIABLE}: {before} cannot become {after}."
    raise ValidationError(message)


def _changed_document(
    transaction: Transaction,
    sent: Record,
    changes: Record,
    existing: Record | None,
    kind: DocumentKind,
    errors: list[str],
) -> Record:
    document = merged(copy_record(existing) if existing else _blank(transaction, kind), changes)
    if existing is not None and existing["Status"] == "PAID":
        document["Status"] = "PAID"
    document_type = document.get("Type")
    if document_type is None:
        raise ValidationError(
            *(errors or [f"The type of the {kind.label.lower()} must be specified."])
        )
    if existing is not None and document_type != existing["Type"]:
        errors.append(f"The type of the {kind.label.lower()} cannot be changed.")
    document["LineAmountTypes"] = document.get("LineAmountTypes", "Exclusive")
    document.setdefault("Date", transaction.today)
    document.setdefault("Status", "DRAFT")
    contact = _contact(transaction, sent, existing, errors)
    if contact is not None:
        document["Contact"] = contact_summary(contact)
        if "CurrencyCode" not in document and contact.get("DefaultCurrency"):
            document["CurrencyCode"] = contact["DefaultCurrency"]
        _dates(transaction, document, existing, contact, kind)
    rate_is_outdated = existing and any(
        existing[field] != document.get(field) for field in ("Date", "CurrencyCode")
    )
    if rate_is_outdated and "CurrencyRate" not in changes:
        document.pop("CurrencyRate", None)
    set_currency(transaction, document, errors)
    check_theme(transaction, document, errors)
    check_unlocked_if_posted(transaction, document, errors)
    if existing:
        check_unlocked_if_posted(transaction, existing, errors)
    _lines(transaction, sent, document, existing, contact, kind, errors)
    _number(transaction, document, kind, errors)
    _sent_to_contact(transaction, document, changes, existing)
    return document


def _blank(transaction: Transaction, kind: DocumentKind) -> Record:
    return {
        ID_FIELDS[kind.entity]: transaction.new_id(),
        "LineItems": [],
        "HasAttachments": False,
        "HasErrors": False,
        "SentToContact": False,
        **{field: [] for field in kind.applied if field not in {"AmountPaid", "AmountCredited"}},
    }


def _contact(
    transaction: Transaction, sent: Record, existing: Record | None, errors: list[str]
) -> Record | None:
    named = sent.get("Contact")
    if isinstance(named, dict) and named:
        return resolve_contact(transaction, named, errors, existing)
    if existing is None:
        errors.append("A contact must be specified.")
        return None
    contact_id = existing["Contact"]["ContactID"]
    transaction.touched_contacts.add(contact_id)
    return transaction.get("Contacts", contact_id)


def _dates(
    transaction: Transaction,
    document: Record,
    existing: Record | None,
    contact: Record,
    kind: DocumentKind,
) -> None:
    if existing:
        transaction.touched_contacts.add(existing["Contact"]["ContactID"])
    sales = document["Type"] == kind.sales_type
    if "DueDate" not in document and kind.entity == "Invoices":
        document["DueDate"] = due_date(transaction, contact, sales=sales, on=document["Date"])


def _lines(
    transaction: Transaction,
    sent: Record,
    document: Record,
    existing: Record | None,
    contact: Record | None,
    kind: DocumentKind,
    errors: list[str],
) -> None:
    sales = document["Type"] == kind.sales_type
    side = "AccountsReceivableTaxType" if sales else "AccountsPayableTaxType"
    before = existing["LineItems"] if existing else []
    lines = sent.get("LineItems")
    if lines is None:
        lines = [{"LineItemID": line["LineItemID"]} for line in before]
    approved = document["Status"] in POSTED
    rules = LineRules(
        amount_types=document["LineAmountTypes"],
        sales=sales,
        approved=approved,
        discounts=kind.entity == "Invoices" and sales,
        recalculate=bool(existing and existing["LineAmountTypes"] != document["LineAmountTypes"]),
        default_tax_type=contact.get(side) if contact else None,
    )
    document["LineItems"] = read_lines(transaction, lines, before, rules, errors)
    if approved and not document["LineItems"]:
        errors.append("One or more line items must be specified")
    document |= totals(document["LineItems"], document["LineAmountTypes"])
    if document["Total"] < 0:
        errors.append("The total of the document must not be less than zero.")


def _number(
    transaction: Transaction, document: Record, kind: DocumentKind, errors: list[str]
) -> None:
    field = kind.number_field
    if document["Type"] != kind.sales_type:
        return
    number = document.get(field)
    if not number:
        document[field] = next_number(transaction, kind.entity, field, kind.prefix)
        return
    id_field = ID_FIELDS[kind.entity]
    for other in transaction.find(kind.entity, field, number):
        different = other[id_field] != document[id_field]
        if different and other["Type"] == kind.sales_type and other["Status"] != "DELETED":
            errors.append(f"{kind.label} # must be unique")
            return


def _sent_to_contact(
    transaction: Transaction, document: Record, changes: Record, existing: Record | None
) -> None:
    if changes.get("SentToContact") and document["Status"] not in POSTED:
        transaction.warnings.append("Only AUTHORISED invoices may have SentToContact updated.")
        document["SentToContact"] = bool(existing and existing["SentToContact"])


def _set_amounts(document: Record, existing: Record | None, kind: DocumentKind) -> None:
    if kind.entity == "Invoices":
        before = existing or {}
        document["AmountPaid"] = before.get("AmountPaid", ZERO)
        document["AmountCredited"] = before.get("AmountCredited", ZERO)
        document["AmountDue"] = (
            document["Total"] - document["AmountPaid"] - document["AmountCredited"]
        )
        outstanding = document["AmountDue"]
    else:
        applied = existing["Total"] - existing["RemainingCredit"] if existing else ZERO
        document["RemainingCredit"] = outstanding = document["Total"] - applied
    if document["Status"] == "AUTHORISED" and outstanding == 0:
        document["Status"] = "PAID"
        document.setdefault("FullyPaidOnDate", document["Date"])
