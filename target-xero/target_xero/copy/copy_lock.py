"""The lock of an organisation that is copied to: two copies at once would mix their records.

Both kinds of lock end with the process that holds them, also if it is killed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Engine, text

from target_xero.report.errors import RunStoppedError
from xero_client.auth.tenants import Tenant
from xero_client.store.database import Store
from xero_client.store.file_lock import create_private


class CopyLock:
    """Held from the first record of a copy to its end; only one process at a time can hold it.

    On SQLite it is the exclusive lock of an empty database file beside the state database, on
    PostgreSQL an advisory lock. On other databases, two copies at once are not noticed.
    """

    def __init__(self, store: Store, tenant: Tenant) -> None:
        """Takes the lock.

        Args:
            store: The state database.
            tenant: The organisation that is copied to.

        Raises:
            RunStoppedError: Another process holds it.
        """
        self._held = ExitStack()
        engine = store.engine
        takes = {"sqlite": self._take_file, "postgresql": self._take_advisory}
        take = takes.get(engine.dialect.name)
        if take is not None and not take(engine, tenant.tenant_id):
            self.release()
            message = (
                f"Another copy to {tenant} is running with the same state database: wait until it "
                "has ended, then run this one again. Nothing was copied by this run"
            )
            raise RunStoppedError(message)

    def release(self) -> None:
        """Ends the lock; a second call does nothing."""
        self._held.close()

    def _take_file(self, engine: Engine, tenant_id: str) -> bool:
        digest = hashlib.sha256(tenant_id.encode()).hexdigest()[:16]
        path = Path(f"{engine.url.database}.copy-{digest}")
        create_private(path)
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        self._held.callback(connection.close)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return True

    def _take_advisory(self, engine: Engine, tenant_id: str) -> bool:
        digest = hashlib.sha256(f"target-xero copy {tenant_id}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # Closing alone would give the connection back to the pool, with its lock.
        self._held.callback(connection.invalidate)
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
        return bool(taken.scalar())
