"""Reads a file of any of the formats into tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from target_xero.files.formats.csv_file import csv_rows
from target_xero.files.formats.encodings import decoded
from target_xero.files.formats.other_formats import check_bytes, check_text
from target_xero.files.formats.xlsx_file import is_xlsx, xlsx_sheets
from target_xero.files.tables import FileError, Table, table_of

# The first bytes of Excel's old format, and of files with a password.
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read; what is not set is found out.

    Attributes:
        sheets: The sheets of a workbook.
        encoding: The encoding of a CSV file.
        delimiter: Its delimiter.
        heading_line: The line or row of the headings, from 1.
    """

    sheets: Sequence[str] = ()
    encoding: str | None = None
    delimiter: str | None = None
    heading_line: int | None = None


@dataclass(frozen=True)
class ReadFile:
    """What was read from a file.

    Attributes:
        tables: Its tables.
        delimiter: The delimiter of a CSV file; a comma for a workbook.
    """

    tables: Sequence[Table]
    delimiter: str


def read_file(path: Path, options: ReadOptions) -> ReadFile:
    """Reads a CSV or an XLSX file; which one it is, its content says.

    Raises:
        FileError: It cannot be read, it has no table, or it is a web page, XML, JSON or a PDF.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error}"
        raise FileError(message) from None
    name = path.name
    if content.startswith(_OLD_EXCEL):
        message = (
            f"{name} is a workbook in Excel's old format, or it has a password: save it as XLSX "
            "without a password"
        )
        raise FileError(message)
    if is_xlsx(content):
        sheets = xlsx_sheets(content, name, options.sheets)
        tables = [
            table_of(f"{name}, sheet {title}", rows, options.heading_line)
            for title, rows in sheets.items()
        ]
        return ReadFile(tables, ",")
    if options.sheets:
        message = f"{name} is not an XLSX file, so it has no sheets: leave --sheet out"
        raise FileError(message)
    check_bytes(content, name)
    text = decoded(content, name, options.encoding)
    check_text(text, name)
    rows, delimiter = csv_rows(text, name, options.delimiter)
    return ReadFile([table_of(name, rows, options.heading_line)], delimiter)
