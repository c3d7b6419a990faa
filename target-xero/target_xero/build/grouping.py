"""Rows of one document: consecutive records with the same number, each with a line of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from target_xero.build.coercion import Coercion
from target_xero.build.columns import Columns, plain
from target_xero.build.destinations import destination_of
from target_xero.build.publication import computed_by_xero
from target_xero.build.records import NESTED_TOO_DEEPLY, InvalidRecordError, Record, Source
from xero_client.entities.fields import LINES, SHAPES
from xero_client.entities.table import STAMPS

Group = tuple[object, ...]


@dataclass(frozen=True)
class Document:
    """What several rows made.

    Attributes:
        record: The document.
        source: All its rows.
        problems: What is wrong with a row, or where the rows disagree.
    """

    record: Record
    source: Source
    problems: tuple[str, ...] = ()


@dataclass
class _Rows:
    """The rows of one document that have come so far.

    Attributes:
        group: What they have in common; None where a row stands alone.
        source: Where all of them come from.
        record: What they say together.
        bad: What is wrong with single rows: the row's number, and the problem.
        disagreements: What they say differently.
    """

    group: Group | None
    source: Source
    record: Record = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    @property
    def document(self) -> Document:
        several = len(self.source.rows) > 1
        bad = [f"row {row}: {problem}" if several else problem for row, problem in self.bad]
        return Document(self.record, self.source, (*bad, *self.disagreements))


class Grouping:
    """Puts consecutive rows together that agree in some columns.

    A row with which something is wrong belongs to its document all the same: what is published is
    the document with all its lines, or nothing of it.
    """

    def __init__(
        self,
        columns: Sequence[str],
        entity: str,
        unknown: Callable[[str], None],
        properties: Collection[str] = (),
        *,
        keep_empty: bool = False,
    ) -> None:
        """Takes the columns.

        Args:
            columns: What rows of one document have in common, as columns or as Xero's fields.
            entity: What the documents are.
            unknown: Is told once of each column that fits nowhere.
            properties: Columns that the stream's schema names; a row may leave out empty ones.
            keep_empty: Whether empty cells clear their fields, where no row says anything else.
        """
        self._wanted = {plain(column): column for column in columns}
        self._known = {plain(name) for name in properties}
        destination = destination_of(entity)
        computed = computed_by_xero(destination)
        self._shape = destination.shape
        self._coercion = Coercion(self._shape, computed)
        self._columns = None
        if self._shape is not None:
            self._columns = Columns(self._shape, unknown, computed, keep_empty=keep_empty)
        self._lines = next(
            (name for name in LINES if self._shape and name in SHAPES[self._shape]), None
        )
        self._rows: _Rows | None = None

    def take(
        self, record: Record, source: Source, problems: Sequence[str] = ()
    ) -> Iterator[Document]:
        """Takes a row; gives the document before it, if that has ended.

        Args:
            record: The row.
            source: Where it comes from.
            problems: What is wrong with it already.
        """
        by_name: Record = {}
        for name, value in record.items():
            if by_name.get(plain(name)) in (None, ""):
                by_name[plain(name)] = value
        bad = [*problems, *self._missing(record, by_name)]
        placed: Record = {}
        try:
            placed = self._columns.placed(record) if self._columns else record
        except InvalidRecordError as error:
            bad += error.problems
        except RecursionError:
            bad.append(NESTED_TOO_DEEPLY)
        group = self._group(record, by_name)
        rows = self._rows
        if rows is None or group is None or group != rows.group:
            yield from self.finish()
            rows = self._rows = _Rows(group, source, dict(placed))
        else:
            rows.source = replace(
                rows.source,
                rows=rows.source.rows + source.rows,
                epochs=rows.source.epochs + source.epochs,
            )
            rows.record = self._merged(rows.record, placed, rows.disagreements)
        rows.bad += [(len(rows.source.rows), problem) for problem in bad]

    def finish(self) -> Iterator[Document]:
        """Gives the last document."""
        rows, self._rows = self._rows, None
        if rows is not None:
            yield rows.document

    def _group(self, record: Record, by_name: Record) -> Group | None:
        """What the row has in common with others; of two columns for one, the one named wins."""
        group = tuple(
            record.get(column) or by_name.get(name) for name, column in self._wanted.items()
        )
        return None if all(value in (None, "") for value in group) else group

    def _missing(self, record: Record, by_name: Record) -> list[str]:
        """Columns of ``group_by`` that neither the row nor its schema has."""
        missing = [
            column
            for name, column in self._wanted.items()
            if name not in by_name and name not in self._known
        ]
        if not missing:
            return []
        named, there = ", ".join(map(repr, missing)), ", ".join(map(str, record))
        return [f"the record has no column {named}, which group_by names; it has {there}"]

    def _merged(self, document: Record, row: Record, disagreements: list[str]) -> Record:
        lines = row.get(self._lines) if self._lines else None
        merged = _together(document, row, self._coercion, "", disagreements, self._lines)
        if self._lines and lines:
            held = document.get(self._lines) or []
            if isinstance(held, list) and isinstance(lines, list):
                merged[self._lines] = [*held, *lines]
            elif held != lines:
                disagreements.append(f"{self._lines} is a list in one row and not in another")
        return merged


def _together(
    held: Record,
    row: Record,
    coercion: Coercion,
    path: str,
    disagreements: list[str],
    apart: str | None = None,
) -> Record:
    """What two rows say of one thing, field by field.

    Args:
        held: What earlier rows say.
        row: What the next row says.
        coercion: By which values are compared as Xero would take them: what it computes itself
            is nothing to disagree on, and a date is the same however it is written.
        path: Where the thing stands in the document.
        disagreements: Gets what they say differently.
        apart: A field that is not looked at.
    """
    together = dict(held)
    for name, value in row.items():
        known = held.get(name)
        if name == apart or value in (None, "") or value == known:
            continue
        if known in (None, ""):
            together[name] = value
        elif _sent(coercion, name, known) == _sent(coercion, name, value):
            continue
        elif isinstance(known, dict) and isinstance(value, dict):
            below = Coercion(_shape_of(coercion.shape, name), STAMPS)
            together[name] = _together(known, value, below, f"{path}{name}.", disagreements)
        else:
            disagreements.append(
                f"rows of one document disagree on {path}{name}: {known!r} and {value!r}"
            )
    return together


def _sent(coercion: Coercion, name: str, value: Any) -> Record:  # noqa: ANN401  # any JSON
    try:
        return coercion.apply({name: value})
    except InvalidRecordError:
        return {name: value}  # which the document as a whole is refused for


def _shape_of(shape: str | None, name: str) -> str | None:
    found = SHAPES[shape].get(name) if shape else None
    return found.shape if found else None
