"""Singer messages from standard input; a line that is none does not stop the others."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import IO, Any

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecReader, decoder

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BadLineError(Exception):
    """A line that is not JSON; says why."""


def decoded(line: bytes) -> Any:  # noqa: ANN401  # any JSON
    """What a line says; numbers with a fraction become ``Decimal``, digit for digit.

    Raises:
        BadLineError: It is not JSON, or holds what nobody could.
    """
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"not JSON: {error}"
    except RecursionError:
        message = "not JSON that can be read: it is nested too deeply"
    except ArithmeticError:
        message = "not JSON that can be read: it holds a number with too large an exponent"
    raise BadLineError(message)


class MessageReader(MsgSpecReader):
    """Reads lines as bytes, and keeps the present one for the rejects file.

    Attributes:
        line: The line of the message that is being processed.
        on_bad_line: Is told of lines that are no messages: the line, and why.
    """

    def __init__(self) -> None:
        super().__init__()
        self.line = b""
        self.on_bad_line: Callable[[bytes, str], None] = lambda _line, _why: None

    def process_lines(
        self,
        file_input: IO[str] | None,
        callbacks: dict[str, Callable[[dict[str, Any]], None]],
    ) -> Counter[str]:
        """Reads all messages, and calls back for each by its type."""
        counts: Counter[str] = Counter()
        source: Any = file_input or sys.stdin
        mark: bytes | None = BYTE_ORDER_MARK
        for given in getattr(source, "buffer", source):
            line = given if isinstance(given, bytes) else given.encode()
            if mark is not None:  # programs of Windows write one before the first line
                line, mark = line.removeprefix(mark), None
            if not line.strip():
                continue
            self.line = line
            try:
                message = decoded(line)
            except BadLineError as error:
                self.on_bad_line(line, str(error))
                continue
            kind = message.get("type") if isinstance(message, dict) else None
            callback = callbacks.get(kind) if isinstance(kind, str) else None
            if callback is None:
                self.on_bad_line(line, f"not a Singer message: its type is {kind!r}")
                continue
            callback(message)
            counts[str(kind)] += 1
        return counts
