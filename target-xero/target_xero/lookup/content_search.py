"""Records that nothing names, found in Xero by what they say: for copying into an organisation.

A payment or a bank transaction has no number. While an organisation is copied, though, whatever
says just what was sent, and is not the copy of another record, is what was sent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from target_xero.build.publication import Publication
from target_xero.build.records import Record
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import PublishLog
from target_xero.lookup.existing_records import Lookup, holds
from target_xero.lookup.lists import every_record
from xero_client.entities.children import ATTACHMENTS, HISTORY
from xero_client.http import wire
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of


class ContentSearch:
    """Finds records by their content, each at most once; safe to share between threads."""

    def __init__(self, transport: Transport, log: PublishLog) -> None:
        """Starts with nothing found.

        Args:
            transport: The organisation.
            log: What was published, which is not to be found again.
        """
        self._transport = transport
        self._log = log
        self._lock = threading.Lock()
        self._claimed: set[str] = set()

    def found(self, items: Sequence[Item]) -> list[list[Record]]:
        """For each item the record that it has become, or none.

        Args:
            items: Items of one request.

        Raises:
            XeroError: Xero's records cannot be read.
        """
        publication = items[0].publication
        child = publication.destination.child
        if child is not None and child.name == ATTACHMENTS:
            # A record has one file of a name: nothing to be told apart.
            listed = [dict(record) for record in self._candidates(publication)]
            return [[one for one in listed if holds(one, item.publication.sent)] for item in items]
        with self._lock:
            taken = self._log.published_ids(publication.destination.name) | self._claimed
            candidates = [
                record
                for record in self._candidates(publication)
                if _identity(record, publication) not in taken
            ]
            return [self._claim(item.publication, candidates) for item in items]

    def _candidates(self, publication: Publication) -> Iterable[Mapping[str, object]]:
        destination = publication.destination
        assert destination.entity is not None  # noqa: S101  # only entities are copied
        if destination.child is None:
            return every_record(self._transport, destination.entity.name)
        if destination.child.name in (ATTACHMENTS, HISTORY):
            path = f"/{publication.parent}/{destination.child.name}"
            answer = self._transport.send(Request("GET", path, subject=destination.name))
            return records_of(answer.json, destination.child.key)
        parent_id = (publication.parent or "").rpartition("/")[2]
        lookup = Lookup(self._transport, destination.entity, destination.name)
        parent = lookup.by_id([parent_id]).get(parent_id.lower(), {})
        children: list[Mapping[str, object]] = parent.get(destination.child.key) or []
        return children

    def _claim(
        self, publication: Publication, candidates: list[Mapping[str, object]]
    ) -> list[Record]:
        for index, record in enumerate(candidates):
            if holds(record, publication.sent):
                del candidates[index]
                self._claimed.add(_identity(record, publication))
                return [dict(record)]
        return []


def _identity(record: Mapping[str, object], publication: Publication) -> str:
    """What tells a record from others: its id, or where Xero gives none all that it says."""
    id_field = publication.destination.id_field
    if id_field is None:
        return f"{publication.parent} {wire.encode(record).decode()}"
    return str(record.get(id_field)).lower()
