"""Singer messages from standard input; an invalid line does not stop the others."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import IO, Any

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecReader, decoder
from singer_sdk.exceptions import InvalidInputLine

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class InvalidLineError(Exception):
    """A line is not JSON; the message says why."""


def decode_line(line: bytes) -> Any:  # noqa: ANN401  # any JSON
    """Decodes a line; numbers with a fraction become ``Decimal``, digit for digit.

    Raises:
        BadLineError: It is not JSON, or it cannot be decoded.
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


class MessageReader(MsgSpecReader):
    """Reads lines as bytes, and keeps the current one for the rejects file.

    Attributes:
        line: The line of the current message.
        on_invalid_line: Called with each line that is not a message, and with the reason.
    """

    def __init__(self) -> None:
        super().__init__()
        self.line = b""
        self.on_invalid_line: Callable[[bytes, str], None] = lambda _line, _why: None

    def process_lines(
        self,
        file_input: IO[str] | None,
        callbacks: dict[str, Callable[[dict[str, Any]], None]],
    ) -> Counter[str]:
        """Reads all messages, and calls the callback for the type of each.

        Raises:
            InvalidInputLine: The input is UTF-16.
        """
        counts: Counter[str] = Counter()
        source: Any = file_input or sys.stdin
        mark: bytes | None = BYTE_ORDER_MARK
        for raw in getattr(source, "buffer", source):
            line = raw if isinstance(raw, bytes) else raw.encode()
            if mark is not None:  # Windows programs write it before the first line
                _check_encoding(line)
                line, mark = line.removeprefix(mark), None
            if not line.strip():
                continue
            self.line = line
            try:
                message = decode_line(line)
            except InvalidLineError as error:
                self.on_invalid_line(line, str(error))
                continue
            kind = message.get("type") if isinstance(message, dict) else None
            callback = callbacks.get(kind) if isinstance(kind, str) else None
            if callback is None:
                self.on_invalid_line(line, f"not a Singer message: its type is {kind!r}")
                continue
            callback(message)
            counts[str(kind)] += 1
        return counts
