"""Writes Singer messages to standard output, many records at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecWriter, serialize_jsonl
from singer_sdk.singerlib import Message, RecordMessage, SchemaMessage, StateMessage

BUFFER_BYTES = 256 * 1024
# After so long, a STATE is written whatever its size.
STATE_SECONDS = 60.0

_encoder = msgspec.json.Encoder(decimal_format="number")


class _RecordLine(msgspec.Struct, gc=False):
    """A RECORD message, as it is encoded."""

    type: str
    stream: str
    record: Any
    version: int | msgspec.UnsetType
    time_extracted: datetime


class InterruptedRunError(SystemExit):
    """A signal asked the process to end; the code is the exit code."""


class MessageWriter(MsgSpecWriter):
    """Buffers records, and writes them when there are enough or when another message follows.

    So messages stay in order, and a STATE is never written before its records.
    """

    def __init__(self) -> None:
        super().__init__()
        self._buffer = bytearray()
        self._bytes_since_state = 0
        self._last_state_bytes = 0
        self._last_state_at = time.monotonic()
        self._is_writing = False
        self._exit_code: int | None = None

    def write_message(self, message: Message) -> None:
        """Writes a message; a record may stay in the buffer."""
        line = self.format_message(message)
        if isinstance(message, StateMessage):
            self._bytes_since_state, self._last_state_bytes = 0, len(line)
            self._last_state_at = time.monotonic()
        elif isinstance(message, RecordMessage):
            self._bytes_since_state += len(line)
        self._buffer += line
        if len(self._buffer) >= BUFFER_BYTES or not isinstance(message, RecordMessage):
            self.flush()

    def serialize_message(self, message: Message) -> bytearray:
        """The line of a message. singer-sdk copies the schema of a SCHEMA at every depth first."""
        if not isinstance(message, SchemaMessage):
            return super().serialize_message(message)
        parts = {each.name: getattr(message, each.name) for each in fields(message)}
        return serialize_jsonl({name: part for name, part in parts.items() if part is not None})

    def write_records(
        self, stream: str, records: Sequence[Any], version: int | None, time_extracted: datetime
    ) -> None:
        """Writes many records at once; they may stay in the buffer.

        Args:
            stream: The stream.
            records: Dictionaries or structs of msgspec.
            version: The version of the table, if the messages have one.
            time_extracted: When they were read.

        Raises:
            RecursionError: A record is nested too deeply; then none was written.
        """
        shown = msgspec.UNSET if version is None else version
        lines = _encoder.encode_lines(
            [_RecordLine("RECORD", stream, record, shown, time_extracted) for record in records]
        )
        self._bytes_since_state += len(lines)
        self._buffer += lines
        if len(self._buffer) >= BUFFER_BYTES:
            self.flush()

    @property
    def is_state_due(self) -> bool:
        """Whether records of at least its size followed the last STATE, or it is old."""
        return (
            self._bytes_since_state >= self._last_state_bytes
            or time.monotonic() - self._last_state_at >= STATE_SECONDS
        )

    def flush(self) -> None:
        """Writes the buffer.

        Raises:
            OSError: It cannot be written, for example to a full disk or a closed pipe.
            InterruptedRunError: A signal asked the process to end meanwhile.
        """
        pending, self._buffer = self._buffer, bytearray()
        if sys.stdout is None:
            message = "standard output is closed"
            raise OSError(message)
        self._is_writing = True
        try:
            rest = memoryview(pending)
            while rest:
                # A signal may interrupt a write before it is complete.
                rest = rest[sys.stdout.buffer.write(rest) :]
            sys.stdout.flush()
        finally:
            self._is_writing = False
        if self._exit_code is not None:
            raise InterruptedRunError(self._exit_code)

    def terminate(self, exit_code: int) -> None:
        """Ends the process, but lets a write in progress finish, so that no message is cut off.

        Raises:
            InterruptedRunError: At once, unless a write is in progress.
        """
        self._exit_code = exit_code
        if not self._is_writing:
            raise InterruptedRunError(exit_code)
