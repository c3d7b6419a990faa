"""The JSON Schema of each stream, from the fields of the entity table.

No schema is closed, and none uses what some loaders cannot handle (`$ref`, `oneOf`, `enum`, a
missing `type`).
"""

from __future__ import annotations

from tap_xero.records.schemas.own_columns import ENTRY_ID, FILE_CONTENT, READ_AT, record_schema
from tap_xero.records.schemas.properties import properties_of, property_of
from tap_xero.records.schemas.types import Properties, Schema, as_key, copy_of
from xero_client.entities.field_types import Field
from xero_client.entities.fields.meanings import meaning
from xero_client.entities.nested_lists import NESTED_LISTS
from xero_client.entities.other_apis.meanings import meanings_of
from xero_client.entities.parts import SHOWN
from xero_client.entities.table import ALL_BY_STREAM, BY_STREAM, Entity

__all__ = ["STREAM_NAMES", "attachment_schema", "history_schema", "schema_of"]

STREAM_NAMES = tuple(BY_STREAM)
"""The streams of the Accounting API."""


def schema_of(stream_name: str) -> Schema:
    """Give the complete JSON Schema of a stream, as a copy that the caller owns.

    Args:
        stream_name: A stream of the entity table.

    Raises:
        KeyError: No stream has that name.
    """
    entity = ALL_BY_STREAM[stream_name]
    described = meaning if stream_name in BY_STREAM else meanings_of(stream_name)
    # The fields that name the parent come first. Not all responses have them.
    first = {name: entity.fields.get(name) or Field(name) for name in entity.parent_fields}
    properties = properties_of({**first, **entity.fields}, described)
    # Xero sends these lists with single records only (xero-facts.md: Reading by entity).
    for nested in NESTED_LISTS:
        if nested.by_id and nested.parent_stream == stream_name:
            del properties[nested.path[0]]
    properties["_read_at"] = copy_of(READ_AT)
    return record_schema(entity.keys, properties)


def attachment_schema(entity: Entity) -> Schema:
    """The complete JSON Schema of the files on an entity's records."""
    properties = properties_of(SHOWN["AttachedFile"], meaning)
    properties["AttachmentID"] = as_key(properties["AttachmentID"])
    return _child_schema(entity, {**properties, "Content": copy_of(FILE_CONTENT)})


def history_schema(entity: Entity) -> Schema:
    """The complete JSON Schema of the history of an entity's records."""
    properties = properties_of(SHOWN["HistoryRecord"], meaning)
    return _child_schema(entity, {"_entry_id": copy_of(ENTRY_ID), **properties})


def _child_schema(entity: Entity, properties: Properties) -> Schema:
    """The schema of children, with the id of the record, and its last change for the bookmark."""
    parent_id, changed = entity.id_field or "", entity.fields.get("UpdatedDateUTC")
    own = {parent_id: property_of(Field(parent_id), meaning)}
    if changed is not None and entity.reading.replication_key == changed.name:
        properties[changed.name] = property_of(changed, meaning)
    return record_schema((parent_id,), {**own, **properties})
