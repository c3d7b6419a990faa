"""The request parameters that the settings give a stream, rendered and checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xero_client.entities.nested_lists import NESTED_BY_STREAM
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean
from xero_client.settings.settings_schema import convert_settings

if TYPE_CHECKING:
    from xero_client.auth.tenants import Tenant
    from xero_client.templates.environment import TemplateEnvironment

# Xero answers 404 to long URLs, and advises 40 ids per call (xero-facts.md: Limits).
IDS_PER_CALL = 40
MAX_PAGE_SIZE = 1000

# A value of a request parameter; numbers keep their decimals.
ParamValue = Annotated[
    Any, msgspec.Meta(extra_json_schema={"type": ["string", "number", "boolean", "null"]})
]
Params = Annotated[
    dict[str, ParamValue],
    msgspec.Meta(
        description=(
            "Request parameters. Texts may be Jinja templates with start, now, today, tenant."
        )
    ),
]
PageSize = Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE_SIZE)]


class StreamOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the setting ``streams`` can say of a stream."""

    params: Params = {}
    pagination: Annotated[
        bool | None,
        msgspec.Meta(description="Whether to ask for pages. Default: if the endpoint has pages."),
    ] = None
    page_size: PageSize | None = None
    ids: Annotated[list[str] | None, msgspec.Meta(description="Read only these records.")] = None
    full_refresh_every: Annotated[
        Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,3}[hdw]$", examples=["12h", "7d", "4w"])]
        | None,
        msgspec.Meta(
            description=(
                "Read all records again if the last time is longer ago: 12h, 7d or 4w. Without "
                "it, later runs read only changes."
            )
        ),
    ] = None


@dataclass(frozen=True)
class StreamSettings:
    """One stream's part of the setting ``streams``.

    Attributes:
        name: The stream.
        params: Request parameters, not yet rendered.
        pagination: Whether to ask for pages; None means if the endpoint has pages.
        page_size: Records per page; None for the tap's own setting.
        ids: The only records to read; empty for all.
        full_refresh_every: How old the last read of all records may be; None for any age.
        is_custom: Whether the stream is one of the setting ``custom_streams``.
    """

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    pagination: bool | None = None
    page_size: int | None = None
    ids: tuple[str, ...] = ()
    full_refresh_every: timedelta | None = None
    is_custom: bool = False

    @property
    def section(self) -> str:
        """The setting that has the stream's options, for messages."""
        return f"custom_streams.{self.name}" if self.is_custom else f"streams.{self.name}"

    @classmethod
    def from_config(cls, name: str, config: Mapping[str, Any]) -> StreamSettings:
        """The part of one stream in the tap's configuration.

        Raises:
            SettingsError: A value is invalid.
        """
        values = (config.get("streams") or {}).get(name) or {}
        options = convert_settings(values, StreamOptions, f"streams.{name}")
        return cls(
            name=name,
            params=options.params,
            pagination=options.pagination,
            page_size=options.page_size,
            ids=tuple(options.ids or ()),
            full_refresh_every=_parse_duration(options.full_refresh_every),
        )


def _parse_duration(text: str | None) -> timedelta | None:
    """``12h``, ``7d`` or ``4w``, as the schema of the setting allows."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])}) if text else None


_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class TemplateContext:
    """The names that a template can use.

    Attributes:
        start: The instant from which the stream is read; None for the beginning.
        now: The start of the run.
        tenant: The organisation. Its text is its id, and it has a ``name``.
    """

    start: datetime | None
    now: datetime
    tenant: Tenant


def check_stream_names(config: Mapping[str, Any], known: Collection[str]) -> None:
    """Checks the names under ``streams``.

    Raises:
        SettingsError: One is not a stream.
    """
    for name in config.get("streams") or {}:
        if (nested := NESTED_BY_STREAM.get(name)) is not None:
            message = (
                f"Setting 'streams' names {name!r}, which is read with {nested.parent_stream}: "
                f"write the options under 'streams.{nested.parent_stream}'"
            )
            raise SettingsError(message)
        if name in (config.get("custom_streams") or {}):
            message = (
                f"Setting 'streams' names {name!r}, which is a custom stream: write its options "
                f"under 'custom_streams.{name}'"
            )
            raise SettingsError(message)
        if name not in known:
            hint = did_you_mean(name, known) or "; streams: " + ", ".join(sorted(known))
            message = f"Setting 'streams' names {name!r}, which is not a stream{hint}"
            raise SettingsError(message)


def render_params(settings: StreamSettings, context: TemplateContext) -> dict[str, str]:
    """The stream's own parameters, as they go into the URL.

    Texts are Jinja templates in a sandbox. They can use ``start``, ``now``, ``today``, ``tenant``
    and the filter ``xero_date``. True and false become ``true`` and ``false``. Null removes a
    parameter.

    Raises:
        SettingsError: A template is invalid.
    """
    params: dict[str, str] = {}
    for name, value in settings.params.items():
        if value is None:
            continue
        if isinstance(value, bool):
            params[name] = "true" if value else "false"
        elif isinstance(value, str) and ("{{" in value or "{%" in value):
            setting = f"{settings.section}.params.{name}"
            params[name] = _render_template(setting, value, context)
        else:
            params[name] = str(value)
    return params


def _render_template(setting: str, text: str, context: TemplateContext) -> str:
    variables = {
        "start": context.start,
        "now": context.now,
        "today": context.now.astimezone(timezone.utc).date(),
        "tenant": _TemplateTenant(context.tenant.tenant_id, context.tenant.name),
    }
    try:
        return _environment().text_renderer(text)(variables)
    except Exception as error:  # noqa: BLE001  # a template may raise anything: 1 / 0, say
        message = f"Setting {setting!r} is a template that cannot be rendered: {error}"
        raise SettingsError(message) from None


@dataclass(frozen=True)
class _TemplateTenant:
    id: str
    name: str | None

    def __str__(self) -> str:
        return self.id


@cache
def _environment() -> TemplateEnvironment:
    from xero_client.templates.environment import (  # noqa: PLC0415  # most runs have no template
        TemplateEnvironment,
    )

    return TemplateEnvironment({"xero_date": xero_date})


def xero_date(day: date | datetime | str | None) -> str:
    """A date as Xero's ``where`` parameter needs it: ``DateTime(2026, 01, 31)``.

    Raises:
        ValueError: The value is null, or is not a date.
    """
    if day is None:
        message = "xero_date has no date: the stream has neither a bookmark nor a start_date"
        raise ValueError(message)
    if isinstance(day, str):
        day = datetime.fromisoformat(day.replace("Z", "+00:00"))
    if isinstance(day, datetime) and day.tzinfo:
        day = day.astimezone(timezone.utc)
    return f"DateTime({day.year:04d}, {day.month:02d}, {day.day:02d})"


def budget_months(today: date, params: Mapping[str, Any]) -> dict[str, str]:
    """The months of a budget to ask for; Xero sends three if none are named, and 24 at most.

    (xero-facts.md: Reading by entity)

    Args:
        today: The day of the run. A year before and a year after it are read.
        params: The stream's own parameters, of which ``DateFrom`` and ``DateTo`` win.
    """
    month = today.replace(day=1)
    months = {
        "DateFrom": month.replace(year=month.year - 1).isoformat(),
        "DateTo": (month.replace(year=month.year + 1) - timedelta(days=1)).isoformat(),
    }
    return months | {name: str(params[name]) for name in months if params.get(name)}
