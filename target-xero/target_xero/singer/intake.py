"""From messages to records; a line that breaks the Singer protocol is refused alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from singer_sdk.exceptions import (
    InvalidInputLine,
    InvalidJSONSchema,
    MappingError,
    RecordsWithoutSchemaException,
)

from target_xero.build.records import InvalidRecordError, Provenance, Record
from target_xero.report.results import ERROR_COLUMN
from target_xero.retry.retries import Retry
from target_xero.run.run import Run
from target_xero.singer.messages.batch_files import BatchFileError, batch_lines, batch_problem
from target_xero.singer.messages.protocol_errors import ProtocolErrors
from target_xero.singer.messages.reader import InvalidLineError, decode_line
from target_xero.singer.messages.validation import schema_problem
from target_xero.singer.mirrored_streams import MirroredStreams
from target_xero.singer.receivers import RecordReceiver
from target_xero.singer.stream_maps import apply_stream_map
from target_xero.singer.streams import Streams
from xero_client.errors import SettingsError
from xero_client.http import wire

logger = logging.getLogger("target-xero")

MAX_SHOWN = 120

# Reports a record as invalid: where it comes from, its entity, the problems.
Refuse = Callable[[Provenance, str, Sequence[str]], None]


class Intake:
    """Takes messages: applies ``stream_maps`` to records, and passes them on to a receiver."""

    def __init__(
        self,
        run: Run,
        streams: Streams,
        receiver: RecordReceiver,
        refuse: Refuse,
        errors: ProtocolErrors,
        mirrored: MirroredStreams,
    ) -> None:
        """Starts before the first message.

        Args:
            run: The run.
            streams: The streams that have come.
            receiver: Where the records go.
            refuse: Reports a record as invalid.
            errors: Gets the errors of the input in the Singer protocol.
            mirrored: The streams with the setting ``mirror``.
        """
        self._streams = streams
        self._receiver = receiver
        self._refuse = refuse
        self._errors = errors
        self._mirrored = mirrored
        self._organisations = run.organisations
        self._retries = run.retries
        self._results = run.results
        self._checkpoints = run.checkpoints
        self._start_progress = run.progress.start
        self._schema_errors: dict[str, str] = {}
        self._schema_lines: dict[str, bytes] = {}
        self._takes: Mapping[str, Callable[[dict[str, Any], bytes], None]] = {
            "SCHEMA": self._take_schema,
            "RECORD": self._take_record,
            "BATCH": self._take_batch,
            "STATE": self._take_state,
            "ACTIVATE_VERSION": self._take_activate_version,
        }

    @property
    def has_schema(self) -> bool:
        """Whether a SCHEMA message has come."""
        return bool(self._schema_lines or self._schema_errors)

    @property
    def schemas(self) -> Mapping[str, bytes]:
        """The SCHEMA message of each stream that has come."""
        return self._schema_lines

    def take(self, message: dict[str, Any], line: bytes) -> bool:
        """Takes a message.

        Args:
            message: The message.
            line: Its line, for the rejects file.

        Returns:
            Whether its type is one of Singer's.

        Raises:
            SettingsError: The settings of a stream are wrong.
            RunStoppedError: The run cannot go on.
        """
        take = self._takes.get(message["type"])
        if take is None:
            return False
        take(message, line)
        return True

    def reject_line(self, line: bytes, why: str, stream: str = "") -> None:
        """Refuses a line.

        Args:
            line: The line.
            why: Why it is refused.
            stream: Its stream, if it is known.
        """
        shown = line[:MAX_SHOWN].decode(errors="replace").rstrip()
        problem = f"{why}: {shown!r}"
        self._errors.note(InvalidInputLine(problem))
        self._refuse(self._provenance(stream, line), stream, [problem])

    # SCHEMA

    def _take_schema(self, message: dict[str, Any], line: bytes) -> None:
        stream = message.get("stream")
        problem = schema_problem(message)
        if problem is not None:
            self._reject_schema(stream, problem)
            return
        assert isinstance(stream, str)  # noqa: S101  # schema_problem checked it
        if self._schema_lines.get(stream) == line and stream in self._streams:
            return  # Taps repeat it, for example before the children of each parent.
        self._streams.flush(stream)
        self._schema_lines[stream] = line
        self._results.remember_schema(stream, line)
        try:
            self._streams.add(message)
        except (InvalidJSONSchema, RecursionError) as error:
            self._reject_schema(stream, str(error))
        except MappingError as error:
            text = f"Setting 'stream_maps' does not fit stream {stream!r}: {error}"
            raise SettingsError(text) from None
        else:
            self._schema_errors.pop(stream, None)
            self._begin_stream(stream)

    def _begin_stream(self, stream: str) -> None:
        """Begins a stream whose SCHEMA came: its rejects of earlier runs are tried first."""
        sinks = self._streams.sinks(stream)
        for sink in sinks:
            self._organisations.expect(sink.rule)
            self._mirrored.begin(sink)
        if self._retries is not None:
            names_organisations = any(sink.rule.tenant_id for sink in sinks)
            for retry in self._retries.of_stream(stream, names_organisations=names_organisations):
                self._try_again(stream, retry)
        for sink in sinks:
            self._mirrored.note_retried(sink)

    def _try_again(self, stream: str, retry: Retry) -> None:
        if retry.problem:
            self._refuse(retry.provenance, retry.entity, [retry.problem])
            return
        for record, provenance in retry.records:
            self._pass_on(stream, record, provenance)
        self._streams.flush(stream)

    def _reject_schema(self, stream: object, problem: str) -> None:
        """Drops the stream's schema, so that each of its records is refused."""
        message = f"The SCHEMA of stream {stream!r} is invalid: {problem}"
        logger.error("%s", message)
        self._errors.note(InvalidInputLine(message))
        if isinstance(stream, str):
            self._schema_errors[stream] = message
            self._streams.remove(stream)

    # RECORD and BATCH

    def _take_record(self, message: dict[str, Any], line: bytes) -> None:
        stream = message.get("stream")
        record = message.get("record")
        if not isinstance(stream, str) or not isinstance(record, dict):
            self.reject_line(line, "a RECORD needs a stream and a record")
            return
        if record.pop(ERROR_COLUMN, None) is not None:  # it comes from a rejects file
            line = wire.encode(message)
        provenance = self._provenance(stream, line, message.get("occurrence"))
        if self._has_schema(stream, provenance):
            self._pass_on(stream, record, provenance)
        self._start_progress()

    def _has_schema(self, stream: str, provenance: Provenance) -> bool:
        """Whether a stream has a SCHEMA; if not, refuses the record."""
        if stream in self._streams:
            return True
        problem = self._schema_errors.get(stream)
        if problem is None:
            problem = f"stream {stream!r} has no SCHEMA before this record"
        self._errors.note(RecordsWithoutSchemaException(problem))
        self._refuse(provenance, stream, [problem])
        return False

    def _pass_on(self, stream: str, record: Record, provenance: Provenance) -> None:
        """Applies the stream maps to a record, and passes the results on."""
        maps = self._streams.maps(stream)
        if provenance.epochs:  # a reject of an earlier run has none
            for _ in maps[1:]:
                self._checkpoints.add_record()  # each stream map settles the record once
        for stream_map in maps:
            alias = stream_map.stream_alias
            try:
                mapped = apply_stream_map(stream_map, record)
            except InvalidRecordError as error:
                self._refuse(provenance, alias, error.problems)
                continue
            if mapped is None:
                self._checkpoints.settle_records(provenance.epochs)
                continue
            is_mapped = mapped is not record
            self._receiver.receive(alias, mapped, provenance, is_mapped=is_mapped)

    def _take_batch(self, message: dict[str, Any], line: bytes) -> None:
        stream = message.get("stream")
        problem = batch_problem(message)
        if problem is not None or not isinstance(stream, str):
            self.reject_line(line, str(problem), stream if isinstance(stream, str) else "")
            return
        if not self._has_schema_of_batch(stream, line):
            return
        batch_config = self._streams.sinks(stream)[0].batch_config
        storage = batch_config.storage if batch_config else None
        try:
            for url in message["manifest"]:
                compression = message["encoding"].get("compression")
                for number, batch_line in enumerate(batch_lines(url, compression, storage), 1):
                    self._take_batch_line(stream, batch_line, f"line {number} of {url}")
        except BatchFileError as error:
            self.reject_line(line, str(error), stream)

    def _has_schema_of_batch(self, stream: str, line: bytes) -> bool:
        # A provenance counts a record, so that none is made for a BATCH that is taken.
        return stream in self._streams or self._has_schema(stream, self._provenance(stream, line))

    def _take_batch_line(self, stream: str, line: bytes, place: str) -> None:
        """Takes the record in a line of a BATCH file, whose place is for messages."""
        if not line.strip():
            return
        try:
            record = decode_line(line)
        except InvalidLineError as error:
            self.reject_line(line, f"{place} is {error}", stream)
            return
        if not isinstance(record, dict):
            self.reject_line(line, f"{place} is not a record", stream)
            return
        message = b'{"type":"RECORD","stream":%s,"record":%s}' % (wire.encode(stream), line.strip())
        self._pass_on(stream, record, self._provenance(stream, message))
        self._start_progress()

    # STATE and ACTIVATE_VERSION

    def _take_state(self, message: dict[str, Any], line: bytes) -> None:
        if "value" not in message:
            self.reject_line(line, "a STATE needs a value")
            return
        self._checkpoints.add_state(message["value"])

    def _take_activate_version(self, message: dict[str, Any], line: bytes) -> None:  # noqa: ARG002  # as the others
        stream = str(message.get("stream"))
        self._receiver.complete_stream(stream, message.get("version"))
        for sink in self._streams.sinks(stream):
            self._mirrored.note_complete(sink)

    def _provenance(self, stream: str, line: bytes, occurrence: object = None) -> Provenance:
        """The provenance of a record in a line."""
        return Provenance(
            stream,
            messages=(line,),
            epochs=(self._checkpoints.add_record(),),
            occurrence=occurrence if isinstance(occurrence, int) else None,
            tap_stream=stream,
        )
