"""The registry of organisations: which are connected, and which are paused and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Update, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from xero_client.errors import SettingsError
from xero_client.store.database import Store
from xero_fleet.registry.database import reading
from xero_fleet.registry.tables import leases, organisations, results, states, work


@dataclass(frozen=True)
class Organisation:
    """One organisation of the registry.

    Attributes:
        tenant_id: Its id.
        name: Its name; None if Xero did not say.
        grant: The grant that reads it.
        tier: The tier of the settings that says how old its data may be.
        added_at: When it was first seen.
        connected: Whether the last ``sync`` found it connected.
        paused_at: Since when nothing is run for it; None if it is not paused.
        paused_by_fleet: Whether the fleet paused it, so that a consent brings it back.
        why: Why it is paused.
    """

    tenant_id: str
    name: str | None
    grant: str
    tier: str
    added_at: float
    connected: bool
    paused_at: float | None
    paused_by_fleet: bool
    why: str | None

    def __str__(self) -> str:
        """``Maple Florist (70784a63-…)``."""
        return f"{self.name or 'unnamed'} ({self.tenant_id})"


@dataclass(frozen=True)
class PipelineStart:
    """How an organisation begins in a pipeline.

    Attributes:
        pipeline: The pipeline.
        work_class: ``backfill``, or ``publish``.
    """

    pipeline: str
    work_class: str


@dataclass(frozen=True)
class Connected:
    """An organisation as ``/connections`` lists it."""

    tenant_id: str
    name: str | None
    grant: str


@dataclass(frozen=True)
class SyncReport:
    """What a ``sync`` changed: the organisations by what happened to them."""

    added: Sequence[str] = ()
    resumed: Sequence[str] = ()
    disconnected: Sequence[str] = ()


class Organisations:
    """The organisations in the state database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Organisation]:
        """All organisations, by name."""
        with reading(self._store) as connection:
            rows = connection.execute(select(organisations).order_by("name", "tenant_id"))
            return [_organisation(row._mapping) for row in rows]  # noqa: SLF001  # as SQLAlchemy documents it

    def find(self, text: str) -> Organisation:
        """The organisation with this id or name.

        Raises:
            SettingsError: No organisation has it, or several do.
        """
        same = or_(organisations.c.tenant_id == text.lower(), organisations.c.name == text)
        with reading(self._store) as connection:
            rows = connection.execute(select(organisations).where(same)).all()
        if len(rows) != 1:
            what = (
                "is the name of several organisations: use the id"
                if rows
                else ("is not an organisation of the fleet: `xero fleet status --all` lists them")
            )
            message = f"{text!r} {what}"
            raise SettingsError(message)
        return _organisation(rows[0]._mapping)  # noqa: SLF001  # as SQLAlchemy documents it

    def sync(
        self,
        grant: str,
        connected: Iterable[Connected],
        starts: Iterable[PipelineStart],
        tier: str,
        now: float,
    ) -> SyncReport:
        """Takes over what a grant is connected to.

        New organisations are added to each pipeline. Those that the fleet had paused and that are
        connected again go on. Those that are not connected any more are paused.

        Args:
            grant: The grant.
            connected: What it is connected to.
            starts: The pipelines.
            tier: The tier of new organisations.
            now: The time.
        """
        found = {each.tenant_id: each for each in connected}
        begins = list(starts)

        def save(connection: Connection) -> SyncReport:
            # Not all: a fleet may have as many grants as organisations.
            mine = or_(organisations.c.grant_name == grant, organisations.c.tenant_id.in_(found))
            known = {
                row.tenant_id: row
                for row in connection.execute(select(organisations).where(mine).with_for_update())
            }
            added = [each for key, each in found.items() if key not in known]
            for each in added:
                connection.execute(
                    insert(organisations).values(
                        tenant_id=each.tenant_id,
                        name=each.name,
                        grant_name=grant,
                        tier=tier,
                        added_at=now,
                        connected=True,
                    )
                )
            resumed = _renew(connection, known, found, now)
            disconnected = _pause_missing(connection, known, found, grant, now)
            _add_to_pipelines(connection, found, begins, now)
            return SyncReport(
                *(
                    [f"{each.name or 'unnamed'} ({each.tenant_id})" for each in group]
                    for group in (added, resumed, disconnected)
                )
            )

        return self._store.transaction(save)

    def pause(self, tenant_id: str, why: str, now: float, *, by_fleet: bool = False) -> None:
        """Stops all further runs of an organisation.

        One that was paused keeps its reason. But a person's pause replaces one of the fleet, which
        would end with a consent.
        """
        self._store.transaction(
            lambda connection: _pause(connection, tenant_id, why, now, by_fleet=by_fleet)
        )

    def has_any(self, grant: str) -> bool:
        """Whether an organisation of a grant is known."""
        same = select(organisations.c.tenant_id).where(organisations.c.grant_name == grant)
        with reading(self._store) as connection:
            return connection.execute(same.limit(1)).first() is not None

    def pause_grant(self, grant: str, why: str, now: float) -> list[str]:
        """Stops all organisations of a grant that Xero does not accept any more."""

        def save(connection: Connection) -> list[str]:
            same = (organisations.c.grant_name == grant, organisations.c.paused_at.is_(None))
            found = list(connection.scalars(select(organisations.c.tenant_id).where(*same)))
            for tenant_id in found:
                _pause(connection, tenant_id, why, now, by_fleet=True)
            return found

        return self._store.transaction(save)

    def resume(self, tenant_id: str, now: float) -> None:
        """Ends a pause; the organisation is due now."""

        def save(connection: Connection) -> None:
            values = {"paused_at": None, "paused_by_fleet": False, "why": None}
            connection.execute(_of(tenant_id).values(**values))
            _make_due(connection, [tenant_id], now)

        self._store.transaction(save)

    def move(self, tenant_id: str, tier: str) -> None:
        """Moves an organisation to another tier."""
        self._store.transaction(
            lambda connection: connection.execute(_of(tenant_id).values(tier=tier))
        )

    def forget(self, tenant_id: str) -> None:
        """Deletes everything that the fleet knows of an organisation."""

        def remove(connection: Connection) -> None:
            for table in (results, states, leases, work, organisations):
                connection.execute(delete(table).where(table.c.tenant_id == tenant_id))

        self._store.transaction(remove)

    def wake(self, tenant_ids: Iterable[str], now: float, debounce: float) -> int:
        """Makes organisations due, because a webhook reported a change.

        The first event sets the time; further events until then change nothing.

        Args:
            tenant_ids: The organisations; those that the fleet does not know are left out.
            now: The time of the events.
            debounce: The seconds in which further events are collected.

        Returns:
            The number of rows that became due earlier.
        """
        ids = sorted(set(tenant_ids))

        def save(connection: Connection) -> int:
            idle = (work.c.tenant_id.in_(ids), work.c.work_class.in_(("hot", "cold")))
            connection.execute(
                update(work).where(*idle, work.c.woken_at.is_(None)).values(woken_at=now)
            )
            earlier = update(work).where(*idle, work.c.due_at > now + debounce)
            return connection.execute(earlier.values(due_at=now + debounce)).rowcount

        return self._store.transaction(save) if ids else 0


