"""Xero's JSON: numbers digit for digit, dates without a day lost, envelopes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_client.errors import UnexpectedResponseError
from xero_client.http.wire import (
    decode,
    encode,
    format_instant,
    format_modified_since,
    parse_instant,
    records_of,
)

pytestmark = pytest.mark.fast

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONEY = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# hypothesis takes its bounds without a zone
FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001
INSTANTS = st.datetimes(FIRST, LAST, timezones=ZONES)


def to_the_millisecond(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


# --- numbers -------------------------------------------------------------------------------


@given(MONEY)
def test_a_number_keeps_its_value_through_decoding_and_encoding(amount):
    assert Decimal(decode(encode({"Total": amount}))["Total"]) == amount


@given(st.integers(-(10**15), 10**15), st.integers(1, 6))
def test_every_digit_that_xero_wrote_stays(units, places):
    text = f"{Decimal(units).scaleb(-places):f}"
    assert str(decode(text.encode())) == text
    assert encode(decode(text.encode())) == text.encode()


def test_money_is_never_a_binary_float():
    value = decode(b'{"Total": 0.1, "Rate": 1.123456789012345678, "Count": 3}')
    assert value == {"Total": Decimal("0.1"), "Rate": Decimal("1.123456789012345678"), "Count": 3}
    assert not any(isinstance(number, float) for number in value.values())


@given(MONEY)
def test_what_is_encoded_is_json_to_others_too(amount):
    assert json.loads(encode([amount]), parse_float=Decimal, parse_int=Decimal) == [amount]


@pytest.mark.parametrize("body", [b"", b"{", b'{"Invoices": [1, 2', b"<html></html>", b"{} {}"])
def test_what_is_no_whole_json_is_a_value_error(body):
    with pytest.raises(ValueError, match=r".+"):
        decode(body)


# --- instants ------------------------------------------------------------------------------


@given(INSTANTS, st.sampled_from(["", "+0000", "+1300", "-0800"]))
def test_the_milliseconds_count_whatever_the_offset_beside_them_says(instant, offset):
    milliseconds = (instant - EPOCH) // timedelta(milliseconds=1)
    parsed = parse_instant(f"/Date({milliseconds}{offset})/")
    assert parsed == EPOCH + timedelta(milliseconds=milliseconds)
    assert parsed.utcoffset() == timedelta(0)


@given(INSTANTS)
def test_a_bookmark_is_read_back_as_it_was_to_the_millisecond(instant):
    assert parse_instant(format_instant(instant)) == to_the_millisecond(instant)


@given(INSTANTS)
def test_an_iso_text_is_read_with_its_zone_and_without_one_as_utc(instant):
    assert parse_instant(instant.isoformat()) == instant
    naive = instant.astimezone(UTC).replace(tzinfo=None)
    assert parse_instant(naive.isoformat()) == instant


@given(INSTANTS)
def test_modified_since_is_the_second_that_holds_the_instant_in_utc(instant):
    text = format_modified_since(instant)
    assert len(text) == len("2026-01-31T09:30:00")
    since = datetime.fromisoformat(text).replace(tzinfo=UTC)
    assert timedelta(0) <= instant - since < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("/Date(1439434356790)/", datetime(2015, 8, 13, 2, 52, 36, 790_000, UTC)),
        ("/Date(1419937200000+0000)/", datetime(2014, 12, 30, 11, tzinfo=UTC)),
        ("/Date(-62135596800000)/", datetime(1, 1, 1, tzinfo=UTC)),
        ("2019-07-09T23:40:30.1833130", datetime(2019, 7, 9, 23, 40, 30, 183_313, UTC)),
        ("2019-03-05T18:59:06Z", datetime(2019, 3, 5, 18, 59, 6, tzinfo=UTC)),
        ("2026-01-31T09:30:00+13:00", datetime(2026, 1, 30, 20, 30, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_the_forms_that_xero_writes_are_known(text, instant):
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "/Date(abc)/",
        "/Date(999999999999999999)/",
        "0001-01-01T00:00:00+13:00",
        "2026-02-30T00:00:00",
        "2026-02-30",
    ],
)
def test_what_is_no_instant_is_a_value_error(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text)


# --- envelopes -----------------------------------------------------------------------------


def test_records_are_what_stands_under_the_key():
    assert records_of({"Status": "OK", "Invoices": [{"a": 1}]}, "Invoices") == [{"a": 1}]


@pytest.mark.parametrize(
    "envelope", [{}, {"Invoices": None}, {"Invoices": {}}, {"Invoices": ["x"]}, ["x"], "x", None]
)
def test_an_answer_without_a_list_of_records_is_odd_and_never_empty(envelope):
    with pytest.raises(UnexpectedResponseError, match="Invoices"):
        records_of(envelope, "Invoices")
