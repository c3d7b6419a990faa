"""The publish log in the state database: what was sent, and what is known of its outcome.

The package's README describes the states and their transitions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, text, update
from sqlalchemy.engine import Connection

from target_xero.delivery.publish_log.entries import (
    INTENDED,
    PUBLISHED,
    REJECTED,
    SUPERSEDED,
    IntendedRecord,
    Intent,
    LogEntry,
    SettledRecord,
)
from target_xero.delivery.publish_log.tables import (
    FINGERPRINT_VERSION,
    HAS_OLD_FINGERPRINT,
    SCHEMA,
    records,
    requests,
)
from xero_client.store.database import Store
from xero_client.store.schema import statement_chunks


class PublishLog:
    """The publish log of one organisation; safe to share between threads."""

    def __init__(self, store: Store, tenant_id: str, run_id: str) -> None:
        """Creates or upgrades the tables.

        Args:
            store: The state database.
            tenant_id: The organisation's id.
            run_id: This run.

        Raises:
            StoreError: The tables are of a newer version.
        """
        self._store = store
        self._engine = store.engine
        self._tenant_id = tenant_id
        self._run_id = run_id
        store.create(SCHEMA)
        self.has_old_fingerprints = self._has_old_fingerprints()

    def _has_old_fingerprints(self) -> bool:
        query = select(records.c.tenant_id).where(
            text(HAS_OLD_FINGERPRINT), records.c.tenant_id == self._tenant_id
        )
        with self._read_connection() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def _read_connection(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def entries(self, fingerprints: Iterable[str]) -> dict[str, LogEntry]:
        """The entries of records, by fingerprint."""
        return {entry.fingerprint: entry for entry in self._select("fingerprint", fingerprints)}

    def of_subjects(
        self, identities: Iterable[str], documents: Iterable[str] = ()
    ) -> list[LogEntry]:
        """The entries with these identities or documents, without those that were superseded."""
        found = {
            entry.fingerprint: entry
            for entry in (
                *self._select("identity", identities, current=True),
                *self._select("document", documents, current=True),
            )
        }
        return list(found.values())

    def _select(
        self, column: str, values: Iterable[str], *, current: bool = False
    ) -> list[LogEntry]:
        wanted = list(dict.fromkeys(values))
        found: list[LogEntry] = []
        if not wanted:
            return found
        names = [records.c[name] for name in LogEntry.__struct_fields__]
        with self._read_connection() as connection:
            for chunk in statement_chunks(wanted):
                query = select(*names).where(records.c[column].in_(chunk))
                if column == "xero_id":
                    query = query.where(records.c.tenant_id == self._tenant_id)
                if current:
                    query = query.where(records.c.state != SUPERSEDED)
                found += [LogEntry(*row) for row in connection.execute(query)]
        return found

    def published_ids(self, entity: str) -> set[str]:
        """The ids, in lower case, of all records that were published to an entity."""
        query = select(records.c.xero_id).where(
            records.c.tenant_id == self._tenant_id,
            records.c.entity == entity,
            records.c.state == PUBLISHED,
        )
        with self._read_connection() as connection:
            found = connection.execute(query).scalars()
            return {xero_id.lower() for xero_id in found if xero_id}

    def renew_fingerprints(self, renewed: Mapping[str, IntendedRecord]) -> None:
        """Gives rows of version 1 the fingerprints of the current version.

        Args:
            renewed: The records as they are now, by the fingerprint of version 1.
        """
        rows = [
            {
                "which": old,
                "new_fingerprint": record.fingerprint,
                "new_identity": record.identity,
                "new_document": record.document,
                "new_removes": int(record.removes),
            }
            for old, record in renewed.items()
        ]
        if not rows:
            return
        change = (
            update(records)
            .where(records.c.fingerprint == bindparam("which"))
            .values(
                fingerprint=bindparam("new_fingerprint"),
                identity=bindparam("new_identity"),
                document=bindparam("new_document"),
                removes=bindparam("new_removes"),
                fingerprint_version=FINGERPRINT_VERSION,
            )
        )
        self._store.transaction(lambda connection: connection.execute(change, rows))

    def begin(self, intent: Intent, entries: Sequence[IntendedRecord]) -> bool:
        """Writes a request and its records before it is sent.

        Returns:
            Whether they were written. If another process has begun one of the records meanwhile,
            nothing is written.
        """
        return self._store.transaction(lambda connection: self._begin(connection, intent, entries))

    def _begin(
        self, connection: Connection, intent: Intent, entries: Sequence[IntendedRecord]
    ) -> bool:
        now = time.time()
        # In one order in all processes, so that none waits for another in a circle.
        ordered = sorted(enumerate(entries), key=lambda pair: pair[1].fingerprint)
        rows = connection.execute(
            select(records.c.fingerprint, records.c.state, records.c.attempt)
            .where(records.c.fingerprint.in_([entry.fingerprint for _, entry in ordered]))
            .order_by(records.c.fingerprint)
            .with_for_update()
        ).all()
        known = {row.fingerprint: row for row in rows}
        for entry in entries:
            row = known.get(entry.fingerprint)
            if row is not None and (
                row.state in (INTENDED, PUBLISHED) or row.attempt >= entry.attempt
            ):
                return False
        if known:
            connection.execute(delete(records).where(records.c.fingerprint.in_(list(known))))
        connection.execute(insert(requests).values(self._request_values(intent)))
        connection.execute(
            insert(records),
            [
                {
                    "fingerprint": entry.fingerprint,
                    "tenant_id": self._tenant_id,
                    "entity": entry.entity,
                    "identity": entry.identity,
                    "document": entry.document,
                    "request_key": intent.key,
                    "position": position,
                    "attempt": entry.attempt,
                    "state": INTENDED,
                    "run_id": self._run_id,
                    "changed_at": now,
                    "removes": int(entry.removes),
                    "fingerprint_version": FINGERPRINT_VERSION,
                }
                for position, entry in ordered
            ],
        )
        return True

    def _request_values(self, intent: Intent) -> dict[str, Any]:
        return {
            "key": intent.key,
            "tenant_id": self._tenant_id,
            "method": intent.method,
            "path": intent.path,
            "params": json.dumps(intent.params),
            "content_type": intent.content_type,
            "body": intent.body,
            "first_sent_at": intent.first_sent_at,
        }

    def intent(self, key: str) -> tuple[Intent, list[LogEntry]] | None:
        """A request without an outcome, and those of its records that have none, in order."""
        with self._read_connection() as connection:
            row = connection.execute(select(requests).where(requests.c.key == key)).first()
            if row is None:
                return None
            names = [records.c[name] for name in LogEntry.__struct_fields__]
            members = connection.execute(
                select(*names)
                .where(records.c.request_key == key, records.c.state == INTENDED)
                .order_by(records.c.position)
            )
            params = tuple((str(name), str(value)) for name, value in json.loads(row.params))
            intent = Intent(
                row.key,
                row.method,
                row.path,
                params,
                row.content_type,
                row.body,
                row.first_sent_at,
            )
            return intent, [LogEntry(*member) for member in members]

    def settle(self, request_key: str, outcomes: Sequence[SettledRecord]) -> frozenset[str]:
        """Writes the final outcomes of records.

        The other records of the request keep their intent.

        Args:
            request_key: The key of their request.
            outcomes: Their outcomes.

        Returns:
            The fingerprints of those that are published, and of which the log knew the id before;
            if ids are shared, the subject.
        """
        ordered = sorted(outcomes, key=lambda outcome: outcome.fingerprint)
        return self._store.transaction(
            lambda connection: self._settle(connection, request_key, ordered)
        )

    def _settle(
        self, connection: Connection, request_key: str, outcomes: Sequence[SettledRecord]
    ) -> frozenset[str]:
        now = time.time()
        known = self._supersede(connection, outcomes, now)
        if outcomes:
            connection.execute(
                update(records)
                .where(records.c.fingerprint == bindparam("which"))
                .values(
                    state=bindparam("new_state"),
                    xero_id=bindparam("new_id"),
                    run_id=self._run_id,
                    changed_at=now,
                    request_key=None,
                ),
                [
                    {
                        "which": outcome.fingerprint,
                        "new_state": PUBLISHED if outcome.published else REJECTED,
                        "new_id": outcome.xero_id,
                    }
                    for outcome in outcomes
                ],
            )
        self._drop_finished(connection, request_key)
        return known

    def _supersede(
        self, connection: Connection, outcomes: Sequence[SettledRecord], now: float
    ) -> frozenset[str]:
        published = [outcome for outcome in outcomes if outcome.published]
        if not published:
            return frozenset()
        fingerprints = [outcome.fingerprint for outcome in published]
        own_ids = {o.fingerprint: o.xero_id for o in published if not o.id_is_shared}
        ids = sorted(set(filter(None, own_ids.values())))
        own = connection.execute(
            select(
                records.c.fingerprint, records.c.identity, records.c.document, records.c.entity
            ).where(records.c.fingerprint.in_(fingerprints))
        ).all()
        identities = sorted({row.identity for row in own if row.identity})
        documents = sorted({row.document for row in own if row.document})
        entities = sorted({row.entity for row in own})
        same_id = (
            (records.c.tenant_id == self._tenant_id)
            & records.c.entity.in_(entities)
            & records.c.xero_id.in_(ids)
        )
        # An empty list would make the database read the whole table.
        known: set[str | None] = set()
        if ids:
            query = select(records.c.xero_id).where(same_id)
            known.update(connection.execute(query).scalars())
        shared = {row.identity: row.fingerprint for row in own if row.fingerprint not in own_ids}
        subjects = sorted(filter(None, shared))
        known_subjects: set[str | None] = set()
        if subjects:
            query = select(records.c.identity).where(
                records.c.identity.in_(subjects), records.c.xero_id.is_not(None)
            )
            known_subjects.update(connection.execute(query).scalars())
        same = [
            condition
            for condition, of_values in (
                (same_id, ids),
                (records.c.identity.in_(identities), identities),
                (records.c.document.in_(documents), documents),
            )
            if of_values
        ]
        if same:
            connection.execute(
                update(records)
                .where(
                    or_(*same),
                    records.c.state == PUBLISHED,
                    records.c.fingerprint.not_in(fingerprints),
                )
                .values(state=SUPERSEDED, changed_at=now)
            )
        by_id = (own for own, xero_id in own_ids.items() if xero_id and xero_id in known)
        return frozenset([*by_id, *(shared[subject] for subject in known_subjects)])

    def withdraw(self, request_key: str, fingerprints: Sequence[str]) -> None:
        """Takes back an intent that Xero certainly did not accept."""
        change = delete(records).where(
            records.c.fingerprint.in_(fingerprints), records.c.state == INTENDED
        )

        def withdraw(connection: Connection) -> None:
            connection.execute(change)
            self._drop_finished(connection, request_key)

        self._store.transaction(withdraw)

    def release_for_resend(self, fingerprints: Sequence[str]) -> None:
        """Frees records for another attempt, because the last one saved nothing."""

        def release(connection: Connection) -> None:
            keys = connection.execute(
                select(records.c.request_key)
                .where(records.c.fingerprint.in_(fingerprints))
                .distinct()
            ).scalars()
            request_keys = [key for key in keys if key]
            connection.execute(
                update(records)
                .where(records.c.fingerprint.in_(fingerprints), records.c.state == INTENDED)
                .values(state=REJECTED, request_key=None, changed_at=time.time())
            )
            for key in request_keys:
                self._drop_finished(connection, key)

        self._store.transaction(release)

    @staticmethod
    def _drop_finished(connection: Connection, request_key: str) -> None:
        remaining = connection.execute(
            select(records.c.fingerprint)
            .where(records.c.request_key == request_key, records.c.state == INTENDED)
            .limit(1)
        ).first()
        if remaining is None:
            connection.execute(delete(requests).where(requests.c.key == request_key))

    def latest_ids(self, identities: Iterable[str]) -> dict[str, str]:
        """The ids in Xero of the records that were published last with these identities."""
        return {
            entry.identity: entry.xero_id
            for entry in self._select("identity", identities)
            if entry.state == PUBLISHED and entry.identity and entry.xero_id
        }

    def known_ids(self, entity: str, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids, in lower case, under which something was published to an entity."""
        return frozenset(
            entry.xero_id.lower()
            for entry in self._select("xero_id", ids)
            if entry.xero_id and entry.entity == entity and entry.state in (PUBLISHED, SUPERSEDED)
        )
