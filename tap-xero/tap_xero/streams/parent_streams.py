"""The streams of records that Xero lists for one parent at a time.

Such a stream reads the list of the parents and makes a call for each of them: the tasks of a
project, the payslips of a pay run, the leave of an employee. All parents are asked in each run,
unless the facts say what tells that nothing changed (see ``ParentSpec``). The summary at the end
says how many parents were asked.
"""

from __future__ import annotations

import base64
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from singer_sdk import Tap

from tap_xero.paging.background import results_in_order
from tap_xero.paging.list_reader import ListReader, PageReader
from tap_xero.paging.page import Page
from tap_xero.paging.paginators.counted_objects import CountedObjectsReader
from tap_xero.paging.response_formats import format_of
from tap_xero.records.converter import Record
from tap_xero.records.dates import instants_of
from tap_xero.records.schemas import schema_of
from tap_xero.requests.parameters import StreamSettings, TemplateContext, render_params
from tap_xero.requests.planner import RequestPlanner
from tap_xero.run.context import RunContext
from tap_xero.run.organisations import Organisation
from tap_xero.state import Bookmark, StartPosition
from tap_xero.streams.entity_stream import XeroStream
from tap_xero.streams.record_stream import own_fields
from xero_client.auth.tenants import Tenant
from xero_client.entities.read_spec import ParentSpec
from xero_client.entities.table import ALL_BY_STREAM, Entity, Paging
from xero_client.errors import NotFoundError, RequestRefusedError, SettingsError
from xero_client.http.transport import Request
from xero_client.http.wire import format_instant, parse_instant

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context

logger = logging.getLogger(__name__)


