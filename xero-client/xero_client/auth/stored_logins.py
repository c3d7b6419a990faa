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
)

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
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    settings: Mapping[str, str]
    tenants: Mapping[str, str]
    logged_in_at: datetime

    @classmethod
    def completed_now(cls, settings: ConnectionSettings, tenants: Mapping[str, str]) -> Login:
        """The login that is completed now."""
        return cls(
            settings.client_id or "",
            settings.client_secret,
            {name: getattr(settings, name) for name in STORED_SETTINGS},
            tenants,
            datetime.now(timezone.utc),
        )


class Logins:
    """The logins in a state database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(Schema("logins", metadata))

    def find(self, client_id: str) -> Login | None:
        """The login of an app; None if there is none.

        Raises:
            StoreError: The secret cannot be decrypted.
        """
        with self._store.translated_errors(), self._read_connection() as connection:
            row = connection.execute(select(logins).where(logins.c.client_id == client_id)).first()
        return None if row is None else self._login(row)

    def client_ids(self) -> list[str]:
        """The client ids of the apps with a login."""
        with self._store.translated_errors(), self._read_connection() as connection:
            return list(connection.scalars(select(logins.c.client_id).order_by("client_id")))

    def save(self, login: Login) -> None:
        """Stores a login; it replaces an earlier one of the app."""
        secret = login.client_secret
        with self._store.translated_errors(), self._store.engine.begin() as connection:
            connection.execute(delete(logins).where(logins.c.client_id == login.client_id))
            connection.execute(
                insert(logins).values(
                    client_id=login.client_id,
                    client_secret=self._store.cipher.encrypt(secret) if secret else None,
                    settings=json.dumps(dict(login.settings)),
                    tenants=json.dumps(dict(login.tenants)),
                    logged_in_at=login.logged_in_at.astimezone(timezone.utc).replace(tzinfo=None),
                )
            )

    def remove_tenants(self, client_id: str, tenant_ids: Iterable[str]) -> None:
        """Removes organisations from the chosen ones of a login."""
        login = self.find(client_id)
        if login is not None:
            removed = set(tenant_ids)
            kept = {key: name for key, name in login.tenants.items() if key not in removed}
            self.save(replace(login, tenants=kept))

    def delete(self, client_id: str) -> None:
        """Deletes the login of an app."""
        with self._store.translated_errors(), self._store.engine.begin() as connection:
            connection.execute(delete(logins).where(logins.c.client_id == client_id))

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
        )


def stored_login(config: Mapping[str, Any]) -> Login | None:
    """The login of the configured app. Does not create a database.

    Raises:
        StoreError: The state database cannot be used or read.
    """
    if not store_exists(config.get("store_uri")):
        return None
    store = Store(config.get("store_uri"), cipher_for(config.get("store_encryption")))
    try:
        return Logins(store).find(str(config["client_id"]))
    finally:
        store.close()


def store_exists(store_uri: str | None) -> bool:
    """Whether the state database may exist; True for all but a missing SQLite file."""
    try:
        url = store_url(store_uri or default_store_uri())
    except StoreError:
        return True  # opening it raises the error
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
