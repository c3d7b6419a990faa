"""Catalogs of an earlier version, which do not know all fields: records fit their SCHEMA."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tap_runner import catalog_of, read

DEMO = pytest.mark.sandbox(companies=["demo"])


def without_field(stream, *path):
    """A catalog that does not know a field, neither its schema nor its metadata."""
    catalog = deepcopy(catalog_of([stream]))
    [entry] = [each for each in catalog["streams"] if each["tap_stream_id"] == stream]
    part = entry["schema"]
    for name in path[:-1]:
        part = part["properties"][name]
        part = part.get("items", part)
    del part["properties"][path[-1]]
    entry["metadata"] = [m for m in entry["metadata"] if m["breadcrumb"][-1:] != [path[-1]]]
    return catalog


def unknown_to(schema, value, path=""):
    """The fields of a value that its schema does not have."""
    if isinstance(value, list):
        return {each for member in value for each in unknown_to(schema["items"], member, path)}
    if not isinstance(value, dict) or "properties" not in schema:
        return set()
    known = schema["properties"]
    found = {f"{path}/{name}" for name in value if name not in known}
    for name in value.keys() & known.keys():
        found |= unknown_to(known[name], value[name], f"{path}/{name}")
    return found


@DEMO
@pytest.mark.parametrize("more", [{}, {"flattening_enabled": True, "flattening_max_depth": 2}])
@pytest.mark.parametrize(
    "path",
    [
        ("contacts", "Name"),
        ("contacts", "_read_at"),
        ("contacts", "_tenant_name"),
        ("invoices", "Contact", "Name"),
        ("invoices", "LineItems", "Description"),
        ("invoices", "LineItems", "Tracking", "Option"),
        ("invoices", "LineItems", "Tracking"),
        ("invoice_line_items", "AccountCode"),
        ("trial_balances", "AccountCode"),
        ("projects", "name"),
    ],
)
def test_a_field_that_the_catalog_does_not_know_is_not_written(xero, path, more):
    stream = path[0]
    run = read(xero, catalog=without_field(*path), reports={"from": "2026-11"}, **more)
    assert run.exit_code == 0, run.log
    [schema] = [m["schema"] for m in run.messages if m["type"] == "SCHEMA"]
    records = run.records(stream)
    assert records
    assert {each for record in records for each in unknown_to(schema, record)} == set()
    assert len(records[0]) > 3


@DEMO
@pytest.mark.parametrize("stream", ["invoice_line_items", "invoice_line_item_tracking"])
@pytest.mark.parametrize("removed", ["Description", "Tracking"])
def test_the_stream_of_a_list_has_a_field_that_the_catalog_of_its_parent_does_not_know(
    xero, stream, removed
):
    whole = read(xero, [stream]).records(stream)
    catalog = without_field("invoices", "LineItems", removed)
    for entry in catalog["streams"]:
        if entry["tap_stream_id"] == stream:
            entry["metadata"][-1]["metadata"]["selected"] = True
            assert entry["metadata"][-1]["breadcrumb"] == []
    run = read(xero, catalog=catalog)
    assert run.exit_code == 0, run.log
    assert {removed} & {name for each in run.records("invoices") for name in each} == set()
    lines = [line for each in run.records("invoices") for line in each["LineItems"]]
    assert lines
    assert not any(removed in line for line in lines)

    def without_read_at(rows):
        return [{**row, "_read_at": None} for row in rows]

    assert without_read_at(run.records(stream)) == without_read_at(whole)


def test_a_field_of_the_members_of_a_list_that_is_not_selected_is_not_written(xero):
    xero.add("Invoices", {"Type": "ACCREC", "LineItems": [{"Description": "x", "Quantity": 1}]})
    catalog = catalog_of(["invoices"])
    [entry] = [each for each in catalog["streams"] if each["tap_stream_id"] == "invoices"]
    crumb = ["properties", "LineItems", "items", "properties", "Description"]
    entry["metadata"].append({"breadcrumb": crumb, "metadata": {"selected": False}})
    [invoice] = read(xero, catalog=catalog).records("invoices")
    [line] = invoice["LineItems"]
    assert "Description" not in line
    assert line["Quantity"] == 1


def test_the_bookmark_moves_though_the_catalog_does_not_know_its_field(xero):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    run = read(xero, catalog=without_field("contacts", "UpdatedDateUTC"))
    assert run.exit_code == 0, run.log
    assert "replication_key_value" in run.partition("contacts")


def test_a_schema_without_properties_says_nothing_of_fields(xero):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    catalog = without_field("contacts", "Name")
    catalog["streams"] = [s for s in catalog["streams"] if s["tap_stream_id"] == "contacts"]
    catalog["streams"][0]["schema"] = {"type": "object"}
    run = read(xero, catalog=catalog)
    assert run.records("contacts")[0]["Name"] == "A"
