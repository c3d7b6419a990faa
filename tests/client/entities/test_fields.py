"""The fields of the entity table: shapes that exist, and rows that name fields of their record."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from xero_client.entities import fields
from xero_client.entities.field_types import Kind
from xero_client.entities.nested_lists import NESTED_LISTS
from xero_client.entities.other_apis import fields as other_fields
from xero_client.entities.parts import SHOWN
from xero_client.entities.shapes import SHAPES
from xero_client.entities.table import ALL_ENTITIES

pytestmark = pytest.mark.fast


def test_every_shape_that_is_named_exists():
    for shapes in (SHOWN, SHAPES):
        for shape in shapes.values():
            for field in shape.values():
                assert (field.kind is Kind.PART) == (field.shape is not None), field
                assert field.shape is None or field.shape in shapes, field


def test_no_part_has_the_name_of_another():
    names = []
    for package in (fields, other_fields):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            names += getattr(import_module(module.name), "PARTS", {})
    assert len(names) > 100
    assert len(names) == len(set(names))
    assert set(names) <= SHOWN.keys()


@pytest.mark.parametrize(
    "entity",
    [entity for entity in ALL_ENTITIES if entity.writing],
    ids=lambda entity: entity.title,
)
def test_the_row_names_fields_of_the_record(entity):
    writing = entity.writing
    sent = SHAPES[entity.title].keys()
    named = {*writing.match_fields, *writing.number_fields, *writing.found_by}
    assert named <= entity.fields.keys()
    assert {*writing.refers, *writing.parts_with_names, *writing.aliases} <= sent
    # Parts that only name a record are not shown by Xero.
    for part in writing.parts_with_names:
        assert not entity.fields[part].is_read, part
    assert not sent & entity.read_only


@pytest.mark.parametrize("entity", ALL_ENTITIES, ids=lambda entity: entity.stream)
def test_what_a_row_says_about_reading_is_about_fields_that_are_read(entity):
    shown = {name for name, field in entity.fields.items() if field.is_read}
    named = {*entity.keys, *entity.personal, *entity.carried, *entity.named_by}
    named |= {entity.reading.replication_key or "", *entity.reading.summary_drops} - {""}
    for nested in entity.lists:
        named.add(nested.path[0])
    assert named <= shown | set(entity.parent_fields)


@pytest.mark.parametrize("nested", NESTED_LISTS, ids=lambda nested: nested.stream)
def test_a_list_in_a_record_has_all_that_its_rows_have(nested):
    listed = SHOWN[nested.outer[nested.path[-1]].shape]
    assert set(nested.carried) <= nested.outer.keys() - listed.keys()
    for name, field in nested.members.items():
        if field.is_read:
            assert (listed[name].kind, listed[name].many) == (field.kind, field.many), name
            if field.shape is not None:
                assert SHOWN[field.shape].keys() <= SHOWN[listed[name].shape].keys(), name
