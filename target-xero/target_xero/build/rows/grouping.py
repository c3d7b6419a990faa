"""Groups rows into documents: consecutive records with the same number, each with its own line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.destinations.names import destination_of
from target_xero.build.fields.coercion import Coercion
from target_xero.build.fields.columns import ColumnMapper
from target_xero.build.fields.values import shortened
from target_xero.build.records import NESTED_TOO_DEEPLY, InvalidRecordError, Provenance, Record
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.shapes import LINES, SHAPES
from xero_client.json_value import Json
from xero_client.names import normalized_name

GroupKey = tuple[object, ...]


class GroupedDocument(Struct, frozen=True):
    """A document that was made of rows.

    Attributes:
        record: The document.
        provenance: All its rows.
        problems: What is wrong with a row, and where rows disagree.
        warnings: What of its rows was left out.
        is_deleted: Whether the source has marked all of its rows as deleted.
    """

    record: Record
    provenance: Provenance
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass
class _OpenDocument:
    """A document to which rows may still be added.

    Attributes:
        group_key: The values of the columns in ``group_by``; None if a row stands alone.
        provenance: All rows so far.
        record: The document so far.
        row_problems: What is wrong with single rows: the row's number, and the problem.
        disagreements: Fields for which two rows have different values.
        warnings: What of its rows was left out.
        deleted_rows: How many rows the source has marked as deleted.
    """

    group_key: GroupKey | None
    provenance: Provenance
    record: Record = field(default_factory=dict)
    row_problems: list[tuple[int, str]] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    deleted_rows: int = 0

    def close(self) -> GroupedDocument:
        """The document, with the problems of all its rows."""
        rows = len(self.provenance.messages)
        several = rows > 1
        problems = [
            f"row {number}: {problem}" if several else problem
            for number, problem in self.row_problems
        ]
        if 0 < self.deleted_rows < rows:
            problems.append(
                f"{self.deleted_rows} of the {rows} rows of this document are marked as deleted in "
                "the source: set on_deleted to skip to publish it without them"
            )
        return GroupedDocument(
            self.record,
            self._provenance(rows),
            (*problems, *self.disagreements),
            tuple(self.warnings),
            is_deleted=self.deleted_rows == rows,
        )

    def _provenance(self, rows: int) -> Provenance:
        """Where the document comes from; the values of ``group_by`` are its subject."""
        if self.group_key is None:
            return self.provenance
        more = f" ({rows} rows)" if rows > 1 else ""
        return replace(
            self.provenance,
            subject_key=tuple(map(str, self.group_key)),
            content_key=(),
            is_group=True,
            origin=f"{self.provenance.origin}{more}",
        )


class RowGrouper:
    """Groups consecutive rows that have the same values in some columns.

    A row with a problem still belongs to its document: a document is published with all its lines,
    or not at all.
    """

    def __init__(
        self,
        rule: StreamRule,
        schema_columns: Collection[str] = (),
        *,
        group_by: Sequence[str] = (),
        keep_empty: bool = False,
    ) -> None:
        """Takes the columns.

        Args:
            rule: How the stream is published. Its ``group_by`` has the columns that are the same
                in all rows of a document, as they are called in the input or in Xero.
            schema_columns: The columns in the stream's schema; a row may leave them out.
            group_by: The same, if the rule has none.
            keep_empty: Whether empty cells clear their fields, if no row has a value for them.
        """
        columns = rule.group_by or group_by
        self._group_by = {normalized_name(column): column for column in columns}
        # Columns that the setting ``columns`` maps can be named by their fields as well.
        self._fields = {normalized_name(name): path for name, path in rule.columns.items()}
        self._schema_columns = {
            name for column in schema_columns for name in self._names_of(column)
        }
        destination = destination_of(rule.entity, rule.path)
        read_only = destination.read_only
        self._shape = destination.shape
        self._coercion = Coercion(
            self._shape,
            read_only,
            date_format=rule.date_format,
            decimal_comma=bool(rule.decimal_comma),
        )
        self._columns = None
        if self._shape is not None:
            self._columns = ColumnMapper(
                self._shape,
                read_only,
                keep_empty=keep_empty,
                columns=rule.columns,
                read_elsewhere=rule.columns_read,
            )
        self._line_field = next(
            (name for name in LINES if self._shape and name in SHAPES[self._shape]), None
        )
        self._open: _OpenDocument | None = None

    def add(
        self,
        record: Record,
        provenance: Provenance,
        problems: Sequence[str] = (),
        warnings: Sequence[str] = (),
        *,
        is_deleted: bool = False,
    ) -> Iterator[GroupedDocument]:
        """Adds a row; yields the document before it, if this row does not belong to that one.

        Args:
            record: The row.
            provenance: Where it comes from.
            problems: What is already known to be wrong with it.
            warnings: What of it was left out.
            is_deleted: Whether its source has marked it as deleted.
        """
        by_name: Record = {}
        for column, value in record.items():
            for name in self._names_of(column):
                if by_name.get(name) in (None, ""):
                    by_name[name] = value
        row_problems = [*problems, *self._missing_columns(record, by_name)]
        row: Record = {}
        try:
            row = self._columns.apply(record) if self._columns else record
        except InvalidRecordError as error:
            row_problems += error.problems
        except RecursionError:
            row_problems.append(NESTED_TOO_DEEPLY)
        group_key = self._group_key(record, by_name)
        document = self._open
        if (
            document is None
            or group_key is None
            or group_key != document.group_key
            or provenance.tenant != document.provenance.tenant
        ):
            yield from self.flush()
            document = self._open = _OpenDocument(group_key, provenance, dict(row))
        else:
            document.provenance = replace(
                document.provenance,
                messages=document.provenance.messages + provenance.messages,
                epochs=document.provenance.epochs + provenance.epochs,
            )
            document.record = self._merge(document.record, row, document.disagreements)
        number = len(document.provenance.messages)
        document.deleted_rows += is_deleted
        document.row_problems += [(number, problem) for problem in row_problems]
        document.warnings |= dict.fromkeys(warnings)

    def flush(self) -> Iterator[GroupedDocument]:
        """Yields the last document, if there is one."""
        document, self._open = self._open, None
        if document is not None:
            yield document.close()

    def _names_of(self, column: str) -> tuple[str, ...]:
        """The normalized names by which ``group_by`` may name a column."""
        name = normalized_name(column)
        field_name = self._fields.get(name)
        return (name,) if field_name is None else (name, normalized_name(field_name))

    def _group_key(self, record: Record, by_name: Record) -> GroupKey | None:
        """The row's values of the columns in ``group_by``; None if all are empty.

        If two columns have the same normalized name, the one that ``group_by`` spells out wins.
        """
        key = tuple(
            record.get(column) or by_name.get(name) for name, column in self._group_by.items()
        )
        return None if all(value in (None, "") for value in key) else key

    def _missing_columns(self, record: Record, by_name: Record) -> list[str]:
        """The problem if both the row and its schema lack a column of ``group_by``."""
        missing = [
            column
            for name, column in self._group_by.items()
            if name not in by_name and name not in self._schema_columns
        ]
        if not missing:
            return []
        names, present = ", ".join(map(repr, missing)), ", ".join(map(str, record))
        return [f"the record has no column {names}, which group_by names; it has {present}"]

    def _merge(self, document: Record, row: Record, disagreements: list[str]) -> Record:
        lines = row.get(self._line_field) if self._line_field else None
        merged = _merge_fields(document, row, self._coercion, "", disagreements, self._line_field)
        if self._line_field and lines:
            earlier = document.get(self._line_field) or []
            if isinstance(earlier, list) and isinstance(lines, list):
                merged[self._line_field] = [*earlier, *lines]
            elif earlier != lines:
                disagreements.append(f"{self._line_field} is a list in one row and not in another")
        return merged


def _merge_fields(
    earlier: Record,
    row: Record,
    coercion: Coercion,
    path: str,
    disagreements: list[str],
    skip: str | None = None,
) -> Record:
    """Merges the fields of a row into those of earlier rows.

    Args:
        earlier: The fields of earlier rows.
        row: The fields of the next row.
        coercion: Values are compared after coercion: the same date may be written in two ways,
            and fields that Xero computes are ignored.
        path: The path of these fields in the document.
        disagreements: Fields with different values are added to this list.
        skip: A field that is not merged.
    """
    merged = dict(earlier)
    for name, value in row.items():
        known = earlier.get(name)
        if name == skip or value in (None, "") or value == known:
            continue
        if known in (None, ""):
            merged[name] = value
        elif _trimmed(known) == _trimmed(value) or (
            _coerced(coercion, name, known) == _coerced(coercion, name, value)
        ):
            continue
        elif isinstance(known, dict) and isinstance(value, dict):
            inner = coercion.of_part(name)
            merged[name] = _merge_fields(known, value, inner, f"{path}{name}.", disagreements)
        else:
            disagreements.append(
                f"rows of one document disagree on {path}{name}: {shortened(known)} and "
                f"{shortened(value)}"
            )
    return merged


def _trimmed(value: Json) -> Json:
    """A value without the spaces around it, which do not make it another one."""
    return value.strip() if isinstance(value, str) else value


def _coerced(coercion: Coercion, name: str, value: Json) -> Record:
    try:
        return coercion.apply({name: value})
    except InvalidRecordError:
        return {name: value}  # the document will be refused for this value
