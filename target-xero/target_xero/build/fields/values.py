"""Converts one value to text, number, boolean or date, as Xero takes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from target_xero.build.decimal_commas import are_likely_thousands, with_decimal_point
from target_xero.build.instants import SECONDS, instant_in
from xero_client.entities.field_types import Kind
from xero_client.http import wire
from xero_client.json_value import Json

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
# A day, also with its name or a time of it in any zone, but not the beginning of a period.
_ISO_DATE = re.compile(
    r"^(\d{4})-(\d{2})-(\d{2})"
    r"(?:(?:T\d{2}|[T ]\s*\d{1,2}:\d{2})(?!.*\d{4}-\d{2}-\d{2}).*|\s+[A-Za-z]{2,9}\.?)?$"
)
_DAY_LENGTH = len("2026-01-31")
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
# Digits before or after the point. A number beyond that is not an amount, and a large exponent
# would fill the memory when written out.
MAX_DIGITS = 100
MAX_SHOWN = 60

# The value of ``date_format`` for the serial numbers of spreadsheets: the days since 1899-12-30.
EXCEL = "excel"
_EXCEL_EPOCH = date(1899, 12, 30)
# Up to 60, Excel counts a 29 February 1900 that did not exist. The last one is 9999-12-31.
_EXCEL_DAYS = range(61, 2_958_466)
# The serial numbers of the days from 1982 to 2064, which look like nothing else.
_MODERN_SERIAL = re.compile(r"^[3-5]\d{4}(\.\d+)?$")


class ConversionError(Exception):
    """A value cannot be converted to its field's type."""


class AmbiguousNumberError(ConversionError):
    """A text is one number with a decimal point, and another one with a decimal comma.

    Attributes:
        number: The number with a decimal point.
    """

    def __init__(self, message: str, number: Decimal) -> None:
        super().__init__(message)
        self.number = number


def converters(
    date_format: str | None, *, decimal_comma: bool | None = False
) -> dict[Kind, Callable[[Any], Any]]:
    """The functions that convert to the plain kinds of fields.

    Args:
        date_format: How dates are written besides ``2026-01-31``: a format of ``strptime`` such as
            ``%d/%m/%Y``, or ``excel``; None if dates are written in no other way.
        decimal_comma: Whether numbers are written like ``1.234,56``; None if that is not known.
    """
    return {
        Kind.TEXT: to_text,
        Kind.NUMBER: _number_converter(decimal_comma),
        Kind.INTEGER: partial(to_integer, decimal_comma=bool(decimal_comma)),
        Kind.BOOLEAN: to_boolean,
        Kind.DATE: partial(to_date, date_format=date_format),
        Kind.INSTANT: partial(to_instant, date_format=date_format),
        Kind.NET_DATE: partial(to_net_date, date_format=date_format),
    }


def _number_converter(decimal_comma: bool | None) -> Callable[[Any], Decimal | int]:  # noqa: FBT001
    if decimal_comma is None:
        return to_certain_number
    return partial(to_number, decimal_comma=True) if decimal_comma else to_number


def date_format_problem(date_format: str) -> str | None:
    """What is wrong with a ``date_format``; None if it is valid."""
    if date_format == EXCEL:
        return None
    day = date(2031, 12, 24)  # each of year, month and day shows where it is lost
    try:
        read = datetime.strptime(day.strftime(date_format), date_format).date()  # noqa: DTZ007  # a date has no zone
    except ValueError:
        read = None
    if read == day:
        return None
    return (
        f"{date_format!r} is not a format of a date: write it with %d, %m and %Y, such as "
        f"%d/%m/%Y; or 'excel' for the serial numbers of a spreadsheet"
    )


def to_text(value: Json) -> str:
    """A text as it is, a number as its digits.

    Raises:
        ConversionError: It is an object or a list.
    """
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
    message = f"{shortened(value)} is not text"
    raise ConversionError(message)


def to_number(value: Json, *, decimal_comma: bool = False) -> Decimal | int:
    """An exact number.

    Args:
        value: A number, or a text that says one.
        decimal_comma: Whether texts are written like ``1.234,56``; else like ``1234.56``.

    Raises:
        ConversionError: It is not a number, or it is written in another way.
    """
    if isinstance(value, Decimal):  # most are
        return _bounded(value)
    if isinstance(value, bool):
        message = f"{shortened(value)} is not a number"
        raise ConversionError(message)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return _bounded(Decimal(str(value)))
    if isinstance(value, str):
        number = _number_in(value, decimal_comma=decimal_comma)
        if number is not None:
            return number
    if decimal_comma:
        expected = "'decimal_comma' is true, so that it is written like 1.234,50 or 1234,50"
    else:
        expected = "write it like 1234.50, with a point and no commas"
        if isinstance(value, str) and _number_in(value, decimal_comma=True) is not None:
            expected += ", or set 'decimal_comma' if the numbers are written like 1.234,50"
    message = f"{shortened(value)} is not a number; {expected}"
    raise ConversionError(message)


def to_certain_number(value: Json) -> Decimal | int:
    """An exact number, if it is not known what a point in a text is.

    Raises:
        ConversionError: It is not a number with a decimal point.
        AmbiguousNumberError: The point may separate thousands.
    """
    number = to_number(value)
    if isinstance(value, str) and are_likely_thousands(value):
        small, large = Decimal(number).normalize(), Decimal(number * 1000).normalize()
        message = (
            f"{shortened(value)} may be {small:f} or {large:f}: set 'decimal_comma' to false if "
            "the point is a decimal point, to true if it separates thousands"
        )
        raise AmbiguousNumberError(message, Decimal(number))
    return number


