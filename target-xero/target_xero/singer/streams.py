"""The streams of an input: their SCHEMA, their stream maps and their sinks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from singer_sdk.mapper import PluginMapper, StreamMap

from target_xero.singer.sink import XeroSink
from target_xero.singer.stream_maps import check_mapped_stream, schema_of
from xero_client.command_line.stream_maps import compute_exactly

logger = logging.getLogger("target-xero")

MakeSink = Callable[[str, dict[str, Any], Sequence[str] | None], XeroSink]


class Streams:
    """The streams that have a valid SCHEMA."""

    def __init__(
        self, mapper: PluginMapper, sinks: dict[str, XeroSink], make_sink: MakeSink
    ) -> None:
        """Starts without streams.

        Args:
            mapper: The setting ``stream_maps``.
            sinks: Gets the sink of each stream, by its name in ``stream_maps``.
            make_sink: Makes a sink, from its name, schema and key properties.
        """
        self._mapper = mapper
        self._sinks = sinks
        self._make_sink = make_sink

    def __contains__(self, stream: str) -> bool:
        return stream in self._mapper.stream_maps

    def maps(self, stream: str) -> Sequence[StreamMap]:
        """The stream maps of a stream; one that changes nothing if the setting has none."""
        return self._mapper.stream_maps.get(stream, ())

    def sinks(self, stream: str) -> list[XeroSink]:
        """The sinks that the records of a stream go to."""
        aliases = [stream_map.stream_alias for stream_map in self.maps(stream)]
        return [self._sinks[alias] for alias in aliases if alias in self._sinks]

    def add(self, message: Mapping[str, Any]) -> None:
        """Takes a SCHEMA message; the documents of the stream end.

        Raises:
            InvalidJSONSchema: The schema is not valid.
            MappingError: The stream maps do not fit it.
            SettingsError: The stream's settings are wrong.
        """
        stream = message["stream"]
        setting = self._mapper.stream_maps_dict
        properties = message["schema"]["properties"]
        check_mapped_stream(stream, properties, setting, self._mapper.stream_maps)
        self._mapper.register_raw_stream_schema(
            stream, message["schema"], message.get("key_properties")
        )
        compute_exactly(self.maps(stream))
        for stream_map in self.maps(stream):
            self._add_sink(
                stream_map.stream_alias,
                schema_of(stream_map, stream, setting),
                stream_map.transformed_key_properties,
            )

    def remove(self, stream: str) -> None:
        """Forgets a stream, whose SCHEMA is invalid."""
        self._mapper.stream_maps.pop(stream, None)

    def flush(self, stream: str) -> None:
        """Ends the documents of a stream."""
        for sink in self.sinks(stream):
            sink.flush()

    def close(self) -> None:
        """Closes the sinks."""
        for sink in self._sinks.values():
            sink.clean_up()

    def _add_sink(
        self, alias: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        sink = self._sinks.get(alias)
        if sink is not None:
            keys = list(key_properties or ())
            if sink.original_schema == schema and list(sink.key_properties) == keys:
                return
            logger.info("The schema or the key of stream %r has changed", alias)
            sink.flush()  # another stream may have the same name in stream_maps
        self._sinks[alias] = self._make_sink(alias, schema, key_properties)
