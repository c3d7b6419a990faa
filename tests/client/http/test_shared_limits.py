"""Processes that share a state database stay within Xero's limits together."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from connections import WEB, store_in, web_config

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
