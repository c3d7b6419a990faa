"""Ids of another organisation, replaced by this organisation's: ``references: translate``.

An id is looked for among those that this pair of organisations has been told of (the id map that
results feed), then by what else names the record: an account's code, a contact's number or name,
the names of a tracking category and its option. A reference by code is left alone, unless the same
account or tax rate goes by another code here. Everything is looked up in tables made beforehand,
many at a time; nothing in this file makes a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Record = dict[str, Any]
# A kind of record, and its id in the source.
Reference = tuple[str, str]
# A kind of record, the field that names it, and its value in lower case.
NaturalKey = tuple[str, str, str]

# What each id field refers to, by the stream that has it as its own.
KIND_OF_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "AccountID": "accounts",
        "BankTransactionID": "bank_transactions",
        "BankTransferID": "bank_transfers",
        "BatchPaymentID": "batch_payments",
        "BrandingThemeID": "branding_themes",
        "ContactGroupID": "contact_groups",
        "ContactID": "contacts",
        "CreditNoteID": "credit_notes",
        "InvoiceID": "invoices",
        "ItemID": "items",
        "ManualJournalID": "manual_journals",
        "OverpaymentID": "overpayments",
        "PaymentID": "payments",
        "PrepaymentID": "prepayments",
        "PurchaseOrderID": "purchase_orders",
        "QuoteID": "quotes",
        "RepeatingInvoiceID": "repeating_invoices",
        "SourceLineItemID": "line_items",
        "SourceTransactionID": "transactions",
        "TargetLineItemID": "line_items",
        "TargetTransactionID": "transactions",
        "TrackingCategoryID": "tracking_categories",
        "TrackingOptionID": "tracking_options",
    }
)
# What a linked transaction's two ends may be.
TRANSACTIONS = ("invoices", "bank_transactions")
# What else names a record, where it stands beside its id; the best first.
_BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "accounts": ("Code", "AccountCode", "Name"),
        "contacts": ("ContactNumber", "Name"),
        "items": ("Code",),
        "contact_groups": ("Name",),
        "branding_themes": ("Name",),
        "tracking_categories": ("Name",),
        "invoices": ("InvoiceNumber",),
        "credit_notes": ("CreditNoteNumber",),
    }
)
# Such a number names one sales document; suppliers' numbers are not their own (xero-facts.md: Writing by entity).
_NUMBERS_OF_TYPE: Mapping[str, str] = MappingProxyType(
    {"invoices": "ACCREC", "credit_notes": "ACCRECCREDIT"}
)
_CODES = frozenset(
    {
        "AccountCode",
        "COGSAccountCode",
        "InventoryAssetAccountCode",
        "PurchasesDefaultAccountCode",
        "SalesDefaultAccountCode",
    }
)
_TAX_TYPES = frozenset({"TaxType", "AccountsReceivableTaxType", "AccountsPayableTaxType"})
# A line must have the very rate; on an account, contact or item it is a proposal for later ones.
_LINES = ("LineItems[", "JournalLines[")
# Lines without tax have it whether or not the organisation lists such a rate.
_UNTAXED = "NONE"


@dataclass(frozen=True)
class Lookups:
    """What is known of the target organisation.

    Attributes:
        ids: Its id for a record of the source.
        natural: Its id for what else names a record.
        codes: Its account code for one of the source's, where they differ.
        tax_types: Its tax type for each of the source's that was copied; empty where none was,
            so that all are left alone.
        optional: Kinds of which an unknown id is left out instead of refusing the record.
    """

    ids: Mapping[Reference, str] = field(default_factory=dict)
    natural: Mapping[NaturalKey, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    tax_types: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset({"branding_themes"})


@dataclass(frozen=True)
class Translation:
    """A record for the target organisation.

    Attributes:
        record: The record with the target's ids.
        problems: References that cannot be resolved, one sentence each; it must not be sent then.
        left_out: Ids that were left out, as ``BrandingThemeID 12…``.
    """

    record: Record
    problems: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def translated(record: Mapping[str, Any], lookups: Lookups) -> Translation:
    """The record with every id of the source replaced by the target's.

    Args:
        record: A record without its own id.
        lookups: What is known of the target.
    """
    problems: list[str] = []
    left_out: list[str] = []
    out = _object(record, lookups, "", problems, left_out)
    return Translation(out, tuple(problems), tuple(left_out))


def references_in(value: Any) -> Iterator[Reference]:  # noqa: ANN401  # any JSON
    """All ids of other records inside a record, so that they can be looked up together."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            kind = KIND_OF_FIELD.get(name)
            if kind == "transactions":
                yield from ((one, str(inner)) for one in TRANSACTIONS)
            elif kind is not None and isinstance(inner, str):
                yield kind, inner
            else:
                yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


