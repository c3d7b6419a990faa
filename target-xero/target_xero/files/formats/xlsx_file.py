"""Reads the sheets of an XLSX file: each cell has the value that Excel shows."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from target_xero.files.tables import Cell, FileError, MergedCell, Row

# Excel shows 15 digits of a number; what it holds besides is the rounding of binary numbers.
SHOWN_DIGITS = ".15g"
MAX_NAMED_CELLS = 5
_LEADING_ZEROS = re.compile(r"0{2,}")
_PERCENT = re.compile(r"[#0.,]+%")


def is_xlsx(content: bytes) -> bool:
    """Whether a file is a workbook in Excel's present format."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "xl/workbook.xml" in archive.namelist()


def xlsx_sheets(content: bytes, name: str, wanted: Sequence[str] = ()) -> dict[str, list[Row]]:
    """The rows of sheets, by the sheet's name.

    Args:
        content: The file.
        name: Its name, for messages.
        wanted: The sheets to read, in this order; empty for the only one that has values.

    Raises:
        FileError: The file is damaged, a sheet is missing, it is not clear which sheet is meant,
            or a cell has an error or a formula without a value.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features of Excel that do not change values
            values = load_workbook(io.BytesIO(content), data_only=True)
            formulas = load_workbook(io.BytesIO(content))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        message = f"{name} is not an XLSX file that can be read: {error}"
        raise FileError(message) from None
    sheets = {sheet.title: sheet for sheet in values.worksheets}
    for sheet in wanted:
        if sheet not in sheets:
            message = f"{name} has no sheet {sheet!r}; its sheets are {_listed(sheets)}"
            raise FileError(message)
    chosen = list(wanted) or [_only_sheet(name, sheets)]
    problems: list[str] = []
    rows = {
        title: _rows_of(sheets[title], formulas[title], problems) for title in dict.fromkeys(chosen)
    }
    if problems:
        more = len(problems) - MAX_NAMED_CELLS
        message = (
            f"{name} has cells without a value that can be published: "
            f"{', '.join(problems[:MAX_NAMED_CELLS])}{f' and {more} more' if more > 0 else ''}. "
            "Correct them in the spreadsheet, and save it there"
        )
        raise FileError(message)
    return rows


def _only_sheet(name: str, sheets: dict[str, Any]) -> str:
    visible = [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"]
    filled = [
        title
        for title in visible
        if any(cell is not None for row in sheets[title].values for cell in row)
    ]
    if len(filled) > 1:
        message = f"{name} has several sheets, {_listed(filled)}: choose with --sheet"
        raise FileError(message)
    if not filled:
        message = f"{name} is empty: none of its sheets has a value"
        raise FileError(message)
    return filled[0]


def _rows_of(sheet: Any, formulas: Any, problems: list[str]) -> list[Row]:  # noqa: ANN401  # openpyxl's sheets have several types
    rows = []
    merged = _merged_cells(sheet)
    for cells in sheet.iter_rows():
        for cell in cells:
            place = f"{sheet.title}!{cell.coordinate}"
            if cell.data_type == "e":
                problems.append(f"{place} ({cell.value})")
            elif cell.value is None and cell.data_type == "n":
                # A program that writes files, and does not compute, leaves formulas without values.
                formula = formulas[cell.coordinate]
                if formula.data_type == "f":
                    problems.append(f"{place} (a formula that was not computed)")
        shown = [_shown(cell.value, cell.number_format) for cell in cells]
        rows.append(Row(cells[0].row, shown, merged.get(cells[0].row, {})))
    return rows


def _merged_cells(sheet: Any) -> dict[int, dict[int, MergedCell]]:  # noqa: ANN401  # the same
    """The cells that reach into a row from above, by row and column: Excel shows them there, too.

    A cell that reaches over several columns has its value in the first one.
    """
    found: dict[int, dict[int, MergedCell]] = {}
    for area in sheet.merged_cells.ranges:
        cell = sheet.cell(area.min_row, area.min_col)
        if cell.value is None:
            continue
        merged = MergedCell(_shown(cell.value, cell.number_format), area.min_row)
        for line in range(area.min_row + 1, area.max_row + 1):
            found.setdefault(line, {})[area.min_col - 1] = merged
    return found


def _shown(value: Any, number_format: str) -> Cell:  # noqa: ANN401  # openpyxl's values
    """What Excel shows of a value: a date without a time, a code with its leading zeros."""
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, (bool, str, time)) or value is None:
        return value
    if isinstance(value, (int, float)):
        return _shown_number(value, number_format)
    return str(getattr(value, "text", value))


def _shown_number(value: float, number_format: str) -> Cell:
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, SHOWN_DIGITS))
    if _PERCENT.fullmatch(number_format):
        return number * 100
    is_whole = number == number.to_integral_value()
    if is_whole and number >= 0 and _LEADING_ZEROS.fullmatch(number_format):
        return str(int(number)).zfill(len(number_format))
    return int(number) if is_whole else number


def _listed(names: Any) -> str:  # noqa: ANN401  # any iterable of texts
    return ", ".join(repr(name) for name in names)
