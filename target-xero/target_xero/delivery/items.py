"""A publication on its way: what names it in the log, and what may not be in flight beside it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from target_xero.build.publication import LARGEST_CONTENT, Publication
from target_xero.build.records import Source
from target_xero.delivery.publish_log import Entry, Intent, hashed

BatchKey = tuple[str, str, str, tuple[tuple[str, str], ...], str, bool]


@dataclass(frozen=True, eq=False)
class Item:
    """One record on its way.

    Attributes:
        publication: What would be sent.
        source: Where it comes from.
        fingerprint: What it is recognised by in the publish log.
        subject: What it is about; None where nothing tells.
        locks: What no other record in flight may be about.
        shared: What records of the same request may be about together: the parent of children.
        generation: How often its content was sent before, plus one.
        by_content: Whether what says the same in Xero is this record, since it is a copy.
        follows_key: Whether its Singer key names the whole record, so that what was published
            under it before is what this one updates.
    """

    publication: Publication
    source: Source
    fingerprint: str
    subject: str | None
    locks: frozenset[str] = field(repr=False)
    shared: frozenset[str] = field(repr=False)
    generation: int = 1
    by_content: bool = False
    follows_key: bool = False

    @property
    def has_identity(self) -> bool:
        """Whether something tells it from another record with the same content."""
        return self.subject is not None

    @property
    def entry(self) -> Entry:
        """The item as the publish log takes it."""
        name = self.publication.destination.name
        return Entry(self.fingerprint, self.subject, name, self.generation)

    def again(self, generation: int) -> Item:
        """The item, for another sending."""
        return replace(self, generation=generation)


def item_of(
    publication: Publication, source: Source, tenant_id: str, *, follows_key: bool = False
) -> Item:
    """The item that a publication makes.

    Args:
        publication: The publication.
        source: Where it comes from.
        tenant_id: The organisation.
        follows_key: Whether its Singer key names the whole record.
    """
    name = publication.destination.name
    about = [f"{name}|{field}|{value.casefold()}" for field, value in publication.key.items()]
    if publication.record_id and publication.parent is None:
        about.append(f"{name}/{publication.record_id.lower()}")
    if source.singer_key:
        about.append("|".join((source.stream, *source.singer_key)))
    subject = hashed(tenant_id, name, about[0]) if about else None
    if publication.parent is not None and subject is not None and not source.singer_key:
        subject = hashed(tenant_id, name, publication.path)
    fingerprint = fingerprint_of(publication, source, tenant_id, source.occurrence or 0)
    shared = frozenset({publication.parent.lower()} if publication.parent else ())
    perhaps = (f"{name}|{field}|{value.casefold()}" for field, value in publication.perhaps)
    locks = frozenset({fingerprint, *about, *perhaps})
    return Item(publication, source, fingerprint, subject, locks, shared, follows_key=follows_key)


def fingerprint_of(
    publication: Publication, source: Source, tenant_id: str, occurrence: int
) -> str:
    """What a record is recognised by."""
    stream = (source.stream,) if source.singer_key else ()
    return hashed(tenant_id, publication.digest, *stream, *source.singer_key, str(occurrence))


def batch_key(publication: Publication) -> BatchKey:
    """What publications of one request have in common."""
    return (
        publication.destination.name,
        publication.method,
        publication.path,
        publication.params,
        publication.content_type,
        publication.listed,
    )


def body_of(publications: Sequence[Publication]) -> bytes | None:
    """The request body for publications with one batch key."""
    first = publications[0]
    if first.content is None:
        return None
    if not first.listed:
        return first.content
    joined = b",".join(publication.content or b"{}" for publication in publications)
    key = first.destination.key
    return b'{"' + key.encode() + b'":[' + joined + b"]}"


def intent_of(items: Sequence[Item], tenant_id: str) -> Intent:
    """The request that carries items with one batch key, as the publish log keeps it."""
    publication = items[0].publication
    body = body_of([item.publication for item in items])
    generations = ",".join(f"{item.fingerprint}:{item.generation}" for item in items)
    key = hashed(
        tenant_id,
        publication.method,
        publication.path,
        repr(publication.params),
        body or b"",
        generations,
    )
    return Intent(
        f"target-xero-{key}",
        publication.method,
        publication.path,
        publication.params,
        publication.content_type,
        body,
        time.time(),
    )


def batches(items: Sequence[Item]) -> list[list[Item]]:
    """Items in requests: neighbours with one batch key, up to their limit and to 3 MB."""
    out: list[list[Item]] = []
    size = 0
    for item in items:
        publication = item.publication
        length = len(publication.content or b"") + 1
        fits = (
            out
            and len(out[-1]) < publication.limit
            and size + length <= LARGEST_CONTENT
            and batch_key(out[-1][0].publication) == batch_key(publication)
        )
        if not fits:
            out.append([])
            size = 0
        out[-1].append(item)
        size += length
    return out
