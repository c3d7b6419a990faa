"""target-xero: its settings, the messages that it takes, and how a run ends."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from types import FrameType
from typing import IO, Any, ClassVar

import msgspec
from singer_sdk import Target
from singer_sdk.exceptions import (
    InvalidInputLine,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
    SingerSDKError,
)
from singer_sdk.mapper import SameRecordTransform
from sqlalchemy.exc import SQLAlchemyError

from target_xero.checkpoints import Checkpoints
from target_xero.connection import Connected, connected, new_run_id
from target_xero.copying.copier import Copier
from target_xero.items import item_of
from target_xero.progress import Progress, summary
from target_xero.publication import Publication
from target_xero.publishing import StoppedError
from target_xero.reader import MessageReader
from target_xero.records import Record, Source
from target_xero.reporting import Reporter
from target_xero.results import Results, file_of
from target_xero.settings import TARGET_PROPERTIES, checked_streams
from target_xero.sink import XeroSink
from xero_client import wire
from xero_client.connection import connection_settings
from xero_client.errors import XeroError
from xero_client.settings import CONNECTION_PROPERTIES, ConnectionSettings
from xero_client.store import Store

logger = logging.getLogger("target-xero")


class RejectsError(SingerSDKError):
    """Some records were not published."""


class TargetXero(Target):
    """Publishes records to a Xero organisation."""

    name = "target-xero"
    package_name = "target-xero"
    default_sink_class = XeroSink
    message_reader_class = MessageReader
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {**CONNECTION_PROPERTIES, **TARGET_PROPERTIES},
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self.run_id = new_run_id()
        self._began = time.monotonic()
        self._closed = False
        self._handed_on = 0
        self._stream: str | None = None
        self._gathered: Counter[int] = Counter()
        self._whole: dict[str, int] = {}
        # What breaks the Singer protocol is an error at the end even where rejects are skipped.
        self._protocol_errors: list[Exception] = []
        super().__init__(**options)
        reader = self.message_reader
        if isinstance(reader, MessageReader):
            reader.on_bad_line = self._meet_bad_line

    # What a run needs

    @cached_property
    def connection(self) -> ConnectionSettings:
        """The connection settings, checked.

        Raises:
            SettingsError: One is missing or wrong.
        """
        checked_streams(self.config)
        agent = f"{self.name}/{self.plugin_version}"
        return connection_settings(self.config, user_agent=agent)

    @cached_property
    def results(self) -> Results:
        """The results and rejects files."""
        return Results(
            self.run_id,
            file_of("results_path", self.config["results_path"], self.run_id),
            file_of("rejects_path", self.config["rejects_path"], self.run_id),
        )

    @cached_property
    def checkpoints(self) -> Checkpoints:
        """The STATE messages that wait."""
        return Checkpoints(self._emit_state)

    @cached_property
    def reporter(self) -> Reporter:
        """Ends records."""
        return Reporter(self.results, self.checkpoints, self.progress.tick)

    @cached_property
    def progress(self) -> Progress:
        """Tells how far the run is."""
        return Progress(self.results)

    @cached_property
    def organisation(self) -> Connected:
        """The organisation, connected when its first record comes.

        Raises:
            XeroError: The token or the organisation cannot be had.
        """
        organisation = connected(self.config, self.connection, self.run_id, self.reporter)
        self.results.tenant_id = organisation.tenant.tenant_id
        self.progress.transport = organisation.transport
        return organisation

    @cached_property
    def copier(self) -> Copier:
        """Copies an organisation, where ``references`` is ``translate``."""
        store = Store.of(self.connection)
        return Copier(self.organisation, store, self.reporter, self.run_id, self.config)

    @property
    def tenant_id(self) -> str:
        """The organisation that is published to."""
        return self.organisation.tenant.tenant_id

    # Messages

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        schema = message_dict.get("schema")
        stream = message_dict.get("stream")
        if (
            not isinstance(stream, str)
            or not isinstance(schema, dict)
            or not isinstance(schema.get("properties"), dict)
        ):
            self._protocol_errors.append(
                InvalidInputLine(f"The SCHEMA of stream {stream!r} has no properties")
            )
            logger.error("The SCHEMA of stream %r has no properties", stream)
            return
        self._finish_stream()
        self.results.schema(stream, self._line(message_dict))
        super()._process_schema_message(message_dict)

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        record = message_dict.get("record")
        if not isinstance(stream, str) or not isinstance(record, dict):
            self._meet_bad_line(self._line(message_dict), "a RECORD needs a stream and a record")
            return
        occurrence = message_dict.get("occurrence")
        source = Source(
            stream,
            rows=(self._line(message_dict),),
            epochs=(self.checkpoints.take(),),
            occurrence=occurrence if isinstance(occurrence, int) else None,
            origin=stream,
        )
        if stream not in self.mapper.stream_maps:
            problem = f"stream {stream!r} has had no SCHEMA before this record"
            self._protocol_errors.append(RecordsWithoutSchemaException(problem))
            self.refuse(source, stream, [problem])
            return
        self._take(stream, record, source)
        self.progress.tick()

    def _take(self, stream: str, record: Record, source: Source) -> None:
        maps = self.mapper.stream_maps[stream]
        if len(maps) > 1:
            # Each of them settles its own share of the record.
            for _ in maps[1:]:
                self.checkpoints.take()
        for stream_map in maps:
            mapped: Record | None = record
            if not isinstance(stream_map, SameRecordTransform):
                mapped = stream_map.transform(dict(record))
            if mapped is None:
                for epoch in source.epochs:
                    self.checkpoints.settle(epoch)
                continue
            alias = stream_map.stream_alias
            if alias != self._stream:
                self._finish_stream()
                self._stream = alias
            if self.config["references"] == "translate":
                self._gather(stream, mapped, source, as_it_came=mapped is record)
                continue
            sink = self._sinks_active[alias]
            assert isinstance(sink, XeroSink)  # noqa: S101  # the only class there is
            own = source if alias == stream else _renamed(source, alias)
            sink.take(mapped, own)

    def _gather(self, stream: str, record: Record, source: Source, *, as_it_came: bool) -> None:
        """Keeps a record of an organisation that is copied, until all have come."""
        line = source.rows[0]
        if not as_it_came:
            message = {"type": "RECORD", "stream": stream, "record": record}
            line = wire.encode(message)
        self._gathered.update(source.epochs)
        self.copier.take(stream, record, line)

    def _copy(self) -> None:
        """Copies what was gathered; STATE goes on when every record has its outcome."""
        if "copier" not in self.__dict__:
            return
        self.copier.run(self._whole)
        if not self.results.total("unknown"):
            for epoch in self._gathered.elements():
                self.checkpoints.settle(epoch)

    def take_from_file(self, sink: XeroSink, record: Record) -> None:
        """Takes a record of a BATCH message's file."""
        line = msgspec.json.encode(
            {"type": "RECORD", "stream": sink.stream_name, "record": record}, enc_hook=str
        )
        source = Source(
            sink.stream_name, (line,), (self.checkpoints.take(),), origin=sink.stream_name
        )
        self._take(sink.stream_name, record, source)

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        if "value" not in message_dict:
            self._meet_bad_line(self._line(message_dict), "a STATE needs a value")
            return
        self.checkpoints.state(message_dict["value"])

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        """Notes that a list came whole, for copying.

        Elsewhere what a tap no longer has is not removed from Xero.
        """
        version = message_dict.get("version")
        if isinstance(version, int):
            self._whole[str(message_dict.get("stream"))] = version

    def _line(self, message: Mapping[str, Any]) -> bytes:
        reader = self.message_reader
        line = reader.line if isinstance(reader, MessageReader) else b""
        return line or msgspec.json.encode(message, enc_hook=str)

    def _emit_state(self, value: Any) -> None:  # noqa: ANN401  # any JSON
        # A kill after this line must find the results that the state stands for.
        self.results.flush()
        sys.stdout.write(wire.encode(value).decode() + "\n")
        sys.stdout.flush()

    # What becomes of records

    def publish(self, sink: XeroSink, publication: Publication, source: Source) -> None:
        """Hands a publication on.

        Raises:
            StoppedError: The run cannot go on.
        """
        if sink.stream_name != self._stream:
            self._stream = sink.stream_name
        item = item_of(publication, source, self.tenant_id)
        # Of a document that is made of rows, a key names a row only.
        item = replace(item, follows_key=not sink.rule.group_by)
        self._handed_on += 1
        self.organisation.publish(item)
        self._check_fail_fast()

    def refuse(self, source: Source, entity: str, problems: Sequence[str]) -> None:
        """Ends a record that cannot be sent.

        Raises:
            StoppedError: ``on_reject`` is ``fail_fast``.
        """
        self.reporter.invalid(source, entity, None, problems)
        self._check_fail_fast()

    def note_missing_key(self, stream: str, problem: str) -> None:
        """Remembers that a record came without its key."""
        self._protocol_errors.append(MissingKeyPropertiesError(f"{stream}: {problem}"))

    def _meet_bad_line(self, line: bytes, why: str) -> None:
        shown = line[:120].decode(errors="replace").rstrip()
        problem = f"{why}: {shown!r}"
        self._protocol_errors.append(InvalidInputLine(problem))
        source = Source("", rows=(line,), epochs=(self.checkpoints.take(),))
        self.refuse(source, "", [problem])

    def _check_fail_fast(self) -> None:
        if self.config["on_reject"] == "fail_fast" and self.reporter.failed.is_set():
            message = "a record was not published, and on_reject is fail_fast"
            raise StoppedError(message)

    def _finish_stream(self) -> None:
        """Ends everything of the present stream, before another one begins."""
        for sink in self._sinks_active.values():
            if isinstance(sink, XeroSink):
                sink.finish()
        if "organisation" in self.__dict__:
            self.organisation.pipeline.flush()
        self._check_fail_fast()

    # The end

    def process_endofpipe(self) -> None:
        """Ends everything, and says what it was.

        Raises:
            SingerSDKError: Something was not published.
        """
        self._finish_stream()
        self._copy()
        self.close()
        self._judge()

    def close(self) -> None:
        """Ends what is in flight, closes the files, and writes the summary; once."""
        if self._closed:
            return
        self._closed = True
        unsent = 0
        transport = None
        if "organisation" in self.__dict__:
            self.organisation.pipeline.abandon()
            unsent = self._handed_on - self.reporter.ended
            transport = self.organisation.transport
        self.results.close()
        for sink in self._sinks_active.values():
            sink.clean_up()
        for line in summary(self.results, transport, time.monotonic() - self._began):
            self.logger.info(line)
        if unsent > 0:
            self.logger.error("%d records were read and not sent: run again", unsent)
        if self.results.rejects_path.exists():
            self.logger.info(
                "Not published: %s; correct what is wrong, and feed the file back",
                self.results.rejects_path,
            )

    def _judge(self) -> None:
        if self._protocol_errors:
            raise self._protocol_errors[0]
        if self.config["on_reject"] == "skip":
            return
        bad = self.results.total("rejected", "invalid", "unknown")
        if bad:
            message = (
                f"{bad:,} of {self.results.total():,} records were not published; see "
                f"{self.results.results_path}, and feed {self.results.rejects_path} back"
            )
            raise RejectsError(message)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Leaves the loop; what is in flight is ended on the way out."""
        raise SystemExit(128 + signum)

    @classmethod
    def invoke(  # type: ignore[override]  # as singer-sdk's own Target.invoke
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,  # noqa: ANN401  # singer-sdk's own type is private
        file_input: IO[str] | None = None,
    ) -> None:
        """Runs the target from its command line."""
        super(Target, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        with ending_in_words():
            target = cls(
                config=config.config if config else None,
                parse_env_config=bool(config and config.parse_env),
                validate_config=True,
            )
            _ = target.connection
            try:
                target.listen(file_input)
            finally:
                target.close()


@contextmanager
def ending_in_words() -> Iterator[None]:
    """Turns what ends a run into its message as the last line, and exit code 1."""
    try:
        yield
    except (XeroError, StoppedError, RejectsError, InvalidInputLine) as error:
        logger.error("%s", error)  # noqa: TRY400  # the message says what to do; a trace would not
        sys.exit(1)
    except (SQLAlchemyError, OSError) as error:
        logger.error("The state database or a file cannot be used: %s", error)  # noqa: TRY400  # the same
        sys.exit(1)
    except (RecordsWithoutSchemaException, MissingKeyPropertiesError) as error:
        logger.error("%s", error)  # noqa: TRY400  # the same
        sys.exit(1)


def _renamed(source: Source, alias: str) -> Source:
    return replace(source, stream=alias)
