"""Discounted lines as Xero shows them are sent in a form that it takes."""

from decimal import Decimal

import pytest
from target_runner import publish, records

LINES = {
    "free by rate": ({"UnitAmount": 795, "DiscountRate": 100, "LineAmount": 0.0}, 0),
    "free by amount": ({"UnitAmount": 795, "DiscountAmount": 795, "LineAmount": 0.0}, 0),
    "free after rounding": ({"UnitAmount": 0.01, "DiscountRate": 50, "LineAmount": 0}, None),
    "negative": ({"UnitAmount": -5, "DiscountAmount": 0, "LineAmount": -5.0}, -5),
    "discounted": ({"UnitAmount": 10, "DiscountRate": 10, "LineAmount": 9.0}, 9),
    "without price": ({"UnitAmount": 0, "LineAmount": 0.0}, 0),
}


@pytest.mark.parametrize("name", LINES)
def test_a_discounted_line_that_xero_shows_is_taken_back(tmp_path, xero, name):
    shown, amount = LINES[name]
    full = {"Description": "Full", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    line = {"Description": name, "Quantity": 1, "AccountCode": "200", **shown}
    sale = {
        "Type": "ACCREC",
        "InvoiceNumber": "S-1",
        "Contact": {"Name": "Ana"},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "LineItems": [full, line],
    }
    run = publish(tmp_path, xero, records("invoices", [sale]))
    assert run.statuses == {"created": 1}, run.log
    [invoice] = xero.records("Invoices")
    stored = invoice["LineItems"][1]
    if amount is not None:
        assert stored["LineAmount"] == amount
    assert Decimal(str(stored["UnitAmount"])) == Decimal(str(shown["UnitAmount"]))
    assert stored.get("DiscountRate", 0) == shown.get("DiscountRate", 0)


def test_a_line_amount_that_does_not_fit_is_still_refused(tmp_path, xero):
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    sale = {
        "Type": "ACCREC",
        "Contact": {"Name": "Ana"},
        "LineItems": [line | {"DiscountRate": 10, "LineAmount": 0}],
    }
    run = publish(tmp_path, xero, records("invoices", [sale]))
    assert run.statuses == {"rejected": 1}, run.log
