"""Values that are too large for Xero's fields are refused with a message."""

from __future__ import annotations

import pytest
import requests

pytestmark = pytest.mark.fast


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


BILL = {"Type": "ACCPAY", "Contact": {"Name": "Ana"}, "LineItems": [{"Description": "x"}]}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            "Contacts",
            {"Name": "n" * 256},
            "The Name field must not be longer than 255 characters.",
        ),
        (
            "Invoices",
            {**BILL, "Contact": {"Name": "n" * 256}},
            "The Name field must not be longer than 255 characters.",
        ),
        (
            "Items",
            {"Code": "c" * 31},
            "The Code field must not be longer than 30 characters.",
        ),
        (
            "TaxRates",
            {"Name": "n" * 51, "TaxComponents": [{"Name": "GST", "Rate": 1}]},
            "The Name field must not be longer than 50 characters.",
        ),
        (
            "TrackingCategories",
            {"Name": "n" * 101},
            "The Name field must not be longer than 100 characters.",
        ),
        (
            "Accounts",
            {"Name": "n" * 151, "Code": "9517", "Type": "EXPENSE"},
            "The Name field must not be longer than 150 characters.",
        ),
        (
            "Accounts",
            {"Name": "Odd", "Code": "9518", "Type": "SHED"},
            "Type 'SHED' is not valid.",
        ),
        ("Invoices", {**BILL, "Type": "SHED"}, "Type 'SHED' is not valid."),
        (
            "BankTransactions",
            {**BILL, "Type": "SHED"},
            "Type 'SHED' is not valid.",
        ),
        (
            "Invoices",
            {**BILL, "Date": "1752-12-31"},
            "Date 1752-12-31 is not valid. The earliest date is 1 January 1753.",
        ),
        (
            "Invoices",
            {**BILL, "DueDate": "0001-01-01T00:00:00"},
            "DueDate 0001-01-01 is not valid. The earliest date is 1 January 1753.",
        ),
    ],
)
def test_an_invalid_value_has_one_message(xero, path, body, message):
    answer = put(xero, path, body)
    assert answer.status_code == 400
    (element,) = answer.json()["Elements"]
    (error,) = element["ValidationErrors"]
    assert error["Message"].startswith(message)


def test_a_date_in_milliseconds_outside_of_the_calendar_is_refused(xero):
    answer = put(xero, "Invoices", {**BILL, "Date": "/Date(-999999999999999)/"})
    assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")


@pytest.mark.parametrize(
    "term",
    [
        {"Day": 20, "Type": "OFFOLLOWINGMONTH"},
        {"Day": 7, "Type": "DAYSAFTERBILLDATE"},
        {"Day": 7, "Type": "DAYSAFTERBILLMONTH"},
        {"Day": 31, "Type": "OFCURRENTMONTH"},
    ],
)
def test_a_due_date_past_the_calendar_is_its_last_day(xero, term):
    contact = {"Name": f"Late {term['Type']}", "PaymentTerms": {"Bills": term, "Sales": term}}
    assert put(xero, "Contacts", contact).ok
    answer = put(
        xero, "Invoices", {**BILL, "Contact": {"Name": contact["Name"]}, "Date": "9999-12-31"}
    )
    assert answer.status_code == 200
    assert answer.json()["Invoices"][0]["DueDateString"] == "9999-12-31T00:00:00"
