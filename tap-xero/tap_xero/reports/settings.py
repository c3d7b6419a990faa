"""The setting ``reports``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tap_xero.reports.definitions import BASES, REPORTS
from tap_xero.reports.months import Month
from xero_client.errors import SettingsError

REPORT_SETTINGS: Mapping[str, Any] = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "title": "Reports",
    "description": (
        "Options of the report streams: from (first month, as 2025-01; default: start_date, else "
        "twelve months back; of aged reports: last month), basis (accrual, cash), again (months "
        "read again in each run; default 3), tracking (names of categories; default: all), "
        "streams (report streams to read without selecting them in a catalog, as trial_balances "
        "for a backup)."
    ),
    "properties": {
        "from": {
            "type": ["string", "null"],
            "pattern": "^[12][0-9]{3}-(0[1-9]|1[0-2])(-[0-3][0-9])?$",
        },
        "basis": {
            "type": "array",
            "items": {"type": "string", "enum": list(BASES)},
            "minItems": 1,
        },
        "again": {"type": "integer", "minimum": 0, "maximum": 1200},
        "tracking": {"type": ["array", "null"], "items": {"type": "string"}},
        "streams": {
            "type": ["array", "null"],
            "items": {"type": "string", "enum": [each.stream for each in REPORTS]},
        },
    },
}


@dataclass(frozen=True)
class ReportSettings:
    """The setting ``reports``.

    Attributes:
        first: The first month.
        has_first: Whether the setting itself names the first month.
        bases: ``accrual``, ``cash`` or both.
        again: How many whole months each run reads again.
        tracking: The names of the tracking categories to report by; empty for all.
    """

    first: Month
    has_first: bool
    bases: tuple[str, ...]
    again: int
    tracking: tuple[str, ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Any], today: date) -> ReportSettings:
        """The setting of the tap's configuration.

        Raises:
            SettingsError: ``start_date`` is not a date.
        """
        settings = config.get("reports") or {}
        first = settings.get("from") or config.get("start_date")
        return cls(
            first=_month(first) if first else Month.of(today).plus(-12),
            has_first=bool(settings.get("from")),
            bases=tuple(dict.fromkeys(settings.get("basis") or ("accrual",))),
            again=settings.get("again", 3),
            tracking=tuple(settings.get("tracking") or ()),
        )


def _month(text: str) -> Month:
    try:
        return Month.of(date.fromisoformat(f"{text[:7]}-01"))
    except ValueError:
        message = (
            f"Setting 'reports.from' or 'start_date' is {text!r}, which does not start with a "
            "month: write it as 2026-01"
        )
        raise SettingsError(message) from None
