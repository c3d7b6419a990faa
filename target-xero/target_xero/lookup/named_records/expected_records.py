"""The records that a run would create, and that later records of its input name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import MatchKey, text_at
from target_xero.lookup.matching import folded, same_text
from xero_client.entities.table import BY_NAME, ENTITIES, Entity

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


class ExpectedRecords:
    """The records that a dry run would have created by now; a run has none.

    They have no id, the fields that name them, and what tells records of one name apart.
    """

    def __init__(self) -> None:
        """Starts without records."""
        # By entity, field and value; each with the path of its list.
        self._named: dict[tuple[str, str, str], list[tuple[str, Record]]] = {}
        self._contacts: set[str] = set()

    def add(self, publication: Publication) -> None:
        """Notes a record that would be created."""
        entity, fields = publication.destination.name, publication.fields
        names = {name: text_at(fields, name) for name in (*_NAMING_FIELDS, *_CONTACT_FIELDS)}
        record: Record = {"Contact": {}}
        if text := text_at(fields, "Type"):
            record["Type"] = text
        if entity in _CREDITS:
            record["RemainingCredit"] = 1
        for name, value in names.items():
            if value is None:
                continue
            part, _, field = name.rpartition(".")
            (record[part] if part else record)[field] = value
            listed = (publication.list_path, record)
            self._named.setdefault((entity, name, folded(value)), []).append(listed)
        if text := names["Contact.Name"]:
            # A document creates a contact of a name that Xero does not have.
            self._contacts.add(folded(text))

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
        if entity.title == _CONTACTS and name == "Name" and folded(value) in self._contacts:
            return True
        return any(
            all(same_text(text_at(record, field) or text, text) for field, text in others)
            for _, record in self._with_first(entity, key)
        )

    def _with_first(self, entity: Entity, key: MatchKey) -> Iterator[tuple[str, Record]]:
        """The records with the first value of a key, each with the path of its list."""
        name, value = key[0]
        yield from self._named.get((entity.title, name, folded(value)), ())
        # Bank transactions of some types create prepayments and overpayments.
        for path, record in self._named.get((entity.created_by, name, folded(value)), ()):
            if str(record.get("Type")).upper().endswith(entity.singular.upper()):
                yield path, record


def is_expected(record: dict[str, Any], id_field: str) -> bool:
    """Whether a record is not in Xero yet: it has no id."""
    return not record.get(id_field)


def shown_id(record: dict[str, Any], id_field: str) -> str:
    """The id of a record, for messages."""
    return str(record.get(id_field) or "one that the run creates")
