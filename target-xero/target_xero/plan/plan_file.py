"""The file of a plan, and the state database's note of each plan that was made.

The digest shows that a file was edited. The note shows that this state database made the plan, with
this digest, so that an edit with a new digest is found too. The state database also has the publish
log, by which nothing is sent twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.engine import Connection

from target_xero.plan.contents import Plan
from target_xero.report.private_files import open_private
from target_xero.report.results import now
from xero_client.http import wire
from xero_client.store.database import Store
from xero_client.store.schema import Schema

FORMAT = 2

metadata = MetaData()

plans = Table(
    "plans",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("applied_at", String(32)),
    Column("refused", Integer),
)

SCHEMA = Schema("plans", metadata, "0002", Path(__file__).parent / "migrations")

_canonical = msgspec.json.Encoder(order="sorted", decimal_format="number")
_encoder = msgspec.json.Encoder(decimal_format="number")


class PlanRefusedError(Exception):
    """A plan cannot be applied; nothing was sent."""


def with_digest(plan: Plan) -> Plan:
    """The plan with its digest."""
    content = wire.decode(_encoder.encode(replace(plan, digest="")))
    return replace(plan, digest=_digest_of(content))


def write_plan(plan: Plan, path: Path) -> None:
    """Writes the file; only its owner may read it."""
    write_private(path, msgspec.json.format(_encoder.encode(plan), indent=1) + b"\n")


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, over an older one."""
    with open_private(path, "wb") as file:
        file.write(content)


def read_plan(path: Path) -> Plan:
    """Reads and checks a plan.

    Raises:
        PlanRefusedError: It is not a plan, is of another version, or was edited.
    """
    try:
        content = wire.decode(path.read_bytes())
    except OSError as error:
        message = f"{path} cannot be read: {error}"
        raise PlanRefusedError(message) from None
    except ValueError as error:
        message = f"{path} is not a plan: it is not JSON ({error})"
        raise PlanRefusedError(message) from None
    if not isinstance(content, dict) or "format" not in content or "digest" not in content:
        message = f"{path} is not a plan of target-xero"
        raise PlanRefusedError(message)
    if content["format"] != FORMAT:
        message = (
            f"{path} is a plan of format {content['format']}, made by target-xero "
            f"{content.get('version')}; this version reads format {FORMAT}: make a new plan"
        )
        raise PlanRefusedError(message)
    if content["digest"] != _digest_of({**content, "digest": ""}):
        message = f"{path} was edited after it was made: make a new plan"
        raise PlanRefusedError(message)
    try:
        return msgspec.convert(content, Plan)
    except msgspec.ValidationError as error:
        message = f"{path} is not a plan that can be read: {error}"
        raise PlanRefusedError(message) from None


def _digest_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical.encode(content)).hexdigest()


@dataclass(frozen=True)
class Applied:
    """How a plan was applied.

    Attributes:
        at: When its last record got its result.
        refused: How many of its records were not published.
    """

    at: str
    refused: int


class PlanNotes:
    """The notes of plans in the state database."""

    def __init__(self, store: Store) -> None:
        """Creates the table if it is missing."""
        self._store = store
        store.create(SCHEMA)

    def note_made(self, plan: Plan) -> None:
        """Notes a plan that was made."""
        row = {"digest": plan.digest, "tenant_id": plan.tenant_id, "made_at": plan.made_at}

        def note(connection: Connection) -> None:
            known = select(plans.c.digest).where(plans.c.digest == plan.digest)
            if connection.execute(known).first() is None:
                connection.execute(insert(plans).values(row))

        self._store.transaction(note)

    def check_made_here(self, plan: Plan) -> None:
        """Checks that this state database made a plan.

        Raises:
            PlanRefusedError: It did not.
        """
        if self._select(plan, "digest") is None:
            message = (
                f"plan {plan.plan_id} was not made with this state database, or was edited and "
                "given another digest: use the same 'store_uri' for plan and apply, or make a new "
                "plan"
            )
            raise PlanRefusedError(message)

    def applied(self, plan: Plan) -> Applied | None:
        """How a plan was applied to its end; None if it was not."""
        applied_at = self._select(plan, "applied_at")
        return Applied(applied_at, self._select(plan, "refused") or 0) if applied_at else None

    def note_applied(self, plan: Plan, refused: int) -> None:
        """Notes that a plan was applied to its end: each of its records has its result.

        Args:
            plan: The plan.
            refused: How many of its records were not published.
        """
        values = {"applied_at": now(), "refused": refused}
        change = update(plans).where(plans.c.digest == plan.digest).values(values)
        self._store.transaction(lambda connection: connection.execute(change))

    def _select(self, plan: Plan, column: str) -> Any:  # noqa: ANN401  # of the column's type
        query = select(plans.c[column]).where(plans.c.digest == plan.digest)
        # Reading takes no write lock.
        options = {"isolation_level": "AUTOCOMMIT"}
        with self._store.engine.connect().execution_options(**options) as connection:
            return connection.execute(query).scalar()
