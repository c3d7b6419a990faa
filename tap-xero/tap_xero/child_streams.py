"""Streams of what hangs below records: their files, and their history (xero-facts.md: Attachments and history, Reading by entity).

Xero has no list of either, so the list of the records is walked and each one is asked. The walk is
the stream's own, with a bookmark of its own: what a cut or a refusal leaves unread is read by the
next run, whatever became of the records' stream.
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
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from tap_xero.paging.background import in_order
from tap_xero.paging.page import Page
from tap_xero.records.dates import to_instant
from tap_xero.records.schemas import schema_below, schema_of
from tap_xero.records.schemas.below import FILE, HISTORY_RECORD
from tap_xero.records.schemas.types import INSTANT, Properties
from tap_xero.streams import TENANT_ID, TENANT_NAME, XeroStream
from xero_client.entities.children import ATTACHMENTS, CHILDREN, HISTORY
from xero_client.entities.scopes import ATTACHMENTS as ATTACHMENTS_SCOPE
from xero_client.entities.table import ENTITIES, Entity
from xero_client.errors import NotFoundError
from xero_client.http import wire
from xero_client.http.transport import Request, Response

if TYPE_CHECKING:
    from tap_xero.organisations import Organisation
    from xero_client.auth.tenants import Tenant

logger = logging.getLogger(__name__)

Record = dict[str, Any]

UPDATED = "UpdatedDateUTC"
# A call a record takes longer than the list that names it: after a cut, few are asked again.
RECORDS_A_PAGE = 100


class StreamBelow(XeroStream):
    """What hangs below the records of one entity.

    Attributes:
        setting: The setting that asks for such streams.
        suffix: The last part of their names.
        properties: What a child says.
    """

    setting: ClassVar[str]
    suffix: ClassVar[str]
    properties: ClassVar[Properties]

    @classmethod
    def hangs_below(cls, entity: Entity) -> bool:
        """Whether an entity's records have such children, and Xero has not retired them."""
        return cls._has_any(entity) and entity.reading.selected_by_default

    @classmethod
    @abstractmethod
    def _has_any(cls, entity: Entity) -> bool:
        """Whether an entity's records have such children."""

    @classmethod
    def name_of(cls, entity: Entity) -> str:
        """``invoices_history``."""
        return f"{entity.stream}_{cls.suffix}"

    @classmethod
    def _own_schema(cls, entity: Entity) -> dict[str, Any]:
        # The record's own time of change is what later runs start from.
        properties = dict(cls.properties)
        if entity.reading.replication_key == UPDATED:
            properties[UPDATED] = INSTANT
        return schema_below(entity.id_field or "", properties)

    def _reads_all(self) -> bool:
        reading = self.entity.reading
        return not (reading.modified_since and reading.replication_key == UPDATED)

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:  # noqa: ARG002  # as the base has it
        """The instants of the records' last changes; the records themselves are not written."""
        return [changed for record in page.records if (changed := _changed(record)) is not None]

    def _finished(self, child: Record, tenant: Tenant) -> Record:
        self._convert(child)
        child[TENANT_ID] = tenant.tenant_id
        if self.mask["properties", TENANT_NAME]:
            child[TENANT_NAME] = tenant.name
        return child

    def _children(self, organisation: Organisation, record: Record, name: str) -> Sequence[Record]:
        """A record's children, each with the record's id; none where the record is gone."""
        id_field = self.entity.id_field or ""
        record_id = str(record.get(id_field))
        answer = self._answer(organisation, self._path(record_id, name))
        if answer is None:
            return ()
        own = {id_field: record_id}
        if record.get(UPDATED) is not None:
            own[UPDATED] = record[UPDATED]
        key = CHILDREN[f"{self.entity.name}/{name}"].key
        return [own | dict(child) for child in wire.records_of(answer.json, key)]

    def _path(self, *parts: str) -> str:
        return "/".join([self.entity.path, *(quote(part, safe="") for part in parts)])

    def _answer(self, organisation: Organisation, path: str, **options: Any) -> Response | None:  # noqa: ANN401  # a request's fields
        """The answer to a call; None where Xero no longer has what is asked for."""
        request = Request("GET", path, subject=self.name, scope=self.scopes[-1], **options)
        try:
            return organisation.transport.send(request)
        except NotFoundError:
            logger.warning("%s: %s is gone, and left out", self.name, path)
            return None


