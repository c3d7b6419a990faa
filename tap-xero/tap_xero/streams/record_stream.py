"""What all streams share: records are converted by a compiled function and written as they are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE

from tap_xero.records.converter import compile_converter
from tap_xero.run.context import RunContext
from tap_xero.run.log_filters import leave_out_unneeded_lines
from tap_xero.run.messages import MessageWriter
from tap_xero.state import TENANT_ID, organisations_in
from tap_xero.streams.catalog_fields import breadcrumbs_without_schema
from xero_client.command_line.stream_maps import compute_exactly
from xero_client.errors import SettingsError, UnexpectedResponseError
from xero_client.http.wire import format_instant

if TYPE_CHECKING:
    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.mapper import StreamMap
    from singer_sdk.metrics import Counter
    from singer_sdk.singerlib import Catalog, RecordMessage, SelectionMask

    from xero_client.auth.tenants import Tenant

# Records that are encoded at once. A whole page would take more memory.
RECORDS_AT_ONCE = 200
TENANT_NAME = "_tenant_name"
READ_AT = "_read_at"


def own_fields(
    mask: SelectionMask, tenant: Tenant, read_at: datetime | None = None
) -> dict[str, str | None]:
    """The fields of a record that are not Xero's, without those that are not selected.

    Args:
        mask: The selection.
        tenant: The organisation that the record is from.
        read_at: When the record was asked for; None if the stream does not say it.
    """
    fields: dict[str, str | None] = {TENANT_ID: tenant.tenant_id}
    if mask["properties", TENANT_NAME]:
        fields[TENANT_NAME] = tenant.name
    if read_at is not None and mask["properties", READ_AT]:
        fields[READ_AT] = format_instant(read_at)
    return fields


class SameRecords(SameRecordTransform):
    """The map of a stream without maps. singer-sdk's own copies the schema at every depth."""

    def __init__(self, stream: str, schema: dict[str, Any], keys: Sequence[str]) -> None:
        """Takes the schema as it is; it must not be changed later."""
        super().__init__(stream, {}, keys, flattening_options=None)
        self.raw_schema = self.transformed_schema = schema


