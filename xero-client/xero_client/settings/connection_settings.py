"""Connection settings: one JSON schema, the same names in tap and target, and one frozen value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from urllib3.util import parse_url

from xero_client.errors import SettingsError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SENT_IN_HEADERS = frozenset(
    {"client_id", "client_secret", "refresh_token", "access_token", "tenant_id", "user_agent"}
)

# Plain JSON Schema, so that the plugins can put it beside their own properties (design.md §3).
CONNECTION_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "base_uri": {
        "type": "string",
        "title": "Base URI",
        "default": "https://api.xero.com/api.xro/2.0",
        "description": "Where the Accounting API lives; the connections URL is on the same origin.",
    },
    "authorize_uri": {
        "type": "string",
        "title": "Authorize URI",
        "default": "https://login.xero.com/identity/connect/authorize",
        "description": "Where a user grants access.",
    },
    "token_uri": {
        "type": "string",
        "title": "Token URI",
        "default": "https://identity.xero.com/connect/token",
        "description": "Where tokens are issued and refreshed; revocation is beside it.",
    },
    "client_id": {
        "type": ["string", "null"],
        "title": "Client id",
        "description": "The app's client id.",
    },
    "client_secret": {
        "type": ["string", "null"],
        "title": "Client secret",
        "secret": True,
        "writeOnly": True,
        "description": "The app's secret; absent for a PKCE app.",
    },
    "grant_type": {
        "type": "string",
        "title": "Grant type",
        "enum": ["refresh_token", "client_credentials"],
        "default": "refresh_token",
        "description": "refresh_token (Web, PKCE app) or client_credentials (Custom Connection).",
    },
    "refresh_token": {
        "type": ["string", "null"],
        "title": "Refresh token",
        "secret": True,
        "writeOnly": True,
        "description": "First token of a chain; a newer one in the store wins.",
    },
    "access_token": {
        "type": ["string", "null"],
        "title": "Access token",
        "secret": True,
        "writeOnly": True,
        "description": "Static bearer token, never refreshed.",
    },
    "tenant_id": {
        "type": ["string", "null"],
        "title": "Tenant id",
        "description": (
            "The organisation. Absent and exactly one connected: that one; several connected: an "
            "error that lists them."
        ),
    },
    "scopes": {
        "type": ["string", "null"],
        "title": "Scopes",
        "description": (
            "Space-separated granular scopes. Default: what the selected streams or configured "
            "entities need."
        ),
    },
    "redirect_uri": {
        "type": "string",
        "title": "Redirect URI",
        "default": "http://localhost:8765/callback",
        "description": "Where Xero sends the user back after consent, as registered with the app.",
    },
    "store_uri": {
        "type": ["string", "null"],
        "title": "State database",
        "secret": True,
        "description": (
            "SQLAlchemy URL of the state database. Default: an SQLite file in the user's data "
            "folder; PostgreSQL for several machines."
        ),
    },
    "store_encryption": {
        "type": "string",
        "title": "Encryption of the state database",
        "enum": ["auto", "off", "environment", "keyring"],
        "default": "auto",
        "description": (
            "How tokens and secrets are kept there: in clear (off), or encrypted with the key in "
            "the variable XERO_STORE_KEY (environment) or in the system's keyring (keyring); auto "
            "means environment where XERO_STORE_KEY is set, else off."
        ),
    },
    "log_requests": {
        "type": "boolean",
        "title": "Log requests",
        "default": False,
        "description": "Log one line a call, without tokens, secrets or bodies.",
    },
    "user_agent": {
        "type": ["string", "null"],
        "title": "User agent",
        "description": "The User-Agent header. Default: the plugin's name and version.",
    },
    "request_timeout": {
        "type": "number",
        "title": "Request time-out",
        "exclusiveMinimum": 0,
        "default": 120,
        "description": "Seconds without an answer after which a call counts as lost.",
    },
    "max_concurrency": {
        "type": "integer",
        "title": "Concurrency",
        "minimum": 1,
        "default": 5,
        "description": "Calls in flight to one organisation; Xero allows 5.",
    },
    "on_daily_limit": {
        "type": "string",
        "title": "On the daily limit",
        "enum": ["stop", "wait"],
        "default": "stop",
        "description": "When the day's calls are used up: stop with an error, or wait.",
    },
}
SECRETS = tuple(name for name, schema in CONNECTION_PROPERTIES.items() if schema.get("secret"))


@dataclass(frozen=True)
class ConnectionSettings:
    """How to reach Xero, checked; secrets are left out of its repr."""

    base_uri: str
    authorize_uri: str
    token_uri: str
    client_id: str | None
    client_secret: str | None = field(repr=False)
    grant_type: str
    refresh_token: str | None = field(repr=False)
    access_token: str | None = field(repr=False)
    tenant_id: str | None
    scopes: str | None
    redirect_uri: str
    store_uri: str | None = field(repr=False)
    store_encryption: str
    log_requests: bool
    user_agent: str
    request_timeout: float
    max_concurrency: int
    on_daily_limit: str
    # Chosen at the login; several of them, where no setting says which is meant.
    login_tenants: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, user_agent: str) -> ConnectionSettings:
        """Takes the connection's settings out of a plugin's configuration.

        Args:
            config: Setting names and values; null and absent mean the default.
            user_agent: The header to send where ``user_agent`` is not set.

        Raises:
            SettingsError: A setting is wrong, or none says how to authenticate.
        """
        values = {name: _value(name, config) for name in CONNECTION_PROPERTIES}
        values["user_agent"] = values["user_agent"] or user_agent
        for name in ("base_uri", "authorize_uri", "token_uri"):
            values[name] = checked_uri(name, str(values[name]))
        for name in ("grant_type", "store_encryption", "on_daily_limit"):
            allowed = CONNECTION_PROPERTIES[name]["enum"]
            if values[name] not in allowed:
                message = f"Setting {name!r} is {values[name]!r}; set it to one of {allowed}"
                raise SettingsError(message)
        for name in ("request_timeout", "max_concurrency"):
            if isinstance(values[name], Decimal):
                values[name] = float(values[name])
            if not isinstance(values[name], (int, float)) or values[name] <= 0:
                message = f"Setting {name!r} is {values[name]!r}; set it to a number above 0"
                raise SettingsError(message)
        if not values["access_token"] and not values["client_id"]:
            message = (
                "Setting 'client_id' is missing: set it to your Xero app's client id "
                "(or set 'access_token' to a bearer token)"
            )
            raise SettingsError(message)
        if values["grant_type"] == "client_credentials" and not (
            values["client_secret"] or values["access_token"]
        ):
            message = "Setting 'client_secret' is missing: a Custom Connection needs its secret"
            raise SettingsError(message)
        return cls(**values)

    @property
    def origin(self) -> str:
        """Scheme and host of ``base_uri``, without a trailing slash."""
        return origin_of(self.base_uri)

    @property
    def connections_uri(self) -> str:
        """Where the connected tenants are listed."""
        return f"{self.origin}/connections"

    @property
    def revocation_uri(self) -> str:
        """Where a refresh token is revoked: beside ``token_uri``."""
        return f"{self.token_uri.rsplit('/', 1)[0]}/revocation"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(
            secret
            for secret in (self.client_secret, self.refresh_token, self.access_token)
            if secret
        )


def _value(name: str, config: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a setting's own type
    """A setting's value or default; texts without the blanks and line ends of a copied secret.

    Raises:
        SettingsError: It holds what no header can carry.
    """
    value = config.get(name)
    if isinstance(value, str):
        value = value.strip()
        if name in SENT_IN_HEADERS and not (value.isascii() and value.isprintable()):
            message = f"Setting {name!r} holds characters that no request can carry: copy it again"
            raise SettingsError(message)
    return CONNECTION_PROPERTIES[name].get("default") if value in (None, "") else value


def origin_of(uri: str) -> str:
    """Scheme and host of a URI, which say where a token goes; empty where it is none."""
    try:
        parts = urlsplit(uri)
    except ValueError:  # brackets that hold no address
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def checked_uri(name: str, uri: str) -> str:
    """The URI without a trailing slash, if it may carry tokens.

    Raises:
        SettingsError: It is no absolute http(s) URI, or plain http to a host beyond loopback.
    """
    try:
        parts = urlsplit(uri)
        # Two readers of URIs: what is checked here must be where the request will go.
        is_clear = parse_url(uri).host in (parts.hostname, f"[{parts.hostname}]")
        is_absolute = parts.scheme in ("http", "https") and parts.hostname and is_clear
    except ValueError:  # brackets or a port that are none
        is_absolute = False
    if not is_absolute:
        message = f"Setting {name!r} is {uri!r}; set it to an absolute https URI"
        raise SettingsError(message)
    if parts.username or parts.password:
        message = f"Setting {name!r} holds a user name or password; remove it from the URI"
        raise SettingsError(message)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        message = (
            f"Setting {name!r} is plain http to {parts.hostname!r}, which would send tokens in the "
            "clear; use https (plain http is accepted for loopback only)"
        )
        raise SettingsError(message)
    return uri.rstrip("/")


def format_errors(problems: Iterable[str]) -> str:
    """What is wrong with a configuration, in a sentence that holds the value of no secret.

    Args:
        problems: What a JSON Schema validator said, each with its place: ``… in config['name']``.
    """
    shown = []
    for problem in problems:
        secret = next((name for name in SECRETS if f"config['{name}']" in problem), None)
        shown.append(problem if secret is None else f"Setting '{secret}' must be text: quote it")
    return f"The configuration is wrong: {'; '.join(shown)}"
