"""The records that a run would create, and that later records of its input name."""

from __future__ import annotations

from target_xero.build.publications.publication import Publication
from target_xero.build.references.match_keys import text_at
from target_xero.build.references.parents import ParentKey
from target_xero.build.references.record_references import RecordReference
from xero_client.entities.table import BY_TITLE, ENTITIES

# The fields that other records name a record by, besides the name of its contact.
_NAMING_FIELDS = frozenset(
    {*(field for entity in ENTITIES for field in entity.named_by), "name"}  # of the other APIs
)


class ExpectedRecords:
    """The records that a dry run would have created by now, by the fields that name them."""

    def __init__(self) -> None:
        """Starts without records."""
        # Entity, field and value.
        self._named: set[tuple[str, str, str]] = set()

    def add(self, publication: Publication) -> None:
        """Notes a record that would be created."""
        entity = publication.destination.name
        for name in _NAMING_FIELDS & publication.fields.keys():
            if text := text_at(publication.fields, name):
                self._named.add((entity, name, text.casefold()))
        if "Contact" in publication.fields and (
            text := text_at(publication.fields, "Contact.Name")
        ):
            self._named.add((entity, "Contact.Name", text.casefold()))
            # A document creates a contact of a name that Xero does not have.
            self._named.add(("Contacts", "Name", text.casefold()))

    def has(self, missing: RecordReference | ParentKey | None) -> bool:
        """Whether a record that is named, and that Xero does not have, would be there by now."""
        if missing is None:
            return False
        if isinstance(missing, ParentKey):
            entity, key = missing.entity, missing.fields
        else:
            # The first field is the name; the others tell records of one name apart.
            entity, key = BY_TITLE[missing.entity], missing.key[:1]
        # Bank transactions of some types create prepayments and overpayments.
        return any(
            all((title, name, text.casefold()) in self._named for name, text in key)
            for title in (entity.title, entity.created_by)
        )
