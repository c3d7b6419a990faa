"""What the dbt project takes from a loader, and how it describes what it makes."""

from __future__ import annotations

import json
from datetime import date

import pytest
from generated_company import generated_company
from warehouse_streams import as_input, messages
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

TENANT = "11111111-2222-4333-8444-555555555555"
# Of fivetran's dbt_xero 1.6.1: some columns of each table, with the types that its models need.
FIVETRAN = {
    "account": {"account_id": "VARCHAR", "class": "VARCHAR", "updated_date_utc": "TIMESTAMP"},
    "bank_transaction": {"date": "DATE", "total": "DECIMAL(28,6)", "is_reconciled": "BOOLEAN"},
    "contact": {"_fivetran_deleted": "BOOLEAN", "discount": "BIGINT"},
    "credit_note": {"remaining_credit": "DECIMAL(28,6)", "due_date": "DATE"},
    "invoice": {
        "date": "DATE",
        "planned_payment_date": "TIMESTAMP",
        "cisdeduction": "DECIMAL(28,6)",
    },
    "invoice_line_item": {"line_amount": "DECIMAL(28,6)", "discount_rate": "BIGINT"},
    "invoice_line_item_has_tracking_category": {"option": "VARCHAR"},
    "journal": {"journal_date": "DATE", "journal_number": "BIGINT"},
    "journal_cash": {"journal_date": "DATE"},
    "journal_cash_line": {"net_amount": "DECIMAL(28,6)"},
    "journal_cash_line_has_tracking_category": {"tracking_category_option_id": "VARCHAR"},
    "journal_line": {"net_amount": "DECIMAL(28,6)", "tax_name": "VARCHAR"},
    "journal_line_has_tracking_category": {"tracking_category_option_id": "VARCHAR"},
    "organization": {"apikey": "VARCHAR", "financial_year_end_day": "BIGINT"},
    "tracking_category": {"tracking_category_id": "VARCHAR"},
    "tracking_category_has_option": {"tracking_option_id": "VARCHAR"},
    "tracking_category_option": {"is_active": "BOOLEAN"},
}


@pytest.fixture(scope="module")
def lines():
    """All messages of a small company, some of whose lines have no id, as in samples of Xero."""
    with server(companies=[generated_company(TENANT, 11, 60)]) as xero:
        read = messages(xero, [TENANT], date(2025, 9, 1))
    for line in read:
        if line["type"] == "RECORD" and line["stream"].startswith(("credit_note_", "prepayment_")):
            line["record"].pop("LineItemID", None)
    return read


def load(warehouse, lines):
    warehouse.loader.load(as_input(lines))


@pytest.fixture(scope="module")
def built(lines, tmp_path_factory):
    warehouse = Warehouse.on_duckdb(tmp_path_factory.mktemp("built"))
    load(warehouse, lines)
    warehouse.build()
    return warehouse


def test_every_table_and_column_is_described(built):
    manifest = json.loads((built.folder / "target/manifest.json").read_text())
    described = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            assert node["description"], node["name"]
            columns = {name for name, column in node["columns"].items() if column["description"]}
            described[node["schema"], node["alias"]] = columns
    there: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in built.rows(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns"
        " WHERE table_schema LIKE 'analytics%'"
    ):
        there.setdefault((schema, table), set()).add(column)
    assert described == there


def test_fivetran_tables_have_the_types_that_its_package_needs(built):
    types: dict[str, dict[str, str]] = {}
    for table, column, kind in built.rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'analytics_fivetran'"
    ):
        types.setdefault(table, {})[column] = kind
    assert types.keys() == FIVETRAN.keys()
    for table, columns in FIVETRAN.items():
        assert columns.items() <= types[table].items()
        assert types[table]["_fivetran_synced"] == "TIMESTAMP"


def test_tracking_of_lines_without_an_id_is_that_of_their_place(lines, built):
    tracked = [
        line["record"]["Option"]
        for line in lines
        if line["type"] == "RECORD" and line["stream"] == "credit_note_line_item_tracking"
    ]
    found = built.rows(
        """
        SELECT tracking.option_name
        FROM analytics_ledger.ledger_line_tracking AS tracking
        INNER JOIN analytics_staging.stg_xero__credit_note_line_items AS items
            ON tracking.line_key = 'credit_note:' || items.credit_note_id || ':' || items.line
        """
    )
    assert tracked
    assert sorted(option for (option,) in found) == sorted(tracked)


