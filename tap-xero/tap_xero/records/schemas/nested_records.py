"""The schemas of the lists inside records, which are streams of their own."""

from __future__ import annotations

from collections.abc import Mapping

from tap_xero.records.schemas.own_columns import LINE_PLACE, READ_AT, record_schema
from tap_xero.records.schemas.properties import property_of
from tap_xero.records.schemas.types import (
    PLACE,
    Properties,
    Schema,
    as_key,
    copy_of,
    kind_of,
)
from xero_client.entities.field_types import Field, Kind, Shape
from xero_client.entities.fields.meanings import meaning
from xero_client.entities.nested_lists import LINE, LINE_NUMBER, NestedList
from xero_client.entities.parts import SHOWN

# What Xero only sends in answers to writes, and what changes nothing for a reader.
_LEFT_OUT = frozenset({"StatusAttributeString", "HasErrors", "HasValidationErrors"})


def nested_schema(nested: NestedList) -> Schema:
    """The complete JSON Schema of the stream of a nested list."""
    own: Properties = {name: property_of(nested.outer[name], meaning) for name in nested.carried}
    if len(nested.path) > 1:
        own[LINE_NUMBER] = {**copy_of(PLACE), "description": nested.line_number_text}
    own[LINE] = copy_of(LINE_PLACE)
    properties = {**own, **{n: p for n, p in _columns(nested).items() if n not in own}}
    for name in nested.keys:
        if kind_of(properties[name]) == "string":
            properties[name] = as_key(properties[name])
    return record_schema(
        (nested.parent_id,),
        {
            nested.parent_id: property_of(Field(nested.parent_id), meaning),
            **properties,
            "_read_at": copy_of(READ_AT),
        },
    )


def _columns(nested: NestedList) -> Properties:
    """The columns of the members' fields."""
    columns: Properties = {}
    for name, target in row_fields(nested).items():
        field = nested.members[name]
        if isinstance(target, str):
            columns[target] = property_of(field, meaning)
            continue
        for part, column in target.items():
            columns[column] = schema = property_of(_shape_of(field)[part], meaning)
            # A text beside a day names the column of the day.
            is_beside_day = part.endswith("String")
            schema["description"] = (
                meaning(Field(column)) if is_beside_day else f"{name}: {schema['description']}"
            )
    return columns


def row_fields(nested: NestedList) -> Mapping[str, str | Mapping[str, str]]:
    """The column of each field of a member; for an object, the column of each of its fields.

    Objects are flattened one level, ``Invoice.InvoiceID`` to ``Invoice_InvoiceID``. Lists and
    deeper objects are left out: the parent's record has them.
    """
    fields: dict[str, str | Mapping[str, str]] = {}
    for name, field in nested.members.items():
        if name in _LEFT_OUT or field.many or not field.is_read:
            continue
        if field.kind is not Kind.PART:
            fields[name] = name
            continue
        fields[name] = {
            part: f"{name}_{part}"
            for part, inner in _shape_of(field).items()
            if inner.kind is not Kind.PART and not inner.many and part not in _LEFT_OUT
        }
    return fields


def _shape_of(field: Field) -> Shape:
    return SHOWN[field.shape or ""]
