"""Faults and scheduled actions: what can go wrong, and with which calls."""

import time
from email.utils import parsedate_to_datetime

import msgspec
import pytest
import requests
from sandbox_caller import calling

ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def caller():
    with calling() as item:
        for number in range(5):
            item.xero.add("Contacts", {"Name": f"Contact {number}", "ContactStatus": "ACTIVE"})
        yield item


def test_a_fault_meets_the_nth_call_of_its_endpoint_and_no_other(caller):
    caller.xero.fault("unavailable", "Contacts", nth=2, times=2)
    caller.get("Accounts")
    statuses = [caller.send("GET", "Contacts").status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert [item["kind"] for item in caller.xero.counters()["faults_struck"]] == ["unavailable"] * 2


def test_a_fault_can_wait_for_a_method_and_for_query_values(caller):
    caller.xero.fault("server_error", "Contacts", method="GET", query={"page": "2"})
    assert caller.send("GET", "Contacts", params={"page": 1}).status_code == 200
    assert caller.send("GET", "Contacts", params={"page": 2}).status_code == 500


def test_503_is_plain_text_whatever_was_asked_for(caller):
    caller.xero.fault("unavailable", "Contacts", body="The Organisation is offline")
    answer = caller.send("GET", "Contacts")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == "The Organisation is offline"


def test_any_status_body_and_header_can_be_made_up(caller):
    caller.xero.fault(
        "status",
        "Contacts",
        status=502,
        body="<h1>Bad</h1>",
        content_type="text/html",
        headers={"X-Odd": "1"},
    )
    answer = caller.send("GET", "Contacts")
    assert (answer.status_code, answer.text, answer.headers["X-Odd"]) == (502, "<h1>Bad</h1>", "1")


@pytest.mark.parametrize(("after_work", "saved"), [(False, 0), (True, 1)])
def test_a_reset_comes_before_or_after_the_work(caller, after_work, saved):
    caller.xero.fault("reset", "Contacts", method="PUT", after_work=after_work)
    with pytest.raises(requests.ConnectionError, match="reset"):
        caller.send("PUT", "Contacts", json={"Name": "Ana"})
    names = [record["Name"] for record in caller.xero.records("Contacts")]
    assert names.count("Ana") == saved


@pytest.mark.parametrize("kind", ["status", "unavailable", "server_error"])
def test_an_error_after_the_work_leaves_the_work_done(caller, kind):
    caller.xero.fault(kind, "Contacts", method="PUT", after_work=True)
    assert caller.send("PUT", "Contacts", json={"Name": "Ana"}).status_code >= 500
    assert "Ana" in [record["Name"] for record in caller.xero.records("Contacts")]


def test_a_truncated_body_ends_before_its_length(caller):
    caller.xero.fault("truncated", "Contacts")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        caller.send("GET", "Contacts")
    assert len(caller.get("Contacts")["Contacts"]) == 5


def test_a_slow_body_takes_its_time_and_arrives_whole(caller):
    caller.xero.fault("slow_body", "Contacts", seconds=0.4)
    started = time.monotonic()
    assert len(caller.get("Contacts")["Contacts"]) == 5
    assert time.monotonic() - started >= 0.4


def test_latency_delays_one_call_and_the_general_setting_all(caller):
    caller.xero.fault("latency", "Contacts", seconds=0.3)
    started = time.monotonic()
    caller.get("Contacts")
    assert time.monotonic() - started >= 0.3
    caller.xero.sandbox.behaviour.latency = 0.2
    started = time.monotonic()
    caller.get("Accounts")
    assert time.monotonic() - started >= 0.2


def test_a_token_expires_in_the_middle_and_stays_expired(caller):
    caller.xero.fault("token_expired", "Contacts")
    for _ in range(2):
        answer = caller.send("GET", "Contacts")
        assert answer.status_code == 401
        assert answer.json()["Detail"].startswith("TokenExpired")
    caller.headers = caller.xero.headers()
    caller.get("Contacts")


@pytest.mark.parametrize(
    ("kind", "status", "detail"),
    [
        ("insufficient_scope", 401, "AuthorizationUnsuccessful"),
        ("not_connected", 403, "AuthenticationUnsuccessful"),
        ("forbidden", 403, "The user's role does not allow this"),
    ],
)
def test_refusals_of_access_have_xeros_shapes(caller, kind, status, detail):
    caller.xero.fault(kind, "Contacts")
    answer = caller.send("GET", "Contacts")
    assert (answer.status_code, answer.json()["Detail"]) == (status, detail)


@pytest.mark.parametrize("problem", ["minute", "Daily", "concurrent", "appminute", "brand-new", ""])
@pytest.mark.parametrize("retry_after", [None, 7])
def test_429_comes_in_every_kind(caller, problem, retry_after):
    caller.xero.fault("rate_limited", "Contacts", problem=problem, retry_after=retry_after)
    answer = caller.send("GET", "Contacts")
    assert (answer.status_code, answer.content) == (429, b"")
    assert answer.headers.get("X-Rate-Limit-Problem", "") == problem
    assert answer.headers.get("Retry-After") == (retry_after and str(retry_after))
    assert "X-MinLimit-Remaining" in answer.headers


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("missing_key", lambda answer: "Contacts" not in answer),
        ("fewer", lambda answer: len(answer["Contacts"]) == 4),
        ("more", lambda answer: len(answer["Contacts"]) == 6),
        ("null_ids", lambda answer: {item["ContactID"] for item in answer["Contacts"]} == {None}),
        ("zero_ids", lambda answer: {item["ContactID"] for item in answer["Contacts"]} == {ZERO}),
        ("no_pagination", lambda answer: "pagination" not in answer),
    ],
)
def test_answers_come_in_odd_shapes(caller, kind, check):
    caller.xero.fault(kind, "Contacts")
    assert check(caller.get("Contacts", page=1))
    assert not check(caller.get("Contacts", page=1))


