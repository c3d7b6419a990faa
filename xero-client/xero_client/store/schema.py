"""The versions of the tables in the state database.

Each module that keeps tables registers them as a ``Schema``. Its version stands in a table of its
own, so that the store needs to know nothing of the modules that use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Dialect,
    Index,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler

from xero_client.errors import StoreError

FIRST_VERSION = "0001"
# SQLite limits the number of parameters in one statement.
PARAMETERS_PER_STATEMENT = 400
Value = TypeVar("Value")


def statement_chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Values in parts, each of which fits into one statement."""
    for start in range(0, len(values), PARAMETERS_PER_STATEMENT):
        yield values[start : start + PARAMETERS_PER_STATEMENT]


class AnyText(TypeDecorator[str]):
    """Text of any length and any content.

    PostgreSQL cannot keep the character NUL; it is kept as ``%00``, as in a URL.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's arguments
        """The value as it is stored."""
        return value.replace("\0", "%00") if value else value


def partial_index(name: str, table: Table, columns: Sequence[str], condition: str) -> None:
    """Adds an index of the rows that meet a condition.

    SQLAlchemy's own options for it load all drivers of PostgreSQL, which takes a third of the time
    that a program needs to start.

    Args:
        name: The name of the index.
        table: The table.
        columns: The keys of its columns.
        condition: The condition, in the SQL that SQLite and PostgreSQL have in common.
    """
    Index(name, *(table.c[key] for key in columns), info={"where": condition})


@compiles(CreateIndex)
def _with_condition(create: CreateIndex, compiler: DDLCompiler, **options: Any) -> str:  # noqa: ANN401  # of the compiler
    statement: str = compiler.visit_create_index(create, **options)  # type: ignore[no-untyped-call]
    condition = create.element.info.get("where")
    return f"{statement} WHERE {condition}" if condition else statement


@dataclass(frozen=True)
class Schema:
    """The tables of one module, and their version.

    Attributes:
        name: The module's name in the database: ``publish_log``.
        tables: The tables in their newest version.
        version: The newest version; versions are numbers of four digits, from ``0001``.
        migrations: The folder of the Alembic revisions; None if there is only one version.
    """

    name: str
    tables: MetaData
    version: str = FIRST_VERSION
    migrations: Path | None = None

    @property
    def version_table(self) -> Table:
        """The table that has the version, in the form that Alembic keeps."""
        name = f"{self.name}_version"
        return Table(name, MetaData(), Column("version_num", String(32), primary_key=True))


def version_in(connection: Connection, schema: Schema) -> str | None:
    """The version that the database has of a schema; None if it does not say.

    Raises:
        StoreError: A newer version of the program has made it.
    """
    table = schema.version_table
    if not inspect(connection).has_table(table.name):
        return None
    found = connection.execute(select(table.c.version_num)).scalar()
    if found is not None and found > schema.version:
        message = (
            f"The tables {schema.name!r} of the state database (setting 'store_uri') have version "
            f"{found}, and this program knows versions up to {schema.version}: a newer version of "
            "it has used this database. Install that version, or set 'store_uri' to another "
            "database"
        )
        raise StoreError(message)
    return found


def bring_up_to_date(connection: Connection, schema: Schema) -> None:
    """Creates the tables of a schema, or upgrades them from an older version.

    Args:
        connection: A connection in a transaction; it holds the write lock on SQLite.
        schema: The tables.

    Raises:
        StoreError: A newer version of the program has made them.
    """
    if connection.dialect.name == "postgresql":
        # The upgrades of several processes wait for each other until the transaction ends.
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        connection.execute(lock, {"name": f"schema {schema.name}"})
    found = version_in(connection, schema)
    if found == schema.version:
        return
    if found is None:
        found = _first_version(connection, schema)
    if found != schema.version:
        # Imported only here, because few runs upgrade a database.
        from xero_client.store.migration import upgrade  # noqa: PLC0415

        table = schema.version_table.name
        upgrade(connection, schema.name, schema.version, table, schema.migrations)


def _first_version(connection: Connection, schema: Schema) -> str:
    """The version of tables that have none yet: the first if they exist, else the newest."""
    table = schema.version_table
    tables = inspect(connection)
    exist = any(tables.has_table(name) for name in schema.tables.tables)
    version = FIRST_VERSION if exist else schema.version
    if not exist or schema.version == FIRST_VERSION:
        schema.tables.create_all(connection)
    table.create(connection, checkfirst=True)
    connection.execute(insert(table).values(version_num=version))
    return version
