"""Converts records to the types that Xero takes, leaves out what is not sent, finds unknown fields.

The rule of each column is found once a stream; a record is then converted in one walk.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from target_xero.build.decimal_commas import shows_decimal_point
from target_xero.build.fields.column_rules import (
    DROP,
    NAME,
    PART,
    PARTS,
    TEXT,
    UNKNOWN,
    VALUE,
    ColumnRule,
    ColumnRules,
)
from target_xero.build.fields.name_references import IS_CODE, Named, NameReference, may_be_code
from target_xero.build.fields.values import AmbiguousNumberError, ConversionError, shortened
from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities.shapes import REFERENCES, SHAPES
from xero_client.entities.table import SYSTEM_FIELDS
from xero_client.http import wire
from xero_client.json_value import Json

# The rules that are remembered for one shape. Columns are the input's, and there may be any number.
MAX_REMEMBERED = 1000
# The field in which people write the name or number of a part, by its shape.
_NAMED_BY = {
    "Account": "Code",
    "Contact": "Name",
    "CreditNote": "CreditNoteNumber",
    "Invoice": "InvoiceNumber",
    "NamedProject": "name",
    "NamedTask": "name",
    "Overpayment": "Reference",
    "Prepayment": "Reference",
}

# The parts of which more is noted than their fields.
_NOTED_PARTS = frozenset({"Account", "Tracking"})


class _Walk:
    """What was found on the walk through one record."""

    __slots__ = ("ambiguous", "names", "path", "problems", "unknown")

    def __init__(self) -> None:
        self.ambiguous: list[str] = []
        self.path: list[str | int] = []
        self.problems: list[str] = []
        self.unknown: dict[str, tuple[str | None, str]] = {}
        self.names: list[NameReference] = []

    def shown_path(self, name: str) -> str:
        """The path of a field in the present object: ``LineItems[0].UnitAmount``."""
        return _shown((*self.path, name))


class UnknownField(Struct, frozen=True):
    """A field that Xero does not have.

    Attributes:
        path: Its path, without the numbers of lines: ``LineItems[].Discount``.
        shape: The shape that it was looked for in.
        name: Its own name.
    """

    path: str
    shape: str | None
    name: str


class Coerced(Struct, frozen=True):
    """A converted record.

    Attributes:
        fields: Its fields, as Xero takes them.
        unknown: The fields that Xero does not have; they are not among ``fields``.
        names: Where names stand that must be replaced by codes.
    """

    fields: Record
    unknown: tuple[UnknownField, ...] = ()
    names: tuple[NameReference, ...] = ()


class Coercion:
    """Converts the records of one shape."""

    def __init__(
        self,
        shape: str | None,
        read_only: Collection[str] = SYSTEM_FIELDS,
        write_nulls: bool = False,  # noqa: FBT001, FBT002  # the setting's name says it
        *,
        keep_line_ids: bool = True,
        date_format: str | None = None,
        decimal_comma: bool | None = False,
        names_first: bool = False,
    ) -> None:
        """Takes the shape.

        Args:
            shape: The shape; None for records whose fields are not known.
            read_only: Fields of the record itself (not of its parts) that are not sent.
            write_nulls: Whether empty values are sent; else they are left out. A null stays a
                null, and an empty text clears a text field.
            keep_line_ids: Whether ``LineItemID`` is kept; it is valid only in the same document.
            date_format: How dates are written besides ISO 8601; see ``values.converters``.
            decimal_comma: Whether numbers are written like ``1.234,56``. If it is None, ``1.000``
                is refused in a record of which no number shows what a point is.
            names_first: Whether tax rates are named, even by a text that is spelled like a code,
                as in Xero's import templates.
        """
        self.shape = shape
        self._read_only = read_only
        self._write_nulls = write_nulls
        self._date_format = date_format
        self._decimal_comma = decimal_comma
        self._rules = ColumnRules(
            keep_line_ids=keep_line_ids,
            date_format=date_format,
            decimal_comma=decimal_comma,
            names_first=names_first,
        )
        self._columns: dict[str, dict[str, ColumnRule]] = {}
        self._own_columns: dict[str, ColumnRule] = {}

    def of_part(self, name: str) -> Coercion:
        """The coercion of a part of these records, such as ``Contact``."""
        field = SHAPES[self.shape].get(name) if self.shape else None
        return Coercion(
            field.shape if field else None,
            date_format=self._date_format,
            decimal_comma=self._decimal_comma,
        )

    def apply(self, record: Record) -> Record:
        """The record as Xero takes it, without unknown fields.

        Raises:
            InvalidRecordError: Some values cannot be converted; the error names all of them.
        """
        return self.convert(record).fields

    def convert(self, record: Record) -> Coerced:
        """The record as Xero takes it, with its unknown fields and names.

        Raises:
            InvalidRecordError: Some values cannot be converted; the error names all of them.
        """
        walk = _Walk()
        converted = self._object(record, self.shape, self._own_columns, self._read_only, walk)
        if walk.ambiguous and not self._shows_point(record, self._own_columns):
            walk.problems += walk.ambiguous
        if walk.problems:
            raise InvalidRecordError(walk.problems)
        if not walk.unknown and not walk.names:
            return Coerced(converted)
        unknown = (UnknownField(path, shape, name) for path, (shape, name) in walk.unknown.items())
        return Coerced(converted, tuple(unknown), tuple(walk.names))

    def _object(  # noqa: C901, PLR0912  # one loop over every value of every record: calls cost
        self,
        record: Record,
        shape: str | None,
        columns: dict[str, ColumnRule],
        read_only: Collection[str],
        walk: _Walk,
    ) -> Record:
        out: Record = {}
        for key, value in record.items():
            column = columns.get(key)
            if column is None:
                column = self._rules.of_column(key, shape, read_only)
                if len(columns) < MAX_REMEMBERED:
                    columns[key] = column
            name, action, convert, part_shape, named = column
            is_text = type(value) is str
            if is_text and action <= NAME and value:
                out[name] = value
                if named is not None and not named.is_code(value):
                    _note_name(name, named.kind, value, walk)
            elif action == DROP:
                continue
            elif value is None or (is_text and not value):
                if self._write_nulls:
                    if action == UNKNOWN:
                        walk.unknown[_shown(walk.path, name, lines=False)] = (shape, name)
                    else:
                        out[name] = "" if is_text and action == TEXT else None
            elif action == UNKNOWN:
                walk.unknown[_shown(walk.path, name, lines=False)] = (shape, name)
            else:
                try:
                    if convert is not None:
                        converted = convert(value)
                        if named is not None and not named.is_code(converted):
                            _note_name(name, named.kind, converted, walk)
                    elif action == PARTS:
                        converted = self._parts(value, part_shape, name, walk)
                    elif action == PART:
                        converted = self._part(value, part_shape, name, walk)
                    else:
                        converted = value if self._write_nulls else without_nulls(value)
                except AmbiguousNumberError as error:
                    walk.ambiguous.append(f"{walk.shown_path(name)}: {error}")
                    converted = error.number
                except ConversionError as error:
                    walk.problems.append(f"{walk.shown_path(name)}: {error}")
                    continue
                # Comparing a decimal with a dictionary takes longer than its truth.
                if converted or converted != {} or self._write_nulls:
                    out[name] = converted
        return out

    def _shows_point(self, value: Json, columns: dict[str, ColumnRule]) -> bool:
        """Whether a number in a record, written as a text, can only have a decimal point."""
        if isinstance(value, list):
            return any(self._shows_point(element, columns) for element in value)
        if not isinstance(value, dict):
            return False
        for key, inner in value.items():
            column = columns.get(key)
            if column is None:
                continue
            if column.action == VALUE and isinstance(inner, str) and shows_decimal_point(inner):
                return True
            if column.action in (PART, PARTS):
                part = wire.decode(inner.encode()) if isinstance(inner, str) and inner else inner
                if self._shows_point(part, self._columns.get(column.shape, {})):
                    return True
        return False

    def _part(self, value: Json, shape: str, name: str | int, walk: _Walk) -> Record:
        if type(value) is not dict:
            field = _NAMED_BY.get(shape)
            advice = (
                f"name it in {name}.{field}"
                if field
                else f"give its fields, such as {name}.{_first_field(shape)}"
            )
            hint = f"; {advice}" if isinstance(name, str) else ""
            value = _parse_json(value, dict, f"an object{hint}")
        columns = self._columns.get(shape)
        if columns is None:
            columns = self._columns[shape] = {}
        walk.path.append(name)
        inner = self._object(value, shape, columns, SYSTEM_FIELDS, walk)
        if shape == "Tracking" and inner.get("Option") and not inner.get("TrackingOptionID"):
            walk.names.append(NameReference(Named.TRACKING, tuple(walk.path)))
        if shape == "Account":
            _note_account(inner, walk)
        walk.path.pop()
        for key in REFERENCES.get(shape, ()):
            if inner.get(key):
                return {key: inner[key]}
        return inner

    def _parts(self, value: Json, shape: str, name: str, walk: _Walk) -> list[Record]:
        if type(value) is not list:
            example = f'[{{"{_first_field(shape)}": "…"}}]'
            value = _parse_json(value, list, f"a list; write it like {example}")
        path = walk.path
        depth = len(path)
        path.append(name)
        parts: list[Record] = []
        columns = self._columns.setdefault(shape, {})
        is_plain = shape not in _NOTED_PARTS and shape not in REFERENCES
        try:
            for index, element in enumerate(value):
                if is_plain and type(element) is dict:
                    path.append(index)
                    parts.append(self._object(element, shape, columns, SYSTEM_FIELDS, walk))
                    path.pop()
                elif element is not None:
                    parts.append(self._part(element, shape, index, walk))
        finally:
            del path[depth:]
        return parts


def _note_name(name: str, kind: Named, text: str, walk: _Walk) -> None:
    is_code = IS_CODE[kind](text) or may_be_code(kind, text)
    walk.names.append(NameReference(kind, (*walk.path, name), is_code))


def _note_account(account: Record, walk: _Walk) -> None:
    """Notes a nested account that is known by its name, or by a text that may not be its code."""
    code, name = account.get("Code"), account.get("Name")
    if account.get("AccountID") or not (code or name):
        return
    if not code:
        walk.names.append(NameReference(Named.ACCOUNT_PART, tuple(walk.path)))
    elif not IS_CODE[Named.ACCOUNT](code):
        is_code = may_be_code(Named.ACCOUNT, code)
        walk.names.append(NameReference(Named.ACCOUNT_PART, tuple(walk.path), is_code))


def _first_field(shape: str) -> str:
    """A field of a part that can be sent, as an example."""
    return next(name for name, field in SHAPES[shape].items() if field.is_sent)


def _shown(path: Collection[str | int], *names: str, lines: bool = True) -> str:
    text = ""
    for step in (*path, *names):
        if isinstance(step, int):
            text += f"[{step}]" if lines else "[]"
        else:
            text += f".{step}" if text else step
    return text


def without_nulls(value: Json) -> Json:
    """Removes null fields, at every depth."""
    if isinstance(value, dict):
        return {name: without_nulls(v) for name, v in value.items() if v is not None}
    return [without_nulls(element) for element in value] if isinstance(value, list) else value


def _parse_json(value: Json, expected: type, name: str) -> Json:
    """An object or list, or one that a text holds as JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = wire.decode(value.encode())
        except ValueError:
            message = f"{shortened(value)} is not JSON"
            raise ConversionError(message) from None
    if not isinstance(value, expected):
        message = f"{shortened(value)} is not {name}"
        raise ConversionError(message)
    return value
