"""Apps registered with the sandbox's developer portal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

DEFAULT_REDIRECT_URI = "http://localhost:8765/callback"
GRANULAR_ONLY_SINCE = date(2026, 3, 2)
MAX_REDIRECT_URIS = 50


class AppKind(Enum):
    """The three app types of Xero's portal that use the Accounting API."""

    WEB = "web"
    PKCE = "pkce"
    CUSTOM_CONNECTION = "custom_connection"


@dataclass
class App:
    """One app.

    Attributes:
        client_id: Its public name at the token endpoint.
        secret: None for a PKCE app, which has none.
        created: Decides whether the app may use the deprecated broad scopes.
        advanced_tier: Whether the app's plan includes Journals (xero-facts.md: Pricing and egress).
        tenant_id: The one organisation of a Custom Connection.
        assigned_scopes: A Custom Connection's scopes; empty for every scope the app may have.
        may_report: Whether the consenting user's role includes reports and manual journals.
    """

    client_id: str
    name: str
    kind: AppKind
    secret: str | None = None
    created: date = date(2026, 4, 1)
    redirect_uris: list[str] = field(default_factory=lambda: [DEFAULT_REDIRECT_URI])
    advanced_tier: bool = True
    tenant_id: str = ""
    assigned_scopes: frozenset[str] = frozenset()
    may_report: bool = True

    @property
    def granular_only(self) -> bool:
        """Whether broad scopes are refused (xero-facts.md: Scopes)."""
        return self.created >= GRANULAR_ONLY_SINCE

    def add_redirect_uri(self, uri: str) -> None:
        """Registers a redirect URI.

        Raises:
            ValueError: If Xero's portal would refuse it (xero-facts.md: OAuth).
        """
        local = uri.startswith(("http://localhost:", "http://localhost/"))
        if not (uri.startswith("https://") or local or uri == "http://localhost") or "*" in uri:
            message = f"redirect URI {uri}: https, or http://localhost, without wildcards"
            raise ValueError(message)
        if len(self.redirect_uris) >= MAX_REDIRECT_URIS:
            message = f"{self.client_id} has {MAX_REDIRECT_URIS} redirect URIs already"
            raise ValueError(message)
        if uri not in self.redirect_uris:
            self.redirect_uris.append(uri)


def preset_apps(tenant_id: str) -> dict[str, App]:
    """The apps that every sandbox starts with, by client id.

    Args:
        tenant_id: The organisation of the Custom Connection.
    """
    apps = (
        App("sandbox-web", "Sandbox web app", AppKind.WEB, "sandbox-web-secret"),
        App("sandbox-pkce", "Sandbox PKCE app", AppKind.PKCE),
        App(
            "sandbox-custom",
            "Sandbox Custom Connection",
            AppKind.CUSTOM_CONNECTION,
            "sandbox-custom-secret",
            redirect_uris=[],
            tenant_id=tenant_id,
        ),
        App(
            "sandbox-legacy",
            "Sandbox app of 2025",
            AppKind.WEB,
            "sandbox-legacy-secret",
            created=date(2025, 6, 1),
        ),
        App(
            "sandbox-starter",
            "Sandbox app on the Starter tier",
            AppKind.WEB,
            "sandbox-starter-secret",
            advanced_tier=False,
        ),
    )
    return {app.client_id: app for app in apps}
