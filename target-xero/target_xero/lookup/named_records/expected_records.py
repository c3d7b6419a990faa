"""The records that a run would create, and that later records of its input name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import MatchKey, text_at
from target_xero.lookup.matching import folded, same_text
from xero_client.entities.table import BY_NAME, ENTITIES, Entity
from xero_client.http import wire
from xero_client.store.spilled_table import SpilledTable

# The entities whose records are named by their contact too, and those that create them.
_NAMED_BY_CONTACT = frozenset(
    name for each in ENTITIES if each.named_by_contact for name in (each.title, each.created_by)
)
# The fields that other records name a record by, besides those of its contact.
_NAMING_FIELDS = frozenset(
    {*(field for entity in ENTITIES for field in entity.named_by), "name"}  # of the other APIs
)
_CONTACT_FIELDS = ("Contact.Name", "Contact.ContactNumber", "Contact.ContactID")
_CONTACTS = BY_NAME["Contacts"].title
# What is created of these has credit left.
_CREDITS = frozenset(
    {BY_NAME["CreditNotes"].title, *(each.created_by for each in ENTITIES if each.created_by)}
)
# More records of one name cannot be told apart by what else names them.
MAX_OF_ONE_NAME = 100


class ExpectedRecords:
    """The records that a dry run would have created by now; a run has none.

    They have no id, the fields that name them, and what tells records of one name apart.
    """

    def __init__(self) -> None:
        """Starts without records."""
        # By entity, field and value, as JSON: records, each with the path of its list.
        self._named = SpilledTable("records")

    def add(self, publication: Publication) -> None:
        """Notes a record that would be created."""
        entity, fields = publication.destination.name, publication.fields
        names = _names_in(fields)
        if not names:
            return
        if text := names.get("Contact.Name"):
            # A document creates a contact of a name that Xero does not have.
            self._named.set(_key("", "Contact.Name", text), "")
        listed = (publication.list_path, _record(entity, fields, names))
        for name, value in names.items():
            if "." in name and entity not in _NAMED_BY_CONTACT:
                continue
            key = _key(entity, name, value)
            known = self._at(key)
            if len(known) < MAX_OF_ONE_NAME:
                self._named.set(key, wire.encode([*known, listed]).decode())

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
        if entity.title == _CONTACTS and name == "Name":
            by_document = self._named.get(_key("", "Contact.Name", value))
            if by_document is not None:
                return True
        return any(
            all(same_text(text_at(record, field) or text, text) for field, text in others)
            for _, record in self._with_first(entity, key)
        )

    def _with_first(self, entity: Entity, key: MatchKey) -> Iterator[tuple[str, Record]]:
        """The records with the first value of a key, each with the path of its list."""
        name, value = key[0]
        yield from self._at(_key(entity.title, name, value))
        # Bank transactions of some types create prepayments and overpayments.
        for path, record in self._at(_key(entity.created_by, name, value)):
            if str(record.get("Type")).upper().endswith(entity.singular.upper()):
                yield path, record


def _names_in(fields: Record) -> dict[str, str]:
    """The fields of a record that others name it by, with their values."""
    paths: Iterable[str] = _NAMING_FIELDS.intersection(fields)
    if "Contact" in fields:
        paths = (*paths, *_CONTACT_FIELDS)
    return {path: text for path in paths if (text := text_at(fields, path))}


def _record(entity: str, fields: Record, names: Mapping[str, str]) -> Record:
    """A record as a look-up finds it, with what names it and tells it from others."""
    record: Record = {"Contact": {}}
    if kind := text_at(fields, "Type"):
        record["Type"] = kind
    if entity in _CREDITS:
        record["RemainingCredit"] = 1
    for path, text in names.items():
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
    return str(record.get(id_field) or "one that the run creates")
