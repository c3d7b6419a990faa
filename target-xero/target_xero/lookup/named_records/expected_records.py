"""The records that a run would create, and that later records of its input name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import MatchKey, text_at
from target_xero.lookup.matching import folded, same_text
from xero_client.entities.table import ALL_BY_STREAM, BY_NAME, ENTITIES, Entity
from xero_client.http import wire
from xero_client.store.spilled_table import SpilledTable

_CONTACT_FIELDS = ("Contact.Name", "Contact.ContactNumber", "Contact.ContactID")
_CONTACTS = BY_NAME["Contacts"].title
# The entities that are created by records of another one, by the name of that one.
_CREATED: dict[str, list[Entity]] = {}
# The fields by which records of an entity are named, by its name.
_NAMES: dict[str, set[str]] = {}
for _entity in ENTITIES:
    _NAMES.setdefault(_entity.title, set()).update(_entity.named_by, _entity.shared_names)
    if _entity.created_by:
        _CREATED.setdefault(_entity.created_by, []).append(_entity)
for _entity in ALL_BY_STREAM.values():
    for _named in _entity.writing.refers.values() if _entity.writing is not None else ():
        _NAMES.setdefault(ALL_BY_STREAM[_named.stream].title, set()).update(_named.names)
# What is created of these has credit left.
_CREDITS = frozenset({BY_NAME["CreditNotes"].title, *_CREATED})
# Stands for the entity of contacts that documents create, and for no record.
_BY_DOCUMENT, NONE = "by a document", "[]"
_RENAMED = "renamed"
# So many records of one name are kept. What the others are is not known.
MAX_OF_ONE_NAME = 100


class ExpectedRecords:
    """The records that a dry run would have created or renamed by now; a run has none.

    They have no id. They have the fields that name them, and what tells records of one name apart.
    """

    def __init__(self) -> None:
        """Starts without records."""
        # By entity, field and value, as JSON: records, each with the path of its list.
        self._named = SpilledTable("records")

    def add(self, publication: Publication) -> None:
        """Notes a record that would be created."""
        entity, fields = publication.destination.name, publication.fields
        contact = {}
        if "Contact" in fields:
            contact = _texts(fields, _CONTACT_FIELDS)
            if name := contact.get("Contact.Name"):
                # A document creates a contact of a name that Xero does not have.
                self._named.set(_key(_BY_DOCUMENT, "Name", name), NONE)
        kind = text_at(fields, "Type") or ""
        created = [each for each in _CREATED.get(entity, ()) if _is_created(each, kind)]
        names = _texts(fields, _NAMES.get(entity, ()))
        for each in created:
            names |= _texts(fields, (*each.named_by, *each.shared_names))
            if each.named_by_contact:
                names |= contact
        if not names:
            return
        record = _record(entity, kind, {**contact, **names})
        listed = (publication.list_path, record)
        for name, value in names.items():
            key = _key(entity, name, value)
            known = self._at(key)
            if len(known) < MAX_OF_ONE_NAME:
                self._named.set(key, wire.encode([*known, listed]).decode())

    def add_change(self, publication: Publication, existing: Record) -> None:
        """Notes a change of a record, if it gives that another name.

        Args:
            publication: What would be sent.
            existing: The record as Xero has it.
        """
        entity, id_field = publication.destination.name, publication.destination.id_field or ""
        names = _texts(publication.fields, _NAMES.get(entity, ()))
        if all(same_text(text_at(existing, name) or "", new) for name, new in names.items()):
            return
        self._named.set(_key(_RENAMED, entity, str(existing.get(id_field))), NONE)
        self.add(replace(publication, fields={**existing, **publication.fields}))

    def as_named(self, entity: Entity, records: Iterable[Record]) -> list[Record]:
        """Those of Xero's records that the run does not rename; ``with_key`` has the others."""
        return [
            record
            for record in records
            if not self._named.get(
                _key(_RENAMED, entity.title, str(record.get(entity.id_field or "")))
            )
        ]

    def _at(self, key: str) -> list[tuple[str, Record]]:
        row = self._named.get(key)
        return wire.decode(row[0].encode()) if row else []

    def with_key(self, entity: Entity, key: MatchKey, list_path: str = "") -> list[Record]:
        """The records that have all values of a key.

        Args:
            entity: Their entity.
            key: Fields with their values.
            list_path: The path of the list that they are in, of another API.
        """
        return [
            record
            for path, record in self._with_first(entity, key)
            if list_path in ("", path)
            and all(same_text(text_at(record, name) or "", value) for name, value in key[1:])
        ]

    def may_have(self, entity: Entity, key: MatchKey) -> bool:
        """Whether a record may have all values of a key: a bill may give its contact by id only."""
        [(name, value), *others] = key
        if entity.title == _CONTACTS:
            by_document = self._named.get(_key(_BY_DOCUMENT, name, value))
            if by_document is not None:
                return True
        named = list(self._with_first(entity, key))
        return len(named) >= MAX_OF_ONE_NAME or any(
            all(same_text(text_at(record, field) or text, text) for field, text in others)
            for _, record in named
        )

    def _with_first(self, entity: Entity, key: MatchKey) -> Iterator[tuple[str, Record]]:
        """The records with the first value of a key, each with the path of its list."""
        name, value = key[0]
        yield from self._at(_key(entity.title, name, value))
        for path, record in self._at(_key(entity.created_by, name, value)):
            if _is_created(entity, str(record.get("Type"))):
                yield path, record


def _is_created(entity: Entity, kind: str) -> bool:
    """Whether records of a type create those of an entity: some bank transactions do."""
    return kind.upper().endswith(entity.singular.upper())


def _texts(fields: Record, paths: Iterable[str]) -> dict[str, str]:
    """The values of fields, as far as there are any."""
    return {path: text for path in paths if (text := text_at(fields, path))}


def _record(entity: str, kind: str, texts: Mapping[str, str]) -> Record:
    """A record as a look-up finds it, with what names it and tells it from others."""
    record: Record = {"Contact": {}}
    if kind:
        record["Type"] = kind
    if entity in _CREDITS:
        record["RemainingCredit"] = 1
    for path, text in texts.items():
        part, _, field = path.rpartition(".")
        (record[part] if part else record)[field] = text
    return record


def _key(entity: str, field: str, value: str) -> str:
    return f"{entity}|{field}|{folded(value)}"


def is_expected(record: dict[str, Any], id_field: str) -> bool:
    """Whether a record is not in Xero yet: it has no id."""
    return not record.get(id_field)


def shown_id(record: dict[str, Any], id_field: str) -> str:
    """The id of a record, for messages."""
    return str(record.get(id_field) or "one that the run creates or renames")
