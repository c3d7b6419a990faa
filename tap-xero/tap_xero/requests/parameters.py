"""Request parameters of a stream: what the settings say, rendered and checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

from xero_client.errors import SettingsError

if TYPE_CHECKING:
    import jinja2

    from xero_client.auth.tenants import Tenant

# Xero answers 404 to long URLs; its advice is 40 ids a call (xero-facts.md: Limits).
IDS_PER_CALL = 40
LARGEST_PAGE = 1000

STREAM_SETTINGS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "params": {
            "type": "object",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            "description": (
                "Request parameters; texts may be Jinja templates over start, now, today, tenant."
            ),
        },
        "pagination": {
            "type": ["boolean", "null"],
            "description": "Whether to ask for pages; default: what the endpoint offers.",
        },
        "page_size": {"type": ["integer", "null"], "minimum": 1, "maximum": LARGEST_PAGE},
        "ids": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "description": "Read just these records.",
        },
    },
}


@dataclass(frozen=True)
class StreamSettings:
    """What the setting ``streams`` says about one stream.

    Attributes:
        name: The stream.
        params: Request parameters, unrendered.
        pagination: Whether to ask for pages; None for what the endpoint offers.
        page_size: Records a page; None for the tap's own setting.
        ids: Read just these records; empty for all.
    """

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    pagination: bool | None = None
    page_size: int | None = None
    ids: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, name: str, config: Mapping[str, Any]) -> StreamSettings:
        """Takes one stream's part out of the tap's configuration."""
        own = (config.get("streams") or {}).get(name) or {}
        return cls(
            name=name,
            params=own.get("params") or {},
            pagination=own.get("pagination"),
            page_size=own.get("page_size"),
            ids=tuple(own.get("ids") or ()),
        )


@dataclass(frozen=True)
class Moment:
    """What a template can speak of.

    Attributes:
        start: The instant since which the stream is read; None when it is read from its beginning.
        now: The instant at which the run began.
        tenant: The organisation; as text its id, with ``name`` beside it.
    """

    start: datetime | None
    now: datetime
    tenant: Tenant


def checked_stream_names(config: Mapping[str, Any], known: Collection[str]) -> None:
    """Checks the names under ``streams``.

    Raises:
        SettingsError: One is no stream.
    """
    for name in config.get("streams") or {}:
        if name not in known:
            message = (
                f"Setting 'streams' names {name!r}, which is no stream; streams: "
                + ", ".join(sorted(known))
            )
            raise SettingsError(message)


def rendered(settings: StreamSettings, moment: Moment) -> dict[str, str]:
    """The stream's own parameters as they go into the URL.

    Texts are Jinja templates in a sandbox over ``start``, ``now``, ``today`` and ``tenant``, with a
    filter ``xero_date``. True and false become ``true`` and ``false``; null leaves a parameter out.

    Raises:
        SettingsError: A template is wrong.
    """
    params: dict[str, str] = {}
    for name, value in settings.params.items():
        if value is None:
            continue
        if isinstance(value, bool):
            params[name] = "true" if value else "false"
        elif isinstance(value, str) and ("{{" in value or "{%" in value):
            params[name] = _rendered_text(f"streams.{settings.name}.params.{name}", value, moment)
        else:
            params[name] = str(value)
    return params


def _rendered_text(where: str, text: str, moment: Moment) -> str:
    try:
        return (
            _environment()
            .from_string(text)
            .render(
                start=moment.start,
                now=moment.now,
                today=moment.now.astimezone(timezone.utc).date(),
                tenant=_TemplateTenant(moment.tenant.tenant_id, moment.tenant.name),
            )
        )
    except Exception as error:  # noqa: BLE001  # a template may raise anything: 1 / 0, say
        message = f"Setting {where!r} is a template that cannot be rendered: {error}"
        raise SettingsError(message) from None


@dataclass(frozen=True)
class _TemplateTenant:
    id: str
    name: str | None

    def __str__(self) -> str:
        return self.id


def _environment() -> jinja2.Environment:
    from jinja2 import StrictUndefined  # noqa: PLC0415  # most runs have no template
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415  # the same

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.filters["xero_date"] = xero_date
    return environment


def xero_date(day: date | datetime | str | None) -> str:
    """A date as Xero's ``where`` writes it: ``DateTime(2026, 01, 31)``.

    Raises:
        ValueError: There is no date, or a text that is none.
    """
    if day is None:
        message = "xero_date has no date: the stream has neither a bookmark nor a start_date"
        raise ValueError(message)
    if isinstance(day, str):
        day = datetime.fromisoformat(day.replace("Z", "+00:00"))
    if isinstance(day, datetime) and day.tzinfo:
        day = day.astimezone(timezone.utc)
    return f"DateTime({day.year:04d}, {day.month:02d}, {day.day:02d})"
