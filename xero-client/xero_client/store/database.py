"""The state database: tokens and locks, and the tables of other modules.

Any SQLAlchemy URL works. Named locks hold across processes: on SQLite, each is a file of its own
beside the database (see ``file_lock``); on other databases, a transaction locks the row of the lock
with ``FOR UPDATE``.
"""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import backoff
import platformdirs
from sqlalchemy import Engine, create_engine, event, func, insert, make_url, select
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
from xero_client.store.encryption import Cipher, PlaintextCipher, cipher_for
from xero_client.store.file_lock import LOCK_TIMEOUT_SECONDS, create_private, file_lock
from xero_client.store.grants import (
    SCHEMA,
    Grant,
    GrantKey,
    LockedGrant,
    delete_grant,
    locks,
    read_grant,
    read_scopes,
)
from xero_client.store.schema import Schema, bring_up_to_date, version_in

T = TypeVar("T")

# PostgreSQL's codes for a transaction that another one was in the way of: a serialization failure,
# and a deadlock.
CONFLICT_CODES = frozenset({"40001", "40P01"})
URL_EXAMPLES = (
    "set it to one like sqlite:////folder/xero.db or "
    "postgresql+psycopg://user:password@host/database"
)


class TransactionConflictError(StoreError):
    """The database gave a transaction up in favour of another one; it can be run again."""


def default_store_uri() -> str:
    """The URL of an SQLite file in the user's data folder."""
    return f"sqlite:///{platformdirs.user_data_path('xero-client') / 'xero.db'}"


