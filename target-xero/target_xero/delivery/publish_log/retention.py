"""Forgets published records that do not come again, for the setting ``publish_log_days``.

Without this setting the publish log keeps every record, so that none is ever published twice. With
it, a record is forgotten if it did not come for so many days. Two kinds are never forgotten:

- what has no outcome yet, and
- the newest content of a record that has a key: its source can change it at any time, and the
  change must not become a second record.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import partial

from sqlalchemy import Connection, Delete, Update, delete, text, update

from target_xero.delivery.publish_log.entries import INTENDED, LogEntry
from target_xero.delivery.publish_log.log import PublishLog
from target_xero.delivery.publish_log.tables import MAY_BE_FORGOTTEN, records
from xero_client.store.database import Store
from xero_client.store.schema import statement_chunks

logger = logging.getLogger("target-xero")

DAY_SECONDS = 86_400


class RetainingPublishLog(PublishLog):
    """A publish log that notes when a record came last."""

    def __init__(self, store: Store, tenant_id: str, run_id: str, days: int) -> None:
        """Creates or upgrades the tables.

        Args:
            store: The state database.
            tenant_id: The organisation's id.
            run_id: This run.
            days: After how many days a record is forgotten.

        Raises:
            StoreError: The tables are of a newer version.
        """
        super().__init__(store, tenant_id, run_id)
        self._days = days

    def entries(self, fingerprints: Iterable[str]) -> dict[str, LogEntry]:
        """The entries of records that come now, by fingerprint."""
        found = super().entries(fingerprints)
        self._note_coming(found)
        return found

    def of_inputs(self, digests: Iterable[str]) -> dict[str, LogEntry]:
        """The published records whose input comes again, by the digest of the input."""
        found = super().of_inputs(digests)
        self._note_coming(entry.fingerprint for entry in found.values())
        return found

    def _note_coming(self, fingerprints: Iterable[str]) -> None:
        now = time.time()
        # A row is written again only after a quarter of the time: most runs write nothing.
        stale = now - self._days * DAY_SECONDS / 4
        known = sorted(fingerprints)
        for part in statement_chunks(known):
            change = (
                update(records)
                .where(
                    records.c.fingerprint.in_(part),
                    records.c.state != INTENDED,
                    records.c.changed_at < stale,
                )
                .values(changed_at=now)
            )
            self._store.transaction(partial(_execute, change))

    def forget_old(self) -> None:
        """Deletes what did not come for long enough; call it after the whole input was read.

        Raises:
            StoreError: The database failed.
        """
        change = delete(records).where(
            records.c.tenant_id == self._tenant_id,
            records.c.changed_at < time.time() - self._days * DAY_SECONDS,
            text(MAY_BE_FORGOTTEN),
        )
        count = self._store.transaction(partial(_execute, change))
        if count:
            logger.info(
                "%d records did not come for %d days and are forgotten (publish_log_days): one "
                "that comes again is published again, unless it is found in Xero",
                count,
                self._days,
            )


def _execute(change: Update | Delete, connection: Connection) -> int:
    """Makes a change; returns the number of rows."""
    return connection.execute(change).rowcount
