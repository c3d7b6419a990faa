"""The streams that the setting ``include`` adds to those that are selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xero_client.entities.included_streams import included_streams

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
