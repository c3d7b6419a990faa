"""Payments and allocations are copied in the order in which they were entered."""

import pytest
from copy_fixtures import beside_an_empty_one
from copy_pair import SOURCE, Pair, assert_books_agree
from small_company import line_item

from xero_sandbox.companies.presets import empty_company


@pytest.fixture
def foreign(tmp_path):
    """An organisation with an invoice of AUD 100.01, and an empty one to copy it to."""
    with beside_an_empty_one(empty_company(SOURCE, "Harbour")) as xero:
        pair = Pair(xero, tmp_path)
        pair.call("PUT", "Currencies", {"Code": "AUD"})
        invoice = {
            "Type": "ACCREC",
            "InvoiceNumber": "INV-1",
            "Contact": {"Name": "Ana"},
            "Date": "2026-02-01",
            "DueDate": "2026-03-01",
            "Status": "AUTHORISED",
            "CurrencyCode": "AUD",
            "CurrencyRate": "0.9",
            "LineItems": [line_item("100.01", TaxType="ZERORATED")],
        }
        pair.put("Invoices", invoice)
        yield pair


def payment(amount, day):
    return {
        "Invoice": {"InvoiceNumber": "INV-1"},
        "Account": {"Code": "090"},
        "Amount": amount,
        "Date": day,
        "CurrencyRate": "0.9",
    }


def test_a_payment_that_was_entered_later_with_an_earlier_date_is_copied_later(foreign):
    foreign.put("Payments", payment("10.00", "2026-03-10"))
    foreign.put("Payments", payment("10.77", "2026-02-10"))

    assert foreign.copy(foreign.tap()).returncode == 0
    assert_books_agree(foreign)


def test_payments_that_were_entered_in_one_call_keep_their_order(foreign):
    payments = [payment("10.00", "2026-03-10"), payment("10.77", "2026-02-10")]
    made = foreign.put_children("Payments", "Payments", *payments)
    assert len({each["UpdatedDateUTC"] for each in made}) == 1

    assert foreign.copy(foreign.tap()).returncode == 0
    assert_books_agree(foreign)


def test_an_allocation_keeps_its_place_among_the_payments(foreign):
    note = foreign.put(
        "CreditNotes",
        {
            "Type": "ACCRECCREDIT",
            "Contact": {"Name": "Ana"},
            "Date": "2026-02-02",
            "Status": "AUTHORISED",
            "CurrencyCode": "AUD",
            "CurrencyRate": "0.9",
            "LineItems": [line_item("10.77", TaxType="ZERORATED")],
        },
    )
    foreign.put("Payments", payment("10.00", "2026-03-10"))
    part = {"Invoice": {"InvoiceNumber": "INV-1"}, "Amount": "10.77", "Date": "2026-02-10"}
    foreign.put_children(f"CreditNotes/{note['CreditNoteID']}/Allocations", "Allocations", part)

    assert foreign.copy(foreign.tap()).returncode == 0
    assert_books_agree(foreign)
