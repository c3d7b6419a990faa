"""The sandbox's routes."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from xero_sandbox.calls import API_ROOT
from xero_sandbox.control import ControlEndpoints
from xero_sandbox.gate import Gate
from xero_sandbox.identity.consent import Consent
from xero_sandbox.identity.endpoints import IdentityEndpoints
from xero_sandbox.sandbox import Sandbox

_API_METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE"]


def application(sandbox: Sandbox) -> Starlette:
    """The ASGI application that serves a sandbox."""
    gate = Gate(sandbox)
    identity = IdentityEndpoints(sandbox, gate)
    consent = Consent(sandbox)
    return Starlette(
        routes=[
            Route("/identity/connect/authorize", consent.page, methods=["GET"]),
            Route("/identity/connect/authorize", consent.decide, methods=["POST"]),
            Route("/connect/token", identity.token, methods=["POST"]),
            Route("/connect/revocation", identity.revocation, methods=["POST"]),
            Route("/.well-known/openid-configuration", identity.discovery),
            Route("/.well-known/openid-configuration/jwks", identity.keys),
            Route("/connections", identity.connections),
            # As Xero's own SDK spells it.
            Route("/Connections", identity.connections),
            Route("/connections/{id}", identity.connection, methods=["DELETE"]),
            *ControlEndpoints(sandbox).routes(),
            Route(API_ROOT + "{path:path}", gate.accounting, methods=_API_METHODS),
        ]
    )