def natural_key(kind: str, name: str, value: object) -> NaturalKey:
    """The key under which ``Lookups.natural`` holds what names a record."""
    return kind, "Code" if name == "AccountCode" else name, str(value).strip().casefold()


def option_key(category: object, option: object) -> NaturalKey:
    """The same for a tracking option, whose name is unique in its category only."""
    return natural_key("tracking_options", "Name", f"{category}\0{option}")


def _object(
    record: Mapping[str, Any],
    lookups: Lookups,
    path: str,
    problems: list[str],
    left_out: list[str],
) -> Record:
    out: Record = {}
    for name, value in record.items():
        kind = KIND_OF_FIELD.get(name)
        if kind is None or not isinstance(value, str) or not value:
            out[name] = _value(name, value, lookups, f"{path}{name}", problems, left_out)
            continue
        if name == "AccountID" and record.get("AccountCode"):
            continue  # the code stands beside it, and says the same in both organisations
        found = _id_of(kind, value, record, lookups)
        if found is not None:
            out[name] = found
        elif kind in lookups.optional:
            left_out.append(f"{path}{name} {value}")
        else:
            problems.append(_unresolved(kind, f"{path}{name}", value, record))
    return out


def _value(
    name: str,
    value: Any,  # noqa: ANN401  # any JSON
    lookups: Lookups,
    path: str,
    problems: list[str],
    left_out: list[str],
) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, Mapping):
        return _object(value, lookups, f"{path}.", problems, left_out)
    if isinstance(value, list):
        return [
            _value(name, inner, lookups, f"{path}[{index}]", problems, left_out)
            for index, inner in enumerate(value)
        ]
    if name in _CODES and isinstance(value, str):
        return lookups.codes.get(value, value)
    if name in _TAX_TYPES and isinstance(value, str):
        is_known = not lookups.tax_types or value in (*lookups.tax_types, "", _UNTAXED)
        if not is_known and path.startswith(_LINES):
            problems.append(
                f"{path} {value} is none of the tax rates that were copied: the target's own "
                f"{value} may be another rate"
            )
        return lookups.tax_types.get(value, value)
    return value


def _id_of(kind: str, value: str, beside: Mapping[str, Any], lookups: Lookups) -> str | None:
    for one in TRANSACTIONS if kind == "transactions" else (kind,):
        found = lookups.ids.get((one, value))
        if found is not None:
            return found
    if kind == "tracking_options":
        return lookups.natural.get(option_key(beside.get("Name"), beside.get("Option")))
    if kind in _NUMBERS_OF_TYPE and beside.get("Type") != _NUMBERS_OF_TYPE[kind]:
        return None
    for name in _BESIDE.get(kind, ()):
        if beside.get(name):
            found = lookups.natural.get(natural_key(kind, name, beside[name]))
            if found is not None:
                return found
    return None


def _unresolved(kind: str, path: str, value: str, beside: Mapping[str, Any]) -> str:
    names = [f"{name} {beside[name]}" for name in _BESIDE.get(kind, ()) if beside.get(name)]
    if kind == "tracking_options" and beside.get("Option"):
        names = [f"{beside.get('Name')}: {beside['Option']}"]
    named = f" ({', '.join(names)})" if names else ""
    what = kind.replace("_", " ")
    return (
        f"{path} {value}{named} is none of the {what} that were copied, and the target has none of "
        "that name: copy it first"
    )
