"""How responses are sent: whole, compressed, slowly, cut short, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from xero_sandbox.http.responses import Delivery, HttpResponse

_SLOW_CHUNKS = 20
_GZIP_FROM = 1_000
_open_transports: dict[tuple[str, int], asyncio.Transport] = {}


class TrackedProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which keeps its open connections so that a fault can break them."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Stores the connection under the client's address."""
        super().connection_made(transport)
        self._peer: tuple[str, int] = transport.get_extra_info("peername")[:2]
        _open_transports[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Removes the connection."""
        _open_transports.pop(self._peer, None)
        super().connection_lost(exc)


async def compressed(response: HttpResponse, accept_encoding: str) -> HttpResponse:
    """The response, gzipped if the client accepts it and the body is large enough."""
    large = len(response.body) >= _GZIP_FROM and "Content-Encoding" not in response.headers
    if not large or "gzip" not in accept_encoding:
        return response
    return replace(
        response,
        body=await asyncio.to_thread(gzip.compress, response.body, 1),
        headers={**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
    )


class DeliveredResponse(Response):
    """Sends a response in the way that its ``delivery`` says."""

    def __init__(self, response: HttpResponse) -> None:
        headers = dict(response.headers)
        if response.content_type:
            headers["Content-Type"] = response.content_type
        super().__init__(response.body, response.status, headers)
        self.response = response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the response."""
        if self.response.delivery is Delivery.RESET:
            await _reset(scope)
        elif self.response.delivery is Delivery.TRUNCATED:
            await self._send_part(scope, send)
        elif self.response.body_seconds:
            await self._send_slowly(send)
        else:
            await super().__call__(scope, receive, send)

    def _start(self) -> dict[str, Any]:
        return {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }

    async def _send_part(self, scope: Scope, send: Send) -> None:
        """Sends half of the body under the length of the whole one, then closes the connection."""
        await send(self._start())
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        client = tuple(scope["client"])
        _open_transports[client].close()
        await _wait_until_closed(client)

    async def _send_slowly(self, send: Send) -> None:
        await send(self._start())
        for chunk in _chunks(bytes(self.body)):
            await asyncio.sleep(self.response.body_seconds / _SLOW_CHUNKS)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _chunks(body: bytes) -> Iterator[bytes]:
    size = max(1, -(-len(body) // _SLOW_CHUNKS))
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def _wait_until_closed(client: tuple[Any, ...]) -> None:
    """Waits until the connection is closed: uvicorn reports an earlier return as a crash."""
    while client in _open_transports:  # noqa: ASYNC110  # uvicorn offers no event for it
        await asyncio.sleep(0.001)


async def _reset(scope: Scope) -> None:
    """Resets the connection, so that the client does not see a regular end."""
    client = tuple(scope["client"])
    transport = _open_transports.get(client)
    if transport is None:
        return
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _wait_until_closed(client)
