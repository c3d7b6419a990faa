"""When Xero was asked last which organisations a grant is connected to."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from xero_client.store.database import Store
from xero_fleet.registry.database import reading
from xero_fleet.registry.tables import grants


class AskedGrants:
    """The grants that were asked, in the state database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def times(self) -> dict[str, float]:
        """When each grant was asked last; grants that never were are left out."""
        with reading(self._store) as connection:
            return {row.grant_name: row.asked_at for row in connection.execute(select(grants))}

    def note(self, grant: str, now: float) -> None:
        """Notes that Xero has answered for a grant."""

        def save(connection: Connection) -> None:
            connection.execute(delete(grants).where(grants.c.grant_name == grant))
            connection.execute(insert(grants).values(grant_name=grant, asked_at=now))

        self._store.transaction(save)