class AttachmentStream(StreamBelow):
    """The files on the records of one entity, with their content in base64."""

    setting = "copy_attachments"
    suffix = "attachments"
    properties = FILE

    @classmethod
    def _has_any(cls, entity: Entity) -> bool:
        return entity.attachments

    def _own_keys(self) -> tuple[str, ...]:
        return ("AttachmentID",)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The records' scope, and that of files."""
        return (*super().scopes, f"{ATTACHMENTS_SCOPE}.read")

    def _lists_of(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:
        """The files of a page of records, one at a time."""
        window = organisation.window
        # Only quotes do not say whether they have any (xero-facts.md: Attachments and history, OpenAPI).
        tells = "HasAttachments" in schema_of(self.entity.stream)["properties"]
        asked = [record for record in page.records if record.get("HasAttachments") or not tells]
        listed = in_order(
            (partial(self._children, organisation, record, ATTACHMENTS) for record in asked), window
        )
        files: Iterator[Record] = chain.from_iterable(listed)
        if self.mask["properties", "Content"]:
            filled = (partial(self._filled, organisation, file) for file in files)
            files = filter(None, in_order(filled, window))
        for file in files:
            yield [self._finished(file, organisation.tenant)]

    def _filled(self, organisation: Organisation, file: Record) -> Record | None:
        """A file with its content; None where it is gone."""
        path = self._path(
            str(file[self.entity.id_field or ""]), ATTACHMENTS, str(file.get("AttachmentID"))
        )
        # As the official SDKs ask: any bytes, with the file's own type beside.
        headers = {"contentType": str(file.get("MimeType") or "application/octet-stream")}
        answer = self._answer(
            organisation, path, accept="application/octet-stream", headers=headers
        )
        if answer is None:
            return None
        return {**file, "Content": base64.b64encode(answer.body).decode()}


class HistoryStream(StreamBelow):
    """The history of the records of one entity: what Xero wrote, and the notes of users."""

    setting = "copy_history"
    suffix = "history"
    properties = HISTORY_RECORD

    @classmethod
    def _has_any(cls, entity: Entity) -> bool:
        return entity.history

    def _own_keys(self) -> tuple[str, ...]:
        return (self.entity.id_field or "", "_entry_id")

    @property
    def _page_size(self) -> int:
        return min(super()._page_size, RECORDS_A_PAGE)

    def _lists_of(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:
        """The histories of a page of records, one at a time."""
        histories = in_order(
            (partial(self._children, organisation, record, HISTORY) for record in page.records),
            organisation.window,
        )
        for history in histories:
            yield [
                self._finished({**entry, "_entry_id": entry_id}, organisation.tenant)
                for entry, entry_id in zip(history, entry_ids(history), strict=True)
            ]


def entry_ids(history: Sequence[Record]) -> list[str]:
    """An id for each entry of one history, the same whenever it is read.

    Entries are never changed; those that say the very same are told apart by counting them.
    """
    met: Counter[bytes] = Counter()
    ids = []
    for entry in history:
        said = wire.encode([entry.get(n) for n in ("DateUTC", "Changes", "User", "Details")])
        ids.append(hashlib.sha256(b"%d %s" % (met[said], said)).hexdigest()[:32])
        met[said] += 1
    return ids


def _changed(record: Record) -> str | None:
    try:
        return to_instant(record[UPDATED])
    except (KeyError, TypeError, ValueError):
        return None


BELOW: tuple[type[StreamBelow], ...] = (AttachmentStream, HistoryStream)
NAMES_BELOW = tuple(
    kind.name_of(entity) for kind in BELOW for entity in ENTITIES if kind.hangs_below(entity)
)
