"""A stream of Xero: one row of the entity table, read from every organisation of the run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import RecordMessage
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE

from tap_xero.paging.list_reader import ListReading
from tap_xero.paging.page import Page
from tap_xero.paging.paginators import OffsetWalk
from tap_xero.records.converter import compile_converter
from tap_xero.records.schemas import schema_of
from tap_xero.requests.parameters import Moment, StreamSettings, rendered
from tap_xero.requests.planner import Asking
from tap_xero.state import Bookmark, Start
from xero_client.entities.table import Entity
from xero_client.errors import (
    AccessDeniedError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    SettingsError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_xero.organisations import Organisation
    from tap_xero.tap import TapXero
    from xero_client.auth.tenants import Tenant

TENANT_ID = "_tenant_id"
TENANT_NAME = "_tenant_name"

# A stream that Xero will not give at all, for the scope, the plan or the user's role.
UNAVAILABLE = (ScopeMissingError, AccessDeniedError)
# What is wrong with one stream only: the others are read all the same.
STREAM_FAILURES = (
    *UNAVAILABLE,
    NotFoundError,
    UnexpectedResponseError,
    RequestRefusedError,
    SettingsError,
)


class XeroStream(Stream):
    """One entity, as a Singer stream with one state for each organisation."""

    # Records are converted by a function compiled from the schema (see ``converter``).
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    _tap: TapXero

    def __init__(self, tap: TapXero, entity: Entity) -> None:
        """Takes the stream's facts from the entity table.

        Args:
            tap: The tap.
            entity: The table's row.
        """
        self.entity = entity
        self.selected_by_default = entity.reading.selected_by_default
        name = self.name_of(entity)
        super().__init__(tap, schema=self._own_schema(entity), name=name)
        self.settings = StreamSettings.from_config(name, tap.config)
        self.primary_keys = (TENANT_ID, *self._own_keys())
        self.replication_key = entity.reading.replication_key
        if self._reads_all():
            self.forced_replication_method = REPLICATION_FULL_TABLE
        self._version: int | None = None
        self._read_at: datetime = datetime.now(timezone.utc)

    # What kind of stream it is

    @classmethod
    def name_of(cls, entity: Entity) -> str:
        """The stream's name."""
        return entity.stream

    @classmethod
    def _own_schema(cls, entity: Entity) -> dict[str, Any]:
        return schema_of(entity.stream)

    def _own_keys(self) -> tuple[str, ...]:
        """What identifies a record within an organisation."""
        return (self.entity.id_field,) if self.entity.id_field else ()

    def _reads_all(self) -> bool:
        """Whether every run reads the whole list, whatever the catalog says."""
        return self.entity.reading.full_table

    @property
    def scopes(self) -> tuple[str, ...]:
        """The narrowest scopes that read the stream."""
        return (self.entity.read_scope,)

    # What to ask for

    @property
    def partitions(self) -> None:
        """None for singer-sdk: organisations are read side by side, not one after the other.

        The state has one partition for each all the same, see ``bookmarks``.
        """

    @property
    def is_full_table(self) -> bool:
        """Whether every run reads the whole list."""
        return self.replication_method == REPLICATION_FULL_TABLE

    @property
    def reads_part(self) -> bool:
        """Whether the settings ask for some records only."""
        return bool(self.settings.ids)

    @property
    def _is_tracked(self) -> bool:
        """Whether a bookmark says what later runs need not read again."""
        return bool(self.replication_key) and not self.is_full_table and not self.reads_part

    def reading(self, organisation: Organisation) -> ListReading:
        """The list of one organisation, ready to be read from where its state stands.

        Raises:
            SettingsError: A template or date in the settings is wrong.
        """
        bookmark = self._bookmark(organisation)
        start = Start()
        if self._is_tracked:
            start = bookmark.start(self._legacy_state(), self.config.get("start_date"))
        moment = Moment(start.start, self._tap.began, organisation.tenant)
        own = rendered(self.settings, moment)
        resumption = None
        if self._is_tracked and self._asking.is_paged(own):
            resumption = bookmark.resumption(self._asking.form)
        if resumption is not None:
            self.log("Going on with an unfinished read, from page %d", resumption.page)
        plan = self._asking.plan(start, own, resumption)
        return ListReading(plan, organisation.transport, self._tap.window)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(
            entity=self.entity,
            stream=self.name,
            settings=self.settings,
            page_size=self._page_size,
            include_archived=bool(self.config["include_archived"]),
            start_date=self.config.get("start_date"),
            summary=self._wants_summary(),
        )

    @property
    def _page_size(self) -> int:
        """Records a page, as the settings have it."""
        return self.settings.page_size or int(self.config["page_size"])

    def _wants_summary(self) -> bool:
        """Whether Xero has a summary, and no selected property would be missing from it."""
        dropped = self.entity.reading.summary_drops
        return bool(dropped) and not any(
            self.mask.get(("properties", name), True) for name in dropped
        )

    # Where it stands

    def _bookmark(self, organisation: Organisation) -> Bookmark:
        context = {TENANT_ID: organisation.tenant.tenant_id}
        state = self.get_context_state(context)
        return Bookmark(state, self.replication_key or "", stream=self.name)

    def _legacy_state(self) -> Mapping[str, Any]:
        """What singer-io's tap-xero wrote: one bookmark for the only organisation it read."""
        state = {key: value for key, value in self.stream_state.items() if key != "partitions"}
        if len(self._tap.organisations) == 1 or not (
            state.get(self.replication_key or "") or state.get("replication_key_value")
        ):
            return state
        self.log(
            "The state's bookmark of an earlier tap does not say which organisation it is of; with "
            "several it is not used"
        )
        return {}

    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Does nothing: bookmarks move by whole pages, see ``bookmarks``."""

    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Does nothing: each organisation has a start of its own, see ``bookmarks``."""

    def get_replication_key_signpost(self, context: Context | None) -> None:  # type: ignore[override]
        """None: the bookmark is held back by the moment at which Xero's first answer was made."""

    # Reading

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """The records of all organisations, a page of each in turn.

        A failure that concerns this stream in one organisation is noted with the tap, and ends the
        stream there.
        """
        del context
        turns: deque[tuple[Organisation, Iterator[list[Record]]]] = deque()
        whole = True
        for organisation in self._tap.organisations.values():
            try:
                reading = organisation.read_ahead.next(self)
                turns.append((organisation, self._pages(organisation, reading)))
            except SettingsError as error:  # noqa: PERF203  # one an organisation
                self._tap.note_failure(self, organisation, error)
                whole = False
        while turns:
            organisation, pages = turns.popleft()
            try:
                records = next(pages, None)
            except STREAM_FAILURES as error:
                self._tap.note_failure(self, organisation, error)
                whole = False
                continue
            if records is not None:
                yield from records
                # The page goes before the next one is built: two would set the peak of memory.
                del records
                turns.append((organisation, pages))
        if whole and self._version is not None:
            super()._write_activate_version_message(self._version)

    def _pages(self, organisation: Organisation, reading: ListReading) -> Iterator[list[Record]]:
        """Converted pages of one organisation; the next one is asked for when one is written."""
        bookmark = self._bookmark(organisation)
        tracked = self._is_tracked
        resumption = bookmark.resumption(self._asking.form) if tracked else None
        newest = resumption.newest if resumption else None
        began = resumption.began if resumption else None
        for page in reading.pages():
            self._read_at = datetime.now(timezone.utc)
            changes = self._convert_page(page, organisation.tenant)
            for records in self._lists_of(page, organisation):
                yield records
                organisation.count(self.name, len(records))
                del records
            if tracked:
                began = began or reading.began
                newest = max([newest or "", *changes]) or None
                if isinstance(reading.walk, OffsetWalk):
                    bookmark.note_number(reading.walk.offset)
                else:
                    bookmark.note_page(
                        reading.walk,
                        request=self._asking.form,
                        modified_since=page.request.modified_since,
                        began=began or self._read_at,
                        newest=newest,
                    )
                self._write_state_message()
            del page
        if tracked and not isinstance(reading.walk, OffsetWalk):
            bookmark.finish(began=began or reading.began, newest=newest)
            self.state_manager.is_flushed = False

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:
        """Converts a page's records in place, and gives the instants of their last changes."""
        convert, key = self._convert, self.replication_key or ""
        named = self.mask["properties", TENANT_NAME]
        changes = []
        for record in page.records:
            convert(record)
            record[TENANT_ID] = tenant.tenant_id
            if named:
                record[TENANT_NAME] = tenant.name
            if isinstance(change := record.get(key), str):
                changes.append(change)
        return changes

    def _lists_of(self, page: Page, organisation: Organisation) -> Iterator[list[Record]]:  # noqa: ARG002  # for files and histories
        """What a converted page brings, in parts that are written out one after the other."""
        yield list(page.records)

    @cached_property
    def _convert(self) -> Any:  # noqa: ANN401  # a compiled function
        return compile_converter(
            self.schema,
            self.mask.__getitem__,
            unknown=self._meet_unknown,
            unfit=self._meet_unfit,
        )

    def _meet_unknown(self, path: str) -> None:
        self.logger.warning(
            "Field %r of %s is not in the schema; it is passed on as Xero sent it", path, self.name
        )

    def _meet_unfit(self, path: str, value: object) -> None:
        self.logger.warning(
            "Field %r of %s holds %s, which is not of its type; it is passed on as Xero sent it",
            path,
            self.name,
            f"{type(value).__name__} of {len(str(value))} characters",
        )

    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterable[Context | None]:
        """None: there are no child streams."""
        del record, context
        return ()

    # Writing messages

    def _write_activate_version_message(self, full_table_version: int) -> None:
        """Remembers the version: it is activated when all organisations were read to the end.

        Activated at the start, as singer-sdk does, a read that fails halfway would leave the
        target with an empty table. Records by id are no table at all, and batch files carry no
        version.
        """
        if not self.reads_part and not self.config.get("batch_config"):
            self._version = full_table_version

    def _write_record_message(self, record: Record) -> None:
        """Writes a record that is converted and pruned already, unless it is to be mapped."""
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