@pytest.mark.parametrize(("kind", "start"), [("html", b"<!DOCTYPE html>"), ("empty", b"")])
def test_an_answer_may_be_no_json_at_all(caller, kind, start):
    caller.xero.fault(kind, "Contacts")
    answer = caller.send("GET", "Contacts")
    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert b"ContactID" not in answer.content


def test_a_page_can_be_repeated(caller):
    caller.xero.fault("page_repeated", "Contacts", nth=2)
    first = caller.ids("Contacts", "ContactID", page=1, pageSize=2)
    assert caller.ids("Contacts", "ContactID", page=2, pageSize=2) == first


def test_page_size_order_and_since_can_be_ignored(caller):
    caller.xero.fault("page_size_ignored", "Contacts")
    assert len(caller.get("Contacts", page=1, pageSize=2)["Contacts"]) == 5
    caller.xero.fault("order_ignored", "Contacts")
    plain = caller.ids("Contacts", "ContactID", page=1)
    caller.xero.fault("order_ignored", "Contacts")
    assert caller.ids("Contacts", "ContactID", page=1, order="Name DESC") == plain
    caller.xero.fault("since_ignored", "Contacts")
    header = {"If-Modified-Since": "2100-01-01T00:00:00"}
    assert len(caller.get("Contacts", headers=header)["Contacts"]) == 5


@pytest.mark.parametrize("name", ["QueryParseException", "HighVolumeException"])
def test_an_order_can_be_refused_for_ever(caller, name):
    caller.xero.fault("order_refused", "Contacts", times=None, exception=name)
    for _ in range(2):
        assert caller.refusal("Contacts", order="ContactID").json()["Type"] == name
    caller.get("Contacts")


def test_the_token_endpoint_and_connections_have_faults_too(caller):
    caller.xero.fault("unavailable", "connect/token")
    caller.xero.fault("server_error", "connections")
    asked = {"grant_type": "client_credentials"}
    auth = ("sandbox-custom", "sandbox-custom-secret")
    uri = caller.xero.token_uri
    assert requests.post(uri, data=asked, auth=auth, timeout=10).status_code == 503
    assert requests.post(uri, data=asked, auth=auth, timeout=10).status_code == 200
    answer = requests.get(caller.xero.connections_uri, headers=caller.headers, timeout=10)
    assert answer.status_code == 500


