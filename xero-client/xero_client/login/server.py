"""The HTTP server of the login page: on loopback only, and only during a login."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from xero_client.login import login_errors

if TYPE_CHECKING:
    from xero_client.login.page import LoginPage

# Connections that have not sent their request yet; beyond this number the oldest is closed.
MAX_WAITING_CONNECTIONS = 32
MAX_BACKLOG = 128
# Browsers open connections in advance and do not use them.
REQUEST_SECONDS = 10.0
# The time for the browser to fetch the last page after the login has ended.
LAST_PAGE_SECONDS = 5.0
START_SECONDS = 30.0
ALTERNATIVE_PORT = 8766


class LoopbackProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which also closes connections that send no request.

    Any program of this machine can connect. The browser must still get through.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begins a connection, and closes the oldest of too many silent ones."""
        super().connection_made(transport)
        self._began = self.loop.time()
        self._timer = self.loop.call_later(REQUEST_SECONDS, self._close_if_silent)
        silent = [
            each
            for each in self.connections
            if isinstance(each, LoopbackProtocol) and each.is_silent
        ]
        if len(silent) > MAX_WAITING_CONNECTIONS:
            min(silent, key=lambda each: each._began).transport.abort()  # noqa: SLF001  # the same class

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends a connection."""
        self._timer.cancel()
        super().connection_lost(exc)

    @property
    def is_silent(self) -> bool:
        """Whether the request has not arrived yet."""
        return self.cycle is None or self.cycle.more_body

    def _close_if_silent(self) -> None:
        if self.is_silent:
            self.transport.abort()


@contextmanager
def listen(redirect_uri: str, page: LoginPage) -> Iterator[None]:
    """Listens on the port of the redirect URI, on loopback, during the block.

    Raises:
        ConsentError: The port is in use, or the redirect URI is not on this machine.
    """
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http":
        raise login_errors.redirect_uri_not_local(redirect_uri)
    port = parts.port or 80
    with ExitStack() as listening:
        sockets = [listening.enter_context(_listener(socket.AF_INET, "127.0.0.1", port))]
        # localhost can be either address. A program on the other one could receive the code.
        if _has_ipv6():
            sockets.append(listening.enter_context(_listener(socket.AF_INET6, "::1", port)))
        server = _server(page)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=sockets)), daemon=True
        )
        thread.start()
        try:
            _await_start(server, thread)
            yield
        finally:
            server.should_exit = True
            thread.join()


def wait_for_end(page: LoginPage, timeout: float, confirm: Callable[[], bool]) -> None:
    """Waits until the browser has received the last page, or the time is over.

    Args:
        page: The page.
        timeout: The seconds that the user has.
        confirm: Asks in the terminal whether the chosen organisations are the right ones.
    """
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and not (page.is_over or page.last_page_sent.is_set()):
        if page.awaits_confirmation:
            page.confirm(accepted=confirm())
        time.sleep(0.05)
    page.expire()
    page.last_page_sent.wait(LAST_PAGE_SECONDS)


def _server(page: LoginPage) -> uvicorn.Server:
    config = uvicorn.Config(
        page.application,
        http=LoopbackProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        # uvicorn's own messages are about other programs, which are not the user's business. The
        # page logs its errors itself. An access log would show the callback's URL with the code.
        log_config=None,
        log_level="critical",
        access_log=False,
        # asyncio accepts as many connections at once, before the protocol can close any.
        backlog=MAX_BACKLOG,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            message = "the server of the login page did not start"
            raise RuntimeError(message)
        time.sleep(0.01)


def _listener(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        ConsentError: The port is in use.
    """
    try:
        # On Windows this does not let another program listen on the same port.
        return socket.create_server((host, port), family=family, backlog=MAX_BACKLOG)
    except OSError as error:
        other = ALTERNATIVE_PORT if port != ALTERNATIVE_PORT else ALTERNATIVE_PORT + 1
        reason = error.strerror or str(error)
        raise login_errors.port_unavailable(
            port, reason, f"http://localhost:{other}/callback"
        ) from None


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
