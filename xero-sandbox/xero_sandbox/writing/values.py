"""Reading what was sent: text, numbers, days and flags, as Xero takes them from JSON."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from xero_sandbox.organisation import Record
from xero_sandbox.writing.request import ZERO_ID, Invalid, WriteRefused

Parser = Callable[[str, Any], Any]

_MS_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
POST_DATA_INVALID = 17

# Fields that always have a value, so that null leaves them as they are.
FIRM = frozenset(
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


def malformed(field: str, value: object, wanted: str) -> WriteRefused:
    """Post data of the wrong type fails the whole request (xero-facts.md: Batch results)."""
    return WriteRefused(
        400,
        "PostDataInvalidException",
        POST_DATA_INVALID,
        f"Post data was invalid: {field} is {value!r}, which is not {wanted}.",
    )


# Far beyond every field of Xero's (the largest are CurrencyRate's 18 digits before the point).
MOST_DIGITS = 20


def text(limit: int | None = None) -> Parser:
    """Text of at most ``limit`` characters."""

    def parse(field: str, value: object) -> str:
        if isinstance(value, (dict, list)):
            raise malformed(field, value, "text")
        words = str(value).lower() if isinstance(value, bool) else str(value)
        if limit is not None and len(words) > limit:
            message = f"The {field} field must not be longer than {limit} characters."
            raise Invalid(message)
        return words

    return parse


def number(places: int | None = None) -> Parser:
    """A number, as JSON number or text, rounded by the caller; ``places`` bounds its digits."""

    def parse(field: str, value: object) -> Decimal:
        try:
            if isinstance(value, (bool, dict, list)):
                raise malformed(field, value, "a number")
            figure = Decimal(str(value))
        except InvalidOperation:
            raise malformed(field, value, "a number") from None
        if not figure.is_finite() or figure.adjusted() > MOST_DIGITS:
            raise malformed(field, value, "a number")
        exponent = figure.normalize().as_tuple().exponent
        if places is not None and isinstance(exponent, int) and -exponent > places:
            message = f"The {field} field has more than {places} decimal places."
            raise Invalid(message)
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
    """A calendar date: ``YYYY-MM-DD``, with a time or not, or ``/Date(ms)/``."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        stamp = _MS_DATE.match(value)
        if stamp:
            return (_EPOCH + timedelta(milliseconds=int(stamp.group(1)))).date()
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            raise malformed(field, value, "a date") from None
    raise malformed(field, value, "a date")


def guid(field: str, value: object) -> str | None:
    """A GUID in Xero's spelling; the empty GUID counts as none."""
    try:
        spelled = str(uuid.UUID(str(value)))
    except ValueError:
        raise malformed(field, value, "a GUID") from None
    return None if spelled == ZERO_ID else spelled


def choice(*allowed: str) -> Parser:
    """One of Xero's own words, in any case, spelled as ``allowed`` has it."""
    spelling = {word.casefold(): word for word in allowed}

    def parse(field: str, value: object) -> str:
        word = spelling.get(str(value).casefold())
        if word is None:
            message = f"{field} '{value}' is not valid. Use one of {', '.join(allowed)}."
            raise Invalid(message)
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


def take(sent: Mapping[str, Any], fields: Mapping[str, Parser], problems: list[str]) -> Record:
    """Those of ``fields`` that were sent, parsed; null and empty text become None.

    Messages of fields that fail go to ``problems``.
    """
    taken: Record = {}
    for field, parse in fields.items():
        if field not in sent:
            continue
        value = sent[field]
        if value is None or value == "":
            taken[field] = None
            continue
        try:
            taken[field] = parse(field, value)
        except Invalid as invalid:
            problems.extend(invalid.messages)
    return taken


def merged(record: Record, changes: Record) -> Record:
    """``record`` with ``changes``; a change to None clears the field, if it can be empty."""
    kept = {name: item for name, item in changes.items() if item is not None or name not in FIRM}
    both = {**record, **kept}
    return {field: value for field, value in both.items() if value is not None}
