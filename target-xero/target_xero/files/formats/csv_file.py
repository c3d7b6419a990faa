"""Reads a CSV file with any delimiter; every value is a text."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from target_xero.files.tables import FileError, Row

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 50
# Excel takes a first line like this for the delimiter.
SEPARATOR_LINE = "sep="


def csv_rows(text: str, name: str, delimiter: str | None = None) -> tuple[list[Row], str]:
    """The rows of a CSV file, with the lines on which they begin, and the delimiter.

    Args:
        text: The file.
        name: Its name, for messages.
        delimiter: The delimiter; None to find it out.

    Raises:
        FileError: Its quotes do not fit together.
    """
    skipped = 0
    first, line_end, rest = text.partition("\n")
    if first.lower().startswith(SEPARATOR_LINE) and len(first.rstrip("\r")) == len("sep=;"):
        delimiter = delimiter or first[len(SEPARATOR_LINE)]
        text, skipped = rest, len(line_end)
    delimiter = delimiter or _delimiter_in(text)
    # A cell may be as long as it likes; the csv module's own limit is 131,072 characters.
    csv.field_size_limit(sys.maxsize)
    reader = _reader(text, delimiter)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            rows.append(Row(line + skipped, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        message = (
            f"{name} cannot be read from line {line + skipped} on: {error}. Check the quotation "
            f"marks there; the delimiter is {delimiter!r}"
        )
        raise FileError(message) from None
    return rows, delimiter


def _reader(text: str, delimiter: str) -> Any:  # noqa: ANN401  # the csv module does not name its type
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter_in(text: str) -> str:
    """The delimiter with which most rows have as many cells as there are headings."""
    return max(DELIMITERS, key=lambda delimiter: _fit(text, delimiter))


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows have the most common width above 1, and that width."""
    widths = Counter(len(cells) for cells in _sample(text, delimiter) if len(cells) > 1)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count, width)


def _sample(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from islice(_reader(text, delimiter), SAMPLE_ROWS)
    except csv.Error:
        return
