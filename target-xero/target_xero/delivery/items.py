"""A publication that is to be delivered, with what identifies it in the publish log.

The package's README, section *What a record is*, describes subjects.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from target_xero.build.destinations.destination import Destination, EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication, text_of
from target_xero.build.records import PrivateStruct, Provenance
from target_xero.build.references.match_keys import CONTACT_FIELDS
from target_xero.build.references.parents import PARENT_PLACE
from target_xero.delivery.publish_log import IntendedRecord, LogEntry
from target_xero.delivery.publish_log.fingerprints import content_digest, fingerprint, hash_parts
from target_xero.lookup.content_search import ContentSearch, is_found_in_parent
from target_xero.lookup.existing_records import is_identifiable
from target_xero.lookup.matching import folded


class Item(PrivateStruct, frozen=True, eq=False):
    """One publication that is to be delivered.

    Attributes:
        publication: The record to send.
        provenance: The Singer messages that it comes from.
        fingerprint: The hash by which the publish log recognises the record with this content.
        identity: The hash of its subject: what it keeps when its content changes; None if it is
            known by its content.
        locks: The ids and keys that no other item in flight may have.
        shared_locks: The ids that items of the same request may share: the parent of children.
        digest: The hash of its content.
        document: The hash of the number that people know the document by.
        source_key: The hash of its Singer key, if its subject is a number, code or name.
        attempt: The number of this attempt to send it, from 1.
        search: Finds the record in Xero by its content, if only that tells whether it was saved; a
            copy gives it.
        fallback: What is sent instead if Xero refuses the publication: a record that cannot be
            deleted is archived.
        follows_key: Whether its key or number identifies it, so that it updates the record that
            was published under this key before.
        is_step: Whether it is a step of a copy: several steps change one record.
        input_method: Its method as it came, before it is known what Xero has.
        published: Its entry in the publish log, if it was recognised by its input: then nothing of
            it is sent, and its publication has no content.
    """

    publication: Publication
    provenance: Provenance
    fingerprint: str
    identity: str | None
    locks: frozenset[str]
    shared_locks: frozenset[str]
    digest: str = ""
    document: str | None = None
    source_key: str | None = None
    attempt: int = 1
    search: ContentSearch | None = None
    fallback: Publication | None = None
    follows_key: bool = False
    is_step: bool = False
    input_method: str = ""
    published: LogEntry | None = None

    @property
    def subject_name(self) -> str:
        """Its subject in words, for messages: ``Invoices InvoiceNumber M-6``."""
        return _subject_name(self.publication, self.provenance)

    @property
    def can_be_found(self) -> bool:
        """Whether reading Xero can tell if the record was saved."""
        publication = self.publication
        is_known = is_identifiable(publication) or is_found_in_parent(publication)
        return is_known or self.search is not None or bool(publication.found_by)

    @property
    def can_be_searched(self) -> bool:
        """Whether its content may tell if it was saved, because nothing else does."""
        return not self.can_be_found and bool(self.publication.searched_by)

    @property
    def removes(self) -> bool:
        """Whether it removes a record."""
        return self.publication.action is Action.REMOVE

    @property
    def may_be_archived(self) -> bool:
        """Whether it writes a record that a removal archives."""
        destination = self.publication.destination
        if self.removes or not isinstance(destination, EntityDestination):
            return False
        removal = destination.writing.removal
        return removal is not None and removal.default_status == "ARCHIVED"

    @property
    def intended_record(self) -> IntendedRecord:
        """The item as the publish log writes it."""
        name = self.publication.destination.name
        return IntendedRecord(
            self.fingerprint,
            self.identity,
            name,
            self.attempt,
            self.document,
            self.removes,
            self._input_digest,
            self.input_method,
            self.source_key,
        )

    def has_news_for(self, entry: LogEntry) -> bool:
        """Whether its entry in the publish log has not the digest of its input or its Singer key.

        A row with another key may have the same content: then the record is that row's from now on.
        """
        digest, key = self._input_digest, self.source_key
        return digest not in (None, entry.input_digest) or key not in (None, entry.source_key)

    @property
    def _input_digest(self) -> str | None:
        """The digest of its input; of equal records, only of the first."""
        provenance = self.provenance
        return None if provenance.occurrence else provenance.input_digest or None

    @property
    def claims(self) -> tuple[str, ...]:
        """What only one content may have in a run: the subject and the document's number.

        Removing a record after writing it is not a second content.
        """
        subjects = self.subjects
        if not subjects:
            return ()
        kind = "remove" if self.removes else "write"
        return tuple(f"{kind} {claim}" for claim in dict.fromkeys(subjects))

    @property
    def subjects(self) -> tuple[str, ...]:
        """The hashes of its subject and of its number, as far as it has them."""
        if self.document:
            return (self.identity, self.document) if self.identity else (self.document,)
        return (self.identity,) if self.identity else ()

    def with_attempt(self, attempt: int) -> Item:
        """The item with the number of an attempt."""
        if attempt == self.attempt:
            return self
        return replace(self, attempt=attempt)

    def next_attempt(self) -> Item:
        """The item for another attempt."""
        return self.with_attempt(self.attempt + 1)

    def with_occurrence(self, occurrence: int, tenant_id: str) -> Item:
        """The item, which is known by its content, with its number among equal ones."""
        if not occurrence:
            return self  # its fingerprint is that of the first one already
        extra = "|".join(self.provenance.content_key)
        own = fingerprint(tenant_id, self.digest, extra, occurrence)
        return replace(
            self,
            provenance=replace(self.provenance, occurrence=occurrence),
            fingerprint=own,
            locks=self.locks - {self.fingerprint} | {own},
        )


def item_of(publication: Publication, provenance: Provenance, tenant_id: str) -> Item:
    """Makes the item of a record of a stream.

    Args:
        publication: The publication.
        provenance: The Singer messages that it comes from.
        tenant_id: The organisation's id.
    """
    name = publication.destination.name
    keys = _own_keys(publication)
    own_key = keys[0] if keys else None
    key = None
    if provenance.subject_key:
        key = "|".join((provenance.stream, *provenance.subject_key))
    # A removal with a key is that of its key: by now, the number may be another record's.
    is_by_key = publication.action is Action.REMOVE and key is not None
    number = None if own_key or is_by_key else _number_of(publication)
    subject = own_key or number or key or ""
    if own_key and publication.parent_key is not None:
        # The digest has the parent: so the fingerprints of earlier versions stay the same.
        subject = publication.path
    digest = content_digest(publication)
    extra = "" if subject else "|".join(provenance.content_key)
    own = fingerprint(tenant_id, digest, subject or extra, provenance.occurrence or 0)
    identity = own_key or key or number
    locks = [own, *keys]
    if publication.possible_keys:
        locks += _possible_keys(publication)
    locks += filter(None, (key, number))
    return Item(
        publication,
        provenance,
        own,
        hash_parts(tenant_id, name, identity) if identity else None,
        locks=frozenset(locks),
        shared_locks=_shared_locks(publication),
        digest=digest,
        document=hash_parts(tenant_id, name, number) if number else None,
        source_key=hash_parts(tenant_id, name, key) if own_key and key else None,
        follows_key=bool(key or number),
        input_method=publication.method,
    )


def known_item(entry: LogEntry, provenance: Provenance, destination: Destination) -> Item:
    """Makes the item of a record that was published, and whose input comes again.

    Args:
        entry: Its entry in the publish log.
        provenance: The Singer messages that it comes from.
        destination: What it was published to.
    """
    return Item(
        Publication(destination, Action.UPSERT, entry.input_method or "", ""),
        provenance,
        entry.fingerprint,
        entry.identity,
        locks=frozenset(),
        shared_locks=frozenset(),
        document=entry.document,
        published=entry,
    )


def step_item_of(publication: Publication, provenance: Provenance, tenant_id: str) -> Item:
    """Makes the item of a step of a copy, which its key in the source identifies.

    Args:
        publication: The publication.
        provenance: The record of the source.
        tenant_id: The organisation's id.
    """
    name = publication.destination.name
    key = "|".join((provenance.stream, *provenance.singer_key))
    keys = [key] if publication.parent else [*_own_keys(publication), key]
    digest = content_digest(publication)
    own = fingerprint(tenant_id, digest, f"{publication.action.value} {key}", 0)
    return Item(
        publication,
        provenance,
        own,
        hash_parts(tenant_id, name, keys[0]),
        locks=frozenset({own, *keys, *_possible_keys(publication)}),
        shared_locks=_shared_locks(publication),
        digest=digest,
        is_step=True,
    )


def _shared_locks(publication: Publication) -> frozenset[str]:
    return frozenset((publication.parent.lower(),) if publication.parent else ())


def _own_keys(publication: Publication) -> list[str]:
    """The ids, numbers, codes, names and paths of a publication that only one record has."""
    if not (
        publication.record_id
        or publication.natural_keys
        or publication.own_path
        or publication.parent
    ):
        return []  # only its content tells it from others
    name = publication.destination.name
    if publication.own_path:
        own = [publication.own_path.lower()]
        return [*own, f"{name}/{publication.record_id.lower()}"] if publication.record_id else own
    keys = [f"{name}|{field}|{folded(value)}" for field, value in publication.key.items()]
    if unique_in_parent := publication.unique_in_parent:
        field, value = unique_in_parent
        return [f"{name}|{publication.parent}|{field}|{folded(value)}"]
    if publication.parent is None:
        if publication.record_id:
            keys.append(f"{name}/{publication.record_id.lower()}")
    elif keys or publication.action is Action.UPSERT:
        # Also of a file: one of the same name is replaced. The parent may not be looked up yet.
        return [publication.path.replace(PARENT_PLACE, publication.parent, 1)]
    return keys


def _possible_keys(publication: Publication) -> list[str]:
    name = publication.destination.name
    return [f"{name}|{field}|{folded(value)}" for field, value in publication.possible_keys]


def _number_of(publication: Publication) -> str | None:
    """What people know a document by, if Xero does not match it: the supplier and the number."""
    destination = publication.destination
    if not isinstance(destination, EntityDestination):
        return None
    writing, fields = destination.writing, publication.fields
    names = writing.number_fields
    if not names or (writing.match_only_types and not fields.get("Type")):
        return None
    values = [_value_of(fields, name) for name in names]
    if not all(values):
        return None
    return "|".join((destination.name, *map(folded, filter(None, values))))


def _value_of(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if isinstance(value, dict):
        found = ((inner, text_of(value, inner)) for inner in CONTACT_FIELDS)
        return next((f"{inner} {text}" for inner, text in found if text), None)
    return text_of(fields, name)


def _subject_name(publication: Publication, provenance: Provenance) -> str:
    named: dict[str, Any] = dict(publication.key)
    destination = publication.destination
    if not named and isinstance(destination, EntityDestination):
        fields = publication.fields
        numbers = {name: _value_of(fields, name) for name in destination.writing.number_fields}
        named = {name: value for name, value in numbers.items() if value}
    if unique_in_parent := publication.unique_in_parent:
        named = dict([unique_in_parent])
    named = named or dict(provenance.key)
    shown = ", ".join(f"{name} {value}" for name, value in named.items())
    return f"{publication.destination.name} {shown}".strip()
