"""The gate that every call passes: faults, tokens, limits, tenants, and the record of it all."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from xero_sandbox.accounting import answer_accounting
from xero_sandbox.answers import Answer, Delivery, Refused, not_found, problem
from xero_sandbox.calls import Call
from xero_sandbox.delivery import Delivered, compressed
from xero_sandbox.faults import after_work, before_work, not_connected
from xero_sandbox.identity.grants import AccessToken
from xero_sandbox.rights import Caller
from xero_sandbox.sandbox import Sandbox

MAX_URL = 2_091
Work = Callable[[Call], Awaitable[Answer]]


class Gate:
    """Takes calls in, has them answered, and notes what happened."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def accounting(self, request: Request) -> Response:
        """Any call below the Accounting API's base URI."""
        return await self.pass_through(request, self._accounting)

    async def pass_through(self, request: Request, work: Work) -> Response:
        """Runs the work of a call between its faults, and records the outcome."""
        call = await Call.read(request)
        sandbox = self._sandbox
        started = time.monotonic()
        at = sandbox.clock.now().isoformat()
        try:
            with sandbox.lock:
                call.faults = sandbox.faults.due(call)
            answer = await work(call)
            for fault in call.faults:
                answer = after_work(fault, call, answer)
        except Refused as refusal:
            answer = refusal.answer
        except Exception as crash:
            sandbox.crashes.append(crash)
            raise
        if call.method != "GET":
            with sandbox.lock:
                sandbox.on_change()
        answer.headers.setdefault("Xero-Correlation-Id", str(uuid.uuid4()))
        sent = answer
        if answer.delivery is Delivery.WHOLE:
            sent = await compressed(answer, call.headers.get("accept-encoding", ""))
        sandbox.traffic.record(call, answer, at, time.monotonic() - started, len(sent.body))
        return Delivered(sent)

    async def _accounting(self, call: Call) -> Answer:
        sandbox = self._sandbox
        if call.url_length > MAX_URL:
            raise not_found()
        token = bearer(sandbox, call)
        call.client_id = token.client_id
        connection = sandbox.connections.find(token.client_id, call.tenant_id)
        with sandbox.limits.call(
            token.client_id, call.tenant_id, connection.created if connection else None
        ):
            headers = sandbox.limits.headers(token.client_id, call.tenant_id)

            async def work() -> Answer:
                return await self._work(call, token, headers)

            try:
                answer = await sandbox.idempotency.once(call, work)
            except Refused as refusal:
                refusal.answer.headers.update(headers)
                raise
            answer.headers.update(headers)
            return answer

    async def _work(self, call: Call, token: AccessToken, headers: dict[str, str]) -> Answer:
        """What Xero does with a call once tokens and limits are settled."""
        sandbox = self._sandbox
        await self.delay(call)
        # Internal errors are kept for a key like any answer (xero-facts.md: Idempotency).
        call.worked = any(fault.kind == "server_error" for fault in call.faults)
        for fault in call.faults:
            before_work(fault, call, headers)
        if sandbox.connections.find(token.client_id, call.tenant_id) is None:
            raise not_connected()
        call.worked = True
        caller = Caller(sandbox.tokens.apps[token.client_id], token.scopes)
        with sandbox.lock:
            organisation = sandbox.organisations[call.tenant_id]
            answer = answer_accounting(sandbox, organisation, caller, call)
        for fault in call.faults:
            if fault.kind == "server_error":
                answer = after_work(fault, call, answer)
        return answer

    async def delay(self, call: Call) -> None:
        """The time that a call takes, by the general setting or by a fault."""
        seconds = self._sandbox.behaviour.latency
        seconds += sum(fault.seconds for fault in call.faults if fault.kind == "latency")
        if seconds:
            await asyncio.sleep(seconds)


def bearer(sandbox: Sandbox, call: Call) -> AccessToken:
    """The access token of a call.

    Raises:
        Refused: 401 in the shapes of xero-facts.md: OAuth.
    """
    value = call.headers.get("authorization", "").removeprefix("Bearer ")
    token = sandbox.tokens.access.get(value)
    if token is None:
        raise problem(401, "Unauthorized", "AuthenticationUnsuccessful")
    if any(fault.kind == "token_expired" for fault in call.faults):
        token.expires = sandbox.clock.now()
    if token.expires <= sandbox.clock.now():
        expired = f"{token.expires:%m/%d/%Y %H:%M:%S}"
        raise problem(401, "Unauthorized", f"TokenExpired: token expired at {expired}")
    return token
