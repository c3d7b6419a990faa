"""Quotes and purchase orders: documents that post nothing (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xero_sandbox.books.amounts import ZERO, totals
from xero_sandbox.organisation import ID_FIELDS, Record
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing.document_parts import (
    check_theme,
    contact_summary,
    next_number,
    resolve_contact,
    settle_currency,
)
from xero_sandbox.writing.lines import LineRules, read_lines
from xero_sandbox.writing.matching import by_id, refuse_id
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import Parser, choice, day, flag, guid, merged, number, take, text


@dataclass(frozen=True)
class Order:
    """What tells quotes from purchase orders.

    Attributes:
        entity: The collection.
        label: The entity's name in messages.
        number_field: Where the number stands; it is unique.
        prefix: How numbers begin.
        sales: Whether lines take items' sales details.
        fields: What can be written.
        transitions: Which status can follow which.
        final: Statuses after which nothing changes.
        match_number: Whether POST finds one by its number.
        quote_words: Whether LineAmountTypes are spelled in capitals.
    """

    entity: str
    label: str
    number_field: str
    prefix: str
    sales: bool
    fields: Mapping[str, Parser]
    transitions: Mapping[str, frozenset[str]]
    match_number: bool
    quote_words: bool


_COMMON: dict[str, Parser] = {
    "Date": day,
    "BrandingThemeID": guid,
    "CurrencyCode": text(3),
    "CurrencyRate": number(6),
}
QUOTE = Order(
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
    quote_words=True,
)
PURCHASE_ORDER = Order(
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
    quote_words=False,
)


def create(order: Order, transaction: Transaction, sent: Record) -> Record:
    """PUT: a new one."""
    refuse_id(sent, order.entity, order.label.lower())
    return _save(order, transaction, sent, None)


def create_or_update(order: Order, transaction: Transaction, sent: Record) -> Record:
    """POST: the one of this id, for purchase orders else of this number, else a new one."""
    existing = by_id(transaction, order.entity, sent, order.label.lower())
    given = sent.get(order.number_field)
    if existing is None and given and order.match_number:
        existing = _numbered(order, transaction, str(given))
    return _save(order, transaction, sent, existing)


def locate(order: Order, transaction: Transaction, key: str) -> Record | None:
    """The one under ``/{Entity}/{id or number}``."""
    return transaction.get(order.entity, key.lower()) or _numbered(order, transaction, key)


def _numbered(order: Order, transaction: Transaction, number_given: str) -> Record | None:
    for found in transaction.find(order.entity, order.number_field, number_given):
        if found["Status"] != "DELETED":
            return found
    return None


def _save(order: Order, transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    problems: list[str] = []
    changes = take(sent, order.fields, problems)
    if problems:
        raise Invalid(*problems)
    _check_status(order, changes, existing)
    id_field = ID_FIELDS[order.entity]
    blank: Record = {id_field: transaction.new_id(), "Status": "DRAFT", "Date": transaction.today}
    if not order.quote_words:
        blank |= {"SentToContact": False, "HasAttachments": False}
    document = merged(copied(existing) if existing else blank, changes)
    contact = _contact(order, transaction, sent, existing, problems)
    if contact is not None:
        document["Contact"] = contact_summary(contact)
        if "CurrencyCode" not in document and contact.get("DefaultCurrency"):
            document["CurrencyCode"] = contact["DefaultCurrency"]
    settle_currency(transaction, document, problems)
    check_theme(transaction, document, problems)
    _lines(order, transaction, sent, document, existing, problems)
    given = document.get(order.number_field)
    namesake = _numbered(order, transaction, given) if given else None
    if namesake is not None and namesake[id_field] != document[id_field]:
        problems.append(f"{order.label} number {given} must be unique.")
    if problems:
        raise Invalid(*problems)
    if not given:
        document[order.number_field] = next_number(
            transaction, order.entity, order.number_field, order.prefix
        )
    document["UpdatedDateUTC"] = transaction.now
    transaction.put(order.entity, document)
    before = existing["Status"] if existing else None
    verb = "Created" if existing is None else "Edited"
    changed = verb if before in {None, document["Status"]} else document["Status"].capitalize()
    words = f"{order.label} {document[order.number_field]} for {document['Total']:.2f}."
    transaction.note(order.entity, document[id_field], changed, words)
    return document


def _check_status(order: Order, changes: Record, existing: Record | None) -> None:
    before = existing["Status"] if existing else ""
    after = changes.get("Status") or before
    allowed = order.transitions.get(before)
    if allowed is None:
        message = f"{order.label} not of valid status for modification"
        raise Invalid(message)
    if after and after != before and after not in allowed:
        message = f"{order.label} status cannot go from {before or 'new'} to {after}."
        raise Invalid(message)


def _contact(
    order: Order,
    transaction: Transaction,
    sent: Record,
    existing: Record | None,
    problems: list[str],
) -> Record | None:
    named = sent.get("Contact")
    if isinstance(named, dict) and named:
        # Only purchase orders do not make contacts by name (xero-facts.md: Writing rules).
        return resolve_contact(transaction, named, problems, existing, create=order.sales)
    if existing is not None:
        return transaction.get("Contacts", existing["Contact"]["ContactID"])
    problems.append("A contact must be specified.")
    return None


def _lines(
    order: Order,
    transaction: Transaction,
    sent: Record,
    document: Record,
    existing: Record | None,
    problems: list[str],
) -> None:
    words = document.setdefault(
        "LineAmountTypes", "EXCLUSIVE" if order.quote_words else "Exclusive"
    )
    amount_types = {"EXCLUSIVE": "Exclusive", "INCLUSIVE": "Inclusive", "NOTAX": "NoTax"}[
        words.upper()
    ]
    before = existing["LineItems"] if existing else []
    lines = sent.get("LineItems")
    if lines is None:
        lines = [{"LineItemID": line["LineItemID"]} for line in before]
    rules = LineRules(
        amount_types=amount_types,
        sales=order.sales,
        approved=False,
        discounts=True,
        recalculate=bool(existing and existing["LineAmountTypes"] != words),
    )
    document["LineItems"] = read_lines(transaction, lines, before, rules, problems)
    if not document["LineItems"]:
        problems.append("One or more line items must be specified")
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
