"""Converts values to the types that Xero takes, and leaves out what is not sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from target_xero.build.columns import field_names, normalized_name
from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities import fields
from xero_client.entities.fields import REFERENCES, SHAPES, Field
from xero_client.entities.table import SYSTEM_FIELDS
from xero_client.http import wire

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)")
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
# Digits before or after the point. A number beyond that is not an amount, and a large exponent
# would fill the memory when written out.
MAX_DIGITS = 100
MAX_SHOWN = 60


class _CoercionError(Exception):
    """A value cannot be converted to its field's type."""


@dataclass(frozen=True)
class Coercion:
    """Converts the records of one shape.

    Attributes:
        shape: The shape.
        read_only: Fields of the record itself (not of its parts) that are not sent.
        write_nulls: Whether nulls are sent; else they are left out.
        keep_line_ids: Whether ``LineItemID`` is kept; it is valid only in the same document.
    """

    shape: str | None
    read_only: Collection[str] = SYSTEM_FIELDS
    write_nulls: bool = False
    keep_line_ids: bool = True

    def apply(self, record: Record) -> Record:
        """Converts a record.

        Raises:
            InvalidRecordError: Some values cannot be converted; the error names all of them.
        """
        problems: list[str] = []
        out = self._object(record, self.shape, "", problems, self.read_only)
        if problems:
            raise InvalidRecordError(problems)
        return out

    def _object(  # noqa: C901  # one loop over every value of every record: function calls cost
        self,
        record: Record,
        shape: str | None,
        path: str,
        problems: list[str],
        read_only: Collection[str] = SYSTEM_FIELDS,
    ) -> Record:
        known = SHAPES[shape] if shape else {}
        out: Record = {}
        for column, value in record.items():
            name, field = column, known.get(column)
            if field is None:
                name, field = _find_field(column, shape)
                if field is None and (name in read_only or name[:1] == "_"):
                    continue
            if type(value) is str and value and (field is None or field.kind == fields.TEXT):
                if self.keep_line_ids or name != "LineItemID":
                    out[name] = value
                continue
            if field is not None and field.kind == fields.READ_ONLY:
                continue
            if value is None or value == "":
                if self.write_nulls:
                    out[name] = None
                continue
            try:
                if field is not None and (convert := _CONVERTERS.get(field.kind)) is not None:
                    out[name] = convert(value)
                    continue
                converted = self._value(value, field, path, name, problems)
            except _CoercionError as error:
                problems.append(f"{path}{name}: {error}")
                continue
            if converted != {} or self.write_nulls:
                out[name] = converted
        return out

    def _value(
        self,
        value: Any,  # noqa: ANN401  # any JSON
        field: Field | None,
        path: str,
        name: str,
        problems: list[str],
    ) -> Any:  # noqa: ANN401  # any JSON
        if field is None or field.shape is None:
            return value if self.write_nulls else without_nulls(value)
        if field.many:
            return self._list(value, field.shape, f"{path}{name}", problems)
        return self._inner(value, field.shape, f"{path}{name}", problems)

    def _inner(self, value: Any, shape: str, path: str, problems: list[str]) -> Record:  # noqa: ANN401  # any JSON
        value = _parse_json(value, dict, "an object")
        inner = self._object(value, shape, f"{path}.", problems)
        for key in REFERENCES.get(shape, ()):
            if inner.get(key):
                return {key: inner[key]}
        return inner

    def _list(self, value: Any, shape: str, path: str, problems: list[str]) -> list[Record]:  # noqa: ANN401  # any JSON
        value = _parse_json(value, list, "a list")
        return [
            self._inner(element, shape, f"{path}[{index}]", problems)
            for index, element in enumerate(value)
            if element is not None
        ]


def without_nulls(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Removes null fields, at every depth."""
    if isinstance(value, dict):
        return {name: without_nulls(v) for name, v in value.items() if v is not None}
    return [without_nulls(element) for element in value] if isinstance(value, list) else value


def _find_field(column: str, shape: str | None) -> tuple[str, Field | None]:
    """The field for a column, whatever its case and underscores."""
    if shape is None:
        return column, None
    name = field_names(shape).get(normalized_name(column), column)
    return name, SHAPES[shape].get(name)


def _parse_json(value: Any, expected: type, name: str) -> Any:  # noqa: ANN401  # any JSON
    """An object or list, or one that a text holds as JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = wire.decode(value.encode())
        except ValueError:
            message = f"{_shortened(value)} is not JSON"
            raise _CoercionError(message) from None
    if not isinstance(value, expected):
        message = f"{_shortened(value)} is not {name}"
        raise _CoercionError(message)
    return value


def _to_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (Decimal, float)):
        # Spreadsheets hold account code 200 as 200.0.
        number = _bounded(Decimal(str(value)))
        return str(int(number)) if number == number.to_integral_value() else f"{number:f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    message = f"{_shortened(value)} is not text"
    raise _CoercionError(message)


def _to_number(value: Any) -> Decimal | int:  # noqa: ANN401  # any JSON value
    if isinstance(value, bool):
        message = f"{_shortened(value)} is not a number"
        raise _CoercionError(message)
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return _bounded(value)
    if isinstance(value, float):
        return _bounded(Decimal(str(value)))
    if isinstance(value, str) and _NUMBER.match(text := value.strip()):
        return _bounded(Decimal(text))
    message = (
        f"{_shortened(value)} is not a number; write it like 1234.50, with a point and no commas"
    )
    raise _CoercionError(message)


def _bounded(number: Decimal) -> Decimal:
    if not number.is_finite() or not -MAX_DIGITS <= number.adjusted() <= MAX_DIGITS:
        message = f"{_shortened(number)} is not a number that Xero can hold"
        raise _CoercionError(message)
    return number


def _to_integer(value: Any) -> int:  # noqa: ANN401  # any JSON value
    number = _to_number(value)
    if number != int(number):
        message = f"{_shortened(value)} is not a whole number"
        raise _CoercionError(message)
    return int(number)


def _to_boolean(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    if isinstance(value, bool):
        return value
    text = _to_text(value).strip().lower() if isinstance(value, (str, int, Decimal)) else ""
    if text in _YES:
        return True
    if text in _NO:
        return False
    message = f"{_shortened(value)} is not true or false"
    raise _CoercionError(message)


def _to_date(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """A calendar day; document dates have no time zone (xero-facts.md: Formats)."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    day = _iso_date(value) if isinstance(value, str) else None
    if day is None:
        message = f"{_shortened(value)} is not a date; write it like 2026-01-31"
        raise _CoercionError(message)
    return day


@lru_cache(maxsize=4096)
def _iso_date(text: str) -> str | None:
    """The date in a text, or None; cached, because many records have the same date."""
    text = text.strip()
    try:
        if match := _ISO_DATE.match(text):
            return date(*map(int, match.groups())).isoformat()
        if text.startswith("/Date("):
            return wire.parse_instant(text).date().isoformat()
    except ValueError:
        pass
    return None


def _shortened(value: Any) -> str:  # noqa: ANN401  # any JSON value
    text = repr(str(value) if isinstance(value, Decimal) else value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    fields.TEXT: _to_text,
    fields.NUMBER: _to_number,
    fields.INTEGER: _to_integer,
    fields.BOOLEAN: _to_boolean,
    fields.DATE: _to_date,
}
