"""The streams of the lists inside records: line items, tracking, allocations, addresses.

A nested stream makes no call for a list of its own. The stream of its parent's records writes its
rows with each page, also if the parent itself is not selected. Every row has the ``_read_at`` of
its parent. So a row is current if its ``_read_at`` equals its parent's: a line that was removed
from a document is not written again, and keeps an older ``_read_at``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from singer_sdk import Stream, Tap
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE

from tap_xero.paging.background import results_in_order
from tap_xero.paging.page import Page
from tap_xero.records.converter import Record
from tap_xero.records.schemas.nested_records import nested_schema, row_fields
from tap_xero.records.typed_records import TypedRecord
from tap_xero.records.typed_rows import RowMaker
from tap_xero.requests.parameters import budget_months
from tap_xero.run.organisations import Organisation
from tap_xero.state import TENANT_ID
from tap_xero.streams.record_stream import READ_AT, TENANT_NAME, RecordStream, own_fields
from xero_client.entities.nested_lists import LINE, LINE_NUMBER, NestedList
from xero_client.entities.table import Entity
from xero_client.errors import NotFoundError
from xero_client.http.transport import Request
from xero_client.http.wire import records_of
from xero_client.json_value import Json

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ParentLists:
    """The nested lists of one page of records, taken before the records are converted.

    Attributes:
        ids: The id of each record.
        lists: The list of each record; None if the record has none.
    """

    ids: Sequence[Any]
    lists: Sequence[Any]


class NestedStream(RecordStream):
    """One list inside the records of an entity, as a stream."""

    selected_by_default = False

    def __init__(self, tap: Tap, nested: NestedList) -> None:
        """Sets the stream up from the table of nested lists.

        Args:
            tap: The tap.
            nested: The row of the table.
        """
        self.nested = nested
        super().__init__(tap, schema=partial(nested_schema, nested), name=nested.stream)
        # singer-sdk then leaves the reading to the parent's stream.
        self.parent_stream_type = Stream
        self.primary_keys = (TENANT_ID, nested.parent_id, *nested.keys)
        if nested.parent.reading.full_table or not nested.parent.reading.replication_key:
            self.forced_replication_method = REPLICATION_FULL_TABLE
        else:
            self.replication_key = READ_AT

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """None: the parent's stream writes the rows."""
        del context
        return ()

    def open(self, version: int | None) -> None:
        """Writes the schema, before the parent's first page.

        Args:
            version: The version of a full table; None if only changes are read.
        """
        self._stream_version = version
        self._write_schema_message()

    def activate_version(self) -> None:
        """Tells the target that the whole table was read, if it was."""
        if self._stream_version is not None:
            self._write_activate_version_message(self._stream_version)

    def take(self, records: Iterable[Record]) -> ParentLists:
        """The lists of a page of records that are not converted yet."""
        field, id_field = self.nested.path[0], self.nested.parent_id
        records = list(records)
        return ParentLists(
            [record.get(id_field) for record in records], [record.get(field) for record in records]
        )

    def write(self, parents: ParentLists, common: Mapping[str, Any], read_at: datetime) -> int:
        """Writes the rows of a page.

        Args:
            parents: The lists.
            common: The fields that all rows of the page have: tenant and ``_read_at``.
            read_at: When the page was requested.

        Returns:
            The number of rows.
        """
        self._extracted_at = read_at
        rows = chain.from_iterable(
            self._converted_rows(parent_id, members, common)
            for parent_id, members in zip(parents.ids, parents.lists, strict=True)
            if members
        )
        return self._write_records(rows)

    def _converted_rows(
        self, parent_id: Json, members: Sequence[Any], common: Mapping[str, Any]
    ) -> Iterable[Any]:
        if isinstance(next(filter(None, members), None), TypedRecord):
            return self._row_maker.rows(tuple(common.values()), parent_id, members)
        return ({**self._convert(row), **common} for row in self._rows(parent_id, members))

    @property
    def takes_typed_records(self) -> bool:
        """Whether rows can be made from typed records, or do not come from the parent's pages."""
        return self.nested.by_id or self._is_unmapped

    @cached_property
    def _row_maker(self) -> RowMaker:
        return RowMaker(
            self.nested,
            lambda column: self.mask["properties", column],
            [name for name in (TENANT_ID, TENANT_NAME, READ_AT) if self.mask["properties", name]],
        )

    def _rows(self, parent_id: Json, members: Sequence[Any]) -> Iterator[Record]:
        nested = self.nested
        if len(nested.path) == 1:
            for number, member in enumerate(members, 1):
                if isinstance(member, dict):
                    yield self._row(member, {nested.parent_id: parent_id, LINE: number})
            return
        for line_number, outer in enumerate(members, 1):
            if not isinstance(outer, dict):
                continue
            carried = {name: outer[name] for name in nested.carried if name in outer}
            for number, member in enumerate(outer.get(nested.path[1]) or (), 1):
                if isinstance(member, dict):
                    own = {nested.parent_id: parent_id, LINE_NUMBER: line_number, LINE: number}
                    yield self._row(member, carried | own)

    def _row(self, member: Record, own: Record) -> Record:
        """A member with the parent's id and its place; objects in it are flattened one level."""
        fields, row = self._fields, dict(own)
        for name, value in member.items():
            target = fields.get(name)
            if target is None or name in own:
                continue
            if isinstance(target, str):
                row[target] = value
            elif isinstance(value, dict):
                for part, column in target.items():
                    if part in value:
                        row[column] = value[part]
        for key in self.nested.keys:
            if row.get(key) is None:
                # Xero left out an id. The place identifies the row among those of this read.
                row[key] = f"{own[self.nested.parent_id]}:{own.get(LINE_NUMBER) or own[LINE]}"
        return row

    @cached_property
    def _fields(self) -> Mapping[str, str | Mapping[str, str]]:
        return row_fields(self.nested)


