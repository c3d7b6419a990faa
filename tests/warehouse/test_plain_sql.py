"""The plain SQL of the warehouse: current, and right if it can be run."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest
from generated_company import generated_company
from loaders import tool
from warehouse_streams import as_input, messages
from warehouses import PROJECT, Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

TENANT = "11111111-2222-4333-8444-555555555555"
PARSE = "import sys, sqlglot; print(len(sqlglot.parse(sys.stdin.read(), dialect=sys.argv[1])))"


@pytest.fixture(scope="module")
def read_messages():
    with server(companies=[generated_company(TENANT, 3, 150)]) as xero:
        return as_input(messages(xero, [TENANT], date(2025, 9, 1)))


def test_the_files_of_all_databases_are_what_the_project_says():
    command = [tool("dbt", "python"), PROJECT / "plain_sql.py", "--check"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("database", ["snowflake", "bigquery"])
def test_the_file_is_sql_of_its_database(database):
    sql = (PROJECT / "sql" / f"{database}.sql").read_text("utf-8")
    command = [tool("dbt", "python"), "-c", PARSE, database]
    ended = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 80


def check(warehouse, sql):
    warehouse.rows(sql)
    warehouse.rows(sql)  # after the next load it is run again
    [(rows, wrong)] = warehouse.rows(
        "SELECT count(*), sum(CASE WHEN difference <> 0 THEN 1 ELSE 0 END)"
        " FROM analytics.reconciliation"
    )
    assert rows > 100
    assert not int(wrong)
    [(owed,)] = warehouse.rows(
        "SELECT count(*) FROM analytics.aged_receivables_at(DATE '2026-03-15')"
    )
    assert owed


def test_it_runs_on_duckdb(read_messages, tmp_path):
    warehouse = Warehouse.on_duckdb(tmp_path)
    warehouse.loader.load(read_messages)
    check(warehouse, (PROJECT / "sql/duckdb.sql").read_text("utf-8"))


def test_it_runs_on_postgresql(read_messages, tmp_path, fresh_postgres_uri):
    warehouse = Warehouse.on_postgres(tmp_path, fresh_postgres_uri)
    warehouse.loader.load(read_messages)
    sql = (PROJECT / "sql/postgres.sql").read_text("utf-8")
    check(warehouse, sql.replace("tap_xero.", "xero."))
