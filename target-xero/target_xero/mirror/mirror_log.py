"""What mirrored streams have published, in the state database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from target_xero.mirror.tables import SCHEMA, mirrored_records, mirrored_streams
from xero_client.store.database import Store
from xero_client.store.schema import statement_chunks


@dataclass(frozen=True)
class MirroredStream:
    """A stream, as it is published to one organisation."""

    tenant_id: str
    stream: str

    @property
    def key(self) -> str:
        """The key of its row."""
        return _hashed(self.tenant_id.lower(), self.stream)


@dataclass(frozen=True)
class MirroredRecord:
    """A record that a stream has published.

    Attributes:
        stream: The stream.
        entity: Xero's entity.
        xero_id: Its id in Xero.
        name: The fields that people know it by.
    """

    stream: MirroredStream
    entity: str
    xero_id: str
    name: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The key of its row."""
        return _hashed(self.stream.key, self.entity, self.xero_id.lower())

    @property
    def record(self) -> str:
        """The hash of the record in Xero, which other streams may have published too."""
        return _hashed(self.stream.tenant_id.lower(), self.entity, self.xero_id.lower())


class MirrorLog:
    """What mirrored streams have published."""

    def __init__(self, store: Store) -> None:
        """Creates the tables.

        Raises:
            StoreError: They are of a newer version.
        """
        self._store = store
        store.create(SCHEMA)

    def reads(self, stream: MirroredStream) -> int:
        """How often all records of a stream were read."""
        query = select(mirrored_streams.c.reads).where(mirrored_streams.c.key == stream.key)
        with self._store.engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def note(self, records: Iterable[tuple[MirroredRecord, int]]) -> None:
        """Notes that records came.

        Args:
            records: The records, each with the number of the read.
        """
        rows = {
            record.key: {
                "key": record.key,
                "stream_key": record.stream.key,
                "record": record.record,
                "xero_id": record.xero_id,
                "name": json.dumps(dict(record.name), default=str),
                "seen": read,
            }
            for record, read in records
        }
        if not rows:
            return
        is_sqlite = self._store.engine.dialect.name == "sqlite"
        new = (sqlite if is_sqlite else postgresql).insert(mirrored_records)
        change = new.on_conflict_do_update(
            index_elements=["key"], set_={"seen": new.excluded.seen, "name": new.excluded.name}
        )
        # In one order in all processes, so that none waits for another in a circle.
        ordered = [rows[key] for key in sorted(rows)]
        self._store.transaction(lambda connection: connection.execute(change, ordered))

    def count(self, stream: MirroredStream, entity: str) -> int:
        """How many records the stream has published to an entity."""
        table = mirrored_records.c
        query = select(table.key, table.xero_id).where(table.stream_key == stream.key)
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).all()
        return sum(MirroredRecord(stream, entity, row.xero_id, {}).key == row.key for row in rows)

    def not_seen(
        self, stream: MirroredStream, entity: str, read: int
    ) -> list[tuple[MirroredRecord, frozenset[str]]]:
        """The records of a stream that have not come since a number of whole reads.

        Args:
            stream: The stream.
            entity: Xero's entity. What the stream has published to another one is left out.
            read: The number of whole reads before this one. Records that come are noted with it,
                so that those with a smaller number did not come in this read, nor in one that was
                interrupted before it.

        Returns:
            The records, each with its keys in other mirrored streams that publish it too.
        """
        table = mirrored_records.c
        query = (
            select(table.key, table.record, table.xero_id, table.name)
            .where(table.stream_key == stream.key, table.seen < read)
            .order_by(table.xero_id)
        )
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).all()
            others: dict[str, set[str]] = {}
            for chunk in statement_chunks([row.record for row in rows]):
                of_others = select(table.record, table.key).where(
                    table.record.in_(chunk), table.stream_key != stream.key
                )
                for record, key in connection.execute(of_others):
                    others.setdefault(record, set()).add(key)
        found = [
            (
                MirroredRecord(stream, entity, row.xero_id, json.loads(row.name)),
                frozenset(others.get(row.record, ())),
                row.key,
            )
            for row in rows
        ]
        return [(record, shared) for record, shared, key in found if record.key == key]

    def forget(self, keys: Iterable[str]) -> None:
        """Forgets records, because they were removed."""
        wanted = sorted(set(keys))

        def forget(connection: Connection) -> None:
            for chunk in statement_chunks(wanted):
                connection.execute(
                    delete(mirrored_records).where(mirrored_records.c.key.in_(chunk))
                )

        if wanted:
            self._store.transaction(forget)

    def end_read(self, stream: MirroredStream, read: int) -> bool:
        """Notes that all records of a stream were read.

        Returns:
            Whether no other run has noted the same read in the meantime.
        """

        def end(connection: Connection) -> bool:
            table = mirrored_streams
            if read == 0:
                is_sqlite = connection.dialect.name == "sqlite"
                new = (sqlite if is_sqlite else postgresql).insert(table)
                row = {"key": stream.key, "tenant_id": stream.tenant_id, "stream": stream.stream,
                       "reads": 0}  # fmt: skip
                connection.execute(new.values(row).on_conflict_do_nothing())
            change = update(table).where(table.c.key == stream.key, table.c.reads == read)
            return connection.execute(change.values(reads=read + 1)).rowcount == 1

        return self._store.transaction(end)


def _hashed(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
