"""A change of an old month, whose trial balance is not read again: what the reconciliation says."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from generated_company import generated_company
from sandbox_caller import Caller
from warehouse_streams import ACCRUAL_JOURNALS, JOURNALS, STREAMS, as_input
from warehouses import Warehouse

from tap_runner import read
from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

TENANT = "11111111-2222-4333-8444-555555555555"
AGAIN = 3
READ = [stream for stream in STREAMS if stream not in JOURNALS - ACCRUAL_JOURNALS]
DIFFERENCES = (
    "SELECT DISTINCT month, likely_cause FROM analytics.reconciliation WHERE {} ORDER BY 1"
)


@pytest.fixture(scope="module")
def reads():
    """A full read, the next read after a change of an old bill, and a read of all months again."""
    with server(companies=[generated_company(TENANT, 11, 60)]) as xero:

        def run(state, again):
            found = read(
                xero,
                READ,
                state=state,
                access_token=xero.grant("sandbox-web")["access_token"],
                tenant_ids=[TENANT],
                reports={"from": "2025-09", "again": again},
            )
            assert found.exit_code == 0, found.log[-2000:]
            return found

        first = run(None, AGAIN)
        change_old_bill(xero)
        second = run(first.state, AGAIN)
        third = run(second.state, 36)
    return [as_input(each.messages) for each in (first, second, third)]


def change_old_bill(xero):
    """A bill of October 2025 becomes dearer by 100."""
    bill = next(
        record
        for record in xero.records("Invoices", TENANT)
        if record["Status"] == "AUTHORISED"
        and record["Date"].isoformat() == "2025-10-31"
        and not record.get("AmountPaid")
    )
    [line] = bill["LineItems"]
    changed = {
        "LineItemID": line["LineItemID"],
        "UnitAmount": str(line["UnitAmount"] + 100),
        **{name: line[name] for name in ("Description", "AccountCode", "TaxType")},
    }
    content = {"InvoiceID": bill["InvoiceID"], "LineItems": [changed]}
    caller = Caller(xero)
    response = caller.send("POST", "Invoices", json=content, headers={"xero-tenant-id": TENANT})
    assert response.status_code == 200, response.text
    caller.close()


def month_back(months):
    """The first day of the month so many months before the running one."""
    today = datetime.now(timezone.utc)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return f"{year}-{month + 1:02}-01"


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "duckdb":
        return Warehouse.on_duckdb(tmp_path)
    return Warehouse.on_postgres(tmp_path, request.getfixturevalue("fresh_postgres_uri"))


def test_journals_of_a_month_that_was_not_read_again_are_a_warning(reads, warehouse):
    first, second, third = reads
    warehouse.loader.load(first)
    warehouse.loader.load(second)
    ended = warehouse.dbt("build", xero_ledger_source="journals")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "Warning in test trial_balances_are_newer_than_journals" in ended.stdout
    found = warehouse.rows(DIFFERENCES.format("difference <> 0"))
    months = [month for month, _ in found]
    assert (months[0], months[-1]) == ("2025-10-01", month_back(AGAIN + 1))
    assert all("Journals were posted after the trial balance" in cause for _, cause in found)
    assert all("reports.again" in cause for _, cause in found)

    warehouse.loader.load(third)
    warehouse.dbt("run", xero_ledger_source="journals")
    assert warehouse.rows(DIFFERENCES.format("difference <> 0")) == []


def test_a_difference_without_a_later_journal_is_an_error(reads, warehouse):
    warehouse.loader.load(reads[0])
    is_duckdb = warehouse.database == "duckdb"
    table, number = (
        ("main.journals", "journalnumber") if is_duckdb else ("xero.journals", '"JournalNumber"')
    )
    warehouse.rows(f"DELETE FROM {table} WHERE {number} = (SELECT max({number}) FROM {table})")
    ended = warehouse.dbt("build", xero_ledger_source="journals")
    assert ended.returncode == 1
    assert "Failure in test ledger_equals_trial_balance" in ended.stdout
    [cause] = {cause for _, cause in warehouse.rows(DIFFERENCES.format("difference <> 0"))}
    assert "were read at different times" in cause


def test_a_document_that_was_changed_after_the_read_of_its_month_is_the_cause(reads, warehouse):
    first, second, third = reads
    warehouse.loader.load(first)
    warehouse.loader.load(second)
    warehouse.build(xero_ledger_source="documents")
    found = warehouse.rows(DIFFERENCES.format("not_in_documents <> 0"))
    # Against the trial balance of October, and the other way round in the first month after that
    # was read again.
    assert [month for month, _ in found] == ["2025-10-01", month_back(AGAIN)]
    assert all("Documents were changed after the trial balance" in cause for _, cause in found)
    assert all("reports.again" in cause for _, cause in found)

    warehouse.loader.load(third)
    warehouse.dbt("run", xero_ledger_source="documents")
    assert warehouse.rows(DIFFERENCES.format("not_in_documents <> 0")) == []
