"""The catalog that ``--discover`` writes.

singer-sdk makes an object of each property and a text of it in Python, which takes longer than all
else of a discovery. Here the schemas go into the catalog as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from singer_sdk import Stream


def catalog_of(streams: Iterable[Stream]) -> dict[str, Any]:
    """The catalog of the streams, with the content of singer-sdk's own."""
    return {"streams": [_entry(stream) for stream in streams]}


def catalog_text(catalog: Mapping[str, Any]) -> str:
    """A catalog as a JSON text of lines, in ASCII as singer-sdk's own."""
    return msgspec.json.format(json.dumps(catalog), indent=2)


def _entry(stream: Stream) -> dict[str, Any]:
    entry = {
        "tap_stream_id": stream.tap_stream_id,
        "replication_key": stream.replication_key,
        "replication_method": stream.replication_method,
        "key_properties": stream.primary_keys or [],
        "schema": stream.schema,
        "stream": stream.name,
        "metadata": stream.metadata.to_list(),
    }
    return {name: value for name, value in entry.items() if value is not None}
