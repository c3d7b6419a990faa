"""The rows that were not published, as a CSV file that can be corrected and imported again."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from target_xero.build.decimal_commas import may_be_thousands
from target_xero.files.messages import FILE_COLUMN, LINE_COLUMN, OCCURRENCE_COLUMN
from target_xero.report.private_files import open_private
from target_xero.report.results import ERROR_COLUMN
from xero_client.http import wire
from xero_client.json_value import Json


def reject_file_path(rejects_path: Path, run_id: str) -> Path:
    """The path of the CSV file, beside the Singer file; never one that exists."""
    stem = rejects_path.name.removesuffix(".jsonl").removesuffix(".singer")
    path = rejects_path.with_name(f"{stem}.csv")
    return rejects_path.with_name(f"{stem}-{run_id}.csv") if path.exists() else path


def write_reject_file(
    rejects_path: Path,
    offset: int,
    stream: str,
    path: Path,
    delimiter: str,
    *,
    decimal_comma: bool = False,
) -> bool:
    """Writes the rows of one run in the order of the file that they came from.

    The file is UTF-8 with a byte order mark, which Excel needs. Only its owner may read it.

    Args:
        rejects_path: The rejects as Singer messages.
        offset: Where those of this run begin, in bytes.
        stream: The stream of the rows.
        path: The file to write.
        delimiter: Its delimiter.
        decimal_comma: Whether numbers are written with a decimal comma, as they will be read.

    Returns:
        Whether there was a row to write.

    Raises:
        OSError: It cannot be written.
    """
    rows = _rows_in(rejects_path, offset, stream, decimal_comma=decimal_comma)
    if not rows:
        return False
    headings = list(dict.fromkeys(name for row in rows for name in row))
    headings = [ERROR_COLUMN, *(name for name in headings if name != ERROR_COLUMN)]
    with TextIOWrapper(open_private(path, "xb"), encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, headings, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return True


def has_ambiguous_number(path: Path, delimiter: str) -> bool:
    """Whether a file of rejects has a text like ``1.000``, which may be a thousand.

    Args:
        path: The file, as ``write_reject_file`` writes it.
        delimiter: Its delimiter.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        return any(may_be_thousands(text) for row in rows for text in row)


def _rows_in(
    rejects_path: Path, offset: int, stream: str, *, decimal_comma: bool
) -> list[dict[str, Any]]:
    with rejects_path.open("rb") as file:
        file.seek(offset)
        decoded = [wire.decode(line) for line in file]
    found = [
        message
        for message in decoded
        if message.get("type") == "RECORD" and message.get("stream") == stream
    ]
    files = dict.fromkeys(message["record"].get(FILE_COLUMN) for message in found)
    order = {name: number for number, name in enumerate(files)}
    found.sort(
        key=lambda message: (
            order[message["record"].get(FILE_COLUMN)],
            message["record"].get(LINE_COLUMN, 0),
        )
    )
    return [_row(message, decimal_comma=decimal_comma) for message in found]


def _row(message: dict[str, Any], *, decimal_comma: bool) -> dict[str, Any]:
    record: dict[str, Any] = message["record"]
    row = {
        name: _text(value, decimal_comma=decimal_comma)
        for name, value in record.items()
        if name not in (FILE_COLUMN, LINE_COLUMN)
    }
    if message.get("occurrence"):
        row[OCCURRENCE_COLUMN] = message["occurrence"]
    return row


def _text(value: Json, *, decimal_comma: bool) -> Json:
    if isinstance(value, bool):
        return "true" if value else "false"
    if decimal_comma and isinstance(value, (Decimal, float)):
        return f"{Decimal(str(value)):f}".replace(".", ",")
    return value