def _renew(
    connection: Connection,
    known: Mapping[str, Row[Any]],
    found: Mapping[str, Connected],
    now: float,
) -> list[Connected]:
    """Updates what is connected; returns those that come back from a pause of the fleet."""
    resumed = []
    for tenant_id, each in found.items():
        row = known.get(tenant_id)
        if row is None:
            continue
        values: dict[str, Any] = {
            "name": each.name,
            # Of several grants that are connected to it, the first one reads it.
            "grant_name": row.grant_name if row.connected and not row.paused_at else each.grant,
            "connected": True,
        }
        if row.paused_by_fleet:
            values |= {"paused_at": None, "paused_by_fleet": False, "why": None}
            resumed.append(each)
            _make_due(connection, [tenant_id], now)
        if any(getattr(row, name) != value for name, value in values.items()):
            connection.execute(_of(tenant_id).values(**values))
    return resumed


def _pause_missing(
    connection: Connection,
    known: Mapping[str, Row[Any]],
    found: Mapping[str, Connected],
    grant: str,
    now: float,
) -> list[Row[Any]]:
    """Pauses the organisations that a grant has lost its connection to; returns them."""
    disconnected = [
        row
        for tenant_id, row in known.items()
        if row.grant_name == grant and tenant_id not in found and row.connected
    ]
    for row in disconnected:
        connection.execute(_of(row.tenant_id).values(connected=False))
        _pause(connection, row.tenant_id, NOT_CONNECTED, now, by_fleet=True)
    return disconnected


NOT_CONNECTED = "It is not connected any more"


def _organisation(row: object) -> Organisation:
    values = dict(row)  # type: ignore[call-overload]  # a mapping
    values["grant"] = values.pop("grant_name")
    return Organisation(**values)


def _of(tenant_id: str) -> Update:
    return update(organisations).where(organisations.c.tenant_id == tenant_id)


def _pause(connection: Connection, tenant_id: str, why: str, now: float, *, by_fleet: bool) -> None:
    runs = organisations.c.paused_at.is_(None)
    is_open = runs if by_fleet else or_(runs, organisations.c.paused_by_fleet)
    values = {"paused_at": now, "paused_by_fleet": by_fleet, "why": why}
    connection.execute(_of(tenant_id).where(is_open).values(**values))


def _make_due(connection: Connection, tenant_ids: Sequence[str], now: float) -> None:
    due = update(work).where(work.c.tenant_id.in_(tenant_ids))
    connection.execute(due.values(due_at=now, failures=0, error_class=None, failed_streams=None))


def _add_to_pipelines(
    connection: Connection, tenant_ids: Iterable[str], starts: Iterable[PipelineStart], now: float
) -> None:
    ids = list(tenant_ids)
    rows = connection.execute(
        select(work.c.pipeline, work.c.tenant_id).where(work.c.tenant_id.in_(ids))
    )
    known = {(row.pipeline, row.tenant_id) for row in rows}
    missing = [
        (start, key) for start in starts for key in ids if (start.pipeline, key) not in known
    ]
    if not missing:
        return
    connection.execute(
        insert(work),
        [
            {
                "pipeline": start.pipeline,
                "tenant_id": key,
                "work_class": start.work_class,
                "due_at": now,
            }
            for start, key in missing
        ],
    )
    connection.execute(
        insert(leases),
        [
            {
                "pipeline": start.pipeline,
                "tenant_id": key,
                "generation": 0,
                "batch_id": None,
                "expires_at": 0.0,
            }
            for start, key in missing
        ],
    )
