"""Parses sent values: text, numbers, dates and flags, as Xero accepts them in JSON."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from xero_sandbox.model.clock import EARLIEST_DATE, lenient_date
from xero_sandbox.model.organisation import ZERO_ID, Record
from xero_sandbox.writing.shared.request import (
    OversizedValueError,
    ValidationError,
    WriteError,
    parameter,
)

Parser = Callable[[str, Any], Any]

_MS_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
POST_DATA_INVALID = 17

# Fields that always have a value; null leaves them unchanged.
NEVER_EMPTY = frozenset(
    {
        "AddToWatchlist",
        "ApprovedForSending",
        "ContactStatus",
        "Date",
        "EnablePaymentsToAccount",
        "FromIsReconciled",
        "IncludePDF",
        "IsCompound",
        "IsNonRecoverable",
        "IsPurchased",
        "IsReconciled",
        "IsSold",
        "LineAmountTypes",
        "MarkAsSent",
        "SendCopy",
        "SentToContact",
        "ShowInExpenseClaims",
        "ShowOnCashBasisReports",
        "Status",
        "TaxComponents",
        "ToIsReconciled",
        "Type",
    }
)


def malformed(field: str, value: object, wanted: str) -> WriteError:
    """A value of the wrong type, which fails the whole request (xero-facts.md: Batch results)."""
    return WriteError(
        400,
        "PostDataInvalidException",
        POST_DATA_INVALID,
        f"Post data was invalid: {field} is {value!r}, which is not {wanted}.",
    )


# More than any field of Xero's has (CurrencyRate has 18 digits before the point).
MAX_DIGITS = 20


def text(limit: int | None = None) -> Parser:
    """Text of at most ``limit`` characters."""

    def parse(field: str, value: object) -> str:
        if isinstance(value, (dict, list)):
            raise malformed(field, value, "text")
        content = str(value).lower() if isinstance(value, bool) else str(value)
        if limit is not None and len(content) > limit:
            message = f"The {field} field must not be longer than {limit} characters."
            raise OversizedValueError(message, content)
        return content

    return parse


def number(places: int | None = None) -> Parser:
    """A number, as JSON number or text, with at most ``places`` decimal places."""

    def parse(field: str, value: object) -> Decimal:
        try:
            if isinstance(value, (bool, dict, list)):
                raise malformed(field, value, "a number")
            figure = Decimal(str(value))
        except InvalidOperation:
            raise malformed(field, value, "a number") from None
        if not figure.is_finite() or figure.adjusted() > MAX_DIGITS:
            raise malformed(field, value, "a number")
        exponent = figure.normalize().as_tuple().exponent
        if places is not None and isinstance(exponent, int) and -exponent > places:
            message = f"The {field} field has more than {places} decimal places."
            raise OversizedValueError(message, figure)
        return figure

    return parse


def integer(field: str, value: object) -> int:
    """A whole number."""
    figure: Decimal = number(0)(field, value)
    return int(figure)


def flag(field: str, value: object) -> bool:
    """``true`` or ``false``, also as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise malformed(field, value, "true or false")


def day(field: str, value: object) -> date:
    """A calendar date: ``YYYY-MM-DD``, with a time or not, or ``/Date(ms)/``; from 1753 on.

    Xero's database has no earlier dates (xero-facts.md: Change capture). How Xero refuses them in
    a write is not documented; here the element is invalid.
    """
    found = _day(field, value)
    if found < EARLIEST_DATE:
        message = f"{field} {found.isoformat()} is not valid. The earliest date is 1 January 1753."
        raise ValidationError(message)
    return found


def _day(field: str, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        match = _MS_DATE.match(value)
        try:
            if match:
                return (_EPOCH + timedelta(milliseconds=int(match.group(1)))).date()
            return lenient_date(value)
        except (ValueError, OverflowError):
            raise malformed(field, value, "a date") from None
    raise malformed(field, value, "a date")


def guid(field: str, value: object) -> str | None:
    """A GUID in Xero's spelling; None for the empty GUID."""
    try:
        spelled = str(uuid.UUID(str(value)))
    except ValueError:
        raise malformed(field, value, "a GUID") from None
    return None if spelled == ZERO_ID else spelled


def choice(*allowed: str) -> Parser:
    """One of the allowed values, in any case; the result has the spelling of ``allowed``."""
    spelling = {word.casefold(): word for word in allowed}

    def parse(field: str, value: object) -> str:
        word = spelling.get(str(value).casefold())
        if word is None:
            message = f"{field} '{value}' is not valid. Use one of {', '.join(allowed)}."
            raise ValidationError(message)
        return word

    return parse


def mapping(field: str, value: object) -> Record:
    """A nested object, as sent."""
    if not isinstance(value, dict):
        raise malformed(field, value, "an object")
    return value


def sequence(field: str, value: object) -> list[Record]:
    """A nested list of objects, as sent."""
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise malformed(field, value, "a list of objects")
    return value


def parse_fields(
    sent: Mapping[str, Any], fields: Mapping[str, Parser], errors: list[str]
) -> Record:
    """Parses those of ``fields`` that were sent; null and empty text become None.

    The messages of invalid fields are added to ``errors``. An oversized value is kept, so that it
    is not reported as missing too.
    """
    parsed: Record = {}
    for field, parse in fields.items():
        if field not in sent:
            continue
        value = sent[field]
        if value is None or value == "":
            parsed[field] = None
            continue
        try:
            parsed[field] = parse(field, value)
        except OversizedValueError as oversized:
            errors.extend(oversized.messages)
            parsed[field] = oversized.value
        except ValidationError as invalid:
            errors.extend(invalid.messages)
    return parsed


def merged(record: Record, changes: Record) -> Record:
    """``record`` with ``changes``; None removes a field that can be empty."""
    effective = {
        name: item for name, item in changes.items() if item is not None or name not in NEVER_EMPTY
    }
    combined = {**record, **effective}
    return {field: value for field, value in combined.items() if value is not None}


def unit_places(query: Mapping[str, str]) -> Decimal:
    """The precision of unit amounts: 2 places, or 4 with ``unitdp=4`` (xero-facts.md: Formats)."""
    return Decimal("0.0001") if parameter(query, "unitdp", "2") == "4" else Decimal("0.01")
