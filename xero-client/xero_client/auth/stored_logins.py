"""The logins in the state database: app, secret, settings and chosen organisations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.engine import Connection

from xero_client import store as store_package
from xero_client.errors import StoreError
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store, default_store_uri, store_url
from xero_client.store.encryption import cipher_for
from xero_client.store.schema import Schema

metadata = MetaData()

logins = Table(
    "logins",
    metadata,
    Column("client_id", String(200), primary_key=True),
    Column("client_secret", Text),
    Column("settings", Text, nullable=False),
    Column("tenants", Text, nullable=False),
    Column("logged_in_at", DateTime, nullable=False),
    Column("grant_name", String(200), primary_key=True),  # empty for the grant without a name
)

MIGRATIONS = Path(store_package.__file__).parent / "login_migrations"
SCHEMA = Schema("logins", metadata, "0002", MIGRATIONS)

STORED_SETTINGS = ("base_uri", "authorize_uri", "token_uri", "redirect_uri", "grant_type")


@dataclass(frozen=True)
class Login:
    """A completed login.

    Attributes:
        client_id: The app.
        client_secret: Its secret; None for a PKCE app.
        settings: The values of ``STORED_SETTINGS`` at the login.
        tenants: Ids and names of the organisations that were chosen.
        logged_in_at: The time of the login, aware, in UTC.
        grant: The name of the grant; empty without the setting ``grant``.
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    settings: Mapping[str, str]
    tenants: Mapping[str, str]
    logged_in_at: datetime
    grant: str = ""

    @classmethod
    def completed_now(cls, settings: ConnectionSettings, tenants: Mapping[str, str]) -> Login:
        """The login that is completed now."""
        return cls(
            settings.client_id or "",
            settings.client_secret,
            {name: getattr(settings, name) for name in STORED_SETTINGS},
            tenants,
            datetime.now(timezone.utc),
            settings.grant or "",
        )


class Logins:
    """The logins in a state database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(SCHEMA)

    def find(self, client_id: str, grant: str = "", *, any_grant: bool = False) -> Login | None:
        """The login of an app; None without a login.

        Args:
            client_id: The app.
            grant: The name of the grant.
            any_grant: Whether the newest login of the app counts if no login has that name.

        Raises:
            StoreError: The secret cannot be decrypted.
        """
        with self._store.translated_errors(), self._read_connection() as connection:
            row = connection.execute(select(logins).where(*_of(client_id, grant))).first()
            if row is None and any_grant:
                of_app = select(logins).where(logins.c.client_id == client_id)
                row = connection.execute(of_app.order_by(logins.c.logged_in_at.desc())).first()
        return None if row is None else self._login(row)

    def client_ids(self) -> list[str]:
        """The client ids of the apps with a login."""
        with self._store.translated_errors(), self._read_connection() as connection:
            ids = select(logins.c.client_id).distinct().order_by("client_id")
            return list(connection.scalars(ids))

    def all(self) -> list[Login]:
        """All logins, by client id and name.

        Raises:
            StoreError: A secret cannot be decrypted.
        """
        with self._store.translated_errors(), self._read_connection() as connection:
            rows = connection.execute(select(logins).order_by("client_id", "grant_name")).all()
        return [self._login(row) for row in rows]

    def save(self, login: Login) -> None:
        """Stores a login; it replaces an earlier one of the same app and name."""
        secret = login.client_secret
        with self._store.translated_errors(), self._store.engine.begin() as connection:
            connection.execute(delete(logins).where(*_of(login.client_id, login.grant)))
            connection.execute(
                insert(logins).values(
                    client_id=login.client_id,
                    client_secret=self._store.cipher.encrypt(secret) if secret else None,
                    settings=json.dumps(dict(login.settings)),
                    tenants=json.dumps(dict(login.tenants)),
                    logged_in_at=login.logged_in_at.astimezone(timezone.utc).replace(tzinfo=None),
                    grant_name=login.grant,
                )
            )

    def remove_tenants(self, client_id: str, grant: str, tenant_ids: Iterable[str]) -> None:
        """Removes organisations from the chosen ones of a login."""
        login = self.find(client_id, grant)
        if login is not None:
            removed = set(tenant_ids)
            kept = {key: name for key, name in login.tenants.items() if key not in removed}
            self.save(replace(login, tenants=kept))

    def delete(self, client_id: str, grant: str = "") -> None:
        """Deletes the login of an app."""
        with self._store.translated_errors(), self._store.engine.begin() as connection:
            connection.execute(delete(logins).where(*_of(client_id, grant)))

    def _read_connection(self) -> Connection:
        # Does not wait for the write lock, which a running refresh may hold.
        return self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _login(self, row: Row[Any]) -> Login:
        values = dict(row._mapping)  # noqa: SLF001  # as SQLAlchemy documents it
        secret = values["client_secret"]
        return Login(
            values["client_id"],
            self._store.cipher.decrypt(secret) if secret else None,
            json.loads(values["settings"]),
            json.loads(values["tenants"]),
            values["logged_in_at"].replace(tzinfo=timezone.utc),
            values["grant_name"],
        )


def _of(client_id: str, grant: str) -> tuple[Any, ...]:
    return logins.c.client_id == client_id, logins.c.grant_name == grant


def stored_login(config: Mapping[str, Any], *, any_grant: bool = False) -> Login | None:
    """The login of the configured app. Does not create a database.

    Args:
        config: The settings.
        any_grant: Whether a login of another name counts if no login has the name in the setting
            ``grant``.

    Raises:
        StoreError: The state database cannot be used or read.
    """
    if not store_exists(config.get("store_uri")):
        return None
    store = Store(config.get("store_uri"), cipher_for(config.get("store_encryption")))
    try:
        return Logins(store).find(
            str(config["client_id"]), config.get("grant") or "", any_grant=any_grant
        )
    finally:
        store.close()


def store_exists(store_uri: str | None) -> bool:
    """Whether the state database may exist; True for all but a missing SQLite file."""
    try:
        url = store_url(store_uri or default_store_uri())
    except StoreError:
        return True  # opening it raises the error
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
