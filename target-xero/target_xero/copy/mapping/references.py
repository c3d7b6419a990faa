"""Replaces the source's ids in a record by the target's: ``references: translate``.

An id is looked up in the id map, then by a natural key beside it: an account's code, a contact's
number or name, the names of a tracking category and its option. A reference by code stays as it is,
unless that account or tax rate has another code in the target. Everything is looked up in tables
that were loaded before; nothing in this file makes a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from target_xero.copy.steps import Payload
from xero_client.entities.table import ALL_ENTITIES, BY_STREAM, ENTITIES, TRANSACTIONS
from xero_client.json_value import Json

# A stream, and the id of a record in the source.
Reference = tuple[str, str]
# A stream, the field that identifies a record, and its value in lower case.
NaturalKey = tuple[str, str, str]

# The stream that each id field refers to.
STREAM_OF_FIELD: Mapping[str, str] = MappingProxyType(
    {
        str(entity.id_field): entity.stream
        for entity in ENTITIES
        if (entity.id_field or "").endswith("ID") and not entity.not_copied
    }
    | {field: stream for entity in ALL_ENTITIES for field, stream in entity.references.items()}
)
# The streams that a linked transaction can connect.
CONNECTED = ("invoices", "bank_transactions")
# Beside an id of an account, its code has a name of its own.
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType({"accounts": ("AccountCode",)})
_ACCOUNT_CODE_FIELDS = frozenset(
    {
        "AccountCode",
        "COGSAccountCode",
        "InventoryAssetAccountCode",
        "PurchasesDefaultAccountCode",
        "SalesDefaultAccountCode",
    }
)
_TAX_TYPE_FIELDS = frozenset({"TaxType", "AccountsReceivableTaxType", "AccountsPayableTaxType"})
# A line must have exactly this rate; an account, contact or item only proposes one.
_LINES = ("LineItems[", "JournalLines[")
# A valid tax type even if the organisation has no such rate.
_UNTAXED = "NONE"


@dataclass(frozen=True)
class ReferenceTables:
    """The tables that references are looked up in.

    Attributes:
        ids: The target's id by stream and source id.
        ids_by_key: The target's id by natural key.
        account_codes: The target's account code by the source's, if they differ.
        tax_types: The target's tax type by the source's; empty if no tax rate was copied, and then
            all tax types stay as they are.
        optional: Streams of which an unknown id is dropped instead of rejecting the record.
    """

    ids: Mapping[Reference, str] = field(default_factory=dict)
    ids_by_key: Mapping[NaturalKey, str] = field(default_factory=dict)
    account_codes: Mapping[str, str] = field(default_factory=dict)
    tax_types: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset({"branding_themes"})


@dataclass(frozen=True)
class Translation:
    """A record for the target organisation.

    Attributes:
        record: The record with the target's ids.
        problems: References that cannot be resolved, one sentence each; the record must not be
            sent if there are any.
        dropped: Fields that were dropped, with their ids, as ``BrandingThemeID 12…``.
    """

    record: Payload
    problems: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def translate(record: Mapping[str, Any], tables: ReferenceTables) -> Translation:
    """Replaces every id of the source in a record by the target's.

    Args:
        record: A record without its own id.
        tables: The tables to look them up in.
    """
    problems: list[str] = []
    dropped: list[str] = []
    out = _object(record, tables, "", problems, dropped)
    return Translation(out, tuple(problems), tuple(dropped))


def references_in(value: Json) -> Iterator[Reference]:
    """The references to other records in a record, so that they can be looked up together."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            stream = STREAM_OF_FIELD.get(name)
            if stream == TRANSACTIONS:
                yield from ((transactions, str(inner)) for transactions in CONNECTED)
            elif stream is not None and isinstance(inner, str):
                yield stream, inner
            else:
                yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


def natural_key(stream: str, name: str, value: object) -> NaturalKey:
    """The key under which ``ReferenceTables.ids_by_key`` has a record."""
    return stream, "Code" if name == "AccountCode" else name, str(value).strip().casefold()


