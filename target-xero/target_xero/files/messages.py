"""The rows of tables as Singer messages, as a tap of files would write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from target_xero.files.tables import Cell, Row, Table
from target_xero.report.results import ERROR_COLUMN
from xero_client.http import wire
from xero_client.json_value import Json
from xero_client.names import normalized_name

FILE_COLUMN = "_sdc_source_file"
LINE_COLUMN = "_sdc_source_lineno"
# In a file of rejects: the number of a row among equal ones, if it is not the first of them.
OCCURRENCE_COLUMN = "_xero_occurrence"


def messages(tables: Sequence[Table], stream: str) -> Iterator[bytes]:
    """A SCHEMA message for each table, and a RECORD message for each of its rows.

    Args:
        tables: The tables.
        stream: The stream that they become.
    """
    for table in tables:
        properties: dict[str, Any] = {
            name: {} for name in (*columns_of(table), FILE_COLUMN, LINE_COLUMN)
        }
        schema = {"type": "object", "properties": properties}
        yield _line({"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": []})
        for row in table.rows:
            yield _line(_record_message(table, row, stream))


def columns_of(table: Table) -> list[str]:
    """The headings of a table, without those that a file of rejects adds."""
    return [name for name in table.headings if name and not _is_own(name)]


def _record_message(table: Table, row: Row, stream: str) -> dict[str, Any]:
    record: dict[str, Any] = {}
    occurrence: dict[str, int] = {}
    for number, cell in enumerate(row.cells):
        heading = table.headings[number] if number < len(table.headings) else ""
        value = _value(cell)
        if heading == OCCURRENCE_COLUMN:
            text = str(value or "").strip()
            occurrence = {"occurrence": int(text)} if text.isdecimal() else {}
        elif heading and not _is_own(heading):
            record[heading] = value
        elif not heading and value not in (None, ""):
            # It fits nowhere, so that the target refuses the row, and names it.
            record[f"column {number + 1} (without a heading)"] = value
    record |= {FILE_COLUMN: table.name, LINE_COLUMN: row.line}
    return {"type": "RECORD", "stream": stream, "record": record, **occurrence}


def _is_own(heading: str) -> bool:
    return normalized_name(heading) in _OWN


_OWN = frozenset(map(normalized_name, (ERROR_COLUMN, OCCURRENCE_COLUMN)))


def _value(cell: Cell) -> Json:
    return cell.isoformat() if isinstance(cell, (date, time)) else cell


def _line(message: dict[str, Any]) -> bytes:
    return wire.encode(message) + b"\n"
