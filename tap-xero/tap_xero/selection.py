"""The streams that the settings ``include`` and ``stream_maps`` name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from xero_client.entities.included_streams import included_streams
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_sdk import Stream
    from singer_sdk.singerlib import Catalog


def include_streams(
    streams: Sequence[Stream], config: Mapping[str, Any], catalog: Catalog | None
) -> frozenset[str]:
    """Selects the streams of the setting, and returns their names.

    A catalog that does not select a stream need not select its properties either (Meltano's does
    not). So its entry does not count: all properties of the stream are selected.

    Raises:
        SettingsError: A word of the setting means no stream.
    """
    words = config.get("include") or ()
    included = included_streams(words, [stream.name for stream in streams])
    for stream in streams:
        if stream.name in included:
            stream.selected_by_default = True
            entry = catalog.get_stream(stream.name) if catalog is not None else None
            if catalog is not None and entry and not entry.metadata.resolve_selection()[()]:
                del catalog[stream.name]
    return frozenset(included)


def check_mapped_streams(config: Mapping[str, Any], streams: Collection[str]) -> None:
    """Checks the names and patterns under ``stream_maps``: what should be hidden must not leak.

    Args:
        config: The tap's configuration.
        streams: The names of all streams but the custom ones.

    Raises:
        SettingsError: One means no stream.
    """
    known = {*streams, *(config.get("custom_streams") or {})}
    for name, stream_map in (config.get("stream_maps") or {}).items():
        # A map with __source__ is a stream of its own, made of that one.
        source = stream_map.get("__source__", name) if isinstance(stream_map, dict) else name
        if source != "__else__" and not any(fnmatch(stream, source) for stream in known):
            hint = did_you_mean(source, known)
            message = f"Setting 'stream_maps' names {source!r}, which is not a stream{hint}"
            raise SettingsError(message)
