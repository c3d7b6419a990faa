"""Token, revocation, discovery and connections over HTTP (xero-facts.md: OAuth)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from xero_sandbox.api.gateway import Gateway, Handler, access_token_of
from xero_sandbox.faults.definitions import Fault
from xero_sandbox.faults.effects import before_work
from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpResponse, json_response, problem
from xero_sandbox.identity.apps import App
from xero_sandbox.identity.connections import connection_list
from xero_sandbox.identity.grants import OAuthError, OAuthErrorCode
from xero_sandbox.identity.scopes import GRANULAR, IDENTITY, NON_TENANTED
from xero_sandbox.identity.tokens import signing_key
from xero_sandbox.sandbox import Sandbox


class IdentityEndpoints:
    """The endpoints of identity.xero.com, and api.xero.com/connections."""

    def __init__(self, sandbox: Sandbox, gateway: Gateway) -> None:
        self._sandbox = sandbox
        self._gateway = gateway

    async def token(self, request: Request) -> Response:
        """``POST /connect/token``."""
        return await self._gateway.handle(request, self._token)

    async def revocation(self, request: Request) -> Response:
        """``POST /connect/revocation``."""
        return await self._gateway.handle(request, self._revocation)

    async def connections(self, request: Request) -> Response:
        """``GET /connections``."""
        return await self._gateway.handle(request, self._connections)

    async def connection(self, request: Request) -> Response:
        """``DELETE /connections/{id}``."""
        return await self._gateway.handle(request, self._disconnect)

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
            "subject_types_supported": ["public"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "scopes_supported": sorted(IDENTITY | GRANULAR),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return await self._gateway.handle(request, _constant(json_response(document)))

    async def keys(self, request: Request) -> Response:
        """The public key that verifies the tokens' signatures."""
        keys = {"keys": [signing_key().as_dict(private=False)]}
        return await self._gateway.handle(request, _constant(json_response(keys)))

    async def _apply_faults(self, call: Call, faults: Sequence[Fault]) -> None:
        await self._gateway.delay(faults)
        for fault in faults:
            before_work(fault, call, {})

    async def _token(self, call: Call, faults: Sequence[Fault]) -> HttpResponse:
        await self._apply_faults(call, faults)
        form = call.form()
        tokens = self._sandbox.tokens
        try:
            app = self._app(call)
            call.client_id = app.client_id
            grant = form.get("grant_type", "")
            call.notes["grant_type"] = grant
            if grant == "authorization_code":
                content = tokens.exchange(
                    app,
                    form.get("code", ""),
                    form.get("redirect_uri", ""),
                    form.get("code_verifier", ""),
                    call.origin,
                )
            elif grant == "refresh_token":
                content = tokens.refresh_tokens(app, form.get("refresh_token", ""), call.origin)
            elif grant == "client_credentials":
                scopes = frozenset(form.get("scope", "").split())
                content = tokens.client_credentials(app, scopes, call.origin)
            else:
                return _oauth_error(OAuthError(OAuthErrorCode.UNSUPPORTED_GRANT_TYPE))
        except OAuthError as error:
            return _oauth_error(error)
        response = json_response(content)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _revocation(self, call: Call, faults: Sequence[Fault]) -> HttpResponse:
        await self._apply_faults(call, faults)
        try:
            app = self._app(call)
        except OAuthError as error:
            return _oauth_error(error)
        call.client_id = app.client_id
        self._sandbox.tokens.revoke(app, call.form().get("token", ""))
        return HttpResponse(200, b"", "")

    async def _connections(self, call: Call, faults: Sequence[Fault]) -> HttpResponse:
        user_id = await self._authenticate(call, faults)
        entries = self._sandbox.connections.of_app(
            call.client_id, call.query.get("authEventId", ""), user_id
        )
        response = json_response(connection_list(entries, self._sandbox.organisations))
        response.headers.update(self._sandbox.limits.app_header(call.client_id))
        return response

    async def _disconnect(self, call: Call, faults: Sequence[Fault]) -> HttpResponse:
        user_id = await self._authenticate(call, faults)
        connection_id = call.endpoint.rpartition("/")[2]
        if not self._sandbox.connections.disconnect(call.client_id, connection_id, user_id):
            raise problem(403, "Forbidden", "AuthenticationUnsuccessful")
        return HttpResponse(204, b"", "", self._sandbox.limits.app_header(call.client_id))

    async def _authenticate(self, call: Call, faults: Sequence[Fault]) -> str | None:
        """The user of the call's token; None for a token of the app alone, which sees all."""
        token = access_token_of(self._sandbox, call, faults)
        call.client_id = token.client_id
        self._sandbox.limits.count_app(token.client_id)
        await self._apply_faults(call, faults)
        if (
            not token.user_id
            and NON_TENANTED & token.scopes
            and "app.connections" not in token.scopes
        ):
            raise problem(403, "Forbidden", "AuthorizationUnsuccessful")
        return token.user_id or None

    def _app(self, call: Call) -> App:
        form = call.form()
        client_id, secret = form.get("client_id", ""), form.get("client_secret")
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                decoded = base64.b64decode(encoded, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise OAuthError(OAuthErrorCode.INVALID_CLIENT) from None
            client_id, _, secret = decoded.partition(":")
        return self._sandbox.tokens.authenticate(client_id, secret)


def _oauth_error(error: OAuthError) -> HttpResponse:
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    return json_response(body, 400)


def _constant(response: HttpResponse) -> Handler:
    async def handler(_call: Call, _faults: Sequence[Fault]) -> HttpResponse:
        return response

    return handler
