"""The JSON Schema of a stream of the other APIs."""

from __future__ import annotations

from tap_xero.records.schemas.names_in_words import described_by_name
from tap_xero.records.schemas.other_apis import OTHER_SCHEMAS
from tap_xero.records.schemas.types import INSTANT, KEY, STRING, Schema, copy_of, record_schema
from xero_client.entities.table import ALL_BY_STREAM


def other_schema(stream_name: str) -> Schema:
    """Give the complete JSON Schema of a stream, as a copy that the caller owns.

    Args:
        stream_name: A stream of the entity table.

    Raises:
        KeyError: No stream has that name.
    """
    entity, properties = ALL_BY_STREAM[stream_name], OTHER_SCHEMAS[stream_name]
    of_parent = dict.fromkeys(entity.parent.fields, STRING) if entity.parent else {}
    schema = record_schema(entity.keys, {**of_parent, **properties})
    for name in entity.keys:
        # A day can be a part of a key.
        schema["properties"][name] |= {
            keyword: value
            for keyword, value in properties.get(name, KEY).items()
            if keyword == "format"
        }
    schema["properties"]["_read_at"] = copy_of(INSTANT)
    return described_by_name(schema, stream_name)
