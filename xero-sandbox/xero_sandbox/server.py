"""Runs a sandbox: in a thread of a test, or as the process of the command line.

Example::

    with server(companies=["empty"]) as xero:
        requests.get(xero.base_uri + "/Accounts", headers=xero.headers())
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from xero_sandbox.app import application
from xero_sandbox.companies.presets import build_companies
from xero_sandbox.control.addresses import Addresses
from xero_sandbox.control.controls import Controls
from xero_sandbox.http.delivery import TrackedProtocol
from xero_sandbox.http.limits import GENEROUS, Limits
from xero_sandbox.model.clock import Clock
from xero_sandbox.model.organisation import Organisation
from xero_sandbox.sandbox import Sandbox, new_sandbox

HOST = "127.0.0.1"
_START_SECONDS = 30.0
_MAX_HEADERS = 64 * 1024


class _Server(uvicorn.Server):
    """A uvicorn server that tells when it has started; from then on it can be interrupted."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], object]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to serve."""
        await super().startup(sockets)
        self._on_start()


def _do_nothing() -> None:
    """Does nothing after the server has started."""


def uvicorn_server(
    sandbox: Sandbox, on_start: Callable[[], object] = _do_nothing
) -> uvicorn.Server:
    """A uvicorn server for a sandbox, which logs errors only."""
    config = uvicorn.Config(
        application(sandbox),
        http=TrackedProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        # The gateway sends the date of the sandbox's clock, which a test may move.
        date_header=False,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_MAX_HEADERS,
    )
    return _Server(config, on_start)


def listening_socket(port: int) -> socket.socket:
    """A socket on loopback; port 0 takes a free one.

    Raises:
        OSError: If the port is not available.
    """
    # asyncio turns Nagle's delay off only if the protocol is given.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


class RunningSandbox(Addresses, Controls):
    """A running sandbox: its addresses, and its controls."""

    def __init__(self, origin: str, sandbox: Sandbox) -> None:
        Addresses.__init__(self, origin)
        Controls.__init__(self, sandbox, origin)


class _Thread(threading.Thread):
    """A uvicorn server in its own thread and event loop."""

    def __init__(self, sandbox: Sandbox, listener: socket.socket) -> None:
        super().__init__(name="xero-sandbox", daemon=True)
        self.server = uvicorn_server(sandbox)
        self._listener = listener

    def run(self) -> None:
        asyncio.run(self.server.serve(sockets=[self._listener]))

    def await_start(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.server.started:
            if not self.is_alive() or time.monotonic() > deadline:
                message = "the sandbox did not start"
                raise RuntimeError(message)
            time.sleep(0.005)


@contextmanager
def server(
    companies: Sequence[str | Organisation] = ("empty",),
    *,
    limits: Limits = GENEROUS,
    clock: Clock | None = None,
    strict_refresh: bool = False,
    log_bodies: bool = True,
    redirect_uris: Sequence[str] = (),
    users: int = 1,
) -> Iterator[RunningSandbox]:
    """Runs a sandbox in a thread until the block ends.

    Args:
        companies: Names (``demo``, ``empty``), or organisations that the test made.
        limits: Generous by default, but never more than five calls at once.
        clock: A clock that the test moves.
        strict_refresh: Whether a used refresh token is refused at once.
        log_bodies: Whether the request log keeps request bodies.
        redirect_uris: Further redirect URIs of the apps that use the consent page.
        users: So many users; each has connections and grants of its own.

    Yields:
        Addresses and controls of the running sandbox.
    """
    sandbox = new_sandbox(
        build_companies(companies),
        clock=clock,
        limits=limits,
        strict_refresh=strict_refresh,
        users=users,
    )
    sandbox.traffic.log_bodies = log_bodies
    for uri in redirect_uris:
        sandbox.tokens.register_redirect_uri(uri)
    listener = listening_socket(0)
    thread = _Thread(sandbox, listener)
    thread.start()
    try:
        thread.await_start()
        yield RunningSandbox(f"http://{HOST}:{listener.getsockname()[1]}", sandbox)
    finally:
        thread.server.should_exit = True
        thread.join(_START_SECONDS)
        listener.close()
    if sandbox.crashes:
        raise sandbox.crashes[0]
