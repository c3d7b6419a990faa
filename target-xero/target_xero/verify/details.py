"""The writable fields of a record as text: what a copy can have, it must have.

Ids are left out, because they differ in every organisation. Accounts are told by name, tax
rates by their percentage.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from target_xero.books.chart import Chart
from target_xero.books.dates import day_of
from xero_client.entities.field_types import Field, Kind
from xero_client.entities.shapes import SHAPES
from xero_client.json_value import Json

Record = Mapping[str, Any]

# Described by the entity's own description, or not a property of the record itself.
_NOT_DETAILS = frozenset(
    {
        "Account",
        "Amount",
        "BankAccount",
        "Contact",
        "ContactStatus",
        "CreditNote",
        "CreditNoteNumber",
        "CurrencyRate",
        "FromBankAccount",
        "FromIsReconciled",
        "IsReconciled",
        "Invoice",
        "InvoiceNumber",
        "JournalLines",
        "LineItems",
        "Overpayment",
        "Payments",
        "Prepayment",
        "Status",
        "ToBankAccount",
        "ToIsReconciled",
        # The key of another organisation in Xero's own network.
        "XeroNetworkKey",
    }
)
# Rates and currencies of another country have other descriptions and components.
_WITHOUT_DETAILS = frozenset({"Currencies", "TaxRates"})


def details_of(
    entity: str, record: Record, chart: Chart, described: Collection[str]
) -> dict[str, str]:
    """Name and text of each writable field that has a value.

    Args:
        entity: Xero's name of the entity.
        record: The record.
        chart: Names its accounts and tax rates.
        described: Names of fields that are compared already.
    """
    if entity in _WITHOUT_DETAILS or entity not in SHAPES:
        return {}
    return {
        field.name: text
        for field in SHAPES[entity].values()
        if field.name not in _NOT_DETAILS
        and field.name not in described
        and (text := _text(field, record, chart))
    }


def _text(field: Field, record: Record, chart: Chart) -> str:
    value = record.get(field.name)
    if not field.is_sent or field.name.endswith("ID") or value in (None, "", [], {}):
        return ""
    if field.shape is not None:
        parts = [
            part
            for element in (value if isinstance(value, list) else [value])
            if isinstance(element, Mapping) and (part := _part(field.shape, element, chart))
        ]
        return " | ".join(sorted(parts))
    return _plain(field, str(value), value, record, chart)


def _plain(
    field: Field,
    text: str,
    value: Json,
    record: Record,
    chart: Chart,
) -> str:
    if field.name.endswith("AccountCode"):
        return chart.names.get(chart.by_code.get(text, ""), text)
    if field.name.endswith("TaxType"):
        return chart.tax_percents.get(text, text)
    if field.kind is Kind.DATE:
        return day_of(record, field.name)
    if field.kind is Kind.NUMBER:
        return f"{Decimal(text).normalize():f}"
    return {True: "yes", False: "no"}.get(value, text) if isinstance(value, bool) else text


def _part(shape: str, element: Record, chart: Chart) -> str:
    """A part of a record; empty if it says no more than what kind of part it is."""
    texts = {
        field.name: text
        for field in SHAPES[shape].values()
        if (text := _text(field, element, chart))
    }
    if all(name in ("AddressType", "PhoneType") for name in texts):
        return ""
    return " ".join(f"{name}={text}" for name, text in texts.items())
