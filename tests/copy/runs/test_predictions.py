"""A dry run of a copy: it says what the copy does, with few calls."""

import json

import pytest
from copy_fixtures import beside_an_empty_one
from copy_pair import Pair, last_state
from small_company import line_item, make_small_company

DONE_AS = {
    "create": {"created"},
    "update": {"updated"},
    "remove": {"removed"},
    "unchanged": {"unchanged"},
    None: {"unchanged"},
}


def add_billable_expense(pair):
    """A bill's line that is charged to a customer's invoice line."""
    contact = {"Name": "Ana"}
    bill, sale = (
        pair.put(
            "Invoices",
            {
                "Type": kind,
                "InvoiceNumber": number,
                "Contact": contact,
                "Date": "2026-03-06",
                "Status": "AUTHORISED",
                "LineItems": [line_item("8", account), line_item("9", account)],
            },
        )
        for kind, number, account in (("ACCPAY", "B-1", "300"), ("ACCREC", "INV-B", "200"))
    )
    link = {
        "SourceTransactionID": bill["InvoiceID"],
        "SourceLineItemID": bill["LineItems"][1]["LineItemID"],
        "ContactID": sale["Contact"]["ContactID"],
        "TargetTransactionID": sale["InvoiceID"],
        "TargetLineItemID": sale["LineItems"][0]["LineItemID"],
    }
    pair.call("PUT", "LinkedTransactions", link)


@pytest.fixture(scope="module")
def company_with_expense(tmp_path_factory):
    """The small company with a billable expense, and its backup."""
    return make_small_company(tmp_path_factory.mktemp("expense"), add_billable_expense)


@pytest.fixture
def expense_pair(tmp_path, company_with_expense):
    """That company, and an empty organisation to copy it to."""
    company, _ = company_with_expense
    with beside_an_empty_one(company) as xero:
        yield Pair(xero, tmp_path)


def by_record(results):
    """What was done or would be done, by the record that it was done with."""
    found = {}
    for result in results:
        key = (result["stream"], json.dumps(result["key"], sort_keys=True), result["entity"])
        found.setdefault(key, []).append(result.get("would", result["status"]))
    return found


def predicted(results):
    return by_record(
        {**result, "would": next(iter(DONE_AS[result.get("would")]))} for result in results
    )


def test_it_predicts_every_result_of_the_copy_with_half_of_its_calls(
    expense_pair, company_with_expense
):
    backup = expense_pair.folder / "expense.jsonl"
    backup.write_bytes(company_with_expense[1])
    opening = expense_pair.opening_balances()
    expense_pair.xero.reset()

    dry = expense_pair.copy(backup, opening_balances=opening, dry_run=True)
    assert dry.returncode == 0, dry.stderr[-3000:]
    assert expense_pair.writes == []
    prediction, dry_calls = predicted(expense_pair.results), len(expense_pair.xero.log)
    expense_pair.xero.reset()
    copied = expense_pair.copy(backup, opening_balances=opening)

    assert copied.returncode == 0, copied.stderr[-3000:]
    assert by_record(expense_pair.results) == prediction
    assert ("linked_transactions", "LinkedTransactions") in {(key[0], key[2]) for key in prediction}
    assert dry_calls * 2 <= len(expense_pair.xero.log)


def test_it_predicts_what_a_later_copy_changes(copied):
    draft = copied.find("Invoices", Status="DRAFT")
    copied.post("Invoices", {"InvoiceID": draft["InvoiceID"], "Reference": "Later"})
    paid = copied.find("Payments", Amount=30)
    copied.call("POST", f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})
    copied.put("Contacts", {"Name": "New"})
    changes = copied.tap(state=copied.state)

    assert copied.copy(changes, dry_run=True).returncode == 0
    prediction = predicted(copied.results)
    ended = copied.copy(changes)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert by_record(copied.results) == prediction
    assert last_state(ended)
