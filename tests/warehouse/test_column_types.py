"""The tables and columns that the dbt project makes: names, types and descriptions."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from fivetran_columns import FIVETRAN_COLUMNS

pytestmark = pytest.mark.timeout(1200)

TYPES = {
    "duckdb": {
        "text": "VARCHAR",
        "boolean": "BOOLEAN",
        "int": "BIGINT",
        "numeric": "DECIMAL(28,6)",
        "float": "DOUBLE",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
    },
    "postgres": {
        "text": "text",
        "boolean": "boolean",
        "int": "bigint",
        "numeric": "numeric",
        "float": "double precision",
        "date": "date",
        "timestamp": "timestamp without time zone",
    },
}
# What Xero's numbers become: quantities and rates, money, and integers.
NUMBERS = {"DECIMAL(28,6)", "DECIMAL(20,2)", "BIGINT", "INTEGER"}


def columns_of(warehouse, condition):
    """The type of each column, by schema and table."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for schema, table, column, kind in warehouse.rows(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        f" WHERE {condition}"
    ):
        found[schema, table][column] = kind
    return found


def test_every_table_and_column_is_described(duckdb):
    manifest = json.loads((duckdb.folder / "target/manifest.json").read_text())
    described = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            assert node["description"], node["name"]
            columns = {name for name, column in node["columns"].items() if column["description"]}
            described[node["schema"], node["alias"]] = columns
    made = columns_of(duckdb, "table_schema LIKE 'analytics%'")

    assert described == {table: set(columns) for table, columns in made.items()}


def test_fivetran_tables_have_the_columns_and_types_that_its_package_reads(warehouse):
    made = columns_of(warehouse, "table_schema = 'analytics_fivetran'")
    types = TYPES[warehouse.database]

    assert {table for _, table in made} == set(FIVETRAN_COLUMNS)
    for (_, table), columns in made.items():
        expected = {name: types[kind] for name, kind in FIVETRAN_COLUMNS[table].items()}
        assert {name: kind for name, kind in columns.items() if name in expected} == expected, table


def test_numbers_are_exact_and_none_is_wider_than_xeros(duckdb):
    made = columns_of(duckdb, "table_schema LIKE 'analytics%'")
    others = {"VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP"}
    odd = {
        (*table, column, kind)
        for table, columns in made.items()
        for column, kind in columns.items()
        if kind not in NUMBERS | others
    }

    assert odd == {
        ("analytics_fivetran", "bank_transaction", "batch_payment_total_amount", "DOUBLE")
    }
