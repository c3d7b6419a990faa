"""Responses within bounds: the whole response in a time, and its body up to a size.

The timeout of a socket bounds each wait for bytes, not their sum. So a server that sends one byte a
second would keep a call open for ever, and a small compressed body could fill the memory.
"""

from __future__ import annotations

import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter

# The largest page that the documented limits allow is far below this; so is the largest file
# (xero-facts.md: Limits, Attachments and history).
MAX_BODY_BYTES = 256 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
# The window size that makes zlib expect the header and checksum of gzip.
GZIP_WBITS = 31


class TooLargeError(OSError):
    """A body is larger than ``MAX_BODY_BYTES``."""

    def __init__(self) -> None:
        super().__init__(f"more than {MAX_BODY_BYTES // (1024 * 1024)} MB")


@contextmanager
def _headers_within(connection: urllib3.connection.HTTPConnection) -> Iterator[None]:
    """Shuts the socket down if the headers take longer than the timeout of the connection.

    Raises:
        TimeoutError: They took longer. Headers that are cut off look like complete ones.
    """
    seconds, sock = connection.timeout, connection.sock
    if not isinstance(seconds, (int, float)):
        yield
        return
    expired = threading.Event()
    watchdog = threading.Timer(seconds, _shut_down, [sock, expired])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        if expired.is_set():
            raise TimeoutError


def _shut_down(sock: socket.socket, expired: threading.Event) -> None:
    expired.set()
    with suppress(OSError):  # it is closed already
        sock.shutdown(socket.SHUT_RDWR)


class _HTTPConnection(urllib3.connection.HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        with _headers_within(self):
            return super().getresponse()


class _HTTPSConnection(urllib3.connection.HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        with _headers_within(self):
            return super().getresponse()


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class BoundedAdapter(HTTPAdapter):
    """An adapter of requests whose calls have a deadline for the headers."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as requests has it
        """Uses connections that bound the time for the headers."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def read_body(raw: urllib3.HTTPResponse, deadline: float) -> bytes:
    """The body as it was received, still compressed.

    Args:
        raw: The response, whose body was not read yet.
        deadline: The ``time.monotonic()`` at which the body must be complete.

    Raises:
        TimeoutError: It was not.
        TooLargeError: The body is too large.
        urllib3.exceptions.HTTPError: The connection failed.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := raw.read1(CHUNK_BYTES, decode_content=False):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise TooLargeError
        if time.monotonic() > deadline:
            raise TimeoutError
    return b"".join(chunks)


def decompressed(received: bytes, encoding: str) -> bytes:
    """The body without its content encoding.

    Raises:
        TooLargeError: The body is too large.
        EOFError, zlib.error: The body is cut off or damaged.
    """
    if encoding.lower() not in ("gzip", "x-gzip"):
        return received
    members: list[bytes] = []
    left = MAX_BODY_BYTES
    while received:
        decompressor = zlib.decompressobj(wbits=GZIP_WBITS)
        members.append(decompressor.decompress(received, left + 1))
        left -= len(members[-1])
        if left < 0:
            raise TooLargeError
        if not decompressor.eof:
            message = "the body is cut off"
            raise EOFError(message)
        received = decompressor.unused_data.lstrip(b"\0")
    return members[0] if len(members) == 1 else b"".join(members)
