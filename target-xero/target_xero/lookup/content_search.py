"""Finds records without an id or a name in Xero by their content.

A record in Xero with the same content is the record that was sent, unless another record was
published as it. New records of other APIs, whose responses were lost, are found like this too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.lookup.existing_records import lookup_of
from target_xero.lookup.lists import every_record
from target_xero.lookup.matching import contains
from target_xero.lookup.resource_lookup import ResourceLookup
from xero_client.entities.children import ATTACHMENTS, HISTORY
from xero_client.entities.table import BY_NAME
from xero_client.http import wire
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

# Xero's times may lack fractions of seconds, and its servers may differ a little.
CLOCK_SECONDS = 2
Candidates = Iterable[Mapping[str, object]]


class ContentSearch:
    """Finds records by their content, each at most once; safe to share between threads."""

    def __init__(
        self,
        candidates: Callable[[Publication, float], Candidates],
        published_ids: Callable[[str], set[str]],
        *,
        finds_similar: bool = False,
    ) -> None:
        """Starts with no record found.

        Args:
            candidates: Reads the records in Xero among which a publication is searched for; the
                number is the time of ``find``.
            published_ids: Gives the ids, in lower case, that are published to a destination. The
                search does not find these records again.
            finds_similar: Whether a record of the Accounting API with other content is found too,
                if it may be the one that was sent.
        """
        self._finds_similar = finds_similar
        self._candidates = candidates
        self._published_ids = published_ids
        self._lock = threading.Lock()
        self._claimed: set[str] = set()

    def find(self, publications: Sequence[Publication], since: float = 0.0) -> list[list[Record]]:
        """For each publication the record in Xero with its content, or none.

        Args:
            publications: Publications of one request.
            since: The time at Xero when they were first sent, in seconds since 1970. Notes, and
                records of other APIs, that are older are others.

        Raises:
            XeroError: Xero's records cannot be read.
        """
        first = publications[0]
        if _child_name(first) == ATTACHMENTS:
            # File names are unique within a record, so that each match is the right one.
            files = [dict(record) for record in self._candidates(first, since)]
            return [
                [file for file in files if contains(file, publication.fields)]
                for publication in publications
            ]
        with self._lock:
            taken = self._published_ids(first.destination.name) | self._claimed
            candidates = [
                record
                for record in self._candidates(first, since)
                if _identity(record, first) not in taken
                and not _is_older(record, since, _created_field(first))
            ]
            return [self._claim(publication, candidates) for publication in publications]

    def _claim(
        self, publication: Publication, candidates: list[Mapping[str, object]]
    ) -> list[Record]:
        for index, record in enumerate(candidates):
            if contains(record, publication.fields):
                del candidates[index]
                self._claimed.add(_identity(record, publication))
                return [dict(record)]
        fields = publication.fields
        names = publication.found_by or (publication.searched_by if self._finds_similar else ())
        found_by = {name: fields[name] for name in names if name in fields}
        # It may be the one that was sent, if Xero shows it differently or somebody has edited it.
        return [dict(record) for record in candidates if names and contains(record, found_by)]


def is_found_in_parent(publication: Publication) -> bool:
    """Whether reading the parent's files or notes tells if a file or a note was saved."""
    return _child_name(publication) in (ATTACHMENTS, HISTORY) and bool(publication.parent)


def recent_or_listed(transport: Transport, publication: Publication, since: float) -> Candidates:
    """The records among which one is searched for whose response was lost.

    Args:
        transport: The organisation's connection.
        publication: The record that was sent.
        since: When it was first sent, at Xero, in seconds since 1970.

    Raises:
        XeroError: They cannot be read.
    """
    if not publication.searched_by:
        return listed_with(transport, publication)
    name = publication.destination.name
    changed_field = BY_NAME[name].reading.replication_key or ""
    moment = datetime.fromtimestamp(int(since) - CLOCK_SECONDS, timezone.utc)
    return (
        record
        for record in every_record(transport, name, modified_since=moment)
        if not _is_older(record, since - CLOCK_SECONDS, changed_field)
    )


def listed_with(transport: Transport, publication: Publication) -> Candidates:
    """The list that a publication stands in: of another API, or the files or notes of a parent.

    Raises:
        XeroError: It cannot be read.
    """
    destination = publication.destination
    if isinstance(destination, EntityDestination):
        lookup = lookup_of(destination, transport, destination.name, publication)
        return lookup.every_record() if isinstance(lookup, ResourceLookup) else ()
    path = f"/{publication.parent}/{_child_name(publication)}"
    response = transport.send(Request("GET", path, subject=destination.name))
    return records_of(response.json, destination.key)


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
