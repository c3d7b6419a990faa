"""A login from the app to the chosen organisations, however the user is asked.

``login_page`` asks in a browser, ``login`` in a terminal; both drive the same steps. Nothing is
stored before the last one, so that a login that fails leaves an earlier one as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import make_url

from xero_client.auth.stored_logins import Login, Logins
from xero_client.auth.tenants import ORGANISATION, Tenant, chosen_tenants, connected_tenants
from xero_client.auth.token_endpoint import Tokens
from xero_client.auth.token_sources import ClientCredentials, StaticToken
from xero_client.connection import connection_settings
from xero_client.entities.scopes import REFRESH, missing
from xero_client.errors import SettingsError, StoreError, XeroError
from xero_client.login import login_errors as troubles
from xero_client.login.consent import (
    Attempt,
    authorize_url,
    check_app,
    checked_redirect_uri,
    claims_of,
    code_of,
    exchanged,
)
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings
from xero_client.store.database import Grant, Store, default_store_uri
from xero_client.store.encryption import Encrypted, cipher_for

LONGEST_CLIENT_ID = 100  # Xero's have 32 characters
NO_ORGANISATION = "Choose at least one organisation."


class LoginFlow:
    """The steps of one login, in their order: app, consent, organisations."""

    def __init__(
        self,
        config: Mapping[str, Any],
        scopes: Sequence[str],
        *,
        user_agent: str,
        app_is_known: bool,
    ) -> None:
        """Begins a login.

        Args:
            config: The settings that are set.
            scopes: What to ask for, without what a refresh needs.
            user_agent: The header to send.
            app_is_known: Whether an earlier login of this app may tell its secret.

        Raises:
            SettingsError: A setting is wrong.
            StoreError: The state database cannot be used.
        """
        self._config = {name: value for name, value in config.items() if name in KEPT_SETTINGS}
        self._user_agent = user_agent
        self.scopes = tuple(dict.fromkeys((REFRESH, *scopes)))
        default = CONNECTION_PROPERTIES["redirect_uri"]["default"]
        self.redirect_uri = checked_redirect_uri(config.get("redirect_uri") or default)
        cipher = cipher_for(config.get("store_encryption"))
        self._store = Store(config.get("store_uri"), cipher)
        self.settings: ConnectionSettings | None = None
        self.attempt: Attempt | None = None
        self.tenants: list[Tenant] = []
        self._tokens: Tokens | None = None
        self.login: Login | None = None
        if app_is_known and config.get("client_id"):
            self._use_known_app()

    @property
    def known_client_id(self) -> str:
        """The app that the settings name; empty where they name none."""
        return str(self._config.get("client_id") or "")

    @property
    def has_own_store(self) -> bool:
        """Whether the state database is another than the usual one."""
        return bool(self._config.get("store_uri"))

    def _use_known_app(self) -> None:
        try:
            settings = connection_settings(self._config, user_agent=self._user_agent)
            logged_in = Logins(self._store).find(self.known_client_id) is not None
            self._store.grant(self.known_client_id, settings.token_uri)
        except StoreError:
            # What another key encrypted is replaced; without any key it is not to be overwritten.
            if isinstance(self._store.cipher, Encrypted):
                return
            raise
        if settings.client_secret or logged_in:
            self._use(settings)

    def use_app(self, client_id: str, client_secret: str | None) -> None:
        """Names the app.

        Args:
            client_id: Its client id.
            client_secret: Its secret; None or empty for a PKCE app.

        Raises:
            SettingsError: The client id cannot be one.
        """
        client_id = client_id.strip()
        if not 0 < len(client_id) <= LONGEST_CLIENT_ID or " " in client_id:
            message = "Enter the client id as the app's page shows it, without spaces."
            raise SettingsError(message)
        secret = (client_secret or "").strip() or None
        config = {**self._config, "client_id": client_id, "client_secret": secret}
        self._use(ConnectionSettings.from_config(config, user_agent=self._user_agent))

    def _use(self, settings: ConnectionSettings) -> None:
        settings = replace(settings, redirect_uri=self.redirect_uri)
        self.settings = settings
        self.attempt = Attempt.of(settings, self.scopes)

    def leave_app(self) -> None:
        """Goes back to the step where the app is named."""
        self.settings = self.attempt = None

    def consent_url(self) -> str:
        """Where the user grants access.

        Raises:
            ConsentError: Xero would not open its page.
        """
        settings, attempt = self._app()
        url = authorize_url(settings, attempt)
        check_app(settings, url)
        return url

    def _app(self) -> tuple[ConnectionSettings, Attempt]:
        if self.settings is None or self.attempt is None:
            raise troubles.not_asked()
        return self.settings, self.attempt

    def returned(self, callback: str) -> None:
        """Takes what Xero sent the user back with, and lists the organisations.

        Args:
            callback: The callback's URL, or its query.

        Raises:
            ConsentError: There is no grant, or no organisation in it.
        """
        settings, attempt = self._app()
        self.attempt = None  # it is good for one answer only
        tokens = exchanged(settings, attempt, code_of(callback, attempt))
        try:
            connected = connected_tenants(settings, StaticToken(tokens.access_token))
        except XeroError as error:
            raise troubles.not_listed(str(error)) from None
        self.tenants = [one for one in connected if one.kind.upper() == ORGANISATION]
        if not self.tenants:
            raise troubles.nothing_connected()
        self._tokens = tokens

    @property
    def newly_connected(self) -> tuple[str, ...]:
        """The organisations that this consent named; all of them where it does not say."""
        if self._tokens is None:
            return ()
        event = claims_of(self._tokens.access_token).get("authentication_event_id")
        of_consent = [one.tenant_id for one in self.tenants if event and one.event_id == event]
        return tuple(of_consent or [one.tenant_id for one in self.tenants])

    def choose(self, tenant_ids: Iterable[str]) -> Login:
        """Chooses organisations, and stores the login.

        Raises:
            SettingsError: None is chosen, or one that is not connected.
            StoreError: The state database cannot be written.
        """
        wanted = set(tenant_ids)
        chosen = {one.tenant_id: one.name or "unnamed" for one in self.tenants}
        if wanted - chosen.keys():
            message = f"Not connected: {', '.join(sorted(wanted - chosen.keys()))}"
            raise SettingsError(message)
        if not wanted:
            raise SettingsError(NO_ORGANISATION)
        if self.settings is None or self._tokens is None or not self._tokens.refresh_token:
            raise troubles.not_asked()
        self._store.replace_grant(
            Grant(
                client_id=self.settings.client_id or "",
                token_uri=self.settings.token_uri,
                refresh_token=self._tokens.refresh_token,
                access_token=self._tokens.access_token,
                expires_at=self._tokens.expires_at,
                obtained_at=datetime.now(timezone.utc),
                scopes=self._tokens.scopes,
            )
        )
        kept = {tenant_id: name for tenant_id, name in chosen.items() if tenant_id in wanted}
        return self._stored(self.settings, kept)

    def connect_custom(self) -> Login:
        """Checks a Custom Connection, which needs no consent here, and stores it.

        Raises:
            XeroError: Xero refuses it.
        """
        settings = connection_settings(self._config, user_agent=self._user_agent)
        self.settings = settings
        asked = settings.scopes or " ".join(one for one in self.scopes if one != REFRESH)
        [tenant] = chosen_tenants(settings, ClientCredentials(settings, asked))
        self.tenants = [tenant]
        return self._stored(settings, {tenant.tenant_id: tenant.name or "unnamed"})

    def _stored(self, settings: ConnectionSettings, tenants: Mapping[str, str]) -> Login:
        self.login = Login.of(settings, tenants)
        Logins(self._store).save(self.login)
        return self.login

    def stored(self) -> list[str]:
        """What was stored and where, for the user to read."""
        if self.login is None:
            return []
        url = make_url(self._config.get("store_uri") or default_store_uri())
        place = url.database if url.get_backend_name() == "sqlite" else None
        how = "encrypted" if isinstance(self._store.cipher, Encrypted) else "not encrypted"
        kept = "client secret" if self.login.client_secret else "client id"
        if self._tokens is not None:
            kept = f"tokens and {kept}"
        lines = [
            *(f"Organisation {name} ({one})" for one, name in self.login.tenants.items()),
            f"{kept.capitalize()}, {how}, in {place or url.render_as_string(hide_password=True)}",
        ]
        if self._tokens is not None:
            lines.append(f"Scopes: {self._tokens.scopes or ' '.join(self.scopes)}")
            lacking = missing(self.scopes, self._tokens.scopes)
            if lacking:
                lines.append(f"Not granted, though asked for: {' '.join(lacking)}")
            lines.append("It lasts as long as a run uses it once in 60 days")
        return lines

    def close(self) -> None:
        """Lets go of the state database."""
        self._store.close()


KEPT_SETTINGS = frozenset(CONNECTION_PROPERTIES) - {"refresh_token", "access_token", "tenant_id"}
