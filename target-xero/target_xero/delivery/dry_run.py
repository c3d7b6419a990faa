"""The dry run: everything but the writing, and what the writing would have done."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.build.publication import Publication
from target_xero.build.records import Record
from target_xero.build.routes import Action
from target_xero.delivery.items import Item
from target_xero.delivery.known_keys import with_known_ids
from target_xero.delivery.publish_log import PUBLISHED, PublishLog
from target_xero.delivery.publisher import StoppedError
from target_xero.lookup.resolution import existing_or_refused, resolved
from target_xero.report.reporter import Reporter
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.http.transport import Transport

BATCH = 200

WOULD_CREATE = "create"
WOULD_UPDATE = "update"
WOULD_REMOVE = "remove"
WOULD_SEND = "send"
WOULD_LEAVE = "unchanged"


class DryPipeline:
    """Looks up what there is, and sends nothing but reads."""

    def __init__(self, transport: Transport, log: PublishLog, reporter: Reporter) -> None:
        self._transport = transport
        self._log = log
        self._reporter = reporter
        self._items: list[Item] = []
        self._destination = ""

    def add(self, item: Item) -> None:
        """Takes an item."""
        destination = item.publication.destination.name
        if self._items and (destination != self._destination or len(self._items) >= BATCH):
            self.flush()
        self._destination = destination
        self._items.append(item)

    def flush(self) -> None:
        """Says of everything taken what would become of it.

        Raises:
            StoppedError: Xero cannot be asked.
        """
        items, self._items = self._items, []
        if not items:
            return
        rows = self._log.rows([item.fingerprint for item in items])
        items = with_known_ids(items, self._log)
        asked = []
        for item in items:
            row = rows.get(item.fingerprint)
            if row is not None and row.state == PUBLISHED:
                self._reporter.would(item, WOULD_LEAVE, row.xero_id)
            else:
                asked.append(item)
        try:
            for item, (what, xero_id, error) in zip(asked, self._found(asked), strict=True):
                if error is not None:
                    self._reporter.refused(item, error)
                else:
                    self._reporter.would(item, what, xero_id)
        except XeroError as error:
            raise StoppedError(str(error)) from error
        self._reporter.flush()

    def abandon(self) -> None:
        """Says nothing more."""
        self._items = []

    def _found(self, items: list[Item]) -> list[tuple[str, str | None, str | None]]:
        if not items:
            return []
        destination = items[0].publication.destination
        if destination.entity is None or destination.child is not None:
            return [self._one(item) for item in items]
        stream = items[0].source.stream
        removals = [i for i in items if i.publication.action is Action.REMOVE]
        others = [i for i in items if i.publication.action is not Action.REMOVE]
        said: dict[int, tuple[str, str | None, str | None]] = {}
        if removals:
            answers = resolved([i.publication for i in removals], self._transport, stream)
            for item, answer in zip(removals, answers, strict=True):
                leaves = answer.publication is None
                what = WOULD_LEAVE if leaves else WOULD_REMOVE
                found = answer.publication.record_id if answer.publication else answer.xero_id
                said[id(item)] = (what, found, answer.error)
        if others:
            asked = [i.publication for i in others]
            found_records = existing_or_refused(asked, self._transport, stream)
            for item, records in zip(others, found_records, strict=True):
                said[id(item)] = _would(item.publication, records)
        return [said[id(item)] for item in items]

    @staticmethod
    def _one(item: Item) -> tuple[str, str | None, str | None]:
        publication = item.publication
        if publication.action is Action.REMOVE:
            return WOULD_REMOVE, publication.record_id, None
        if publication.action is Action.UPDATE:
            return WOULD_UPDATE, publication.record_id, None
        return (WOULD_CREATE if publication.method == "PUT" else WOULD_SEND), None, None


def _would(
    publication: Publication, records: Sequence[Record] | RequestRefusedError
) -> tuple[str, str | None, str | None]:
    """What publishing would do: the word for it, the record's id, and why it would fail."""
    if isinstance(records, RequestRefusedError):
        return WOULD_SEND, None, str(records)
    entity = publication.destination.entity
    id_field = publication.destination.id_field or ""
    if publication.record_id and not records:
        return WOULD_UPDATE, None, f"Xero has no {id_field} {publication.record_id}"
    if not records:
        return WOULD_CREATE, None, None
    record_id = str(records[0].get(id_field))
    if publication.action is Action.CREATE:
        name, value = publication.natural[0]
        return WOULD_CREATE, None, f"PUT creates only, and Xero has {name} {value} already"
    if entity is not None and entity.writing is not None and not entity.writing.updates:
        return WOULD_LEAVE, record_id, None
    return WOULD_UPDATE, record_id, None
