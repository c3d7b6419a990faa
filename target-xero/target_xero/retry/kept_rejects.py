"""The rejects of earlier runs in the state database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from target_xero.build.records import Provenance
from target_xero.report.results import Result
from target_xero.retry.keys import content_key
from target_xero.retry.tables import SCHEMA, kept_rejects
from xero_client.store.database import Store
from xero_client.store.lazy_store import LazyStore
from xero_client.store.schema import statement_chunks


@dataclass(frozen=True)
class KeptReject:
    """A record that an earlier run did not publish.

    Attributes:
        row_id: Its row in the table.
        stream: The stream, as the tap calls it.
        key: The hash of its key, or of its content if it has none.
        content: The hash of its content.
        messages: Its RECORD messages; several if they were grouped.
        occurrence: Its number among records with equal content.
        entity: What it was meant for.
        reason: Why it was not published.
    """

    row_id: int
    stream: str
    key: str
    content: str
    messages: tuple[bytes, ...] = field(repr=False)
    occurrence: int
    entity: str
    reason: str


@dataclass(frozen=True)
class _New:
    """A reject of this run that is to be kept."""

    provenance: Provenance
    key: str
    entity: str
    reason: str


class KeptRejects:
    """The rejects that are kept for the next run; safe to share between threads.

    Changes are written by ``flush``, together.
    """

    def __init__(self, store: Store, run_id: str, *, is_dry_run: bool) -> None:
        """Creates the table.

        Args:
            store: The state database.
            run_id: This run.
            is_dry_run: Whether nothing is changed.

        Raises:
            StoreError: The table is of a newer version.
        """
        self._store = store
        self._run_id = run_id
        self._is_dry_run = is_dry_run
        self._by_key: dict[str, list[KeptReject]] = {}
        self._new: list[_New] = []
        self._dropped: set[int] = set()
        self._lock = threading.Lock()
        store.create(SCHEMA)

    @classmethod
    def of(cls, store: LazyStore, run_id: str, config: Mapping[str, Any]) -> KeptRejects | None:
        """Those of a run; None if the setting ``retry_rejects`` is false.

        Raises:
            StoreError: The state database cannot be used.
        """
        if not config["retry_rejects"]:
            return None
        return cls(store.open(), run_id, is_dry_run=bool(config["dry_run"]))

    def has(self, stream: str) -> bool:
        """Whether there are rejects of a stream, of whatever organisation."""
        query = select(kept_rejects.c.id).where(kept_rejects.c.stream == stream).limit(1)
        with self._store.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def take(self, stream: str, scope: str) -> list[KeptReject]:
        """The rejects of a stream, in the order in which they were kept.

        Args:
            stream: The stream.
            scope: The id of the organisation that it goes to. A reject comes back only to the
                organisation that it was meant for.
        """
        table = kept_rejects.c
        query = (
            select(table.id, table.stream, table.key, table.content, table.messages,
                   table.occurrence, table.entity, table.reason)
            .where(table.scope == scope, table.stream == stream)
            .order_by(table.id)
        )  # fmt: skip
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).all()
        found = [
            KeptReject(
                row.id,
                row.stream,
                row.key,
                row.content,
                tuple(bytes(row.messages).split(b"\n")),
                row.occurrence or 0,
                row.entity,
                row.reason,
            )
            for row in rows
        ]
        with self._lock:
            for reject in found:
                self._by_key.setdefault(reject.key, []).append(reject)
        return found

    def drop(self, key: str) -> None:
        """Forgets the rejects of earlier runs with a key."""
        with self._lock:
            self._dropped.update(reject.row_id for reject in self._by_key.pop(key, ()))

    def keep(self, key: str, provenance: Provenance, result: Result) -> None:
        """Keeps a reject of this run, instead of those of earlier runs with its key."""
        self.drop(key)
        reason = "; ".join(result.errors)
        with self._lock:
            self._new.append(_New(provenance, key, result.entity, reason))

    def flush(self, scope_of: Callable[[str], str]) -> None:
        """Writes all changes.

        Args:
            scope_of: Gives the scope of a stream, as for ``take``.

        Raises:
            StoreError: The state database cannot be used.
            XeroError: The organisation of a reject is not known.
        """
        with self._lock:
            new, self._new = self._new, []
            dropped, self._dropped = sorted(self._dropped), set()
        if self._is_dry_run or not (new or dropped):
            return
        scopes = {name: scope_of(name) for name in {n.provenance.tap_stream for n in new}}
        rows = [self._row(reject, scopes[reject.provenance.tap_stream]) for reject in new]

        def write(connection: Connection) -> None:
            for chunk in statement_chunks(dropped):
                connection.execute(delete(kept_rejects).where(kept_rejects.c.id.in_(chunk)))
            if rows:
                connection.execute(insert(kept_rejects), rows)

        self._store.transaction(write)

    def _row(self, new: _New, scope: str) -> dict[str, object]:
        provenance = new.provenance
        return {
            "scope": scope,
            "stream": provenance.tap_stream,
            "key": new.key,
            "content": content_key(provenance),
            "messages": b"\n".join(message.strip() for message in provenance.messages),
            "occurrence": provenance.occurrence,
            "entity": new.entity,
            "reason": new.reason,
            "run_id": self._run_id,
            "kept_at": time.time(),
        }


def is_ambiguous(rejects: Iterable[KeptReject]) -> bool:
    """Whether rejects with one key have different contents: which one is right is not known."""
    return len({reject.content for reject in rejects}) > 1
