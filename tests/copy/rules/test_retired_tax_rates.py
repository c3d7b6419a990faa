"""Tax rates that were used and then deleted or archived are copied with the documents."""

import json

import pytest
from copy_pair import assert_books_agree, assert_records_match, last_state
from small_company import line_item

SALE = {
    "Type": "ACCREC",
    "Contact": {"Name": "Ana"},
    "Date": "2026-03-11",
    "Status": "AUTHORISED",
}


def rate(pair, name, percent, tenant_id=None):
    """The tax type of a new rate."""
    parts = [{"Name": "GST", "Rate": percent}]
    return pair.put("TaxRates", {"Name": name, "TaxComponents": parts}, tenant_id)["TaxType"]


def sell(pair, number, *tax_types):
    lines = [line_item("88.88", TaxType=tax_type) for tax_type in tax_types]
    pair.put("Invoices", {**SALE, "InvoiceNumber": number, "LineItems": lines})


def retire(pair, tax_type, status="DELETED"):
    pair.post("TaxRates", {"TaxType": tax_type, "Status": status})


def rates_of(pair, number):
    """The rates of a copied invoice's lines."""
    invoice = pair.find("Invoices", pair.target, InvoiceNumber=number)
    types = [item["TaxType"] for item in invoice["LineItems"]]
    return [pair.find("TaxRates", pair.target, TaxType=tax_type) for tax_type in types]


@pytest.mark.parametrize("status", ["ARCHIVED", "DELETED"])
def test_documents_use_the_rate_and_it_is_retired_in_the_copy_as_well(pair, status):
    old = rate(pair, "Old GST", "12.5")
    sell(pair, "OLD-1", old)
    pair.call("PUT", "Accounts", {"Code": "206", "Name": "Pies", "Type": "REVENUE", "TaxType": old})
    retire(pair, old, status)
    backup, opening = pair.tap(), pair.opening_balances()
    first = pair.copy(backup, opening_balances=opening)

    assert first.returncode == 0, first.stderr[-3000:]
    [theirs] = rates_of(pair, "OLD-1")
    assert (theirs["Name"], theirs["EffectiveRate"]) == ("Old GST", 12.5)
    assert theirs["Status"] == status
    pies = pair.find("Accounts", pair.target, Code="206")
    assert pies["TaxType"] == theirs["TaxType"]
    ours = pair.find("Invoices", InvoiceNumber="OLD-1")
    assert pair.find("Invoices", pair.target, InvoiceNumber="OLD-1")["Total"] == ours["Total"]
    assert_books_agree(pair)

    pair.xero.reset()
    assert pair.copy(backup, opening_balances=opening).returncode == 0
    assert pair.writes == []
    assert set(pair.statuses) == {"unchanged"}


def test_a_rate_that_is_retired_after_it_was_copied_is_retired_by_the_next_run(pair):
    old = rate(pair, "Old GST", "12.5")
    state = last_state(pair.copy(pair.tap()))
    sell(pair, "OLD-1", old)
    retire(pair, old)
    pair.xero.reset()
    second = pair.copy(pair.tap(state=state))

    assert second.returncode == 0, second.stderr[-3000:]
    assert [found["Status"] for found in rates_of(pair, "OLD-1")] == ["DELETED"]
    assert [call["endpoint"] for call in pair.writes] == ["Invoices", "TaxRates"]
    assert_records_match(pair)


def test_a_rate_that_the_target_had_before_is_not_changed(pair):
    theirs = rate(pair, "Old GST", "12.5", pair.target)
    old = rate(pair, "old gst", "12.5")
    sell(pair, "OLD-1", old)
    retire(pair, old)
    assert pair.copy(pair.tap()).returncode == 0

    [found] = rates_of(pair, "OLD-1")
    assert found["TaxType"] == theirs
    assert found["Status"] == "ACTIVE"
    warnings = [result["warnings"] for result in pair.results if result["entity"] == "TaxRates"]
    assert ["left as it is: the copy did not create it"] in warnings


def test_of_rates_with_one_name_the_active_one_keeps_it_and_each_document_has_its_own(pair):
    retired = []
    for number in range(4):
        retired.append(rate(pair, "GST 12.5", "12.5"))
        sell(pair, f"OLD-{number}", retired[-1])
        retire(pair, retired[-1])
    now = rate(pair, "GST 12.5", "12.5")
    sell(pair, "NOW", now)
    ended = pair.copy(pair.tap())

    assert ended.returncode == 0, ended.stderr[-3000:]
    [kept] = rates_of(pair, "NOW")
    assert (kept["Name"], kept["Status"]) == ("GST 12.5", "ACTIVE")
    removed = [found for number in range(4) for found in rates_of(pair, f"OLD-{number}")]
    assert {found["Status"] for found in removed} == {"DELETED"}
    assert len({found["TaxType"] for found in (kept, *removed)}) == 5
    assert_records_match(pair)


def test_a_rate_stays_active_until_rejected_records_are_loaded_again(pair):
    old = rate(pair, "Old GST", "12.5")
    sell(pair, "OLD-1", old)
    retire(pair, old)
    backup = pair.tap()
    refusal = {"ErrorNumber": 10, "Type": "ValidationException", "Message": "No", "Elements": []}
    refused = {"status": 400, "body": json.dumps(refusal), "times": None}
    pair.xero.fault("status", "Contacts", method="PUT", **refused)
    assert pair.copy(backup).returncode == 1
    assert pair.find("TaxRates", pair.target, Name="Old GST")["Status"] == "ACTIVE"

    pair.xero.reset()
    again = pair.copy(backup)
    assert again.returncode == 0, again.stderr[-3000:]
    assert [found["Status"] for found in rates_of(pair, "OLD-1")] == ["DELETED"]
    assert_records_match(pair)


def test_a_dry_run_reports_that_the_rate_would_be_created_and_retired(pair):
    old = rate(pair, "Old GST", "12.5")
    sell(pair, "OLD-1", old)
    retire(pair, old)
    pair.xero.reset()
    ended = pair.copy(pair.tap(), dry_run=True)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert pair.writes == []
    would = [
        result["would"]
        for result in pair.results
        if result["entity"] == "TaxRates"
        and result["key"] == {"TaxType": old}
        and result.get("would")
    ]
    assert would == ["create", "update"]
