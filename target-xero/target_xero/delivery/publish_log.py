"""The publish log: what was sent, and what is known of it, in the state database.

States and transitions stand in the package's README.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection

from xero_client.store.database import Store

INTENDED = "intended"
PUBLISHED = "published"
REJECTED = "rejected"
SUPERSEDED = "superseded"

# SQLite takes a limited number of parameters in one statement.
CHUNK = 400

metadata = MetaData()

requests = Table(
    "publish_requests",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("content_type", String(200), nullable=False),
    Column("body", LargeBinary),
    Column("first_sent_at", Float, nullable=False),
)

records = Table(
    "publish_records",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("entity", String(100), nullable=False),
    Column("subject", String(64), index=True),
    Column("request_key", String(128), index=True),
    Column("position", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("xero_id", String(100)),
    Column("run_id", String(40), nullable=False),
    Column("changed_at", Float, nullable=False),
    Index("publish_records_by_xero_id", "tenant_id", "entity", "xero_id"),
)


def hashed(*parts: str | bytes) -> str:
    """SHA-256 over several parts, none of which can run into the next."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    lengths = ",".join(str(len(part)) for part in raw).encode()
    return hashlib.sha256(b"\0".join((lengths, *raw))).hexdigest()


@dataclass(frozen=True)
class Row:
    """What the log knows of one record."""

    fingerprint: str
    state: str
    generation: int
    entity: str
    subject: str | None = None
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
        content_type: What the body is.
        body: The bytes.
        first_sent_at: Seconds since 1970.
    """

    key: str
    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    content_type: str
    body: bytes | None = field(repr=False)
    first_sent_at: float


@dataclass(frozen=True)
class Entry:
    """One record of an intent, as the log names it."""

    fingerprint: str
    subject: str | None
    entity: str
    generation: int


@dataclass(frozen=True)
class Settled:
    """What became of one record."""

    fingerprint: str
    state: str
    xero_id: str | None = None


class PublishLog:
    """The publish log of one organisation; safe to share between threads."""

    def __init__(self, store: Store, tenant_id: str, run_id: str) -> None:
        """Makes the tables where they are missing.

        Args:
            store: The state database.
            tenant_id: The organisation.
            run_id: This run, by which repetitions within it are told from earlier ones.
        """
        self._engine = store.engine
        self._tenant_id = tenant_id
        self._run_id = run_id
        store.create(metadata)

    def rows(self, fingerprints: Iterable[str]) -> dict[str, Row]:
        """What is known of records, by fingerprint."""
        return {row.fingerprint: row for row in self._select("fingerprint", fingerprints)}

    def open_by_subject(self, subjects: Iterable[str]) -> list[Row]:
        """Records without an outcome that are about the same as others now are."""
        rows = self._select("subject", subjects)
        return [row for row in rows if row.state == INTENDED]

    def ids_by_subject(self, subjects: Iterable[str]) -> dict[str, str]:
        """The ids in Xero of what was published last about subjects."""
        rows = self._select("subject", subjects)
        return {row.subject: row.xero_id for row in rows
                if row.state == PUBLISHED and row.subject and row.xero_id}  # fmt: skip

    def _select(self, column: str, values: Iterable[str]) -> list[Row]:
        wanted = list(dict.fromkeys(values))
        found: list[Row] = []
        names = [records.c[name] for name in Row.__dataclass_fields__]
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for at in range(0, len(wanted), CHUNK):
                query = select(*names).where(records.c[column].in_(wanted[at : at + CHUNK]))
                found += [Row(*row) for row in connection.execute(query)]
        return found

    def published_ids(self, entity: str) -> set[str]:
        """The ids, in lower case, of all that was published to an entity."""
        query = select(records.c.xero_id).where(
            records.c.tenant_id == self._tenant_id,
            records.c.entity == entity,
            records.c.state == PUBLISHED,
        )
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            found = connection.execute(query).scalars()
            return {xero_id.lower() for xero_id in found if xero_id}

    def note_seen(self, fingerprints: Sequence[str]) -> None:
        """Takes note that this run has met records that an earlier one published."""
        with self._engine.begin() as connection:
            for at in range(0, len(fingerprints), CHUNK):
                connection.execute(
                    update(records)
                    .where(records.c.fingerprint.in_(fingerprints[at : at + CHUNK]))
                    .values(run_id=self._run_id)
                )

    def begin(self, intent: Intent, entries: Sequence[Entry]) -> bool:
        """Writes down a request and its records before it is sent.

        Returns:
            Whether all is well; False where another process was faster with one of the records,
            in which case nothing was written.
        """
        now = time.time()
        fingerprints = [entry.fingerprint for entry in entries]
        with self._engine.begin() as connection:
            taken = connection.execute(
                select(records.c.fingerprint, records.c.state, records.c.generation)
                .where(records.c.fingerprint.in_(fingerprints))
                .with_for_update()
            ).all()
            known = {row.fingerprint: row for row in taken}
            for entry in entries:
                row = known.get(entry.fingerprint)
                if row is not None and (
                    row.state in (INTENDED, PUBLISHED) or row.generation >= entry.generation
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
                        "subject": entry.subject,
                        "request_key": intent.key,
                        "position": position,
                        "generation": entry.generation,
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

    def intent(self, key: str) -> tuple[Intent, list[Row]] | None:
        """A request without an outcome, and its records that still have none, in their places."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            row = connection.execute(select(requests).where(requests.c.key == key)).first()
            if row is None:
                return None
            names = [records.c[name] for name in Row.__dataclass_fields__]
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
            return intent, [Row(*member) for member in members]

    def settle(self, request_key: str, outcomes: Sequence[Settled]) -> frozenset[str]:
        """Writes down what became of records.

        Records that are not named keep their intent.

        Args:
            request_key: The request that they were in.
            outcomes: What became of them.

        Returns:
            The ids among ``outcomes`` that the log had already known.
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
                            "new_state": outcome.state,
                            "new_id": outcome.xero_id,
                        }
                        for outcome in outcomes
                    ],
                )
            self._drop_finished(connection, request_key)
        return known

    def _supersede(
        self, connection: Connection, outcomes: Sequence[Settled], now: float
    ) -> frozenset[str]:
        published = [outcome for outcome in outcomes if outcome.state == PUBLISHED]
        if not published:
            return frozenset()
        fingerprints = [outcome.fingerprint for outcome in published]
        ids = sorted({outcome.xero_id for outcome in published if outcome.xero_id})
        own = connection.execute(
            select(records.c.subject, records.c.entity).where(
                records.c.fingerprint.in_(fingerprints)
            )
        ).all()
        subjects = sorted({row.subject for row in own if row.subject})
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
                or_(records.c.subject.in_(subjects), same_id),
                records.c.state == PUBLISHED,
                records.c.fingerprint.not_in(fingerprints),
            )
            .values(state=SUPERSEDED, changed_at=now)
        )
        return frozenset(filter(None, known))

    def forget(self, request_key: str, fingerprints: Sequence[str]) -> None:
        """Takes an intent back, of which it is known that Xero did not take it on."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(records).where(
                    records.c.fingerprint.in_(fingerprints), records.c.state == INTENDED
                )
            )
            self._drop_finished(connection, request_key)

    def move_on(self, fingerprints: Sequence[str]) -> None:
        """Frees records for another sending: of the one before nothing was saved."""
        with self._engine.begin() as connection:
            keys = connection.execute(
                select(records.c.request_key)
                .where(records.c.fingerprint.in_(fingerprints))
                .distinct()
            ).scalars()
            touched = [key for key in keys if key]
            connection.execute(
                update(records)
                .where(records.c.fingerprint.in_(fingerprints), records.c.state == INTENDED)
                .values(state=REJECTED, request_key=None, changed_at=time.time())
            )
            for key in touched:
                self._drop_finished(connection, key)

    @staticmethod
    def _drop_finished(connection: Connection, request_key: str) -> None:
        left = connection.execute(
            select(records.c.fingerprint)
            .where(records.c.request_key == request_key, records.c.state == INTENDED)
            .limit(1)
        ).first()
        if left is None:
            connection.execute(delete(requests).where(requests.c.key == request_key))
