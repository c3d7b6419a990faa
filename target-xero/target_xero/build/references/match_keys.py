"""The fields by which a record that may exist in Xero is found, and whether it may be changed.

Facts: (xero-facts.md: Writing by entity).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities.table import BY_NAME, Entity, WriteSpec
from xero_client.json_value import Json

MatchKey = tuple[tuple[str, str], ...]

# How a document names its contact, the best first.
_CONTACTS = BY_NAME["Contacts"]
CONTACT_FIELDS = (str(_CONTACTS.id_field), *_CONTACTS.named_by)


class Overwrite(Enum):
    """What a target may change that exists in Xero."""

    OWN = "own"
    ANY = "any"
    NEVER = "never"


def overwrite_of(entity: Entity, setting: str | None) -> Overwrite:
    """What may be changed: the setting, or the default for this kind of entity.

    Documents are changed only if the target published them, or if the record names their id.
    """
    if setting:
        return Overwrite(setting)
    is_document = entity.writing is not None and entity.writing.is_document
    return Overwrite.OWN if is_document else Overwrite.ANY


def match_keys(entity: Entity, fields: Record, match: Sequence[str] = ()) -> tuple[MatchKey, ...]:
    """The keys by which a record is found, the best first: fields with their values.

    Args:
        entity: The entity.
        fields: The record's fields, as they are sent.
        match: The setting ``match``: paths of fields such as ``Contact.Name``; empty for the
            default of the entity.

    Raises:
        InvalidRecordError: The record lacks a field of ``match``.
    """
    writing = entity.writing
    if writing is None:
        return ()
    if match:
        values = [(path, text_at(fields, path)) for path in match]
        missing = ", ".join(path for path, value in values if not value)
        if missing:
            problem = f"the record has no {missing}, by which 'match' finds it in Xero"
            raise InvalidRecordError([problem])
        return (tuple((path, value) for path, value in values if value),)
    return _default_keys(writing, fields)


def _default_keys(writing: WriteSpec, fields: Record) -> tuple[MatchKey, ...]:
    kind = fields.get("Type")
    if not writing.match_only_types or not kind or kind in writing.match_only_types:
        names = writing.natural_fields
        keys = [((name, value),) for name in names if (value := text_at(fields, name))]
        if keys:
            return tuple(keys)
    if not writing.number_fields or (writing.match_only_types and not kind):
        return ()
    key: list[tuple[str, str]] = []
    for name in writing.number_fields:
        paths = [f"Contact.{part}" for part in CONTACT_FIELDS] if name == "Contact" else [name]
        found = next(((path, value) for path in paths if (value := text_at(fields, path))), None)
        if found is None:
            return ()
        key.append(found)
    return (tuple(key),)


def text_at(record: Json, path: str) -> str | None:
    """A field's value as text, by its path through nested objects; None without a value."""
    value = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value in (None, "") or isinstance(value, (dict, list, bool)):
        return None
    return str(value).strip() or None


def shown(key: MatchKey) -> str:
    """A key in words: ``Contact.Name Ana, InvoiceNumber B-1``."""
    return ", ".join(f"{name} {value}" for name, value in key)