class RecordStream(Stream):
    """A stream without singer-sdk's own steps for each record, which take most of its time."""

    # Records are converted by a function compiled from the schema (see ``converter``).
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    # The time_extracted of the records that are written.
    _extracted_at: datetime = datetime.now(timezone.utc)

    def __init__(self, tap: Tap, schema: Callable[[], dict[str, Any]], name: str) -> None:
        """Sets the stream up.

        Args:
            tap: The tap.
            schema: Makes its JSON Schema, which only a stream that is read needs.
            name: Its name.
        """
        super().__init__(tap, name=name)
        self._make_schema = schema
        leave_out_unneeded_lines(self.logger.name)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema, made on first use."""
        if self._schema is None:
            self._schema = self._make_schema()
        return self._schema

    def apply_catalog(self, catalog: Catalog) -> None:
        """Applies a catalog, which cannot choose another replication key.

        Raises:
            SettingsError: It names another one, by which no bookmark can be kept.
        """
        own = self.replication_key
        super().apply_catalog(catalog)
        if self.replication_method == REPLICATION_FULL_TABLE:
            return
        given = self.replication_key or own
        self.replication_key = own
        if given is None:
            self.logger.warning(
                "The catalog says that %s is INCREMENTAL, but it has no replication key: each run "
                "reads all records",
                self.name,
            )
            self.forced_replication_method = REPLICATION_FULL_TABLE
        elif given != own:
            remedy = f"set it to {own!r}, or set" if own else "remove it, and set"
            message = (
                f"The catalog has the replication key {given!r} for {self.name}, by which changes "
                f"cannot be read: {remedy} the replication method to {REPLICATION_FULL_TABLE} to "
                "read all records in each run"
            )
            raise SettingsError(message)

    @property
    def selected(self) -> bool:
        """Whether the stream is read; one without an entry in the catalog is not."""
        if self._metadata is None:
            if self._tap_input_catalog is None:
                return self.selected_by_default
            if self.name not in self._tap_input_catalog:
                return False
        return bool(self.mask.get((), True))

    @selected.setter
    def selected(self, value: bool | None) -> None:
        self.metadata.root.selected = value
        self._mask = self._selection()

    @property
    def mask(self) -> SelectionMask:
        """Which fields are selected. One that the catalog's schema does not have is not."""
        if self._mask is None:
            self._mask = self._selection()
        return self._mask

    def _selection(self) -> SelectionMask:
        mask = self.metadata.resolve_selection()
        if self._input_schema is not None and mask.get((), True):
            needed = {("properties", name) for name in (*self.primary_keys, self.replication_key)}
            for breadcrumb in breadcrumbs_without_schema(self.schema, self._input_schema):
                if breadcrumb not in needed:
                    mask[breadcrumb] = False
        return mask

    @property
    def stream_maps(self) -> list[StreamMap]:
        """The maps of the setting ``stream_maps``; the schema is registered on first use."""
        mapper = self._tap.mapper
        if self.name not in mapper.stream_maps:
            schema = self.effective_schema
            if not all(self.mask.values()):
                schema = get_selected_schema(self.name, schema, self.mask)
            keys = list(self.primary_keys)
            if mapper.stream_maps_dict or mapper.flattening_options:
                mapper.register_raw_stream_schema(self.name, schema, keys)
                compute_exactly(mapper.stream_maps[self.name])
            else:
                mapper.stream_maps[self.name] = [SameRecords(self.name, schema, keys)]
        return super().stream_maps

    @property
    def partitions(self) -> None:
        """None for singer-sdk, because organisations are read in parallel, not one after another.

        The state has a part for each organisation, see ``state``.
        """

    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Does nothing: bookmarks move by whole pages, see ``state``."""

    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Does nothing: each organisation has its own start, see ``state``."""

    def get_replication_key_signpost(self, context: Context | None) -> None:  # type: ignore[override]
        """None: ``Bookmark.complete`` limits the bookmark itself."""

    def _state_of(self, tenant_id: str) -> dict[str, Any]:
        """The state of one organisation; give it to ``_keep_state`` after a change."""
        return self._state_by_tenant.get(tenant_id.lower(), {})

    def _keep_state(self, tenant_id: str, state: dict[str, Any]) -> None:
        """Makes a state part of the next STATE; one without content takes no place."""
        if state:
            self._state_by_tenant[tenant_id.lower()] = state

    @cached_property
    def _state_by_tenant(self) -> dict[str, dict[str, Any]]:
        return organisations_in(self.stream_state)

    @property
    def _is_state_due(self) -> bool:
        """Whether a STATE may be written now."""
        return True

    def _write_state_message(self) -> None:
        if self._is_state_due:
            super()._write_state_message()

    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterable[Context | None]:
        """None: child streams here are written by pages, not by singer-sdk's contexts."""
        del record, context
        return ()

    @cached_property
    def _convert(self) -> Any:  # noqa: ANN401  # a compiled function
        return compile_converter(
            self.schema,
            self.mask.__getitem__,
            keep_unknown=self.config["unknown_fields"] == "pass",
            unknown=self._warn_unknown_field,
            mistyped=self._warn_mistyped_value,
        )

    def _convert_record(self, record: Record) -> None:
        """Converts a record in place; the converter is compiled when a record needs it."""
        self._convert(record)

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

    def _write_record_message(self, record: Record) -> None:
        """Writes a converted record as it is, unless a stream map or flattening applies.

        Raises:
            UnexpectedResponseError: The record is nested too deeply to be written.
        """
        try:
            if self._is_unmapped:
                self._write_as_they_are([record])
            else:
                super()._write_record_message(record)
        except RecursionError:
            key = self._key_of(record)
            message = f"{self.name}: the record with {key} is nested too deeply to be written"
            raise UnexpectedResponseError(message) from None

    def _generate_record_messages(self, record: Record) -> Generator[RecordMessage, None, None]:
        """The messages of a record that a stream map or flattening applies to.

        Raises:
            SettingsError: An expression of the setting ``stream_maps`` fails.
        """
        key = self._key_of(record)
        try:
            yield from super()._generate_record_messages(record)
        except RecursionError:
            raise
        except Exception as error:
            if not self._tap.mapper.stream_maps_dict:
                raise
            reason = f"{error} ({error.__cause__})" if error.__cause__ else str(error)
            message = (
                f"Setting 'stream_maps' cannot be applied to {self.name}: {reason}. The record is "
                f"that with {key}"
            )
            raise SettingsError(message) from None

    def _key_of(self, record: Record) -> str:
        return ", ".join(f"{name} {record.get(name)}" for name in self.primary_keys)

    def _write_records(self, records: Iterable[Record]) -> int:
        """Writes converted records, and returns their number.

        Raises:
            UnexpectedResponseError: A record is nested too deeply to be written.
        """
        remaining, count = iter(records), 0
        while some := list(islice(remaining, RECORDS_AT_ONCE)):
            count += len(some)
            if self._is_unmapped:
                with suppress(RecursionError):  # one by one, the record is named that is too deep
                    self._write_as_they_are(some)
                    continue
            for record in some:
                self._write_record_message(record)
        return count

    def _write_as_they_are(self, records: Sequence[Record]) -> None:
        """Writes records without a map.

        Raises:
            RecursionError: One is nested too deeply; none is written.
        """
        writer = self._tap.message_writer
        assert isinstance(writer, MessageWriter)  # noqa: S101  # see TapXero.message_writer_class
        writer.write_records(self.name, records, self._stream_version, self._extracted_at)
        self.state_manager.is_flushed = False

    @cached_property
    def _is_unmapped(self) -> bool:
        maps = self.stream_maps
        return (
            len(maps) == 1
            and isinstance(maps[0], SameRecordTransform)
            and maps[0].stream_alias == self.name
            and not maps[0].flattening_enabled
        )


