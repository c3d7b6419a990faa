"""The publish log in the state database: what was sent, and what is known of its outcome.

The package's README describes the states and their transitions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.engine import Connection

from target_xero.build.destinations.names import destination_of
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
from target_xero.delivery.publish_log.fingerprints import hash_parts
from target_xero.delivery.publish_log.settlement import Settlement, drop_finished
from target_xero.delivery.publish_log.statements import (
    ADD_RECORDS,
    ADD_REQUEST,
    BEGUN_REQUESTS,
    DELETE_RECORDS,
    LOCK_RECORDS,
    NOTE_INPUTS,
    RENEW_FINGERPRINTS,
    SUBJECTS_OF_REQUESTS,
    entries_by,
    removed_by_id,
)
from target_xero.delivery.publish_log.tables import (
    FINGERPRINT_VERSION,
    HAS_INPUT_DIGEST,
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
        self.has_old_fingerprints = self._has_rows(HAS_OLD_FINGERPRINT)
        self.has_inputs = self._has_rows(HAS_INPUT_DIGEST)

    def _has_rows(self, condition: str) -> bool:
        query = select(records.c.tenant_id).where(
            text(condition), records.c.tenant_id == self._tenant_id
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

    def removed_by_id(
        self, identities: Iterable[str], documents: Iterable[str] = ()
    ) -> dict[str, str]:
        """The ids of records that were removed by their id, by identity or document.

        The setting ``mirror`` removes in this way: the entry of the removal has another identity.
        """
        found: dict[str, str] = {}
        with self._read_connection() as connection:
            for column, values in (("identity", identities), ("document", documents)):
                for chunk in statement_chunks(list(dict.fromkeys(values))):
                    rows = connection.execute(removed_by_id(column), {"wanted": chunk})
                    found.update((subject, xero_id) for subject, xero_id in rows)
        return found

    def of_inputs(self, digests: Iterable[str]) -> dict[str, LogEntry]:
        """The published records whose input has these digests, by digest.

        Left out is a digest that several records have, and a record of which another version has
        been sent without an outcome.
        """
        found: dict[str, list[LogEntry]] = {}
        for entry in self._select("input_digest", digests, current=True):
            found.setdefault(entry.input_digest or "", []).append(entry)
        single = {digest: own[0] for digest, own in found.items() if len(own) == 1}
        if not single:
            return {}
        begun = self._begun_subjects()
        return {
            digest: entry
            for digest, entry in single.items()
            if entry.state == PUBLISHED
            and begun.isdisjoint((entry.identity, entry.document))
            and not (begun and begun.intersection(self._subjects_by_id(entry)))
        }

    def begun_by_id(self, published: Sequence[LogEntry]) -> dict[str, list[LogEntry]]:
        """The removals without an outcome that have only the ids of published records.

        They are those of the setting ``mirror``, whose run was interrupted.

        Returns:
            The entries of the removals, by the fingerprint of the published record.
        """
        begun = self._begun_subjects() if published else frozenset()
        if not begun:
            return {}
        of_subject = {
            subject: entry.fingerprint
            for entry in published
            for subject in self._subjects_by_id(entry)
            if subject in begun
        }
        found: dict[str, list[LogEntry]] = {}
        for entry in self._select("identity", of_subject):
            if entry.state == INTENDED and entry.removes and entry.identity:
                found.setdefault(of_subject[entry.identity], []).append(entry)
        return found

    def _subjects_by_id(self, entry: LogEntry) -> tuple[str, ...]:
        """The identities that a record has which only has the id of a published one."""
        if not entry.xero_id:
            return ()
        name, xero_id = entry.entity, entry.xero_id.lower()
        id_field = destination_of(name).id_field
        own_keys = (f"{name}|{id_field}|{xero_id}", f"{name}/{xero_id}")
        return tuple(hash_parts(self._tenant_id, name, own_key) for own_key in own_keys)

    def _begun_subjects(self) -> frozenset[str]:
        """The identities and documents of records that were sent and have no outcome."""
        subjects: set[str] = set()
        with self._read_connection() as connection:
            # There are few. In a join, SQLite would read all records first.
            keys = connection.execute(BEGUN_REQUESTS, {"tenant": self._tenant_id}).scalars()
            for chunk in statement_chunks(list(keys)):
                rows = connection.execute(SUBJECTS_OF_REQUESTS, {"wanted": chunk}).all()
                subjects.update(subject for row in rows for subject in row if subject)
        return frozenset(subjects)

    def note_inputs(self, inputs: Sequence[IntendedRecord]) -> None:
        """Writes the inputs and Singer keys with which records came that the log has already."""
        rows = [
            {
                "which": each.fingerprint,
                "digest": each.input_digest,
                "method": each.input_method if each.input_digest else None,
                "key": each.source_key,
            }
            for each in sorted(inputs, key=lambda record: record.fingerprint)
        ]
        if rows:
            self._store.transaction(lambda connection: connection.execute(NOTE_INPUTS, rows))

    def _select(
        self, column: str, values: Iterable[str], *, current: bool = False
    ) -> list[LogEntry]:
        wanted = list(dict.fromkeys(values))
        found: list[LogEntry] = []
        if not wanted:
            return found
        # Other organisations may have the same ids and inputs.
        of_tenant = column in ("xero_id", "input_digest")
        query = entries_by(column, of_tenant=of_tenant, is_current=current)
        tenant = {"tenant": self._tenant_id} if of_tenant else {}
        with self._read_connection() as connection:
            for chunk in statement_chunks(wanted):
                found += starmap(
                    LogEntry, connection.execute(query, {"wanted": chunk, **tenant}).all()
                )
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
        if rows:
            self._store.transaction(lambda connection: connection.execute(RENEW_FINGERPRINTS, rows))

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
        fingerprints = [entry.fingerprint for _, entry in ordered]
        rows = connection.execute(LOCK_RECORDS, {"wanted": fingerprints}).all()
        known = {row.fingerprint: row for row in rows}
        for entry in entries:
            row = known.get(entry.fingerprint)
            if row is not None and (
                row.state in (INTENDED, PUBLISHED) or row.attempt >= entry.attempt
            ):
                return False
        if known:
            connection.execute(DELETE_RECORDS, {"wanted": list(known)})
        connection.execute(ADD_REQUEST, self._request_values(intent))
        connection.execute(
            ADD_RECORDS,
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
                    "input_digest": entry.input_digest,
                    "input_method": entry.input_method,
                    "source_key": entry.source_key,
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

    def settle(
        self, request_key: str, entity: str, outcomes: Sequence[SettledRecord]
    ) -> frozenset[str]:
        """Writes the final outcomes of records.

        The other records of the request keep their intent.

        Args:
            request_key: The key of their request.
            entity: The name of its destination.
            outcomes: Their outcomes.

        Returns:
            The fingerprints of those that are published, and of which the log knew the id before;
            if ids are shared, the subject.
        """
        ordered = sorted(outcomes, key=lambda outcome: outcome.fingerprint)
        settlement = Settlement(self._tenant_id, self._run_id, request_key, entity)
        return self._store.transaction(lambda connection: settlement.write(connection, ordered))

    def withdraw(self, request_key: str, fingerprints: Sequence[str]) -> None:
        """Takes back an intent that Xero certainly did not accept."""
        change = delete(records).where(
            records.c.fingerprint.in_(fingerprints), records.c.state == INTENDED
        )

        def withdraw(connection: Connection) -> None:
            connection.execute(change)
            drop_finished(connection, request_key)

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
                drop_finished(connection, key)

        self._store.transaction(release)

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
