"""Writes the outcomes of records into the publish log: they are published, or rejected."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from target_xero.delivery.publish_log.entries import (
    PUBLISHED,
    REJECTED,
    SettledRecord,
)
from target_xero.delivery.publish_log.statements import (
    DROP_FINISHED,
    RECORDS_OF_IDS,
    SETTLE,
    SUBJECTS_WITH_ID,
    SUPERSEDE,
    supersede_others,
)


def drop_finished(connection: Connection, request_key: str) -> None:
    """Deletes a request, if all of its records have an outcome."""
    connection.execute(DROP_FINISHED, {"which": request_key})


@dataclass(frozen=True)
class Settlement:
    """The outcomes of records of one request.

    Attributes:
        tenant_id: The organisation's id.
        run_id: This run.
        request_key: The key of the request.
        entity: The name of its destination.
    """

    tenant_id: str
    run_id: str
    request_key: str
    entity: str

    def write(self, connection: Connection, outcomes: Sequence[SettledRecord]) -> frozenset[str]:
        """Writes outcomes; what was published before under the same subjects is superseded.

        Args:
            connection: A transaction.
            outcomes: The outcomes, sorted by fingerprint.

        Returns:
            The fingerprints of those that are published, and of which the log knew the id before;
            if ids are shared, the subject.
        """
        now = time.time()
        known = self._supersede(connection, [o for o in outcomes if o.published], now)
        rows = [
            {
                "which": outcome.fingerprint,
                "new_state": PUBLISHED if outcome.published else REJECTED,
                "new_id": outcome.xero_id,
                "new_run": self.run_id,
                "now": now,
            }
            for outcome in outcomes
        ]
        if rows:
            connection.execute(SETTLE, rows)
        drop_finished(connection, self.request_key)
        return known

    def _supersede(
        self, connection: Connection, published: Sequence[SettledRecord], now: float
    ) -> frozenset[str]:
        if not published:
            return frozenset()
        own = [outcome.fingerprint for outcome in published]
        ids = {o.fingerprint: o.xero_id for o in published if o.xero_id and not o.id_is_shared}
        known_ids = self._supersede_of_ids(connection, sorted(set(ids.values())), own, now)
        shared = {o.identity: o.fingerprint for o in published if o.identity and o.id_is_shared}
        known_subjects = _with_id(connection, sorted(shared))
        _supersede_of_subjects(connection, published, own, now)
        by_id = (fingerprint for fingerprint, xero_id in ids.items() if xero_id in known_ids)
        return frozenset([*by_id, *(shared[subject] for subject in known_subjects)])

    def _supersede_of_ids(
        self, connection: Connection, ids: Sequence[str], own: Sequence[str], now: float
    ) -> set[str]:
        """Supersedes what was published with the same ids; returns the ids that were known."""
        if not ids:  # an empty list would make the database read the whole table
            return set()
        rows = connection.execute(RECORDS_OF_IDS, {"tenant": self.tenant_id, "wanted": ids})
        found = [row for row in rows if row.entity == self.entity]
        older = {row.fingerprint for row in found if row.state == PUBLISHED}.difference(own)
        if older:
            connection.execute(SUPERSEDE, {"wanted": sorted(older), "now": now})
        return {row.xero_id for row in found}


def _with_id(connection: Connection, subjects: Sequence[str]) -> set[str]:
    """Those of some subjects under which a record with an id is known."""
    if not subjects:
        return set()
    return set(connection.execute(SUBJECTS_WITH_ID, {"wanted": subjects}).scalars())


def _supersede_of_subjects(
    connection: Connection, published: Sequence[SettledRecord], own: Sequence[str], now: float
) -> None:
    """Supersedes what was published with the same identities or documents."""
    identities = sorted({outcome.identity for outcome in published if outcome.identity})
    documents = sorted({outcome.document for outcome in published if outcome.document})
    for column, values in (("identity", identities), ("document", documents)):
        if values:
            same = {"wanted": values, "own": own, "now": now}
            connection.execute(supersede_others(column), same)