class RunStream(RecordStream):
    """A stream that reads the organisations of a run itself."""

    def __init__(
        self, tap: Tap, schema: Callable[[], dict[str, Any]], name: str, run: RunContext
    ) -> None:
        """Sets the stream up.

        Args:
            tap: The tap.
            schema: Makes its JSON Schema, which only a stream that is read needs.
            name: Its name.
            run: The run that reads the stream.
        """
        self._run = run
        self._version: int | None = None
        super().__init__(tap, schema, name)

    def _unwritten(self, records: Sequence[Record]) -> Sequence[Record]:
        """Writes converted records, and returns those that singer-sdk still has to write."""
        if not self._writes_records:
            return records
        if self.selected:
            self._record_counter.increment(self._write_records(records))
        return ()

    @property
    def _writes_records(self) -> bool:
        """Whether the stream writes its records itself, many at a time."""
        is_batched = bool(self.config.get("batch_config"))
        return self._is_unmapped and not is_batched and self.ABORT_AT_RECORD_COUNT is None

    def get_record_counter(self, **options: Any) -> Counter:  # noqa: ANN401  # as singer-sdk has it
        """The counter of a read, which counts the records that ``_unwritten`` writes too."""
        self._record_counter = super().get_record_counter(**options)
        return self._record_counter

    @property
    def emit_activate_version_messages(self) -> bool:
        """Whether ACTIVATE_VERSION messages are written."""
        return self._run.table_version is not None

    @property
    def _is_state_due(self) -> bool:
        return self._run.is_state_due

    @property
    def _reads_whole_table(self) -> bool:
        """Whether the records can be a whole table; batch files carry no version."""
        return not self.config.get("batch_config")

    def _write_activate_version_message(self, full_table_version: int) -> None:
        """Saves the version, to be activated after all organisations were read completely.

        singer-sdk activates it at the start. A read that fails halfway would then leave the target
        with an empty table.
        """
        del full_table_version  # the run says which version
        if self._reads_whole_table:
            self._stream_version = self._version = self._run.table_version

    def _activate_version(self) -> None:
        """Tells the target that the whole table was read, if it was."""
        if self._version is not None:
            super()._write_activate_version_message(self._version)