@lru_cache(maxsize=4096)
def _number_in(text: str, *, decimal_comma: bool) -> Decimal | None:
    """The number in a text, or None; cached, because many lines have the same amounts."""
    plain = with_decimal_point(text) if decimal_comma else text.strip()
    return _bounded(Decimal(plain)) if plain and _NUMBER.match(plain) else None


def _bounded(number: Decimal) -> Decimal:
    if not (-MAX_DIGITS <= number.adjusted() <= MAX_DIGITS and number.is_finite()):
        message = f"{shortened(number)} is not a number that Xero can hold"
        raise ConversionError(message)
    return number


def to_integer(value: Json, *, decimal_comma: bool = False) -> int:
    """A whole number.

    Args:
        value: A number, or a text that says one.
        decimal_comma: As for ``to_number``.

    Raises:
        ConversionError: It is not a whole number.
    """
    number = to_number(value, decimal_comma=decimal_comma)
    if number != int(number):
        message = f"{shortened(value)} is not a whole number"
        raise ConversionError(message)
    return int(number)


def to_boolean(value: Json) -> bool:
    """True or false, also from ``yes``, ``no``, ``1`` and ``0``.

    Raises:
        ConversionError: It is neither.
    """
    if isinstance(value, bool):
        return value
    text = to_text(value).strip().lower() if isinstance(value, (str, int, Decimal)) else ""
    if text in _YES:
        return True
    if text in _NO:
        return False
    message = f"{shortened(value)} is not true or false"
    raise ConversionError(message)


def to_date(value: Json, date_format: str | None = None) -> str:
    """A calendar day; document dates have no time zone (xero-facts.md: Formats).

    Args:
        value: A date, or a text or serial number that says one.
        date_format: See ``converters``.

    Raises:
        ConversionError: It is not a date in ISO 8601 or in the format.
    """
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if date_format == EXCEL and isinstance(value, (int, float, Decimal)):
        value = str(value)
    day = _date_in(value.strip(), date_format) if isinstance(value, str) else None
    if day is not None:
        return day
    expected = _expected_date(value) if date_format is None else f"'date_format' is {date_format!r}"
    message = f"{shortened(value)} is not a date; {expected}"
    raise ConversionError(message)


def _expected_date(value: Json) -> str:
    """How a date may be written, if no ``date_format`` is set."""
    if isinstance(value, (str, int, float, Decimal)) and _MODERN_SERIAL.match(str(value).strip()):
        day = _date_in(str(value).strip(), EXCEL)
        return f"set 'date_format' to 'excel' if it is the serial number of a spreadsheet: {day}"
    if isinstance(value, (str, int, float, Decimal)) and SECONDS.match(str(value).strip()):
        return (
            "if it is a time in seconds since 1970, give its day by a template in 'payload': "
            "{{ record.created | date }}, or {{ record.created | date('Pacific/Auckland') }}"
        )
    return (
        "write it like 2026-01-31, or set 'date_format' to how the dates are written: "
        "%d/%m/%Y, or %m/%d/%Y"
    )


def to_instant(value: Json, date_format: str | None = None) -> str:
    """A time in UTC, such as ``2026-01-31T00:00:00Z``; a day is its beginning.

    Args:
        value: A time, a date, or a text or serial number that says one.
        date_format: See ``converters``.

    Raises:
        ConversionError: It is neither a time in ISO 8601 nor a date.
    """
    if isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, str):
        instant = _instant_in(value.strip(), date_format)
        if instant is not None:
            fraction = f".{instant.microsecond:06d}" if instant.microsecond else ""
            return f"{instant:%Y-%m-%dT%H:%M:%S}{fraction}Z"
        if len(value.strip()) > _DAY_LENGTH and _ISO_DATE.match(value.strip()):
            message = f"{shortened(value)} is not a time; write it like 2026-01-31T10:30:00Z"
            raise ConversionError(message)
    return f"{to_date(value, date_format)}T00:00:00Z"


def _instant_in(text: str, date_format: str | None) -> datetime | None:
    """The time in a text, in UTC; None if it has none. Without a zone, it is in UTC."""
    instant = instant_in(text)
    if instant is not None or date_format is None or date_format == EXCEL:
        return instant
    try:
        parsed = datetime.strptime(text, date_format)  # noqa: DTZ007  # its zone is UTC
    except ValueError:
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc)


def to_net_date(value: Json, date_format: str | None = None) -> str:
    """A day as Payroll AU 1.0 writes it: ``/Date(1577836800000+0000)/``.

    Args:
        value: A date, or a text or serial number that says one.
        date_format: See ``converters``.

    Raises:
        ConversionError: It is not a date.
    """
    day = wire.parse_instant(to_date(value, date_format))
    return f"/Date({int(day.timestamp()) * 1000}+0000)/"


@lru_cache(maxsize=4096)
def _date_in(text: str, date_format: str | None) -> str | None:
    """The date in a text, or None; cached, because many records have the same date."""
    try:
        if match := _ISO_DATE.match(text):
            return date(*map(int, match.groups())).isoformat()
        if text.startswith("/Date("):
            return wire.parse_instant(text).date().isoformat()
        if date_format == EXCEL:
            days = int(Decimal(text)) if _NUMBER.match(text) else 0
            is_day = days in _EXCEL_DAYS
            return (_EXCEL_EPOCH + timedelta(days=days)).isoformat() if is_day else None
        if date_format is not None:
            return datetime.strptime(text, date_format).date().isoformat()  # noqa: DTZ007  # a date has no zone
    except (ValueError, ArithmeticError):
        pass
    return None


def shortened(value: Json) -> str:
    """A value as an error message shows it."""
    if isinstance(value, (dict, list)):
        text = wire.encode(value).decode()
    else:
        text = repr(str(value) if isinstance(value, Decimal) else value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
