"""The schemas of the lists inside records, which are streams of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_xero.records.schemas.contacts import CONTACT_PERSON, GROUP_MEMBER
from tap_xero.records.schemas.descriptions import described
from tap_xero.records.schemas.journals import (
    BUDGET_BALANCE,
    BUDGET_LINE,
    JOURNAL_LINE,
    MANUAL_JOURNAL_LINE,
)
from tap_xero.records.schemas.line_items import LINE_ITEM
from tap_xero.records.schemas.payments import PAYMENT_SUMMARY
from tap_xero.records.schemas.references import (
    ALLOCATION,
    CREDIT_NOTE_REFERENCE,
    INVOICE_REFERENCE,
    OVERPAYMENT_REFERENCE,
    PREPAYMENT_REFERENCE,
)
from tap_xero.records.schemas.settings import TAX_COMPONENT
from tap_xero.records.schemas.shared import ADDRESS, PHONE, TRACKING, TRACKING_OPTION
from tap_xero.records.schemas.types import (
    INSTANT,
    KEY,
    PLACE,
    STRING,
    Properties,
    Schema,
    copy_of,
    kind_of,
    object_of,
)
from xero_client.entities.nested_lists import LINE, LINE_NUMBER, NestedList

_BATCHED_PAYMENT: Properties = {
    **PAYMENT_SUMMARY,
    "Invoice": object_of(INVOICE_REFERENCE),
    "CreditNote": object_of(CREDIT_NOTE_REFERENCE),
    "Prepayment": object_of(PREPAYMENT_REFERENCE),
    "Overpayment": object_of(OVERPAYMENT_REFERENCE),
}

# By the last part of the path, and by parent where that is not enough.
_MEMBERS: Mapping[str, Properties] = {
    "LineItems": LINE_ITEM,
    "Tracking": TRACKING,
    "TrackingCategories": TRACKING,
    "JournalLines": JOURNAL_LINE,
    "manual_journals.JournalLines": MANUAL_JOURNAL_LINE,
    "Allocations": ALLOCATION,
    "Addresses": ADDRESS,
    "Phones": PHONE,
    "ContactPersons": CONTACT_PERSON,
    "Contacts": GROUP_MEMBER,
    "Options": TRACKING_OPTION,
    "TaxComponents": TAX_COMPONENT,
    "Payments": _BATCHED_PAYMENT,
    "BudgetBalances": BUDGET_BALANCE,
}
# What Xero only sends in answers to writes, and what changes nothing for a reader.
_LEFT_OUT = frozenset({"StatusAttributeString", "HasErrors", "HasValidationErrors"})


def nested_schema(nested: NestedList) -> Schema:
    """The complete JSON Schema of the stream of a nested list."""
    columns: Properties = {}
    for name, schema in _members(nested).items():
        target = row_fields(nested).get(name)
        if isinstance(target, str):
            columns[target] = schema
        elif target:
            columns |= {column: schema["properties"][part] for part, column in target.items()}
    carried = {name: _carried(name) for name in nested.carried}
    own: Properties = {
        "_tenant_id": KEY,
        "_tenant_name": STRING,
        nested.parent_id: KEY,
        **carried,
        **({LINE_NUMBER: PLACE} if len(nested.path) > 1 else {}),
        LINE: PLACE,
    }
    properties = {**own, **{name: each for name, each in columns.items() if name not in own}}
    for name in nested.keys:
        if kind_of(properties[name]) == "string":
            properties[name] = KEY
    properties["_read_at"] = INSTANT
    return described({"type": "object", "properties": copy_of(properties)}, nested.stream)


def row_fields(nested: NestedList) -> Mapping[str, str | Mapping[str, str]]:
    """The column of each field of a member; for an object, the column of each of its fields.

    Objects are flattened one level, ``Invoice.InvoiceID`` to ``Invoice_InvoiceID``. Lists and
    deeper objects are left out: the parent's record has them.
    """
    fields: dict[str, str | Mapping[str, str]] = {}
    for name, schema in _members(nested).items():
        if name in _LEFT_OUT:
            continue
        kind = kind_of(schema)
        if kind == "object":
            fields[name] = {
                part: f"{name}_{part}"
                for part, each in schema["properties"].items()
                if kind_of(each) not in ("object", "array") and part not in _LEFT_OUT
            }
        elif kind != "array":
            fields[name] = name
    return fields


def _members(nested: NestedList) -> Properties:
    field = nested.path[-1]
    return _MEMBERS.get(f"{nested.parent.stream}.{field}") or _MEMBERS[field]


def _carried(name: str) -> dict[str, Any]:
    return BUDGET_LINE.get(name, STRING)
