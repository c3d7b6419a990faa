"""Items and tracked stock, as the sandbox writes them."""

import pytest
from settings_callers import caller, name, send, shared

__all__ = ["caller", "name", "shared"]


def test_items_are_matched_by_code_and_deleted_for_good(shared, name):
    details = {"UnitPrice": 4.5, "AccountCode": "200"}
    made = send(shared, "PUT", "Items", {"Code": name, "Name": "n", "SalesDetails": details})
    send(shared, "PUT", "Items", {"Code": name}, status=400)
    changed = send(shared, "POST", "Items", {"Code": name, "Description": "d"})
    assert (changed["ItemID"], changed["SalesDetails"]["UnitPrice"]) == (made["ItemID"], 4.5)
    line = {"ItemCode": name, "Quantity": 2}
    element = {"Type": "ACCREC", "LineItems": [line], "Contact": {"Name": name}}
    invoice = send(shared, "PUT", "Invoices", {**element, "Status": "AUTHORISED"})
    assert (invoice["SubTotal"], invoice["LineItems"][0]["Description"]) == (9, "d")
    send(shared, "DELETE", f"Items/{made['ItemID']}", status=204)
    assert shared.send("GET", f"Items/{made['ItemID']}").status_code == 404


@pytest.fixture
def stocked(caller):
    item = {
        "Code": "BOOK",
        "Name": "Book",
        "InventoryAssetAccountCode": "630",
        "SalesDetails": {"UnitPrice": 30, "AccountCode": "200"},
        "PurchaseDetails": {"UnitPrice": 12, "COGSAccountCode": "310"},
    }
    made = send(caller, "PUT", "Items", item)
    assert made["IsTrackedAsInventory"] is True
    bill = {
        "Type": "ACCPAY",
        "Contact": {"Name": "Press"},
        "LineItems": [{"ItemCode": "BOOK", "Quantity": 10}],
        "Status": "AUTHORISED",
    }
    send(caller, "PUT", "Invoices", bill)
    return made["ItemID"]


def sell(caller, quantity, status=200, **params):
    element = {
        "Type": "ACCREC",
        "Contact": {"Name": "Reader"},
        "LineItems": [{"ItemCode": "BOOK", "Quantity": quantity}],
        "Status": "AUTHORISED",
    }
    answer = caller.send("PUT", "Invoices", json=element, params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


def stock(caller, item_id):
    item = caller.get(f"Items/{item_id}")["Items"][0]
    return item["QuantityOnHand"], item["TotalCostPool"]


def test_stock_is_bought_sold_at_cost_and_comes_back_when_voided(caller, stocked):
    assert stock(caller, stocked) == (10, 120)
    invoice = sell(caller, 4)["Invoices"][0]
    assert stock(caller, stocked) == (6, 72)
    (journal,) = [
        record
        for record in caller.xero.records("Journals")
        if record["SourceID"] == invoice["InvoiceID"]
    ]
    nets = {line["AccountCode"]: float(line["NetAmount"]) for line in journal["JournalLines"]}
    assert (nets["310"], nets["630"]) == (48, -48)
    send(caller, "POST", "Invoices", {"InvoiceID": invoice["InvoiceID"], "Status": "VOIDED"})
    assert stock(caller, stocked) == (10, 120)


def test_stock_goes_below_zero_only_with_back_orders(caller, stocked):
    sell(caller, 11, status=400)
    assert stock(caller, stocked) == (10, 120)
    sell(caller, 11, allowBackorders="true")
    assert stock(caller, stocked)[0] == -1


def test_a_tracked_item_that_was_used_cannot_be_deleted(caller, stocked):
    send(caller, "DELETE", f"Items/{stocked}", status=400)


def test_a_request_carries_five_hundred_items_at_most(caller):
    body = {"Items": [{"Code": f"I{number}"} for number in range(501)]}
    assert caller.send("POST", "Items", json=body).status_code == 400
    assert caller.get("Items")["Items"] == []
