"""The id map: what a record of the source has become in the target, in the state database."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, MetaData, String, Table, delete, insert, select
from sqlalchemy.engine import Connection

from xero_client.store.database import Store

CHUNK = 400
WRITTEN_AT_ONCE = 200

metadata = MetaData()

ids = Table(
    "copy_ids",
    metadata,
    Column("source_tenant", String(64), primary_key=True),
    Column("target_tenant", String(64), primary_key=True),
    Column("kind", String(100), primary_key=True),
    Column("source_id", String(200), primary_key=True),
    Column("target_id", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
)


@dataclass(frozen=True)
class Known:
    """What is known of one record.

    Attributes:
        target_id: Its id in the target.
        digest: Of what was copied last; empty where that does not matter.
    """

    target_id: str
    digest: str = ""


class IdMap:
    """The id map of a pair of organisations; safe to share between threads."""

    def __init__(self, store: Store, source_tenant: str, target_tenant: str) -> None:
        """Makes the table where it is missing."""
        self._engine = store.engine
        self._pair = {"source_tenant": source_tenant, "target_tenant": target_tenant}
        self._lock = threading.Lock()
        self._unwritten: dict[tuple[str, str], Known] = {}
        store.create(metadata)

    def is_empty(self) -> bool:
        """Whether nothing was ever copied between the two."""
        with self._reading() as connection:
            return (
                connection.execute(select(ids.c.kind).where(*self._own()).limit(1)).first() is None
            )

    def kind(self, kind: str) -> dict[str, str]:
        """All ids of one kind: for what is few."""
        self.write()
        query = select(ids.c.source_id, ids.c.target_id).where(*self._own(), ids.c.kind == kind)
        with self._reading() as connection:
            return {row.source_id: row.target_id for row in connection.execute(query)}

    def find(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        """What is known of records, by kind and source id."""
        self.write()
        by_kind: dict[str, set[str]] = {}
        for kind, source_id in wanted:
            by_kind.setdefault(kind, set()).add(source_id)
        found: dict[tuple[str, str], Known] = {}
        with self._reading() as connection:
            for kind, source_ids in by_kind.items():
                listed = sorted(source_ids)
                for at in range(0, len(listed), CHUNK):
                    query = select(ids.c.source_id, ids.c.target_id, ids.c.digest).where(
                        *self._own(),
                        ids.c.kind == kind,
                        ids.c.source_id.in_(listed[at : at + CHUNK]),
                    )
                    for row in connection.execute(query):
                        found[kind, row.source_id] = Known(row.target_id, row.digest)
        return found

    def remember(self, entries: Mapping[tuple[str, str], Known]) -> None:
        """Notes what records have become, by kind and source id."""
        with self._lock:
            self._unwritten.update(entries)
            full = len(self._unwritten) >= WRITTEN_AT_ONCE
        if full:
            self.write()

    def write(self) -> None:
        """Puts everything noted into the database."""
        with self._lock:
            entries, self._unwritten = self._unwritten, {}
            if not entries:
                return
            by_kind: dict[str, list[str]] = {}
            for kind, source_id in entries:
                by_kind.setdefault(kind, []).append(source_id)
            with self._engine.begin() as connection:
                for kind, source_ids in by_kind.items():
                    for at in range(0, len(source_ids), CHUNK):
                        connection.execute(
                            delete(ids).where(
                                *self._own(),
                                ids.c.kind == kind,
                                ids.c.source_id.in_(source_ids[at : at + CHUNK]),
                            )
                        )
                connection.execute(
                    insert(ids),
                    [
                        {
                            **self._pair,
                            "kind": kind,
                            "source_id": source_id,
                            "target_id": known.target_id,
                            "digest": known.digest,
                        }
                        for (kind, source_id), known in entries.items()
                    ],
                )

    def _own(self) -> tuple:  # type: ignore[type-arg]  # SQL conditions
        return tuple(ids.c[name] == value for name, value in self._pair.items())

    def _reading(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
