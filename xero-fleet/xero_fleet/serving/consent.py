"""Consent links: a user of an organisation opens one, consents at Xero, and the fleet goes on.

A link is signed and lasts a week. It names the organisation, and contains nothing secret of Xero's.
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
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from xero_client.errors import SettingsError, XeroError
from xero_client.login.flow import LoginFlow

logger = logging.getLogger("xero-fleet")

LINK_SECONDS = 7 * 86_400.0
# How long a consent at Xero may take, and how many may be open at once.
CONSENT_SECONDS = 900.0
MAX_OPEN = 200
DONE = "Thank you. The connection is renewed; you can close this page.\n"
OTHER = (
    "The organisation that this link is for was not among those that you allowed. Open the link "
    "again, and choose it at Xero.\n"
)


def link_token(secret: str, tenant_id: str, now: float) -> str:
    """The last part of a consent link."""
    content = f"{tenant_id}.{int(now + LINK_SECONDS)}"
    return f"{content}.{_signature(secret, content)}"


def tenant_of(secret: str, token: str, now: float) -> str | None:
    """The organisation of a consent link; None if it is not ours, or too old."""
    content, _, signature = token.rpartition(".")
    tenant_id, _, until = content.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, content).encode()):
        return None
    return tenant_id if until.isdecimal() and now < int(until) else None


def _signature(secret: str, content: str) -> str:
    digest = hmac.new(secret.encode(), b"consent " + content.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class ConsentEndpoints:
    """``GET /consent/{token}`` and ``GET /callback``."""

    def __init__(
        self,
        secret: str | None,
        new_flow: Callable[[str], LoginFlow],
        connected: Callable[[str], object],
    ) -> None:
        """Makes the endpoints.

        Args:
            secret: What signs the links; None without links.
            new_flow: A login for an organisation.
            connected: Called with the organisation after a consent, so that it goes on at once.
        """
        self._secret = secret
        self._new_flow = new_flow
        self._connected = connected
        self._open: dict[str, tuple[float, str, LoginFlow]] = {}
        self._lock = threading.Lock()

    async def begin(self, request: Request) -> Response:
        """Sends the browser of the user to Xero's consent page."""
        token = request.path_params["token"]
        tenant_id = tenant_of(self._secret, token, time.time()) if self._secret else None
        if tenant_id is None:
            return PlainTextResponse(
                "This link is not valid any more: ask for a new one.\n", HTTPStatus.NOT_FOUND
            )
        try:
            return RedirectResponse(
                await run_in_threadpool(self._consent_url, tenant_id), HTTPStatus.SEE_OTHER
            )
        except XeroError as error:
            logger.error("A consent of organisation %s cannot begin: %s", tenant_id, error)  # noqa: TRY400  # it says what to do
            return PlainTextResponse(
                "This does not work at the moment: try again later.\n",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )

    async def finish(self, request: Request) -> Response:
        """Takes what Xero sends back with the browser."""
        query = request.url.query
        state = (parse_qs(query).get("state") or [""])[0]
        with self._lock:
            found = self._open.pop(state, None)
        if found is None:
            return PlainTextResponse(
                "This consent is not known: open the link again.\n", HTTPStatus.NOT_FOUND
            )
        _, tenant_id, flow = found
        try:
            return PlainTextResponse(await run_in_threadpool(self._store, flow, query, tenant_id))
        except XeroError as error:
            logger.error("A consent of organisation %s failed: %s", tenant_id, error)  # noqa: TRY400  # it says what to do
            return PlainTextResponse(
                "Xero gave no consent: open the link again.\n", HTTPStatus.BAD_REQUEST
            )
        finally:
            flow.close()

    def _consent_url(self, tenant_id: str) -> str:
        flow = self._new_flow(tenant_id)
        url = flow.consent_url()
        if flow.authorization is None:
            message = (
                "The app of the fleet has no client id or secret: set both in the tap's settings"
            )
            raise SettingsError(message)
        now = time.monotonic()
        with self._lock:
            old = [key for key, (until, *_) in self._open.items() if until < now]
            for key in old or list(self._open)[: max(0, len(self._open) - MAX_OPEN)]:
                self._open.pop(key)[2].close()
            self._open[flow.authorization.state] = (now + CONSENT_SECONDS, tenant_id, flow)
        return url

    def _store(self, flow: LoginFlow, query: str, tenant_id: str) -> str:
        flow.handle_callback(query)
        flow.choose([tenant.tenant_id for tenant in flow.tenants])
        self._connected(tenant_id)
        connected = {tenant.tenant_id.lower() for tenant in flow.tenants}
        return DONE if tenant_id in connected else OTHER
