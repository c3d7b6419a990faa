"""The connection settings: their JSON Schema, and a checked, frozen value of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from urllib3.util import parse_url

from xero_client.errors import SettingsError
from xero_client.json_value import Json
from xero_client.settings.settings_schema import convert_settings, setting, settings_schema

ACCOUNTING_PATH = "/api.xro/2.0"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SENT_IN_HEADERS = frozenset(
    {"client_id", "client_secret", "refresh_token", "access_token", "tenant_id", "user_agent"}
)


@dataclass(frozen=True, kw_only=True)
class ConnectionSettings:
    """Checked settings of a connection; the repr does not show secrets."""

    base_uri: Annotated[
        str,
        setting(
            "Base URI", "Address of the Accounting API; the connections URL is on the same origin."
        ),
    ] = f"https://api.xero.com{ACCOUNTING_PATH}"
    authorize_uri: Annotated[str, setting("Authorize URI", "Address of Xero's consent page.")] = (
        "https://login.xero.com/identity/connect/authorize"
    )
    token_uri: Annotated[
        str,
        setting("Token URI", "Address that issues tokens; the revocation address is beside it."),
    ] = "https://identity.xero.com/connect/token"  # noqa: S105  # an address
    client_id: Annotated[str | None, setting("Client id", "The app's client id.")] = None
    client_secret: Annotated[
        str | None,
        setting("Client secret", "The app's secret; a PKCE app has none.", is_secret=True),
    ] = field(default=None, repr=False)
    grant_type: Annotated[
        Literal["refresh_token", "client_credentials"],
        setting(
            "Grant type", "refresh_token (Web, PKCE app) or client_credentials (Custom Connection)."
        ),
    ] = "refresh_token"
    refresh_token: Annotated[
        str | None,
        setting(
            "Refresh token",
            "First refresh token; a newer one in the state database takes precedence.",
            is_secret=True,
        ),
    ] = field(default=None, repr=False)
    access_token: Annotated[
        str | None,
        setting(
            "Access token",
            "Bearer token. It is used while Xero accepts it, then the refresh token or the client "
            "credentials beside it. Without these it is never refreshed.",
            is_secret=True,
        ),
    ] = field(default=None, repr=False)
    grant: Annotated[
        str | None,
        setting(
            "Grant",
            "The name of a login, for several logins of one app side by side, as in xero "
            "login --grant NAME.",
        ),
    ] = None
    tenant_id: Annotated[
        str | None,
        setting(
            "Tenant id",
            "The organisation. Default: the only connected one; if several are connected, "
            "an error lists them.",
        ),
    ] = None
    scopes: Annotated[
        str | None,
        setting(
            "Scopes",
            "Granular scopes, separated by spaces. Default: those that the selected streams"
            " or configured entities need.",
        ),
    ] = None
    redirect_uri: Annotated[
        str,
        setting(
            "Redirect URI", "Where Xero returns the user after consent, as registered with the app."
        ),
    ] = "http://localhost:8765/callback"
    store_uri: Annotated[
        str | None,
        setting(
            "State database",
            "SQLAlchemy URL of the state database. Default: an SQLite file in the user's "
            "data folder; PostgreSQL for several machines.",
            is_secret=True,
        ),
    ] = field(default=None, repr=False)
    store_encryption: Annotated[
        Literal["auto", "off", "environment", "keyring"],
        setting(
            "Encryption of the state database",
            "How tokens and secrets are stored: as plain text (off), or encrypted with the "
            "key in the variable XERO_STORE_KEY (environment) or in the system's keyring "
            "(keyring); auto means environment if XERO_STORE_KEY is set, else off.",
        ),
    ] = "auto"
    log_requests: Annotated[
        bool,
        setting("Log requests", "Log one line for each call, without tokens, secrets or bodies."),
    ] = False
    user_agent: Annotated[
        str, setting("User agent", "The User-Agent header. Default: the plugin's name and version.")
    ] = ""
    request_timeout: Annotated[
        float, setting("Request time-out", "Seconds to wait for a response.", above=0)
    ] = 120
    max_concurrency: Annotated[
        int, setting("Concurrency", "Concurrent calls to one organisation; Xero allows 5.", above=0)
    ] = 5
    share_limits: Annotated[
        bool,
        setting(
            "Share limits",
            "Share Xero's limits with all processes of the same state database, so that "
            "together they stay within them. A connection that needs no state database does"
            " so only with store_uri.",
        ),
    ] = True
    on_daily_limit: Annotated[
        Literal["stop", "wait"],
        setting(
            "On the daily limit", "When the day's calls are used up: stop with an error, or wait."
        ),
    ] = "stop"
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
        values = {name: _given(name, config.get(name)) for name in CONNECTION_PROPERTIES}
        values = {name: value for name, value in values.items() if value is not None}
        for name in ("base_uri", "authorize_uri", "token_uri"):
            if name in values:
                values[name] = checked_uri(name, str(values[name]))
        settings = convert_settings({"user_agent": user_agent, **values}, cls)
        if not settings.access_token and not settings.client_id:
            message = (
                "Setting 'client_id' is missing: set it to your Xero app's client id "
                "(or set 'access_token' to a bearer token)"
            )
            raise SettingsError(message)
        if settings.grant_type == "client_credentials" and not (
            settings.client_secret or settings.access_token
        ):
            message = "Setting 'client_secret' is missing: a Custom Connection needs its secret"
            raise SettingsError(message)
        return settings

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


# The JSON Schema of each setting, to which plugins add properties of their own.
CONNECTION_PROPERTIES: Mapping[str, dict[str, Any]] = settings_schema(ConnectionSettings)
SECRET_SETTINGS = tuple(
    name for name, schema in CONNECTION_PROPERTIES.items() if schema.get("secret")
)


def _given(name: str, value: Json) -> Json:
    """The value of a setting without whitespace around it; None if it is not set.

    Raises:
        SettingsError: The value has characters that are not allowed in a header.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name in SENT_IN_HEADERS and not (text.isascii() and text.isprintable()):
        message = (
            f"Setting {name!r} has characters that are not allowed in a request: copy it again"
        )
        raise SettingsError(message)
    return text or None


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
    # First, because the other messages show the URI. A password may break its form.
    if "@" in uri:
        message = f"Setting {name!r} contains a user name or password; remove it from the URI"
        raise SettingsError(message)
    # Other addresses are made from these, by adding to their paths.
    if name in ("base_uri", "token_uri") and any(sign in uri for sign in "?#"):
        message = f"Setting {name!r} is {uri!r}; set it to an address without '?' and '#'"
        raise SettingsError(message)
    if not is_absolute:
        message = f"Setting {name!r} is {uri!r}; set it to an absolute https URI"
        raise SettingsError(message)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        message = (
            f"Setting {name!r} is plain http to {parts.hostname!r}, which would send tokens "
            "unencrypted; use https (plain http is accepted for loopback only)"
        )
        raise SettingsError(message)
    return uri.rstrip("/")
