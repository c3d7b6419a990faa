"""tap-xero: its settings, its streams, and what a run says at its end."""

from __future__ import annotations

import errno
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.exceptions import ConfigValidationError, MappingError
from singer_sdk.singerlib import StateMessage
from singer_sdk.tap_base import CliTestOptionValue

from tap_xero.child_streams import BELOW, NAMES_BELOW
from tap_xero.input_files import catalog_in, state_in
from tap_xero.messages import InterruptedRunError, MessageWriter
from tap_xero.organisations import Organisation, connected, summary
from tap_xero.requests.parameters import LARGEST_PAGE, STREAM_SETTINGS, checked_stream_names
from tap_xero.streams import UNAVAILABLE, XeroStream
from xero_client.connection import connection_settings
from xero_client.entities.load_order import load_position
from xero_client.entities.table import BY_STREAM, ENTITIES
from xero_client.errors import SettingsError, XeroError
from xero_client.memory_tuning import infrequent_gc, return_large_blocks
from xero_client.settings.config_input import (
    ENVIRONMENT,
    ConfigInput,
    patch_sdk_settings,
    read_config,
)
from xero_client.settings.connection_settings import (
    CONNECTION_PROPERTIES,
    ConnectionSettings,
    format_errors,
)

if TYPE_CHECKING:
    from types import FrameType

    import click
    from singer_sdk import Stream

logger = logging.getLogger("tap-xero")

TAP_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "start_date": {
        "type": ["string", "null"],
        "title": "Start date",
        "description": (
            "First run's modified-since, as 2026-01-31 or 2026-01-31T00:00:00Z. Default: "
            "everything."
        ),
    },
    "tenant_ids": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "title": "Tenant ids",
        "description": "Read several organisations in one run.",
    },
    "page_size": {
        "type": "integer",
        "minimum": 1,
        "maximum": LARGEST_PAGE,
        "default": LARGEST_PAGE,
        "title": "Page size",
        "description": "Records a page; Xero allows 1,000.",
    },
    "include_archived": {
        "type": "boolean",
        "default": True,
        "title": "Include archived",
        "description": "Read archived and deleted records where the endpoint hides them.",
    },
    "copy_attachments": {
        "type": "boolean",
        "default": False,
        "title": "Attachments",
        "description": (
            "Read the files on records too, as streams such as invoices_attachments: a call for "
            "each record that has files, and one for each file."
        ),
    },
    "copy_history": {
        "type": "boolean",
        "default": False,
        "title": "History",
        "description": (
            "Read the history and notes of records too, as streams such as invoices_history: a "
            "call for each record."
        ),
    },
    "unavailable_streams": {
        "type": "string",
        "enum": ["fail", "skip"],
        "default": "fail",
        "title": "Unavailable streams",
        "description": (
            "When Xero refuses a stream for scope, plan or role: fail reads all others and exits "
            "with 1, skip warns and exits with 0."
        ),
    },
    "streams": {
        "type": ["object", "null"],
        "default": {},
        "additionalProperties": STREAM_SETTINGS,
        "title": "Streams",
        "description": "Per stream: params, pagination, page_size, ids.",
    },
    "emit_activate_version_messages": {
        "type": "boolean",
        "default": True,
        "title": "ACTIVATE_VERSION messages",
        "description": (
            "Tell the target when a full table was read, so that it can remove what Xero no "
            "longer has."
        ),
    },
}


