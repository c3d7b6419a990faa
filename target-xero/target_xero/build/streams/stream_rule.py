"""How the records of one stream are published, by the setting ``streams``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from target_xero.build.streams.stream_settings import StreamSettings, settings_of
from target_xero.build.templates.rendering import fields_read, placeholders

REJECT, IGNORE = "reject", "ignore"


@dataclass(frozen=True)
class StreamRule:
    """How the records of one stream are published.

    Attributes:
        stream: The stream.
        entity: Xero's entity or a child, as named by the settings or by the stream.
        method: ``POST``, ``PUT``, ``DELETE``; in generic mode ``PATCH`` as well.
        path: A path template that overrides the entity's own.
        query: Query data, with templates not yet rendered.
        payload: Payload data, with templates not yet rendered.
        group_by: The columns by which consecutive records are one document.
        files: The folder that attachments are read from; None if no file may be read.
        envelope_paths: Whether the records themselves may say which path they go to.
        names_entity: Whether the settings name the entity; if not, it is the stream's name.
        columns: Xero's fields by column; they win over every guess.
        date_format: How dates are written besides ISO 8601; see ``values.converters``.
        decimal_comma: Whether numbers are written like ``1.234,56``; None if nothing says it, so
            that ``1.000`` may be one or a thousand.
        unknown_columns: ``reject`` or ``ignore``: what happens to fields that Xero does not have.
        on_deleted: What happens to a record that its source marks as deleted: ``reject``,
            ``remove`` or ``skip``.
        match: The fields by which an existing record is found; empty for the entity's own.
        overwrite: What may be changed that exists in Xero; None for the default of the entity.
        tenant_id: A template over the record: the organisation that it goes to; None for that of
            the target's own settings.
        mirror: Whether what the stream published and that did not come again is removed; ``all``
            if that may be more than half.
        checks_existing: Whether a record that exists in Xero is found before it is changed; a
            copy has rules of its own.
    """

    stream: str
    entity: str
    method: str = "POST"
    path: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    files: str | None = None
    envelope_paths: bool = False
    names_entity: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal_comma: bool | None = None
    unknown_columns: str = REJECT
    on_deleted: str = "reject"
    match: tuple[str, ...] = ()
    overwrite: str | None = None
    tenant_id: str | None = None
    mirror: bool | str = False
    checks_existing: bool = False

    @property
    def columns_read(self) -> frozenset[str]:
        """The columns that its templates read.

        Templates are in ``path``, ``query``, ``payload`` and ``tenant_id``.
        """
        in_path = {name.partition(".")[0] for name in placeholders(self.path or "")}
        settings = [self.path, self.tenant_id, dict(self.query), dict(self.payload)]
        return frozenset(in_path | fields_read(settings))

    @classmethod
    def from_config(cls, stream: str, config: Mapping[str, Any]) -> StreamRule:
        """The settings of a stream: those of matching globs, then those of its own name.

        Later settings win.

        Args:
            stream: The stream's name.
            config: The target's configuration.

        Raises:
            SettingsError: A value is invalid.
        """
        streams = config.get("streams") or {}
        globs = [name for name in streams if name != stream and fnmatchcase(stream, name)]
        own = StreamSettings()
        for name in [*globs, *([stream] if stream in streams else [])]:
            own = settings_of(name, streams[name]).over(own)
        comma = config.get("decimal_comma") if own.decimal_comma is None else own.decimal_comma
        return cls(
            stream=stream,
            entity=own.entity or stream,
            method=own.method or config.get("method") or "POST",
            path=own.path,
            query=own.query or {},
            payload=own.payload or {},
            group_by=_names(own.group_by),
            files=own.files,
            envelope_paths=bool(own.envelope_paths),
            names_entity=bool(own.entity),
            columns=own.columns or {},
            date_format=own.date_format or config.get("date_format") or None,
            decimal_comma=comma,
            unknown_columns=config.get("unknown_columns") or REJECT,
            on_deleted=own.on_deleted or config.get("on_deleted") or "reject",
            match=_names(own.match),
            overwrite=own.overwrite or config.get("overwrite"),
            tenant_id=own.tenant_id,
            mirror=own.mirror or False,
            checks_existing=True,
        )


def _names(value: list[str] | str | None) -> tuple[str, ...]:
    """One name or several, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value or ())
