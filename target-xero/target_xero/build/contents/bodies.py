"""What of a record is sent: the body of a write, and the path that it goes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.build.destinations.path_ids import checked_guid
from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities.shapes import SHAPES
from xero_client.entities.table import ALL_BY_STREAM, Entity, WriteSpec
from xero_client.entities.write_spec import Body
from xero_client.http import wire
from xero_client.json_value import Json

# The fields of a file that only a new one can have.
UPLOAD_FIELDS = frozenset({"Content", "FileName", "FilePath", "MimeType", "Size"})


def content_of(entity: Entity, writing: WriteSpec, fields: Record) -> bytes:
    """The part of a body that holds one record.

    Other APIs do not take the ids that are in the path. They do not take a status that has a
    separate route (xero-facts.md: Projects, Payroll NZ and UK).

    Args:
        entity: The entity.
        writing: How it is written.
        fields: The fields of the record.
    """
    if not entity.is_of_other_api:
        return wire.encode(fields)
    if writing.body is Body.ARRAY:
        return wire.encode([fields])
    left_out = {entity.id_field, *(() if writing.sends_parent else entity.parent_fields)}
    if writing.body is Body.FILE:
        left_out |= UPLOAD_FIELDS
    if writing.status_route is not None and writing.removal is not None:
        left_out.add(writing.removal.status_field)
    return wire.encode({name: value for name, value in fields.items() if name not in left_out})


def collection_of(entity: Entity, record: Record) -> str:
    """The path of the list that a record belongs to, with the id of its parent.

    Raises:
        InvalidRecordError: The record does not name its parent.
    """
    return _filled(entity, entity.writing.path or entity.path if entity.writing else "", record)


def list_path_of(entity: Entity, record: Record) -> str:
    """The path at which that list is read.

    Raises:
        InvalidRecordError: The record does not name its parent.
    """
    return _filled(entity, listed_entity(entity).path, record)


def listed_entity(entity: Entity) -> Entity:
    """The row of the list that has the records of an entity.

    Some records are listed only as summaries: then it is the row of the summaries.
    """
    through = entity.parent.through if entity.parent is not None else ""
    return ALL_BY_STREAM[through] if through else entity


def _filled(entity: Entity, path: str, record: Record) -> str:
    if entity.parent is None:
        return path
    for name, of_parent in entity.parent.fields.items():
        value = record.get(name)
        if value in (None, "") and entity.writing and _is_named(entity.writing, record, name):
            continue  # its id is looked up before the request is sent
        if value in (None, ""):
            problem = f"{entity.title} needs the {name}: it says which of {entity.parent.stream}"
            raise InvalidRecordError([problem])
        path = path.replace(f"{{{of_parent}}}", checked_guid(name, value))
    return path


def _is_named(writing: WriteSpec, record: Record, id_field: str) -> bool:
    """Whether a part of the record names the record whose id the field has."""
    return any(
        isinstance(record.get(part), dict)
        for part, name in writing.parts_with_names.items()
        if name == id_field
    )


def own_path_of(entity: Entity, writing: WriteSpec, collection: str, record: Record) -> str:
    """The path of one record of another API; empty if its id is not known.

    Args:
        entity: The entity.
        writing: How it is written.
        collection: The path of its list.
        record: The record.
    """
    if not entity.is_of_other_api:
        return ""
    own_field = writing.path_id or entity.id_field
    if not own_field:
        return collection  # a parent has one record
    own_id = record.get(own_field)
    return f"{collection}/{own_id}" if own_id not in (None, "") else ""


def with_aliases(writing: WriteSpec, record: Record) -> Record:
    """A record as Xero shows it, with the fields that have another name when they are written."""
    added = {}
    for name, paths in writing.aliases.items():
        found = [value for path in paths if (value := _at(record, path)) is not None]
        if found and not _is_plain(record.get(name)):
            added[name] = found[0]
    return {**record, **added} if added else record


def completed_fields(entity: Entity, fields: Record, existing: Record) -> Record:
    """Fields of a record, with those of Xero's record that it does not have.

    Args:
        entity: The entity.
        fields: The fields that are to be changed.
        existing: The record in Xero.
    """
    kept = {
        name: existing[name]
        for name, field in SHAPES[entity.title].items()
        if field.is_sent
        and existing.get(name) is not None
        and name not in entity.parent_fields
        and not (entity.writing and entity.writing.body is Body.FILE and name in UPLOAD_FIELDS)
    }
    return {**kept, **fields}


def _at(record: Mapping[str, Any], path: str) -> Json:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _is_plain(value: Json) -> bool:
    """Whether a value is already in the form in which it is written: older answers differ."""
    return value not in (None, "") and not isinstance(value, Mapping)
