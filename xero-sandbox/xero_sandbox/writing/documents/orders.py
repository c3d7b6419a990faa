"""Quotes and purchase orders, which are not posted (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xero_sandbox.books.amounts import ZERO, totals
from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.documents.common import (
    check_theme,
    contact_summary,
    next_number,
    resolve_contact,
    set_currency,
)
from xero_sandbox.writing.lines.line_items import LineRules, read_lines
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    day,
    flag,
    guid,
    merged,
    number,
    parse_fields,
    text,
)


@dataclass(frozen=True)
class OrderKind:
    """The differences between quotes and purchase orders.

    Attributes:
        entity: The collection.
        label: The entity's name in messages.
        number_field: The field of the number, which is unique.
        prefix: The prefix of numbers.
        sales: Whether lines use the sales details of items.
        fields: The fields that can be written.
        transitions: The statuses that can follow a status.
        match_number: Whether POST finds a document by its number.
        upper_case_types: Whether LineAmountTypes are spelled in capitals.
    """

    entity: str
    label: str
    number_field: str
    prefix: str
    sales: bool
    fields: Mapping[str, Parser]
    transitions: Mapping[str, frozenset[str]]
    match_number: bool
    upper_case_types: bool


_COMMON: dict[str, Parser] = {
    "Date": day,
    "BrandingThemeID": guid,
    "CurrencyCode": text(3),
    "CurrencyRate": number(6),
}
QUOTE = OrderKind(
    entity="Quotes",
    label="Quote",
    number_field="QuoteNumber",
    prefix="QU-",
    sales=True,
    fields={
        **_COMMON,
        "QuoteNumber": text(255),
        "Reference": text(4000),
        "Terms": text(4000),
        "ExpiryDate": day,
        "Status": choice("DRAFT", "SENT", "DECLINED", "ACCEPTED", "INVOICED", "DELETED"),
        "Title": text(100),
        "Summary": text(3000),
        "LineAmountTypes": choice("EXCLUSIVE", "INCLUSIVE", "NOTAX"),
    },
    transitions={
        "": frozenset({"DRAFT", "SENT", "ACCEPTED", "DECLINED"}),
        "DRAFT": frozenset({"SENT", "DELETED"}),
        "SENT": frozenset({"ACCEPTED", "DECLINED", "DELETED"}),
        "DECLINED": frozenset({"SENT", "DELETED"}),
        "ACCEPTED": frozenset({"INVOICED", "SENT", "DELETED"}),
        "INVOICED": frozenset({"SENT", "DELETED"}),
    },
    match_number=False,
    upper_case_types=True,
)
PURCHASE_ORDER = OrderKind(
    entity="PurchaseOrders",
    label="Purchase order",
    number_field="PurchaseOrderNumber",
    prefix="PO-",
    sales=False,
    fields={
        **_COMMON,
        "PurchaseOrderNumber": text(255),
        "Reference": text(255),
        "DeliveryDate": day,
        "LineAmountTypes": choice("Exclusive", "Inclusive", "NoTax"),
        "Status": choice("DRAFT", "SUBMITTED", "AUTHORISED", "BILLED", "DELETED"),
        "SentToContact": flag,
        "DeliveryAddress": text(),
        "AttentionTo": text(),
        "Telephone": text(),
        "DeliveryInstructions": text(500),
        "ExpectedArrivalDate": day,
    },
    transitions={
        "": frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "BILLED"}),
        "DRAFT": frozenset({"SUBMITTED", "AUTHORISED", "BILLED", "DELETED"}),
        "SUBMITTED": frozenset({"DRAFT", "AUTHORISED", "BILLED", "DELETED"}),
        "AUTHORISED": frozenset({"BILLED", "DELETED"}),
        "BILLED": frozenset({"AUTHORISED", "DELETED"}),
    },
    match_number=True,
    upper_case_types=False,
)


def create(kind: OrderKind, transaction: Transaction, sent: Record) -> Record:
    """PUT: a new document."""
    refuse_id(sent, kind.entity, kind.label.lower())
    return _save(kind, transaction, sent, None)


def create_or_update(kind: OrderKind, transaction: Transaction, sent: Record) -> Record:
    """POST: the document of this id, or the purchase order of this number, or a new one."""
    existing = by_id(transaction, kind.entity, sent, kind.label.lower())
    order_number = sent.get(kind.number_field)
    if existing is None and order_number and kind.match_number:
        existing = _numbered(kind, transaction, str(order_number))
    return _save(kind, transaction, sent, existing)


def locate(kind: OrderKind, transaction: Transaction, key: str) -> Record | None:
    """The document under ``/{Entity}/{id or number}``."""
    return transaction.get(kind.entity, key.lower()) or _numbered(kind, transaction, key)


def _numbered(kind: OrderKind, transaction: Transaction, order_number: str) -> Record | None:
    for found in transaction.find(kind.entity, kind.number_field, order_number):
        if found["Status"] != "DELETED":
            return found
    return None


def _save(
    kind: OrderKind, transaction: Transaction, sent: Record, existing: Record | None
) -> Record:
    errors: list[str] = []
    changes = parse_fields(sent, kind.fields, errors)
    if errors:
        raise ValidationError(*errors)
    _check_status(kind, changes, existing)
    id_field = ID_FIELDS[kind.entity]
    blank: Record = {id_field: transaction.new_id(), "Status": "DRAFT", "Date": transaction.today}
    if not kind.upper_case_types:
        blank |= {"SentToContact": False, "HasAttachments": False}
    document = merged(copy_record(existing) if existing else blank, changes)
    contact = _contact(kind, transaction, sent, existing, errors)
    if contact is not None:
        document["Contact"] = contact_summary(contact)
        if "CurrencyCode" not in document and contact.get("DefaultCurrency"):
            document["CurrencyCode"] = contact["DefaultCurrency"]
    set_currency(transaction, document, errors)
    check_theme(transaction, document, errors)
    _lines(kind, transaction, sent, document, existing, errors)
    order_number = document.get(kind.number_field)
    namesake = _numbered(kind, transaction, order_number) if order_number else None
    if namesake is not None and namesake[id_field] != document[id_field]:
        errors.append(f"{kind.label} number {order_number} must be unique.")
    if errors:
        raise ValidationError(*errors)
    if not order_number:
        document[kind.number_field] = next_number(
            transaction, kind.entity, kind.number_field, kind.prefix
        )
    document["UpdatedDateUTC"] = transaction.now
    transaction.put(kind.entity, document)
    before = existing["Status"] if existing else None
    verb = "Created" if existing is None else "Edited"
    changed = verb if before in {None, document["Status"]} else document["Status"].capitalize()
    details = f"{kind.label} {document[kind.number_field]} for {document['Total']:.2f}."
    transaction.note(kind.entity, document[id_field], changed, details)
    return document


def _check_status(kind: OrderKind, changes: Record, existing: Record | None) -> None:
    before = existing["Status"] if existing else ""
    after = changes.get("Status") or before
    allowed = kind.transitions.get(before)
    if allowed is None:
        message = f"{kind.label} not of valid status for modification"
        raise ValidationError(message)
    if after and after != before and after not in allowed:
        message = f"{kind.label} status cannot go from {before or 'new'} to {after}."
        raise ValidationError(message)


def _contact(
    kind: OrderKind,
    transaction: Transaction,
    sent: Record,
    existing: Record | None,
    errors: list[str],
) -> Record | None:
    named = sent.get("Contact")
    if isinstance(named, dict) and named:
        # Only purchase orders do not create contacts by name (xero-facts.md: Writing rules).
        return resolve_contact(transaction, named, errors, existing, create=kind.sales)
    if existing is not None:
        return transaction.get("Contacts", existing["Contact"]["ContactID"])
    errors.append("A contact must be specified.")
    return None


def _lines(
    kind: OrderKind,
    transaction: Transaction,
    sent: Record,
    document: Record,
    existing: Record | None,
    errors: list[str],
) -> None:
    details = document.setdefault(
        "LineAmountTypes", "EXCLUSIVE" if kind.upper_case_types else "Exclusive"
    )
    amount_types = {"EXCLUSIVE": "Exclusive", "INCLUSIVE": "Inclusive", "NOTAX": "NoTax"}[
        details.upper()
    ]
    before = existing["LineItems"] if existing else []
    lines = sent.get("LineItems")
    if lines is None:
        lines = [{"LineItemID": line["LineItemID"]} for line in before]
    rules = LineRules(
        amount_types=amount_types,
        sales=kind.sales,
        approved=False,
        discounts=True,
        recalculate=bool(existing and existing["LineAmountTypes"] != details),
    )
    document["LineItems"] = read_lines(transaction, lines, before, rules, errors)
    if not document["LineItems"]:
        errors.append("One or more line items must be specified")
    document |= totals(document["LineItems"], amount_types)
    document["TotalDiscount"] = sum(
        (
            line["Quantity"] * line["UnitAmount"] - line["LineAmount"]
            for line in document["LineItems"]
            if {"Quantity", "UnitAmount", "LineAmount"} <= line.keys()
            and (line.get("DiscountRate") or line.get("DiscountAmount"))
        ),
        ZERO,
    )
