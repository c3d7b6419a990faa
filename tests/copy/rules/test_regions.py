"""Copying to an organisation in another country, but not to one with another base currency."""

import json
from copy import deepcopy

import pytest
from copy_pair import TARGET, Pair, assert_books_agree
from small_company import line_item, make_small_company

from xero_sandbox.companies.presets import empty_company
from xero_sandbox.server import server

SALE = {
    "Type": "ACCREC",
    "Contact": {"Name": "Ana"},
    "Date": "2026-03-11",
    "Status": "AUTHORISED",
}
DOCUMENTS = ("Invoices", "CreditNotes", "BankTransactions", "Quotes", "PurchaseOrders")


@pytest.fixture(scope="module")
def small_company(tmp_path_factory):
    """A small company of New Zealand and its backup, made once."""
    return make_small_company(tmp_path_factory.mktemp("tax"), _add_tax_records)


def _add_tax_records(pair):
    """Adds records that refer to tax rates: documents, an account, an item and contacts."""
    # Australia has a rate of that name, of 10 %.
    old = {"Name": "GST on Income", "TaxComponents": [{"Name": "GST", "Rate": "12.5"}]}
    old = pair.put("TaxRates", {**old, "ReportTaxType": "OUTPUT"})["TaxType"]
    cakes = {"Code": "206", "Name": "Old cakes", "Type": "REVENUE", "TaxType": old}
    pair.call("PUT", "Accounts", cakes)
    details = {"UnitPrice": "9", "AccountCode": "206", "TaxType": old}
    pair.put("Items", {"Code": "CAKE", "Name": "Cake", "SalesDetails": details})
    pair.put("Contacts", {"Name": "Old", "AccountsReceivableTaxType": old})
    lines = [
        line_item("88.88", "206", TaxType=old),
        line_item("11.11"),
        line_item("3.33", TaxType="NONE"),
    ]
    pair.put("Invoices", {**SALE, "InvoiceNumber": "TAX-1", "LineItems": lines})
    inclusive = {**SALE, "LineAmountTypes": "Inclusive", "LineItems": lines}
    pair.put("Invoices", {**inclusive, "InvoiceNumber": "TAX-2"})
    untaxed = {**SALE, "LineAmountTypes": "NoTax", "LineItems": [line_item("7.77")]}
    pair.put("Invoices", {**untaxed, "InvoiceNumber": "TAX-3"})


@pytest.fixture
def pair_with(tmp_path, small_company):
    """Starts a sandbox with the small company and an empty organisation in a country."""
    running = []

    def make(country, base_currency="NZD"):
        target = empty_company(TARGET, "Harbour Copy", country, base_currency)
        running.append(server(companies=[deepcopy(small_company[0]), target]))
        return Pair(running[-1].__enter__(), tmp_path)

    yield make
    for sandbox in running:
        sandbox.__exit__(None, None, None)


@pytest.fixture
def backup(tmp_path, small_company):
    """What tap-xero said of the company, kept in a file."""
    path = tmp_path / "kept.jsonl"
    path.write_bytes(small_company[1])
    return path


def part_of(backup, *streams):
    """The records of some streams alone."""
    wanted = [f'"stream":"{stream}"'.encode() for stream in streams]
    path = backup.with_name("part.jsonl")
    lines = backup.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b"".join(message for message in lines if any(stream in message for stream in wanted))
    )
    return path


def rates_of(pair, tenant_id=None):
    return {rate["Name"]: rate for rate in pair.records("TaxRates", tenant_id)}


def amounts_of(record):
    """The status, date and amounts of a document."""
    total, tax = record.get("Total"), record.get("TotalTax")
    taxes = [item.get("TaxAmount") for item in record.get("LineItems") or []]
    return record["Status"], record.get("Date"), total, tax, sorted(map(str, taxes))


def assert_same_amounts(pair):
    for entity in DOCUMENTS:
        ours = [
            record for record in pair.records(entity, pair.source) if record["Status"] != "VOIDED"
        ]
        assert sorted(map(amounts_of, ours)) == sorted(map(amounts_of, pair.records(entity))), (
            entity
        )


@pytest.mark.parametrize("country", ["AU", "GB", "US"])
def test_a_copy_in_another_country_agrees_and_a_second_run_writes_nothing(
    pair_with, backup, country
):
    pair = pair_with(country)
    opening = pair.opening_balances()
    first = pair.copy(backup, opening_balances=opening)

    assert first.returncode == 0, first.stderr[-3000:]
    warnings = [
        message for message in first.stderr.splitlines() if f"is in {country}: tax rates" in message
    ]
    assert len(warnings) == 1
    assert_same_amounts(pair)
    assert_books_agree(pair)

    pair.xero.reset()
    second = pair.copy(backup, opening_balances=opening)
    assert second.returncode == 0, second.stderr[-3000:]
    assert pair.writes == []
    assert len(pair.xero.calls("Organisation", "GET")) == 1
    # With an empty state database, the created rates are found again.
    rates = part_of(backup, "organisations", "tax_rates")
    third = pair.copy(rates, store_uri=f"sqlite:///{pair.folder / 'other.db'}", yes=True)
    assert third.returncode == 0, third.stderr[-3000:]
    assert pair.writes == []
    assert pair.statuses.keys() == {"unchanged"}


