"""Who may see the page and the metrics, and the headers of every response."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
# What others reach without the token: each checks its requests in its own way.
PUBLIC_PATHS = ("/webhooks", "/consent/", "/callback")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Access:
    """The rule of access.

    Attributes:
        token: What a request must carry, as a bearer token or as the password of HTTP Basic;
            None on loopback.
    """

    token: str | None = field(repr=False)

    def allows(self, authorization: str) -> bool:
        """Whether the header ``Authorization`` has the token."""
        if self.token is None:
            return True
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                value = base64.b64decode(value, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(value.encode(), self.token.encode())


class AccessMiddleware:
    """Refuses requests without the token, and adds the headers that every response has."""

    def __init__(self, app: ASGIApp, access: Access, hosts: Sequence[str]) -> None:
        """Wraps an application.

        Args:
            app: The application.
            access: The rule of access.
            hosts: The host names that requests may name. Without a token, another name would let a
                page of another site read this one (DNS rebinding).
        """
        self._app = app
        self._access = access
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]
        }

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    added.setdefault(name, value)
            await send(message)

        app = self._app
        host = headers.get("host", "").rsplit(":", 1)[0]
        if self._access.token is None and host not in self._hosts:
            app = PlainTextResponse(
                "This host name is not accepted\n", HTTPStatus.MISDIRECTED_REQUEST
            )
        elif not scope["path"].startswith(PUBLIC_PATHS) and not self._access.allows(
            headers.get("authorization", "")
        ):
            challenge = {"WWW-Authenticate": 'Basic realm="xero fleet", charset="UTF-8"'}
            app = PlainTextResponse(
                "The token is missing or wrong\n", HTTPStatus.UNAUTHORIZED, challenge
            )
        await app(scope, receive, send_with_headers)
