"""Limits: which one a 429 is about, and when the next call may start, with many threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from xero_client.errors import StoppedError
from xero_client.http.rate_limiter import LimitKind, RateLimiter, RemainingLimits, limit_kind

pytestmark = pytest.mark.fast

HEADER_TEXT = st.text(st.characters(codec="latin-1"))


def left(minute, day=5000, app_minute=9999):
    return {
        "X-MinLimit-Remaining": str(minute),
        "X-DayLimit-Remaining": str(day),
        "X-AppMinLimit-Remaining": str(app_minute),
    }


# --- which limit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"X-Rate-Limit-Problem": "minute", "Retry-After": "30"}, LimitKind.MINUTE),
        ({"X-Rate-Limit-Problem": "Minute"}, LimitKind.MINUTE),
        ({"X-Rate-Limit-Problem": "day", "Retry-After": "66975"}, LimitKind.DAY),
        ({"X-Rate-Limit-Problem": "Daily"}, LimitKind.DAY),
        ({"X-Rate-Limit-Problem": "DAY"}, LimitKind.DAY),
        ({"X-Rate-Limit-Problem": "concurrent"}, LimitKind.CONCURRENT),
        ({"X-Rate-Limit-Problem": "Concurrency"}, LimitKind.CONCURRENT),
        ({"X-Rate-Limit-Problem": "appminute"}, LimitKind.MINUTE),
        ({"X-Rate-Limit-Problem": "something new"}, LimitKind.MINUTE),
        ({"Retry-After": "3"}, LimitKind.MINUTE),
        ({}, LimitKind.CONCURRENT),
    ],
)
def test_a_429_is_known_by_its_problem_and_otherwise_by_its_retry_after(headers, kind):
    assert limit_kind(CaseInsensitiveDict(headers)) is kind


@given(HEADER_TEXT)
def test_a_problem_of_any_spelling_has_a_kind(problem):
    assert limit_kind({"X-Rate-Limit-Problem": problem}) in LimitKind


# --- what is left --------------------------------------------------------------------------


@given(st.integers(0, 60), st.integers(0, 5000), st.integers(0, 10_000))
def test_the_counts_of_an_answer_are_read_and_the_scarcest_found(minute, day, app_minute):
    counts = RemainingLimits.from_headers(CaseInsensitiveDict(left(minute, day, app_minute)))
    assert counts == RemainingLimits(minute, day, app_minute)
    assert counts.lowest == min(minute, day, app_minute)


@pytest.mark.parametrize(
    ("text", "count"),
    [("58", 58), (" 58 ", 58), ("0", 0), ("", None), ("-1", None), ("5.5", None), ("1_0", None)],
)
def test_only_a_whole_number_is_a_count(text, count):
    assert RemainingLimits.from_headers({"X-MinLimit-Remaining": text}).minute == count


@given(HEADER_TEXT.filter(lambda text: not set(text) & set("0123456789")))
def test_a_text_without_digits_is_not_a_count(text):
    assert RemainingLimits.from_headers({"X-MinLimit-Remaining": text}) == RemainingLimits()


def test_the_remaining_limits_have_a_text():
    assert str(RemainingLimits(58, 4990, 9998)) == "minute 58, day 4990, app minute 9998"
    assert str(RemainingLimits(app_minute=7)) == "app minute 7"
    assert str(RemainingLimits()) == "unknown"


# --- when a call may start -----------------------------------------------------------------


def starting(quota):
    """Starts a call in a thread; the event is set once it has started."""
    started = threading.Event()
    threading.Thread(target=lambda: (quota.start(), started.set()), daemon=True).start()
    return started


def may_start(quota, within=0.05):
    """Whether a call starts at once; if it does not, it starts when it may."""
    return starting(quota).wait(within)


def test_no_more_calls_fly_than_allowed():
    quota = RateLimiter(2)
    began = [quota.start(), quota.start()]
    third = starting(quota)
    assert not third.wait(0.2)
    fourth = starting(quota)
    quota.finish(began[0], None)
    assert third.wait(60)
    assert not fourth.wait(0.05)
    quota.finish(began[1], None)
    assert fourth.wait(60)


def test_calls_start_in_the_order_in_which_they_came():
    quota = RateLimiter(1)
    began = quota.start()
    order, threads = [], []
    for number in range(6):

        def call(number=number):
            started = quota.start()
            order.append(number)
            quota.finish(started, None)

        threads.append(threading.Thread(target=call))
        threads[-1].start()
        while len(quota._waiting) <= number:  # noqa: SLF001  # nothing else tells that it waits
            time.sleep(0.001)
    quota.finish(began, None)
    for thread in threads:
        thread.join(60)
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_halt_ends_every_wait_and_lets_no_call_start():
    quota = RateLimiter(1)
    began = quota.start()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(quota.start) for _ in range(2)]
        quota.hold(3600)
        quota.stop()
        for start in waiting:
            with pytest.raises(StoppedError):
                start.result(60)
    quota.finish(began, None)
    with pytest.raises(StoppedError):
        quota.start()


def test_with_few_calls_left_no_more_fly_than_are_left():
    quota = RateLimiter(5)
    quota.finish(quota.start(), left(minute=2))
    assert may_start(quota, 60)
    assert may_start(quota, 60)
    assert not may_start(quota)


def test_with_none_left_one_call_alone_finds_out_whether_the_window_is_over():
    quota = RateLimiter(5)
    quota.finish(quota.start(), left(minute=0))
    began = quota.start()
    assert not may_start(quota)
    quota.finish(began, left(minute=59))
    assert may_start(quota, 60)


def test_the_day_and_the_apps_minute_count_as_well():
    for scarce in (left(60, day=1), left(60, app_minute=1)):
        quota = RateLimiter(5)
        quota.finish(quota.start(), scarce)
        assert may_start(quota, 60)
        assert not may_start(quota)


def test_an_answer_that_was_overtaken_does_not_bring_calls_back():
    quota = RateLimiter(5)
    first, second = quota.start(), quota.start()
    quota.finish(second, left(minute=1))
    quota.finish(first, left(minute=40))  # older news
    assert quota.latest.minute == 1
    assert may_start(quota, 60)
    assert not may_start(quota)


def test_an_answer_without_counts_changes_nothing():
    quota = RateLimiter(5)
    quota.finish(quota.start(), left(minute=1))
    quota.finish(quota.start(), {})
    quota.finish(quota.start(), None)
    assert quota.latest.minute == 1


def test_a_hold_lets_none_start_before_its_end_and_several_after():
    quota = RateLimiter(5)
    began = time.monotonic()
    quota.hold(0.3)
    quota.hold(0.1)  # never shortens
    quota.start()
    assert time.monotonic() - began >= 0.3
    assert may_start(quota, 60)


class Window:
    """A fixed window as Xero has it, which notes what it saw."""

    def __init__(self, size, seconds):
        self.size, self.seconds = size, seconds
        self.lock = threading.Lock()
        self.opened, self.used = time.monotonic(), 0
        self.flying = self.peak = self.served = 0
        self.refused = [0]

    def call(self):
        with self.lock:
            now = time.monotonic()
            if now >= self.opened + self.seconds:
                self.opened, self.used = now, 0
                self.refused.append(0)
            self.flying += 1
            self.peak = max(self.peak, self.flying)
            if self.used >= self.size:
                self.refused[-1] += 1
                answer = left(0), self.opened + self.seconds - now
            else:
                self.used += 1
                self.served += 1
                answer = left(self.size - self.used), None
        time.sleep(0.002)
        with self.lock:
            self.flying -= 1
        return answer


def test_many_threads_meet_a_full_window_once_at_most():
    quota, window = RateLimiter(5), Window(size=12, seconds=0.3)

    def call(_):
        while True:
            began = quota.start()
            headers, wait = window.call()
            quota.finish(began, headers, None if wait is None else wait + 0.01)
            if wait is None:
                return

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(call, range(60)))
    assert window.served == 60
    assert window.peak == 5
    assert len(window.refused) >= 5
    assert max(window.refused) <= 1
