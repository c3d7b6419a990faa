"""A table for the time of a run: in memory while it is small, else in a temporary database.

A statement for each record would cost more than all else that is done with the record. So the rows
that come next are read at once, and those that changed are written at once.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Sequence
from typing import Any

from xero_client.store.schema import statement_chunks

# The rows in memory at which those that changed are written to disk.
MAX_IN_MEMORY = 12_000
# The places of the filter, a byte each; a power of two.
FILTER_SIZE = 1 << 20


class SpilledTable:
    """Rows by their key."""

    def __init__(self, *columns: str) -> None:
        """Makes an empty table.

        Args:
            columns: The names of its columns, without the key.
        """
        self._columns = columns
        # The rows that were read, and None for a key that has no row on disk.
        self._rows: dict[str, tuple[Any, ...] | None] = {}
        self._changed: set[str] = set()
        self._database: sqlite3.Connection | None = None
        # Has a 1 in the place of each key that is on disk. Most records of a run are new, and need
        # not be looked for there.
        self._filter = bytearray()

    def read(self, keys: Iterable[str]) -> None:
        """Reads the rows that are needed next."""
        self._keep_small()
        if self._database is None:
            return
        unread = [key for key in keys if key not in self._rows and self._may_be_on_disk(key)]
        for part in statement_chunks(unread):
            self._read(self._database, part)

    def get(self, key: str) -> tuple[Any, ...] | None:
        """The values of a row; None if the table has no row with this key."""
        row = self._rows.get(key)
        if row is None and key not in self._rows and self._may_be_on_disk(key):
            self.read([key])
            row = self._rows.get(key)
        return row

    def set(self, key: str, *values: str | int) -> None:
        """Adds a row, or replaces the values of one."""
        self._rows[key] = values
        self._changed.add(key)
        self._keep_small()

    def _may_be_on_disk(self, key: str) -> bool:
        return self._database is not None and self._filter[hash(key) % FILTER_SIZE] == 1

    def _read(self, database: sqlite3.Connection, keys: Sequence[str]) -> None:
        self._rows.update(dict.fromkeys(keys))
        places = ", ".join("?" * len(keys))
        query = f"SELECT * FROM rows WHERE key IN ({places})"  # noqa: S608  # only question marks
        for key, *values in database.execute(query, keys):
            self._rows[key] = tuple(values)

    def _keep_small(self) -> None:
        """Writes what has changed to disk, and frees the memory, if there is much in it."""
        if len(self._rows) < MAX_IN_MEMORY:
            return
        database = self._database
        if database is None:
            database = self._database = self._new_database()
            self._filter = bytearray(FILTER_SIZE)
        places = ", ".join("?" * (1 + len(self._columns)))
        # In the order of the keys, so that neighbours are written together.
        changed = [(key, *(self._rows[key] or ())) for key in sorted(self._changed)]
        statement = f"INSERT OR REPLACE INTO rows VALUES ({places})"  # noqa: S608  # as above
        database.executemany(statement, changed)
        for key in self._changed:
            self._filter[hash(key) % FILTER_SIZE] = 1
        self._rows.clear()
        self._changed.clear()

    def _new_database(self) -> sqlite3.Connection:
        # An empty name is a temporary database that only this connection sees. SQLite keeps it on
        # disk if it is large.
        database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, database.close)
        database.executescript(
            f"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE rows (key TEXT PRIMARY KEY, {", ".join(self._columns)}) WITHOUT ROWID;
            """
        )
        # Nobody else sees it, so that one transaction lasts as long as the run.
        database.execute("BEGIN")
        return database
