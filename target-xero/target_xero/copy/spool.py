"""Where records wait for what they refer to: in the state database, not in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.engine import Connection

from xero_client.store.database import Store

# SQLite takes a limited number of parameters in one statement.
CHUNK = 400
# Rows that are in memory together; one alone may have more, as a file of some megabytes has.
CHUNK_BYTES = 8_000_000

metadata = MetaData()

rows = Table(
    "copy_rows",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(40), nullable=False, index=True),
    Column("tenant_id", String(64), nullable=False),
    Column("stream", String(100), nullable=False),
    Column("record_id", String(100), nullable=False),
    Column("line", LargeBinary, nullable=False),
    Index("copy_rows_by_record", "run_id", "stream", "record_id"),
)

waiting = Table(
    "copy_steps",
    metadata,
    Column("step", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(40), nullable=False),
    Column("phase", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("sort", String(200), nullable=False),
    Column("row", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Index("copy_steps_by_phase", "run_id", "phase", "turn", "sort", "step"),
)


@dataclass(frozen=True)
class Row:
    """A record as it came.

    Attributes:
        row: Its place in the order of arrival.
        stream: Its stream.
        line: The whole Singer message.
    """

    row: int
    stream: str
    line: bytes


@dataclass(frozen=True)
class Waiting:
    """A step that waits for its phase.

    Attributes:
        phase: The phase.
        turn: Which part of the phase: each ends before the next begins.
        sort: In which order within that.
        row: The record that asks for it.
        place: Which of the record's steps it is.
    """

    phase: int
    turn: int
    sort: str
    row: int
    place: int


class Spool:
    """The records and steps of one run; what earlier runs have left is swept away."""

    def __init__(self, store: Store, tenant_id: str, run_id: str) -> None:
        """Makes the tables where they are missing.

        Args:
            store: The state database.
            tenant_id: The organisation that is copied to.
            run_id: This run.
        """
        self._engine = store.engine
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._unwritten: list[dict[str, object]] = []
        self._unwritten_bytes = 0
        store.create(metadata)
        self._sweep()

    def _sweep(self) -> None:
        """Removes what killed runs into the same organisation have left."""
        with self._engine.begin() as connection:
            left = select(rows.c.run_id).where(rows.c.tenant_id == self._tenant_id).distinct()
            connection.execute(delete(waiting).where(waiting.c.run_id.in_(left)))
            connection.execute(delete(rows).where(rows.c.tenant_id == self._tenant_id))

    def add(self, stream: str, record_id: str, line: bytes) -> None:
        """Keeps a record."""
        self._unwritten.append(
            {
                "run_id": self._run_id,
                "tenant_id": self._tenant_id,
                "stream": stream,
                "record_id": record_id,
                "line": line,
            }
        )
        self._unwritten_bytes += len(line)
        if len(self._unwritten) >= CHUNK or self._unwritten_bytes >= CHUNK_BYTES:
            self.write()

    def write(self) -> None:
        """Puts everything kept into the database."""
        if self._unwritten:
            with self._engine.begin() as connection:
                connection.execute(insert(rows), self._unwritten)
            self._unwritten = []
            self._unwritten_bytes = 0

    def every_row(self, stream: str | None = None) -> Iterator[Row]:
        """All records in the order of arrival, or those of one stream."""
        last = 0
        while True:
            query = select(rows.c.row).where(rows.c.run_id == self._run_id, rows.c.row > last)
            if stream is not None:
                query = query.where(rows.c.stream == stream)
            with self._reading() as connection:
                found = connection.scalars(query.order_by(rows.c.row).limit(CHUNK)).all()
            if not found:
                return
            for part in self._parts(found):
                known = self._rows(part)
                yield from (known[row] for row in part)
            last = found[-1]

    def holds(self, stream: str) -> bool:
        """Whether a record of a stream has come."""
        query = select(rows.c.row).where(rows.c.run_id == self._run_id, rows.c.stream == stream)
        with self._reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def _rows(self, numbers: Iterable[int]) -> dict[int, Row]:
        query = select(rows.c.row, rows.c.stream, rows.c.line).where(rows.c.row.in_(numbers))
        with self._reading() as connection:
            return {one.row: Row(*one) for one in connection.execute(query)}

    def _parts(self, numbers: Sequence[int]) -> Iterator[list[int]]:
        """Rows in their order, in parts that memory can hold."""
        query = select(rows.c.row, func.length(rows.c.line)).where(rows.c.row.in_(set(numbers)))
        with self._reading() as connection:
            lengths = dict(connection.execute(query).tuples().all())
        part: list[int] = []
        size = 0
        for number in numbers:
            if part and size + lengths[number] > CHUNK_BYTES:
                yield part
                part, size = [], 0
            part.append(number)
            size += lengths[number]
        yield part

    def record(self, stream: str, record_id: str) -> bytes | None:
        """The line of one record; None where it did not come."""
        query = select(rows.c.line).where(
            rows.c.run_id == self._run_id,
            rows.c.stream == stream,
            rows.c.record_id == record_id,
        )
        with self._reading() as connection:
            found: bytes | None = connection.execute(query).scalar()
        return found

    def wait(self, steps: Sequence[Waiting]) -> None:
        """Keeps steps for their phase."""
        if steps:
            values = [{"run_id": self._run_id, **vars(step)} for step in steps]
            with self._engine.begin() as connection:
                connection.execute(insert(waiting), values)

    def turns(self, phase: int) -> int:
        """How many turns a phase has."""
        query = select(func.max(waiting.c.turn)).where(
            waiting.c.run_id == self._run_id, waiting.c.phase == phase
        )
        with self._reading() as connection:
            last = connection.execute(query).scalar()
        return 0 if last is None else int(last) + 1

    def chunks(self, phase: int, turn: int) -> Iterator[list[tuple[int, Row]]]:
        """The steps of a turn in order, many at a time: place, and the record."""
        query = (
            select(waiting.c.place, waiting.c.row)
            .where(
                waiting.c.run_id == self._run_id,
                waiting.c.phase == phase,
                waiting.c.turn == turn,
            )
            .order_by(waiting.c.sort, waiting.c.step)
        )
        with self._reading() as connection:
            order = [(one.place, one.row) for one in connection.execute(query)]
        for at in range(0, len(order), CHUNK):
            places = iter(order[at : at + CHUNK])
            for part in self._parts([row for _, row in order[at : at + CHUNK]]):
                found = self._rows(set(part))
                yield [(next(places)[0], found[row]) for row in part]

    def clear(self) -> None:
        """Removes everything of this run."""
        with self._engine.begin() as connection:
            connection.execute(delete(waiting).where(waiting.c.run_id == self._run_id))
            connection.execute(delete(rows).where(rows.c.run_id == self._run_id))

    def _reading(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