def test_rates_that_the_country_does_not_have_are_created_and_everything_refers_to_them(
    pair_with, backup
):
    pair = pair_with("AU")
    assert pair.copy(backup).returncode == 0

    rates = rates_of(pair)
    assert rates["GST on Income"]["EffectiveRate"] == 10
    own = rates["GST on Income (12.5%)"]
    assert own["EffectiveRate"] == 12.5
    assert own["ReportTaxType"] == "OUTPUT"
    income = rates["15% GST on Income"]
    assert income["EffectiveRate"] == 15
    assert rates["15% GST on Expenses"]["ReportTaxType"] == "INPUT"
    assert "No GST" not in rates  # BAS Excluded says the same

    invoices = {invoice["InvoiceNumber"]: invoice for invoice in pair.records("Invoices")}
    types = [item["TaxType"] for item in invoices["TAX-1"]["LineItems"]]
    assert types == [own["TaxType"], income["TaxType"], "BASEXCLUDED"]
    accounts = {
        account["Code"]: account for account in pair.records("Accounts") if "Code" in account
    }
    assert accounts["206"]["TaxType"] == own["TaxType"]
    items = {item["Code"]: item for item in pair.records("Items")}
    assert items["CAKE"]["SalesDetails"]["TaxType"] == own["TaxType"]
    contacts = {contact["Name"]: contact for contact in pair.records("Contacts")}
    assert contacts["Old"]["AccountsReceivableTaxType"] == own["TaxType"]


def test_a_rate_with_the_same_name_is_matched_only_if_its_percentage_is_the_same(pair_with, backup):
    pair = pair_with("NZ")
    levy = [{"Name": "GST", "Rate": "15"}, {"Name": "Levy", "Rate": "3", "IsCompound": True}]
    theirs = pair.put("TaxRates", {"Name": "GST and levy", "TaxComponents": levy}, pair.target)
    ended = pair.copy(backup)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "tax rates that the target does not have" not in ended.stderr
    rates = rates_of(pair)
    assert rates["GST and levy"]["TaxType"] == theirs["TaxType"]
    assert rates["GST and levy (17.3%)"]["EffectiveRate"] == 17.3
    assert_same_amounts(pair)


def test_a_deleted_rate_is_created_as_the_country_allows_and_deleted_again(pair_with):
    pair = pair_with("AU")
    old = {"Name": "Old", "TaxComponents": [{"Name": "GST", "Rate": "9"}]}
    old = pair.put("TaxRates", {**old, "ReportTaxType": "INPUT"})["TaxType"]
    lines = [line_item("20", "300", TaxType=old)]
    pair.put("Invoices", {**SALE, "Type": "ACCPAY", "InvoiceNumber": "TAX-9", "LineItems": lines})
    pair.post("TaxRates", {"TaxType": old, "Status": "DELETED"})
    ended = pair.copy(pair.tap())

    assert ended.returncode == 0, ended.stderr[-3000:]
    theirs = rates_of(pair)["Old"]
    assert (theirs["ReportTaxType"], theirs["Status"]) == ("INPUT", "DELETED")
    bill = pair.find("Invoices", pair.target, InvoiceNumber="TAX-9")
    assert [item["TaxType"] for item in bill["LineItems"]] == [theirs["TaxType"]]
    assert_same_amounts(pair)


def test_lines_with_a_rate_that_could_not_be_created_are_not_written_with_another_one(
    pair_with, backup
):
    pair = pair_with("AU")
    refusal = {"ErrorNumber": 10, "Type": "ValidationException", "Message": "No", "Elements": []}
    refused = {"status": 400, "body": json.dumps(refusal), "times": None}
    pair.xero.fault("status", "TaxRates", method="PUT", **refused)
    ended = pair.copy(backup)

    assert ended.returncode == 1
    invalid = [result for result in pair.results if result["status"] == "invalid"]
    assert any("not one of the tax rates" in result["errors"][0] for result in invalid)
    written = [record for entity in DOCUMENTS for record in pair.records(entity)]
    types = {item.get("TaxType") for record in written for item in record["LineItems"]}
    assert types <= {"NONE", "BASEXCLUDED", None}
    assert "TAX-3" in {record.get("InvoiceNumber") for record in written}


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_organisation_with_another_base_currency_is_rejected_before_anything_is_written(
    pair_with, backup, dry_run
):
    pair = pair_with("AU", "AUD")
    pair.xero.reset()
    ended = pair.copy(backup, dry_run=dry_run)

    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert "Harbour keeps its books in NZD, Harbour Copy in AUD" in last
    assert "with the base currency NZD" in last
    assert pair.writes == []
    assert ended.stdout == ""


def test_without_the_organisations_stream_the_targets_organisation_is_not_read(pair_with, backup):
    pair = pair_with("NZ")
    pair.xero.reset()

    assert pair.copy(part_of(backup, "currencies")).returncode == 0
    assert pair.xero.calls("Organisation", "GET") == []
