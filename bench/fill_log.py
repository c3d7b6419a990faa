"""Fills a publish log with rows that were published: ``fill_log.py STORE TENANT ROWS``."""

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from target_xero.delivery.publish_log import PublishLog
from xero_client.store.database import Store

COLUMNS = (
    "fingerprint", "tenant_id", "entity", "subject", "position", "generation", "state", "xero_id",
    "run_id", "changed_at", "removes", "fingerprint_version",
)  # fmt: skip


def rows_of(tenant_id: str, count: int) -> Iterator[tuple[object, ...]]:
    """Rows of published invoices; their hashes are spread as real ones are."""
    for number in range(count):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        subject = digest[::-1]
        xero_id = str(UUID(digest[:32]))
        yield (
            digest, tenant_id, "Invoices", subject, number % 50, 1, "published", xero_id,
            "20260101T000000Z-abcdef", 1.8e9, 0, 2,
        )  # fmt: skip


def fill(path: Path, tenant_id: str, count: int) -> None:
    """Creates the tables, and inserts the rows in the order of their keys, which is fastest."""
    store = Store(f"sqlite:///{path}")
    PublishLog(store, tenant_id, "fill")
    store.close()
    database = sqlite3.connect(path)
    places = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT INTO publish_records ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608  # the names above
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")
    with database:
        database.executemany(statement, sorted(rows_of(tenant_id, count)))
    database.close()


if __name__ == "__main__":
    fill(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
