"""Xero's JSON: decoding with exact decimals, encoding, dates, and the envelope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec

from xero_client.errors import UnexpectedResponseError

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_ISO = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$")


def decode(body: bytes) -> Any:  # noqa: ANN401  # any JSON
    """Decodes JSON; numbers with a fraction become ``Decimal``, digit for digit.

    Raises:
        ValueError: The body is not JSON, was cut short, or holds what nobody could: thousands of
            nested lists, or an exponent of many digits.
    """
    try:
        return _decoder.decode(body)
    except RecursionError:
        message = "it is nested too deeply"
    except ArithmeticError:
        message = "it holds a number with too large an exponent"
    raise ValueError(message)


def encode(value: Any) -> bytes:  # noqa: ANN401  # any JSON
    """Encodes JSON; ``Decimal`` becomes a number, digit for digit."""
    return _encoder.encode(value)


def parse_instant(text: str) -> datetime:
    """The instant that Xero wrote as ``/Date(ms+0000)/`` or ISO 8601, aware, in UTC.

    The number counts milliseconds since 1970 in UTC whatever the offset beside it says, and may be
    negative; an ISO text without a zone is UTC (xero-facts.md: Formats).

    Raises:
        ValueError: The text is neither, or outside the years 1 to 9999.
    """
    try:
        if match := _DATE.match(text):
            return _EPOCH + timedelta(milliseconds=int(match[1]))
        if match := _ISO.match(text):
            seconds, fraction, zone = match.groups()
            offset = "+00:00" if zone in (None, "Z") else f"{zone[:3]}:{zone[-2:]}"
            instant = datetime.fromisoformat(f"{seconds}.{(fraction or '0')[:6]:0<6}{offset}")
            return instant.astimezone(timezone.utc)
        if _DAY.match(text):
            return datetime.fromisoformat(f"{text}T00:00:00+00:00")
    except OverflowError:
        pass  # a year beyond what Python knows
    message = f"not a date as Xero writes it: {text!r}"
    raise ValueError(message)


def format_instant(instant: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as bookmarks hold it: ``2026-01-31T09:30:00.123Z``."""
    utc = instant.astimezone(timezone.utc)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def format_modified_since(instant: datetime) -> str:
    """The ``If-Modified-Since`` header: ``2026-01-31T09:30:00``, UTC seconds (xero-facts.md: Change capture)."""
    utc = instant.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="seconds")


def records_of(envelope: Any, key: str) -> Sequence[dict[str, Any]]:  # noqa: ANN401  # any JSON
    """The records of an answer, found under the entity's ``key``.

    Raises:
        UnexpectedResponseError: The answer is not an object, or has no list of objects under ``key``.
    """
    records = envelope.get(key) if isinstance(envelope, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        keys = sorted(envelope) if isinstance(envelope, dict) else type(envelope).__name__
        message = f"The answer has no list {key!r}; it has {keys}"
        raise UnexpectedResponseError(message)
    return records
