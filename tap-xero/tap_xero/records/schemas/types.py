"""The few JSON Schema types that properties consist of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xero_client.json_value import Json

Schema = dict[str, Any]
Properties = dict[str, Schema]

KEY: Schema = {"type": ["string"]}
STRING: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": ["number", "null"]}
INTEGER: Schema = {"type": ["integer", "null"], "minimum": -(2**63), "maximum": 2**63 - 1}
"""A whole number. The bounds let loaders choose a 64-bit type instead of the widest one."""
BOOLEAN: Schema = {"type": ["boolean", "null"]}

PLACE: Schema = {"type": ["integer"], "minimum": 1, "maximum": 2**31 - 1}
"""A place in a list, from 1. The bounds let loaders choose a small integer type."""

DATE: Schema = {"type": ["string", "null"], "format": "date"}
"""A calendar day on a document; it has no time zone."""

INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
"""An instant in UTC, to the millisecond."""


def object_of(properties: Properties) -> Schema:
    """Give the schema of a nested object that may be null and may hold more.

    Args:
        properties: The properties known by name.
    """
    return {"type": ["object", "null"], "properties": properties}


def list_of(member: Schema) -> Schema:
    """Give the schema of a nullable list.

    Args:
        member: The schema of each member.
    """
    return {"type": ["array", "null"], "items": member}


def kind_of(schema: Mapping[str, Any]) -> str:
    """Give the one JSON type that a property has besides null."""
    (kind,) = {*schema["type"]} - {"null"}
    return str(kind)


def copy_of(value: Json) -> Json:
    """Copy without sharing, so that deselecting a property in one place leaves others as they are.

    `copy.deepcopy` would keep one object for two properties that are built from the same list.
    """
    if isinstance(value, dict):
        return {name: copy_of(member) for name, member in value.items()}
    if isinstance(value, list):
        return [copy_of(member) for member in value]
    return value


def as_key(schema: Schema) -> Schema:
    """Give the schema of a text that is never null, and else like another one."""
    return {**schema, "type": ["string"]}
