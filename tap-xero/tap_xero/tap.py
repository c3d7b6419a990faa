"""The tap: its command line, its streams, and its run."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError, MappingError
from singer_sdk.singerlib import StateMessage
from singer_sdk.tap_base import CliTestOptionValue

from tap_xero.catalog import catalog_of, catalog_text
from tap_xero.custom.settings import custom_streams
from tap_xero.custom.streams import discover_custom_streams
from tap_xero.discovery import (
    CONFIGURABLE_STREAMS,
    STREAM_NAMES,
    entity_streams,
    stream_position,
)
from tap_xero.input_files import read_catalog, read_state
from tap_xero.reports.streams import ReportStream, warn_of_future_months
from tap_xero.requests.parameters import check_stream_names
from tap_xero.run.batches import check_batches
from tap_xero.run.end import exit_on_error
from tap_xero.run.failures import Failures
from tap_xero.run.log_filters import leave_out_unneeded_lines
from tap_xero.run.messages import InterruptedRunError, MessageWriter
from tap_xero.run.organisations import (
    ConnectedOrganisations,
    Organisation,
    connect_organisations,
    warn_of_unconnected,
)
from tap_xero.run.outcomes import check_outcome_path, write_outcomes
from tap_xero.run.report import outcome_lines, summary_lines
from tap_xero.selection import check_stream_maps, include_streams, warn_of_no_selection
from tap_xero.settings import TAP_PROPERTIES, tenant_ids_of, warn_of_two_choices
from tap_xero.state import check_start_date, tenants_in
from tap_xero.streams.entity_stream import XeroStream
from tap_xero.streams.record_stream import TENANT_NAME
from xero_client.auth.tenants import ALL
from xero_client.command_line.configuration import ConfigInput, read_config
from xero_client.command_line.singer_settings import errors_in_words, patch_sdk_settings
from xero_client.command_line.stream_maps import compute_exactly
from xero_client.connection import connection_settings
from xero_client.entities.included_streams import included_streams
from xero_client.errors import SettingsError, XeroError
from xero_client.memory_tuning import infrequent_gc, return_large_blocks
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings

if TYPE_CHECKING:
    from types import FrameType

    import click
    from singer_sdk import Stream

logger = logging.getLogger("tap-xero")


class TapXero(Tap):
    """Reads Xero organisations."""

    name = "tap-xero"
    package_name = "singer-tap-xero"
    message_writer_class = MessageWriter
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {**CONNECTION_PROPERTIES, **TAP_PROPERTIES},
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self.started_at = datetime.now(timezone.utc)
        self._reads_all_of_login = True
        self._failures = Failures()
        self._included: frozenset[str] = frozenset()
        leave_out_unneeded_lines(self.name)
        super().__init__(**options)

    def discover_streams(self) -> list[Stream]:
        """The streams of the entity table, and those of the setting ``custom_streams``."""
        streams = entity_streams(self, run=self)
        if self.config.get("custom_streams"):
            base_uri = self.connection.base_uri
            settings = list(custom_streams(self.config, base_uri, STREAM_NAMES))
            own_names = {custom.entity.stream for custom in settings}
            names = {*STREAM_NAMES, *own_names}
            streams = [stream for stream in streams if stream.name not in own_names]
            streams += discover_custom_streams(
                self,
                settings,
                run=self,
                connect=self._connected,
                included=included_streams(self.config.get("include") or (), names),
            )
        self._included = include_streams(streams, self.config, self.input_catalog)
        return streams

    def _connected(
        self, scopes: tuple[str, ...], *, names: bool = True
    ) -> Mapping[str, Organisation]:
        return self._connect(scopes, names=names).by_id

    def _connect(self, scopes: tuple[str, ...], *, names: bool) -> ConnectedOrganisations:
        tenant_ids = tenant_ids_of(self.config) or self.connection.login_tenants
        return connect_organisations(self.connection, tenant_ids, scopes, names=names)

    @property
    def streams(self) -> dict[str, Stream]:
        """The streams by name, in an order in which records come after the records they refer to.

        So a target that copies an organisation can write most records as they arrive.
        """
        if self._streams is None:
            streams = super().streams
            for name in self._included:
                streams[name].selected = True
            self._streams = {name: streams[name] for name in sorted(streams, key=stream_position)}
        return self._streams

    @property
    def catalog_dict(self) -> dict[str, Any]:
        """The catalog of ``--discover``."""
        return catalog_of(self.streams.values())

    @property
    def catalog_json_text(self) -> str:
        """The catalog of ``--discover``, as a text."""
        return catalog_text(self.catalog_dict)

    def setup_mapper(self) -> None:
        """Prepares stream maps; without any, each stream that is read registers its schema."""
        if self.config.get("stream_maps") or self.config.get("flattening_enabled"):
            check_stream_maps(self.config, STREAM_NAMES, lambda: self.streams)
            try:
                super().setup_mapper()
            except ValueError as error:
                message = (
                    f"Flattening is not possible: {error}. Change 'flattening_max_key_length', "
                    "'flattening_separator' or 'flattening_max_depth'"
                )
                raise SettingsError(message) from None
            for stream_maps in self.mapper.stream_maps.values():
                compute_exactly(stream_maps)
        else:
            super(Tap, self).setup_mapper()

    @cached_property
    def connection(self) -> ConnectionSettings:
        """The connection settings, checked.

        Raises:
            SettingsError: One is missing or invalid.
        """
        check_stream_names(self.config, CONFIGURABLE_STREAMS)
        check_batches(self.config)
        user_agent = f"{self.name}/{self.plugin_version}"
        return connection_settings(self.config, user_agent=user_agent)

    @property
    def max_concurrency(self) -> int:
        """The most calls in flight to one organisation."""
        return self.connection.max_concurrency

    @cached_property
    def organisations(self) -> Mapping[str, Organisation]:
        """The run's organisations by tenant id, connected on first use.

        Raises:
            XeroError: The token is missing, or an organisation is not available.
        """
        selected = [
            stream
            for stream in self.streams.values()
            if isinstance(stream, XeroStream | ReportStream)
            and (stream.selected or stream.has_selected_descendents)
        ]
        scopes = tuple(sorted({scope for stream in selected for scope in stream.scopes}))
        connected = self._connect(scopes, names=self._needs_names)
        for organisation in connected.by_id.values():
            if organisation.failure is not None:
                self._failures.add_organisation(organisation, organisation.failure)
            organisation.read_ahead.enqueue(
                stream
                for stream in selected
                if isinstance(stream, XeroStream) and not stream.entity.of_login
            )
        self._reads_all_of_login = connected.are_all
        if tenant_ids_of(self.config) == [ALL]:
            warn_of_unconnected(tenants_in(self.state) - connected.by_id.keys())
        return connected.by_id

    @cached_property
    def table_version(self) -> int | None:
        """The version of the tables that are read whole; None if the run writes no versions.

        When a version is activated, loaders delete the rows of lower versions. That is right only
        if no run loads other organisations: as far as is known, this run reads all that the login
        reaches, and the state has no others. Else the version is negative, and lower than that of
        any earlier run. So loaders delete nothing, and target-xero still learns that a list came
        whole.
        """
        setting = self.config.get("emit_activate_version_messages")
        if setting is False:
            return None
        version = self.initialized_at // 1000
        others = tenants_in(self.state) - self.organisations.keys()
        is_alone = self._reads_all_of_login and not others
        return version if setting or is_alone else -version

    @property
    def _needs_names(self) -> bool:
        """Whether the name of an organisation is in a record or may be in a parameter."""
        return bool(self.config.get("streams") or self.config.get("custom_streams")) or any(
            stream.selected and stream.mask.get(("properties", TENANT_NAME), True)
            for stream in self.streams.values()
        )

    @property
    def is_state_due(self) -> bool:
        """Whether a STATE may be written after a page.

        A STATE contains all organisations. With several, it follows a page only if the records
        since the last one take at least as much as a STATE, or after a minute. So STATE does not
        grow with the square of their number. The end of the run always writes one.
        """
        writer = self.message_writer
        assert isinstance(writer, MessageWriter)  # noqa: S101  # see message_writer_class
        return len(self.organisations) == 1 or writer.is_state_due

    def add_failure(self, stream: str, organisation: Organisation, error: XeroError) -> None:
        """Reports a stream that could not be read; the run goes on with what can be read.

        Raises:
            XeroError: The error, if it ends the whole run.
        """
        skips = self.config["unavailable_streams"] == "skip"
        self._failures.add_stream(stream, organisation, error, skips_unavailable=skips)

    def run(self) -> None:
        """Reads the selected streams, and logs a summary.

        Raises:
            SystemExit: A stream could not be read, or the run failed.
        """
        start = time.monotonic()
        return_large_blocks()
        with exit_on_error(), infrequent_gc():
            outcome_path = self.config.get("outcome_path")
            if outcome_path:
                check_outcome_path(Path(outcome_path))
            self._warn_of_nothing_to_read()
            warn_of_two_choices(self.config)
            organisations: Mapping[str, Organisation] = {}
            try:
                # Connect first. A wrong setting or login then fails the run, not one stream of it,
                # and fails it before any message is written.
                organisations = self.organisations
                names = [str(organisation.tenant) for organisation in organisations.values()]
                self.logger.info("Reading %s", ", ".join(names))
                try:
                    self.sync_all()
                except XeroError:
                    # What was written before is not read again.
                    self.write_message(StateMessage(value=self.state))
                    raise
                # Some loaders (target-jsonl) keep only a state that comes after the last record.
                # The state of a full table never changes, so none follows its records.
                self.write_message(StateMessage(value=self.state))
            except InterruptedRunError:
                self.logger.warning("Interrupted: the next run resumes from the last state")
                raise
            finally:
                if organisations:
                    for line in summary_lines(organisations, time.monotonic() - start):
                        self.logger.info(line)
                    if outcome_path:
                        lines = outcome_lines(organisations.values(), self._selected_names)
                        write_outcomes(Path(outcome_path), lines)
        self.report_failures()

    def _warn_of_nothing_to_read(self) -> None:
        """Warns of settings that leave nothing to read."""
        check_start_date(self.config.get("start_date"), self.started_at)
        warn_of_no_selection(self._selected_names)
        streams = self.streams.values()
        reports = [each for each in streams if isinstance(each, ReportStream) and each.selected]
        warn_of_future_months(reports, self.config)

    @property
    def _selected_names(self) -> list[str]:
        return [name for name, stream in self.streams.items() if stream.selected]

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Ends the run. STATE is written after every page, so the next run resumes from there."""
        writer = self.message_writer
        assert isinstance(writer, MessageWriter)  # noqa: S101  # see message_writer_class
        writer.terminate(128 + signum)

    def report_failures(self) -> None:
        """Names the organisations and streams that could not be read.

        Raises:
            SystemExit: There are any.
        """
        if self._failures:
            self.logger.error("%s", self._failures.summary(self.organisations.values()))
            sys.exit(1)

    @classmethod
    def invoke(  # type: ignore[override]  # as singer-sdk's own Tap.invoke
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: ConfigInput | None = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Runs the tap from its command line."""
        super(Tap, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        with exit_on_error():
            custom = (config.config.get("custom_streams") if config else None) or {}
            if not isinstance(custom, Mapping):
                custom = {}  # the check of the settings names it
            known = STREAM_NAMES | set(custom)
            tap = cls._create(config, read_state(state), read_catalog(catalog, known, custom))
        tap.run()

    @classmethod
    def _create(
        cls,
        config: ConfigInput | None,
        state: Mapping[str, Any] | None = None,
        catalog: Mapping[str, Any] | None = None,
    ) -> TapXero:
        """The tap with the options of the command line.

        Raises:
            SettingsError: An option is invalid.
        """
        try:
            with errors_in_words(ConfigValidationError, MappingError, cls.config_jsonschema):
                return cls(
                    config=config.config if config else None,
                    state=state,
                    catalog=catalog,
                    validate_config=True,
                )
        except ValueError as error:
            message = f"The state or the catalog is invalid: {error}"
            raise SettingsError(message) from None

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds the settings that singer-sdk gives every plugin."""
        super().append_builtin_config(config_jsonschema)
        patch_sdk_settings(config_jsonschema["properties"])

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,  # noqa: ARG003  # click's callback
        param: click.Option,  # noqa: ARG003  # the same
        value: tuple[str, ...],
    ) -> Any:  # noqa: ANN401  # singer-sdk's own type is private
        """Reads the configuration from files, and from the environment if ``ENV`` is given."""
        cls.append_builtin_config(cls.config_jsonschema)
        with exit_on_error():
            return read_config(cls.name, value, cls.config_jsonschema["properties"])

    @classmethod
    def cb_discover(cls, ctx: click.Context, param: click.Option, value: bool) -> None:  # noqa: ARG003, FBT001  # click's callback
        """Writes the catalog; it takes calls only for custom streams without a schema."""
        if not value:
            return
        config = ctx.params.get("config") or ConfigInput()
        with exit_on_error():
            if config.config.get("custom_streams"):
                tap = cls._create(config)
            else:
                tap = cls(config=config.config, validate_config=False, setup_mapper=False)
            tap.run_discovery()
            tap.report_failures()
        ctx.exit()

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:  # noqa: ARG003  # click's callback
        """Reads one record of each selected stream, and exits with a message if that fails."""
        if value == CliTestOptionValue.Disabled.value:
            return
        with exit_on_error():
            tap = cls._create(ctx.params.get("config"))
        if value == CliTestOptionValue.Schema.value:
            tap.write_schemas()
        else:
            with exit_on_error():
                # Only selected streams: a login may lack the scopes of the others.
                tap.run_sync_dry_run(
                    streams=[stream for stream in tap.streams.values() if stream.selected]
                )
            tap.report_failures()
        ctx.exit()
