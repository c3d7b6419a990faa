"""How a child, such as a note or a file, names its parent: by id, or by number, code or name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from target_xero.build.destinations.path_ids import checked_id
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.references.match_keys import MatchKey, shown
from xero_client.entities.children import Child
from xero_client.entities.table import Entity
from xero_client.names import normalized_name

# In a path, the place of an id that is looked up before the request is sent.
PARENT_PLACE = "{parent}"

_CONTACT_NAME = "Contact.Name"


@dataclass(frozen=True)
class ParentKey:
    """The fields by which the parent of a child is looked up, since its id is not known.

    Attributes:
        entity: The entity of the parent.
        fields: Its fields with their values.
    """

    entity: Entity
    fields: MatchKey

    def __str__(self) -> str:
        """The parent in words: ``Invoices with InvoiceNumber S-1``."""
        return f"{self.entity.name} with {shown(self.fields)}"


@dataclass(frozen=True)
class ParentReference:
    """The parent that a child's record names.

    Attributes:
        record_id: Its id; None if it is to be looked up.
        key: The fields to look it up by.
        body: The child's record without the parent's fields.
    """

    record_id: str | None
    key: MatchKey
    body: Record

    def path(self, parent: Entity) -> str:
        """The parent's path, with a place for the id if it is not known yet."""
        return f"{parent.path}/{self.record_id or PARENT_PLACE}"


def parent_reference(
    child: Child, parent: Entity, record: Record, envelope_id: str | None
) -> ParentReference:
    """Reads which parent a child's record names.

    Args:
        child: The kind of child.
        parent: The entity of the parent.
        record: The record.
        envelope_id: The id that an envelope gives.

    Raises:
        InvalidRecordError: It names none, or its id is not one.
    """
    values = _flattened(record)
    contact_columns = _contact_columns(parent)
    contact = next((values[name] for name in contact_columns if values.get(name)), None)
    id_name = normalized_name(parent.id_field or "")
    if parent_id := envelope_id or values.get(id_name):
        return ParentReference(checked_id(parent, parent_id), (), _without(record, [id_name]))
    for field in _naming(parent):
        for column in _columns_of(child, parent, field):
            value = values.get(column)
            if value not in (None, ""):
                key: MatchKey = ((field, str(value).strip()),)
                if contact:
                    key = (*key, (_CONTACT_NAME, str(contact).strip()))
                return ParentReference(None, key, _without(record, [column, *contact_columns]))
    if contact:
        key = ((_CONTACT_NAME, str(contact).strip()),)
        return ParentReference(None, key, _without(record, contact_columns))
    names = ", ".join(_naming(parent))
    if parent.named_by_contact:
        names = f"{names}, {_CONTACT_NAME}"
    fields = f"{parent.id_field} or {names}" if names else parent.id_field
    problem = f"{child.title} needs the {fields} of its {parent.name}"
    raise InvalidRecordError([problem])


def names_parent(child: Child, parent: Entity, field: str) -> bool:
    """Whether a field names the parent of a child: ``InvoiceNumber``, ``Contact.Name``.

    Args:
        child: The kind of child.
        parent: The entity of the parent.
        field: A field, as the setting ``columns`` gives it.
    """
    known = {normalized_name(parent.id_field or "")}
    for name in _naming(parent):
        known.update(_columns_of(child, parent, name))
    known.update(_contact_columns(parent))
    return normalized_name(field) in known


def _naming(parent: Entity) -> tuple[str, ...]:
    return (*parent.named_by, *parent.shared_names)


def _columns_of(child: Child, parent: Entity, field: str) -> list[str]:
    """The normalized columns that may hold a field of the parent.

    The number of a document is also a column of its own; a name or a code may be one only if the
    child has no such field.
    """
    own = normalized_name(field)
    qualified = normalized_name(parent.singular + field)
    return [qualified] if field == "Name" and child.has_name else [qualified, own]


def _contact_columns(parent: Entity) -> list[str]:
    """The normalized columns that may hold the contact of the parent, if that names it."""
    if not parent.named_by_contact:
        return []
    return [normalized_name(f"{parent.singular}{_CONTACT_NAME}"), normalized_name(_CONTACT_NAME)]


def _flattened(record: Record) -> dict[str, Any]:
    """The values of a record by normalized column; ``{"Contact": {"Name": x}}`` is ContactName."""
    values: dict[str, Any] = {}
    for name, value in record.items():
        for path, part in _leaves(name, value):
            if part is value:
                values[path] = part
            else:
                values.setdefault(path, part)
    return values


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # a value of a record
    """The values in an object, at any depth, by normalized path; of another value, itself."""
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from _leaves(f"{name}{inner}", part)
    else:
        yield normalized_name(name), value


def _without(record: Record, columns: list[str]) -> Record:
    """The record without the columns that name the parent, nested ones too."""
    return {
        name: value
        for name, value in record.items()
        if normalized_name(name) not in columns
        and not any(path in columns for path, _ in _leaves(name, value))
    }
