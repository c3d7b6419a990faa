"""The sandbox's where parser against plain Python, and against text that is not a filter."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_sandbox.http.responses import HttpError
from xero_sandbox.reading.where import parse_where

COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
amounts = st.decimals(-10_000, 10_000, places=2)
days = st.dates(date(1960, 1, 1), date(2060, 1, 1))


@given(st.sampled_from(sorted(COMPARE)), amounts, amounts)
def test_numbers_compare_exactly(operator, held, asked):
    where = parse_where("Invoices", f"Total {operator} {asked}")
    assert where.matches({"Total": held}) is COMPARE[operator](held, asked)


@given(st.sampled_from(sorted(COMPARE)), days, days)
def test_dates_compare_by_day(operator, held, asked):
    text = f"Date {operator} DateTime({asked.year}, {asked.month:02d}, {asked.day:02d})"
    assert parse_where("Invoices", text).matches({"Date": held}) is COMPARE[operator](held, asked)


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.lists(st.sampled_from(["AND", "OR"])))
def test_and_binds_stronger_than_or(values, joiners):
    joiners = (joiners + ["AND"] * len(values))[: len(values) - 1]
    parts = [f"Total == {1 if value else 2}" for value in values]
    text, python = parts[0], str(values[0])
    for joiner, part, value in zip(joiners, parts[1:], values[1:], strict=True):
        text += f" {joiner} {part}"
        python += f" {joiner.lower()} {value}"
    expected = eval(python)  # noqa: S307  # made of True, False, and, or
    assert parse_where("Invoices", text).matches({"Total": Decimal(1)}) is expected


@given(st.text(max_size=40))
def test_any_text_is_a_filter_or_a_refusal(text):
    try:
        parse_where("Invoices", text).matches({})
    except HttpError as error:
        assert error.response.status == 400  # noqa: PT017  # either outcome is right


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Total ==", "Syntax error"),
        ("Total", "Expression of type 'Boolean' expected"),
        ("Foo == 1", "No property or field 'Foo' exists"),
        ('Total == "1"', "incompatible with operand types 'Decimal' and 'String'"),
        ('Total.Contains("1")', "No applicable method 'Contains'"),
        ('InvoiceID == guid("nope")', "is not a value"),
        ("Date == DateTime(2026, 13, 1)", "is not a value"),
        ("Total > null", "incompatible with operand types"),
        (r'Reference == "The \"Old\" Mill"', "Syntax error"),
        ('Reference == "The "Old" Mill"', "Syntax error"),
        ('Reference == "The Old Mill', "Syntax error"),
    ],
)
def test_a_refusal_says_what_is_wrong(text, complaint):
    with pytest.raises(HttpError) as error_info:
        parse_where("Invoices", text)
    assert complaint in error_info.value.response.body.decode()


def test_fields_that_are_absent_match_nothing_but_inequality():
    for text, matched in (
        ("Total > 1", False),
        ("Total == 1", False),
        ("Total != 1", True),
        ("Total == null", True),
        ('Reference.Contains("a")', False),
    ):
        assert parse_where("Invoices", text).matches({}) is matched


@given(st.text(max_size=20))
def test_a_text_with_doubled_quotes_matches_itself(text):
    quoted = text.replace('"', '""')
    where = parse_where("Invoices", f'Reference == "{quoted}"')
    assert where.matches({"Reference": text})
    assert not where.matches({"Reference": f"{text}."})


def test_a_backslash_is_an_ordinary_character():
    where = parse_where("Invoices", 'Reference == "C:\\" AND Reference.EndsWith("\\")')
    assert where.matches({"Reference": "C:\\"})
    assert not where.matches({"Reference": "C:"})
