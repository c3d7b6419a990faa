"""Which columns say something of a record, and which of a file, a log or a load.

Taps and loaders add columns of their own. Some taps make them key properties of their streams,
because a row of a file has nothing better.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from target_xero.build.records import Record
from xero_client.names import normalized_name

# The columns that are remembered for one stream. They are the input's, and there may be any number.
MAX_REMEMBERED = 4096

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
# The names of both kinds that taps also give without an underscore, in lower case and without
# punctuation: ("file_name", "line_number"). They say nothing of a record only if the key has
# nothing else, because an order has lines too.
PLAIN_FILE_COLUMNS = frozenset(
    {
        "file", "filename", "filepath", "path", "source", "sourcefile", "sourcefilename",
        "sourcepath", "sheet", "sheetname", "worksheet", "tab", "tabname",
    }
)  # fmt: skip
PLAIN_POSITION_COLUMNS = frozenset(
    {
        "line", "linenumber", "lineno", "linenum", "lineindex", "row", "rownumber", "rowno",
        "rownum", "rowindex", "index", "sourceline", "sourcelineno", "sourcelinenumber",
        "sourcerow", "sourcerownumber", "recordnumber", "recordno",
    }
)  # fmt: skip
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

_LINES = frozenset(LINE_COLUMNS)

# How the names of columns end, without punctuation, in which a source or a tap marks what is
# deleted: _sdc_deleted_at, _ab_cdc_deleted_at, _fivetran_deleted, __deleted (Debezium),
# __hevo__marked_deleted, _PEERDB_IS_DELETED.
DELETED_ENDINGS = ("deleted", "deletedat", "deletedon")
# The same in tables of a source itself.
PLAIN_DELETED_COLUMNS = frozenset({"deleted", "isdeleted", "deletedat", "deletedon"})
NOT_DELETED = frozenset({"", "false", "f", "no", "n", "0", "0.0", "none", "null"})
# Columns with a leading underscore that say what was done to the record, and the words for a
# deletion: __op (Debezium), _change_type (Delta Lake).
OPERATION_COLUMNS = frozenset(
    {
        "op", "operation", "changetype", "cdcop", "cdcoperation", "sdcop", "sdcoperation",
        "sdcchangetype", "abcdcop", "dmsop",
    }
)  # fmt: skip
DELETIONS = frozenset({"d", "delete", "deleted", "remove", "removed"})


class RecordKey(Struct, frozen=True):
    """The values of a Singer key: those that identify the record, and all others.

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
        if names and _says_only_where(names):
            names = ()
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


class DeletionMarks:
    """The columns in which the source of a stream marks a record as deleted."""

    def __init__(self, own_columns: Collection[str] = (), *, knows_fields: bool = True) -> None:
        """Takes what may not be a mark.

        Args:
            own_columns: Columns that the settings read or map.
            knows_fields: Whether the fields of the destination are known. If not, a column without
                a leading underscore may be one of them.
        """
        self._own_columns = frozenset(own_columns)
        self._knows_fields = knows_fields
        self._marks: dict[str, Callable[[object], bool] | None] = {}

    def of(self, record: Record) -> bool:
        """Whether the source of a record has marked it as deleted."""
        marks = self._marks
        for column, value in record.items():
            if value is None:
                continue
            mark = marks[column] if column in marks else self._mark(column)
            if mark is not None and mark(value):
                return True
        return False

    def _mark(self, column: str) -> Callable[[object], bool] | None:
        is_own = column in self._own_columns
        may_be_field = not self._knows_fields and not column.startswith("_")
        mark = None if is_own or may_be_field else _mark(column)
        if len(self._marks) < MAX_REMEMBERED:
            self._marks[column] = mark
        return mark


def marks_deletion(column: str) -> bool:
    """Whether a column says if its source has deleted the record."""
    return _mark(column) is not None


def _mark(column: str) -> Callable[[object], bool] | None:
    """What tells by the value of a mark whether a record is deleted; None if it is not a mark."""
    name = normalized_name(column)
    if name in PLAIN_DELETED_COLUMNS:
        return _is_set
    if not column.startswith("_"):
        return None
    if name.endswith(DELETED_ENDINGS):
        return _is_set
    return _is_deletion if name in OPERATION_COLUMNS else None


def _is_set(value: object) -> bool:
    return str(value).strip().casefold() not in NOT_DELETED


def _is_deletion(value: object) -> bool:
    return str(value).strip().casefold() in DELETIONS


def place_of(record: Record) -> str | None:
    """The line of the file that a record comes from, in words; None if it does not say."""
    if _LINES.isdisjoint(record):
        return None
    line = next((record[name] for name in LINE_COLUMNS if record.get(name) is not None), None)
    if line is None:
        return None
    file = next((record[name] for name in FILE_NAME_COLUMNS if record.get(name)), None)
    return f"line {line} of {file}" if file else f"line {line}"


def _says_only_where(names: Sequence[str]) -> bool:
    """Whether key properties only say where a row stands: ("file_name", "line_number")."""
    plain = [normalized_name(name) for name in names]
    return any(name in PLAIN_POSITION_COLUMNS for name in plain) and all(
        known in PLAIN_POSITION_COLUMNS or known in PLAIN_FILE_COLUMNS or is_metadata(name)
        for name, known in zip(names, plain, strict=True)
    )


def _is_position(name: str) -> bool:
    return is_metadata(name) and name.lower().endswith(POSITION_ENDINGS)
