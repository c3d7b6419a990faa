"""Responses within bounds: the whole exchange in a time, and its body up to a size.

The timeout of a socket bounds each wait for bytes, not their sum. So a server that sends one byte a
second would keep a call open for ever, and a small compressed body could fill the memory.
"""

from __future__ import annotations

import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import BytesIO
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from xero_client.http.calls import was_never_sent

# The largest page that the documented limits allow is far below this; so is the largest file
# (xero-facts.md: Limits, Attachments and history).
MAX_BODY_BYTES = 128 * 1024 * 1024
# Values of Python take much more memory than short JSON: ``{},{},{}``. Xero's take 25 bytes each.
MAX_JSON_VALUES = 6_000_000
# Tokens, and the consent page.
MAX_SMALL_BODY_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
DEFAULT_SECONDS = 120.0
# The window size that makes zlib expect the header and checksum of gzip.
GZIP_WBITS = 31


class TooLargeError(OSError):
    """A body is larger than its limit."""


class _Deadline:
    """Shuts the sockets of one exchange down when its time is over; thread-safe."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_over = False
        self._timer = threading.Timer(seconds, self._shut_down)
        self._timer.daemon = True
        self._timer.start()

    @property
    def is_over(self) -> bool:
        """Whether the time was over before the exchange ended."""
        with self._lock:
            return self._is_over

    def watch(self, sock: socket.socket) -> bool:
        """Takes a socket of the exchange; False if the time is over already."""
        # TLS takes the socket over. Its duplicate shuts down the same connection.
        duplicate = socket.fromfd(sock.fileno(), sock.family, sock.type)
        with self._lock:
            self._sockets.append(duplicate)
            return not self._is_over

    def end(self) -> None:
        """Ends the exchange."""
        self._timer.cancel()
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def _shut_down(self) -> None:
        with self._lock:
            self._is_over = True
            for sock in self._sockets:
                with suppress(OSError):  # the server has closed it
                    sock.shutdown(socket.SHUT_RDWR)


_deadline: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def exchange_within(seconds: float) -> Iterator[None]:
    """Bounds the time of one exchange from its connection to the last byte that is read.

    Raises:
        TimeoutError: It took longer. A response that is cut off can look like a complete one.
    """
    deadline = _Deadline(seconds)
    token = _deadline.set(deadline)
    try:
        yield
    except Exception as error:
        if deadline.is_over and not was_never_sent(error):
            raise TimeoutError from None
        raise
    finally:
        _deadline.reset(token)
        deadline.end()
    if deadline.is_over:
        raise TimeoutError


class _WatchedConnection(urllib3.connection.HTTPConnection):
    """A connection whose socket the deadline of the present exchange knows."""

    def _new_conn(self) -> socket.socket:
        # Before TLS, whose handshake a server can prolong too.
        sock = super()._new_conn()
        deadline = _deadline.get()
        if deadline is not None and not deadline.watch(sock):
            sock.close()
            message = "no connection in time"
            raise urllib3.exceptions.ConnectTimeoutError(self, message)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as urllib3 has it
        """Sends a request; the socket may be that of an earlier exchange."""
        deadline = _deadline.get()
        if deadline is not None and self.sock is not None:
            deadline.watch(self.sock)
        super().request(*args, **kwargs)


class _WatchedTLSConnection(_WatchedConnection, urllib3.connection.HTTPSConnection):
    """The same with TLS."""


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTLSConnection


class BoundedAdapter(HTTPAdapter):
    """An adapter of requests whose exchanges are within bounds.

    A response that is not streamed is read here. With ``stream``, the caller bounds the exchange:
    with ``exchange_within``, ``read_body`` and ``decompressed``.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as requests has it
        """Uses connections that know the deadline."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # as requests has it
        timeout: Any = None,  # noqa: ANN401  # the same
        verify: bool | str = True,  # noqa: FBT001, FBT002  # the same
        cert: Any = None,  # noqa: ANN401  # the same
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Sends a request.

        Raises:
            requests.ReadTimeout: No complete response came within ``timeout`` seconds.
            requests.exceptions.ContentDecodingError: The body is damaged, or too large.
        """
        if stream:
            return super().send(request, stream, timeout, verify, cert, proxies)
        seconds = timeout if isinstance(timeout, (int, float)) else DEFAULT_SECONDS
        try:
            with exchange_within(seconds):
                response = super().send(request, True, timeout, verify, cert, proxies)  # noqa: FBT003  # the same
                received = read_body(response.raw, MAX_SMALL_BODY_BYTES)
            encoding = response.headers.get("Content-Encoding", "")
            response.raw = BytesIO(decompressed(received, encoding, MAX_SMALL_BODY_BYTES))
        except TimeoutError:
            raise requests.ReadTimeout(request=request) from None
        except (TooLargeError, EOFError, zlib.error) as error:
            message = str(error)
            raise requests.exceptions.ContentDecodingError(message, request=request) from None
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError(error, request=request) from None
        return response


def bounded_session() -> requests.Session:
    """A session whose exchanges are within bounds."""
    session = requests.Session()
    mount_bounds(session)
    return session


def mount_bounds(session: requests.Session, connections: int = 1) -> None:
    """Makes all exchanges of a session stay within bounds.

    Args:
        session: The session.
        connections: The connections to keep open.
    """
    adapter = BoundedAdapter(pool_maxsize=connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)


def read_body(raw: urllib3.HTTPResponse, limit: int | None = None) -> bytes:
    """The body as it was received, still compressed.

    Args:
        raw: The response, whose body was not read yet.
        limit: The most bytes; None for ``MAX_BODY_BYTES``.

    Raises:
        TooLargeError: The body is too large.
        urllib3.exceptions.HTTPError: The connection failed.
    """
    limit = MAX_BODY_BYTES if limit is None else limit
    chunks: list[bytes] = []
    size = 0
    while chunk := raw.read1(CHUNK_BYTES, decode_content=False):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
    return b"".join(chunks)


def decompressed(received: bytes, encoding: str, limit: int | None = None) -> bytes:
    """The body without its content encoding.

    Args:
        received: The body as it was received.
        encoding: Its ``Content-Encoding``.
        limit: The most bytes of the result; None for ``MAX_BODY_BYTES``.

    Raises:
        TooLargeError: The body is too large.
        EOFError, zlib.error: The body is cut off or damaged.
    """
    if encoding.lower() not in ("gzip", "x-gzip"):
        return received
    left = limit = MAX_BODY_BYTES if limit is None else limit
    members: list[bytes] = []
    while received:
        decompressor = zlib.decompressobj(wbits=GZIP_WBITS)
        members.append(decompressor.decompress(received, left + 1))
        left -= len(members[-1])
        if left < 0:
            raise _too_large(limit)
        if not decompressor.eof:
            message = "the body is cut off"
            raise EOFError(message)
        received = decompressor.unused_data.lstrip(b"\0")
    return members[0] if len(members) == 1 else b"".join(members)


def check_json_values(body: bytes) -> None:
    """Checks that decoded JSON fits into the memory.

    Raises:
        TooLargeError: It has too many values.
    """
    if len(body) <= MAX_JSON_VALUES:
        return
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_JSON_VALUES:
        message = f"more than {MAX_JSON_VALUES:,} values"
        raise TooLargeError(message)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"more than {limit // (1024 * 1024)} MB")
