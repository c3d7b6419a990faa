"""The setting ``reports``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from tap_xero.reports.definitions import REPORTS
from tap_xero.reports.months import Month
from xero_client.errors import SettingsError
from xero_client.settings.settings_schema import convert_settings

_Month = Annotated[
    str,
    msgspec.Meta(
        pattern="^[12][0-9]{3}-(0[1-9]|1[0-2])(-[0-3][0-9])?$", examples=["2026-01", "2026-01-31"]
    ),
]
_ReportName = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [report.stream for report in REPORTS]})
]


class ReportOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the setting ``reports`` can say."""

    first: _Month | None = msgspec.field(default=None, name="from")
    basis: Annotated[list[Literal["accrual", "cash"]], msgspec.Meta(min_length=1)] = msgspec.field(
        default_factory=lambda: ["accrual"]
    )
    again: Annotated[int, msgspec.Meta(ge=0, le=1200)] = 3
    tracking: list[str] | None = None
    streams: list[_ReportName] | None = None

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> ReportOptions:
        """The setting of the tap's configuration.

        Raises:
            SettingsError: A value is invalid.
        """
        return convert_settings(config.get("reports") or {}, cls, "reports")


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
            SettingsError: ``start_date`` is not a date, or a value is invalid.
        """
        options = ReportOptions.from_config(config)
        first = options.first or config.get("start_date")
        return cls(
            first=_month(first) if first else Month.of(today).plus(-12),
            has_first=bool(options.first),
            bases=tuple(dict.fromkeys(options.basis)),
            again=options.again,
            tracking=tuple(options.tracking or ()),
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
