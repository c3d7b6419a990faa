"""The columns that the tap adds to what Xero sends."""

from __future__ import annotations

from tap_xero.records.schemas.types import (
    INSTANT,
    KEY,
    PLACE,
    STRING,
    Properties,
    Schema,
    as_key,
    copy_of,
)

TENANT_ID: Schema = {
    **KEY,
    "description": "Id of the organisation that the record is from (Xero's tenant id, a GUID).",
}
TENANT_NAME: Schema = {**STRING, "description": "Name of the organisation that the record is from."}
READ_AT: Schema = {
    **INSTANT,
    "description": (
        "When the record was requested, in UTC. A row of a list inside a record is current if it "
        "has the _read_at of its record."
    ),
}
LINE_PLACE: Schema = {**PLACE, "description": "Place in the list, from 1."}
ENTRY_ID: Schema = {
    **KEY,
    "description": "Made by the tap from the entry, to which Xero gives no id.",
}
FILE_CONTENT: Schema = {**STRING, "description": "The file itself, in base64."}


def record_schema(keys: tuple[str, ...], properties: Properties) -> Schema:
    """Give the schema of a record, with what every record has of its organisation.

    Args:
        keys: The properties that identify it within an organisation. They come first.
        properties: Its properties.
    """
    return {
        "type": "object",
        "properties": {
            "_tenant_id": copy_of(TENANT_ID),
            "_tenant_name": copy_of(TENANT_NAME),
            **{name: as_key(properties[name]) for name in keys},
            **{name: schema for name, schema in properties.items() if name not in keys},
        },
    }