class Store:
    """An open state database.

    Attributes:
        engine: For the tables of other modules; ``begin()`` takes the write lock on SQLite.
        cipher: Encrypts and decrypts secrets.
    """

    def __init__(self, uri: str | None = None, cipher: Cipher | None = None) -> None:
        """Opens the database, and creates the file and the tables if they do not exist.

        Args:
            uri: SQLAlchemy URL; None for the default file.
            cipher: Encrypts and decrypts secrets; None for plaintext.

        Raises:
            StoreError: The URL is invalid, or the database cannot be opened.
        """
        self.cipher: Cipher = cipher or PlaintextCipher()
        url = store_url(uri or default_store_uri())
        self._shown = url.set(query={}).render_as_string(hide_password=True)
        is_sqlite = url.get_backend_name() == "sqlite"
        try:
            if is_sqlite:
                path = _restrict_access(url, is_default=not uri)
                _use_write_ahead_log(path)
            self.engine: Engine = create_engine(
                url,
                hide_parameters=True,  # they contain tokens
                connect_args={"timeout": LOCK_TIMEOUT_SECONDS} if is_sqlite else {},
                # The connection that was used last knows the most pages of the file. A server may
                # close connections that are not used for long, so that there all are used in turn.
                pool_use_lifo=is_sqlite,
            )
        except NoSuchModuleError:
            message = (
                f"Setting 'store_uri' begins with '{url.drivername}:', which is not known: "
                f"{URL_EXAMPLES}"
            )
            raise StoreError(message) from None
        except ImportError as error:
            message = f"Setting 'store_uri' needs a driver that is not installed: {error}"
            raise StoreError(message) from None
        except OSError as error:
            raise self._store_error(error) from None
        # A program that ends, or drops the store, leaves no connection open.
        weakref.finalize(self, self.engine.dispose)
        event.listen(self.engine, "handle_error", partial(_operational_error, self._shown))
        if is_sqlite:
            event.listen(self.engine, "connect", _disable_driver_transactions)
            event.listen(self.engine, "begin", _take_write_lock)
        self._turn_to_write = threading.RLock() if is_sqlite else None
        self._lock_folder = Path(f"{url.database}-locks") if is_sqlite else None
        self.create(SCHEMA)

    @classmethod
    def of(cls, settings: ConnectionSettings) -> Store:
        """The state database of a connection.

        Raises:
            StoreError: The database cannot be opened, or its key is missing.
        """
        return cls(settings.store_uri, cipher_for(settings.store_encryption))

    def create(self, schema: Schema) -> None:
        """Creates the tables of a schema, or upgrades them, also if several processes do so.

        Raises:
            StoreError: The tables cannot be created or upgraded, or are of a newer version.
        """
        with self.translated_errors(), self._read_connection() as connection:
            # Does not wait for the write lock, which a running refresh may hold for long.
            found = version_in(connection, schema)
        if found != schema.version:
            with self.translated_errors():
                self.transaction(lambda connection: bring_up_to_date(connection, schema))

    # Another process may insert the same row between the check and the statement.
    @backoff.on_exception(
        backoff.expo,
        (IntegrityError, TransactionConflictError),
        max_tries=6,
        factor=0.05,
        logger=None,
    )
    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Does work in a transaction, and again if another process was in the way.

        Args:
            work: What is done; it may run several times.

        Raises:
            StoreError: The database failed.
        """
        with self._write_turn(), self.engine.begin() as connection:
            return work(connection)

    @contextmanager
    def _write_turn(self) -> Iterator[None]:
        """The turn of a thread to write to an SQLite file.

        SQLite lets one connection write, and others sleep between their tries. Threads that share a
        store wait for each other here instead, and go on at once. None waits longer for its turn
        than SQLite would.
        """
        turn = self._turn_to_write
        has_turn = turn is not None and turn.acquire(timeout=LOCK_TIMEOUT_SECONDS)
        try:
            yield
        finally:
            if turn is not None and has_turn:
                turn.release()

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Turns an error of the database into a ``StoreError`` that shows nothing of its contents.

        Raises:
            StoreError: The database failed.
        """
        try:
            yield
        except SQLAlchemyError as error:
            raise self._store_error(getattr(error, "orig", None) or error) from None

    def _store_error(self, error: BaseException) -> StoreError:
        return _store_error(self._shown, error)

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    def grant(self, key: GrantKey) -> Grant | None:
        """The newest tokens of a chain. Does not wait for a running refresh."""
        with self.translated_errors(), self._read_connection() as connection:
            return read_grant(connection, self.cipher, key)

    def granted_scopes(self, key: GrantKey) -> tuple[str, ...]:
        """The scopes of the newest tokens of a chain; needs no key that decrypts the tokens."""
        with self.translated_errors(), self._read_connection() as connection:
            return read_scopes(connection, key)

    def _read_connection(self) -> Connection:
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def locked_grant(self, key: GrantKey) -> Iterator[LockedGrant]:
        """The newest tokens of a chain, locked against a refresh by another process.

        Each chain has a lock of its own, so that one refresh does not delay that of another.
        """
        found = self.grant(key)
        lock_name = (found.key if found else key).lock_name
        with self.locked(lock_name), self.translated_errors():
            yield LockedGrant(self.engine.begin, self.cipher, self.grant(key))

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """The lock ``name``, which only one process at a time can hold.

        It does not keep others from writing to the database. It ends with the process.
        """
        if self._lock_folder is not None:
            with self.translated_errors(), file_lock(self._lock_folder, name):
                yield
            return
        with self.translated_errors():
            self._create_lock(name)
            with self.engine.begin() as connection:
                connection.execute(select(locks).where(locks.c.name == name).with_for_update())
                yield

    def replace_grant(self, grant: Grant) -> None:
        """Saves the tokens of a new chain; replaces those of an old one, even if unreadable."""
        with self.locked(grant.key.lock_name), self.translated_errors():
            LockedGrant(self.engine.begin, self.cipher, None).save(grant)

    def _create_lock(self, name: str) -> None:
        named = select(locks).where(locks.c.name == name)
        try:
            with self.engine.begin() as connection:
                if connection.execute(named).first() is None:
                    connection.execute(insert(locks).values(name=name))
        except IntegrityError:
            pass  # another process created the row first

    def delete_grant(self, key: GrantKey) -> None:
        """Deletes the tokens of a chain."""
        with self.translated_errors(), self.engine.begin() as connection:
            delete_grant(connection, key)


