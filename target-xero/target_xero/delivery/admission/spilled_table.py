"""A table for the time of a run, in a temporary database that SQLite keeps on disk if it is large.

A statement for each record would cost more than all else that is done with the record. So the rows
that come next are read at once, and those that changed are written at once.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Sequence
from typing import Any

from xero_client.store.schema import statement_chunks


class SpilledTable:
    """Rows by their key; in memory are only those of the last ``read`` and what was set since."""

    def __init__(self, *columns: str) -> None:
        """Makes an empty table.

        Args:
            columns: The names of its columns, without the key.
        """
        # An empty name is a temporary database that only this connection sees.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.executescript(
            f"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE rows (key TEXT PRIMARY KEY, {", ".join(columns)}) WITHOUT ROWID;
            """
        )
        # Nobody else sees it, so that one transaction lasts as long as the run.
        self._database.execute("BEGIN")
        places = ", ".join("?" * (1 + len(columns)))
        self._write = f"INSERT OR REPLACE INTO rows VALUES ({places})"  # noqa: S608  # as below
        self._rows: dict[str, tuple[Any, ...] | None] = {}
        self._changed: set[str] = set()

    def read(self, keys: Iterable[str]) -> None:
        """Reads the rows that are needed next, and writes those that were set."""
        changed = [(key, *(self._rows[key] or ())) for key in self._changed]
        self._database.executemany(self._write, changed)
        self._changed.clear()
        self._rows = dict.fromkeys(keys)
        for part in statement_chunks(list(self._rows)):
            self._read(part)

    def get(self, key: str) -> tuple[Any, ...] | None:
        """The values of a row; None if there is none."""
        if key not in self._rows:
            self._rows[key] = None
            self._read([key])
        return self._rows[key]

    def set(self, key: str, *values: str | int) -> None:
        """Adds a row, or replaces the values of one."""
        self._rows[key] = values
        self._changed.add(key)

    def _read(self, keys: Sequence[str]) -> None:
        places = ", ".join("?" * len(keys))
        query = f"SELECT * FROM rows WHERE key IN ({places})"  # noqa: S608  # only question marks
        for key, *values in self._database.execute(query, keys):
            self._rows[key] = tuple(values)
