"""Singer messages on standard output, many records a write."""

from __future__ import annotations

import sys

from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.singerlib import Message, RecordMessage

BUFFER_BYTES = 256 * 1024


class MessageWriter(MsgSpecWriter):
    """Gathers records and writes them when there are enough, or when another message follows.

    So every message stands in its place, and a STATE is never written before its records.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gathered = bytearray()

    def write_message(self, message: Message) -> None:
        """Writes a message, or gathers it where it is a record."""
        self._gathered += self.format_message(message)
        if len(self._gathered) >= BUFFER_BYTES or not isinstance(message, RecordMessage):
            self.flush()

    def flush(self) -> None:
        """Writes what was gathered."""
        gathered, self._gathered = self._gathered, bytearray()
        sys.stdout.buffer.write(gathered)
        sys.stdout.flush()
