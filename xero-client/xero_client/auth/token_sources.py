"""Sources of access tokens: the settings, client credentials, or the state database."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from xero_client.auth.token_endpoint import TokenEndpoint, Tokens
from xero_client.errors import LoginRequiredError
from xero_client.settings.connection_settings import ConnectionSettings

if TYPE_CHECKING:
    from xero_client.auth.stored_grant import StoredGrant


class StaticToken:
    """A bearer token from the settings."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def token(self) -> str:
        """The token."""
        return self._access_token

    def renew(self, rejected: str) -> str:  # noqa: ARG002  # there is only one
        """Raises an error: a static token cannot be renewed.

        Raises:
            LoginRequiredError: Always.
        """
        message = (
            "Xero does not accept 'access_token' (expired, most likely), and a static token is "
            "never refreshed: set a new one, or use a refresh token or client credentials"
        )
        raise LoginRequiredError(message)


class ClientCredentials:
    """Tokens of a Custom Connection: requested anew when one expires, without a refresh token."""

    def __init__(self, settings: ConnectionSettings, scopes: str) -> None:
        self._endpoint = TokenEndpoint(settings)
        self._scopes = scopes
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None

    def token(self) -> str:
        """The current token, or a new one if it has expired."""
        with self._lock:
            if self._tokens is None or self._tokens.expires_at <= datetime.now(timezone.utc):
                self._tokens = self._request()
            return self._tokens.access_token

    def renew(self, rejected: str) -> str:
        """A new token, unless another thread has already requested one."""
        with self._lock:
            if self._tokens is None or self._tokens.access_token == rejected:
                self._tokens = self._request()
            return self._tokens.access_token

    def _request(self) -> Tokens:
        form = {"grant_type": "client_credentials"}
        if self._scopes:
            form["scope"] = self._scopes
        return self._endpoint.request(form)


def token_source(
    settings: ConnectionSettings, *, needed_scopes: tuple[str, ...] = ()
) -> StaticToken | ClientCredentials | StoredGrant:
    """The source of tokens for a connection.

    Args:
        settings: The connection.
        needed_scopes: The scopes to request if ``scopes`` is not set (for client credentials only:
            a refresh cannot change the scopes).

    Raises:
        StoreError: The state database cannot be opened.
    """
    if settings.access_token:
        return StaticToken(settings.access_token)
    if settings.grant_type == "client_credentials":
        return ClientCredentials(settings, settings.scopes or " ".join(needed_scopes))
    # The import of SQLAlchemy is a fifth of the start-up time, so it waits until it is needed.
    from xero_client.auth.stored_grant import StoredGrant  # noqa: PLC0415
    from xero_client.store.database import Store  # noqa: PLC0415

    return StoredGrant(settings, Store.of(settings))
