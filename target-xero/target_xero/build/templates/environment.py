"""The Jinja environments of the target's templates: those of payloads, and those of paths."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from target_xero.build.decimal_commas import with_decimal_point
from target_xero.build.instants import DAY, time_meant_by
from xero_client.json_value import Json
from xero_client.templates.environment import TemplateEnvironment
from xero_client.templates.numbers import to_number


def payload_environment() -> TemplateEnvironment:
    """The environment of templates over a record."""
    return TemplateEnvironment(_FILTERS)


class PathEnvironment(TemplateEnvironment):
    """The environment of path templates: what an expression gives is percent-encoded.

    So a value cannot add a segment or a parameter to the path.
    """

    def __init__(self) -> None:
        super().__init__({**_FILTERS, "urlencode": _as_it_is})
        plain = self.finalize

        def encoded(value: Any) -> str:  # noqa: ANN401  # any value
            return quote(str(plain(value) if plain else value), safe="")

        self.finalize = encoded


def number(value: Json, decimal_comma: bool = False) -> Decimal | int:  # noqa: FBT001, FBT002  # a filter of Jinja
    """A number: ``Decimal`` and whole numbers as they are, a text as its decimal.

    Args:
        value: Any value of a record.
        decimal_comma: Whether texts are written like ``1.234,56``.

    Raises:
        ValueError: It is not a number.
    """
    if not (decimal_comma and isinstance(value, str)):
        return to_number(value)
    text = with_decimal_point(value)
    if text is None:
        message = f"{value[:60]!r} is not a number; write it like 1.234,50"
        raise ValueError(message)
    return to_number(text)


def day(value: Json, zone: str = "UTC") -> str:
    """The day of an instant: ``1767225600`` and ``2026-01-01T00:00:00Z`` are on 2026-01-01 in UTC.

    Args:
        value: Seconds since 1970, or a time in ISO 8601; without a zone of its own, it is in UTC.
        zone: The time zone of the day, such as ``Pacific/Auckland``.

    Raises:
        ValueError: It is not an instant, or the zone does not exist.
    """
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        message = f"{zone[:60]!r} is not a time zone like Pacific/Auckland"
        raise ValueError(message) from None
    if isinstance(value, str) and DAY.match(value.strip()):
        return value.strip()  # a day is the same one in each zone
    return time_meant_by(value).astimezone(place).date().isoformat()


def _as_it_is(value: Json) -> Json:
    """The value, which the path encodes itself."""
    return value


_FILTERS: dict[str, Callable[..., Any]] = {"number": number, "float": number, "date": day}
