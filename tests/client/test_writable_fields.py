"""The table of writable fields against the tap's schemas: one truth in two places."""

import pytest

from tap_xero.records.schemas import schema_of
from xero_client.entities.shapes import SHAPES
from xero_client.entities.table import ALL_ENTITIES

pytestmark = pytest.mark.fast

KINDS = {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean"}

# The tap reads days and times; the target writes them as each API takes them.
OTHER_KINDS = {"instant": "text", "netdate": "date"}
# What is written and not read: the content of a new file; a field that xero-python lacks; what
# finds another record.
ONLY_WRITTEN = {
    "files": {"Content", "FileName", "FilePath"},
    # They find the record whose id is sent.
    "linked_transactions": {
        "Contact",
        "SourceTransaction",
        "SourceLineItem",
        "TargetTransaction",
        "TargetLineItem",
    },
    "payroll_nz_employee_taxes": {"kiwiSaverStatus"},
}


def kind_of(schema):
    if "format" in schema:
        return {"date": "date", "date-time": "text"}[schema["format"]]
    [kind] = {*schema["type"]} - {"null"}
    return KINDS.get(kind, kind)


def properties():
    for entity in ALL_ENTITIES:
        if entity.writing is None:
            continue
        for name, schema in schema_of(entity.stream)["properties"].items():
            if not name.startswith("_"):
                yield entity, name, schema


def test_every_property_that_is_read_is_writable_or_known_to_be_read_only():
    strangers = [
        (entity.title, name)
        for entity, name, _ in properties()
        if name not in SHAPES[entity.title] and name not in entity.writing.read_only
    ]
    assert strangers == []


def test_no_field_is_both_writable_and_read_only():
    for entity in ALL_ENTITIES:
        if entity.writing is not None:
            assert not SHAPES[entity.title].keys() & entity.writing.read_only, entity.title


def test_kinds_agree_with_the_schemas():
    differing = []
    for entity, name, schema in properties():
        field = SHAPES[entity.title].get(name)
        if field is None or field.kind in ("-", "any") or name in entity.writing.aliases:
            continue
        kind = kind_of(schema)
        own_kind = OTHER_KINDS.get(field.kind, field.kind)
        agrees = field.shape is not None if kind in ("object", "array") else own_kind == kind
        if not agrees or field.many != (kind == "array"):
            differing.append((entity.title, name, kind, field.kind))
    assert differing == []


def test_every_writable_field_is_one_that_can_be_read():
    for entity in ALL_ENTITIES:
        if entity.writing is not None:
            known = schema_of(entity.stream)["properties"].keys()
            written = SHAPES[entity.title].keys() - ONLY_WRITTEN.get(entity.stream, set())
            # Parts that only name a record are not sent.
            assert entity.writing.parts_with_names.keys() <= written
            written -= entity.writing.parts_with_names.keys()
            assert written <= known, entity.title


def test_every_shape_that_is_named_exists():
    for shape in SHAPES.values():
        for field in shape.values():
            assert field.shape is None or field.shape in SHAPES
