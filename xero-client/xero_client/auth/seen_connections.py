"""The organisations that ``/connections`` listed last, by chain of tokens, in the state database.

A run that only needs the names of organisations takes them from here, and asks nothing. Each chain
has rows of its own, so that no configuration sees the organisations of another one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping

from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, select
from sqlalchemy.engine import Connection

from xero_client.store.database import Store
from xero_client.store.grants import GrantKey
from xero_client.store.schema import AnyText, Schema, statement_chunks

# An organisation that was renamed in Xero has its new name after so many seconds at the latest.
LONGEST_SECONDS = 3_600.0

metadata = MetaData()

seen = Table(
    "seen_connections",
    metadata,
    Column("chain", String(64), primary_key=True),
    Column("tenant_id", String(64), primary_key=True),
    Column("name", AnyText),
    Column("seen_at", Float, nullable=False),
)

SCHEMA = Schema("seen_connections", metadata)


class SeenConnections:
    """The organisations that were listed last for one chain of tokens."""

    def __init__(self, store: Store, key: GrantKey) -> None:
        """Creates the table if it does not exist.

        Raises:
            StoreError: The table cannot be created.
        """
        self._store = store
        self._chain = hashlib.sha256(key.lock_name.encode()).hexdigest()
        store.create(SCHEMA)

    def names(self, tenant_ids: Iterable[str]) -> dict[str, str | None] | None:
        """The names of organisations, by id in lower case.

        None if one of them was not listed, or too long ago: then only Xero knows.
        """
        since = time.time() - LONGEST_SECONDS
        wanted = sorted({tenant_id.lower() for tenant_id in tenant_ids})
        found: dict[str, str | None] = {}
        with self._store.translated_errors(), self._store.engine.connect() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            for chunk in statement_chunks(wanted):
                rows = select(seen.c.tenant_id, seen.c.name).where(
                    seen.c.chain == self._chain,
                    seen.c.tenant_id.in_(chunk),
                    seen.c.seen_at > since,
                )
                found |= {row.tenant_id: row.name for row in connection.execute(rows)}
        return found if len(found) == len(wanted) else None

    def tenant_ids(self) -> set[str]:
        """The ids of all organisations that were listed last, in lower case.

        Raises:
            StoreError: The database failed.
        """
        rows = select(seen.c.tenant_id).where(seen.c.chain == self._chain)
        with self._store.translated_errors(), self._store.engine.connect() as connection:
            return {row.tenant_id for row in connection.execute(rows)}

    def replace(self, names: Mapping[str, str | None]) -> None:
        """Keeps what was listed now, in place of what was listed before.

        Args:
            names: The names of all connected organisations, by id.

        Raises:
            StoreError: The database failed.
        """
        now = time.time()
        rows = [
            {"chain": self._chain, "tenant_id": tenant_id.lower(), "name": name, "seen_at": now}
            for tenant_id, name in names.items()
        ]

        def save(connection: Connection) -> None:
            connection.execute(delete(seen).where(seen.c.chain == self._chain))
            if rows:
                connection.execute(insert(seen), rows)

        with self._store.translated_errors():
            self._store.transaction(save)
