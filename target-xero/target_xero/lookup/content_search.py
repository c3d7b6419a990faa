"""Finds records without an id or a name in Xero by their content.

A record in Xero with the same content is the record that was sent, unless another record was
published as it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.lookup.matching import contains
from xero_client.entities.children import ATTACHMENTS, HISTORY
from xero_client.http import wire
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

Candidates = Iterable[Mapping[str, object]]


class ContentSearch:
    """Finds records by their content, each at most once; safe to share between threads."""

    def __init__(
        self,
        candidates: Callable[[Publication], Candidates],
        published_ids: Callable[[str], set[str]],
    ) -> None:
        """Starts with no record found.

        Args:
            candidates: Reads the records in Xero among which a publication is searched for.
            published_ids: Gives the ids, in lower case, that are published to a destination. The
                search does not find these records again.
        """
        self._candidates = candidates
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
                if _identity(record, first) not in taken and not _is_older(record, since)
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
        return []


def is_found_in_parent(publication: Publication) -> bool:
    """Whether reading the parent's files or notes tells if a file or a note was saved."""
    return _child_name(publication) in (ATTACHMENTS, HISTORY) and bool(publication.parent)


def files_or_notes(transport: Transport, publication: Publication) -> Candidates:
    """The files or notes of the parent of a file or a note.

    Raises:
        XeroError: They cannot be read.
    """
    destination = publication.destination
    path = f"/{publication.parent}/{_child_name(publication)}"
    response = transport.send(Request("GET", path, subject=destination.name))
    return records_of(response.json, destination.key)


def _child_name(publication: Publication) -> str | None:
    destination = publication.destination
    return destination.child.name if isinstance(destination, ChildDestination) else None


def _is_older(record: Mapping[str, object], since: float) -> bool:
    """Whether a note was made before a moment; Xero's times may lack fractions of seconds."""
    made = record.get("DateUTC")
    return isinstance(made, str) and wire.parse_instant(made).timestamp() < int(since)


def _identity(record: Mapping[str, object], publication: Publication) -> str:
    """A record's id; its parent and whole content if Xero gives it no id."""
    id_field = publication.destination.id_field
    if id_field is None:
        return f"{publication.parent} {wire.encode(record).decode()}"
    return str(record.get(id_field)).lower()