def present_time(connection: Connection) -> float:
    """The seconds since 1970, by the clock of the database if it is a server.

    The clocks of several machines differ.
    """
    if connection.dialect.name != "postgresql":
        return time.time()
    epoch = select(func.extract("epoch", func.clock_timestamp()))
    return float(connection.execute(epoch).scalar_one())


def store_url(uri: str) -> URL:
    """The parsed ``store_uri``: a database that is not in memory.

    Raises:
        StoreError: The text is not such a URL. The message does not show it, because it may contain
            a password.
    """
    _, _, rest = uri.partition("://")
    credentials, _, _ = rest.partition("?")[0].rpartition("@")
    if not uri.startswith("sqlite") and any(sign in credentials for sign in "@/"):
        message = (
            "Setting 'store_uri' has a user or password with '@' or '/': write these signs as %40 "
            "and %2F"
        )
        raise StoreError(message)
    try:
        url = make_url(uri)
        url.get_backend_name()
    except (ArgumentError, ValueError):
        message = f"Setting 'store_uri' is not a SQLAlchemy URL: {URL_EXAMPLES}"
        raise StoreError(message) from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        message = (
            "Setting 'store_uri' is a database in memory, which would lose the newest refresh "
            "token: set it to a file, like sqlite:////folder/xero.db"
        )
        raise StoreError(message)
    return url


def uri_from(folder: Path, uri: str) -> str:
    """A ``store_uri`` whose file, if it is a relative path of SQLite, is in a folder.

    Raises:
        StoreError: It is invalid.
    """
    url = store_url(uri)
    if url.get_backend_name() != "sqlite" or str(url.database).startswith("file:"):
        return uri
    # An absolute path stays as it is.
    return url.set(database=str(folder / str(url.database))).render_as_string(hide_password=False)


def _operational_error(shown_url: str, context: ExceptionContext) -> StoreError | None:
    """The error of any module's statement on a full disk or a lost connection.

    It does not hold the store, which could never be collected while its engine listens.
    """
    code = getattr(context.original_exception, "sqlstate", None)
    if code in CONFLICT_CODES:
        return TransactionConflictError(str(context.original_exception).partition("\n")[0])
    if isinstance(context.sqlalchemy_exception, OperationalError):
        return _store_error(shown_url, context.original_exception)
    return None


def _store_error(shown_url: str, error: BaseException) -> StoreError:
    reason = str(error).partition("\n")[0]  # the other lines of PostgreSQL show the row
    message = f"The state database {shown_url} (setting 'store_uri') cannot be used: {reason}"
    return StoreError(message)


def _restrict_access(url: URL, *, is_default: bool) -> Path:
    """Creates the file with access for its owner only, before it contains secrets.

    The folder too, if it is created here or is the default one.

    Returns:
        The file.
    """
    path = Path(url.database or "")
    if not path.parent.exists():
        # Another process may create it at the same moment.
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    if is_default and stat.S_IMODE(path.parent.stat().st_mode) != 0o700:  # noqa: PLR2004  # owner only
        path.parent.chmod(0o700)
    create_private(path)
    if stat.S_IMODE(path.stat().st_mode) != 0o600:  # noqa: PLR2004  # owner reads and writes
        path.chmod(0o600)
    return path


def _use_write_ahead_log(path: Path) -> None:
    """Sets the journal mode of the file, which keeps it, to WAL: half the writes of a transaction.

    If another process uses the file, or the file system cannot share memory, it stays as it is.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as database:
        database.execute("PRAGMA journal_mode = WAL")


def _disable_driver_transactions(connection: object, _record: object) -> None:
    # sqlite3 itself would begin a transaction later, and without the write lock.
    connection.isolation_level = None  # type: ignore[attr-defined]  # an sqlite3.Connection


def _take_write_lock(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
