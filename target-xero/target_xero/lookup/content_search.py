"""Finds records without an id or a name in Xero by their content.

A payment or a bank transaction has no number. During a copy, a record in Xero with the same
content is the record that was sent, unless another record was published as it. The same holds for
new records of other APIs whose response was lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from target_xero.build.destinations.destination import (
    ChildDestination,
    EntityDestination,
    RawDestination,
)
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.lookup.existing_records import Lookup, lookup_of
from target_xero.lookup.lists import every_record
from target_xero.lookup.matching import contains
from target_xero.lookup.resource_lookup import ResourceLookup
from xero_client.entities.children import ATTACHMENTS, HISTORY
from xero_client.http import wire
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of


class ContentSearch:
    """Finds records by their content, each at most once; safe to share between threads."""

    def __init__(self, transport: Transport, published_ids: Callable[[str], set[str]]) -> None:
        """Starts with no record found.

        Args:
            transport: The organisation's connection.
            published_ids: Gives the ids, in lower case, that are published to a destination. The
                search does not find these records again.
        """
        self._transport = transport
        self._published_ids = published_ids
        self._lock = threading.Lock()
        self._claimed: set[str] = set()

    def find(self, publications: Sequence[Publication], since: float = 0.0) -> list[list[Record]]:
        """For each publication the record in Xero with its content, or none.

        Args:
            publications: Publications of one request.
            since: The time at Xero when they were first sent, in seconds since 1970. Notes that
                are older are others.

        Raises:
            XeroError: Xero's records cannot be read.
        """
        first = publications[0]
        if _child_name(first) == ATTACHMENTS:
            # File names are unique within a record, so that each match is the right one.
            files = [dict(record) for record in self._candidates(first)]
            return [
                [file for file in files if contains(file, publication.fields)]
                for publication in publications
            ]
        with self._lock:
            taken = self._published_ids(first.destination.name) | self._claimed
            candidates = [
                record
                for record in self._candidates(first)
                if _identity(record, first) not in taken
                and not _is_older(record, since, _created_field(first))
            ]
            return [self._claim(publication, candidates) for publication in publications]

    def _candidates(self, publication: Publication) -> Iterable[Mapping[str, object]]:
        destination = publication.destination
        if isinstance(destination, EntityDestination) and destination.entity.is_of_other_api:
            lookup = lookup_of(destination, self._transport, destination.name, publication)
            return lookup.every_record() if isinstance(lookup, ResourceLookup) else ()
        if isinstance(destination, EntityDestination):
            return every_record(self._transport, destination.name)
        if isinstance(destination, RawDestination):
            return ()  # Xero has no list of them
        if destination.child.name in (ATTACHMENTS, HISTORY):
            path = f"/{publication.parent}/{destination.child.name}"
            response = self._transport.send(Request("GET", path, subject=destination.name))
            return records_of(response.json, destination.key)
        parent_id = (publication.parent or "").rpartition("/")[2]
        lookup = Lookup(self._transport, destination.parent, destination.name)
        parent = lookup.by_id([parent_id]).get(parent_id.lower(), {})
        children: list[Mapping[str, object]] = parent.get(destination.key) or []
        return children

    def _claim(
        self, publication: Publication, candidates: list[Mapping[str, object]]
    ) -> list[Record]:
        for index, record in enumerate(candidates):
            if contains(record, publication.fields):
                del candidates[index]
                self._claimed.add(_identity(record, publication))
                return [dict(record)]
        found_by = {
            name: publication.fields[name]
            for name in publication.found_by
            if name in publication.fields
        }
        # It may be the one that was sent, if Xero shows it differently or somebody has edited it.
        return [dict(record) for record in candidates if found_by and contains(record, found_by)]


def is_found_in_parent(publication: Publication) -> bool:
    """Whether reading the parent's files or notes tells if a file or a note was saved."""
    return _child_name(publication) in (ATTACHMENTS, HISTORY) and bool(publication.parent)


def _child_name(publication: Publication) -> str | None:
    destination = publication.destination
    return destination.child.name if isinstance(destination, ChildDestination) else None


def _created_field(publication: Publication) -> str:
    """The field that says when Xero made a record; that of notes by default."""
    destination = publication.destination
    if isinstance(destination, EntityDestination):
        return destination.writing.created_field
    return "DateUTC"


def _is_older(record: Mapping[str, object], since: float, created_field: str) -> bool:
    """Whether a record was made before a moment; Xero's times may lack fractions of seconds."""
    made = record.get(created_field)
    return isinstance(made, str) and wire.parse_instant(made).timestamp() < int(since)


def _identity(record: Mapping[str, object], publication: Publication) -> str:
    """A record's id; its parent and whole content if Xero gives it no id."""
    id_field = publication.destination.id_field
    if id_field is None:
        return f"{publication.parent} {wire.encode(record).decode()}"
    return str(record.get(id_field)).lower()
