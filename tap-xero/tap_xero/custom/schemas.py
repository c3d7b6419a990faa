"""The schemas of custom streams: checked if the settings give one, else inferred from records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tap_xero.records.converter import Record
from tap_xero.records.dates import instant_or_none
from tap_xero.records.schemas.types import (
    BOOLEAN,
    INSTANT,
    KEY,
    NUMBER,
    STRING,
    Properties,
    Schema,
    copy_of,
    kind_of,
    object_of,
)
from tap_xero.state import TENANT_ID
from tap_xero.streams.record_stream import READ_AT, TENANT_NAME
from xero_client.entities.table import Entity
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean

_KINDS = frozenset({"string", "number", "integer", "boolean", "object", "array"})
_DATE_FORMATS = frozenset({"date", "date-time"})
# Such a value can be a day or an instant. An instant keeps all of it.
_MICROSOFT_DATE = re.compile(r"/Date\(-?\d+(?:[+-]\d{4})?\)/", re.ASCII)


def checked_schema(setting: str, schema: Mapping[str, Any], entity: Entity) -> Schema:
    """A schema that the settings give, in the form that the tap uses.

    Types become lists that include null, and formats other than dates are removed.

    Raises:
        SettingsError: A part has no type, or several, or a key is missing.
    """
    checked = _checked(setting, {"type": "object", **schema})
    if kind_of(checked) != "object":
        message = f"Setting {setting!r} is not the schema of an object"
        raise SettingsError(message)
    properties: Properties = checked["properties"]
    for name in (*entity.keys, entity.reading.replication_key):
        if name is not None and name not in properties:
            hint = did_you_mean(name, properties)
            message = f"Setting {setting!r} has no property {name!r}{hint}"
            raise SettingsError(message)
    return stream_schema(properties, entity)


def check_fields(records: Sequence[Record], entity: Entity) -> None:
    """Checks that records have the fields that the settings name.

    Without its key, every record would replace the one before it in a table.

    Raises:
        SettingsError: No record has one of them.
    """
    found = {name for record in records for name in record}
    settings = dict.fromkeys(entity.keys, "key_properties")
    if entity.reading.replication_key is not None:
        settings[entity.reading.replication_key] = "replication_key"
    for name, setting in settings.items():
        if name not in found:
            message = (
                f"Setting 'custom_streams.{entity.stream}.{setting}' names {name!r}, which no "
                f"record of the first page has{did_you_mean(name, found)}"
            )
            raise SettingsError(message)
    check_replication_key(records, entity)


def check_keys(records: Sequence[Record], entity: Entity) -> None:
    """Checks that each record of a page has one of the fields that identify it.

    Raises:
        SettingsError: A record has none of them.
    """
    missing = sum(all(each.get(name) is None for name in entity.keys) for each in records)
    if entity.keys and missing:
        message = (
            f"Setting 'custom_streams.{entity.stream}.key_properties' names "
            f"{', '.join(map(repr, entity.keys))}, which {missing} of {len(records)} records of a "
            "page do not have, so that a table would keep one of them: name fields that every "
            "record has, or remove the setting"
        )
        raise SettingsError(message)


def check_replication_key(records: Iterable[Record], entity: Entity) -> None:
    """Checks that the field of the bookmark is a date: that of the first record that has it.

    Raises:
        SettingsError: It is a number or another text.
    """
    name = entity.reading.replication_key
    value = next((each[name] for each in records if name and each.get(name) is not None), None)
    if value is not None and instant_or_none(value) is None:
        shown = repr(value) if isinstance(value, str) else str(value)
        message = (
            f"Setting 'custom_streams.{entity.stream}.replication_key' names {name!r}, whose value "
            f"{shown} is not a date and time: name the field with the time of the last change, or "
            "remove 'replication_key' and 'modified_since', so that each run reads the whole list"
        )
        raise SettingsError(message)


def _checked(place: str, node: object) -> Schema:
    kinds = node.get("type") if isinstance(node, dict) else None
    names = {kinds} if isinstance(kinds, str) else set(kinds if isinstance(kinds, list) else ())
    names.discard("null")
    if not isinstance(node, dict) or len(names) != 1 or not names <= _KINDS:
        message = (
            f"Setting {place!r} needs one type of {', '.join(sorted(_KINDS))}, and may add null"
        )
        raise SettingsError(message)
    [kind] = names
    checked: Schema = {**node, "type": [kind, "null"]}
    if checked.get("format") not in _DATE_FORMATS:
        checked.pop("format", None)
    if kind == "object":
        members = node.get("properties") or {}
        checked["properties"] = {
            name: _checked(f"{place}.{name}", member) for name, member in members.items()
        }
    if kind == "array":
        checked["items"] = _checked(f"{place}[]", node.get("items"))
    return checked


def stream_schema(properties: Properties, entity: Entity) -> Schema:
    """The schema of a stream: the tenant, the keys, the other fields, and the time of the read."""
    keys = {
        name: {**copy_of(properties.get(name, STRING)), "type": [kind_of(properties[name])]}
        if name in properties
        else copy_of(KEY)
        for name in entity.keys
    }
    others = {name: copy_of(node) for name, node in properties.items() if name not in keys}
    if replication_key := entity.reading.replication_key:
        others[replication_key] = copy_of(INSTANT)
    return {
        "type": "object",
        "properties": {
            TENANT_ID: copy_of(KEY),
            TENANT_NAME: copy_of(STRING),
            **keys,
            **others,
            READ_AT: copy_of(INSTANT),
        },
    }


def inferred_schema(records: Iterable[Record], entity: Entity) -> Schema:
    """The schema that records fit; fields that they do not have are not in it.

    Numbers become exact decimals. Texts stay texts, except for ``/Date(…)/``.
    """
    return stream_schema(_properties(list(records)), entity)


def _properties(records: Sequence[Record]) -> Properties:
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            found = values.setdefault(name, [])
            if value is not None:
                found.append(value)
    return {name: _inferred(found) for name, found in values.items()}


def _inferred(values: Sequence[Any]) -> Schema:
    """The schema of the values of one field; a text if they are of several kinds, or unknown."""
    if _are(values, dict):
        return object_of(_properties(values))
    if _are(values, list):
        members = [member for value in values for member in value if member is not None]
        return {"type": ["array", "null"], "items": _inferred(members)}
    scalar = STRING
    if _are(values, bool):
        scalar = BOOLEAN
    elif _are(values, int, Decimal):
        scalar = NUMBER
    elif _are(values, str) and all(map(_MICROSOFT_DATE.fullmatch, values)):
        scalar = INSTANT
    return dict(scalar)


def _are(values: Sequence[Any], *kinds: type) -> bool:
    """Whether there are values, and all of them are of one of the kinds."""
    return bool(values) and all(type(value) in kinds for value in values)
