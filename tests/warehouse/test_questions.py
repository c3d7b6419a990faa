"""Users' questions: each a short query on the marts, its answer checked against the books."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from generated_company import generated_company
from warehouse_streams import Caller, as_input, messages
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

TENANT = "11111111-2222-4333-8444-555555555555"
DAY = "2026-03-15"
ZERO = Decimal(0)


@pytest.fixture(scope="module")
def xero():
    with server(companies=["demo", generated_company(TENANT, 5, 40)]) as running:
        yield running


@pytest.fixture(scope="module")
def warehouse(xero, tmp_path_factory):
    """The demo company, and another one beside it."""
    warehouse = Warehouse.on_duckdb(tmp_path_factory.mktemp("questions"))
    warehouse.loader.load(as_input(messages(xero, xero.tenant_ids, date(2025, 10, 1))))
    ended = warehouse.dbt("run")
    assert ended.returncode == 0, ended.stdout[-3000:]
    return warehouse


@pytest.fixture(scope="module")
def ours(xero):
    """The condition for the demo company and accrual basis."""
    return f"_tenant_id = '{xero.tenant_id}' AND basis = 'accrual'"


def test_revenue_by_month_and_tracking_option(xero, warehouse, ours):
    found = warehouse.rows(
        f"""
        SELECT month, option_name, sum(amount) FROM analytics.profit_and_loss_by_tracking
        WHERE {ours} AND category_name = 'Region' AND section = 'Income' GROUP BY 1, 2
        """
    )
    revenue = {(month, option): amount for month, option, amount in found if amount}
    category = next(
        found for found in xero.records("TrackingCategories") if found["Name"] == "Region"
    )
    caller = Caller(xero, xero.tenant_id)
    for day in (date(2026, 1, 31), date(2026, 5, 31)):
        first = day.replace(day=1).isoformat()
        report = caller.report(
            "ProfitAndLoss",
            fromDate=first,
            toDate=day.isoformat(),
            trackingCategoryID=category["TrackingCategoryID"],
        )
        options = [cell["Value"] for cell in report["Rows"][0]["Cells"]][1:-1]
        income = next(part for part in report["Rows"] if part.get("Title") == "Income")
        totals = [Decimal(cell["Value"]) for cell in income["Rows"][-1]["Cells"][1:-1]]
        assert {
            (first, option): total for option, total in zip(options, totals, strict=True) if total
        } == {key: amount for key, amount in revenue.items() if key[0] == first}


def test_receivables_of_each_customer_at_a_past_day(xero, warehouse):
    owed = dict(
        warehouse.rows(
            f"""
            SELECT contact_id, total + prepayments FROM analytics.aged_receivables_at(DATE '{DAY}')
            WHERE _tenant_id = '{xero.tenant_id}'
            """
        )
    )
    caller = Caller(xero, xero.tenant_id)
    base = [
        contact
        for contact in xero.records("Contacts")
        if contact["ContactID"] in owed and contact.get("DefaultCurrency", "NZD") == "NZD"
    ]
    assert len(base) > 10
    for contact in base[:40]:
        report = caller.report("AgedReceivablesByContact", contactId=contact["ContactID"], date=DAY)
        closing = report["Rows"][-1]["Rows"][-1]["Cells"][-1]["Value"]
        assert owed[contact["ContactID"]] == Decimal(closing), contact["Name"]


def test_unpaid_bills_by_supplier(xero, warehouse):
    found = warehouse.rows(
        f"""
        SELECT contact_name, sum(amount) FROM analytics.open_items
        WHERE _tenant_id = '{xero.tenant_id}' AND document_type = 'ACCPAY'
        GROUP BY 1 HAVING sum(amount) <> 0
        """
    )
    expected: dict[str, Decimal] = defaultdict(Decimal)
    names = {contact["ContactID"]: contact["Name"] for contact in xero.records("Contacts")}
    for bill in xero.records("Invoices"):
        if bill["Type"] == "ACCPAY" and bill["Status"] == "AUTHORISED":
            expected[names[bill["Contact"]["ContactID"]]] += bill["AmountDue"]
    assert len(expected) > 3
    assert dict(found) == expected


def test_sales_by_item(xero, warehouse):
    found = warehouse.rows(
        f"""
        SELECT item_code, sum(quantity), sum(net_amount) FROM analytics.sales_by_item
        WHERE _tenant_id = '{xero.tenant_id}' AND item_code LIKE 'BRD-%' GROUP BY 1
        """
    )
    quantities: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in xero.records("Invoices"):
        if invoice["Type"] == "ACCREC" and invoice["Status"] in {"AUTHORISED", "PAID"}:
            for line in invoice["LineItems"]:
                if line.get("ItemCode", "").startswith("BRD-"):
                    quantities[line["ItemCode"]] += line["Quantity"]
    assert len(quantities) > 10
    assert {code: quantity for code, quantity, _ in found} == quantities
    assert all(net > 0 for _, _, net in found)


def test_tax_by_period(xero, warehouse, ours):
    [(sales,)] = warehouse.rows(
        f"SELECT sum(tax_amount) FROM analytics.tax_by_period"
        f" WHERE {ours} AND tax_on = 'sales' AND month = DATE '2026-01-01'"
    )
    [(purchases,)] = warehouse.rows(
        f"SELECT sum(tax_amount) FROM analytics.tax_by_period"
        f" WHERE {ours} AND tax_on <> 'sales' AND month = DATE '2026-01-01'"
    )
    gst = next(
        account for account in xero.records("Accounts") if account.get("SystemAccount") == "GST"
    )
    lines = [
        line["NetAmount"]
        for journal in xero.records("Journals")
        if (journal["JournalDate"].year, journal["JournalDate"].month) == (2026, 1)
        for line in journal["JournalLines"]
        if line["AccountID"] == gst["AccountID"]
    ]
    assert sales > 0 > purchases
    assert sales + purchases == -sum(lines)


def test_the_ledger_of_one_account_says_who_paid(xero, warehouse, ours):
    found = warehouse.rows(
        f"""
        SELECT entry_date, contact_name, document_number, debit FROM analytics.account_transactions
        WHERE {ours} AND account_code = '090' AND source_type = 'ACCRECPAYMENT'
            AND month = DATE '2026-01-01'
        """
    )
    invoices = {invoice["InvoiceID"]: invoice for invoice in xero.records("Invoices")}
    names = {contact["ContactID"]: contact["Name"] for contact in xero.records("Contacts")}
    expected = []
    for payment in xero.records("Payments"):
        day = payment["Date"]
        if (
            payment["PaymentType"] == "ACCRECPAYMENT"
            and payment["Status"] == "AUTHORISED"
            and payment["Account"]["Code"] == "090"
            and (day.year, day.month) == (2026, 1)
        ):
            invoice = invoices[payment["Invoice"]["InvoiceID"]]
            name = names[invoice["Contact"]["ContactID"]]
            base = (payment["Amount"] / payment["CurrencyRate"]).quantize(Decimal("0.01"))
            expected.append((day.isoformat(), name, invoice["InvoiceNumber"], base))
    assert len(expected) > 10
    assert sorted(found) == sorted(expected)
