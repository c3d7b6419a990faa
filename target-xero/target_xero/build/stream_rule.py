"""How the records of one stream are published, by the setting ``streams``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

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
        unknown_columns: ``reject`` or ``ignore``: what happens to fields that Xero does not have.
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
    unknown_columns: str = REJECT

    @classmethod
    def from_config(cls, stream: str, config: Mapping[str, Any]) -> StreamRule:
        """The settings of a stream: those of matching globs, then those of its own name.

        Later settings win.

        Args:
            stream: The stream's name.
            config: The target's configuration.
        """
        streams: Mapping[str, Any] = config.get("streams") or {}
        merged: dict[str, Any] = {}
        globs = [name for name in streams if name != stream and fnmatchcase(stream, name)]
        for name in [*globs, *([stream] if stream in streams else [])]:
            for key, value in (streams[name] or {}).items():
                if value is None:
                    continue
                if key in ("query", "payload", "columns"):
                    merged[key] = {**merged.get(key, {}), **value}
                else:
                    merged[key] = value
        group_by = merged.get("group_by") or ()
        return cls(
            stream=stream,
            entity=merged.get("entity") or stream,
            method=merged.get("method") or config.get("method") or "POST",
            path=merged.get("path"),
            query=merged.get("query") or {},
            payload=merged.get("payload") or {},
            group_by=(group_by,) if isinstance(group_by, str) else tuple(group_by),
            files=merged.get("files"),
            envelope_paths=bool(merged.get("envelope_paths")),
            names_entity=bool(merged.get("entity")),
            columns=merged.get("columns") or {},
            date_format=merged.get("date_format") or config.get("date_format") or None,
            unknown_columns=config.get("unknown_columns") or REJECT,
        )
