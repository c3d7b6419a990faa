"""The addresses of a running sandbox, and its description as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xero_sandbox.sandbox import Sandbox


@dataclass(frozen=True)
class Addresses:
    """The addresses of a running sandbox."""

    origin: str

    @property
    def base_uri(self) -> str:
        """The Accounting API."""
        return f"{self.origin}/api.xro/2.0"

    @property
    def authorize_uri(self) -> str:
        """The consent page."""
        return f"{self.origin}/identity/connect/authorize"

    @property
    def token_uri(self) -> str:
        """The token endpoint."""
        return f"{self.origin}/connect/token"

    @property
    def connections_uri(self) -> str:
        """The list of connected organisations."""
        return f"{self.origin}/connections"

    @property
    def control_uri(self) -> str:
        """The sandbox's own controls."""
        return f"{self.origin}/__sandbox"


def description(sandbox: Sandbox, addresses: Addresses) -> dict[str, Any]:
    """What ``serve --json`` prints: addresses, tenants, users and apps."""
    return {
        "base_uri": addresses.base_uri,
        "authorize_uri": addresses.authorize_uri,
        "token_uri": addresses.token_uri,
        "connections_uri": addresses.connections_uri,
        "control_uri": addresses.control_uri,
        "tenants": [
            {"tenant_id": organisation.tenant_id, "name": organisation.name}
            for organisation in sandbox.organisations.values()
        ],
        "users": [user.email for user in sandbox.tokens.users.values()],
        "apps": [
            {
                "client_id": app.client_id,
                "client_secret": app.secret,
                "kind": app.kind.value,
                "name": app.name,
                "redirect_uris": app.redirect_uris,
            }
            for app in sandbox.tokens.apps.values()
        ],
    }
