"""What the dbt project takes from a loader."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from generated_company import generated_company
from warehouse_streams import as_input, messages
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

LINES = "invoice_line_items"
TENANT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def lines():
    """All messages of a small company, some of whose lines have no id, as in samples of Xero."""
    with server(companies=[generated_company(TENANT, 11, 60)]) as xero:
        read = messages(xero, [TENANT], date(2025, 9, 1))
    for line in read:
        if line["type"] == "RECORD" and line["stream"].startswith(("credit_note_", "prepayment_")):
            line["record"].pop("LineItemID", None)
    return read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all tests, because dbt parses the project once for a folder and database."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture
def warehouse(folder):
    """An empty database."""
    (folder / "loaded.duckdb").unlink(missing_ok=True)
    return Warehouse.on_duckdb(folder)


def load(warehouse, lines):
    warehouse.loader.load(as_input(lines))


def run(warehouse, *models):
    ended = warehouse.dbt("run", "--select", *models)
    assert ended.returncode == 0, ended.stdout[-3000:]


def test_tracking_of_lines_without_an_id_is_that_of_their_place(lines, warehouse):
    load(warehouse, lines)
    models = ["+general_ledger", "+ledger_line_tracking"]
    warehouse.build("--select", *models, "--indirect-selection", "cautious")
    tracked = [
        line["record"]["Option"]
        for line in lines
        if line["type"] == "RECORD" and line["stream"] == "credit_note_line_item_tracking"
    ]
    found = warehouse.rows(
        """
        SELECT tracking.option_name
        FROM analytics_ledger.ledger_line_tracking AS tracking
        INNER JOIN analytics_staging.stg_xero__credit_note_line_items AS items
            ON tracking.line_key = 'credit_note:' || items.credit_note_id || ':' || items.line
        """
    )
    assert tracked
    assert sorted(option for (option,) in found) == sorted(tracked)


def test_only_accounts_and_the_organisation_are_required(lines, warehouse):
    few = [
        line
        for line in lines
        if line["type"] == "STATE" or line.get("stream") in {"accounts", "organisations"}
    ]
    load(warehouse, few)
    warehouse.build()
    assert warehouse.rows("SELECT count(*) FROM analytics.general_ledger") == [(0,)]


def test_a_stream_of_lines_that_is_not_loaded_is_named_and_the_marts_are_built(lines, warehouse):
    missing = {"credit_note_line_items", "manual_journal_lines"}
    load(warehouse, [line for line in lines if line.get("stream") not in missing])
    ended = warehouse.dbt("build")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert warehouse.rows("SELECT count(*) > 0 FROM analytics.general_ledger") == [(True,)]
    assert "Warning in test streams_are_loaded_with_their_parts" in ended.stdout
    named = set(re.findall(r"The stream (\w+) is not loaded", ended.stdout))
    assert named == missing


def test_a_document_without_lines_in_a_table_of_lines_is_an_error(lines, warehouse):
    items = [line for line in lines if line.get("stream") == "credit_note_line_items"]
    load(warehouse, [line for line in lines if line not in items[2:]])
    ended = warehouse.dbt("build")
    assert ended.returncode == 1
    assert "every_document_has_its_lines" in ended.stdout


@pytest.mark.parametrize("change", ["lost", "twice"])
def test_a_line_that_is_lost_or_comes_twice_is_an_error(lines, warehouse, change):
    line = next(
        line
        for line in lines
        if line["type"] == "RECORD"
        and line["stream"] == LINES
        and line["record"]["_line"] == 2
        and line["record"]["LineAmount"]
        and is_on_the_books(lines, line["record"]["InvoiceID"])
    )
    again = {**line, "record": {**line["record"], "LineItemID": TENANT, "_line": 99}}
    changed = []
    for each in lines:
        if each is not line:
            changed.append(each)
        elif change == "twice":
            changed += [line, again]
    load(warehouse, changed)
    ended = warehouse.dbt("build")
    assert ended.returncode == 1
    assert "Failure in test lines_equal_document_total" in ended.stdout


def is_on_the_books(lines, invoice_id):
    return any(
        line["type"] == "RECORD"
        and line["stream"] == "invoices"
        and line["record"]["InvoiceID"] == invoice_id
        and line["record"]["Status"] in {"AUTHORISED", "PAID"}
        for line in lines
    )


def test_the_reconciliation_has_what_only_documents_say(lines, warehouse):
    """Neither the ledger nor Xero has an amount on the account: the residual takes it back."""
    used = {
        line["record"]["AccountID"]
        for line in lines
        if line["type"] == "RECORD" and line["stream"] == "trial_balances"
    }
    unused = next(
        line["record"]["AccountID"]
        for line in lines
        if line["type"] == "RECORD"
        and line["stream"] == "accounts"
        and line["record"]["AccountID"] not in used
        and line["record"]["Class"] == "EXPENSE"
    )
    changed = next(
        line["record"]
        for line in lines
        if line["type"] == "RECORD"
        and line["stream"] == LINES
        and line["record"]["LineAmount"]
        and is_on_the_books(lines, line["record"]["InvoiceID"])
    )
    load(
        warehouse,
        [
            {**line, "record": {**changed, "AccountID": unused}}
            if line.get("record") is changed
            else line
            for line in lines
        ],
    )
    warehouse.build()
    found = warehouse.rows(
        f"""
        SELECT not_in_documents <> 0, difference, account_name IS NOT NULL
        FROM analytics.reconciliation WHERE account_id = '{unused}'
        """
    )
    assert found == [(True, Decimal("0.00"), True)]
    assert not warehouse.rows(
        "SELECT month FROM analytics.reconciliation GROUP BY 1 HAVING sum(not_in_documents) <> 0"
    )


@pytest.mark.parametrize("year", ["1926", "2206"])
def test_a_mistyped_year_cuts_no_month_off(lines, warehouse, year):
    typed = next(
        line["record"]
        for line in lines
        if line["type"] == "RECORD"
        and line["stream"] == "invoices"
        and line["record"]["Total"]
        and line["record"]["Status"] in {"AUTHORISED", "PAID"}
    )
    changed = {**typed, "Date": year + typed["Date"][4:]}
    load(
        warehouse,
        [{**line, "record": changed} if line.get("record") is typed else line for line in lines],
    )
    warehouse.build()
    months = warehouse.rows("SELECT DISTINCT CAST(month AS varchar) FROM analytics.trial_balance")
    assert {(f"{year}{typed['Date'][4:7]}-01",), ("2026-08-01",)} <= set(months)


def test_documents_from_before_the_first_trial_balance_are_warned_of(lines, warehouse):
    name = "trial_balances_reach_back_to_documents"
    load(warehouse, lines)
    ended = warehouse.dbt("build")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert f"Warning in test {name}" not in ended.stdout

    warehouse.rows("DELETE FROM main.trial_balances WHERE date < '2026-01-01'")
    ended = warehouse.dbt("build")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert f"Warning in test {name}" in ended.stdout


def test_a_ledger_of_journals_that_are_not_loaded_is_an_error(lines, warehouse):
    load(warehouse, lines)
    ended = warehouse.dbt("build", xero_ledger_source="journals")
    assert ended.returncode == 1
    assert "Failure in test ledger_equals_trial_balance" in ended.stdout
    [(cause,)] = warehouse.rows("SELECT DISTINCT likely_cause FROM analytics.reconciliation")
    assert "No journals of this organisation are loaded" in cause


def test_a_row_that_left_a_trial_balance_is_not_current(lines, warehouse):
    of_stream = [line for line in lines if line.get("stream") == "trial_balances"]
    schema = next(line for line in of_stream if line["type"] == "SCHEMA")
    rows = [line for line in of_stream if line["type"] == "RECORD"]
    last = max(row["record"]["Date"] for row in rows)
    removed, *again = [row for row in rows if row["record"]["Date"] == last]
    later = [
        {**row, "record": {**row["record"], "_read_at": "2030-01-01T00:00:00Z"}} for row in again
    ]
    state = {"type": "STATE", "value": {}}
    load(warehouse, [schema, *rows, state])
    load(warehouse, [schema, *later, state])
    run(warehouse, "stg_xero__trial_balances")

    current = warehouse.rows(
        "SELECT CAST(date AS varchar), row_key FROM analytics_staging.stg_xero__trial_balances"
    )
    keys = {(row["record"]["Date"], row["record"]["RowKey"]) for row in rows}
    assert set(current) == keys - {(last, removed["record"]["RowKey"])}


def test_a_required_table_that_is_missing_is_named(lines, warehouse):
    few = [line for line in lines if line["type"] == "STATE" or line["stream"] == "accounts"]
    load(warehouse, few)
    ended = warehouse.dbt("run")
    assert ended.returncode == 1
    assert 'The table "loaded"."main"."organisations" does not exist' in ended.stdout


@pytest.mark.parametrize("selected", [("invoices", LINES), (LINES,)], ids=" and ".join)
def test_a_line_that_was_removed_in_xero_does_not_count(lines, warehouse, selected):
    first = [line for line in lines if line.get("stream") in {None, *selected}]
    load(warehouse, first)
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
        if line["type"] == "SCHEMA" and line["stream"] in selected:
            again.append(line)
        if line["type"] != "RECORD" or line["record"].get("InvoiceID") != invoice["InvoiceID"]:
            continue
        record = {**line["record"], "_read_at": "2030-01-01T00:00:00+00:00"}
        if (line["stream"] == "invoices" and "invoices" in selected) or (
            line["stream"] == LINES and record["LineItemID"] == kept["LineItemID"]
        ):
            again.append({**line, "record": record})
    load(warehouse, [*again, {"type": "STATE", "value": {"bookmarks": {}}}])
    run(warehouse, "stg_xero__invoice_line_items")
    where = f"WHERE invoiceid = '{invoice['InvoiceID']}'"
    [(loaded,)] = warehouse.rows(f"SELECT count(*) FROM main.invoice_line_items {where}")
    assert loaded == len(invoice["LineItems"])
    assert warehouse.rows(
        "SELECT line_item_id FROM analytics_staging.stg_xero__invoice_line_items"
        f" WHERE invoice_id = '{invoice['InvoiceID']}'"
    ) == [(kept["LineItemID"],)]
