"""The streams of the files and the history of records.

Xero lists neither (xero-facts.md: Attachments and history), so a child stream reads the list of the
records and makes a call for each record. It reads the list on its own and has its own bookmark. So
if it is interrupted or fails, the next run reads the rest, no matter what the records' stream did.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from tap_xero.paging.background import results_in_order
from tap_xero.paging.page import Page
from tap_xero.records.converter import Record
from tap_xero.records.dates import instants_of
from tap_xero.records.schemas import attachment_schema, history_schema
from tap_xero.run.organisations import Organisation
from tap_xero.streams.entity_stream import XeroStream
from tap_xero.streams.record_stream import own_fields
from xero_client.auth.tenants import Tenant
from xero_client.entities.access.scopes import ATTACHMENTS_SCOPE
from xero_client.entities.children import ATTACHMENTS, CHILDREN, HISTORY
from xero_client.entities.table import ENTITIES, Entity
from xero_client.errors import NotFoundError
from xero_client.http import wire
from xero_client.http.transport import Request, Response

logger = logging.getLogger(__name__)

UPDATED = "UpdatedDateUTC"
# A history costs a call per record. Short pages mean that an interrupted run repeats few calls.
HISTORY_PAGE_SIZE = 100


class ChildStream(XeroStream):
    """The children of the records of one entity.

    Attributes:
        setting: The setting that adds these streams.
        suffix: The last part of the stream's name.
    """

    writes_own_records = False
    setting: ClassVar[str]
    suffix: ClassVar[str]

    @classmethod
    def applies_to(cls, entity: Entity) -> bool:
        """Whether the entity's records have such children, and Xero has not retired the entity."""
        return cls._has_children(entity) and entity.reading.selected_by_default

    @classmethod
    @abstractmethod
    def _has_children(cls, entity: Entity) -> bool:
        """Whether the entity's records have such children."""

    @classmethod
    def name_of(cls, entity: Entity) -> str:
        """The stream's name, for example ``invoices_history``."""
        return f"{entity.stream}_{cls.suffix}"

    def _is_always_full_table(self) -> bool:
        reading = self.entity.reading
        return not (reading.modified_since and reading.replication_key == UPDATED)

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:  # noqa: ARG002  # as in XeroStream
        """Returns the instants of the records' last changes; the records are not written."""
        return instants_of(record.get(UPDATED) for record in page.records)

    def _converted_child(self, child: Record, tenant: Tenant) -> Record:
        self._convert(child)
        child.update(own_fields(self.mask, tenant))
        return child

    def _children(self, organisation: Organisation, record: Record, name: str) -> Sequence[Record]:
        """A record's children, each with the record's id; none if the record was deleted."""
        id_field = self.entity.id_field or ""
        record_id = str(record.get(id_field))
        response = self._get(organisation, self._path(record_id, name))
        if response is None:
            return ()
        parent = {id_field: record_id}
        if record.get(UPDATED) is not None:
            parent[UPDATED] = record[UPDATED]
        key = CHILDREN[f"{self.entity.name}/{name}"].key
        return [parent | dict(child) for child in wire.records_of(response.json, key)]

    def _path(self, *parts: str) -> str:
        return "/".join([self.entity.path, *(quote(part, safe="") for part in parts)])

    def _get(self, organisation: Organisation, path: str, **options: Any) -> Response | None:  # noqa: ANN401  # a request's fields
        """The response to a call; None if the record or file was deleted."""
        request = Request("GET", path, subject=self.name, scope=self.scopes[-1], **options)
        try:
            return organisation.transport.send(request)
        except NotFoundError:
            logger.warning("%s: %s was deleted meanwhile; skipping it", self.name, path)
            return None


class AttachmentStream(ChildStream):
    """The files on the records of one entity, with their content in base64."""

    setting = "copy_attachments"
    suffix = "attachments"

    @classmethod
    def schema_for(cls, entity: Entity) -> dict[str, Any]:
        """The stream's JSON Schema."""
        return attachment_schema(entity)

    @classmethod
    def _has_children(cls, entity: Entity) -> bool:
        return entity.attachments

    def _record_keys(self) -> tuple[str, ...]:
        return ("AttachmentID",)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scope of the records, and the scope of attachments."""
        return (*super().scopes, f"{ATTACHMENTS_SCOPE}.read")

    def _batches_of_page(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:
        """The files of a page of records, one at a time."""
        max_concurrency = organisation.max_concurrency
        # Quotes have no HasAttachments (xero-facts.md: Attachments and history).
        has_flag = "HasAttachments" in self.entity.fields
        records = [
            record for record in page.records if record.get("HasAttachments") or not has_flag
        ]
        lists = results_in_order(
            (partial(self._children, organisation, record, ATTACHMENTS) for record in records),
            max_concurrency,
        )
        files: Iterator[Record] = chain.from_iterable(lists)
        if self.mask["properties", "Content"]:
            downloads = (partial(self._with_content, organisation, file) for file in files)
            files = filter(None, results_in_order(downloads, max_concurrency))
        for file in files:
            yield [self._converted_child(file, organisation.tenant)]

    def _with_content(self, organisation: Organisation, file: Record) -> Record | None:
        """A file with its content; None if it was deleted."""
        path = self._path(
            str(file[self.entity.id_field or ""]), ATTACHMENTS, str(file.get("AttachmentID"))
        )
        # As the official SDKs do: accept any bytes, and send the file's type in contentType.
        headers = {"contentType": str(file.get("MimeType") or "application/octet-stream")}
        response = self._get(organisation, path, accept="application/octet-stream", headers=headers)
        if response is None:
            return None
        return {**file, "Content": base64.b64encode(response.body).decode()}


class HistoryStream(ChildStream):
    """The history of the records of one entity: Xero's own entries, and the notes of users."""

    setting = "copy_history"
    suffix = "history"

    @classmethod
    def schema_for(cls, entity: Entity) -> dict[str, Any]:
        """The stream's JSON Schema."""
        return history_schema(entity)

    @classmethod
    def _has_children(cls, entity: Entity) -> bool:
        return entity.history

    def _record_keys(self) -> tuple[str, ...]:
        return (self.entity.id_field or "", "_entry_id")

    @property
    def _page_size(self) -> int:
        return min(super()._page_size, HISTORY_PAGE_SIZE)

    def _batches_of_page(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:
        """The histories of a page of records, one at a time."""
        histories = results_in_order(
            (partial(self._children, organisation, record, HISTORY) for record in page.records),
            organisation.max_concurrency,
        )
        for history in histories:
            yield [
                self._converted_child({**entry, "_entry_id": entry_id}, organisation.tenant)
                for entry, entry_id in zip(history, entry_ids(history), strict=True)
            ]


def entry_ids(history: Sequence[Record]) -> list[str]:
    """An id for each entry of one history, the same on every read.

    Entries never change. Entries with equal fields are numbered to tell them apart.
    """
    counts: Counter[bytes] = Counter()
    ids = []
    for entry in history:
        content = wire.encode([entry.get(n) for n in ("DateUTC", "Changes", "User", "Details")])
        ids.append(hashlib.sha256(b"%d %s" % (counts[content], content)).hexdigest()[:32])
        counts[content] += 1
    return ids


CHILD_STREAM_TYPES: tuple[type[ChildStream], ...] = (AttachmentStream, HistoryStream)
CHILD_STREAM_NAMES = tuple(
    stream_type.name_of(entity)
    for stream_type in CHILD_STREAM_TYPES
    for entity in ENTITIES
    if stream_type.applies_to(entity)
)
