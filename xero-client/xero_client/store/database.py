"""The state database: where tokens (and what the target must remember) outlive a run.

Any SQLAlchemy URL works. On SQLite a writing transaction takes the file's write lock at once; on
other databases the row of a named lock is taken ``FOR UPDATE``. Either holds across processes.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import backoff
import platformdirs
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    make_url,
    select,
)
from sqlalchemy.engine import URL, Connection, ExceptionContext
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from xero_client.errors import StoreError
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.encryption import Cipher, Clear, cipher_for

# A refresh holds the lock for one call to Xero, so others wait longer than a call may take.
LOCK_TIMEOUT_SECONDS = 300
REFRESH_TOKEN_LIFE = timedelta(days=60)

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
    Column("seed", String(64), primary_key=True),  # empty: of a login
)

locks = Table("locks", metadata, Column("name", String(200), primary_key=True))


@dataclass(frozen=True)
class Grant:
    """The newest tokens of one app; they are left out of its repr.

    Attributes:
        client_id: The app.
        token_uri: Where the tokens came from.
        refresh_token: The chain's newest refresh token; None where the app has none.
        access_token: The newest access token.
        expires_at: When it stops working, aware, in UTC.
        obtained_at: When the refresh token was issued, aware, in UTC; it dies 60 days later.
        scopes: What was granted, space-separated; empty where the server did not say.
        seed: SHA-256 of the configured token that the chain began with; None after a login. An
            app can have several chains: one of its login, and one of each configured token.
    """

    client_id: str
    token_uri: str
    refresh_token: str | None = field(repr=False)
    access_token: str = field(repr=False)
    expires_at: datetime
    obtained_at: datetime
    scopes: str = ""
    seed: str | None = None

    @property
    def dies_at(self) -> datetime:
        """When the refresh token ends, if it stays unused (xero-facts.md: OAuth)."""
        return self.obtained_at + REFRESH_TOKEN_LIFE


def default_store_uri() -> str:
    """An SQLite file in the user's data folder."""
    return f"sqlite:///{platformdirs.user_data_path('xero-client') / 'xero.db'}"


class Store:
    """An open state database.

    Attributes:
        engine: For the tables of other modules; a ``begin()`` on SQLite takes the write lock.
        cipher: How secrets are written down.
    """

    def __init__(self, uri: str | None = None, cipher: Cipher | None = None) -> None:
        """Opens the database and makes what is missing.

        Args:
            uri: SQLAlchemy URL; None for the default file.
            cipher: How secrets are written down; None for in clear.

        Raises:
            StoreError: The URL is wrong, or the database cannot be reached.
        """
        self.cipher: Cipher = cipher or Clear()
        url = _checked_url(uri or default_store_uri())
        self._shown = url.set(query={}).render_as_string(hide_password=True)
        is_sqlite = url.get_backend_name() == "sqlite"
        try:
            if is_sqlite:
                _protect(url, is_ours=not uri)
            self.engine: Engine = create_engine(
                url,
                hide_parameters=True,  # they are tokens
                connect_args={"timeout": LOCK_TIMEOUT_SECONDS} if is_sqlite else {},
            )
        except (NoSuchModuleError, ImportError) as error:
            message = f"Setting 'store_uri' needs a driver that is not installed: {error}"
            raise StoreError(message) from None
        except OSError as error:
            raise self._failure(error) from None
        event.listen(self.engine, "handle_error", self._operational_failure)
        if is_sqlite:
            event.listen(self.engine, "connect", _leave_transactions_to_us)
            event.listen(self.engine, "begin", _take_write_lock)
        self.create(metadata)

    @classmethod
    def of(cls, settings: ConnectionSettings) -> Store:
        """The state database of a connection.

        Raises:
            StoreError: The database cannot be opened, or its key is not to be had.
        """
        return cls(settings.store_uri, cipher_for(settings.store_encryption))

    def create(self, tables: MetaData) -> None:
        """Makes the tables that are missing, also when several processes start at once.

        Raises:
            StoreError: They cannot be made.
        """
        with self.in_words():
            self._create(tables)

    # Another process may make the same table between SQLAlchemy's look and its CREATE.
    @backoff.on_exception(
        backoff.constant, (SQLAlchemyError, StoreError), max_tries=5, interval=0.2, logger=None
    )
    def _create(self, tables: MetaData) -> None:
        # Looked for without the write lock, which a refresh under way may hold for long.
        with self._reading() as connection:
            tables.create_all(connection)

    @contextmanager
    def in_words(self) -> Iterator[None]:
        """Turns a failure of the database into words that hold nothing of what is in it.

        Raises:
            StoreError: The database failed.
        """
        try:
            yield
        except SQLAlchemyError as error:
            raise self._failure(getattr(error, "orig", None) or error) from None

    def _operational_failure(self, context: ExceptionContext) -> StoreError | None:
        """In words, whichever module's statement meets a full disk or a server that is gone."""
        if isinstance(context.sqlalchemy_exception, OperationalError):
            return self._failure(context.original_exception)
        return None

    def _failure(self, error: BaseException) -> StoreError:
        reason = str(error).partition("\n")[0]  # PostgreSQL's other lines show the row
        message = f"The state database {self._shown} (setting 'store_uri') cannot be used: {reason}"
        return StoreError(message)

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    def grant(self, client_id: str, token_uri: str, seed: str | None = None) -> Grant | None:
        """The newest tokens of an app, without waiting for a refresh that is under way.

        Args:
            client_id: The app.
            token_uri: Where its tokens come from.
            seed: Of this chain, or of the login where that is newer; None for any.
        """
        with self.in_words(), self._reading() as connection:
            return _read_grant(connection, self.cipher, client_id, token_uri, seed)

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def locked_grant(
        self, client_id: str, token_uri: str, seed: str | None = None
    ) -> Iterator[LockedGrant]:
        """The newest tokens of an app, with no other process reading them for a refresh.

        What is saved inside the block is durable when the block ends.
        """
        with self.locked(f"grant {client_id}") as connection:
            grant = _read_grant(connection, self.cipher, client_id, token_uri, seed)
            yield LockedGrant(connection, self.cipher, grant)

    @contextmanager
    def locked(self, name: str) -> Iterator[Connection]:
        """A transaction that only one process at a time can be in, by ``name``."""
        if self.engine.dialect.name != "sqlite":
            with self.in_words():
                self._make_lock(name)
        with self.in_words(), self.engine.begin() as connection:
            connection.execute(select(locks).where(locks.c.name == name).with_for_update())
            yield connection

    def replace_grant(self, grant: Grant) -> None:
        """Saves tokens of a new chain, whatever was there, also if it cannot be read."""
        with self.locked(f"grant {grant.client_id}") as connection:
            LockedGrant(connection, self.cipher, None).save(grant)

    def _make_lock(self, name: str) -> None:
        named = select(locks).where(locks.c.name == name)
        try:
            with self.engine.begin() as connection:
                if connection.execute(named).first() is None:
                    connection.execute(insert(locks).values(name=name))
        except IntegrityError:
            pass  # another process made the row first, which is all we want

    def forget_grant(self, client_id: str, token_uri: str) -> None:
        """Removes an app's tokens."""
        with self.in_words(), self.engine.begin() as connection:
            connection.execute(delete(grants).where(*_is(client_id, token_uri)))


