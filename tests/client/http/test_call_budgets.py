"""Budgets of calls that processes share: what is left, and leases, in made-up time."""

from __future__ import annotations

import heapq
import threading
import time
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xero_client.budgets.budget import (
    CALLS_WHILE_UNKNOWN,
    LEASE_SECONDS,
    WINDOW_SECONDS,
    Budget,
    CallsLeft,
    Report,
    lease_of,
)
from xero_client.budgets.shared_budget import SharedBudget
from xero_client.errors import DailyLimitError, StoreError
from xero_client.http.rate_limiter import RateLimiter, SharedLimits

NOBODY_KNOWS = CallsLeft(None, 10.0, 11.0)
KNOWN = CallsLeft(50, 10.0, 11.0)


@pytest.mark.parametrize(
    ("known", "seen", "result"),
    [
        pytest.param(NOBODY_KNOWS, CallsLeft(40, 10.5, 12.0), NOBODY_KNOWS, id="before a hold"),
        pytest.param(
            NOBODY_KNOWS, CallsLeft(40, 11.5, 12.0), CallsLeft(40, 11.5, 12.0), id="first"
        ),
        pytest.param(KNOWN, CallsLeft(60, 10.5, 12.0), KNOWN, id="higher, at the same time"),
        pytest.param(
            KNOWN, CallsLeft(60, 11.5, 12.0), CallsLeft(60, 11.5, 12.0), id="higher, later"
        ),
        pytest.param(KNOWN, CallsLeft(40, 8.0, 9.0), KNOWN, id="lower, from before"),
        pytest.param(KNOWN, CallsLeft(40, 8.0, 10.5), CallsLeft(40, 10.0, 11.0), id="lower"),
        pytest.param(KNOWN, CallsLeft(50, 10.2, 11.4), CallsLeft(50, 10.2, 11.4), id="equal"),
        pytest.param(KNOWN, CallsLeft(None, 11.5, 12.0), KNOWN, id="says nothing"),
    ],
)
def test_what_is_left_after_another_response(known, seen, result):
    assert known.updated(seen) == result


def test_while_nothing_is_known_a_process_has_few_calls_in_flight():
    _, lease = lease_of(Budget(), "a", Report(100, 0), 10**6, 100.0)
    assert lease.calls == CALLS_WHILE_UNKNOWN
    _, lease = lease_of(Budget(), "a", Report(100, CALLS_WHILE_UNKNOWN), 10**6, 100.0)
    assert lease.calls == 0
    report = Report(100, CALLS_WHILE_UNKNOWN, says_nothing=True)
    _, lease = lease_of(Budget(), "a", report, 10**6, 100.0)
    assert lease.calls == CALLS_WHILE_UNKNOWN