def has_unique_name(stream: str, record: Mapping[str, Any]) -> bool:
    """Whether the name or number of a record is that of one record only.

    Numbers of sales documents are unique, those of suppliers are not (xero-facts.md: Writing by
    entity).
    """
    entity = BY_STREAM.get(stream)
    types = entity.writing.match_only_types if entity and entity.writing else frozenset()
    return not types or record.get("Type") in types


def _names_of(stream: str) -> tuple[str, ...]:
    """The fields beside an id that identify a record too."""
    entity = BY_STREAM.get(stream)
    return (*_OTHER_NAMES.get(stream, ()), *(entity.named_by if entity else ()))


def option_key(category: object, option: object) -> NaturalKey:
    """The key of a tracking option: its name is unique only in its category."""
    return natural_key("tracking_options", "Name", f"{category}\0{option}")


def _object(
    record: Mapping[str, Any],
    tables: ReferenceTables,
    path: str,
    problems: list[str],
    dropped: list[str],
) -> Payload:
    out: Payload = {}
    for name, value in record.items():
        stream = STREAM_OF_FIELD.get(name)
        if stream is None or not isinstance(value, str) or not value:
            out[name] = _value(name, value, tables, f"{path}{name}", problems, dropped)
            continue
        if name == "AccountID" and record.get("AccountCode"):
            continue  # the code beside it identifies the account in both organisations
        found = _id_of(stream, value, record, tables)
        if found is not None:
            out[name] = found
        elif stream in tables.optional:
            dropped.append(f"{path}{name} {value}")
        else:
            problems.append(_unresolved(stream, f"{path}{name}", value, record))
    return out


def _value(
    name: str,
    value: Json,
    tables: ReferenceTables,
    path: str,
    problems: list[str],
    dropped: list[str],
) -> Json:
    if isinstance(value, Mapping):
        return _object(value, tables, f"{path}.", problems, dropped)
    if isinstance(value, list):
        return [
            _value(name, inner, tables, f"{path}[{index}]", problems, dropped)
            for index, inner in enumerate(value)
        ]
    if name in _ACCOUNT_CODE_FIELDS and isinstance(value, str):
        return tables.account_codes.get(value, value)
    if name in _TAX_TYPE_FIELDS and isinstance(value, str):
        is_known = not tables.tax_types or value in (*tables.tax_types, "", _UNTAXED)
        if not is_known and path.startswith(_LINES):
            problems.append(
                f"{path} {value} is not one of the tax rates that were copied, and {value} may be "
                "another rate in the target: copy the tax rate first"
            )
        return tables.tax_types.get(value, value)
    return value


def _id_of(
    stream: str, value: str, siblings: Mapping[str, Any], tables: ReferenceTables
) -> str | None:
    for candidate in CONNECTED if stream == TRANSACTIONS else (stream,):
        found = tables.ids.get((candidate, value))
        if found is not None:
            return found
    if stream == "tracking_options":
        return tables.ids_by_key.get(option_key(siblings.get("Name"), siblings.get("Option")))
    if not has_unique_name(stream, siblings):
        return None
    for name in _names_of(stream):
        if siblings.get(name):
            found = tables.ids_by_key.get(natural_key(stream, name, siblings[name]))
            if found is not None:
                return found
    return None


def _unresolved(stream: str, path: str, value: str, siblings: Mapping[str, Any]) -> str:
    names = [f"{name} {siblings[name]}" for name in _names_of(stream) if siblings.get(name)]
    if stream == "tracking_options" and siblings.get("Option"):
        names = [f"{siblings.get('Name')}: {siblings['Option']}"]
    named = f" ({', '.join(names)})" if names else ""
    what = stream.replace("_", " ")
    return (
        f"{path} {value}{named} is not one of the {what} that were copied, and the target has none "
        "of that name: copy it first"
    )
