"""From messages to records; a line that breaks the Singer protocol is refused alone."""

from __future__ import annotations

import abc
import logging
from collections import Counter
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

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance, Record
from target_xero.build.streams.stream_names import check_stream_name
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.progress import Progress
from target_xero.report.results import ERROR_COLUMN, Results
from target_xero.singer.batch_files import BatchFileError, batch_lines, batch_problem
from target_xero.singer.command_line import CommandLineTarget
from target_xero.singer.reader import InvalidLineError, MessageReader, decode_line
from target_xero.singer.validation import schema_problem
from xero_client.errors import SettingsError
from xero_client.http import wire
from xero_client.settings.connection_settings import ConnectionSettings

logger = logging.getLogger("target-xero")

MAX_SHOWN = 120


class MessageTarget(CommandLineTarget, abc.ABC):
    """Reads messages, and passes their records to ``handle_record``."""

    message_reader_class = MessageReader

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self._schema_errors: dict[str, str] = {}
        # How many records of each stream have come.
        self.record_numbers: Counter[str] = Counter()
        self._schema_lines: dict[str, bytes] = {}
        # The first error in the Singer protocol; it ends the run after all records were published.
        self.protocol_error: Exception | None = None
        super().__init__(**options)
        reader = self.message_reader
        if isinstance(reader, MessageReader):
            reader.on_invalid_line = self._reject_line

    @property
    @abc.abstractmethod
    def results(self) -> Results:
        """The results and rejects files."""

    @property
    @abc.abstractmethod
    def checkpoints(self) -> Checkpoints:
        """The STATE messages that are held back."""

    @property
    @abc.abstractmethod
    def progress(self) -> Progress:
        """The progress line on a terminal."""

    @abc.abstractmethod
    def handle_record(self, stream: str, record: Record, provenance: Provenance) -> None:
        """Publishes a record, whose stream has a SCHEMA."""

    @abc.abstractmethod
    def finish_documents(self, stream: str) -> None:
        """Ends the documents of a stream whose rows are still coming; its SCHEMA changes."""

    @abc.abstractmethod
    def refuse(self, provenance: Provenance, entity: str, problems: Sequence[str]) -> None:
        """Reports a record as invalid; it is not sent."""

    @abc.abstractmethod
    def skip_deleted(self, provenance: Provenance) -> None:
        """Leaves out a record that its source has marked as deleted."""

    @abc.abstractmethod
    def skip_empty(self, provenance: Provenance) -> None:
        """Leaves out a record without any value."""

    @property
    def has_schema(self) -> bool:
        """Whether a SCHEMA message has come."""
        return bool(self._schema_lines or self._schema_errors)

    @property
    @abc.abstractmethod
    def connection(self) -> ConnectionSettings:
        """The connection settings."""

    @abc.abstractmethod
    def publish(self, stream: str, publication: Publication, provenance: Provenance) -> None:
        """Publishes a record.

        Args:
            stream: The stream, as ``stream_maps`` call it.
            publication: What is published.
            provenance: Where it comes from.
        """

    def check_stream(self, stream: str) -> None:
        """Checks that the settings of a stream that comes are not under a misspelled name.

        Raises:
            SettingsError: They are.
        """
        check_stream_name(stream, self.config, self._sinks_active)

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        problem = schema_problem(message_dict)
        if problem is not None:
            self._reject_schema(stream, problem)
            return
        assert isinstance(stream, str)  # noqa: S101  # schema_problem checked it
        line = self._raw_line(message_dict)
        if self._schema_lines.get(stream) == line and stream in self.mapper.stream_maps:
            return  # Taps repeat it, for example before the children of each parent.
        self.finish_documents(stream)
        self._schema_lines[stream] = line
        self.results.remember_schema(stream, line)
        try:
            super()._process_schema_message(message_dict)
        except (InvalidJSONSchema, RecursionError) as error:
            self._reject_schema(stream, str(error))
        except MappingError as error:
            message = f"Setting 'stream_maps' does not fit stream {stream!r}: {error}"
            raise SettingsError(message) from None
        else:
            self._schema_errors.pop(stream, None)

    def _reject_schema(self, stream: object, problem: str) -> None:
        """Drops the stream's schema, so that each of its records is refused."""
        message = f"The SCHEMA of stream {stream!r} is invalid: {problem}"
        logger.error("%s", message)
        self._note_protocol_error(InvalidInputLine(message))
        if isinstance(stream, str):
            self._schema_errors[stream] = message
            self.mapper.stream_maps.pop(stream, None)

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        record = message_dict.get("record")
        if not isinstance(stream, str) or not isinstance(record, dict):
            self._reject_line(self._raw_line(message_dict), "a RECORD needs a stream and a record")
            return
        line = self._raw_line(message_dict)
        if record.pop(ERROR_COLUMN, None) is not None:  # it comes from a rejects file
            line = wire.encode(message_dict)
        provenance = self._provenance(stream, line, message_dict.get("occurrence"))
        if self._has_schema(stream, provenance):
            self.handle_record(stream, record, provenance)
        self.progress.tick()

    def _has_schema(self, stream: str, provenance: Provenance) -> bool:
        """Whether a stream has a SCHEMA; if not, refuses the record."""
        if stream in self.mapper.stream_maps:
            return True
        problem = self._schema_errors.get(stream)
        if problem is None:
            problem = f"stream {stream!r} has no SCHEMA before this record"
        self._note_protocol_error(RecordsWithoutSchemaException(problem))
        self.refuse(provenance, stream, [problem])
        return False

    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:
        line = self._raw_line(message_dict)
        stream = message_dict.get("stream")
        problem = batch_problem(message_dict)
        if problem is not None or not isinstance(stream, str):
            self._reject_line(line, str(problem))
            return
        if stream not in self.mapper.stream_maps:
            self._has_schema(stream, self._provenance(stream, line))
            return
        [sink, *_] = (
            self._sinks_active[stream_map.stream_alias]
            for stream_map in self.mapper.stream_maps[stream]
        )
        storage = sink.batch_config.storage if sink.batch_config else None
        try:
            for url in message_dict["manifest"]:
                compression = message_dict["encoding"].get("compression")
                for batch_line in batch_lines(url, compression, storage):
                    self._take_batch_line(stream, batch_line)
        except BatchFileError as error:
            self._reject_line(line, str(error), stream)

    def _take_batch_line(self, stream: str, line: bytes) -> None:
        """Publishes the record in a line of a BATCH file."""
        if not line.strip():
            return
        try:
            record = decode_line(line)
        except InvalidLineError as error:
            self._reject_line(line, f"a line of a BATCH file is {error}")
            return
        if not isinstance(record, dict):
            self._reject_line(line, "a line of a BATCH file is not a record")
            return
        message = b'{"type":"RECORD","stream":%s,"record":%s}' % (wire.encode(stream), line.strip())
        self.handle_record(stream, record, self._provenance(stream, message))
        self.progress.tick()

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        if "value" not in message_dict:
            self._reject_line(self._raw_line(message_dict), "a STATE needs a value")
            return
        self.checkpoints.add_state(message_dict["value"])

    def note_missing_key(self, stream: str, problem: str) -> None:
        """Notes that a record does not have its key."""
        self._note_protocol_error(MissingKeyPropertiesError(f"{stream}: {problem}"))

    def _note_protocol_error(self, error: Exception) -> None:
        if self.protocol_error is None:
            self.protocol_error = error

    def _reject_line(self, line: bytes, why: str, stream: str = "") -> None:
        shown = line[:MAX_SHOWN].decode(errors="replace").rstrip()
        problem = f"{why}: {shown!r}"
        self._note_protocol_error(InvalidInputLine(problem))
        self.refuse(self._provenance(stream, line), stream, [problem])

    def _provenance(self, stream: str, line: bytes, occurrence: object = None) -> Provenance:
        """The provenance of a record in a line."""
        return Provenance(
            stream,
            messages=(line,),
            epochs=(self.checkpoints.add_record(),),
            occurrence=occurrence if isinstance(occurrence, int) else None,
            tap_stream=stream,
        )

    def _raw_line(self, message: Mapping[str, Any]) -> bytes:
        reader = self.message_reader
        line = reader.line if isinstance(reader, MessageReader) else b""
        return line or msgspec.json.encode(message, enc_hook=str)
