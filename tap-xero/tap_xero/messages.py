"""Singer messages on standard output, many records a write."""

from __future__ import annotations

import sys

from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.singerlib import Message, RecordMessage

BUFFER_BYTES = 256 * 1024


class InterruptedRunError(SystemExit):
    """Somebody asked the process to end; its code is the exit code."""


class MessageWriter(MsgSpecWriter):
    """Gathers records and writes them when there are enough, or when another message follows.

    So every message stands in its place, and a STATE is never written before its records.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gathered = bytearray()
        self._is_writing = False
        self._exit_code: int | None = None

    def write_message(self, message: Message) -> None:
        """Writes a message, or gathers it where it is a record."""
        self._gathered += self.format_message(message)
        if len(self._gathered) >= BUFFER_BYTES or not isinstance(message, RecordMessage):
            self.flush()

    def flush(self) -> None:
        """Writes what was gathered.

        Raises:
            OSError: It cannot be written: a full disk, or a reader that went away.
            InterruptedRunError: Somebody asked the process to end meanwhile.
        """
        gathered, self._gathered = self._gathered, bytearray()
        if sys.stdout is None:
            message = "standard output is closed"
            raise OSError(message)
        self._is_writing = True
        try:
            rest = memoryview(gathered)
            while rest:
                # A signal may end a write before all of it is out.
                rest = rest[sys.stdout.buffer.write(rest) :]
            sys.stdout.flush()
        finally:
            self._is_writing = False
        if self._exit_code is not None:
            raise InterruptedRunError(self._exit_code)

    def end(self, exit_code: int) -> None:
        """Ends the process, after what is being written: a message that is cut off is none.

        Raises:
            InterruptedRunError: At once, unless something is being written.
        """
        self._exit_code = exit_code
        if not self._is_writing:
            raise InterruptedRunError(exit_code)
