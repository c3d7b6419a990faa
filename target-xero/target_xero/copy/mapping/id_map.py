"""The id map, in the state database: the target's id for each copied record of the source."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Index, MetaData, String, Table, delete, insert, select
from sqlalchemy.engine import Connection

from xero_client.store.database import Store
from xero_client.store.schema import AnyText, Schema, statement_chunks

FLUSH_AT = 200
# The kind of the codes that accounts have in the target, by their codes in the source.
ACCOUNT_CODES = "account_codes"

metadata = MetaData()

ids_table = Table(
    "copy_ids",
    metadata,
    Column("source_tenant", String(64), primary_key=True),
    Column("target_tenant", String(64), primary_key=True),
    Column("kind", AnyText, primary_key=True),
    Column("source_id", AnyText, primary_key=True),
    Column("target_id", AnyText, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("copy_ids_by_target", "source_tenant", "target_tenant", "kind", "target_id"),
)

MIGRATIONS = Path(__file__).parents[1] / "migrations" / "ids"
SCHEMA = Schema("copy_ids", metadata, "0003", MIGRATIONS)


@dataclass(frozen=True)
class IdMapping:
    """What one record of the source is mapped to.

    Attributes:
        target_id: Its id in the target.
        digest: Digest of what was copied last; empty if it does not matter.
    """

    target_id: str
    digest: str = ""


class IdMap:
    """The id map of two organisations; safe to share between threads."""

    def __init__(
        self, store: Store, source_tenant: str, target_tenant: str, *, is_kept: bool = True
    ) -> None:
        """Creates the table if it is missing.

        Args:
            store: The state database.
            source_tenant: Id of the source organisation.
            target_tenant: Id of the target organisation.
            is_kept: Whether later runs know what is added. A dry run copies nothing, so that it
                must not leave anything.
        """
        self._engine = store.engine
        self._is_kept = is_kept
        self._not_kept: dict[tuple[str, str], IdMapping] = {}
        self._tenants = {"source_tenant": source_tenant, "target_tenant": target_tenant}
        self._lock = threading.Lock()
        self._unwritten: dict[tuple[str, str], IdMapping] = {}
        store.create(SCHEMA)

    def is_empty(self) -> bool:
        """Whether earlier runs have copied nothing between the two organisations."""
        query = select(ids_table.c.kind).where(*self._of_tenants()).limit(1)
        with self._connect() as connection:
            return connection.execute(query).first() is None

    def target_ids(self, kind: str) -> dict[str, str]:
        """All target ids of one kind, by source id; only for kinds with few records."""
        self.flush()
        query = select(ids_table.c.source_id, ids_table.c.target_id).where(
            *self._of_tenants(), ids_table.c.kind == kind
        )
        with self._connect() as connection:
            found = {row.source_id: row.target_id for row in connection.execute(query)}
        own = self._not_kept.items()
        return found | {
            source_id: mapping.target_id for (of, source_id), mapping in own if of == kind
        }

    def find(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], IdMapping]:
        """The mappings of records, by kind and source id; unknown ones are left out."""
        self.flush()
        wanted = set(keys)
        by_kind: dict[str, set[str]] = {}
        for kind, source_id in wanted:
            by_kind.setdefault(kind, set()).add(source_id)
        found: dict[tuple[str, str], IdMapping] = {}
        table = ids_table.c
        with self._connect() as connection:
            for kind, source_ids in by_kind.items():
                ordered = sorted(source_ids)
                for chunk in statement_chunks(ordered):
                    query = select(table.source_id, table.target_id, table.digest).where(
                        *self._of_tenants(),
                        table.kind == kind,
                        table.source_id.in_(chunk),
                    )
                    for row in connection.execute(query):
                        found[kind, row.source_id] = IdMapping(row.target_id, row.digest)
        own = self._not_kept
        return found | {key: own[key] for key in wanted if key in own}

    def owners(self, copies: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Which record of the source each record of the target is the copy of.

        Args:
            copies: Kind and target id of each.

        Returns:
            Source ids, by kind and target id; what is not the copy of any record is left out.
        """
        self.flush()
        wanted = set(copies)
        by_kind: dict[str, set[str]] = {}
        for kind, target_id in wanted:
            by_kind.setdefault(kind, set()).add(target_id)
        table = ids_table.c
        found: dict[tuple[str, str], str] = {}
        with self._connect() as connection:
            for kind, target_ids in by_kind.items():
                for chunk in statement_chunks(sorted(target_ids)):
                    query = select(table.source_id, table.target_id).where(
                        *self._of_tenants(), table.kind == kind, table.target_id.in_(chunk)
                    )
                    for row in connection.execute(query):
                        found[kind, row.target_id] = row.source_id
        own = self._not_kept.items()
        return found | {
            (kind, mapping.target_id): source_id
            for (kind, source_id), mapping in own
            if (kind, mapping.target_id) in wanted
        }

    def add(self, mappings: Mapping[tuple[str, str], IdMapping]) -> None:
        """Adds mappings, by kind and source id; they replace earlier ones."""
        with self._lock:
            self._unwritten.update(mappings)
            is_full = len(self._unwritten) >= FLUSH_AT
        if is_full:
            self.flush()

    def flush(self) -> None:
        """Writes all added mappings to the database, if they are kept."""
        with self._lock:
            mappings, self._unwritten = self._unwritten, {}
            if not self._is_kept:
                self._not_kept.update(mappings)
                return
            if not mappings:
                return
            by_kind: dict[str, list[str]] = {}
            for kind, source_id in mappings:
                by_kind.setdefault(kind, []).append(source_id)
            with self._engine.begin() as connection:
                for kind, source_ids in by_kind.items():
                    for chunk in statement_chunks(source_ids):
                        connection.execute(
                            delete(ids_table).where(
                                *self._of_tenants(),
                                ids_table.c.kind == kind,
                                ids_table.c.source_id.in_(chunk),
                            )
                        )
                connection.execute(
                    insert(ids_table),
                    [
                        {
                            **self._tenants,
                            "kind": kind,
                            "source_id": source_id,
                            "target_id": mapping.target_id,
                            "digest": mapping.digest,
                        }
                        for (kind, source_id), mapping in mappings.items()
                    ],
                )

    def _of_tenants(self) -> tuple:  # type: ignore[type-arg]  # SQL conditions
        return tuple(ids_table.c[name] == value for name, value in self._tenants.items())

    def _connect(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
