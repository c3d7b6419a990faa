"""Values as Xero takes them: texts to numbers, dates and flags; what nobody sends is left out."""

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
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)")
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
# Digits before or after the point: what is beyond is no amount, and an exponent that would fill
# memory when written out.
MOST_DIGITS = 100
SHOWN = 60


class _Unfit(Exception):  # noqa: N818  # turned into a problem where the field is known
    """A value that cannot be what its field holds."""


@dataclass(frozen=True)
class Coercion:
    """How the records of one shape become what is sent.

    Attributes:
        shape: The shape.
        read_only: Fields of the record itself that are not sent.
        write_nulls: Whether nulls are sent, or left out.
        keep_line_ids: Whether ``LineItemID`` is kept: only lines of the same record have it.
    """

    shape: str | None
    read_only: Collection[str] = SYSTEM_FIELDS
    write_nulls: bool = False
    keep_line_ids: bool = True

    def apply(self, record: Record) -> Record:
        """The record as it is sent.

        Raises:
            InvalidRecordError: Some values cannot be what Xero takes; all of them are named.
        """
        problems: list[str] = []
        out = self._object(record, self.shape, "", problems, self.read_only)
        if problems:
            raise InvalidRecordError(problems)
        return out

    def _object(  # noqa: C901  # one loop over every value of every record: calls cost
        self,
        record: Record,
        shape: str | None,
        path: str,
        problems: list[str],
        read_only: Collection[str] = SYSTEM_FIELDS,
    ) -> Record:
        known = SHAPES[shape] if shape else {}
        out: Record = {}
        for given, value in record.items():
            name, field = given, known.get(given)
            if field is None:
                name, field = _meant(given, shape)
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
            except _Unfit as unfit:
                problems.append(f"{path}{name}: {unfit}")
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
        value = _decoded(value, dict, "an object")
        inner = self._object(value, shape, f"{path}.", problems)
        for key in REFERENCES.get(shape, ()):
            if inner.get(key):
                return {key: inner[key]}
        return inner

    def _list(self, value: Any, shape: str, path: str, problems: list[str]) -> list[Record]:  # noqa: ANN401  # any JSON
        value = _decoded(value, list, "a list")
        return [
            self._inner(element, shape, f"{path}[{index}]", problems)
            for index, element in enumerate(value)
            if element is not None
        ]


def without_nulls(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """The value without its null fields, at every depth."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def _meant(given: str, shape: str | None) -> tuple[str, Field | None]:
    """The field that a name means, whatever its case and underscores."""
    if shape is None:
        return given, None
    name = field_names(shape).get(normalized_name(given), given)
    return name, SHAPES[shape].get(name)


def _decoded(value: Any, wanted: type, name: str) -> Any:  # noqa: ANN401  # any JSON
    """An object or list, also where a text holds it as JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = wire.decode(value.encode())
        except ValueError:
            message = f"{_shown(value)} is not JSON"
            raise _Unfit(message) from None
    if not isinstance(value, wanted):
        message = f"{_shown(value)} is not {name}"
        raise _Unfit(message)
    return value


def _text(value: Any) -> str:  # noqa: ANN401  # any JSON value
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
    message = f"{_shown(value)} is not text"
    raise _Unfit(message)


def _number(value: Any) -> Decimal | int:  # noqa: ANN401  # any JSON value
    if isinstance(value, bool):
        message = f"{_shown(value)} is not a number"
        raise _Unfit(message)
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return _bounded(value)
    if isinstance(value, float):
        return _bounded(Decimal(str(value)))
    if isinstance(value, str) and _NUMBER.match(text := value.strip()):
        return _bounded(Decimal(text))
    message = f"{_shown(value)} is not a number; write it like 1234.50, with a point and no commas"
    raise _Unfit(message)


def _bounded(number: Decimal) -> Decimal:
    if not number.is_finite() or not -MOST_DIGITS <= number.adjusted() <= MOST_DIGITS:
        message = f"{_shown(number)} is no number that Xero could hold"
        raise _Unfit(message)
    return number


def _integer(value: Any) -> int:  # noqa: ANN401  # any JSON value
    number = _number(value)
    if number != int(number):
        message = f"{_shown(value)} is not a whole number"
        raise _Unfit(message)
    return int(number)


def _boolean(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    if isinstance(value, bool):
        return value
    text = _text(value).strip().lower() if isinstance(value, (str, int, Decimal)) else ""
    if text in _YES:
        return True
    if text in _NO:
        return False
    message = f"{_shown(value)} is not true or false"
    raise _Unfit(message)


def _date(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """A calendar day; document dates know no time zone (xero-facts.md: Formats)."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    day = _day(value) if isinstance(value, str) else None
    if day is None:
        message = f"{_shown(value)} is not a date; write it like 2026-01-31"
        raise _Unfit(message)
    return day


@lru_cache(maxsize=4096)
def _day(text: str) -> str | None:
    """The day that a text names, if any; many records share one."""
    text = text.strip()
    try:
        if match := _DAY.match(text):
            return date(*map(int, match.groups())).isoformat()
        if text.startswith("/Date("):
            return wire.parse_instant(text).date().isoformat()
    except ValueError:
        pass
    return None


def _shown(value: Any) -> str:  # noqa: ANN401  # any JSON value
    text = repr(str(value) if isinstance(value, Decimal) else value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    fields.TEXT: _text,
    fields.NUMBER: _number,
    fields.INTEGER: _integer,
    fields.BOOLEAN: _boolean,
    fields.DATE: _date,
}