class TapXero(Tap):
    """Reads Xero organisations."""

    name = "tap-xero"
    package_name = "tap-xero"
    message_writer_class = MessageWriter
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {**CONNECTION_PROPERTIES, **TAP_PROPERTIES},
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self.began = datetime.now(timezone.utc)
        self._failures: list[str] = []
        super().__init__(**options)

    def discover_streams(self) -> list[Stream]:
        """One stream for each row of the entity table, and for what hangs below, if wanted."""
        streams: list[Stream] = [XeroStream(self, entity) for entity in ENTITIES]
        for kind in BELOW:
            if self.config.get(kind.setting):
                streams += [kind(self, entity) for entity in ENTITIES if kind.hangs_below(entity)]
        return streams

    @property
    def streams(self) -> dict[str, Stream]:
        """The streams by name, in an order in which what is referred to comes first.

        A target that copies an organisation can then write most records as they arrive.
        """
        if self._streams is None:
            streams = super().streams
            self._streams = {name: streams[name] for name in sorted(streams, key=load_position)}
        return self._streams

    @cached_property
    def connection(self) -> ConnectionSettings:
        """The connection settings, checked.

        Raises:
            SettingsError: One is missing or wrong.
        """
        checked_stream_names(self.config, {*BY_STREAM, *NAMES_BELOW})
        agent = f"{self.name}/{self.plugin_version}"
        return connection_settings(self.config, user_agent=agent)

    @property
    def window(self) -> int:
        """Calls in flight to one organisation at most."""
        return self.connection.max_concurrency

    @cached_property
    def organisations(self) -> Mapping[str, Organisation]:
        """The run's organisations by tenant id, connected when first asked for.

        Raises:
            XeroError: The token or an organisation cannot be had.
        """
        selected = [
            stream
            for stream in self.streams.values()
            if isinstance(stream, XeroStream) and stream.selected
        ]
        scopes = tuple(sorted({scope for stream in selected for scope in stream.scopes}))
        tenant_ids = self.config.get("tenant_ids") or self.connection.login_tenants
        organisations = connected(self.connection, tenant_ids, scopes)
        for organisation in organisations.values():
            organisation.read_ahead.expect(selected)
        return organisations

    def note_failure(
        self, stream: XeroStream, organisation: Organisation, error: XeroError
    ) -> None:
        """Remembers that a stream could not be read; the run goes on with the others."""
        message = f"{stream.name} of {organisation.tenant}: {error}"
        if isinstance(error, UNAVAILABLE) and self.config["unavailable_streams"] == "skip":
            self.logger.warning("Skipping %s", message)
            return
        self.logger.error("Cannot read %s", message)
        self._failures.append(message)

    def run(self) -> None:
        """Reads everything that is selected, and says at the end what it was.

        Raises:
            SystemExit: Some stream could not be read, or something failed altogether.
        """
        began = time.monotonic()
        return_large_blocks()
        with exit_on_error(), infrequent_gc():
            try:
                # Connected first, so that a setting or login that is wrong is not some stream's
                # failure, and no message is out before.
                names = [str(one.tenant) for one in self.organisations.values()]
                self.logger.info("Reading %s", ", ".join(names))
                self.sync_all()
                # Some loaders keep only a state that comes after the last record (target-jsonl),
                # and a full table, whose state never changes, may be what was read last.
                self.write_message(StateMessage(value=self.state))
            except InterruptedRunError:
                self.logger.warning("Interrupted: the next run goes on from the last state")
                raise
            finally:
                if "organisations" in self.__dict__:
                    for line in summary(self.organisations, time.monotonic() - began):
                        self.logger.info(line)
        self.report_failures()

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Ends the run; STATE is out after every page, so the next run goes on from there."""
        writer = self.message_writer
        assert isinstance(writer, MessageWriter)  # noqa: S101  # the only class there is
        writer.end(128 + signum)

    def report_failures(self) -> None:
        """Names the streams that could not be read.

        Raises:
            SystemExit: There are any.
        """
        if self._failures:
            self.logger.error(
                "%d stream(s) could not be read, all others were: %s",
                len(self._failures),
                " | ".join(self._failures),
            )
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
            tap = cls._made(config, state_in(state), catalog_in(catalog))
        tap.run()

    @classmethod
    def _made(
        cls,
        config: ConfigInput | None,
        state: Mapping[str, Any] | None = None,
        catalog: Mapping[str, Any] | None = None,
    ) -> TapXero:
        """The tap with what was given on the command line.

        Raises:
            SettingsError: Something of it is wrong.
        """
        try:
            return cls(
                config=config.config if config else None,
                state=state,
                catalog=catalog,
                validate_config=True,
            )
        except ConfigValidationError as error:
            raise SettingsError(format_errors(error.errors)) from None
        except MappingError as error:
            message = f"Setting 'stream_maps' is wrong: {error}"
            raise SettingsError(message) from None
        except ValueError as error:
            message = f"The state or the catalog is no good: {error}"
            raise SettingsError(message) from None

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds the settings that singer-sdk has for every plugin."""
        super().append_builtin_config(config_jsonschema)
        patch_sdk_settings(config_jsonschema["properties"])

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,  # noqa: ARG003  # click's callback
        param: click.Option,  # noqa: ARG003  # the same
        value: tuple[str, ...],
    ) -> Any:  # noqa: ANN401  # singer-sdk's own type is private
        """Reads the configuration: files, and with ``ENV`` the variables."""
        cls.append_builtin_config(cls.config_jsonschema)
        if ENVIRONMENT in value:
            parse_environment_config({}, "")  # takes a .env file into the environment
        with exit_on_error():
            return read_config(value, cls.config_jsonschema["properties"], "TAP_XERO_", os.environ)

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:  # noqa: ARG003  # click's callback
        """Reads one record of each stream, and ends in words where that fails."""
        if value == CliTestOptionValue.Disabled.value:
            return
        with exit_on_error():
            tap = cls._made(ctx.params.get("config"))
        if value == CliTestOptionValue.Schema.value:
            tap.write_schemas()
        else:
            with exit_on_error():
                # Those that a run reads, not all: a login has the scopes of what it was made for.
                tap.run_sync_dry_run(
                    streams=[stream for stream in tap.streams.values() if stream.selected]
                )
            tap.report_failures()
        ctx.exit()


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Turns an error with Xero into its message as the last line, and exit code 1."""
    try:
        yield
    except XeroError as error:
        logger.error("%s", error)  # noqa: TRY400  # the message says what to do; a trace would not
        sys.exit(1)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # click ends quietly where a reader has seen enough
        logger.error("The output or a file cannot be written: %s", error)  # noqa: TRY400  # the same
        sys.exit(1)
