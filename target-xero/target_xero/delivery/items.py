"""A publication that is to be delivered, with what identifies it in the publish log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from target_xero.build.publication import Publication
from target_xero.build.records import Provenance
from target_xero.delivery.publish_log import IntendedRecord, hash_parts
from target_xero.lookup.content_search import is_found_in_parent
from target_xero.lookup.existing_records import is_identifiable


@dataclass(frozen=True, eq=False)
class Item:
    """One publication that is to be delivered.

    Attributes:
        publication: The record to send.
        provenance: The Singer messages that it comes from.
        fingerprint: The hash by which the publish log recognises the record with this content.
        identity: The hash of the id or key that the record keeps when its content changes; None
            if it has neither.
        locks: The ids and keys that no other item in flight may have.
        shared_locks: The ids that items of the same request may share: the parent of children.
        attempt: The number of this attempt to send it, from 1.
        by_content: Whether a record in Xero with the same content is this record, as in a copy.
        follows_key: Whether its Singer key identifies the whole record, so that it updates the
            record that was published under this key before.
    """

    publication: Publication
    provenance: Provenance
    fingerprint: str
    identity: str | None
    locks: frozenset[str] = field(repr=False)
    shared_locks: frozenset[str] = field(repr=False)
    attempt: int = 1
    by_content: bool = False
    follows_key: bool = False

    @property
    def can_be_found(self) -> bool:
        """Whether reading Xero can tell if the record was saved."""
        publication = self.publication
        return is_identifiable(publication) or is_found_in_parent(publication) or self.by_content

    @property
    def intended_record(self) -> IntendedRecord:
        """The item as the publish log writes it."""
        name = self.publication.destination.name
        return IntendedRecord(self.fingerprint, self.identity, name, self.attempt)

    def with_attempt(self, attempt: int) -> Item:
        """The item with the number of an attempt."""
        return replace(self, attempt=attempt)

    def next_attempt(self) -> Item:
        """The item for another attempt."""
        return self.with_attempt(self.attempt + 1)


def item_of(
    publication: Publication, provenance: Provenance, tenant_id: str, *, follows_key: bool = False
) -> Item:
    """Makes the item of a publication.

    Args:
        publication: The publication.
        provenance: The Singer messages that it comes from.
        tenant_id: The organisation's id.
        follows_key: Whether its Singer key identifies the whole record.
    """
    name = publication.destination.name
    keys = [f"{name}|{field}|{value.casefold()}" for field, value in publication.key.items()]
    if publication.record_id and publication.parent is None:
        keys.append(f"{name}/{publication.record_id.lower()}")
    if provenance.singer_key:
        keys.append("|".join((provenance.stream, *provenance.singer_key)))
    identity = hash_parts(tenant_id, name, keys[0]) if keys else None
    if publication.parent is not None and identity is not None and not provenance.singer_key:
        identity = hash_parts(tenant_id, name, publication.path)
    fingerprint = fingerprint_of(publication, provenance, tenant_id, provenance.occurrence or 0)
    possible_keys = (
        f"{name}|{field}|{value.casefold()}" for field, value in publication.possible_keys
    )
    return Item(
        publication,
        provenance,
        fingerprint,
        identity,
        locks=frozenset({fingerprint, *keys, *possible_keys}),
        shared_locks=frozenset({publication.parent.lower()} if publication.parent else ()),
        follows_key=follows_key,
    )


def fingerprint_of(
    publication: Publication, provenance: Provenance, tenant_id: str, occurrence: int
) -> str:
    """The hash by which the publish log recognises a record with its content.

    Args:
        publication: The publication.
        provenance: The Singer messages that it comes from.
        tenant_id: The organisation's id.
        occurrence: The record's number among identical records, from 0.
    """
    stream = (provenance.stream,) if provenance.singer_key else ()
    key = (*stream, *provenance.singer_key)
    return hash_parts(tenant_id, publication.digest, *key, str(occurrence))
