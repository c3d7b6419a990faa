"""The steps of a login, for the browser and for the terminal.

Nothing is stored before the last step. So a failed login does not change an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from xero_client.auth.stored_grant import grant_key
from xero_client.auth.stored_logins import Login, Logins
from xero_client.auth.tenants import ORGANISATION, Tenant, choose_tenants, connected_tenants
from xero_client.auth.token_endpoint import Tokens
from xero_client.auth.token_sources import ClientCredentials, StaticToken
from xero_client.connection import connection_settings
from xero_client.entities.access.purposes import ScopeRequest
from xero_client.entities.access.scopes import OFFLINE_ACCESS, missing_scopes
from xero_client.errors import SettingsError, StoreError, XeroError
from xero_client.login import login_errors
from xero_client.login.consent import (
    AuthorizationRequest,
    check_app,
    check_consent_page,
    checked_redirect_uri,
    code_from_callback,
    exchange_code,
)
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings
from xero_client.store.database import Store, default_store_uri, store_url
from xero_client.store.encryption import FernetCipher, cipher_for
from xero_client.store.grants import Grant

MAX_CLIENT_ID_CHARACTERS = 100  # Xero's have 32
NONE_CHOSEN = "Choose at least one organisation."


class LoginFlow:
    """One login: app, consent, organisations, in this order."""

    def __init__(
        self,
        config: Mapping[str, Any],
        requested: ScopeRequest,
        *,
        user_agent: str,
        use_stored_app: bool,
    ) -> None:
        """Starts a login.

        Args:
            config: The settings that are set.
            requested: The scopes to request. ``offline_access`` is added, and so are the scopes
                that this grant of the app had before.
            user_agent: The ``User-Agent`` header.
            use_stored_app: Whether to use the secret of an earlier login of this app.

        Raises:
            SettingsError: A setting is invalid.
            StoreError: The state database cannot be used.
        """
        self._config = {name: value for name, value in config.items() if name in USED_SETTINGS}
        self._user_agent = user_agent
        self._requested = requested
        self._granted: tuple[str, ...] = ()
        default = CONNECTION_PROPERTIES["redirect_uri"]["default"]
        self.redirect_uri = checked_redirect_uri(config.get("redirect_uri") or default)
        cipher = cipher_for(config.get("store_encryption"))
        self._store = Store(config.get("store_uri"), cipher)
        self.settings: ConnectionSettings | None = None
        self.authorization: AuthorizationRequest | None = None
        self.tenants: list[Tenant] = []
        self._tokens: Tokens | None = None
        self.login: Login | None = None
        if use_stored_app and config.get("client_id"):
            self._use_configured_app()

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes to request, those that were granted before included."""
        return self._requested.with_granted(self._granted)

    @property
    def new_scopes(self) -> tuple[str, ...]:
        """The scopes to request that were not granted before."""
        return tuple(scope for scope in self.scopes if scope not in self._granted)

    @property
    def configured_client_id(self) -> str:
        """The client id in the settings; empty if it is not set."""
        return str(self._config.get("client_id") or "")

    @property
    def has_custom_store(self) -> bool:
        """Whether the setting ``store_uri`` is set."""
        return bool(self._config.get("store_uri"))

    def _use_configured_app(self) -> None:
        try:
            settings = connection_settings(
                self._config, user_agent=self._user_agent, any_grant=True
            )
            login = Logins(self._store).find(
                self.configured_client_id, settings.grant or "", any_grant=True
            )
            logged_in = login is not None
            self._store.grant(grant_key(settings))
        except StoreError:
            # With a key, tokens that another key encrypted may be replaced. Without a key,
            # encrypted tokens must not be overwritten.
            if isinstance(self._store.cipher, FernetCipher):
                return
            raise
        if settings.client_secret or logged_in:
            self._use(settings)

    def use_app(self, client_id: str, client_secret: str | None) -> None:
        """Sets the app.

        Args:
            client_id: The client id of the app.
            client_secret: The secret of the app; None or empty for a PKCE app.

        Raises:
            SettingsError: The client id is invalid.
            AppUnknownError: Xero does not know the app by this client id and secret.
        """
        client_id = client_id.strip()
        if not 0 < len(client_id) <= MAX_CLIENT_ID_CHARACTERS or " " in client_id:
            message = "Enter the client id as the app's page shows it, without spaces."
            raise SettingsError(message)
        secret = (client_secret or "").strip() or None
        config = {**self._config, "client_id": client_id, "client_secret": secret}
        settings = ConnectionSettings.from_config(config, user_agent=self._user_agent)
        check_app(settings)
        self._use(settings)

    def _use(self, settings: ConnectionSettings) -> None:
        settings = replace(settings, redirect_uri=self.redirect_uri)
        self.settings = settings
        self._granted = self._store.granted_scopes(grant_key(settings))
        self.authorization = AuthorizationRequest.create(settings, self.scopes, self._granted)

    def reset_app(self) -> None:
        """Goes back to the first step, which asks for the app."""
        self.settings = self.authorization = None
        self._granted = ()

    def consent_url(self) -> str:
        """The URL of Xero's consent page.

        Raises:
            ConsentError: Xero refuses the app or its redirect URI.
        """
        settings, request = self._pending_request()
        check_app(settings)
        check_consent_page(settings, request.url)
        return request.url

    def _pending_request(self) -> tuple[ConnectionSettings, AuthorizationRequest]:
        if self.settings is None or self.authorization is None:
            raise login_errors.no_consent_pending()
        return self.settings, self.authorization

    def handle_callback(self, callback: str) -> None:
        """Exchanges the code of the callback, and lists the organisations.

        Args:
            callback: The URL of the callback, or its query.

        Raises:
            WrongStateError: The callback does not belong to this login, which goes on.
            ConsentError: Xero gave no grant, or the grant has no organisation.
        """
        settings, request = self._pending_request()
        code = code_from_callback(callback, request)
        self.authorization = None  # valid for one callback only
        tokens = exchange_code(settings, request, code)
        try:
            connected = connected_tenants(settings, StaticToken(tokens.access_token))
        except XeroError as error:
            raise login_errors.organisations_not_listed(str(error)) from None
        self.tenants = [tenant for tenant in connected if tenant.kind.upper() == ORGANISATION]
        if not self.tenants:
            raise login_errors.nothing_connected()
        self._tokens = tokens

    def check_choice(self, tenant_ids: Iterable[str]) -> None:
        """Checks a choice of organisations.

        Raises:
            SettingsError: None is chosen, or one of them is not connected.
        """
        wanted = set(tenant_ids)
        unknown = wanted - {tenant.tenant_id for tenant in self.tenants}
        if unknown:
            message = f"Not connected: {', '.join(sorted(unknown))}"
            raise SettingsError(message)
        if not wanted:
            raise SettingsError(NONE_CHOSEN)

    def choose(self, tenant_ids: Iterable[str]) -> Login:
        """Chooses organisations, and stores the login.

        Raises:
            SettingsError: None is chosen, or one of them is not connected.
            StoreError: The state database cannot be written.
        """
        wanted = set(tenant_ids)
        names = {tenant.tenant_id: tenant.name or "unnamed" for tenant in self.tenants}
        self.check_choice(wanted)
        if self.settings is None or self._tokens is None or not self._tokens.refresh_token:
            raise login_errors.no_consent_pending()
        self._store.replace_grant(
            Grant(
                client_id=self.settings.client_id or "",
                token_uri=self.settings.token_uri,
                refresh_token=self._tokens.refresh_token,
                access_token=self._tokens.access_token,
                expires_at=self._tokens.expires_at,
                obtained_at=datetime.now(timezone.utc),
                # Without an answer, those are granted that were requested (RFC 6749, 5.1).
                scopes=self._tokens.scopes or " ".join(self.scopes),
                name=self.settings.grant or "",
            )
        )
        chosen = {tenant_id: name for tenant_id, name in names.items() if tenant_id in wanted}
        return self._save(self.settings, chosen)

    def connect_custom(self) -> Login:
        """Checks and stores a Custom Connection, which needs no consent.

        Raises:
            XeroError: Xero refuses it.
        """
        settings = connection_settings(self._config, user_agent=self._user_agent)
        self.settings = settings
        scopes = " ".join(scope for scope in self.scopes if scope != OFFLINE_ACCESS)
        [tenant] = choose_tenants(settings, ClientCredentials(settings, scopes)).tenants
        self.tenants = [tenant]
        return self._save(settings, {tenant.tenant_id: tenant.name or "unnamed"})

    def _save(self, settings: ConnectionSettings, tenants: Mapping[str, str]) -> Login:
        self.login = Login.completed_now(settings, tenants)
        Logins(self._store).save(self.login)
        return self.login

    def summary_lines(self) -> list[str]:
        """What was stored, and where, as lines of text."""
        if self.login is None:
            return []
        url = store_url(self._config.get("store_uri") or default_store_uri())
        file = url.database if url.get_backend_name() == "sqlite" else None
        protection = (
            "encrypted" if isinstance(self._store.cipher, FernetCipher) else "not encrypted"
        )
        contents = "client secret" if self.login.client_secret else "client id"
        if self._tokens is not None:
            contents = f"tokens and {contents}"
        place = file or url.render_as_string(hide_password=True)
        lines = [
            *(
                f"Organisation {name} ({tenant_id})"
                for tenant_id, name in self.login.tenants.items()
            ),
            f"{contents.capitalize()}, {protection}, in {place}",
        ]
        if self._tokens is not None:
            lines.append(f"Scopes: {self._tokens.scopes or ' '.join(self.scopes)}")
            missing = missing_scopes(self.scopes, self._tokens.scopes)
            if missing:
                lines.append(f"Not granted, though requested: {' '.join(missing)}")
            lines.append("The login lasts as long as a run uses it once in 60 days")
        return lines

    def close(self) -> None:
        """Closes the state database."""
        self._store.close()


USED_SETTINGS = frozenset(CONNECTION_PROPERTIES) - {"refresh_token", "access_token", "tenant_id"}
