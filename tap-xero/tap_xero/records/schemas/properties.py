"""The JSON Schema of fields of the entity table.

Xero omits fields that have no value (xero-facts.md: Formats), so everything but a key may be null.
Enums stay open, because Xero adds members without notice. Numbers have no precision, because they
are exact decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    Schema,
    copy_of,
    list_of,
    object_of,
)
from xero_client.entities.field_types import Field, Kind, Shape
from xero_client.entities.fields.meanings import Meaning
from xero_client.entities.parts import SHOWN

_PLAIN: Mapping[Kind, Schema] = MappingProxyType(
    {
        Kind.TEXT: STRING,
        Kind.NUMBER: NUMBER,
        Kind.INTEGER: INTEGER,
        Kind.BOOLEAN: BOOLEAN,
        Kind.DATE: DATE,
        Kind.INSTANT: INSTANT,
        Kind.NET_DATE: DATE,
    }
)


def properties_of(fields: Shape, meaning: Meaning) -> Properties:
    """The properties of the fields that are read.

    Args:
        fields: The fields of a record.
        meaning: Tells what a field means.
    """
    return {field.name: property_of(field, meaning) for field in fields.values() if field.is_read}


def property_of(field: Field, meaning: Meaning) -> Schema:
    """The property of one field, with its description.

    Args:
        field: The field.
        meaning: Tells what a field means.
    """
    if field.shape is None:
        value = copy_of(_PLAIN[field.kind])
    else:
        value = object_of(properties_of(SHOWN[field.shape], meaning))
    schema = list_of(value) if field.many else value
    schema["description"] = meaning(field)
    return schema
