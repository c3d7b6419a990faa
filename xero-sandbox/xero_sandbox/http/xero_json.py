"""Xero's JSON: exact decimals, ``/Date(…)/``, and the envelope around records."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec

PROVIDER = "xero-sandbox"

_EPOCH = datetime.fromtimestamp(0, timezone.utc)
_MS_START = "/Date("

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)

Json = Any


def milliseconds(moment: date) -> int:
    """Epoch milliseconds of an instant, or of UTC midnight of a document date.

    (xero-facts.md: Formats)
    """
    if isinstance(moment, datetime):
        whole = calendar.timegm(moment.astimezone(timezone.utc).timetuple())
        return whole * 1000 + moment.microsecond // 1000
    return calendar.timegm(moment.timetuple()) * 1000


def ms_date(moment: date) -> str:
    """A date or instant as in Xero's JSON: ``/Date(1401062400000+0000)/``."""
    return f"/Date({milliseconds(moment)}+0000)/"


def to_json_values(value: Json) -> Json:
    """A record's values as JSON values: dates become ``/Date(…)/``, None is left out."""
    if isinstance(value, dict):
        return {name: to_json_values(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [to_json_values(item) for item in value]
    if isinstance(value, date):
        return ms_date(value)
    return value


def from_json_values(value: Json, name: str = "") -> Json:
    """JSON values in the sandbox's own types: ``/Date(…)/`` and ISO texts become dates.

    The name of a field tells its type: ``…UTC`` is an instant, ``…Date`` a document date.
    """
    if isinstance(value, dict):
        return {key: from_json_values(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json_values(item) for item in value]
    if isinstance(value, str) and name.endswith(("UTC", "Date")):
        moment = _moment(value)
        return moment if name.endswith("UTC") else moment.date()
    return value


def _moment(text: str) -> datetime:
    if text.startswith(_MS_START):
        number = text[len(_MS_START) :].partition(")")[0].partition("+")[0]
        return _EPOCH + timedelta(milliseconds=int(number))
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def encode(value: Json) -> bytes:
    """JSON text of JSON values; a Decimal keeps all its digits."""
    return _ENCODER.encode(value)


def decode(body: bytes) -> Json:
    """The JSON values of a text, with fractions as Decimal.

    Raises:
        msgspec.DecodeError: If the text is not JSON.
    """
    return _DECODER.decode(body)


def envelope(
    key: str,
    records: Iterable[bytes],
    now: datetime,
    pagination: Mapping[str, int] | None = None,
) -> bytes:
    """The response body around encoded records (xero-facts.md: Formats)."""
    return object_envelope(key, b"[" + b",".join(records) + b"]", now, pagination)


def object_envelope(
    key: str, content: bytes, now: datetime, pagination: Mapping[str, int] | None = None
) -> bytes:
    """The response body around an encoded value that is not a list."""
    head: dict[str, Json] = {
        "Id": str(uuid.uuid4()),
        "Status": "OK",
        "ProviderName": PROVIDER,
        "DateTimeUTC": f"/Date({milliseconds(now)})/",
    }
    if pagination is not None:
        head["pagination"] = dict(pagination)
    return encode(head)[:-1] + b',"' + key.encode() + b'":' + content + b"}"