def test_a_lost_token_answer_has_rotated_the_refresh_token(caller):
    value = caller.xero.grant()["refresh_token"]
    caller.xero.fault("reset", "connect/token", after_work=True)
    asked = {"grant_type": "refresh_token", "refresh_token": value}
    auth = ("sandbox-web", "sandbox-web-secret")
    with pytest.raises(requests.ConnectionError):
        requests.post(caller.xero.token_uri, data=asked, auth=auth, timeout=10)
    assert requests.post(caller.xero.token_uri, data=asked, auth=auth, timeout=10).ok


def test_records_can_change_between_two_pages(caller):
    xero = caller.xero
    first = caller.ids("Contacts", "ContactID", page=1, pageSize=2)
    xero.before("Contacts", lambda: xero.edit("Contacts", first[0], Name="Moved"), nth=2)
    assert caller.ids("Contacts", "ContactID", page=1, pageSize=2) == first
    second = caller.ids("Contacts", "ContactID", page=2, pageSize=2)
    # Offset paging over a mutable order skips the record that slid onto page 1.
    assert caller.ids("Contacts", "ContactID", page=1, pageSize=5)[1] not in {*first[:1], *second}


def test_a_misspelt_fault_is_refused(caller):
    with pytest.raises(msgspec.ValidationError):
        caller.xero.fault("explode", "Contacts")
    with pytest.raises(msgspec.ValidationError):
        caller.xero.fault("reset", "Contacts", ntj=2)


def test_reset_forgets_faults_and_traffic_but_no_record(caller):
    caller.xero.fault("unavailable", "Contacts", times=None)
    caller.send("GET", "Contacts")
    caller.xero.reset()
    assert caller.xero.log == []
    assert caller.xero.counters()["calls"] == 0
    assert len(caller.get("Contacts")["Contacts"]) == 5


def test_a_crash_of_the_sandbox_itself_is_raised_when_it_ends():
    def crash() -> None:
        message = "the effect of a test fails"
        raise ZeroDivisionError(message)

    with pytest.raises(ZeroDivisionError), calling() as caller:  # noqa: PT012  # both are the point
        caller.xero.before("Contacts", crash)
        assert caller.send("GET", "Contacts").status_code == 500


def test_a_fault_can_be_that_of_one_organisation():
    with calling("empty", "empty") as caller:
        caller.headers = caller.xero.headers("sandbox-web")
        first, second = caller.xero.tenant_ids
        caller.xero.fault("forbidden", tenant_id=second, times=None)
        statuses = [
            caller.send("GET", "Contacts", headers={"xero-tenant-id": tenant}).status_code
            for tenant in (first, second, second, first)
        ]
        assert statuses == [200, 403, 403, 200]


def test_a_fault_can_be_bound_to_a_text_of_the_call_and_a_pattern_of_methods(xero):
    xero.fault("server_error", "Contacts", method="P*", containing="Bo", times=None)
    statuses = [
        requests.request(
            method,
            f"{xero.base_uri}/Contacts",
            json={"Contacts": [{"Name": name}]},
            headers=xero.headers(),
            timeout=30,
        ).status_code
        for method, name in (("POST", "Ana"), ("POST", "Bo"), ("PUT", "Bo B"), ("PUT", "Cy"))
    ]
    assert statuses == [200, 500, 500, 200]


def test_the_date_header_follows_the_clock_of_the_sandbox(xero):
    def date():
        response = requests.get(f"{xero.base_uri}/Items", headers=xero.headers(), timeout=30)
        return parsedate_to_datetime(response.headers["Date"])

    before = date()
    xero.clock.advance(1000)
    assert 1000 <= (date() - before).total_seconds() < 1060
