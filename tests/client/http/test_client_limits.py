"""Xero's limits: what follows from each kind of 429, and how few of them come."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from connections import custom_transport, static_transport

from tap_runner import read
from xero_client.errors import DailyLimitError, NoResponseError
from xero_client.http.rate_limiter import RemainingLimits, retry_after
from xero_client.http.transport import MAX_RATE_LIMIT_WAITS, Request
from xero_sandbox.http.limits import Limits
from xero_sandbox.server import server

ACCOUNTS = Request("GET", "/Accounts", subject="accounts")
A_DAY = 86_400


def held(transport, monkeypatch):
    """The seconds for which calls would be held back, which then do not pass."""
    seconds = []
    monkeypatch.setattr(transport.rate_limiter, "hold", seconds.append)
    return seconds


# --- the minute ----------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ["minute", "Minute", "never-heard-of", ""])
def test_a_429_with_retry_after_is_waited_out_for_that_long(xero, problem):
    xero.fault("rate_limited", "Accounts", problem=problem, retry_after=1)
    transport = static_transport(xero)
    began = time.monotonic()
    assert transport.send(ACCOUNTS).status == 200
    assert 1 <= time.monotonic() - began < 20
    assert len(xero.calls("Accounts")) == 2


def test_while_one_call_waits_no_other_starts(xero):
    xero.fault("rate_limited", "Accounts", problem="minute", retry_after=2)
    transport = static_transport(xero)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(transport.send, ACCOUNTS)
        while not transport.rate_limiter.seconds_to_wait:
            assert not first.done()
            time.sleep(0.01)
        others = [pool.submit(transport.send, ACCOUNTS) for _ in range(3)]
        assert [call.result().status for call in (first, *others)] == [200] * 4
    refused, *served = xero.calls("Accounts")
    assert [call["status"] for call in served] == [200] * 4
    waited = min(datetime.fromisoformat(call["at"]) for call in served) - datetime.fromisoformat(
        refused["at"]
    )
    assert waited >= timedelta(seconds=2)


def test_an_unknown_kind_without_retry_after_is_waited_out_as_a_minute(xero, monkeypatch):
    xero.fault("rate_limited", "Accounts", problem="appminute", times=2)
    transport = static_transport(xero)
    seconds = held(transport, monkeypatch)
    assert transport.send(ACCOUNTS).status == 200
    assert seconds == [5.0, 10.0]


def test_a_retry_after_that_is_no_number_is_not_trusted(xero, monkeypatch):
    headers = {"Retry-After": "soon"}
    xero.fault("rate_limited", "Accounts", problem="minute", headers=headers)
    transport = static_transport(xero)
    seconds = held(transport, monkeypatch)
    assert transport.send(ACCOUNTS).status == 200
    assert seconds == [5.0]


def test_a_limit_that_never_ends_ends_the_call(xero, monkeypatch):
    xero.fault("rate_limited", "Accounts", problem="minute", retry_after=1, times=None)
    transport = static_transport(xero)
    held(transport, monkeypatch)
    with pytest.raises(NoResponseError, match="run again later"):
        transport.send(ACCOUNTS)
    assert len(xero.calls("Accounts")) == MAX_RATE_LIMIT_WAITS + 1


def test_a_write_is_sent_again_after_a_limit_for_xero_did_nothing(xero, prompt):
    xero.fault("rate_limited", "Contacts", problem="concurrent")
    write = Request("PUT", "/Contacts", body=b'{"Contacts":[{"Name":"Ana"}]}')
    assert static_transport(xero).send(write).status == 200
    assert len(xero.records("Contacts")) == 1


# --- several at once -----------------------------------------------------------------------


def test_a_429_about_concurrency_is_waited_out_shortly(xero, monkeypatch):
    xero.fault("rate_limited", "Accounts", problem="concurrent", times=2)
    transport = static_transport(xero)
    seconds = held(transport, monkeypatch)
    waited = []
    monkeypatch.setattr(transport, "pause", waited.append)
    assert transport.send(ACCOUNTS).status == 200
    assert seconds == []  # as a minute it would be 5 s and 10 s
    assert len(waited) == 2
    assert max(waited) <= 1.1


def test_a_429_that_says_nothing_is_taken_for_concurrency(xero, monkeypatch):
    xero.fault("rate_limited", "Accounts", problem="")
    transport = static_transport(xero)
    seconds = held(transport, monkeypatch)
    assert transport.send(ACCOUNTS).status == 200
    assert seconds == []


def test_never_more_than_five_calls_are_in_flight_to_an_organisation(xero):
    xero.sandbox.behaviour.latency = 0.1
    transport = static_transport(xero)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(transport.send, [ACCOUNTS] * 40))
    counters = xero.counters()
    assert counters["peak_concurrency"] == {xero.tenant_id: 5}
    assert counters["too_many_requests"] == {}


# --- the day -------------------------------------------------------------------------------


def test_the_end_of_the_day_stops_the_run_with_its_state_and_the_next_day_goes_on():
    sizes = Limits(day=10, minute=1_000, app_minute=10_000)
    with server(limits=sizes) as xero:
        added = {xero.add("Contacts", {"Name": f"C{n}"}) for n in range(30)}
        stopped = read(xero, ["contacts"], page_size=2, max_concurrency=1)
        assert stopped.exit_code == 1
        assert "daily limit" in stopped.last_line
        assert "on_daily_limit" in stopped.last_line
        assert "Traceback" not in stopped.log
        got = set(stopped.ids("contacts", "ContactID"))
        assert len(got) >= 12
        assert xero.counters()["too_many_requests"] == {}  # the headers had announced it
        xero.clock.advance(A_DAY)
        state = stopped.state
        going_on = read(xero, ["contacts"], state=state, page_size=2, max_concurrency=1)
        assert going_on.exit_code == 0, going_on.log
        assert got | set(going_on.ids("contacts", "ContactID")) == added
        assert len(going_on.records("contacts")) < 30  # not from the start


def test_calls_in_flight_at_the_end_of_the_day_are_the_only_refused_ones():
    with server(limits=Limits(day=12, minute=1_000, app_minute=10_000)) as xero:
        for n in range(200):
            xero.add("Contacts", {"Name": f"C{n}"})
        stopped = read(xero, ["contacts", "accounts", "invoices", "items"], page_size=2)
        assert stopped.exit_code == 1
        assert "daily limit" in stopped.last_line
        assert xero.counters()["too_many_requests"].get("day", 0) == 0


def test_a_minute_limit_that_asks_for_hours_is_the_limit_of_the_day(xero):
    xero.fault("rate_limited", "Accounts", problem="minute", retry_after=41_234)
    with pytest.raises(DailyLimitError, match="for 41234 s"):
        static_transport(xero).send(ACCOUNTS)


@pytest.mark.parametrize("text", ["9" * 5_000, "-3", "soon", "1e9", "Wed, 99 Foo 2026"])
def test_a_header_without_sense_does_not_end_a_run(xero, text):
    headers = {"X-DayLimit-Remaining": text, "X-MinLimit-Remaining": text, "Retry-After": text}
    assert RemainingLimits.from_headers(headers).lowest is None
    assert retry_after(headers) in (None, 86_400.0)


def test_the_end_of_the_day_says_for_how_long(xero):
    xero.fault("rate_limited", "Accounts", problem="day", retry_after=66_975)
    with pytest.raises(DailyLimitError, match="for 66975 s") as caught:
        static_transport(xero).send(ACCOUNTS)
    assert caught.value.retry_after == 66_975
    assert caught.value.correlation_id == xero.calls("Accounts")[0]["correlation_id"]


def test_the_end_of_the_day_can_be_waited_out(xero):
    xero.fault("rate_limited", "Accounts", problem="day", retry_after=1)
    began = time.monotonic()
    assert static_transport(xero, on_daily_limit="wait").send(ACCOUNTS).status == 200
    assert time.monotonic() - began >= 1


def test_a_token_that_dies_in_a_long_wait_is_renewed_even_if_it_was_just_before(xero, monkeypatch):
    transport = custom_transport(xero, on_daily_limit="wait")
    monkeypatch.setattr(transport.rate_limiter, "hold", xero.clock.advance)
    xero.before("Accounts", lambda: xero.clock.advance(1801))
    xero.fault("rate_limited", "Accounts", problem="day", retry_after=1801, nth=2)
    assert transport.send(ACCOUNTS).status == 200
    assert [call["status"] for call in xero.calls("Accounts")] == [401, 429, 401, 200]


# --- in steady state -----------------------------------------------------------------------


def test_a_long_read_meets_a_full_window_once_at_most_and_misses_nothing():
    sizes = Limits(minute=10, minute_seconds=2.0, day=100_000, app_minute=100_000)
    with server(limits=sizes) as xero:
        added = {xero.add("Contacts", {"Name": f"C{n}"}) for n in range(25)}
        began = time.monotonic()
        finished = read(xero, ["contacts"], page_size=1)
        seconds = time.monotonic() - began
        assert finished.exit_code == 0, finished.log
        assert set(finished.ids("contacts", "ContactID")) == added
        counters = xero.counters()
        assert set(counters["too_many_requests"]) == {"minute"}
        # A window is two seconds long.
        assert counters["too_many_requests"]["minute"] <= seconds / 2
        assert counters["peak_concurrency"][xero.tenant_id] <= 5
