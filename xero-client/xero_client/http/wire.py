"""Xero's JSON format: decoding with exact decimals, encoding, dates, and the envelope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec

from xero_client.errors import UnexpectedResponseError
from xero_client.json_value import Json

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# An escape in a JSON string: a pair of surrogates, a surrogate without its other half, another one.
_ESCAPE = re.compile(
    rb"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_ISO = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$")


def decode(body: bytes) -> Json:
    """Decodes JSON; numbers with a fraction become ``Decimal``, digit for digit.

    A byte order mark is ignored. A surrogate without its other half, which is not a character,
    becomes U+FFFD.

    Raises:
        ValueError: The body is not JSON, is cut off, is nested too deeply, or has a number with too
            large an exponent.
    """
    try:
        return decode_with(_decoder, body)
    except RecursionError:
        message = "it is nested too deeply"
    except ArithmeticError:
        message = "it has a number with too large an exponent"
    raise ValueError(message)


def decode_with(decoder: msgspec.json.Decoder[Any], body: bytes) -> Json:
    """Decodes JSON that may have a byte order mark, or surrogates without their other half.

    Raises:
        msgspec.DecodeError: The body is not JSON.
        RecursionError: It is nested too deeply.
    """
    body = body.removeprefix(BYTE_ORDER_MARK)
    try:
        return decoder.decode(body)
    except msgspec.DecodeError:
        repaired = _ESCAPE.sub(lambda found: rb"\ufffd" if found[2] else found[0], body)
        if repaired == body:
            raise
    return decoder.decode(repaired)


def encode(value: Json) -> bytes:
    """Encodes JSON; ``Decimal`` becomes a number, digit for digit."""
    return _encoder.encode(value)


def parse_instant(text: str) -> datetime:
    """Parses ``/Date(ms+0000)/`` or ISO 8601; gives an aware time in UTC.

    The number is milliseconds since 1970 in UTC, whatever the offset after it, and may be
    negative. An ISO time without a zone is in UTC (xero-facts.md: Formats).

    Raises:
        ValueError: The text has neither format, or is outside the years 1 to 9999.
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
        pass  # a year that Python does not support
    message = f"not a date in Xero's format: {text!r}"
    raise ValueError(message)


def format_instant(instant: datetime) -> str:
    """Formats a bookmark: ISO 8601 in UTC with milliseconds, ``2026-01-31T09:30:00.123Z``."""
    utc = instant.astimezone(timezone.utc)
    return f"{utc.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def format_modified_since(instant: datetime) -> str:
    """Formats the ``If-Modified-Since`` header: ``2026-01-31T09:30:00``, in UTC.

    See xero-facts.md: Change capture.
    """
    utc = instant.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="seconds")


def records_of(envelope: Json, key: str) -> Sequence[dict[str, Any]]:
    """The records of a response, under the entity's ``key``.

    Raises:
        UnexpectedResponseError: The response has no list of objects under ``key``.
    """
    records = envelope.get(key) if isinstance(envelope, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        keys = sorted(envelope) if isinstance(envelope, dict) else type(envelope).__name__
        message = f"The response has no list {key!r}; it has {keys}"
        raise UnexpectedResponseError(message)
    return records
