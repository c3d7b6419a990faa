"""The streams that the settings ``include`` and ``stream_maps`` name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from singer_sdk.mapper import MAPPER_ELSE_OPTION, MAPPER_SOURCE_OPTION

from xero_client.command_line.stream_maps import check_map_options, hides
from xero_client.entities.included_streams import included_streams
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_sdk import Stream
    from singer_sdk.singerlib import Catalog

logger = logging.getLogger("tap-xero")


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


def warn_of_no_selection(selected: Collection[str]) -> None:
    """Warns if no stream is selected, so that nothing is read."""
    if not selected:
        logger.warning(
            "No stream is selected: select one in the catalog, or name one in the setting 'include'"
        )


def check_stream_maps(
    config: Mapping[str, Any], names: Collection[str], streams: Callable[[], Mapping[str, Stream]]
) -> None:
    """Checks the setting ``stream_maps``: what it should hide must not be written.

    Args:
        config: The tap's configuration.
        names: The names of all streams but the custom ones.
        streams: Gives the streams, once the names are right.

    Raises:
        SettingsError: A name or pattern means no stream, or a field or option does not exist.
    """
    if config.get("stream_maps"):
        _check_mapped_streams(config, names)
        check_map_options(config["stream_maps"])
        _check_mapped_fields(config, streams().values())


def _check_mapped_streams(config: Mapping[str, Any], names: Collection[str]) -> None:
    known = {*names, *(config.get("custom_streams") or {})}
    for name, stream_map in (config.get("stream_maps") or {}).items():
        # A map with __source__ is a stream of its own, made of that one.
        source = (
            stream_map.get(MAPPER_SOURCE_OPTION, name) if isinstance(stream_map, dict) else name
        )
        is_text = isinstance(source, str)
        if source != MAPPER_ELSE_OPTION and not (
            is_text and any(fnmatch(stream, source) for stream in known)
        ):
            hint = did_you_mean(source, known) if is_text else ""
            message = f"Setting 'stream_maps' names {source!r}, which is not a stream{hint}"
            raise SettingsError(message)


def _check_mapped_fields(config: Mapping[str, Any], streams: Collection[Stream]) -> None:
    """Checks the fields that the maps are to hide: a misspelled one would be written.

    A map of a pattern may hide a field that only some of the streams have. What a custom stream
    has, and what Xero sends beside the schema, is not known for certain: then a warning is enough.
    """
    for name, stream_map in (config.get("stream_maps") or {}).items():
        if not isinstance(stream_map, dict):
            continue
        source = stream_map.get(MAPPER_SOURCE_OPTION, name)
        mapped = [stream for stream in streams if fnmatch(stream.name, source)]
        for field, expression in stream_map.items():
            setting = f"Setting 'stream_maps.{name}'"
            if hides(field, expression) and any(stream.selected for stream in mapped):
                _check_hidden_field(setting, field, mapped, config)


def _check_hidden_field(
    setting: str, field: str, streams: Collection[Stream], config: Mapping[str, Any]
) -> None:
    if any(field in stream.schema["properties"] for stream in streams):
        return
    known = {name for stream in streams for name in stream.schema["properties"]}
    outer = field.replace("__", ".").partition(".")[0]
    hint = (
        f": to hide a part of {outer!r}, deselect it in the catalog"
        if outer in known
        else did_you_mean(field, known)
    )
    message = f"{setting} hides {field!r}, which is not a field of the stream{hint}"
    customs = config.get("custom_streams") or {}
    if config["unknown_fields"] == "drop" and not any(each.name in customs for each in streams):
        raise SettingsError(message)
    logger.warning("%s", message)
