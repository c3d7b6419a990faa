"""Token, revocation, discovery and connections over HTTP (xero-facts.md: OAuth)."""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request
from starlette.responses import Response

from xero_sandbox.answers import Answer, as_json, problem
from xero_sandbox.calls import Call
from xero_sandbox.faults import before_work
from xero_sandbox.gate import Gate, Work, bearer
from xero_sandbox.identity.apps import App
from xero_sandbox.identity.connections import listed
from xero_sandbox.identity.grants import OAuthError, TokenRefused
from xero_sandbox.identity.scopes import NON_TENANTED
from xero_sandbox.identity.tokens import signing_key
from xero_sandbox.sandbox import Sandbox


class IdentityEndpoints:
    """What identity.xero.com and api.xero.com/connections do."""

    def __init__(self, sandbox: Sandbox, gate: Gate) -> None:
        self._sandbox = sandbox
        self._gate = gate

    async def token(self, request: Request) -> Response:
        """``POST /connect/token``."""
        return await self._gate.pass_through(request, self._token)

    async def revocation(self, request: Request) -> Response:
        """``POST /connect/revocation``."""
        return await self._gate.pass_through(request, self._revocation)

    async def connections(self, request: Request) -> Response:
        """``GET /connections``."""
        return await self._gate.pass_through(request, self._connections)

    async def connection(self, request: Request) -> Response:
        """``DELETE /connections/{id}``."""
        return await self._gate.pass_through(request, self._disconnect)

    async def discovery(self, request: Request) -> Response:
        """``GET /.well-known/openid-configuration``."""
        origin = str(request.base_url).rstrip("/")
        document = {
            "issuer": origin,
            "authorization_endpoint": f"{origin}/identity/connect/authorize",
            "token_endpoint": f"{origin}/connect/token",
            "revocation_endpoint": f"{origin}/connect/revocation",
            "jwks_uri": f"{origin}/.well-known/openid-configuration/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return await self._gate.pass_through(request, _given(as_json(document)))

    async def keys(self, request: Request) -> Response:
        """The public key of the tokens' signatures."""
        keys = {"keys": [signing_key().as_dict(private=False)]}
        return await self._gate.pass_through(request, _given(as_json(keys)))

    async def _prepare(self, call: Call) -> None:
        await self._gate.delay(call)
        for fault in call.faults:
            before_work(fault, call, {})

    async def _token(self, call: Call) -> Answer:
        await self._prepare(call)
        form = call.form()
        tokens = self._sandbox.tokens
        try:
            app = self._app(call)
            call.client_id = app.client_id
            grant = form.get("grant_type", "")
            call.notes["grant_type"] = grant
            if grant == "authorization_code":
                answer = tokens.exchange(
                    app,
                    form.get("code", ""),
                    form.get("redirect_uri", ""),
                    form.get("code_verifier", ""),
                )
            elif grant == "refresh_token":
                answer = tokens.refreshed(app, form.get("refresh_token", ""))
            elif grant == "client_credentials":
                answer = tokens.client_credentials(app, frozenset(form.get("scope", "").split()))
            else:
                return _oauth_error(TokenRefused(OAuthError.UNSUPPORTED_GRANT_TYPE))
        except TokenRefused as refusal:
            return _oauth_error(refusal)
        result = as_json(answer)
        result.headers["Cache-Control"] = "no-store"
        return result

    async def _revocation(self, call: Call) -> Answer:
        await self._prepare(call)
        try:
            app = self._app(call)
        except TokenRefused as refusal:
            return _oauth_error(refusal)
        call.client_id = app.client_id
        self._sandbox.tokens.revoke(app, call.form().get("token", ""))
        return Answer(200, b"", "")

    async def _connections(self, call: Call) -> Answer:
        await self._enter(call)
        entries = self._sandbox.connections.of_app(
            call.client_id, call.query.get("authEventId", "")
        )
        answer = as_json(listed(entries, self._sandbox.organisations))
        answer.headers.update(self._sandbox.limits.app_header(call.client_id))
        return answer

    async def _disconnect(self, call: Call) -> Answer:
        await self._enter(call)
        connection_id = call.endpoint.rpartition("/")[2]
        if not self._sandbox.connections.disconnect(call.client_id, connection_id):
            raise problem(403, "Forbidden", "AuthenticationUnsuccessful")
        return Answer(204, b"", "", self._sandbox.limits.app_header(call.client_id))

    async def _enter(self, call: Call) -> None:
        token = bearer(self._sandbox, call)
        call.client_id = token.client_id
        self._sandbox.limits.count_app(token.client_id)
        await self._prepare(call)
        if (
            not token.user_id
            and NON_TENANTED & token.scopes
            and "app.connections" not in token.scopes
        ):
            raise problem(403, "Forbidden", "AuthorizationUnsuccessful")

    def _app(self, call: Call) -> App:
        form = call.form()
        client_id, secret = form.get("client_id", ""), form.get("client_secret")
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                decoded = base64.b64decode(encoded, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise TokenRefused(OAuthError.INVALID_CLIENT) from None
            client_id, _, secret = decoded.partition(":")
        return self._sandbox.tokens.authenticate(client_id, secret)


def _oauth_error(refusal: TokenRefused) -> Answer:
    body = {"error": refusal.error}
    if refusal.description:
        body["error_description"] = refusal.description
    return as_json(body, 400)


def _given(answer: Answer) -> Work:
    async def work(_call: Call) -> Answer:
        return answer

    return work
