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


def sale_of(*lines):
    own = {"Type": "ACCREC", "Contact": {"Name": "Ana"}, "Date": "2026-10-01"}
    lines = [{"Description": "x", "AccountCode": "200", **line} for line in lines]
    return records("invoices", [own | {"LineItems": lines}])


def test_a_unit_amount_that_xero_would_round_to_another_amount_is_refused(tmp_path, xero):
    # Xero keeps 0.0013, and 13.00 for the line.
    run = publish(tmp_path, xero, sale_of({"Quantity": "10000", "UnitAmount": "0.00125"}))
    assert run.statuses == {"invalid": 1}, run.log
    [problem] = run.errors("invalid")
    assert problem == (
        "LineItems[0].UnitAmount: Xero keeps 4 decimals, so that 10000 x 0.00125 would be 13.00 "
        "and not 12.50: give a unit amount with at most 4 decimals, such as that of 100 pieces"
    )


def test_decimals_that_change_no_amount_are_left_out(tmp_path, xero):
    sale = sale_of(
        {"Quantity": 3, "UnitAmount": "33.333333333333"},
        {"UnitAmount": "12.50000"},
        {"Quantity": -2, "UnitAmount": "0.12344"},
    )
    run = publish(tmp_path, xero, sale)
    assert run.statuses == {"created": 1}, run.log
    [invoice] = xero.records("Invoices")
    assert invoice["SubTotal"] == Decimal("112.25")
    amounts = [line["UnitAmount"] for line in invoice["LineItems"]]
    assert amounts == [Decimal("33.3333"), Decimal("12.5"), Decimal("0.1234")]
