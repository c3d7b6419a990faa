"""The publish log in the state database: what was sent, and what is known of its outcome.

The package's README describes the states and their transitions.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from target_xero.delivery.publish_log_tables import metadata, records, requests
from xero_client.store.database import Store

INTENDED = "intended"
PUBLISHED = "published"
REJECTED = "rejected"
SUPERSEDED = "superseded"

# SQLite limits the number of parameters in one statement.
PARAMETERS_PER_STATEMENT = 400


def hash_parts(*parts: str | bytes) -> str:
    """SHA-256 over several parts, with their lengths, so that their borders count."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    lengths = ",".join(str(len(part)) for part in raw).encode()
    return hashlib.sha256(b"\0".join((lengths, *raw))).hexdigest()


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), PARAMETERS_PER_STATEMENT):
        yield values[start : start + PARAMETERS_PER_STATEMENT]


@dataclass(frozen=True)
class LogEntry:
    """What the log knows about one record.

    Attributes:
        fingerprint: The hash by which the log recognises the record with this content.
        state: One of the states above.
        attempt: The number of its last attempt, from 1. Each attempt has a new Idempotency-Key.
        entity: The destination's name.
        identity: The hash of the id or key that the record keeps when its content changes.
        request_key: The key of its request, while its outcome is unknown.
        position: Its place in that request.
        xero_id: Its id in Xero.
        run_id: The run that last sent or met it.
    """

    fingerprint: str
    state: str
    attempt: int
    entity: str
    identity: str | None = None
    request_key: str | None = None
    position: int = 0
    xero_id: str | None = None
    run_id: str = ""


@dataclass(frozen=True)
class Intent:
    """A request that is about to be sent.

    Attributes:
        key: Its Idempotency-Key.
        method: HTTP method.
        path: Path or URL.
        params: Query parameters.
        content_type: The body's media type.
        body: The body; None if the request has none.
        first_sent_at: The time at Xero just before the first attempt to send it, in seconds since
            1970; 0 if it is not known.
    """

    key: str
    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    content_type: str
    body: bytes | None = field(repr=False)
    first_sent_at: float


@dataclass(frozen=True)
class IntendedRecord:
    """One record of a request that is about to be sent."""

    fingerprint: str
    identity: str | None
    entity: str
    attempt: int


@dataclass(frozen=True)
class SettledRecord:
    """The final outcome of one record: it was published, or rejected."""

    fingerprint: str
    published: bool
    xero_id: str | None = None


class PublishLog:
    """The publish log of one organisation; safe to share between threads."""

    def __init__(self, store: Store, tenant_id: str, run_id: str) -> None:
        """Makes the tables if they are missing.

        Args:
            store: The state database.
            tenant_id: The organisation's id.
            run_id: This run, to tell repetitions within it from earlier runs.
        """
        self._engine = store.engine
        self._tenant_id = tenant_id
        self._run_id = run_id
        store.create(metadata)

    def entries(self, fingerprints: Iterable[str]) -> dict[str, LogEntry]:
        """The entries of records, by fingerprint."""
        return {entry.fingerprint: entry for entry in self._select("fingerprint", fingerprints)}

    def unresolved_by_identity(self, identities: Iterable[str]) -> list[LogEntry]:
        """The entries with these identities whose outcome is unknown."""
        entries = self._select("identity", identities)
        return [entry for entry in entries if entry.state == INTENDED]

    def ids_by_identity(self, identities: Iterable[str]) -> dict[str, str]:
        """The ids in Xero of the records that were published last with these identities."""
        return {
            entry.identity: entry.xero_id
            for entry in self._select("identity", identities)
            if entry.state == PUBLISHED and entry.identity and entry.xero_id
        }

    def _select(self, column: str, values: Iterable[str]) -> list[LogEntry]:
        wanted = list(dict.fromkeys(values))
        found: list[LogEntry] = []
        names = [records.c[name] for name in LogEntry.__dataclass_fields__]
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for chunk in _chunks(wanted):
                query = select(*names).where(records.c[column].in_(chunk))
                found += [LogEntry(*row) for row in connection.execute(query)]
        return found

    def published_ids(self, entity: str) -> set[str]:
        """The ids, in lower case, of all records that were published to an entity."""
        query = select(records.c.xero_id).where(
            records.c.tenant_id == self._tenant_id,
            records.c.entity == entity,
            records.c.state == PUBLISHED,
        )
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            found = connection.execute(query).scalars()
            return {xero_id.lower() for xero_id in found if xero_id}

    def mark_seen(self, fingerprints: Sequence[str]) -> None:
        """Notes that this run has met records that an earlier run published."""
        with self._engine.begin() as connection:
            for chunk in _chunks(fingerprints):
                connection.execute(
                    update(records)
                    .where(records.c.fingerprint.in_(chunk))
                    .values(run_id=self._run_id)
                )

    def begin(self, intent: Intent, entries: Sequence[IntendedRecord]) -> bool:
        """Writes a request and its records before it is sent.

        Returns:
            Whether they were written. If another process has begun one of the records meanwhile,
            nothing is written.
        """
        now = time.time()
        fingerprints = [entry.fingerprint for entry in entries]
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(records.c.fingerprint, records.c.state, records.c.attempt)
                .where(records.c.fingerprint.in_(fingerprints))
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
                        "request_key": intent.key,
                        "position": position,
                        "attempt": entry.attempt,
                        "state": INTENDED,
                        "run_id": self._run_id,
                        "changed_at": now,
                    }
                    for position, entry in enumerate(entries)
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
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            row = connection.execute(select(requests).where(requests.c.key == key)).first()
            if row is None:
                return None
            names = [records.c[name] for name in LogEntry.__dataclass_fields__]
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
            The ids among ``outcomes`` that the log knew before.
        """
        now = time.time()
        with self._engine.begin() as connection:
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
        ids = sorted({outcome.xero_id for outcome in published if outcome.xero_id})
        own = connection.execute(
            select(records.c.identity, records.c.entity).where(
                records.c.fingerprint.in_(fingerprints)
            )
        ).all()
        identities = sorted({row.identity for row in own if row.identity})
        entities = sorted({row.entity for row in own})
        same_id = (
            (records.c.tenant_id == self._tenant_id)
            & records.c.entity.in_(entities)
            & records.c.xero_id.in_(ids)
        )
        known = connection.execute(select(records.c.xero_id).where(same_id)).scalars().all()
        connection.execute(
            update(records)
            .where(
                or_(records.c.identity.in_(identities), same_id),
                records.c.state == PUBLISHED,
                records.c.fingerprint.not_in(fingerprints),
            )
            .values(state=SUPERSEDED, changed_at=now)
        )
        return frozenset(filter(None, known))

    def withdraw(self, request_key: str, fingerprints: Sequence[str]) -> None:
        """Takes back an intent that Xero certainly did not accept."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(records).where(
                    records.c.fingerprint.in_(fingerprints), records.c.state == INTENDED
                )
            )
            self._drop_finished(connection, request_key)

    def release_for_resend(self, fingerprints: Sequence[str]) -> None:
        """Frees records for another attempt, because the last one saved nothing."""
        with self._engine.begin() as connection:
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
