"""Sources of access tokens: the settings, client credentials, or the state database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from itertools import chain
from typing import TYPE_CHECKING

from xero_client.auth.token_endpoint import TokenEndpoint, Tokens
from xero_client.errors import LoginRequiredError, ScopeRefusedError
from xero_client.http.transport import TokenSource
from xero_client.settings.connection_settings import ConnectionSettings

if TYPE_CHECKING:
    from xero_client.auth.stored_grant import StoredGrant
    from xero_client.store.database import Store


logger = logging.getLogger(__name__)


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

    def __init__(
        self, settings: ConnectionSettings, scopes: str, optional_scopes: tuple[str, ...] = ()
    ) -> None:
        """Takes the scopes.

        Args:
            settings: The connection.
            scopes: The scopes to request, separated by spaces.
            optional_scopes: Further scopes. If Xero refuses them, which it does for an app that
                lacks one, they are left out.
        """
        self._endpoint = TokenEndpoint(settings)
        self._scopes = scopes
        self._optional_scopes = [optional_scopes]
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
        while self._optional_scopes:
            scopes = dict.fromkeys(self._scopes.split())
            scopes |= dict.fromkeys(chain.from_iterable(self._optional_scopes))
            try:
                return self._request_with(" ".join(scopes))
            except ScopeRefusedError:
                refused = self._optional_scopes.pop()
                logger.info("The app may lack one of the scopes %s", ", ".join(refused))
        return self._request_with(self._scopes)

    def add_scopes(self, scopes: Iterable[str]) -> None:
        """Requests further scopes from now on; if Xero refuses them, they are left out."""
        with self._lock:
            known = {*self._scopes.split(), *chain.from_iterable(self._optional_scopes)}
            new = tuple(scope for scope in scopes if scope not in known)
            if new:
                self._optional_scopes.append(new)
                self._tokens = None

    def _request_with(self, scopes: str) -> Tokens:
        form = {"grant_type": "client_credentials"}
        if scopes:
            form["scope"] = scopes
        return self._endpoint.request(form)


class ConfiguredTokenFirst:
    """The configured ``access_token`` while Xero accepts it, and then another source."""

    def __init__(self, access_token: str, other: Callable[[], TokenSource]) -> None:
        """Takes the token.

        Args:
            access_token: The token to begin with.
            other: Makes the other source, when the token is not accepted any more.
        """
        self._access_token = access_token
        self._make_other = other
        self._other: TokenSource | None = None
        self._lock = threading.Lock()

    def token(self) -> str:
        """The configured token, or one of the other source."""
        return self._access_token if self._other is None else self._other.token()

    def renew(self, rejected: str) -> str:
        """A token of the other source."""
        with self._lock:
            if self._other is None:
                self._other = self._make_other()
        if rejected == self._access_token:
            return self._other.token()
        return self._other.renew(rejected)


def token_source(
    settings: ConnectionSettings,
    store: Store | None = None,
    *,
    needed_scopes: tuple[str, ...] = (),
    optional_scopes: tuple[str, ...] = (),
) -> TokenSource:
    """The source of tokens for a connection.

    An ``access_token`` is used while it lasts. After that, the ``refresh_token`` or the client
    credentials beside it are used, if there are any.

    Args:
        settings: The connection.
        store: The state database, if it is open already; else it is opened if it is needed.
        needed_scopes: The scopes to request if ``scopes`` is not set (for client credentials only:
            a refresh cannot change the scopes).
        optional_scopes: Scopes to request beside these, if the app has them.

    Raises:
        StoreError: The state database cannot be opened.
    """
    if settings.access_token:
        if settings.refresh_token or settings.grant_type == "client_credentials":
            return ConfiguredTokenFirst(
                settings.access_token,
                lambda: _renewable_source(settings, store, needed_scopes, optional_scopes),
            )
        return StaticToken(settings.access_token)
    return _renewable_source(settings, store, needed_scopes, optional_scopes)


def _renewable_source(
    settings: ConnectionSettings,
    store: Store | None,
    needed_scopes: tuple[str, ...],
    optional_scopes: tuple[str, ...],
) -> ClientCredentials | StoredGrant:
    if settings.grant_type == "client_credentials":
        if settings.scopes:
            return ClientCredentials(settings, settings.scopes)
        return ClientCredentials(settings, " ".join(needed_scopes), optional_scopes)
    # The import of SQLAlchemy is a fifth of the start-up time, so it waits until it is needed.
    from xero_client.auth.stored_grant import StoredGrant  # noqa: PLC0415
    from xero_client.store.database import Store  # noqa: PLC0415

    return StoredGrant(settings, store or Store.of(settings))
