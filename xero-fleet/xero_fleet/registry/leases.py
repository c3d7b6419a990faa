"""Leases: who may work on an organisation, and who may write its state.

Each lease has a generation, a number that grows whenever the lease moves. A worker writes with the
generation that it got. If it was silent for too long and the lease moved, its writes are refused,
however late they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from xero_client.errors import XeroError
from xero_client.store.database import Store
from xero_fleet.registry.database import reading
from xero_fleet.registry.tables import batches, leases, states

# The statuses of a batch that is not over.
IN_FLIGHT = ("planned", "running")


class LeaseLostError(XeroError):
    """The batch was given to another worker: this one must stop."""


@dataclass(frozen=True)
class Lease:
    """The right to work on the organisations of a batch.

    Attributes:
        batch_id: The batch.
        pipeline: Its pipeline.
        generations: The generation of each organisation's lease.
    """

    batch_id: str
    pipeline: str
    generations: Mapping[str, int]


class Leases:
    """The leases in the state database."""

    def __init__(self, store: Store, seconds: float) -> None:
        """Opens them.

        Args:
            store: The state database.
            seconds: How long a worker may be silent.
        """
        self._store = store
        self._seconds = seconds

    def take(self, batch_id: str, now: float) -> Lease | None:
        """Takes the leases of a batch, also from a worker that has them.

        Returns:
            The lease; None if the batch is over, so that there is nothing to do.
        """

        def save(connection: Connection) -> Lease | None:
            mine = (batches.c.batch_id == batch_id, batches.c.status.in_(IN_FLIGHT))
            row = connection.execute(select(batches).where(*mine).with_for_update()).first()
            if row is None:
                return None
            attempts = row.attempts + 1
            began = {"status": "running", "began_at": now, "attempts": attempts}
            connection.execute(
                update(batches).where(batches.c.batch_id == batch_id).values(**began)
            )
            same = leases.c.batch_id == batch_id
            moved = {"generation": leases.c.generation + 1, "expires_at": now + self._seconds}
            connection.execute(update(leases).where(same).values(**moved))
            found = connection.execute(select(leases).where(same))
            return Lease(batch_id, row.pipeline, {row.tenant_id: row.generation for row in found})

        return self._store.transaction(save)

    def extend(self, lease: Lease, now: float) -> None:
        """Says that the worker lives.

        Raises:
            LeaseLostError: The lease moved.
        """

        def save(connection: Connection) -> None:
            check(connection, lease)
            same = leases.c.batch_id == lease.batch_id
            connection.execute(update(leases).where(same).values(expires_at=now + self._seconds))

        self._store.transaction(save)

    def expire(self, now: float, unstarted_since: float) -> list[str]:
        """Takes the leases of workers that are silent, and of batches that nobody started.

        Their organisations are due at once, with the time at which they became due before.

        Args:
            now: The time.
            unstarted_since: Batches that were planned before that and not started are given up.

        Returns:
            The batches.
        """

        def save(connection: Connection) -> list[str]:
            running = select(batches.c.batch_id).where(batches.c.status == "running")
            silent = (
                select(leases.c.batch_id)
                .where(leases.c.batch_id.in_(running))
                .group_by(leases.c.batch_id)
            )
            lost = set()
            for batch_id in connection.scalars(silent).all():
                same = leases.c.batch_id == batch_id
                rows = connection.execute(
                    select(leases.c.expires_at).where(same).with_for_update()
                ).all()
                if rows and max(row.expires_at for row in rows) < now:
                    lost.add(batch_id)
            unstarted = (batches.c.status == "planned", batches.c.planned_at < unstarted_since)
            lost |= set(connection.scalars(select(batches.c.batch_id).where(*unstarted)))
            # A batch whose organisations were all forgotten has no lease.
            held = select(leases.c.batch_id).where(leases.c.batch_id.is_not(None))
            empty = (batches.c.status == "running", batches.c.batch_id.not_in(held))
            lost |= set(connection.scalars(select(batches.c.batch_id).where(*empty)))
            for batch_id in sorted(lost):
                release(connection, batch_id)
                ended = {"status": "lost", "ended_at": now}
                connection.execute(
                    update(batches).where(batches.c.batch_id == batch_id).values(**ended)
                )
            return sorted(lost)

        return self._store.transaction(save)

    def states(self, lease: Lease) -> dict[str, str]:
        """The state of each organisation of a batch that has one, as JSON."""
        ids = list(lease.generations)
        same = (states.c.pipeline == lease.pipeline, states.c.tenant_id.in_(ids))
        with reading(self._store) as connection:
            return {
                row.tenant_id: row.state for row in connection.execute(select(states).where(*same))
            }

    def save_states(self, lease: Lease, changed: Mapping[str, str], now: float) -> None:
        """Saves the states of organisations; not of those that were forgotten meanwhile.

        Raises:
            LeaseLostError: The lease moved; nothing is saved.
        """

        def save(connection: Connection) -> None:
            held = check(connection, lease)
            for tenant_id in sorted(held & changed.keys()):
                same = (states.c.pipeline == lease.pipeline, states.c.tenant_id == tenant_id)
                connection.execute(delete(states).where(*same))
                connection.execute(
                    insert(states).values(
                        pipeline=lease.pipeline,
                        tenant_id=tenant_id,
                        generation=lease.generations[tenant_id],
                        state=changed[tenant_id],
                        saved_at=now,
                    )
                )

        if changed:
            self._store.transaction(save)


def check(connection: Connection, lease: Lease) -> set[str]:
    """Checks, until the transaction ends, that a worker has its leases.

    Returns:
        The organisations that it has: all of the batch but those that were forgotten meanwhile.

    Raises:
        LeaseLostError: One of them moved, or all were forgotten.
    """
    same = leases.c.batch_id == lease.batch_id
    found = connection.execute(select(leases).where(same).with_for_update())
    generations = {row.tenant_id: row.generation for row in found}
    # An organisation that was forgotten meanwhile has no lease any more.
    if not generations or any(
        lease.generations.get(tenant_id) != generation
        for tenant_id, generation in generations.items()
    ):
        message = (
            f"Batch {lease.batch_id} was given to another worker, because this one was silent for "
            "too long, or its organisations were forgotten: nothing more is written here, and "
            "nothing has to be done"
        )
        raise LeaseLostError(message)
    return set(generations)


def assign(connection: Connection, pipeline: str, tenant_ids: Iterable[str], batch_id: str) -> None:
    """Gives organisations that nobody has to a batch."""
    same = (leases.c.pipeline == pipeline, leases.c.tenant_id.in_(list(tenant_ids)))
    connection.execute(update(leases).where(*same).values(batch_id=batch_id))


def release(connection: Connection, batch_id: str) -> None:
    """Takes all leases of a batch, so that its worker can write no more."""
    moved = {"batch_id": None, "generation": leases.c.generation + 1, "expires_at": 0.0}
    connection.execute(update(leases).where(leases.c.batch_id == batch_id).values(**moved))
