"""Rows of one document: consecutive records with the same number, each with a line of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from target_xero.columns import Columns, plain
from target_xero.destinations import destination_of
from target_xero.publication import computed_by_xero
from target_xero.records import Record, Source
from xero_client.fields import LINES, SHAPES


@dataclass(frozen=True)
class Document:
    """What several rows made.

    Attributes:
        record: The document.
        source: All its rows.
        problems: Where the rows disagree.
    """

    record: Record
    source: Source
    problems: tuple[str, ...] = ()


class Grouping:
    """Puts consecutive rows together that agree in some columns."""

    def __init__(self, columns: Sequence[str], entity: str, unknown: Callable[[str], None]) -> None:
        """Takes the columns.

        Args:
            columns: What rows of one document have in common, as columns or as Xero's fields.
            entity: What the documents are.
            unknown: Is told once of each column that fits nowhere.
        """
        self._wanted = [plain(column) for column in columns]
        destination = destination_of(entity)
        shape = destination.shape
        self._lines = next((name for name in LINES if shape and name in SHAPES[shape]), None)
        self._columns = None
        if shape is not None:
            self._columns = Columns(shape, unknown, computed_by_xero(destination))
        self._group: tuple[object, ...] | None = None
        self._record: Record = {}
        self._source: Source | None = None
        self._problems: list[str] = []

    def take(self, record: Record, source: Source) -> Iterator[Document]:
        """Takes a row; gives the document before it, if that has ended.

        Raises:
            InvalidRecordError: The row's columns cannot be placed.
        """
        by_name = {plain(name): value for name, value in record.items()}
        group = tuple(by_name.get(name) for name in self._wanted)
        empty = all(value in (None, "") for value in group)
        placed = self._columns.placed(record) if self._columns else dict(record)
        if self._source is not None and group == self._group and not empty:
            self._merge(placed)
            self._source = replace(
                self._source,
                rows=self._source.rows + source.rows,
                epochs=self._source.epochs + source.epochs,
            )
            return
        yield from self.finish()
        self._group, self._record, self._source = group, dict(placed), source

    def finish(self) -> Iterator[Document]:
        """Gives the last document."""
        if self._source is not None:
            document = Document(self._record, self._source, tuple(self._problems))
            self._group, self._record, self._source, self._problems = None, {}, None, []
            yield document

    def _merge(self, row: Record) -> None:
        for name, value in row.items():
            held = self._record.get(name)
            if name == self._lines and isinstance(value, list):
                self._record[name] = [*(held or []), *value]
            elif held in (None, ""):
                self._record[name] = value
            elif value not in (None, "", held):
                self._problems.append(
                    f"rows of one document disagree on {name}: {held!r} and {value!r}"
                )
