"""The setting ``stream_maps``: checks it, and applies it to a record."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import date
from fnmatch import fnmatch
from typing import Any

from singer_sdk.exceptions import MappingError
from singer_sdk.mapper import MAPPER_SOURCE_OPTION, SameRecordTransform, StreamMap

from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.streams.stream_names import STREAM_LIKENESS, check_stream_name
from xero_client.command_line.stream_maps import MAP_OPTIONS, hides
from xero_client.errors import SettingsError
from xero_client.names import nearest_name, normalized_name

logger = logging.getLogger("target-xero")

# The errors of ``stream_maps`` expressions that singer-sdk does not catch.
MAPPING_ERRORS = (
    MappingError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)


def check_mapped_stream(
    stream: str,
    properties: Collection[str],
    stream_maps: Mapping[str, Any],
    seen: Collection[str],
) -> None:
    """Checks that what the setting says of a stream is not under a misspelled name.

    The filter of ``invoice`` would have no effect on the stream ``invoices``, and neither would a
    field to hide that the stream calls otherwise.

    Args:
        stream: The stream that comes.
        properties: Its fields.
        stream_maps: The setting.
        seen: The streams that came before it. Their maps are not meant for this one.

    Raises:
        SettingsError: A name in the setting is a misspelling of the stream, or of a field of it.
    """
    sources = {_source_of(name, stream_map): name for name, stream_map in stream_maps.items()}
    check_stream_name(stream, "stream_maps", sources, seen)
    own = stream_maps.get(sources.get(stream, ""))
    hidden = {
        field
        for field, expression in (own.items() if isinstance(own, Mapping) else ())
        if hides(field, expression)
    }
    for field in sorted(hidden - {*properties}):
        nearest = nearest_name(field, properties, STREAM_LIKENESS)
        if nearest is None or nearest in hidden:
            continue
        message = (
            f"Setting 'stream_maps.{sources[stream]}' hides {field!r}, which is not a field of "
            f"the stream: did you mean {nearest!r}?"
        )
        if normalized_name(nearest) == normalized_name(field):
            raise SettingsError(message)
        # The source may have dropped the field.
        logger.warning("%s", message)


def schema_of(stream_map: StreamMap, stream: str, stream_maps: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of mapped records, in which what an expression computes may have any type.

    singer-sdk guesses the type: ``amount / 100`` is a text for it, or an integer if ``amount`` is.

    Args:
        stream_map: The map.
        stream: The stream in the tap.
        stream_maps: The setting.
    """
    schema: dict[str, Any] = stream_map.transformed_schema
    properties = schema.get("properties", {})
    known = stream_map.raw_schema.get("properties", {})
    types = {
        field: known.get(expression, {})
        for name, own in stream_maps.items()
        if isinstance(own, Mapping) and fnmatch(stream, _source_of(name, own))
        for field, expression in own.items()
        if field in properties and field not in MAP_OPTIONS and isinstance(expression, str)
    }
    return {**schema, "properties": {**properties, **types}} if types else schema


def _source_of(name: str, stream_map: object) -> str:
    """The stream that a map is applied to."""
    own = stream_map.get(MAPPER_SOURCE_OPTION, name) if isinstance(stream_map, Mapping) else name
    return str(own)


def apply_stream_map(stream_map: StreamMap, record: Record) -> Record | None:
    """Applies a stream map to a record; returns None if the map filters the record out.

    Raises:
        InvalidRecordError: An expression does not fit the record.
    """
    if isinstance(stream_map, SameRecordTransform):
        return record
    try:
        mapped: Record | None = stream_map.transform(dict(record))
    except MAPPING_ERRORS as error:
        why = f"{error} {error.__cause__ or ''}".rstrip()
        raise InvalidRecordError([f"stream_maps cannot map the record: {why}"]) from None
    if mapped is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in mapped.items()
    }
