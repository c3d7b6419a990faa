"""The grants in the state database: the newest tokens of each chain.

A grant is known by its app (``client_id``), the token endpoint that issued it, and its name (the
setting ``grant``; empty by default). Under one name there is the chain of a login, and one chain
for each ``refresh_token`` that a configuration started with. No chain serves the configuration of
another one: a configuration with a ``refresh_token`` uses only the chain of that token, and one
without uses the chain of the login, or the only chain that there is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.engine import Connection

from xero_client.store.encryption import Cipher
from xero_client.store.schema import Schema

REFRESH_TOKEN_LIFETIME = timedelta(days=60)

metadata = MetaData()

grants = Table(
    "grants",
    metadata,
    Column("client_id", String(200), primary_key=True),
    Column("token_uri", String(500), primary_key=True),
    Column("refresh_token", Text),
    Column("access_token", Text, nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("obtained_at", DateTime, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("seed", String(64), primary_key=True),  # empty for a login
    Column("name", String(200), primary_key=True),  # empty for the grant without a name
)

locks = Table("locks", metadata, Column("name", String(900), primary_key=True))

SCHEMA = Schema("tokens", metadata, "0002", Path(__file__).parent / "token_migrations")


@dataclass(frozen=True)
class GrantKey:
    """What tells one chain of tokens from another.

    Attributes:
        client_id: The app.
        token_uri: The token endpoint that issues the tokens.
        name: The setting ``grant``; empty without it.
        seed: SHA-256 of the configured token that the chain started with; None for a login.
    """

    client_id: str
    token_uri: str
    name: str = ""
    seed: str | None = None

    @property
    def lock_name(self) -> str:
        """The name of the lock of this chain."""
        return f"grant {self.client_id} {self.token_uri} {self.name} {self.seed or ''}"[:900]


@dataclass(frozen=True)
class Grant:
    """The newest tokens of one chain; the repr does not show them.

    Attributes:
        client_id: The app.
        token_uri: The token endpoint that issued them.
        refresh_token: The newest refresh token; None if the app has none.
        access_token: The newest access token.
        expires_at: When the access token expires, aware, in UTC.
        obtained_at: When the refresh token was issued, aware, in UTC.
        scopes: The granted scopes, space-separated; empty if the server did not say.
        seed: SHA-256 of the configured token that the chain started with; None after a login.
        name: The setting ``grant``; empty without it.
    """

    client_id: str
    token_uri: str
    refresh_token: str | None = field(repr=False)
    access_token: str = field(repr=False)
    expires_at: datetime
    obtained_at: datetime
    scopes: str = ""
    seed: str | None = None
    name: str = ""

    @property
    def key(self) -> GrantKey:
        """What tells this chain from another."""
        return GrantKey(self.client_id, self.token_uri, self.name, self.seed)

    @property
    def refresh_token_expires_at(self) -> datetime:
        """When the refresh token expires if it is not used (xero-facts.md: OAuth)."""
        return self.obtained_at + REFRESH_TOKEN_LIFETIME


class LockedGrant:
    """The tokens of one chain, inside its lock."""

    def __init__(
        self,
        begin: Callable[[], AbstractContextManager[Connection]],
        cipher: Cipher,
        grant: Grant | None,
    ) -> None:
        """Takes the tokens.

        Args:
            begin: Begins a transaction.
            cipher: Encrypts the tokens.
            grant: The tokens that are stored.
        """
        self._begin = begin
        self._cipher = cipher
        self.grant = grant

    def save(self, grant: Grant) -> None:
        """Saves tokens at once; they replace the older ones of the same chain."""
        encrypt = self._cipher.encrypt
        with self._begin() as connection:
            connection.execute(delete(grants).where(*_same_chain(grant.key)))
            connection.execute(
                insert(grants).values(
                    client_id=grant.client_id,
                    token_uri=grant.token_uri,
                    refresh_token=encrypt(grant.refresh_token) if grant.refresh_token else None,
                    access_token=encrypt(grant.access_token),
                    expires_at=grant.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
                    obtained_at=grant.obtained_at.astimezone(timezone.utc).replace(tzinfo=None),
                    scopes=grant.scopes,
                    seed=grant.seed or "",
                    name=grant.name,
                )
            )
        self.grant = grant


def read_grant(connection: Connection, cipher: Cipher, key: GrantKey) -> Grant | None:
    """The newest tokens that a configuration may use; None if the store has none.

    Args:
        connection: A connection to the state database.
        cipher: Decrypts the tokens.
        key: The chain. Without ``seed``: that of the login, or else the only one of the name.
    """
    row = _row(connection, key)
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    values["seed"] = values["seed"] or None
    for name in ("refresh_token", "access_token"):
        values[name] = cipher.decrypt(values[name]) if values[name] else values[name]
    for name in ("expires_at", "obtained_at"):
        values[name] = values[name].replace(tzinfo=timezone.utc)
    return Grant(**values)


def read_scopes(connection: Connection, key: GrantKey) -> tuple[str, ...]:
    """The scopes of the tokens that ``read_grant`` finds, without decrypting the tokens."""
    row = _row(connection, key)
    return () if row is None else tuple(row["scopes"].split())


def _row(connection: Connection, key: GrantKey) -> RowMapping | None:
    row = connection.execute(select(grants).where(*_same_chain(key))).mappings().first()
    if row is None and key.seed is None:
        others = connection.execute(select(grants).where(*_same_name(key))).mappings().all()
        row = others[0] if len(others) == 1 else None
    return row


def delete_grant(connection: Connection, key: GrantKey) -> None:
    """Deletes the tokens of one chain."""
    connection.execute(delete(grants).where(*_same_chain(key)))


def _same_name(key: GrantKey) -> tuple[Any, ...]:
    return (
        grants.c.client_id == key.client_id,
        grants.c.token_uri == key.token_uri,
        grants.c.name == key.name,
    )


def _same_chain(key: GrantKey) -> tuple[Any, ...]:
    return (*_same_name(key), grants.c.seed == (key.seed or ""))
