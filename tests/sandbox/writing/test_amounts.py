"""Shares that add up to the cent; tax by component, inclusive and exclusive."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_sandbox.books.amounts import (
    cents,
    component_rates,
    display_rate,
    shares,
    tax_on,
    totals,
)

pytestmark = pytest.mark.fast

AMOUNTS = st.decimals(min_value=-100000, max_value=100000, places=4)
MONEY = st.decimals(min_value=0, max_value=100000, places=2)
RATES = st.decimals(min_value=0, max_value=100, places=4)


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_shares_sum_to_the_total_and_stay_within_a_cent_of_exact(exact):
    total = cents(sum(exact))
    rounded = shares(total, exact)
    assert sum(rounded) == total
    assert all(
        abs(share - record) <= Decimal("0.02") for share, record in zip(rounded, exact, strict=True)
    )


@given(MONEY, RATES)
def test_tax_taken_out_of_an_inclusive_amount_is_the_tax_put_on_the_rest(amount, rate):
    tax = tax_on(amount, rate, "Inclusive")
    again = tax_on(amount - tax, rate, "Exclusive")
    assert abs(again - tax) <= Decimal("0.01")
    assert tax_on(amount, rate, "NoTax") == 0


@given(st.lists(st.tuples(MONEY, MONEY), max_size=9), st.sampled_from(["Exclusive", "Inclusive"]))
def test_sub_total_and_tax_make_the_total(lines, amount_types):
    found = totals(
        [{"LineAmount": amount, "TaxAmount": tax} for amount, tax in lines], amount_types
    )
    assert found["SubTotal"] + found["TotalTax"] == found["Total"]


def test_halves_round_away_from_zero():
    assert [cents(Decimal(text)) for text in ("0.005", "-0.005", "2.675")] == [
        Decimal("0.01"),
        Decimal("-0.01"),
        Decimal("2.68"),
    ]


def test_a_compound_component_is_charged_on_the_others_too():
    components = [
        {"Rate": Decimal(10)},
        {"Rate": Decimal(2)},
        {"Rate": Decimal(5), "IsCompound": True},
    ]
    assert component_rates(components) == [Decimal(10), Decimal(2), Decimal("5.60")]
    assert display_rate(components) == Decimal("17.60")
