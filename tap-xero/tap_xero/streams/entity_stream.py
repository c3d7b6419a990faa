"""The stream of one entity, read from every organisation of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE

from tap_xero.paging.list_reader import ListReader, PageReader
from tap_xero.paging.page import Page
from tap_xero.paging.walks import WalkReader
from tap_xero.records.schemas import schema_of
from tap_xero.records.schemas.types import Schema
from tap_xero.records.typed_records import TypedContent
from tap_xero.requests.parameters import (
    StreamSettings,
    TemplateContext,
    render_params,
)
from tap_xero.requests.planner import RequestPlanner
from tap_xero.run.context import NEED_ERRORS, RunContext
from tap_xero.run.organisations import Organisation
from tap_xero.run.outcomes import ALL, CHANGES, IDS
from tap_xero.state import TENANT_ID, Bookmark, StartPosition, other_taps_state
from tap_xero.streams.nested_streams import NestedGroup, NestedStream
from tap_xero.streams.open_reads import OpenRead, next_read
from tap_xero.streams.page_converter import PageConverter
from tap_xero.streams.read_progress import ReadProgress
from tap_xero.streams.record_stream import RunStream
from xero_client.auth.tenants import Tenant
from xero_client.entities.table import Entity, Paging
from xero_client.errors import SettingsError, UnexpectedResponseError, XeroError
from xero_client.http.access import with_needs

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record


class XeroStream(RunStream):
    """One entity, as a Singer stream with a state for each organisation.

    Attributes:
        fixed_params: Request parameters that make the stream what it is.
        writes_own_records: Whether the records of the list are those of the stream.
    """

    fixed_params: ClassVar[Mapping[str, str]] = MappingProxyType({})
    writes_own_records: ClassVar[bool] = True

    def __init__(
        self,
        tap: Tap,
        entity: Entity,
        run: RunContext,
        nested: Sequence[NestedStream] = (),
        *,
        settings: StreamSettings | None = None,
        schema: Callable[[], Schema] | None = None,
        name: str = "",
    ) -> None:
        """Sets the stream up from the entity table.

        Args:
            tap: The tap.
            entity: The row of the table.
            run: The run that reads the stream.
            nested: The streams of the lists inside its records.
            settings: Its own settings; by default those under ``streams``.
            schema: Makes its schema, if it does not follow from the entity.
            name: Its name, if it does not follow from the entity.
        """
        self.entity = entity
        self._nested = nested
        self.selected_by_default = entity.reading.selected_by_default
        name = name or self.name_of(entity)
        super().__init__(tap, schema or partial(self.schema_for, entity), name, run)
        self.settings = settings or StreamSettings.from_config(name, tap.config)
        self.primary_keys = (TENANT_ID, *self._record_keys())
        self.replication_key = entity.reading.replication_key
        if self._is_always_full_table():
            self.forced_replication_method = REPLICATION_FULL_TABLE
        # singer-sdk then reads the stream also if only its nested streams are selected.
        self.child_streams = list(nested)
        self._open = NestedGroup(entity, ())

    @classmethod
    def name_of(cls, entity: Entity) -> str:
        """The stream's name."""
        return entity.stream

    @classmethod
    def schema_for(cls, entity: Entity) -> dict[str, Any]:
        """The stream's JSON Schema."""
        return schema_of(entity.stream)

    def _record_keys(self) -> tuple[str, ...]:
        """The fields that identify a record within an organisation."""
        return self.entity.keys

    def _is_always_full_table(self) -> bool:
        """Whether every run reads the whole list, whatever the catalog says."""
        return self.entity.reading.full_table

    @property
    def scopes(self) -> tuple[str, ...]:
        """The narrowest scopes that read the stream."""
        return (self.entity.read_scope,) if self.entity.read_scope else ()

    @property
    def needs(self) -> str:
        """What the organisation and the user must have; empty for nothing."""
        return self.entity.needs

    @cached_property
    def _selected_nested(self) -> Sequence[NestedStream]:
        return [stream for stream in self._nested if stream.selected]

    @property
    def replication_method(self) -> str:
        """FULL_TABLE also if a selected list inside the records is to be read whole."""
        whole = REPLICATION_FULL_TABLE
        if any(each.selected and each.replication_method == whole for each in self._nested):
            return whole
        return super().replication_method

    @property
    def is_full_table(self) -> bool:
        """Whether every run reads the whole list."""
        return self.replication_method == REPLICATION_FULL_TABLE

    @property
    def reads_subset(self) -> bool:
        """Whether the settings name the records to read."""
        return bool(self.settings.ids)

    @property
    def _is_tracked(self) -> bool:
        """Whether a bookmark is kept, so that later runs read only changes."""
        return bool(self.replication_key) and not self.is_full_table and not self.reads_subset

    def list_reader(self, organisation: Organisation) -> PageReader:
        """A reader for the list of one organisation, which starts at its bookmark.

        Raises:
            XeroError: A setting is invalid, or the organisation is in another country.
        """
        organisation.check_country(self.entity.only_country, self.name, self.needs)
        bookmark = self._bookmark(organisation)
        start = StartPosition()
        if self._is_tracked:
            start = self._start_position(bookmark)
            bookmark.warn_of_future(start, str(organisation.tenant), self._run.started_at)
        context = TemplateContext(start.instant, self._run.started_at, organisation.tenant)
        given = {**self.entity.reading.fixed_params, **self.settings.params}
        params = render_params(replace(self.settings, params=given), context)
        unfinished = None
        if self._is_tracked and self._planner.is_paged(params):
            unfinished = bookmark.unfinished_read(self._fingerprint(bookmark))
        if unfinished is not None:
            self.log("Resuming an unfinished read, from page %d", unfinished.page)
        readers = [
            ListReader(
                self._planner.list_request(start, each, unfinished),
                organisation.transport,
                self._run.max_concurrency,
                self._decode_typed,
            )
            for each in self._planner.walks(params)
        ]
        return readers[0] if len(readers) == 1 else WalkReader(readers)

    def _decode_typed(self, body: bytes) -> TypedContent | None:
        """The content of a response with typed records, if the stream reads such records."""
        return self._converter.decode(body) if self._reads_typed_records else None

    @cached_property
    def _reads_typed_records(self) -> bool:
        """Whether typed records are enough for the stream and those of its nested lists."""
        is_typed = self.writes_own_records and self._writes_records
        return is_typed and all(stream.takes_typed_records for stream in self._selected_nested)

    def _warn_unknown_field(self, path: str) -> None:
        super()._warn_unknown_field(path)
        if self.writes_own_records and self.config["unknown_fields"] == "drop":
            self._converter.drop(path)

    def _start_position(self, bookmark: Bookmark) -> StartPosition:
        """The bookmark; the start of the first run if all records are to be read again.

        Raises:
            SettingsError: A date or number is invalid.
        """
        start_date = self.config.get("start_date")
        if missing := bookmark.streams_without(self._written_streams, self.name):
            self.log("Reading from the beginning for %s, which did not have it", ", ".join(missing))
            return self._first_position()
        if not self._is_full_read_due(bookmark):
            return bookmark.start_position(self._other_taps_state(), start_date)
        if self.entity.reading.paging is Paging.OFFSET:
            message = (
                f"Setting 'streams.{self.name}.full_refresh_every' is not possible: {self.name} "
                "are never changed, so that later runs miss nothing; remove the setting"
            )
            raise SettingsError(message)
        self.log("Reading all records, as full_refresh_every says")
        return self._first_position()

    def _first_position(self) -> StartPosition:
        start_date = self.config.get("start_date")
        return Bookmark({}, self.replication_key or "").start_position({}, start_date)

    @cached_property
    def _written_streams(self) -> Sequence[str]:
        """The streams that a read of the list is written to."""
        return [stream.name for stream in (self, *self._nested) if stream.selected]

    def _is_full_read_due(self, bookmark: Bookmark) -> bool:
        every = self.settings.full_refresh_every
        return every is not None and bookmark.is_full_read_due(every, self._run.started_at)

    def _fingerprint(self, bookmark: Bookmark) -> str:
        """What the stream asks for, as a text. A read with another text is not resumed."""
        kind = " of all records" if self._is_full_read_due(bookmark) else ""
        nested = "".join(f" with {stream.name}" for stream in self._selected_nested)
        return self._planner.fingerprint + kind + nested

    @cached_property
    def _planner(self) -> RequestPlanner:
        return RequestPlanner(
            entity=self.entity,
            stream=self.name,
            settings=self.settings,
            page_size=self._page_size,
            include_archived=bool(self.config["include_archived"]),
            start_date=self.config.get("start_date"),
            summary_only=self._summary_suffices(),
            fixed_params=self.fixed_params,
        )

    @property
    def _reads_whole_table(self) -> bool:
        """Whether the records can be a whole table; those by id are not."""
        return not self.reads_subset and super()._reads_whole_table

    @property
    def _page_size(self) -> int:
        """Records per page."""
        return self.settings.page_size or int(self.config["page_size"])

    def _summary_suffices(self) -> bool:
        """Whether Xero's summary has every selected property."""
        dropped = self.entity.reading.summary_drops
        return bool(dropped and not self._selected_nested) and not any(
            self.mask.get(("properties", name), True) for name in dropped
        )

    def _bookmark(self, organisation: Organisation) -> Bookmark:
        # A stream without a bookmark needs no part of the state.
        state = self._state_of(organisation.tenant.tenant_id) if self._is_tracked else {}
        return Bookmark(state, self.replication_key or "", stream=self.name)

    def _other_taps_state(self) -> Mapping[str, Any]:
        state = other_taps_state(self.stream_state, self.replication_key or "")
        if not state or len(self._run.organisations) == 1:
            return state
        self.log(
            "Ignoring the bookmark of an earlier tap: it names no organisation, and this run reads "
            "several"
        )
        return {}

    def _open_nested(self) -> NestedGroup:
        """The selected nested streams, with their schemas written; none in a connection test."""
        if self.ABORT_AT_RECORD_COUNT is not None:
            return NestedGroup(self.entity, ())
        group = NestedGroup(self.entity, self._selected_nested, self.settings.params)
        is_whole = self.is_full_table and self._reads_whole_table
        group.open(self._run.table_version if is_whole else None)
        return group

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """The records of all organisations, one page of each in turn.

        If the stream fails for an organisation, that is reported to the run, and the stream goes on
        with the other organisations.
        """
        del context
        self._open = self._open_nested()
        reads: dict[str, OpenRead] = {}
        is_complete = True
        for organisation in self._organisations():
            if organisation.failure is not None:
                is_complete = False
                continue
            try:
                reader = organisation.read_ahead.reader_for(self)
                batches = self._record_batches(organisation, reader)
                reads[organisation.tenant.tenant_id] = OpenRead(organisation, reader, batches)
            except XeroError as refused:
                self._run.add_failure(self.name, organisation, refused)
                is_complete = False
        while reads:
            tenant_id, read = next_read(reads)
            del reads[tenant_id]
            try:
                records = next(read.batches, None)
            except RecursionError:
                message = "a record is nested too deeply to be converted"
                error = UnexpectedResponseError(message)
                self._run.add_failure(self.name, read.organisation, error)
                is_complete = False
                continue
            except XeroError as caught:
                error_of_stream = with_needs(caught, self.needs, NEED_ERRORS)
                self._run.add_failure(self.name, read.organisation, error_of_stream)
                is_complete = False
                continue
            if records is not None:
                yield from records
                # Free the page before the next one is built: two at once would be the memory peak.
                del records
                reads[tenant_id] = read
        if is_complete:
            self._activate_version()
            self._open.activate_versions()

    def _organisations(self) -> Iterable[Organisation]:
        """The organisations to ask; the first one only for a list that is that of the login."""
        organisations = list(self._run.organisations.values())
        return organisations[:1] if self.entity.of_login else organisations

    def _record_batches(
        self, organisation: Organisation, reader: PageReader
    ) -> Iterator[Sequence[Record]]:
        """Converts and writes the pages of one organisation; yields what is not written yet."""
        bookmark = self._bookmark(organisation)
        progress = self._progress(bookmark) if self._is_tracked else None
        read = IDS if self.reads_subset else ALL
        if (progress and progress.is_resumed) or not self._reads_all(organisation, reader):
            read = CHANGES
        for page in reader.pages():
            self._begin(organisation, read, page.requested_at)
            self._extracted_at = page.requested_at
            lists = self._open.take(page, organisation)
            changes = self._convert_page(page, organisation.tenant)
            for records in self._batches_of_page(page, organisation):
                yield self._unwritten(records)
                if self.selected:
                    organisation.count_records(self.name, len(records))
                del records
            self._open.write(lists, page, organisation)
            del lists
            if progress is not None:
                progress.save_page(reader, page, changes)
                self._keep_state(organisation.tenant.tenant_id, bookmark.content)
                self._write_state_message()
            del page
        if progress is not None:
            progress.complete(reader)
            self._keep_state(organisation.tenant.tenant_id, bookmark.content)
            self.state_manager.is_flushed = False
        self._begin(organisation, read, None)
        for stream in self._written_streams:
            organisation.complete(stream)

    def _progress(self, bookmark: Bookmark) -> ReadProgress:
        return ReadProgress(
            bookmark,
            self._fingerprint(bookmark),
            is_full_read=self._is_full_read_due(bookmark),
            written=self._written_streams,
            stream=self.name,
        )

    def _reads_all(self, organisation: Organisation, reader: PageReader) -> bool:  # noqa: ARG002  # for streams by parent
        """Whether all records of an organisation are read, and not only changes."""
        return reader.reads_all

    def _begin(self, organisation: Organisation, read: str, began: datetime | None) -> None:
        for stream in self._written_streams:
            organisation.begin(stream, read, began)

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:
        """Converts a page's records in place, and returns the instants of their last changes."""
        return self._converter.convert_page(page, tenant)

    @cached_property
    def _converter(self) -> PageConverter:
        return PageConverter(
            self.entity,
            self.schema["properties"],
            self.mask,
            self._convert_record,
            replication_key=self.replication_key or "",
            nested=[stream.nested for stream in self._selected_nested],
            # Xero sends these lists whole with single records only; in lists they are empty.
            withheld=[stream.nested.path[0] for stream in self._nested if stream.nested.by_id],
        )

    def _batches_of_page(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:  # noqa: ARG002  # for child streams
        """The records to write for a converted page, in batches."""
        yield list(page.records)
