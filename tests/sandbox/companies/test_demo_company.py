"""The demo company: a small, realistic business, which is always the same."""

from collections import Counter
from decimal import Decimal

import pytest

from xero_sandbox.companies.presets import demo_company, empty_company

TENANT = "55555555-5555-4555-8555-555555555555"


def test_it_is_the_same_every_time(bakery):
    again = demo_company(bakery.tenant_id)
    for name, records in bakery.collections.items():
        assert dict(records) == dict(again.collections[name]), name
    assert bakery.history == again.history
    assert bakery.attachments == again.attachments
    assert bakery.resources == again.resources


def test_it_is_about_as_large_as_promised(bakery):
    sizes = {name: len(records) for name, records in bakery.collections.items()}
    least = {
        "Accounts": 60,
        "BankTransactions": 400,
        "BankTransfers": 20,
        "BatchPayments": 10,
        "BrandingThemes": 3,
        "Budgets": 2,
        "ContactGroups": 3,
        "Contacts": 200,
        "CreditNotes": 40,
        "Currencies": 3,
        "Invoices": 1500,
        "Items": 40,
        "Journals": 3000,
        "LinkedTransactions": 5,
        "ManualJournals": 15,
        "Overpayments": 3,
        "Payments": 1000,
        "Prepayments": 3,
        "PurchaseOrders": 50,
        "Quotes": 40,
        "RepeatingInvoices": 8,
        "TaxRates": 7,
        "TrackingCategories": 2,
        "Users": 5,
    }
    assert {name: sizes[name] for name in least if sizes[name] < least[name]} == {}


def test_it_has_the_cases_that_readers_trip_over(bakery):
    def statuses(entity):
        return Counter(record.get("Status") for record in bakery.collections[entity].values())

    assert {"DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"} <= set(
        statuses("Invoices")
    )
    assert statuses("Payments")["DELETED"] > 1
    assert statuses("BankTransfers")["DELETED"] == 1
    contacts = bakery.collections["Contacts"].values()
    assert any(record["ContactStatus"] == "ARCHIVED" for record in contacts)
    assert any(not record["Name"].isascii() for record in contacts)
    currencies = {record["CurrencyCode"] for record in bakery.collections["Invoices"].values()}
    assert currencies == {"NZD", "AUD", "USD"}
    amount_types = {record["LineAmountTypes"] for record in bakery.collections["Invoices"].values()}
    assert {"Exclusive", "Inclusive"} <= amount_types
    assert sum(len(held) for held in bakery.attachments.values()) > 20
    notes = [
        record for held in bakery.history.values() for record in held if record["Changes"] == "Note"
    ]
    assert len(notes) > 20


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("Accounts", "Description"),
        ("BankTransfers", "Reference FromTracking ToTracking"),
        ("Contacts", "TaxNumber"),
        ("CreditNotes", "Reference"),
        ("Prepayments", "Reference TotalTax"),
        ("Quotes", "Reference Terms BrandingThemeID"),
    ],
)
def test_each_field_is_used_by_some_record(bakery, entity, fields):
    records = bakery.collections[entity].values()
    used = {name for record in records for name in fields.split() if record.get(name)}
    assert used == set(fields.split())


def test_it_has_second_address_lines_foreign_deposits_and_full_order_lines(bakery):
    contacts = bakery.collections["Contacts"].values()
    assert any(part.get("AddressLine2") for record in contacts for part in record["Addresses"])
    prepayments = bakery.collections["Prepayments"].values()
    assert {record["CurrencyCode"] for record in prepayments} == {"NZD", "AUD"}
    assert {record["Type"] for record in prepayments if record["TotalTax"]} == {
        "RECEIVE-PREPAYMENT",
        "SPEND-PREPAYMENT",
    }
    orders = bakery.collections["PurchaseOrders"].values()
    lines = [line for record in orders for line in record["LineItems"]]
    assert any(
        line.get("ItemCode") and line.get("Tracking") and line.get("DiscountRate") for line in lines
    )


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("projects/Projects", 4),
        ("projects/ProjectsUsers", 5),
        ("projects/Projects/{projectId}/Tasks", 12),
        ("projects/Projects/{projectId}/Time", 20),
        ("assets/Assets", 5),
        ("assets/AssetTypes", 1),
        ("files/Files", 3),
        ("files/Folders", 2),
        ("files/Files/{FileId}/Associations", 1),
        ("payroll_nz/Employees", 4),
        ("payroll_nz/PayRuns", 1),
        ("payroll_nz/PaySlips", 4),
        ("payroll_nz/Timesheets", 4),
    ],
)
def test_it_has_some_records_of_each_other_api(bakery, path, least):
    assert len(bakery.resources[path]) >= least


def test_attachments_show_on_their_documents(bakery):
    for entity, record_id in bakery.attachments:
        assert bakery.collections[entity][record_id]["HasAttachments"] is True


def test_its_records_were_updated_over_many_days(bakery):
    days = {record["UpdatedDateUTC"].date() for record in bakery.collections["Invoices"].values()}
    assert len(days) > 200


def test_its_money_adds_up(bakery):
    balances = Counter()
    for journal in bakery.collections["Journals"].values():
        for line in journal["JournalLines"]:
            balances[line["AccountCode"]] += line["NetAmount"]
    assert sum(balances.values()) == 0
    assert all(balances[bank] > 0 for bank in ("090", "091", "093"))
    open_sales = sum(
        (record["AmountDue"] / record["CurrencyRate"]).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        for record in bakery.collections["Invoices"].values()
        if record["Type"] == "ACCREC" and record["Status"] == "AUTHORISED"
    )
    given_back = sum(
        (record["RemainingCredit"] / record["CurrencyRate"]).quantize(
            Decimal("0.01"), "ROUND_HALF_UP"
        )
        for entity in ("CreditNotes", "Overpayments")
        for record in bakery.collections[entity].values()
        if record["Type"] in {"ACCRECCREDIT", "RECEIVE-OVERPAYMENT"}
        and record["Status"] == "AUTHORISED"
    )
    assert balances["610"] == open_sales - given_back


def test_an_empty_company_has_what_xero_gives_a_new_one():
    company = empty_company(TENANT, "New Ltd")
    accounts = company.collections["Accounts"].values()
    assert {record["Class"] for record in accounts} == {
        "ASSET",
        "EQUITY",
        "EXPENSE",
        "LIABILITY",
        "REVENUE",
    }
    assert sum(1 for record in accounts if record["Type"] == "BANK") == 1
    assert list(company.collections["Currencies"]) == ["NZD"]
    assert not company.collections["Invoices"]
    assert company.name == "New Ltd"