class Table:
    """The budgets of one process, in memory; each lease takes some time."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.budgets = {}
        self.is_broken = False

    def exchange(self, key, report, capacity):
        if self.is_broken:
            message = "the disk is full"
            raise StoreError(message)
        time.sleep(self.seconds)
        budget = self.budgets.get(key, Budget())
        self.budgets[key], lease = lease_of(budget, "a", report, capacity, time.monotonic())
        return lease


def shared_of(table):
    minute, app = SharedBudget(table, "minute", 5), SharedBudget(table, "app", 10**6)
    day = SharedBudget(table, "day", 10**6)
    day.doubt_hold()
    return SharedLimits(minute=minute, day=day, app=app)


def limiter_of(table):
    return RateLimiter(5, stops_at_day_limit=True, shared=shared_of(table))


def headers(day, minute=50):
    return {"X-DayLimit-Remaining": str(day), "X-MinLimit-Remaining": str(minute)}


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_a_run_on_a_new_day_goes_on_also_with_a_slow_database(seconds):
    table = Table()
    yesterday = limiter_of(table)
    used_up = headers(0) | {"X-Rate-Limit-Problem": "day", "Retry-After": "3600"}
    yesterday.finish(yesterday.start(), used_up, None, 3600.0)
    with pytest.raises(DailyLimitError):
        yesterday.start()
    table.seconds = seconds
    table.budgets["day"] = Budget(held_until=time.monotonic() + 3600)
    today = limiter_of(table)
    for number in range(3):
        began = today.start()
        time.sleep(0.05)  # the call
        today.finish(began, headers(4_990 - number))


def test_a_call_that_waits_goes_on_although_another_one_could_not_tell_of_its_429():
    table = Table()
    limiter = RateLimiter(1, shared=shared_of(table))
    first = limiter.start()
    started = threading.Event()

    def second():
        limiter.start()
        started.set()

    threading.Thread(target=second, daemon=True).start()
    table.is_broken = True
    with pytest.raises(StoreError):
        limiter.finish(first, headers(0) | {"Retry-After": "1"}, hold=0.1)
    table.is_broken = False
    assert started.wait(10)


@dataclass
class Xero:
    """A window of calls, as Xero counts them."""

    limit: int
    seconds: float
    opened: float = 0.0
    used: int = 0
    refused_at: list = field(default_factory=list)

    def call(self, now):
        """The calls left after this one; None for a 429."""
        if now - self.opened >= self.seconds:
            self.opened, self.used = now, 0
        if self.used >= self.limit:
            self.refused_at.append((self.opened, now))
            return None
        self.used += 1
        return self.limit - self.used


@settings(max_examples=60)
@given(
    limit=st.integers(5, 40),
    holders=st.integers(1, 8),
    order=st.lists(st.tuples(st.integers(0, 7), st.floats(0.01, 0.4)), min_size=50, max_size=300),
)
def test_leases_never_lead_to_two_429s_in_a_window(limit, holders, order):
    xero, budget, now = Xero(limit, 20.0), Budget(), 1_000.0
    known = {}
    for number, pause in order:
        now += pause
        holder = f"h{number % holders}"
        left, seen = known.get(holder, (None, now))
        report = Report(5, 0, left, now - seen, response_age=now - seen)
        budget, lease = lease_of(budget, holder, report, 5, now)
        assert lease.calls >= 0
        assert sum(share.slots for share in budget.shares.values()) <= 5
        for _ in range(min(lease.calls, 5)):
            answer = xero.call(now)
            if answer is None:
                hold = Report(5, 0, None, 0.0, xero.opened + xero.seconds - now)
                budget, lease = lease_of(budget, holder, hold, 5, now)
                assert lease.calls == 0
                break
            known[holder] = (answer, now)
    windows = [opened for opened, _ in xero.refused_at]
    # The first window may begin before anything is known.
    later = [opened for opened in windows if opened > 1_001.0]
    assert len(later) == len(set(later))


@dataclass
class Process:
    """One that makes calls; those in flight are counted in any order."""

    in_flight: int = 0
    known: CallsLeft = field(default_factory=lambda: CallsLeft(None, 0.0, 0.0))

    def report(self, now, **options):
        known = self.known
        ages = {"age": now - known.began, "response_age": now - known.known_at}
        return Report(1_000, self.in_flight, known.number, **ages, **options)


@pytest.mark.parametrize("seed", range(20))
def test_calls_that_are_counted_out_of_order_lead_to_no_further_429(seed):
    random = Random(seed)  # noqa: S311  # not for secrets
    limit, count = random.randint(60, 200), random.randint(2, 6)
    xero, budget, now = Xero(limit, 20.0), Budget(), 1_000.0
    processes = [Process() for _ in range(count)]
    events = []
    for number in range(400):
        now += random.uniform(0.01, 0.2)
        while events and events[0][0] <= now:
            at, _, event, process, began, answer = heapq.heappop(events)
            if event == "is counted":
                answer = xero.call(at)
                end = at + random.uniform(0.01, 1.5)
                heapq.heappush(events, (end, random.random(), "ends", process, began, answer))
                continue
            each = processes[process]
            each.in_flight -= 1
            if answer is not None:
                each.known = each.known.updated(CallsLeft(answer, began, at))
            else:
                each.known = CallsLeft(None, at, at)
                hold = each.report(at, hold=xero.opened + xero.seconds - at)
                budget, _ = lease_of(budget, f"h{process}", hold, 10**6, at)
        process = number % count
        budget, lease = lease_of(budget, f"h{process}", processes[process].report(now), 10**6, now)
        for _ in range(min(lease.calls, 20)):
            processes[process].in_flight += 1
            counted = now + random.uniform(0.01, 1.5)
            heapq.heappush(events, (counted, random.random(), "is counted", process, now, None))
    windows = [opened for opened, _ in xero.refused_at]
    assert len(windows) == len(set(windows))


def test_several_429s_without_a_time_hold_until_the_end_of_one_minute():
    budget, _ = lease_of(Budget(), "a", Report(5, 5, left=100), 10**6, 1_000.0)
    for number in range(40):
        hold = Report(5, 5, None, hold=5.0, ends_with_minute=True)
        budget, lease = lease_of(budget, f"h{number}", hold, 10**6, 1_040.0 + number / 100)
        assert lease.calls == 0
    assert 19 < lease.wait <= 20
    # Then one call finds out.
    budget, first = lease_of(budget, "a", Report(5, 0), 10**6, 1_060.1)
    budget, second = lease_of(budget, "b", Report(5, 0), 10**6, 1_060.2)
    assert (first.calls, second.calls) == (1, 0)
    hold = Report(1, 1, None, hold=5.0, ends_with_minute=True)
    budget, lease = lease_of(budget, "a", hold, 10**6, 1_060.3)
    assert (lease.calls, lease.wait) == (0, 5.0)


def test_a_call_finds_out_at_once_that_a_new_minute_has_begun():
    budget, _ = lease_of(Budget(), "a", Report(5, 5, left=1), 10**6, 1_000.0)
    hold = Report(5, 1, None, hold=5.0, ends_with_minute=True)
    budget, _ = lease_of(budget, "a", hold, 10**6, 1_030.0)
    end = 1_000.0 + WINDOW_SECONDS
    budget, _ = lease_of(budget, "a", Report(5, 0), 10**6, end)
    seen = Report(5, 0, left=59, age=0.5, response_age=0.0)
    budget, lease = lease_of(budget, "a", seen, 10**6, end + 0.5)
    assert lease.calls == 59


def test_where_responses_do_not_say_what_is_left_a_429_is_followed_by_several_calls():
    hold = Report(5, 1, None, hold=5.0, ends_with_minute=True)
    budget, _ = lease_of(Budget(), "a", hold, 10**6, 1_000.0)
    _, lease = lease_of(budget, "a", Report(5, 0), 10**6, 1_005.1)
    assert lease.calls == CALLS_WHILE_UNKNOWN


def test_a_lower_number_may_be_that_of_a_new_minute():
    budget = Budget()
    for left, now in ((50, 1_000.0), (40, 1_055.0), (30, 1_065.0)):
        budget, _ = lease_of(budget, "a", Report(5, 0, left=left), 10**6, now)
    hold = Report(5, 1, None, hold=5.0, ends_with_minute=True)
    _, lease = lease_of(budget, "a", hold, 10**6, 1_070.0)
    assert lease.wait == 55.0


def test_a_process_that_ends_does_not_keep_the_others_waiting():
    budget, _ = lease_of(Budget(), "a", Report(5, 1, left=0), 10**6, 1_000.0)
    budget, _ = lease_of(budget, "a", Report(0, 0, left=0), 10**6, 1_000.1)
    _, lease = lease_of(replace(budget, shares={}), "b", Report(5, 0), 10**6, 1_000.2)
    assert lease.calls == 1


def test_a_lease_of_a_process_that_is_killed_is_free_again():
    budget, first = lease_of(Budget(), "a", Report(5, 0), 5, 100.0)
    assert first.slots == 5
    budget, second = lease_of(budget, "b", Report(5, 0), 5, 101.0)
    assert second.slots == 0
    _, third = lease_of(budget, "b", Report(5, 0), 5, 100.0 + LEASE_SECONDS)
    assert third.slots == 5


@pytest.mark.parametrize("is_held", [False, True])
def test_a_clock_that_was_set_back_makes_no_lease_and_no_hold_longer(is_held):
    hold = {"left": 0, "hold": 20.0} if is_held else {}
    budget, _ = lease_of(Budget(), "a", Report(5, 0, **hold), 5, 1_000.0)
    later = 20.0 if is_held else LEASE_SECONDS
    budget, second = lease_of(budget, "b", Report(5, 0), 5, 400.0)
    assert second.calls == 0
    assert second.wait <= later
    _, third = lease_of(budget, "b", Report(5, 0), 5, 400.0 + later)
    assert (third.slots, third.calls) == (5, 5)


def test_a_process_that_is_not_alone_any_more_gives_slots_up():
    budget, _ = lease_of(Budget(), "a", Report(5, 0), 5, 100.0)
    budget, _ = lease_of(budget, "b", Report(5, 0), 5, 100.5)
    budget, first = lease_of(budget, "a", Report(5, 0), 5, 101.0)
    budget, second = lease_of(budget, "b", Report(5, 0), 5, 101.2)
    assert (first.slots, second.slots) == (2, 3)


def test_calls_are_divided_by_what_is_left():
    budget, _ = lease_of(Budget(), "a", Report(5, 0, left=40), 5, 100.0)
    budget, late = lease_of(budget, "b", Report(5, 0), 5, 100.1)
    assert late.calls == 0  # the first one has them all
    budget, first = lease_of(budget, "a", Report(5, 0, left=39), 5, 101.0)
    budget, second = lease_of(budget, "b", Report(5, 0), 5, 101.1)
    assert (first.calls, second.calls) == (20, 10)
