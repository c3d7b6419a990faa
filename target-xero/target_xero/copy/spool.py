"""Stores the records of the source, and their steps, in the state database until their phase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

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

from target_xero.report.errors import RunStoppedError
from xero_client.http import wire
from xero_client.store.database import Store
from xero_client.store.schema import AnyText, Schema

# SQLite takes a limited number of parameters in one statement.
CHUNK = 400
# Maximum size of the records in memory; a single larger one, such as a file, is held too.
CHUNK_BYTES = 8_000_000

metadata = MetaData()

# The column names are those of existing state databases; the code uses the keys.
records_table = Table(
    "copy_rows",
    metadata,
    Column("row", Integer, key="number", primary_key=True, autoincrement=True),
    Column("run_id", String(40), nullable=False, index=True),
    Column("tenant_id", String(64), nullable=False),
    Column("stream", AnyText, nullable=False),
    Column("record_id", AnyText, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Index("copy_rows_by_record", "run_id", "stream", "record_id"),
)

steps_table = Table(
    "copy_steps",
    metadata,
    Column("step", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(40), nullable=False),
    Column("phase", Integer, nullable=False),
    Column("turn", Integer, key="wave", nullable=False),
    Column("sort", AnyText, key="sort_key", nullable=False),
    Column("row", Integer, key="record_number", nullable=False),
    Column("place", Integer, key="step_index", nullable=False),
    Index("copy_steps_by_phase", "run_id", "phase", "wave", "sort_key", "step"),
)

SCHEMA = Schema("copy_spool", metadata, "0002", Path(__file__).parent / "migrations" / "spool")


@dataclass(frozen=True)
class SpooledRecord:
    """A record as it arrived.

    Attributes:
        number: Its position in the order of arrival.
        stream: Its stream.
        line: The whole Singer message.
    """

    number: int
    stream: str
    line: bytes

    @property
    def record(self) -> dict[str, object]:
        """The record in the Singer message."""
        record: dict[str, object] = wire.decode(self.line)["record"]
        return record


@dataclass(frozen=True)
class ScheduledStep:
    """A step that waits for its phase.

    Attributes:
        phase: The phase.
        wave: The part of the phase; each wave ends before the next one begins.
        sort_key: The order within the wave.
        record_number: Which record the step copies.
        step_index: Which of that record's steps it is.
    """

    phase: int
    wave: int
    sort_key: str
    record_number: int
    step_index: int


class Spool:
    """The records and steps of one run, in the state database."""

    def __init__(self, store: Store, tenant_id: str, run_id: str) -> None:
        """Creates the tables if they are missing, and deletes what killed runs have left.

        Args:
            store: The state database.
            tenant_id: The target organisation; the caller holds its lock, so that all other runs
                that have records of it have ended.
            run_id: This run.
        """
        self._engine = store.engine
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._unwritten: list[dict[str, object]] = []
        self._unwritten_bytes = 0
        self._added = 0
        store.create(SCHEMA)
        self._delete_earlier_runs()

    def _delete_earlier_runs(self) -> None:
        """Deletes what killed runs into the same organisation have left."""
        of_tenant = records_table.c.tenant_id == self._tenant_id
        with self._engine.begin() as connection:
            run_ids = select(records_table.c.run_id).where(of_tenant).distinct()
            connection.execute(delete(steps_table).where(steps_table.c.run_id.in_(run_ids)))
            connection.execute(delete(records_table).where(of_tenant))

    def add(self, stream: str, record_id: str, line: bytes) -> None:
        """Adds a record."""
        self._added += 1
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
            self.flush()

    def flush(self) -> None:
        """Writes all added records to the database."""
        if self._unwritten:
            with self._engine.begin() as connection:
                connection.execute(insert(records_table), self._unwritten)
            self._unwritten = []
            self._unwritten_bytes = 0

    def records(self, stream: str | None = None) -> Iterator[SpooledRecord]:
        """The records in the order of arrival: all, or those of one stream."""
        last = 0
        while True:
            query = select(records_table.c.number).where(
                records_table.c.run_id == self._run_id, records_table.c.number > last
            )
            if stream is not None:
                query = query.where(records_table.c.stream == stream)
            with self._connect() as connection:
                query = query.order_by(records_table.c.number).limit(CHUNK)
                numbers = connection.scalars(query).all()
            if not numbers:
                return
            for part in self._parts(numbers):
                by_number = self._by_number(part)
                yield from (by_number[number] for number in part)
            last = numbers[-1]

    def check_complete(self) -> None:
        """Checks that every record that was added is still there.

        Raises:
            RunStoppedError: Records are missing: STATE must not be passed on.
        """
        query = select(func.count()).where(records_table.c.run_id == self._run_id)
        with self._connect() as connection:
            found = connection.execute(query).scalar() or 0
        if found != self._added:
            message = (
                f"{self._added:,} records came, and {found:,} of them are in the state database: "
                "another program has changed it. STATE is not passed on; run the copy again"
            )
            raise RunStoppedError(message)

    def has_records(self, stream: str) -> bool:
        """Whether a record of a stream has arrived."""
        query = select(records_table.c.number).where(
            records_table.c.run_id == self._run_id, records_table.c.stream == stream
        )
        with self._connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def _by_number(self, numbers: Iterable[int]) -> dict[int, SpooledRecord]:
        table = records_table.c
        query = select(table.number, table.stream, table.line).where(table.number.in_(numbers))
        with self._connect() as connection:
            return {
                number: SpooledRecord(number, stream, line)
                for number, stream, line in connection.execute(query)
            }

    def _parts(self, numbers: Sequence[int]) -> Iterator[list[int]]:
        """Splits record numbers, in their order, into parts that fit in memory."""
        table = records_table.c
        query = select(table.number, func.length(table.line)).where(table.number.in_(set(numbers)))
        with self._connect() as connection:
            rows = connection.execute(query).all()
        lengths = {row[0]: row[1] for row in rows}
        part: list[int] = []
        size = 0
        for number in numbers:
            if part and size + lengths[number] > CHUNK_BYTES:
                yield part
                part, size = [], 0
            part.append(number)
            size += lengths[number]
        yield part

    def line_of(self, stream: str, record_id: str) -> bytes | None:
        """The Singer message of one record; None if it has not arrived."""
        query = select(records_table.c.line).where(
            records_table.c.run_id == self._run_id,
            records_table.c.stream == stream,
            records_table.c.record_id == record_id,
        )
        with self._connect() as connection:
            line: bytes | None = connection.execute(query).scalar()
        return line

    def schedule(self, steps: Sequence[ScheduledStep]) -> None:
        """Stores steps until their phase."""
        if steps:
            values = [{"run_id": self._run_id, **vars(step)} for step in steps]
            with self._engine.begin() as connection:
                connection.execute(insert(steps_table), values)

    def wave_count(self, phase: int) -> int:
        """How many waves a phase has."""
        query = select(func.max(steps_table.c.wave)).where(
            steps_table.c.run_id == self._run_id, steps_table.c.phase == phase
        )
        with self._connect() as connection:
            last = connection.execute(query).scalar()
        return 0 if last is None else int(last) + 1

    def chunks(self, phase: int, wave: int) -> Iterator[list[tuple[int, SpooledRecord]]]:
        """The steps of a wave in their order, many at a time: the step's index, and its record."""
        table = steps_table.c
        query = (
            select(table.step_index, table.record_number)
            .where(table.run_id == self._run_id, table.phase == phase, table.wave == wave)
            .order_by(table.sort_key, table.step)
        )
        with self._connect() as connection:
            steps = [(index, number) for index, number in connection.execute(query)]
        for start in range(0, len(steps), CHUNK):
            chunk = steps[start : start + CHUNK]
            indexes = iter([index for index, _ in chunk])
            for part in self._parts([number for _, number in chunk]):
                by_number = self._by_number(set(part))
                yield [(next(indexes), by_number[number]) for number in part]

    def clear(self) -> None:
        """Deletes everything of this run."""
        with self._engine.begin() as connection:
            connection.execute(delete(steps_table).where(steps_table.c.run_id == self._run_id))
            connection.execute(delete(records_table).where(records_table.c.run_id == self._run_id))

    def _connect(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
