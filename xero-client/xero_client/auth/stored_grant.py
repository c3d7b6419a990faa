"""The chain of refresh tokens in the state database, refreshed under a lock.

A refresh token is single-use: Xero rotates it on every refresh (xero-facts.md: OAuth). So the chain is
refreshed in one place at a time: inside a lock that holds across processes, the newest token is
read, refreshed only if it is still no good, and persisted before it is used.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import datetime, timedelta, timezone

from xero_client.auth.token_endpoint import TokenEndpoint
from xero_client.errors import LoginRequiredError, SettingsError
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Grant, LockedGrant, Store

logger = logging.getLogger(__name__)

# A refresh token that nobody uses dies after 60 days (xero-facts.md: OAuth): said in time.
OLD_REFRESH_TOKEN = timedelta(days=50)


class StoredGrant:
    """The chain of refresh tokens in the store, refreshed under a lock."""

    def __init__(self, settings: ConnectionSettings, store: Store) -> None:
        if not settings.client_id:
            message = "Setting 'client_id' is missing: set it to your Xero app's client id"
            raise SettingsError(message)
        self._settings = settings
        self._client_id = settings.client_id
        # Each configured token begins a chain of its own, so that users of one app can share a
        # store without spending each other's tokens.
        configured = settings.refresh_token
        self._seed = fingerprint(configured) if configured else None
        self._store = store
        self._endpoint = TokenEndpoint(settings)
        self._lock = threading.Lock()
        self._grant: Grant | None = None

    def token(self) -> str:
        """The newest access token, refreshed if it has ended."""
        with self._lock:
            if self._grant is None:
                token_uri = self._settings.token_uri
                self._grant = self._store.grant(self._client_id, token_uri, self._seed)
            if not self._is_good(self._grant, rejected=None):
                self._grant = self._refreshed(rejected=None)
            return self._grant.access_token  # type: ignore[union-attr]  # good means there is one

    def renew(self, rejected: str) -> str:
        """The newest access token, refreshed if it is still the one that was rejected."""
        with self._lock:
            if not self._is_good(self._grant, rejected):
                self._grant = self._refreshed(rejected)
            return self._grant.access_token  # type: ignore[union-attr]  # good means there is one

    def _is_good(self, grant: Grant | None, rejected: str | None) -> bool:
        if grant is None or grant.access_token == rejected:
            return False
        return grant.expires_at > datetime.now(timezone.utc)

    def _refreshed(self, rejected: str | None) -> Grant:
        token_uri = self._settings.token_uri
        with self._store.locked_grant(self._client_id, token_uri, self._seed) as locked:
            if locked.grant is not None and self._is_good(locked.grant, rejected):
                return locked.grant  # another process was faster
            return self._refresh(locked)

    def _refresh(self, locked: LockedGrant) -> Grant:
        stored = locked.grant
        configured = self._settings.refresh_token
        if stored is not None and stored.refresh_token:
            _warn_if_old(stored)
            try:
                return self._persisted(locked, stored.refresh_token, stored.seed)
            except LoginRequiredError:
                if not configured or stored.seed == self._seed:
                    raise
                logger.warning("The stored grant is no longer accepted; trying 'refresh_token'")
        if not configured:
            message = (
                f"No grant is stored for client_id {self._client_id!r}: run `xero login` (or set "
                "'refresh_token')"
            )
            raise LoginRequiredError(message)
        return self._persisted(locked, configured, self._seed)

    def _persisted(self, locked: LockedGrant, refresh_token: str, seed: str | None) -> Grant:
        tokens = self._endpoint.request(
            {"grant_type": "refresh_token", "refresh_token": refresh_token}
        )
        grant = Grant(
            client_id=self._client_id,
            token_uri=self._settings.token_uri,
            refresh_token=tokens.refresh_token or refresh_token,
            access_token=tokens.access_token,
            expires_at=tokens.expires_at,
            obtained_at=datetime.now(timezone.utc),
            scopes=tokens.scopes,
            seed=seed,
        )
        locked.save(grant)
        return grant


def _warn_if_old(grant: Grant) -> None:
    age = datetime.now(timezone.utc) - grant.obtained_at
    if age >= OLD_REFRESH_TOKEN:
        logger.warning(
            "The refresh token of client_id %r has not been used for %d days and dies on %s, 60 "
            "days after it was issued: it is renewed now; run more often than that, or run "
            "`xero login` when it is dead",
            grant.client_id,
            age.days,
            f"{grant.dies_at:%Y-%m-%d %H:%M} UTC",
        )


def fingerprint(token: str) -> str:
    """SHA-256 of a token, by which it is recognised without being kept."""
    return hashlib.sha256(token.encode()).hexdigest()
