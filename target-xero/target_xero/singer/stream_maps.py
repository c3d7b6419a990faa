"""Applies the setting ``stream_maps`` to a record."""

from __future__ import annotations

from singer_sdk.exceptions import MappingError
from singer_sdk.mapper import SameRecordTransform, StreamMap

from target_xero.build.records import InvalidRecordError, Record

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
    return mapped
