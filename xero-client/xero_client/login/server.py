"""The socket of the local page: loopback only, and only while a login is under way."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from xero_client.login import login_errors as troubles
from xero_client.login.page_http import PageAnswer, PageRequest, security_headers

if TYPE_CHECKING:
    from xero_client.login.page import LoginPage

LARGEST_FORM = 64 * 1024
# For the browser to fetch the last page, when the login has ended or its time is over.
LAST_PAGE_SECONDS = 5.0
FREE_PORT = 8766


class LoopbackServer(ThreadingHTTPServer):
    """A server on one address of loopback."""

    # On Windows this option would let another program listen on the same port.
    allow_reuse_address = os.name != "nt"
    daemon_threads = True
    block_on_close = False

    def __init__(
        self, family: socket.AddressFamily, address: tuple[str, int], page: LoginPage
    ) -> None:
        self.address_family = family
        self.page = page
        self.finished = threading.Event()
        self.crash: BaseException | None = None
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Binds without asking the name service who we are."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.socket.getsockname()[1]

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002  # socketserver's
        """Keeps what went wrong for the end; a browser that hangs up is no news."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            self.crash = error
            self.finished.set()


class Handler(BaseHTTPRequestHandler):
    """Turns HTTP into page requests."""

    server: LoopbackServer
    timeout = 10  # a browser opens connections ahead of need and leaves them silent

    def do_GET(self) -> None:
        """Answers a GET."""
        self._respond(b"")

    def do_POST(self) -> None:
        """Answers a form."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST_FORM:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._respond(self.rfile.read(int(length)))

    def _respond(self, body: bytes) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        request = PageRequest(self.command, self.path, headers, body)
        answer = self.server.page.respond(request)
        self._send(answer)
        if answer.last:
            self.server.finished.set()

    def _send(self, answer: PageAnswer) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def send_error(self, code: int, *_words: str | None, **_more: str | None) -> None:
        """Refuses what is no proper request, with the headers of every other answer."""
        self.close_connection = True
        self._send(PageAnswer(HTTPStatus(code), security_headers()))

    def version_string(self) -> str:
        """The Server header, without versions."""
        return "xero"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's own name
        """Logs nothing: the callback's URL carries the code."""


@contextmanager
def listening(redirect_uri: str, page: LoginPage) -> Iterator[list[LoopbackServer]]:
    """Listens on the redirect URI's port, on loopback, for as long as the block lasts.

    Raises:
        ConsentError: The port is taken, or the redirect URI is not this machine's.
    """
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http":
        raise troubles.not_here(redirect_uri)
    port = parts.port or 80
    with ExitStack() as servers:
        running = [_server(socket.AF_INET, ("127.0.0.1", port), page)]
        servers.callback(running[0].server_close)
        # localhost may mean either address, and whoever has the other one could take the code.
        if _has_ipv6():
            running.append(_server(socket.AF_INET6, ("::1", port), page))
            servers.callback(running[1].server_close)
        for one in running:
            threading.Thread(target=one.serve_forever, args=(0.1,), daemon=True).start()
            servers.callback(one.shutdown)
        yield running


def await_end(servers: list[LoopbackServer], page: LoginPage, seconds: float) -> None:
    """Waits until the browser has the last page, or the time is over."""

    def is_finished() -> bool:
        return any(one.finished.is_set() for one in servers)

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (page.is_over or is_finished()):
        time.sleep(0.05)
    page.expire()
    deadline = time.monotonic() + LAST_PAGE_SECONDS
    while time.monotonic() < deadline and not is_finished():
        time.sleep(0.05)
    for one in servers:
        if one.crash is not None:
            raise one.crash


def _server(
    family: socket.AddressFamily, address: tuple[str, int], page: LoginPage
) -> LoopbackServer:
    try:
        return LoopbackServer(family, address, page)
    except OSError as error:
        port = address[1]
        other = FREE_PORT if port != FREE_PORT else FREE_PORT + 1
        why = error.strerror or str(error)
        raise troubles.port_taken(port, why, f"http://localhost:{other}/callback") from None


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
