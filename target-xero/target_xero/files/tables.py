"""A table that was read from a file: its headings, and its rows with their lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from xero_client.errors import XeroError
from xero_client.names import normalized_name

Cell = str | int | bool | Decimal | date | datetime | time | None


class FileError(XeroError):
    """A file cannot be imported: nothing was sent."""


@dataclass(frozen=True)
class MergedCell:
    """A cell that reaches over several rows.

    Attributes:
        value: Its value, which stands in its first row.
        first_line: That row.
    """

    value: Cell
    first_line: int


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        line: Its line in the file, or its row in the sheet, from 1.
        cells: Its cells.
        merged: The cells that begin in a row above, by column from 0. Their values are only in
            ``cells`` of the rows of a ``Table``.
    """

    line: int
    cells: Sequence[Cell]
    merged: Mapping[int, MergedCell] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether no cell has a value."""
        return not any(map(is_filled, self.cells))

    def with_merged(self, heading_line: int) -> Row:
        """This row with the values of merged cells, but not those of the headings' own cells."""
        cells, own = list(self.cells), dict(self.merged)
        for column, cell in self.merged.items():
            if heading_line < cell.first_line or self.line == heading_line:
                cells[column] = cell.value
            else:
                del own[column]
        return Row(self.line, cells, own)


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file, or of one sheet.

    Attributes:
        name: The file, and its sheet if it has several, for messages.
        headings: The headings; an empty text for a column without one.
        rows: The rows below the headings.
    """

    name: str
    headings: tuple[str, ...]
    rows: Sequence[Row]


def table_of(name: str, rows: Sequence[Row], heading_line: int | None = None) -> Table:
    """Tells the headings from the rows.

    Args:
        name: The file and the sheet, for messages.
        rows: All rows, with the headings.
        heading_line: The line of the headings; None for the first one that is not blank.

    Raises:
        FileError: The headings are missing, or two columns have the same one.
    """
    candidates: Iterable[Row] = rows
    if heading_line is not None:
        # Each of its cells may begin in a row above.
        candidates = (row.with_merged(row.line) for row in rows if row.line == heading_line)
    first = next((row for row in candidates if not row.is_blank), None)
    if first is None:
        where = "" if heading_line is None else f" in line {heading_line}"
        message = f"{name} is empty: it has no headings{where}"
        raise FileError(message)
    cells = first.with_merged(first.line).cells
    headings = tuple("" if cell is None else str(cell).strip() for cell in cells)
    _check_headings(name, headings)
    below = (row for row in rows if row.line > first.line)
    return Table(
        name,
        headings,
        [
            Row(row.line, row.cells) if row.is_blank else row.with_merged(first.line)
            for row in below
        ],
    )


def _check_headings(name: str, headings: Sequence[str]) -> None:
    """Checks that each heading stands once, in whatever case and with whatever punctuation.

    Raises:
        FileError: One stands twice.
    """
    columns: dict[str, int] = {}
    for number, heading in enumerate(headings, start=1):
        if not heading:
            continue
        # A heading of punctuation only, or in letters that are all left out, stands for itself.
        first = columns.setdefault(normalized_name(heading) or heading, number)
        if first != number:
            message = (
                f"{name} has two columns {heading!r}, in columns {first} and {number}: rename one "
                "of them, or delete it"
            )
            raise FileError(message)


def is_filled(cell: Cell) -> bool:
    """Whether a cell says something."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None