class NestedGroup:
    """The nested streams of one entity that a run writes."""

    def __init__(
        self,
        entity: Entity,
        streams: Sequence[NestedStream],
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Takes the streams.

        Args:
            entity: The entity of the records.
            streams: The nested streams.
            params: The request parameters that the settings give the parent's stream.
        """
        self._entity = entity
        self._streams = streams
        self._params = params or {}

    def open(self, version: int | None) -> None:
        """Writes the schemas; ``version`` is that of a full table, else None."""
        for stream in self._streams:
            stream.open(version)

    def activate_versions(self) -> None:
        """Tells the target which whole tables were read."""
        for stream in self._streams:
            stream.activate_version()

    def take(self, page: Page, organisation: Organisation) -> list[ParentLists]:
        """The lists of a page of records that are not converted yet, by stream."""
        return [
            stream.take(
                self._single_records(page, organisation, stream)
                if stream.nested.by_id
                else page.records
            )
            for stream in self._streams
        ]

    def write(self, lists: Sequence[ParentLists], page: Page, organisation: Organisation) -> None:
        """Writes the rows of a page."""
        for stream, parents in zip(self._streams, lists, strict=True):
            common = own_fields(stream.mask, organisation.tenant, page.requested_at)
            count = stream.write(parents, common, page.requested_at)
            organisation.count_records(stream.name, count)

    def _single_records(
        self, page: Page, organisation: Organisation, stream: NestedStream
    ) -> list[Record]:
        """The records of a page, each requested by its id; those deleted meanwhile are left out."""
        params = {}
        if self._entity.name == "Budgets":
            params = budget_months(page.requested_at.date(), self._params)

        def call(record_id: str) -> list[Record]:
            request = Request(
                "GET",
                f"{self._entity.path}/{quote(record_id, safe='')}",
                params=params,
                subject=stream.name,
                scope=self._entity.read_scope,
            )
            try:
                response = organisation.transport.send(request)
            except NotFoundError:
                logger.warning("%s: %s was deleted meanwhile", stream.name, record_id)
                return []
            return list(records_of(response.json, self._entity.key))

        id_field = self._entity.id_field or ""
        calls = (partial(call, str(record.get(id_field))) for record in page.records)
        return list(chain.from_iterable(results_in_order(calls, organisation.max_concurrency)))
