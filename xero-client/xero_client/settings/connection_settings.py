"""The connection settings: their JSON Schema, and a checked, frozen value of them."""

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

# Plain JSON Schema, so that plugins can add properties of their own.
CONNECTION_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "base_uri": {
        "type": "string",
        "title": "Base URI",
        "default": "https://api.xero.com/api.xro/2.0",
        "description": "Address of the Accounting API; the connections URL is on the same origin.",
    },
    "authorize_uri": {
        "type": "string",
        "title": "Authorize URI",
        "default": "https://login.xero.com/identity/connect/authorize",
        "description": "Address of Xero's consent page.",
    },
    "token_uri": {
        "type": "string",
        "title": "Token URI",
        "default": "https://identity.xero.com/connect/token",
        "description": "Address that issues tokens; the revocation address is beside it.",
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
        "description": "The app's secret; a PKCE app has none.",
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
        "description": "First refresh token; a newer one in the state database takes precedence.",
    },
    "access_token": {
        "type": ["string", "null"],
        "title": "Access token",
        "secret": True,
        "writeOnly": True,
        "description": "Bearer token, which is never refreshed.",
    },
    "grant": {
        "type": ["string", "null"],
        "title": "Grant",
        "description": (
            "The name of a login, for several logins of one app side by side, as in "
            "xero login --grant NAME."
        ),
    },
    "tenant_id": {
        "type": ["string", "null"],
        "title": "Tenant id",
        "description": (
            "The organisation. Default: the only connected one; if several are connected, an error "
            "lists them."
        ),
    },
    "scopes": {
        "type": ["string", "null"],
        "title": "Scopes",
        "description": (
            "Granular scopes, separated by spaces. Default: those that the selected streams or "
            "configured entities need."
        ),
    },
    "redirect_uri": {
        "type": "string",
        "title": "Redirect URI",
        "default": "http://localhost:8765/callback",
        "description": "Where Xero returns the user after consent, as registered with the app.",
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
            "How tokens and secrets are stored: as plain text (off), or encrypted with the key in "
            "the variable XERO_STORE_KEY (environment) or in the system's keyring (keyring); auto "
            "means environment if XERO_STORE_KEY is set, else off."
        ),
    },
    "log_requests": {
        "type": "boolean",
        "title": "Log requests",
        "default": False,
        "description": "Log one line for each call, without tokens, secrets or bodies.",
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
        "description": "Seconds to wait for a response.",
    },
    "max_concurrency": {
        "type": "integer",
        "title": "Concurrency",
        "minimum": 1,
        "default": 5,
        "description": "Concurrent calls to one organisation; Xero allows 5.",
    },
    "share_limits": {
        "type": "boolean",
        "title": "Share limits",
        "default": True,
        "description": (
            "Share Xero's limits with all processes of the same state database, so that together "
            "they stay within them. A connection that needs no state database does so only with "
            "store_uri."
        ),
    },
    "on_daily_limit": {
        "type": "string",
        "title": "On the daily limit",
        "enum": ["stop", "wait"],
        "default": "stop",
        "description": "When the day's calls are used up: stop with an error, or wait.",
    },
}
SECRET_SETTINGS = tuple(
    name for name, schema in CONNECTION_PROPERTIES.items() if schema.get("secret")
)


@dataclass(frozen=True)
class ConnectionSettings:
    """Checked settings of a connection; the repr does not show secrets."""

    base_uri: str
    authorize_uri: str
    token_uri: str
    client_id: str | None
    client_secret: str | None = field(repr=False)
    grant_type: str
    refresh_token: str | None = field(repr=False)
    access_token: str | None = field(repr=False)
    grant: str | None
    tenant_id: str | None
    scopes: str | None
    redirect_uri: str
    store_uri: str | None = field(repr=False)
    store_encryption: str
    log_requests: bool
    user_agent: str
    request_timeout: float
    max_concurrency: int
    share_limits: bool
    on_daily_limit: str
    # The organisations chosen at the login, if there are several and no setting names one.
    login_tenants: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, user_agent: str) -> ConnectionSettings:
        """Reads the settings of a connection from a configuration.

        Args:
            config: Setting names and values; null means the default.
            user_agent: The ``User-Agent`` header, if ``user_agent`` is not set.

        Raises:
            SettingsError: A setting is invalid, or none says how to authenticate.
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
        """Scheme and host of ``base_uri``."""
        return origin_of(self.base_uri)

    @property
    def connections_uri(self) -> str:
        """The URL that lists the connected tenants."""
        return f"{self.origin}/connections"

    @property
    def revocation_uri(self) -> str:
        """The URL that revokes a refresh token; it is beside ``token_uri``."""
        return f"{self.token_uri.rsplit('/', 1)[0]}/revocation"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets, which must never be shown."""
        return tuple(
            secret
            for secret in (self.client_secret, self.refresh_token, self.access_token)
            if secret
        )


def _value(name: str, config: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a setting's own type
    """A setting's value or default; whitespace around a text is removed.

    Raises:
        SettingsError: The value has characters that are not allowed in a header.
    """
    value = config.get(name)
    if isinstance(value, str):
        value = value.strip()
        if name in SENT_IN_HEADERS and not (value.isascii() and value.isprintable()):
            message = (
                f"Setting {name!r} has characters that are not allowed in a request: copy it again"
            )
            raise SettingsError(message)
    return CONNECTION_PROPERTIES[name].get("default") if value in (None, "") else value


def origin_of(uri: str) -> str:
    """Scheme and host of a URI; empty if the URI is invalid."""
    try:
        parts = urlsplit(uri)
    except ValueError:  # brackets without an address
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def checked_uri(name: str, uri: str) -> str:
    """Checks that tokens may be sent to the URI; removes a trailing slash.

    Raises:
        SettingsError: It is not an absolute http(s) URI, or it is plain http and not loopback.
    """
    try:
        parts = urlsplit(uri)
        # Both parsers must see the same host: urllib3 decides where the request goes.
        is_unambiguous = parse_url(uri).host in (parts.hostname, f"[{parts.hostname}]")
        is_absolute = parts.scheme in ("http", "https") and parts.hostname and is_unambiguous
    except ValueError:  # an invalid address in brackets, or an invalid port
        is_absolute = False
    if not is_absolute:
        message = f"Setting {name!r} is {uri!r}; set it to an absolute https URI"
        raise SettingsError(message)
    if parts.username or parts.password:
        message = f"Setting {name!r} contains a user name or password; remove it from the URI"
        raise SettingsError(message)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        message = (
            f"Setting {name!r} is plain http to {parts.hostname!r}, which would send tokens "
            "unencrypted; use https (plain http is accepted for loopback only)"
        )
        raise SettingsError(message)
    return uri.rstrip("/")


def format_errors(problems: Iterable[str]) -> str:
    """The error message for an invalid configuration, without the values of secrets.

    Args:
        problems: The messages of a JSON Schema validator, each with its place:
            ``… in config['name']``.
    """
    shown = []
    for problem in problems:
        secret = next((name for name in SECRET_SETTINGS if f"config['{name}']" in problem), None)
        shown.append(problem if secret is None else f"Setting '{secret}' must be text: quote it")
    return f"The configuration is invalid: {'; '.join(shown)}"
