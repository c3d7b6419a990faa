"""Singer messages from standard input; an invalid line does not stop the others."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import IO, Any, Protocol

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecReader, decoder
from singer_sdk.exceptions import InvalidInputLine

from xero_client.json_value import Json

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class InvalidLineError(Exception):
    """A line is not JSON; the message says why."""


def decode_line(line: bytes) -> Json:
    """Decodes a line; numbers with a fraction become ``Decimal``, digit for digit.

    Raises:
        InvalidLineError: It is not JSON, or it cannot be decoded.
    """
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"not JSON: {error}"
    except RecursionError:
        message = "not JSON that can be read: it is nested too deeply"
    except ArithmeticError:
        message = "not JSON that can be read: it holds a number with too large an exponent"
    raise InvalidLineError(message)


def _check_encoding(first_line: bytes) -> None:
    """Checks the encoding of the input.

    Raises:
        InvalidInputLine: It is UTF-16.
    """
    if first_line.startswith(UTF_16_MARKS) or b"\0" in first_line[:2]:
        message = (
            "The input is encoded in UTF-16, and Singer messages are UTF-8: write it again in "
            "UTF-8. (Windows PowerShell writes UTF-16 with `>`: use cmd, or PowerShell 7.)"
        )
        raise InvalidInputLine(message)


class MessageTaker(Protocol):
    """Takes the messages of an input."""

    def take(self, message: dict[str, Any], line: bytes) -> bool:
        """Takes a message; returns False if it is not a Singer message."""
        ...

    def reject_line(self, line: bytes, why: str) -> None:
        """Refuses a line that is not a message."""
        ...


class MessageReader(MsgSpecReader):
    """Reads lines as bytes, and passes each message on with its line, for the rejects file."""

    def __init__(self, open_taker: Callable[[], MessageTaker]) -> None:
        """Takes what the messages go to.

        Args:
            open_taker: Gives it, when the input is read.
        """
        super().__init__()
        self._open_taker = open_taker

    def process_lines(
        self,
        file_input: IO[str] | None,
        callbacks: dict[str, Callable[[dict[str, Any]], None]],  # noqa: ARG002  # they lack the line
    ) -> Counter[str]:
        """Reads all messages, and passes them on.

        Raises:
            InvalidInputLine: The input is UTF-16.
        """
        taker = self._open_taker()
        counts: Counter[str] = Counter()
        source: Any = file_input or sys.stdin
        mark: bytes | None = BYTE_ORDER_MARK
        for raw in getattr(source, "buffer", source):
            line = raw if isinstance(raw, bytes) else raw.encode()
            if mark is not None:  # Windows programs write it before the first line
                _check_encoding(line)
                line, mark = line.removeprefix(mark), None
            if not line or line.isspace():
                continue
            try:
                message = decode_line(line)
            except InvalidLineError as error:
                taker.reject_line(line, str(error))
                continue
            kind = message.get("type") if isinstance(message, dict) else None
            if isinstance(kind, str) and taker.take(message, line):
                counts[kind] += 1
            else:
                taker.reject_line(line, f"not a Singer message: its type is {kind!r}")
        return counts
