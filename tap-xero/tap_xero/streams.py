"""The stream of one entity, read from every organisation of the run."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from singer_sdk import Stream, Tap
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import RecordMessage
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE

from tap_xero.organisations import Organisation
from tap_xero.paging.by_id import MissingRecordsError
from tap_xero.paging.list_reader import ListReader
from tap_xero.paging.page import Page
from tap_xero.records.converter import compile_converter
from tap_xero.records.schemas import schema_of
from tap_xero.requests.parameters import StreamSettings, TemplateContext, render_params
from tap_xero.requests.planner import RequestPlanner
from tap_xero.state import Bookmark, StartPosition
from xero_client.auth.tenants import Tenant
from xero_client.entities.table import Entity, Paging
from xero_client.errors import (
    AccessDeniedError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    SettingsError,
    UnexpectedResponseError,
    XeroError,
)

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

TENANT_ID = "_tenant_id"
TENANT_NAME = "_tenant_name"

# Xero refuses the whole stream, because of the scope, the plan or the user's role, or it refuses
# records that the settings name. The setting unavailable_streams says what follows.
UNAVAILABLE_ERRORS = (ScopeMissingError, AccessDeniedError, MissingRecordsError)
# Errors of one stream only: the other streams are still read.
STREAM_ERRORS = (
    *UNAVAILABLE_ERRORS,
    NotFoundError,
    UnexpectedResponseError,
    RequestRefusedError,
    SettingsError,
)


# An instant as ``records.dates`` writes it.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class RunContext(Protocol):
    """What a stream needs to know of the run."""

    @property
    def started_at(self) -> datetime:
        """The start of the run."""
        ...

    @property
    def max_concurrency(self) -> int:
        """The most calls in flight to one organisation."""
        ...

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """The organisations to read, by tenant id."""
        ...

    def add_failure(self, stream: str, organisation: Organisation, error: XeroError) -> None:
        """Reports that a stream of an organisation could not be read."""
        ...


class XeroStream(Stream):
    """One entity, as a Singer stream with a state for each organisation."""

    # Records are converted by a function compiled from the schema (see ``converter``).
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    def __init__(self, tap: Tap, entity: Entity, run: RunContext) -> None:
        """Sets the stream up from the entity table.

        Args:
            tap: The tap.
            entity: The row of the table.
            run: The run that reads the stream.
        """
        self.entity = entity
        self._run = run
        self.selected_by_default = entity.reading.selected_by_default
        name = self.name_of(entity)
        super().__init__(tap, schema=self.schema_for(entity), name=name)
        self.settings = StreamSettings.from_config(name, tap.config)
        self.primary_keys = (TENANT_ID, *self._record_keys())
        self.replication_key = entity.reading.replication_key
        if self._is_always_full_table():
            self.forced_replication_method = REPLICATION_FULL_TABLE
        self._version: int | None = None
        self._read_at: datetime = datetime.now(timezone.utc)

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
        return (self.entity.id_field,) if self.entity.id_field else ()

    def _is_always_full_table(self) -> bool:
        """Whether every run reads the whole list, whatever the catalog says."""
        return self.entity.reading.full_table

    @property
    def scopes(self) -> tuple[str, ...]:
        """The narrowest scopes that read the stream."""
        return (self.entity.read_scope,)

    @property
    def partitions(self) -> None:
        """None for singer-sdk, because organisations are read in parallel, not one after another.

        The state still has a partition for each organisation, see ``state``.
        """

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

    def list_reader(self, organisation: Organisation) -> ListReader:
        """A reader for the list of one organisation, which starts at its bookmark.

        Raises:
            SettingsError: A template or date in the settings is invalid.
        """
        bookmark = self._bookmark(organisation)
        start = StartPosition()
        if self._is_tracked:
            start = self._start_position(bookmark)
        context = TemplateContext(start.instant, self._run.started_at, organisation.tenant)
        params = render_params(self.settings, context)
        unfinished = None
        if self._is_tracked and self._planner.is_paged(params):
            unfinished = bookmark.unfinished_read(self._fingerprint(bookmark))
        if unfinished is not None:
            self.log("Resuming an unfinished read, from page %d", unfinished.page)
        request = self._planner.list_request(start, params, unfinished)
        return ListReader(request, organisation.transport, self._run.max_concurrency)

    def _start_position(self, bookmark: Bookmark) -> StartPosition:
        """The bookmark; the start of the first run if all records are to be read again.

        Raises:
            SettingsError: A date or number is invalid.
        """
        start_date = self.config.get("start_date")
        if not self._is_full_read_due(bookmark):
            return bookmark.start_position(self._other_taps_state(), start_date)
        if self.entity.reading.paging is Paging.OFFSET:
            message = (
                f"Setting 'streams.{self.name}.full_refresh_every' is not possible: {self.name} "
                "are never changed, so that later runs miss nothing; remove the setting"
            )
            raise SettingsError(message)
        self.log("Reading all records, as full_refresh_every says")
        return Bookmark({}, self.replication_key or "").start_position({}, start_date)

    def _is_full_read_due(self, bookmark: Bookmark) -> bool:
        every = self.settings.full_refresh_every
        return every is not None and bookmark.is_full_read_due(every, self._run.started_at)

    def _fingerprint(self, bookmark: Bookmark) -> str:
        """What the stream asks for, as a text. A read with another text is not resumed."""
        kind = " of all records" if self._is_full_read_due(bookmark) else ""
        return self._planner.fingerprint + kind

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
        )

    @property
    def _page_size(self) -> int:
        """Records per page."""
        return self.settings.page_size or int(self.config["page_size"])

    def _summary_suffices(self) -> bool:
        """Whether Xero's summary has every selected property."""
        dropped = self.entity.reading.summary_drops
        return bool(dropped) and not any(
            self.mask.get(("properties", name), True) for name in dropped
        )

    def _bookmark(self, organisation: Organisation) -> Bookmark:
        context = {TENANT_ID: organisation.tenant.tenant_id}
        state = self.get_context_state(context)
        return Bookmark(state, self.replication_key or "", stream=self.name)

    def _other_taps_state(self) -> Mapping[str, Any]:
        """The stream's state without organisations, as singer-io's tap-xero writes it."""
        state = {key: value for key, value in self.stream_state.items() if key != "partitions"}
        if len(self._run.organisations) == 1 or not (
            state.get(self.replication_key or "") or state.get("replication_key_value")
        ):
            return state
        self.log(
            "Ignoring the bookmark of an earlier tap: it names no organisation, and this run reads "
            "several"
        )
        return {}

    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Does nothing: bookmarks move by whole pages, see ``state``."""

    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Does nothing: each organisation has its own start, see ``state``."""

    def get_replication_key_signpost(self, context: Context | None) -> None:  # type: ignore[override]
        """None: ``Bookmark.complete`` limits the bookmark itself."""

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """The records of all organisations, one page of each in turn.

        If the stream fails for an organisation, that is reported to the run, and the stream goes on
        with the other organisations.
        """
        del context
        queue: deque[tuple[Organisation, Iterator[list[Record]]]] = deque()
        is_complete = True
        for organisation in self._run.organisations.values():
            try:
                reader = organisation.read_ahead.reader_for(self)
                queue.append((organisation, self._record_batches(organisation, reader)))
            except SettingsError as error:  # noqa: PERF203  # a few organisations
                self._run.add_failure(self.name, organisation, error)
                is_complete = False
        while queue:
            organisation, batches = queue.popleft()
            try:
                records = next(batches, None)
            except RecursionError:
                message = "a record is nested too deeply to be converted"
                self._run.add_failure(self.name, organisation, UnexpectedResponseError(message))
                is_complete = False
                continue
            except STREAM_ERRORS as error:
                self._run.add_failure(self.name, organisation, error)
                is_complete = False
                continue
            if records is not None:
                yield from records
                # Free the page before the next one is built: two at once would be the memory peak.
                del records
                queue.append((organisation, batches))
        if is_complete and self._version is not None:
            super()._write_activate_version_message(self._version)

    def _record_batches(
        self, organisation: Organisation, reader: ListReader
    ) -> Iterator[list[Record]]:
        """Converted records of one organisation; the state is saved after each page."""
        bookmark = self._bookmark(organisation)
        tracked = self._is_tracked
        is_full_read = tracked and self._is_full_read_due(bookmark)
        fingerprint = self._fingerprint(bookmark)
        unfinished = bookmark.unfinished_read(fingerprint) if tracked else None
        latest_change = unfinished.latest_change if unfinished else None
        first_response_at = unfinished.first_response_at if unfinished else None
        for page in reader.pages():
            self._read_at = datetime.now(timezone.utc)
            changes = self._convert_page(page, organisation.tenant)
            for records in self._batches_of_page(page, organisation):
                yield records
                organisation.count_records(self.name, len(records))
                del records
            if tracked:
                first_response_at = first_response_at or reader.first_response_at
                latest_change = max([latest_change or "", *changes]) or None
                bookmark.save_progress(
                    reader.progress,
                    request=fingerprint,
                    first_response_at=first_response_at or self._read_at,
                    latest_change=latest_change,
                )
                self._write_state_message()
            del page
        if tracked:
            bookmark.complete(
                first_response_at=first_response_at or reader.first_response_at,
                latest_change=latest_change,
                is_full_read=is_full_read,
            )
            self.state_manager.is_flushed = False

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:
        """Converts a page's records in place, and returns the instants of their last changes."""
        convert, key = self._convert, self.replication_key or ""
        has_tenant_name = self.mask["properties", TENANT_NAME]
        changes = []
        for record in page.records:
            convert(record)
            record[TENANT_ID] = tenant.tenant_id
            if has_tenant_name:
                record[TENANT_NAME] = tenant.name
            # A date that could not be converted must not become the bookmark.
            if isinstance(change := record.get(key), str) and _INSTANT.fullmatch(change):
                changes.append(change)
        return changes

    def _batches_of_page(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:  # noqa: ARG002  # for child streams
        """The records to write for a converted page, in batches."""
        yield list(page.records)

    @cached_property
    def _convert(self) -> Any:  # noqa: ANN401  # a compiled function
        return compile_converter(
            self.schema,
            self.mask.__getitem__,
            keep_unknown=self.config["unknown_fields"] == "pass",
            unknown=self._warn_unknown_field,
            mistyped=self._warn_mistyped_value,
        )

    def _warn_unknown_field(self, path: str) -> None:
        consequence = (
            "it is written as Xero sent it, and some loaders fail on it or drop it"
            if self.config["unknown_fields"] == "pass"
            else "it is dropped; to write it, set unknown_fields to pass"
        )
        self.logger.warning("Field %r of %s is not in the schema: %s", path, self.name, consequence)

    def _warn_mistyped_value(self, path: str, value: object) -> None:
        self.logger.warning(
            "Field %r of %s holds %s, which does not fit its type; it is written as Xero sent it",
            path,
            self.name,
            f"{type(value).__name__} of {len(str(value))} characters",
        )

    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterable[Context | None]:
        """None: files and histories are streams of their own, not singer-sdk's child streams."""
        del record, context
        return ()

    def _write_activate_version_message(self, full_table_version: int) -> None:
        """Saves the version, to be activated after all organisations were read completely.

        singer-sdk activates it at the start. A read that fails halfway would then leave the target
        with an empty table. Records by id are not a whole table, and batch files carry no version.
        """
        if not self.reads_subset and not self.config.get("batch_config"):
            self._version = full_table_version

    def _write_record_message(self, record: Record) -> None:
        """Writes a converted record as it is, unless a stream map or flattening applies.

        Raises:
            UnexpectedResponseError: The record is nested too deeply to be written.
        """
        try:
            self._write_converted(record)
        except RecursionError:
            key = ", ".join(f"{name} {record.get(name)}" for name in self.primary_keys)
            message = f"{self.name}: the record with {key} is nested too deeply to be written"
            raise UnexpectedResponseError(message) from None

    def _write_converted(self, record: Record) -> None:
        if self._is_unmapped:
            self._tap.write_message(
                RecordMessage(
                    stream=self.name,
                    record=record,
                    version=self._stream_version,
                    time_extracted=self._read_at,
                )
            )
            self.state_manager.is_flushed = False
        else:
            super()._write_record_message(record)

    @cached_property
    def _is_unmapped(self) -> bool:
        maps = self.stream_maps
        return (
            len(maps) == 1
            and type(maps[0]) is SameRecordTransform
            and maps[0].stream_alias == self.name
            and not maps[0].flattening_enabled
        )
