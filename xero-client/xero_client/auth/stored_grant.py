"""A grant in the state database: its refresh tokens are renewed under a lock.

A refresh token works once: Xero issues a new one at every refresh (xero-facts.md: OAuth). So only
one process at a time may refresh. Inside a lock that all processes share, the newest tokens are
read, refreshed only if they have expired, and stored before they are used.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import datetime, timedelta, timezone

from xero_client.auth.seen_connections import SeenConnections
from xero_client.auth.token_endpoint import TokenEndpoint
from xero_client.errors import LoginRequiredError, SettingsError
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.settings.login_command import login_command
from xero_client.store.database import Store
from xero_client.store.grants import Grant, GrantKey, LockedGrant

logger = logging.getLogger(__name__)

# From this age on a warning is logged: an unused refresh token expires after 60 days
# (xero-facts.md: OAuth).
REFRESH_TOKEN_WARNING_AGE = timedelta(days=50)


class StoredGrant:
    """The tokens of one grant in the state database."""

    def __init__(self, settings: ConnectionSettings, store: Store) -> None:
        if not settings.client_id:
            message = "Setting 'client_id' is missing: set it to your Xero app's client id"
            raise SettingsError(message)
        self._settings = settings
        # Each configured token starts a chain of its own. So several users of one app can share a
        # database without using up each other's tokens.
        self._key = grant_key(settings)
        self._store = store
        self._endpoint = TokenEndpoint(settings)
        self._lock = threading.Lock()
        self._grant: Grant | None = None

    def token(self) -> str:
        """The newest access token, refreshed if it has expired."""
        with self._lock:
            if self._grant is None:
                self._grant = self._store.grant(self._key)
            if not self._is_valid(self._grant, rejected=None):
                self._grant = self._refresh_under_lock(rejected=None)
            return self._grant.access_token  # type: ignore[union-attr]  # a valid grant is not None

    def renew(self, rejected: str) -> str:
        """The newest access token, refreshed if it is still the rejected one."""
        with self._lock:
            if not self._is_valid(self._grant, rejected):
                self._grant = self._refresh_under_lock(rejected)
            return self._grant.access_token  # type: ignore[union-attr]  # a valid grant is not None

    def seen_connections(self) -> SeenConnections:
        """The organisations that were listed last with these tokens."""
        return SeenConnections(self._store, self._key)

    def _is_valid(self, grant: Grant | None, rejected: str | None) -> bool:
        if grant is None or grant.access_token == rejected:
            return False
        return grant.expires_at > datetime.now(timezone.utc)

    def _refresh_under_lock(self, rejected: str | None) -> Grant:
        with self._store.locked_grant(self._key) as locked:
            if locked.grant is not None and self._is_valid(locked.grant, rejected):
                return locked.grant  # another process has refreshed it
            return self._refresh(locked)

    def _refresh(self, locked: LockedGrant) -> Grant:
        stored = locked.grant
        configured = self._settings.refresh_token
        if stored is not None and stored.refresh_token:
            _warn_if_old(stored)
            return self._exchange_and_save(locked, stored.refresh_token, stored.seed, stored.scopes)
        if not configured:
            named = f" and grant {self._key.name!r}" if self._key.name else ""
            message = (
                f"No grant is stored for client_id {self._key.client_id!r}{named}: run "
                f"`{login_to(self._key.name)}` (or set 'refresh_token')"
            )
            raise LoginRequiredError(message)
        return self._exchange_and_save(locked, configured, self._key.seed, "")

    def _exchange_and_save(
        self, locked: LockedGrant, refresh_token: str, seed: str | None, scopes: str
    ) -> Grant:
        tokens = self._endpoint.request(
            {"grant_type": "refresh_token", "refresh_token": refresh_token}
        )
        grant = Grant(
            client_id=self._key.client_id,
            token_uri=self._settings.token_uri,
            refresh_token=tokens.refresh_token or refresh_token,
            access_token=tokens.access_token,
            expires_at=tokens.expires_at,
            obtained_at=datetime.now(timezone.utc),
            # A refresh does not change the scopes, and may leave them out (RFC 6749, 5.1).
            scopes=tokens.scopes or scopes,
            seed=seed,
            name=self._key.name,
        )
        locked.save(grant)
        return grant


def _warn_if_old(grant: Grant) -> None:
    age = datetime.now(timezone.utc) - grant.obtained_at
    if age >= REFRESH_TOKEN_WARNING_AGE:
        logger.warning(
            "The refresh token of client_id %r has not been used for %d days and expires on %s, "
            "60 days after it was issued: it is renewed now; run more often than that, or run "
            "`%s` after it has expired",
            grant.client_id,
            age.days,
            f"{grant.refresh_token_expires_at:%Y-%m-%d %H:%M} UTC",
            login_to(grant.key.name),
        )


def grant_key(settings: ConnectionSettings) -> GrantKey:
    """The chain of tokens that a configuration uses."""
    configured = settings.refresh_token
    return GrantKey(
        settings.client_id or "",
        settings.token_uri,
        settings.grant or "",
        fingerprint(configured) if configured else None,
    )


def login_to(grant: str) -> str:
    """The command that logs in to a grant."""
    return login_command(grant=grant)


def fingerprint(token: str) -> str:
    """SHA-256 of a token, which identifies it without storing it."""
    return hashlib.sha256(token.encode()).hexdigest()
