"""Users' questions: each a short query on the marts, its answer checked against the books."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from official_reports import lines, titles
from warehouses import PROJECT

pytestmark = pytest.mark.timeout(1200)

README = PROJECT / "README.md"
DAY = date(2026, 3, 15)
ZERO = Decimal(0)


@pytest.fixture
def xero(books):
    return books.xero


@pytest.fixture
def ours(books):
    """The condition for the demo company and accrual basis."""
    return f"_tenant_id = '{books.tenants['demo']}' AND basis = 'accrual'"


def test_the_readmes_queries_have_answers_and_no_month_is_wrong(warehouse):
    [block] = re.findall(r"```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    *queries, differences = filter(str.strip, block.split(";"))

    assert len(queries) > 6
    for query in queries:
        assert warehouse.rows(query), query
    assert not warehouse.rows(differences)


def test_revenue_by_month_and_tracking_option(books, xero, warehouse, ours):
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
    for day in books.months["demo"]:
        first = day.replace(day=1)
        report = books.reports["demo"].report(
            "profit_and_loss",
            from_date=first,
            to_date=day,
            tracking_category_id=category["TrackingCategoryID"],
            standard_layout=True,
        )
        totals = next(texts for label, texts, _ in lines(report) if label == "Total Income")
        theirs = {
            (first.isoformat(), option): Decimal(total)
            for option, total in zip(titles(report), totals, strict=True)
            if option != "Total" and Decimal(total)
        }
        assert theirs
        found_in_month = {key: amount for key, amount in revenue.items() if key[0] == str(first)}
        assert found_in_month == theirs


@pytest.mark.parametrize("side", ["receivables", "payables"])
def test_what_each_contact_owed_or_was_owed_at_a_past_day(books, warehouse, side):
    tenant_id = books.tenants["demo"]
    owed = dict(
        warehouse.rows(
            f"""
            SELECT contact_id, total + prepayments FROM analytics.aged_{side}_at(DATE '{DAY}')
            WHERE _tenant_id = '{tenant_id}'
            """
        )
    )
    # Xero's report is in the currency of the documents.
    foreign = {
        record["Contact"]["ContactID"]
        for entity in ("Invoices", "CreditNotes", "Prepayments", "Overpayments")
        for record in books.xero.records(entity, tenant_id)
        if record["CurrencyCode"] != "NZD"
    }
    base = [
        contact["ContactID"]
        for contact in books.xero.records("Contacts", tenant_id)
        if contact["ContactID"] not in foreign
    ]
    compared = 0
    for contact_id in base:
        report = books.reports["demo"].report(
            f"aged_{side}_by_contact", contact_id=contact_id, date=DAY
        )
        *_, (_, texts, _) = lines(report)
        assert owed.get(contact_id, ZERO) == Decimal(texts[-1]), contact_id
        compared += contact_id in owed
    assert compared > 3


def test_unpaid_bills_by_supplier(books, xero, warehouse):
    found = warehouse.rows(
        f"""
        SELECT contact_name, sum(amount) FROM analytics.open_items
        WHERE _tenant_id = '{books.tenants["demo"]}' AND document_type = 'ACCPAY'
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


def test_sales_by_item(books, xero, warehouse):
    found = warehouse.rows(
        f"""
        SELECT item_code, sum(quantity), sum(net_amount) FROM analytics.sales_by_item
        WHERE _tenant_id = '{books.tenants["demo"]}' AND item_code LIKE 'BRD-%' GROUP BY 1
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
