"""Xero's dates as calendar days and as instants in UTC."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_xero.records.dates import to_day, to_instant

pytestmark = pytest.mark.fast

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
OFFSETS = st.sampled_from(["", "+0000", "+1300", "-0800"])
NO_DATES = [
    "",
    "tomorrow",
    "2019-08",
    "2014-02-30",
    "2014-05-26T25:00:00",
    "/Date()/",
    "/Date(1e3)/",
    "/Date(1401062400000",
    "/Date(999999999999999)/",
    "/Date(-99999999999999999999)/",
]


@given(day=st.dates(), offset=OFFSETS)
def test_midnight_utc_is_the_day_that_xero_printed_whatever_offset_stands_beside_it(day, offset):
    milliseconds = (day - EPOCH.date()) // timedelta(milliseconds=1)
    assert to_day(f"/Date({milliseconds}{offset})/") == day.isoformat()


@given(moment=st.datetimes(timezones=st.just(timezone.utc)), offset=OFFSETS)
def test_an_instant_keeps_its_milliseconds_whatever_offset_stands_beside_it(moment, offset):
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    expected = (EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")
    assert to_instant(f"/Date({milliseconds}{offset})/") == expected.replace("+00:00", "Z")


@given(day=st.dates(), clock=st.sampled_from(["", "T00:00:00", "T23:59:59Z", "T23:30:00+13:00"]))
def test_an_iso_date_is_the_day_as_it_is_written(day, clock):
    assert to_day(f"{day.isoformat()}{clock}") == day.isoformat()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("/Date(1439434356790)/", "2015-08-13T02:52:36.790Z"),
        ("/Date(-1)/", "1969-12-31T23:59:59.999Z"),
        ("/Date(-62135596800000+0000)/", "0001-01-01T00:00:00.000Z"),
        ("2019-03-05T18:59:06Z", "2019-03-05T18:59:06.000Z"),
        ("2014-05-26T00:00:00", "2014-05-26T00:00:00.000Z"),
        ("2019-07-09T23:40:30.1833130", "2019-07-09T23:40:30.183Z"),
        ("2019-07-09T23:40:30.9999999Z", "2019-07-09T23:40:30.999Z"),
        ("2019-07-09T23:40:30+12:00", "2019-07-09T11:40:30.000Z"),
        ("2019-07-09", "2019-07-09T00:00:00.000Z"),
    ],
)
def test_an_instant_is_written_one_way_however_xero_writes_it(text, instant):
    assert to_instant(text) == instant


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("/Date(1401062400000+0000)/", "2014-05-26"),
        ("/Date(1419937200000+1300)/", "2014-12-30"),
        ("/Date(-86400000)/", "1969-12-31"),
        ("/Date(-62135596800000)/", "0001-01-01"),
        ("2014-05-26T00:00:00", "2014-05-26"),
        ("2014-05-26T00:00:00.0000000", "2014-05-26"),
        ("2014-05-26", "2014-05-26"),
    ],
)
def test_a_day_is_written_one_way_however_xero_writes_it(text, day):
    assert to_day(text) == day


@pytest.mark.parametrize("read", [to_day, to_instant])
@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_not_a_date_is_refused(read, text):
    with pytest.raises(ValueError, match=r".*"):
        read(text)
