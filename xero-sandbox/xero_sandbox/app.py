"""The sandbox's routes."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from xero_sandbox.api.consent import Consent
from xero_sandbox.api.gateway import Gateway
from xero_sandbox.api.identity import IdentityEndpoints
from xero_sandbox.api.resources import ROOTS
from xero_sandbox.control.endpoints import ControlEndpoints
from xero_sandbox.http.calls import API_ROOT
from xero_sandbox.http.paths import PathsInOneSpelling
from xero_sandbox.sandbox import Sandbox

_API_METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE"]


def application(sandbox: Sandbox) -> Starlette:
    """The ASGI application that serves a sandbox."""
    gateway = Gateway(sandbox)
    identity = IdentityEndpoints(sandbox, gateway)
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
            Route("/connections/{id}", identity.connection, methods=["DELETE"]),
            *ControlEndpoints(sandbox).routes(),
            *(
                Route(root + "{path:path}", gateway.tenanted, methods=_API_METHODS)
                for root in (API_ROOT, *ROOTS)
            ),
        ],
        middleware=[Middleware(PathsInOneSpelling)],
    )
