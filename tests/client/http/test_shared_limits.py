"""Processes that share a state database stay within Xero's limits together."""

from __future__ import annotations

import heapq
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from random import Random

import pytest
from connections import WEB, store_in, web_config
from hypothesis import given, settings
from hypothesis import strategies as st

from xero_client.budgets.budget import LEASE_SECONDS, Budget, CallsLeft, Report, lease_of
from xero_sandbox.http.limits import Limits
from xero_sandbox.server import server

CALLER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from xero_client.auth.tenants import Tenant, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.errors import DailyLimitError
from xero_client.http.transport import Request
from xero_client.settings.connection_settings import ConnectionSettings

config, tenant_ids, calls = json.loads(sys.argv[1])
settings = ConnectionSettings.from_config(config, user_agent="tests")
tokens = token_source(settings)
transports = [transport_for(settings, tokens, Tenant(each, None)) for each in tenant_ids]

def call(number):
    try:
        transports[number % len(transports)].send(Request("GET", "/Currencies", subject="test"))
    except DailyLimitError:
        return 0
    return 1

with ThreadPoolExecutor(5 * len(transports)) as pool:
    print("calls", sum(pool.map(call, range(calls))), flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def store_uri(request, tmp_path):
    if request.param == "sqlite":
        return store_in(tmp_path)
    return request.getfixturevalue("fresh_postgres_uri")


def start(xero, store_uri, calls, tenant_ids=(), **options):
    """A process that makes so many calls, five at a time to each organisation."""
    token = xero.grant(WEB)["access_token"]
    config = web_config(xero, store_uri, access_token=token, **options)
    arguments = [config, list(tenant_ids or [xero.tenant_id]), calls]
    return subprocess.Popen(
        [sys.executable, "-c", CALLER, json.dumps(arguments)], stdout=subprocess.PIPE, text=True
    )


def calls_of(process):
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return int(out.split()[-1])


def test_four_processes_pass_a_minutes_end_with_one_429(store_uri):
    with server(limits=Limits(minute=30, minute_seconds=4.0)) as xero:
        processes = [start(xero, store_uri, 25) for _ in range(4)]
        assert [calls_of(process) for process in processes] == [25] * 4
        windows = -(-100 // 30)
        assert xero.counters()["too_many_requests"].get("minute", 0) <= windows
        assert "concurrent" not in xero.counters()["too_many_requests"]


def test_processes_have_five_calls_in_flight_together(store_uri):
    with server(limits=Limits(minute=10_000)) as xero:
        xero.fault("latency", seconds=0.1, times=None)
        processes = [start(xero, store_uri, 20) for _ in range(4)]
        assert [calls_of(process) for process in processes] == [20] * 4
        assert xero.counters()["too_many_requests"] == {}
        assert xero.counters()["peak_concurrency"][xero.tenant_id] <= 5


def test_more_processes_than_calls_in_flight_take_turns(tmp_path):
    with server(limits=Limits(minute=10_000)) as xero:
        processes = [start(xero, store_in(tmp_path), 10) for _ in range(7)]
        assert [calls_of(process) for process in processes] == [10] * 7
        assert xero.counters()["too_many_requests"] == {}


def test_the_minute_of_the_app_is_met_once_by_all_processes(store_uri):
    """The 429 of the app names no seconds, so all wait for the end of a minute."""
    sizes = Limits(minute=10_000, app_minute=60)
    with server(companies=["empty"] * 4, limits=sizes) as xero:
        processes = [start(xero, store_uri, 40, [tenant]) for tenant in xero.tenant_ids]
        try:
            deadline = time.monotonic() + 60
            while not xero.counters()["too_many_requests"] and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(2)  # for those that would call again
            assert xero.counters()["too_many_requests"] == {"appminute": 1}
        finally:
            for process in processes:
                process.kill()
                process.communicate()


def test_the_end_of_the_day_is_met_by_nobody(store_uri):
    with server(limits=Limits(minute=10_000, day=50)) as xero:
        processes = [start(xero, store_uri, 40) for _ in range(3)]
        assert sum(calls_of(process) for process in processes) == 50
        assert xero.counters()["too_many_requests"] == {}
        # Also not by a process that starts after it.
        assert calls_of(start(xero, store_uri, 5)) == 0
        assert xero.counters()["too_many_requests"] == {}


def test_the_lease_of_a_process_that_is_killed_ends(store_uri):
    with server(limits=Limits(minute=10_000)) as xero:
        xero.fault("latency", seconds=60.0, times=5)
        stuck = start(xero, store_uri, 5)
        deadline = time.monotonic() + 60
        while sum(xero.sandbox.limits.in_flight.values()) < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        stuck.send_signal(signal.SIGKILL)
        stuck.communicate()
        xero.sandbox.limits.in_flight.clear()
        assert calls_of(start(xero, store_uri, 10)) == 10


def test_processes_with_a_setting_of_their_own_do_not_share(tmp_path):
    with server(limits=Limits(minute=10_000)) as xero:
        assert calls_of(start(xero, store_in(tmp_path), 5, share_limits=False)) == 5
        assert not list(tmp_path.rglob("*.db"))


# --- leases, in made-up time ---------------------------------------------------------------------


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
        hold = Report(5, 5, None, hold=5.0, is_hold_known=False)
        budget, lease = lease_of(budget, f"h{number}", hold, 10**6, 1_040.0 + number / 100)
        assert lease.calls == 0
    assert 19 < lease.wait <= 20
    # Then one call finds out.
    budget, first = lease_of(budget, "a", Report(5, 0), 10**6, 1_060.1)
    budget, second = lease_of(budget, "b", Report(5, 0), 10**6, 1_060.2)
    assert (first.calls, second.calls) == (1, 0)
    hold = Report(1, 1, None, hold=5.0, is_hold_known=False)
    budget, lease = lease_of(budget, "a", hold, 10**6, 1_060.3)
    assert (lease.calls, lease.wait) == (0, 5.0)


def test_a_lease_of_a_process_that_is_gone_is_free_again():
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
