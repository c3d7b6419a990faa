"""The table of the budgets that processes share (see ``budget``)."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from xero_client.budgets.budget import Budget, Lease, Report, Share, lease_of
from xero_client.store.database import Store, present_time
from xero_client.store.schema import Schema

metadata = MetaData()

# A row for each app and organisation, and one for each app.
budgets = Table(
    "call_budgets",
    metadata,
    Column("key", String(500), primary_key=True),
    Column("state", Text, nullable=False),
)

SCHEMA = Schema("call_budgets", metadata)


class StoredBudgets:
    """The budgets in a state database, as one process sees them.

    A lease is one short transaction that locks the row of its budget. Times are those of the
    database, if it is a server: the clocks of several machines differ.
    """

    def __init__(self, store: Store) -> None:
        """Creates the table if it does not exist.

        Args:
            store: The state database.

        Raises:
            StoreError: The table cannot be created.
        """
        self._store = store
        self._holder = secrets.token_hex(8)
        self._keys: set[str] = set()
        store.create(SCHEMA)

    def exchange(self, key: str, report: Report, capacity: int) -> Lease:
        """Reports to a budget, and takes a new lease of it.

        Raises:
            StoreError: The database failed.
        """
        self._keys.add(key)
        work = partial(
            self._exchange, key=key, report=report, capacity=capacity, asked_at=time.monotonic()
        )
        with self._store.translated_errors():
            return self._store.transaction(work)

    def _exchange(
        self, connection: Connection, key: str, report: Report, capacity: int, asked_at: float
    ) -> Lease:
        budget = self._locked(connection, key)
        now = present_time(connection)
        # Another process may have held the row for some time.
        waited = time.monotonic() - asked_at
        report = replace(report, age=report.age + waited, response_age=report.response_age + waited)
        changed, lease = lease_of(budget, self._holder, report, capacity, now)
        self._save(connection, key, changed)
        return lease

    def close(self) -> None:
        """Closes the state database."""
        self._store.close()

    def release(self, reports: Mapping[str, Report]) -> None:
        """Gives all leases of this process back, at its end.

        Args:
            reports: What the other processes do not know yet, by budget.

        Raises:
            StoreError: The database failed.
        """
        with self._store.translated_errors():
            for key in sorted(self._keys):
                work = partial(self._release, key=key, report=reports.get(key))
                self._store.transaction(work)

    def _release(self, connection: Connection, key: str, report: Report | None) -> None:
        budget = self._locked(connection, key)
        if report is not None:
            budget, _ = lease_of(budget, self._holder, report, 1, present_time(connection))
        if budget.shares.pop(self._holder, None) is not None:
            self._save(connection, key, budget)

    def _locked(self, connection: Connection, key: str) -> Budget:
        found = select(budgets.c.state).where(budgets.c.key == key).with_for_update()
        state = connection.execute(found).scalar()
        if state is None:
            # If another process inserts it meanwhile, the transaction is done again.
            connection.execute(insert(budgets).values(key=key, state="{}"))
            return Budget()
        values = json.loads(state)
        shares = {name: Share(**share) for name, share in values.pop("shares", {}).items()}
        return Budget(**values, shares=shares)

    def _save(self, connection: Connection, key: str, budget: Budget) -> None:
        state = json.dumps(asdict(budget))
        connection.execute(update(budgets).where(budgets.c.key == key).values(state=state))
