"""The sandbox's rate limits and their headers (xero-facts.md: Limits)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sandbox_caller import Caller, calling

from xero_sandbox.http.limits import Limits


def test_every_tenanted_answer_tells_what_is_left():
    with calling(limits=Limits(minute=60, day=5000, app_minute=10000)) as caller:
        caller.get("Contacts")
        for answer in (caller.send("GET", "Contacts"), caller.send("GET", "Contacts/nobody")):
            left = {name: int(answer.headers[name]) for name in answer.headers if "limit" in name}
        assert left == {
            "x-daylimit-remaining": 4997,
            "x-minlimit-remaining": 57,
            "x-appminlimit-remaining": 9997,
        }


def test_connections_tell_the_app_minute_only():
    with calling() as caller:
        answer = requests.get(caller.xero.connections_uri, headers=caller.headers, timeout=10)
        assert [name for name in answer.headers if "limit" in name.lower()] == [
            "x-appminlimit-remaining"
        ]


@pytest.mark.parametrize(
    ("limits", "problem", "window"),
    [(Limits(minute=2), "minute", 60), (Limits(day=2), "day", 86_400)],
)
def test_above_minute_and_day_there_is_a_wait_that_ends(limits, problem, window):
    with calling(limits=limits) as caller:
        for _ in range(2):
            caller.get("Contacts")
        refused = caller.send("GET", "Contacts")
        assert refused.status_code == 429
        assert refused.headers["X-Rate-Limit-Problem"] == problem
        wait = int(refused.headers["Retry-After"])
        assert window - 30 <= wait <= window
        caller.xero.clock.advance(wait)
        if problem == "day":
            caller.headers = caller.xero.headers()
        caller.get("Contacts")
        assert caller.xero.counters()["too_many_requests"] == {problem: 1}


def test_the_minute_window_can_be_short():
    with calling(limits=Limits(minute=1, minute_seconds=20)) as caller:
        caller.get("Contacts")
        assert 5 < int(caller.send("GET", "Contacts").headers["Retry-After"]) <= 20


def test_the_app_minute_counts_over_all_tenants_and_has_no_wait():
    with calling("empty", "empty", limits=Limits(app_minute=2)) as caller:
        caller.headers = caller.xero.headers("sandbox-web")
        caller.get("Contacts")
        caller.get("Contacts", headers={"xero-tenant-id": caller.xero.tenant_ids[1]})
        refused = caller.send("GET", "Contacts")
        assert refused.status_code == 429
        assert "Retry-After" not in refused.headers


def test_minute_limits_are_of_each_tenant():
    with calling("empty", "empty", limits=Limits(minute=1)) as caller:
        caller.headers = caller.xero.headers("sandbox-web")
        caller.get("Contacts")
        caller.get("Contacts", headers={"xero-tenant-id": caller.xero.tenant_ids[1]})
        assert caller.send("GET", "Contacts").status_code == 429


def test_a_sixth_call_at_once_is_refused_without_a_wait():
    with calling() as caller:
        caller.xero.sandbox.behaviour.latency = 1.0
        start = threading.Barrier(6)

        def call(_number):
            start.wait()
            return requests.get(
                f"{caller.xero.base_uri}/Contacts", headers=caller.headers, timeout=10
            )

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(call, range(6)))
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429]
        (refused,) = (answer for answer in answers if answer.status_code == 429)
        assert refused.headers["X-Rate-Limit-Problem"] == "concurrent"
        assert "Retry-After" not in refused.headers
        assert caller.xero.counters()["peak_concurrency"] == {caller.xero.tenant_id: 5}


def test_rapid_sync_lifts_minute_and_day_for_its_time():
    with calling(limits=Limits(minute=1, rapid_sync_seconds=1200)) as caller:
        for _ in range(3):
            caller.get("Contacts")
        caller.xero.clock.advance(1201)
        caller.get("Contacts")
        assert caller.send("GET", "Contacts").status_code == 429


def test_a_refused_call_does_not_count():
    with calling(limits=Limits(minute=1)) as caller:
        caller.get("Contacts")
        for _ in range(3):
            assert caller.send("GET", "Contacts").headers["X-MinLimit-Remaining"] == "0"
        assert caller.send("GET", "Contacts").headers["X-DayLimit-Remaining"] == "4999"


def test_a_replayed_write_costs_quota():
    with calling(limits=Limits(minute=2)) as caller:
        for expected in (200, 200, 429):
            answer = caller.send(
                "PUT", "Contacts", json={"Name": "Ana"}, headers={"Idempotency-Key": "k"}
            )
            assert answer.status_code == expected
        assert len(caller.xero.records("Contacts")) == 1


def test_two_apps_do_not_share_their_limits():
    with calling(limits=Limits(minute=1)) as caller:
        caller.get("Contacts")
        other = Caller(caller.xero, client_id="sandbox-web")
        other.get("Contacts")
        other.close()


def test_an_organisation_can_have_limits_of_its_own():
    with calling("empty", "empty") as caller:
        xero = caller.xero
        caller.headers = xero.headers("sandbox-web")
        url = f"{xero.control_uri}/limits"
        one = {"tenant_id": xero.tenant_ids[1]}
        assert requests.post(url, params=one, json={"day": 1}, timeout=10).json()["day"] == 1
        other = {"xero-tenant-id": xero.tenant_ids[1]}
        statuses = [caller.send("GET", "Contacts", headers=other).status_code for _ in range(2)]
        assert statuses == [200, 429]
        statuses = [caller.send("GET", "Contacts").status_code for _ in range(2)]
        assert statuses == [200, 200]
        assert requests.get(url, params=one, timeout=10).json()["day"] == 1
        assert requests.get(url, timeout=10).json()["day"] > 1
        unknown = requests.post(url, params={"tenant_id": "?"}, json={"day": 1}, timeout=10)
        assert (unknown.status_code, "'?'" in unknown.json()["error"]) == (400, True)
