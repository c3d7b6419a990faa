"""The HTTP server of the login page: on loopback only, and only during a login."""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from xero_client.login import login_errors
from xero_client.login.page_http import PageRequest, PageResponse, security_headers

if TYPE_CHECKING:
    from xero_client.login.page import LoginPage

logger = logging.getLogger(__name__)

MAX_FORM_BYTES = 64 * 1024
# Connections that have not sent their request yet; beyond this number the oldest is closed.
MAX_WAITING_CONNECTIONS = 32
# The time for the browser to fetch the last page after the login has ended.
LAST_PAGE_SECONDS = 5.0
ALTERNATIVE_PORT = 8766


class LoopbackServer(ThreadingHTTPServer):
    """An HTTP server on one loopback address."""

    # On Windows this option would let another program listen on the same port.
    allow_reuse_address = os.name != "nt"
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, family: socket.AddressFamily, address: tuple[str, int], page: LoginPage
    ) -> None:
        self.address_family = family
        self.page = page
        self.finished = threading.Event()
        self._waiting: dict[socket.socket, None] = {}
        self._waiting_lock = threading.Lock()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Binds without a DNS lookup of the host name."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # socketserver's
        """Starts the thread of a connection, and closes the oldest of too many silent ones.

        Any program of this machine can connect. The browser must still get through.
        """
        with self._waiting_lock:
            self._waiting[request] = None
            if len(self._waiting) > MAX_WAITING_CONNECTIONS:
                oldest = next(iter(self._waiting))
                del self._waiting[oldest]
                _shut_down(oldest)
        super().process_request(request, client_address)

    def end_waiting(self, request: socket.socket) -> None:
        """Notes that the request of a connection has arrived, or that the connection is closed."""
        with self._waiting_lock:
            self._waiting.pop(request, None)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  # socketserver's
        """Closes a connection."""
        self.end_waiting(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002  # socketserver's
        """Logs an error. No request ends the login, because any program can send one."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            logger.error("The login page could not respond to a request", exc_info=error)


class Handler(BaseHTTPRequestHandler):
    """Passes HTTP requests to the login page."""

    server: LoopbackServer
    timeout = 10  # browsers open connections in advance and do not use them

    def do_GET(self) -> None:
        """Handles a GET request."""
        self._respond(b"")

    def do_POST(self) -> None:
        """Handles a form."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,9}", length):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > MAX_FORM_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._respond(self.rfile.read(int(length)))

    def _respond(self, body: bytes) -> None:
        self.server.end_waiting(self.connection)
        headers = {name.title(): value for name, value in self.headers.items()}
        try:
            url = urlsplit(self.path)
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        request = PageRequest(self.command, url.path, url.query, headers, body)
        response = self.server.page.respond(request)
        self._send(response)
        if response.last:
            self.server.finished.set()

    def _send(self, response: PageResponse) -> None:
        content = response.body.encode()
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def send_error(self, code: int, *_texts: str | None, **_more: str | None) -> None:
        """Refuses an invalid request, with the same headers as every response."""
        self.close_connection = True
        self._send(PageResponse(HTTPStatus(code), security_headers()))

    def version_string(self) -> str:
        """The Server header, without versions."""
        return "xero"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the base class
        """Logs nothing: the URL of the callback contains the code."""


@contextmanager
def listen(redirect_uri: str, page: LoginPage) -> Iterator[list[LoopbackServer]]:
    """Listens on the port of the redirect URI, on loopback, during the block.

    Raises:
        ConsentError: The port is in use, or the redirect URI is not on this machine.
    """
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http":
        raise login_errors.redirect_uri_not_local(redirect_uri)
    port = parts.port or 80
    with ExitStack() as servers:
        running = [_server(socket.AF_INET, ("127.0.0.1", port), page)]
        servers.callback(running[0].server_close)
        # localhost can be either address. A program on the other one could receive the code.
        if _has_ipv6():
            running.append(_server(socket.AF_INET6, ("::1", port), page))
            servers.callback(running[1].server_close)
        for server in running:
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
            servers.callback(server.shutdown)
        yield running


def wait_for_end(
    servers: list[LoopbackServer],
    page: LoginPage,
    timeout: float,
    confirm: Callable[[], bool],
) -> None:
    """Waits until the browser has received the last page, or the time is over.

    Args:
        servers: The running servers.
        page: The page that they show.
        timeout: The seconds that the user has.
        confirm: Asks in the terminal whether the chosen organisations are the right ones.
    """

    def is_finished() -> bool:
        return any(server.finished.is_set() for server in servers)

    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and not (page.is_over or is_finished()):
        if page.awaits_confirmation:
            page.confirm(accepted=confirm())
        time.sleep(0.05)
    page.expire()
    deadline = time.monotonic() + LAST_PAGE_SECONDS
    while time.monotonic() < deadline and not is_finished():
        time.sleep(0.05)


def _server(
    family: socket.AddressFamily, address: tuple[str, int], page: LoginPage
) -> LoopbackServer:
    try:
        return LoopbackServer(family, address, page)
    except OSError as error:
        port = address[1]
        other = ALTERNATIVE_PORT if port != ALTERNATIVE_PORT else ALTERNATIVE_PORT + 1
        reason = error.strerror or str(error)
        raise login_errors.port_unavailable(
            port, reason, f"http://localhost:{other}/callback"
        ) from None


def _shut_down(connection: socket.socket) -> None:
    # The thread of the connection reads its end, and closes it.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