class LockedGrant:
    """An app's tokens inside the lock."""

    def __init__(self, connection: Connection, cipher: Cipher, grant: Grant | None) -> None:
        self._connection = connection
        self._cipher = cipher
        self.grant = grant

    def save(self, grant: Grant) -> None:
        """Replaces the tokens of the grant's chain."""
        same = (*_is(grant.client_id, grant.token_uri), grants.c.seed == (grant.seed or ""))
        self._connection.execute(delete(grants).where(*same))
        seal = self._cipher.seal
        self._connection.execute(
            insert(grants).values(
                client_id=grant.client_id,
                token_uri=grant.token_uri,
                refresh_token=seal(grant.refresh_token) if grant.refresh_token else None,
                access_token=seal(grant.access_token),
                expires_at=grant.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
                obtained_at=grant.obtained_at.astimezone(timezone.utc).replace(tzinfo=None),
                scopes=grant.scopes,
                seed=grant.seed or "",
            )
        )
        self.grant = grant


def _is(client_id: str, token_uri: str) -> tuple:  # type: ignore[type-arg]  # SQL conditions
    return grants.c.client_id == client_id, grants.c.token_uri == token_uri


def _read_grant(
    connection: Connection, cipher: Cipher, client_id: str, token_uri: str, seed: str | None
) -> Grant | None:
    found = select(grants).where(*_is(client_id, token_uri))
    if seed:
        found = found.where(grants.c.seed.in_((seed, "")))
    row = connection.execute(found.order_by(grants.c.obtained_at.desc())).mappings().first()
    if row is None:
        return None
    values = dict(row)
    values["seed"] = values["seed"] or None
    for name in ("refresh_token", "access_token"):
        values[name] = cipher.open(values[name]) if values[name] else values[name]
    for name in ("expires_at", "obtained_at"):
        values[name] = values[name].replace(tzinfo=timezone.utc)
    return Grant(**values)


def _checked_url(uri: str) -> URL:
    """The URL, if it names a database that outlives the run.

    Raises:
        StoreError: It does not. What it is stays unsaid, for it may hold a password.
    """
    try:
        url = make_url(uri)
        url.get_backend_name()
    except (ArgumentError, ValueError):
        message = (
            "Setting 'store_uri' is no SQLAlchemy URL: set it to one like "
            "sqlite:////folder/xero.db or postgresql+psycopg://user:password@host/database"
        )
        raise StoreError(message) from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        message = (
            "Setting 'store_uri' names a database in memory, with which the newest refresh token "
            "would be lost: set it to a file's, like sqlite:////folder/xero.db"
        )
        raise StoreError(message)
    return url


def _protect(url: URL, *, is_ours: bool) -> None:
    """Makes the file readable by its owner only, before anything secret is in it.

    The folder too where it is made here, or is the default one.
    """
    path = Path(url.database or "")
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o700)
    if is_ours and stat.S_IMODE(path.parent.stat().st_mode) != 0o700:  # noqa: PLR2004  # owner only
        path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if stat.S_IMODE(path.stat().st_mode) != 0o600:  # noqa: PLR2004  # owner reads and writes
        path.chmod(0o600)


def _leave_transactions_to_us(connection: object, _record: object) -> None:
    # Python's sqlite3 would begin late, and then without the write lock.
    connection.isolation_level = None  # type: ignore[attr-defined]  # an sqlite3.Connection


def _take_write_lock(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
