"""What a login leaves in the store."""

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
    make_url,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store, default_store_uri
from xero_client.store.encryption import cipher_for

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

REMEMBERED = ("base_uri", "authorize_uri", "token_uri", "redirect_uri", "grant_type")


@dataclass(frozen=True)
class Login:
    """A finished login.

    Attributes:
        client_id: The app.
        client_secret: Its secret; None for a PKCE app.
        settings: The settings of ``REMEMBERED``, as they were.
        tenants: Ids and names of the organisations that were chosen.
        logged_in_at: When, aware, in UTC.
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    settings: Mapping[str, str]
    tenants: Mapping[str, str]
    logged_in_at: datetime

    @classmethod
    def of(cls, settings: ConnectionSettings, tenants: Mapping[str, str]) -> Login:
        """The login that ends now."""
        return cls(
            settings.client_id or "",
            settings.client_secret,
            {name: getattr(settings, name) for name in REMEMBERED},
            tenants,
            datetime.now(timezone.utc),
        )


class Logins:
    """The logins of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(metadata)

    def find(self, client_id: str) -> Login | None:
        """The login of an app.

        Raises:
            StoreError: Its secret cannot be read with the store's key.
        """
        with self._store.in_words(), self._reading() as connection:
            row = connection.execute(select(logins).where(logins.c.client_id == client_id)).first()
        return None if row is None else self._login(row)

    def client_ids(self) -> list[str]:
        """The apps with a login."""
        with self._store.in_words(), self._reading() as connection:
            return list(connection.scalars(select(logins.c.client_id).order_by("client_id")))

    def save(self, login: Login) -> None:
        """Keeps a login, in the place of the app's earlier one."""
        secret = login.client_secret
        with self._store.in_words(), self._store.engine.begin() as connection:
            connection.execute(delete(logins).where(logins.c.client_id == login.client_id))
            connection.execute(
                insert(logins).values(
                    client_id=login.client_id,
                    client_secret=self._store.cipher.seal(secret) if secret else None,
                    settings=json.dumps(dict(login.settings)),
                    tenants=json.dumps(dict(login.tenants)),
                    logged_in_at=login.logged_in_at.astimezone(timezone.utc).replace(tzinfo=None),
                )
            )

    def leave(self, client_id: str, tenant_ids: Iterable[str]) -> None:
        """Takes organisations off the list of the chosen ones."""
        login = self.find(client_id)
        if login is not None:
            left = set(tenant_ids)
            kept = {key: name for key, name in login.tenants.items() if key not in left}
            self.save(replace(login, tenants=kept))

    def forget(self, client_id: str) -> None:
        """Removes an app's login."""
        with self._store.in_words(), self._store.engine.begin() as connection:
            connection.execute(delete(logins).where(logins.c.client_id == client_id))

    def _reading(self) -> Connection:
        # Without the write lock that a refresh under way may hold.
        return self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _login(self, row: Row[Any]) -> Login:
        values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way
        secret = values["client_secret"]
        return Login(
            values["client_id"],
            self._store.cipher.open(secret) if secret else None,
            json.loads(values["settings"]),
            json.loads(values["tenants"]),
            values["logged_in_at"].replace(tzinfo=timezone.utc),
        )


def stored_login(config: Mapping[str, Any]) -> Login | None:
    """The login of the configured app, without making a database where there is none.

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
    """Whether there may be something in the store; only a file can be seen to be missing."""
    try:
        url = make_url(store_uri or default_store_uri())
    except ArgumentError:
        return True  # opening it says what is wrong
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
