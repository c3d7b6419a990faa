"""Values that are too large for Xero's fields are refused with a message."""

from __future__ import annotations

import requests


def put(xero, path, body):
    return requests.put(f"{xero.base_uri}/{path}", json=body, headers=xero.headers(), timeout=30)


def test_an_amount_beyond_all_bounds_is_refused(xero):
    [bank] = [record for record in xero.records("Accounts") if record["Type"] == "BANK"]
    account = {"AccountID": bank["AccountID"]}
    answer = put(
        xero,
        "BankTransfers",
        {"FromBankAccount": account, "ToBankAccount": account, "Amount": 4e296},
    )
    assert answer.status_code == 400
    assert "Amount" in answer.json()["Message"]


def test_a_discounted_line_without_a_price_is_refused(xero):
    contact = xero.add("Contacts", {"Name": "Ana", "ContactStatus": "ACTIVE"})
    line = {"Description": "x", "Quantity": 1, "DiscountRate": 10}
    answer = put(xero, "PurchaseOrders", {"Contact": {"ContactID": contact}, "LineItems": [line]})
    assert answer.status_code in (200, 400)
    assert answer.headers["Content-Type"].startswith("application/json")


def test_an_option_without_a_name_does_not_keep_others_from_being_added(xero):
    category = put(xero, "TrackingCategories", {"Name": "Region"}).json()["TrackingCategories"][0]
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    assert put(xero, path, {"Name": None}).status_code == 400
    assert put(xero, path, {"Name": "North"}).status_code == 200