def test_only_accounts_and_the_organisation_are_required(lines, tmp_path):
    few = [
        line
        for line in lines
        if line["type"] == "STATE" or line.get("stream") in {"accounts", "organisations"}
    ]
    warehouse = Warehouse.on_duckdb(tmp_path)
    load(warehouse, few)
    warehouse.build()
    assert warehouse.rows("SELECT count(*) FROM analytics.general_ledger") == [(0,)]


def test_a_row_that_left_a_trial_balance_is_not_current(lines, tmp_path):
    of_stream = [line for line in lines if line.get("stream") == "trial_balances"]
    schema = next(line for line in of_stream if line["type"] == "SCHEMA")
    rows = [line for line in of_stream if line["type"] == "RECORD"]
    last = max(row["record"]["Date"] for row in rows)
    gone, *again = [row for row in rows if row["record"]["Date"] == last]
    later = [
        {**row, "record": {**row["record"], "_read_at": "2030-01-01T00:00:00Z"}} for row in again
    ]
    state = {"type": "STATE", "value": {}}
    warehouse = Warehouse.on_duckdb(tmp_path)
    load(warehouse, [schema, *rows, state])
    load(warehouse, [schema, *later, state])
    ended = warehouse.dbt("run", "--select", "stg_xero__trial_balances")
    assert ended.returncode == 0, ended.stdout[-3000:]

    current = warehouse.rows(
        "SELECT CAST(date AS varchar), row_key FROM analytics_staging.stg_xero__trial_balances"
    )
    keys = {(row["record"]["Date"], row["record"]["RowKey"]) for row in rows}
    assert set(current) == keys - {(last, gone["record"]["RowKey"])}


def test_a_required_table_that_is_missing_is_named(lines, tmp_path):
    few = [line for line in lines if line["type"] == "STATE" or line["stream"] == "accounts"]
    warehouse = Warehouse.on_duckdb(tmp_path)
    load(warehouse, few)
    ended = warehouse.dbt("run")
    assert ended.returncode == 1
    assert 'There is no table "loaded"."main"."organisations"' in ended.stdout


def test_a_line_that_was_removed_in_xero_does_not_count(lines, tmp_path):
    warehouse = Warehouse.on_duckdb(tmp_path)
    load(warehouse, lines)
    # The next read finds the invoice with one line less; the loader keeps the line.
    invoice = next(
        line["record"]
        for line in lines
        if line["type"] == "RECORD"
        and line["stream"] == "invoices"
        and len(line["record"]["LineItems"]) > 1
    )
    kept, *_ = invoice["LineItems"]
    again = []
    for line in lines:
        if line["type"] == "SCHEMA" and line["stream"] in {"invoices", "invoice_line_items"}:
            again.append(line)
        if line["type"] != "RECORD" or line["record"].get("InvoiceID") != invoice["InvoiceID"]:
            continue
        record = {**line["record"], "_read_at": "2030-01-01T00:00:00+00:00"}
        if line["stream"] == "invoices" or (
            line["stream"] == "invoice_line_items" and record["LineItemID"] == kept["LineItemID"]
        ):
            again.append({**line, "record": record})
    load(warehouse, [*again, {"type": "STATE", "value": {"bookmarks": {}}}])
    ended = warehouse.dbt("run", "--select", "stg_xero__invoice_line_items")
    assert ended.returncode == 0, ended.stdout
    where = f"WHERE invoiceid = '{invoice['InvoiceID']}'"
    [(loaded,)] = warehouse.rows(f"SELECT count(*) FROM main.invoice_line_items {where}")
    assert loaded == len(invoice["LineItems"])
    assert warehouse.rows(
        "SELECT line_item_id FROM analytics_staging.stg_xero__invoice_line_items"
        f" WHERE invoice_id = '{invoice['InvoiceID']}'"
    ) == [(kept["LineItemID"],)]