class ParentedStream(XeroStream):
    """The records of one entity that Xero lists for one parent at a time.

    Attributes:
        child: The entity. ``entity`` is that of the parents, whose list the stream walks.
    """

    writes_own_records = False

    def __init__(self, tap: Tap, child: Entity, run: RunContext) -> None:
        """Sets the stream up from the entity table.

        Args:
            tap: The tap.
            child: The row of the table.
            run: The run that reads the stream.
        """
        if child.parent is None:
            message = f"{child.stream} has no parent"
            raise TypeError(message)
        self.child = child
        self._of_parent: ParentSpec = child.parent
        self._own = StreamSettings.from_config(child.stream, tap.config)
        parents = StreamSettings.from_config(child.parent.stream, tap.config)
        super().__init__(
            tap,
            ALL_BY_STREAM[child.parent.stream],
            run,
            settings=replace(parents, full_refresh_every=self._own.full_refresh_every),
            schema=partial(schema_of, child.stream),
            name=child.stream,
        )
        self.selected_by_default = child.reading.selected_by_default
        self.replication_key = child.reading.replication_key
        self._changed_since: dict[str, datetime | None] = {}
        self._without: Counter[str] = Counter()
        self._reason = ""

    def _record_keys(self) -> tuple[str, ...]:
        return self.child.keys

    def _is_always_full_table(self) -> bool:
        return self.child.reading.full_table

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of the parents and of the records."""
        between = [self._between.read_scope] if self._between is not None else []
        return tuple(dict.fromkeys((*super().scopes, *between, self.child.read_scope)))

    @property
    def reads_subset(self) -> bool:
        """Whether the settings name the records or parents to read."""
        return bool(self._own.ids) or super().reads_subset

    @property
    def needs(self) -> str:
        """What the organisation and the user must have; empty for nothing."""
        return self.child.needs

    def list_reader(self, organisation: Organisation) -> PageReader:
        """A reader for the parents of one organisation.

        Raises:
            SettingsError: A template or date in the settings is invalid.
        """
        by_object = self._of_parent.by_object
        if self._own.ids and by_object is not None:
            return CountedObjectsReader(
                by_object,
                self._own.ids,
                organisation.transport,
                stream=self.name,
                scope=self.child.read_scope,
            )
        if self._own.ids:
            message = (
                f"Setting 'streams.{self.name}.ids' is not possible, because Xero lists "
                f"{self.name} by parent: set 'streams.{self.entity.stream}.ids'"
            )
            raise SettingsError(message)
        if self._is_tracked:
            start = super()._start_position(self._bookmark(organisation))
            self._changed_since[organisation.tenant.tenant_id] = start.modified_since
        return super().list_reader(organisation)

    def _start_position(self, bookmark: Bookmark) -> StartPosition:
        """The bookmark; the list of the parents starts there only if it shows all changes."""
        start = super()._start_position(bookmark)
        return start if self._of_parent.moves_parent else replace(start, modified_since=None)

    def _reads_all(self, organisation: Organisation, reader: PageReader) -> bool:
        # All parents may be listed, and only changed ones asked.
        since = self._changed_since.get(organisation.tenant.tenant_id)
        return since is None and super()._reads_all(organisation, reader)

    def _fingerprint(self, bookmark: Bookmark) -> str:
        own = json.dumps(sorted(self._own.params.items()), default=str)
        return f"{super()._fingerprint(bookmark)} {own}"

    def _summary_suffices(self) -> bool:
        return bool(self.entity.reading.summary_drops)

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:  # noqa: ARG002  # as in XeroStream
        """The instants up to which all changes are known after a page of parents."""
        if not self._of_parent.moves_parent:
            return [format_instant(page.made_at or page.requested_at)]
        return instants_of(record.get(self.replication_key or "") for record in page.records)

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """The records of all organisations; the log then says how many parents had none."""
        yield from super().get_records(context)
        for organisation, count in (+self._without).items():
            self.log(
                "%d of the %s that were asked have none, in %s; the last answer was: %s",
                count,
                self.entity.stream,
                organisation,
                self._reason,
            )

    def _batches_of_page(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:
        """The records of a page of parents, one parent at a time."""
        since = self._changed_since.get(organisation.tenant.tenant_id)
        parents = [
            parent
            for parent in page.records
            if (self._asks_by_object or self._between or self._of_parent.has_records(parent))
            and (bool(self._of_parent.members) or self._has_changed(parent, since))
        ]
        asked = "objects" if self._asks_by_object else self.entity.stream
        organisation.count_parents(self.name, asked, len(parents))
        params = self._own_params(organisation, since)
        found = results_in_order(
            (partial(self._records_of, organisation, parent, since, params) for parent in parents),
            self._run.max_concurrency,
        )
        for records, refusals in found:
            self._without[str(organisation.tenant)] += bool(refusals) and not records
            self._reason = refusals[-1] if refusals else self._reason
            yield [self._converted(record, organisation.tenant, page) for record in records]

    def _has_changed(self, asked: Mapping[str, Any], since: datetime | None) -> bool:
        """Whether a parent or member may have changed since the bookmark."""
        if since is None or not self._of_parent.changed_field:
            return True
        try:
            return parse_instant(str(asked.get(self._of_parent.changed_field))) >= since
        except ValueError:
            return True

    def _own_params(self, organisation: Organisation, since: datetime | None) -> dict[str, str]:
        given = {**self.child.reading.fixed_params, **self._own.params}
        context = TemplateContext(since, self._run.started_at, organisation.tenant)
        return render_params(replace(self._own, params=given), context)

    @property
    def _asks_by_object(self) -> bool:
        return bool(self._own.ids)

    @cached_property
    def _asked_entity(self) -> Entity:
        """The row to ask for: that of the table, or its variant by object."""
        by_object = self._of_parent.by_object
        if by_object is None or not self._asks_by_object:
            return self.child
        reading = replace(
            self.child.reading,
            paging=Paging.UNORDERED,
            size_parameter=by_object.size_parameter,
            max_page_size=by_object.page_size,
            fixed_page_size=by_object.page_size,
        )
        fields = replace(self._of_parent, fields={"ObjectId": "ObjectId"})
        return replace(self.child, path=by_object.path, reading=reading, parent=fields)

    @cached_property
    def _between(self) -> Entity | None:
        """The row of the records that are asked for instead of the parent; None for the parent."""
        return ALL_BY_STREAM[self._of_parent.through] if self._of_parent.through else None

    @cached_property
    def _own_planner(self) -> RequestPlanner:
        return self._planner_of(self._asked_entity)

    def _planner_of(self, entity: Entity) -> RequestPlanner:
        return RequestPlanner(
            entity=entity,
            stream=self.name,
            settings=replace(self._own, ids=()),
            page_size=self._own.page_size or int(self.config["page_size"]),
            include_archived=True,
            start_date=None,
            summary_only=False,
        )

    def _records_of(
        self,
        organisation: Organisation,
        parent: Record,
        since: datetime | None,
        params: Mapping[str, str],
    ) -> tuple[list[Record], list[str]]:
        """The records of one parent, and Xero's answers that say that it has none."""
        of_parent = self._asked_entity.parent or self._of_parent
        asked: list[Mapping[str, Any]] = [parent]
        if of_parent.members:
            asked = [
                {**parent, **member}
                for member in self._members(organisation, parent)
                if self._has_changed(member, since)
            ]
        elif self._between is not None:
            listed = self._list(
                organisation, self._planner_of(self._between), _filled(self._between.path, parent)
            )
            asked = [
                {**parent, **record} for record in listed if self._of_parent.has_records(record)
            ]
        records: list[Record] = []
        refusals: list[str] = []
        for each in asked:
            fields = {name: each.get(source) for name, source in of_parent.fields.items()}
            given = {**params, **{name: str(each[key]) for name, key in of_parent.params.items()}}
            path = _filled(self._asked_entity.path, each)
            for own in self._own_planner.walks(given):
                try:
                    found = self._answer(organisation, path, own)
                except (NotFoundError, RequestRefusedError) as error:
                    if isinstance(error, RequestRefusedError) and not of_parent.none_if_refused:
                        raise
                    refusals.append(str(error))
                    continue
                records += [{**record, **fields} for record in found]
        return records, refusals

    def _members(self, organisation: Organisation, parent: Record) -> Iterable[Record]:
        """The members of a list that only the single record of a parent has."""
        path = f"{self.entity.path}/{quote(str(parent[self.entity.id_field or '']), safe='')}"
        request = Request("GET", path, subject=self.name, scope=self.entity.read_scope)
        try:
            content = organisation.transport.send(request).json
        except NotFoundError:
            return ()
        [record] = format_of(self.entity).records(content, is_single=True)
        return record.get(self._of_parent.members) or ()

    def _answer(
        self, organisation: Organisation, path: str, params: dict[str, str]
    ) -> Iterable[Record]:
        if self._of_parent.is_content:
            request = Request(
                "GET",
                path,
                params=params,
                accept="application/octet-stream",
                subject=self.name,
                scope=self.child.read_scope,
            )
            body = organisation.transport.send(request).body
            return [{"Content": base64.b64encode(body).decode()}]
        return self._list(organisation, self._own_planner, path, params)

    def _list(
        self,
        organisation: Organisation,
        planner: RequestPlanner,
        path: str,
        params: Mapping[str, str] = MappingProxyType({}),
    ) -> list[Record]:
        """All records of a list of one parent."""
        request = planner.list_request(StartPosition(), dict(params), None)
        reader = ListReader(
            replace(request, path=path), organisation.transport, self._run.max_concurrency
        )
        return [record for page in reader.pages() for record in page.records]

    def _converted(self, record: Record, tenant: Tenant, page: Page) -> Record:
        self._convert(record)
        record.update(own_fields(self.mask, tenant, page.requested_at))
        return record


def _filled(path: str, fields: Mapping[str, Any]) -> str:
    """A path with the fields of a parent in place of the names in braces."""
    parts = (
        quote(str(fields[part[1:-1]]), safe="") if part.startswith("{") else part
        for part in path.split("/")
    )
    return "/".join(parts)
