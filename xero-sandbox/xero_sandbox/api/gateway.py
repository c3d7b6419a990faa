"""Takes every call in: faults, tokens, limits, tenants, and the record of what happened."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response

from xero_sandbox.api.access import Caller
from xero_sandbox.api.accounting import accounting_response
from xero_sandbox.api.resources import resources_response
from xero_sandbox.faults.definitions import Fault
from xero_sandbox.faults.effects import after_work, before_work
from xero_sandbox.http.calls import API_ROOT, Call
from xero_sandbox.http.delivery import DeliveredResponse, compressed
from xero_sandbox.http.responses import (
    Delivery,
    HttpError,
    HttpResponse,
    not_connected,
    not_found,
    problem,
)
from xero_sandbox.identity.grants import AccessToken
from xero_sandbox.sandbox import Sandbox

MAX_URL = 2_091
Handler = Callable[[Call, Sequence[Fault]], Awaitable[HttpResponse]]


class Gateway:
    """Reads calls, has them handled, and records them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def tenanted(self, request: Request) -> Response:
        """Any call to an organisation: to the Accounting API or another one."""
        return await self.handle(request, self._tenanted)

    async def handle(self, request: Request, handler: Handler) -> Response:
        """Runs the handler of a call, applies its faults, and records the response."""
        call = await Call.read(request)
        sandbox = self._sandbox
        started = time.monotonic()
        at = sandbox.clock.now().isoformat()
        try:
            with sandbox.lock:
                faults = sandbox.faults.due(call)
            response = await handler(call, faults)
            for fault in faults:
                response = after_work(fault, call, response)
        except HttpError as error:
            response = error.response
        except Exception as crash:
            sandbox.crashes.append(crash)
            raise
        if call.method != "GET":
            with sandbox.lock:
                sandbox.on_change()
        response.headers.setdefault("Xero-Correlation-Id", str(uuid.uuid4()))
        response.headers.setdefault("Date", format_datetime(sandbox.clock.now(), usegmt=True))
        sent = response
        if response.delivery is Delivery.WHOLE:
            sent = await compressed(response, call.headers.get("accept-encoding", ""))
        sandbox.traffic.record(call, response, at, time.monotonic() - started, len(sent.body))
        return DeliveredResponse(sent)

    async def _tenanted(self, call: Call, faults: Sequence[Fault]) -> HttpResponse:
        sandbox = self._sandbox
        if call.url_length > MAX_URL:
            raise not_found()
        token = access_token_of(sandbox, call, faults)
        call.client_id = token.client_id
        # Both official SDKs allow an empty tenant id there (xero-facts.md: Writing rules).
        call.tenant_id = call.tenant_id or sandbox.tokens.apps[token.client_id].tenant_id
        connection = sandbox.connections.find(token.client_id, call.tenant_id, token.user_id)
        with sandbox.limits.call(
            token.client_id, call.tenant_id, connection.created if connection else None
        ):
            headers = sandbox.limits.headers(token.client_id, call.tenant_id)

            async def work() -> HttpResponse:
                return await self._work(call, faults, token, headers)

            try:
                response = await sandbox.idempotency.run_once(call, work)
            except HttpError as error:
                error.response.headers.update(headers)
                raise
            response.headers.update(headers)
            return response

    async def _work(
        self, call: Call, faults: Sequence[Fault], token: AccessToken, headers: dict[str, str]
    ) -> HttpResponse:
        """Carries out a call that got past authentication and limits."""
        sandbox = self._sandbox
        await self.delay(faults)
        # An idempotency key also keeps internal errors (xero-facts.md: Idempotency).
        call.work_started = any(fault.kind == "server_error" for fault in faults)
        for fault in faults:
            before_work(fault, call, headers)
        if sandbox.connections.find(token.client_id, call.tenant_id, token.user_id) is None:
            raise not_connected()
        call.work_started = True
        caller = Caller(sandbox.tokens.apps[token.client_id], token.scopes)
        with sandbox.lock:
            organisation = sandbox.organisations[call.tenant_id]
            if call.path.startswith(API_ROOT):
                response = accounting_response(sandbox, organisation, caller, call)
            else:
                now = sandbox.clock.now()
                response = resources_response(organisation, caller, call, now)
        for fault in faults:
            if fault.kind == "server_error":
                response = after_work(fault, call, response)
        return response

    async def delay(self, faults: Sequence[Fault]) -> None:
        """Waits for as long as the general latency and the call's faults say."""
        seconds = self._sandbox.behaviour.latency
        seconds += sum(fault.seconds for fault in faults if fault.kind == "latency")
        if seconds:
            await asyncio.sleep(seconds)


def access_token_of(sandbox: Sandbox, call: Call, faults: Sequence[Fault]) -> AccessToken:
    """The access token of a call.

    Raises:
        HttpError: 401, if the token is unknown or has expired (xero-facts.md: OAuth).
    """
    value = call.headers.get("authorization", "").removeprefix("Bearer ")
    token = sandbox.tokens.access.get(value)
    if token is None:
        raise problem(401, "Unauthorized", "AuthenticationUnsuccessful")
    if any(fault.kind == "token_expired" for fault in faults):
        token.expires = sandbox.clock.now()
    if token.expires <= sandbox.clock.now():
        expired = f"{token.expires:%m/%d/%Y %H:%M:%S}"
        raise problem(401, "Unauthorized", f"TokenExpired: token expired at {expired}")
    return token
