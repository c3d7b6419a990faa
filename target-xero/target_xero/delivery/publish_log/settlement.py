"""Writes the outcomes of records into the publish log: they are published, or rejected."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.engine import Connection

from target_xero.delivery.publish_log.entries import (
    PUBLISHED,
    REJECTED,
    SUPERSEDED,
    SettledRecord,
)
from target_xero.delivery.publish_log.statements import (
    DROP_FINISHED,
    RECORDS_OF_IDS,
    SETTLE,
    SUBJECTS_OF_RECORDS,
    SUPERSEDE,
)
from target_xero.delivery.publish_log.tables import records


def drop_finished(connection: Connection, request_key: str) -> None:
    """Deletes a request, if none of its records waits for an outcome."""
    connection.execute(DROP_FINISHED, {"which": request_key})


@dataclass(frozen=True)
class Settlement:
    """The outcomes of records of one request.

    Attributes:
        tenant_id: The organisation's id.
        run_id: This run.
        request_key: The key of the request.
    """

    tenant_id: str
    run_id: str
    request_key: str

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
        fingerprints = [outcome.fingerprint for outcome in published]
        own_ids = {o.fingerprint: o.xero_id for o in published if not o.id_is_shared}
        own = connection.execute(SUBJECTS_OF_RECORDS, {"wanted": fingerprints}).all()
        known_ids = self._supersede_of_ids(connection, own, own_ids, now)
        shared = {row.identity: row.fingerprint for row in own if row.fingerprint not in own_ids}
        known_subjects = _with_id(connection, sorted(filter(None, shared)))
        _supersede_of_subjects(connection, own, now)
        by_id = (own for own, xero_id in own_ids.items() if xero_id and xero_id in known_ids)
        return frozenset([*by_id, *(shared[subject] for subject in known_subjects)])

    def _supersede_of_ids(
        self,
        connection: Connection,
        own: Collection[Row[Any, Any, Any, Any]],
        own_ids: dict[str, str | None],
        now: float,
    ) -> set[str]:
        """Supersedes what was published with the same ids; returns the ids that were known."""
        ids = sorted(set(filter(None, own_ids.values())))
        if not ids:  # an empty list would make the database read the whole table
            return set()
        entities = {row.entity for row in own}
        rows = connection.execute(RECORDS_OF_IDS, {"tenant": self.tenant_id, "wanted": ids})
        found = [row for row in rows if row.entity in entities]
        fingerprints = {row.fingerprint for row in own}
        older = [
            row.fingerprint
            for row in found
            if row.state == PUBLISHED and row.fingerprint not in fingerprints
        ]
        if older:
            connection.execute(SUPERSEDE, {"wanted": sorted(older), "now": now})
        return {row.xero_id for row in found}


def _with_id(connection: Connection, subjects: Sequence[str]) -> set[str | None]:
    """Those of some subjects under which a record with an id is known."""
    if not subjects:
        return set()
    query = select(records.c.identity).where(
        records.c.identity.in_(subjects), records.c.xero_id.is_not(None)
    )
    return set(connection.execute(query).scalars())


def _supersede_of_subjects(
    connection: Connection,
    own: Collection[Row[Any, Any, Any, Any]],
    now: float,
) -> None:
    """Supersedes what was published with the same identities or documents."""
    identities = sorted({row.identity for row in own if row.identity})
    documents = sorted({row.document for row in own if row.document})
    same = [
        column.in_(values)
        for column, values in (
            (records.c.identity, identities),
            (records.c.document, documents),
        )
        if values
    ]
    if same:
        connection.execute(
            update(records)
            .where(
                or_(*same),
                records.c.state == PUBLISHED,
                records.c.fingerprint.not_in([row.fingerprint for row in own]),
            )
            .values(state=SUPERSEDED, changed_at=now)
        )
