"""The entity table beside Xero's OpenAPI file, if XERO_OPENAPI points to a copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from xero_client.entities.field_types import Kind
from xero_client.entities.table import ENTITIES, Paging, Route

OPENAPI = os.environ.get("XERO_OPENAPI")
pytestmark = pytest.mark.skipif(
    not OPENAPI, reason="XERO_OPENAPI does not point to Xero's OpenAPI file"
)

# What the file has and the table leaves out, or the other way round, each with the reason.
ROUTES_LEFT_OUT = {
    "ExpenseClaims": "deprecated until February 2027 (xero-facts.md: Writing by entity)",
    "Receipts": "deprecated (xero-facts.md: Writing by entity)",
}
PAGES_BEYOND_THE_FILE = {
    "Quotes": "pageSize is reported to work though the file lacks it (xero-facts.md: Paging)",
}
SCHEMA_OF = {
    "Currencies": "Currency",
    "TrackingCategories": "TrackingCategory",
}
# What the file says is read-only, and is sent nevertheless.
SENT_NEVERTHELESS = {
    "BankTransfers": {"BankTransferID", "Status"},
    "BatchPayments": {"BatchPaymentID", "Status"},
    "CreditNotes": {"SentToContact"},
}
ARRAY = "array"
WITHOUT_TYPE = {"Contacts": {"BatchPayments"}}
KINDS = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "integer": Kind.INTEGER,
    "boolean": Kind.BOOLEAN,
    "object": Kind.PART,
}


@pytest.fixture(scope="module")
def spec():
    return yaml.CSafeLoader(Path(OPENAPI).read_text()).get_single_data()


def operation(spec, path, method):
    return spec["paths"].get(path, {}).get(method)


def parameters(spec, found):
    shared = spec["components"]["parameters"]
    return {
        (shared[given["$ref"].rsplit("/", 1)[-1]] if "$ref" in given else given)["name"]
        for given in found.get("parameters", [])
    }


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_lists_take_the_parameters_that_the_table_says(spec, entity):
    names = parameters(spec, operation(spec, entity.path, "get"))
    reading = entity.reading
    assert reading.modified_since == ("If-Modified-Since" in names - _avoided(entity))
    assert reading.order == ("order" in names)
    assert reading.unitdp == ("unitdp" in names)
    assert ("page" in names) == (reading.paging in (Paging.PAGE, Paging.PAGE_ONLY))
    if entity.name not in PAGES_BEYOND_THE_FILE:
        assert ("pageSize" in names) == (reading.paging is Paging.PAGE)
    assert ("offset" in names) == (reading.paging is Paging.OFFSET)
    assert reading.hidden_parameter in {None, *names}
    assert (reading.hidden_parameter is None) == (not names & {"includeArchived", "includeDeleted"})
    assert reading.ids_parameter == ("IDs" if "IDs" in names else None)
    assert bool(reading.summary_drops) == ("summaryOnly" in names)


def _avoided(entity):
    # Journals take the header, but may then leave journals out (xero-facts.md: Paging).
    return {"If-Modified-Since"} if entity.name == "Journals" else set()


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_the_routes_for_writing_are_those_of_the_file(spec, entity):
    record_path = f"{entity.path}/{{{entity.id_field}}}"
    offered = {
        route
        for route in Route
        if operation(
            spec, record_path if "{id}" in route.value else entity.path, route.method.lower()
        )
    }
    listed = entity.writing.routes if entity.writing else frozenset()
    if entity.name in ROUTES_LEFT_OUT:
        assert offered
        assert not listed
    else:
        assert listed == offered


@pytest.mark.parametrize(
    "entity", [entity for entity in ENTITIES if entity.writing], ids=lambda entity: entity.name
)
def test_errors_are_told_apart_by_record_where_the_file_says_so(spec, entity):
    says = {
        route
        for route in (Route.PUT, Route.POST)
        if (found := operation(spec, entity.path, route.method.lower()))
        and "summarizeErrors" in parameters(spec, found)
    }
    assert entity.writing.summarize_errors == says


def properties_of(spec, entity):
    """The properties of an entity in the file, without references to other schemas."""
    schemas = spec["components"]["schemas"]
    name = SCHEMA_OF.get(entity.name, entity.name.removesuffix("s"))
    properties = {}
    for field, node in schemas[name]["properties"].items():
        found = node
        while "$ref" in found:
            found = schemas[found["$ref"].rsplit("/", 1)[-1]]
        properties[field] = {**found, "readOnly": node.get("readOnly", False)}
    return properties


def kind_of(node):
    if node["type"] == "array":
        return ARRAY
    if node.get("x-is-msdate"):
        return Kind.DATE
    return Kind.INSTANT if node.get("x-is-msdate-time") else KINDS[node["type"]]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_field_of_the_file_is_in_the_table_with_its_type(spec, entity):
    expected = {
        name: kind_of(node)
        for name, node in properties_of(spec, entity).items()
        if name not in WITHOUT_TYPE.get(entity.name, ())
    }
    fields = {name: entity.fields[name] for name in expected.keys() & entity.fields.keys()}
    assert expected == {name: ARRAY if field.many else field.kind for name, field in fields.items()}


@pytest.mark.parametrize(
    "entity", [entity for entity in ENTITIES if entity.writing], ids=lambda entity: entity.name
)
def test_what_the_file_says_is_read_only_is_not_sent(spec, entity):
    read_only = {name for name, node in properties_of(spec, entity).items() if node["readOnly"]}
    sent = {name for name in read_only if entity.fields[name].is_sent}
    assert sent == SENT_NEVERTHELESS.get(entity.name, set())
