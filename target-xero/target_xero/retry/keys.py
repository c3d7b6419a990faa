"""The key of a record: what it keeps when its content is corrected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.names import destination_of, document_type_of
from target_xero.build.fields.columns import Path, field_path
from target_xero.build.records import Provenance, Record
from target_xero.build.references.match_keys import CONTACT_FIELDS
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.http import wire
from xero_client.json_value import Json

_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number", enc_hook=str)


class RecordKeys:
    """Finds the keys of the records of one stream, also of those that cannot be published."""

    def __init__(self, rule: StreamRule) -> None:
        """Takes the stream's rule."""
        self._rule = rule
        destination = destination_of(rule.entity, rule.path)
        self._entity = destination.entity if isinstance(destination, EntityDestination) else None
        self._shape = destination.shape if self._entity is not None else None
        self._type = rule.payload.get("Type") or document_type_of(rule.entity)
        self._paths: dict[str, Path] = {}

    def of(self, record: Record, provenance: Provenance) -> str:
        """The key of a record; empty if only its content identifies it.

        It is the record's key in the tap or the values of ``group_by``; else its id, number, code
        or name in Xero.
        """
        if provenance.subject_key:
            return _hashed("key", provenance.stream, *provenance.subject_key)
        fields = self._fields_of(record)
        writing = self._entity.writing if self._entity is not None else None
        if writing is None:
            return ""
        kind = self._type or fields.get(("Type",), "")
        for name in writing.match_fields:
            value = fields.get((name,))
            is_unique = not writing.match_only_types or kind in writing.match_only_types
            if value and (is_unique or name == writing.match_fields[0]):
                return _hashed(provenance.stream, name, value)
        numbers = [self._number(fields, name) for name in writing.number_fields]
        return _hashed(provenance.stream, *numbers) if numbers and all(numbers) else ""

    def _number(self, fields: Mapping[Path, str], name: str) -> str:
        if name != "Contact":
            return fields.get((name,), "")
        found = (fields.get((name, inner), "") for inner in CONTACT_FIELDS)
        return next(filter(None, found), "")

    def _fields_of(self, record: Record) -> dict[Path, str]:
        """The plain values of a record, and those of its contact, by Xero's fields."""
        fields: dict[Path, str] = {}
        for column, value in record.items():
            path = self._path(column)
            inner: dict[Path, Any] = {path: value}
            if isinstance(value, dict) and path == ("Contact",):
                inner = {("Contact", name): text for name, text in value.items()}
            for place, found in inner.items():
                if isinstance(found, (str, int)) and str(found).strip():
                    fields.setdefault(place, " ".join(str(found).split()).casefold())
        if ("Type",) in fields:
            fields["Type",] = fields["Type",].upper()
        return fields

    def _path(self, column: str) -> Path:
        path = self._paths.get(column)
        if path is None:
            field = self._rule.columns.get(column, column)
            found = field_path(field, self._shape) if self._shape is not None else None
            path = self._paths[column] = found or (column,)
        return path


def content_key(provenance: Provenance) -> str:
    """The hash of the records in the messages, which stands for a key that a record lacks."""
    records = [_record_in(message) for message in provenance.messages]
    return hashlib.sha256(_encoder.encode(records)).hexdigest()


def _record_in(message: bytes) -> Json:
    try:
        decoded = wire.decode(message)
    except (ValueError, RecursionError, ArithmeticError):
        return message.decode(errors="replace")
    record = decoded.get("record") if isinstance(decoded, dict) else decoded
    if not isinstance(record, dict):
        return record
    # What a tap adds, such as the time of extraction, is not content.
    return {name: value for name, value in record.items() if not name.startswith("_")}


def _hashed(*parts: str) -> str:
    return hashlib.sha256(_encoder.encode(parts)).hexdigest()
