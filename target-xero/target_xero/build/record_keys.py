"""Which columns say something of a record, and which of a file, a log or a load.

Taps and loaders add columns of their own. Some taps make them key properties of their streams,
because a row of a file has nothing better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from target_xero.build.records import Record

# The prefixes of columns that are made by Singer taps and targets (tap-csv, tap-s3-csv,
# tap-google-sheets), tap-spreadsheets-anywhere, Airbyte, Fivetran and dlt.
PREFIXES = ("sdc_", "smart_source_", "ab_", "airbyte_", "fivetran_", "dlt_")
# Columns that other taps of files add, without their leading underscore.
FILE_COLUMNS = frozenset(
    {
        "file",
        "file_name",
        "filename",
        "file_path",
        "path",
        "modified",
        "source_file",
        "source_file_name",
        "sheet",
        "sheet_name",
        "worksheet",
    }
)
POSITION_COLUMNS = frozenset(
    {"line", "line_number", "lineno", "row", "row_number", "row_index", "rownum"}
)
# How the name of a column ends that counts the lines of a file.
POSITION_ENDINGS = ("line", "lineno", "line_number", "row", "row_number", "row_index", "rownum")

FILE_NAME_COLUMNS = (
    "_sdc_source_file",
    "_sdc_path",
    "_sdc_file_name",
    "_sdc_file",
    "_smart_source_file",
    "_ab_source_file_url",
    "_file",
)
LINE_COLUMNS = (
    "_sdc_source_lineno",
    "_sdc_line_number",
    "_sdc_line",
    "__sdc_row",
    "_smart_source_lineno",
    "_line",
    "_row",
)

# A value in one of these says when the source deleted the record.
DELETED_AT_COLUMNS = ("_sdc_deleted_at", "_sdc_lsn_deleted_at", "_ab_cdc_deleted_at")
# True in one of these says that the source deleted it: Fivetran, Debezium, Hevo.
DELETED_COLUMNS = ("_fivetran_deleted", "__deleted", "__hevo__marked_deleted", "_sdc_deleted")
NOT_DELETED = (None, "", False, 0, "false", "False", "FALSE", "0")


@dataclass(frozen=True)
class RecordKey:
    """The values of a Singer key, by what they are good for.

    Attributes:
        subject: The values that identify the record; empty if none do.
        content: The values that only tell it from another record with the same content.
    """

    subject: tuple[str, ...] = ()
    content: tuple[str, ...] = ()


class KeyColumns:
    """The key properties of a stream."""

    def __init__(self, names: Sequence[str]) -> None:
        """Sorts out the columns that a tap makes about a file or a log.

        Args:
            names: The stream's key properties.
        """
        self._names = [name for name in names if not is_metadata(name)]
        # A tap that needs a line number in the key says that the other columns are not unique.
        self._are_unique = not any(map(_is_position, names))

    def of(self, record: Record) -> RecordKey:
        """The key of a record. A key with an empty value does not identify it."""
        values = [record.get(name) for name in self._names]
        known = tuple(str(value) for value in values if value not in (None, ""))
        if self._are_unique and len(known) == len(values):
            return RecordKey(subject=known)
        return RecordKey(content=known)


def is_metadata(name: str) -> bool:
    """Whether a column speaks of a file, a log or a load, and not of the record."""
    if not name.startswith("_"):
        return False
    bare = name.lstrip("_").lower()
    return bare.startswith(PREFIXES) or bare in FILE_COLUMNS or bare in POSITION_COLUMNS


def is_deleted(record: Record) -> bool:
    """Whether the source of a record has marked it as deleted."""
    return any(
        record.get(name) not in (None, "") for name in DELETED_AT_COLUMNS if name in record
    ) or any(record[name] not in NOT_DELETED for name in DELETED_COLUMNS if name in record)


def place_of(record: Record) -> str | None:
    """The line of the file that a record comes from, in words; None if it does not say."""
    line = next((record[name] for name in LINE_COLUMNS if record.get(name) is not None), None)
    if line is None:
        return None
    file = next((record[name] for name in FILE_NAME_COLUMNS if record.get(name)), None)
    return f"line {line} of {file}" if file else f"line {line}"


def _is_position(name: str) -> bool:
    return is_metadata(name) and name.lower().endswith(POSITION_ENDINGS)
