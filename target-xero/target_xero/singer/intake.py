"""From messages to records: what breaks the Singer protocol is refused line by line."""

from __future__ import annotations

import abc
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from singer_sdk.exceptions import (
    InvalidInputLine,
    InvalidJSONSchema,
    MappingError,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)

from target_xero.build.records import Record, Source
from target_xero.report.progress import Progress
from target_xero.report.results import Results
from target_xero.singer.batch_files import BatchFileError, batch_lines, batch_problem
from target_xero.singer.checkpoints import Checkpoints
from target_xero.singer.command_line import CommandLineTarget
from target_xero.singer.reader import BadLineError, MessageReader, decoded
from target_xero.singer.validation import schema_problem
from xero_client.errors import SettingsError
from xero_client.http import wire

logger = logging.getLogger("target-xero")

SHOWN = 120


class MessageTarget(CommandLineTarget, abc.ABC):
    """Takes messages, and hands their records on."""

    message_reader_class = MessageReader

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self._bad_schemas: dict[str, str] = {}
        # The first that broke the Singer protocol, said at the end before any other reject.
        self.protocol_error: Exception | None = None
        super().__init__(**options)
        reader = self.message_reader
        if isinstance(reader, MessageReader):
            reader.on_bad_line = self._meet_bad_line

    @property
    @abc.abstractmethod
    def results(self) -> Results:
        """The results and rejects files."""

    @property
    @abc.abstractmethod
    def checkpoints(self) -> Checkpoints:
        """The STATE messages that wait."""

    @property
    @abc.abstractmethod
    def progress(self) -> Progress:
        """Tells how far the run is."""

    @abc.abstractmethod
    def take(self, stream: str, record: Record, source: Source) -> None:
        """Takes a record of a stream that has had its SCHEMA."""

    @abc.abstractmethod
    def finish_stream(self) -> None:
        """Ends everything of the present stream, before another one begins."""

    @abc.abstractmethod
    def refuse(self, source: Source, entity: str, problems: Sequence[str]) -> None:
        """Ends a record that cannot be sent."""

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        problem = schema_problem(message_dict)
        if problem is not None:
            self._meet_bad_schema(stream, problem)
            return
        assert isinstance(stream, str)  # noqa: S101  # schema_problem looked
        self.finish_stream()
        self.results.schema(stream, self._line(message_dict))
        try:
            super()._process_schema_message(message_dict)
        except (InvalidJSONSchema, RecursionError) as error:
            self._meet_bad_schema(stream, str(error))
        except MappingError as error:
            message = f"Setting 'stream_maps' does not fit stream {stream!r}: {error}"
            raise SettingsError(message) from None
        else:
            self._bad_schemas.pop(stream, None)

    def _meet_bad_schema(self, stream: object, problem: str) -> None:
        """Leaves the stream without a schema, so that its records are refused one by one."""
        message = f"The SCHEMA of stream {stream!r} is no good: {problem}"
        logger.error("%s", message)
        self._remember(InvalidInputLine(message))
        if isinstance(stream, str):
            self._bad_schemas[stream] = message
            self.mapper.stream_maps.pop(stream, None)

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        record = message_dict.get("record")
        if not isinstance(stream, str) or not isinstance(record, dict):
            self._meet_bad_line(self._line(message_dict), "a RECORD needs a stream and a record")
            return
        source = self._source(stream, self._line(message_dict), message_dict.get("occurrence"))
        if self._has_schema(stream, source):
            self.take(stream, record, source)
        self.progress.tick()

    def _has_schema(self, stream: str, source: Source) -> bool:
        """Whether a stream has had its SCHEMA; ends what has come if it has not."""
        if stream in self.mapper.stream_maps:
            return True
        problem = self._bad_schemas.get(stream)
        if problem is None:
            problem = f"stream {stream!r} has had no SCHEMA before this record"
        self._remember(RecordsWithoutSchemaException(problem))
        self.refuse(source, stream, [problem])
        return False

    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:
        line = self._line(message_dict)
        stream = message_dict.get("stream")
        problem = batch_problem(message_dict)
        if problem is not None or not isinstance(stream, str):
            self._meet_bad_line(line, str(problem))
            return
        if stream not in self.mapper.stream_maps:
            self._has_schema(stream, self._source(stream, line))
            return
        [sink, *_] = (
            self._sinks_active[one.stream_alias] for one in self.mapper.stream_maps[stream]
        )
        storage = sink.batch_config.storage if sink.batch_config else None
        try:
            for url in message_dict["manifest"]:
                compression = message_dict["encoding"].get("compression")
                for row in batch_lines(url, compression, storage):
                    self._take_row(stream, row)
        except BatchFileError as error:
            self._meet_bad_line(line, str(error), stream)

    def _take_row(self, stream: str, row: bytes) -> None:
        """Takes a line of a BATCH message's file, which is a record without its message."""
        if not row.strip():
            return
        try:
            record = decoded(row)
        except BadLineError as error:
            self._meet_bad_line(row, f"a line of a BATCH file is {error}")
            return
        if not isinstance(record, dict):
            self._meet_bad_line(row, "a line of a BATCH file is no record")
            return
        message = b'{"type":"RECORD","stream":%s,"record":%s}' % (wire.encode(stream), row.strip())
        self.take(stream, record, self._source(stream, message))
        self.progress.tick()

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        if "value" not in message_dict:
            self._meet_bad_line(self._line(message_dict), "a STATE needs a value")
            return
        self.checkpoints.state(message_dict["value"])

    def note_missing_key(self, stream: str, problem: str) -> None:
        """Remembers that a record came without its key."""
        self._remember(MissingKeyPropertiesError(f"{stream}: {problem}"))

    def _remember(self, error: Exception) -> None:
        if self.protocol_error is None:
            self.protocol_error = error

    def _meet_bad_line(self, line: bytes, why: str, stream: str = "") -> None:
        shown = line[:SHOWN].decode(errors="replace").rstrip()
        problem = f"{why}: {shown!r}"
        self._remember(InvalidInputLine(problem))
        self.refuse(self._source(stream, line), stream, [problem])

    def _source(self, stream: str, line: bytes, occurrence: object = None) -> Source:
        """Where what stands in a line comes from."""
        return Source(
            stream,
            rows=(line,),
            epochs=(self.checkpoints.take(),),
            occurrence=occurrence if isinstance(occurrence, int) else None,
            origin=stream,
        )

    def _line(self, message: Mapping[str, Any]) -> bytes:
        reader = self.message_reader
        line = reader.line if isinstance(reader, MessageReader) else b""
        return line or msgspec.json.encode(message, enc_hook=str)
