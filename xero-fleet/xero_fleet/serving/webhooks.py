"""Xero's webhooks: a change in an organisation makes it due (xero-facts.md: Changes).

A request is signed with the webhook's key. Xero tests the endpoint with requests of which some have
a wrong signature (intent to receive); those need a 401, as any other request that is not Xero's.
The response does not wait for the state database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from xero_client.errors import XeroError

logger = logging.getLogger("xero-fleet")

FLUSH_SECONDS = 0.25
MAX_BODY_BYTES = 5 * 1024 * 1024


class Event(msgspec.Struct):
    """What counts of an event."""

    tenantId: str  # noqa: N815  # Xero's name


class Events(msgspec.Struct):
    """The body of a request; intent to receive has no events."""

    events: list[Event] = []


class Inbox:
    """Collects the organisations of events, and makes them due a moment later.

    If the process ends before, the event is lost; the organisation is read at its usual time then.
    """

    def __init__(self, wake: Callable[[set[str], float], object]) -> None:
        """Starts the thread that writes.

        Args:
            wake: Makes organisations due, because of events some seconds ago.
        """
        self._wake = wake
        self._waiting: set[str] = set()
        self._first = 0.0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.events = 0
        self.refused = 0
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def add(self, tenant_ids: list[str]) -> None:
        """Takes the organisations of events."""
        with self._lock:
            if not self._waiting:
                self._first = time.monotonic()
            self._waiting.update(tenant_ids)
            self.events += len(tenant_ids)

    def close(self) -> None:
        """Writes what is left, and ends the thread."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            taken, first = self._waiting, self._first
            self._waiting = set()
        if not taken:
            return
        try:
            self._wake(taken, time.monotonic() - first)
        except XeroError as error:
            logger.error("Events of webhooks wait for the state database: %s", error)  # noqa: TRY400  # it says what to do
            with self._lock:
                self._waiting |= taken
                self._first = first


class WebhookEndpoint:
    """``POST /webhooks``."""

    def __init__(self, key: str | None, inbox: Inbox) -> None:
        self._key = key
        self._inbox = inbox

    async def receive(self, request: Request) -> Response:
        """Takes events: 200 if the signature is right, else 401; no cookie and no body."""
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self._key is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        digest = hmac.new(self._key.encode(), body, hashlib.sha256).digest()
        signature = request.headers.get("x-xero-signature", "")
        if not hmac.compare_digest(base64.b64encode(digest), signature.encode()):
            self._inbox.refused += 1
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        try:
            events = msgspec.json.decode(body, type=Events).events
        except msgspec.DecodeError:
            # It is Xero's, in a form that is not documented: repeating it would not help.
            logger.warning("A webhook of Xero has an unknown form; its events are left out")
            events = []
        if events:
            self._inbox.add([event.tenantId.lower() for event in events])
        return Response(status_code=HTTPStatus.OK)


async def _body(request: Request) -> bytes | None:
    """The body; None if it is larger than any of Xero's can be."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BODY_BYTES:
            return None
    return bytes(parts)
