"""One call: what is sent, what is tried again, what is counted, and what is said about it."""

from __future__ import annotations

import logging
import re

import pytest
from connections import static_transport

from tap_runner import read
from xero_client.errors import (
    NoResponseError,
    RequestRefusedError,
    SettingsError,
    UnexpectedResponseError,
    XeroError,
)
from xero_client.http.calls import OFFLINE_RETRIES, RETRIES, loggable
from xero_client.http.transport import Request, Transport
from xero_sandbox.server import server

ACCOUNTS = Request("GET", "/Accounts", subject="accounts")
CONTACT = b'{"Contacts":[{"Name":"Ana"}]}'

FAULTS = {
    "503 in plain text": ("unavailable", {}),
    "500": ("server_error", {}),
    "502": ("status", {"status": 502, "body": "<html>Bad gateway</html>"}),
    "reset before the work": ("reset", {}),
    "reset after the work": ("reset", {"after_work": True}),
    "body cut short": ("truncated", {}),
    "200 that is not JSON": ("html", {}),
    "200 without a body": ("empty", {}),
    "no answer in time": ("latency", {"seconds": 30.0}),
    "body that stops coming": ("slow_body", {"seconds": 600.0}),
}
# Few, as they are waited for; enough for the answers that come, also on a busy machine.
WAITED_FOR = {"latency": {"request_timeout": 2}, "slow_body": {"request_timeout": 2}}
faulty = pytest.mark.parametrize(("kind", "options"), FAULTS.values(), ids=FAULTS)


# --- trying again --------------------------------------------------------------------------


@faulty
def test_a_read_is_tried_again(xero, prompt, kind, options):
    whole = static_transport(xero).send(ACCOUNTS).json["Accounts"]
    xero.fault(kind, "Accounts", **options)
    transport = static_transport(xero, **WAITED_FOR.get(kind, {}))
    assert transport.send(ACCOUNTS).json["Accounts"] == whole
    assert transport.usage["accounts"].calls == 2


@faulty
def test_a_write_is_not_tried_again_unless_its_sender_wants_it(xero, kind, options):
    xero.fault(kind, "Contacts", method="PUT", **options)
    transport = static_transport(xero, **WAITED_FOR.get(kind, {}))
    write = Request("PUT", "/Contacts", body=CONTACT, subject="contacts")
    if kind == "empty":  # a write may have an empty answer: what it means is its sender's to say
        assert transport.send(write).body == b""
    else:
        with pytest.raises((NoResponseError, UnexpectedResponseError)):
            transport.send(write)
    assert transport.usage["contacts"].calls == 1


def test_a_write_is_tried_again_where_its_sender_wants_it(xero, prompt):
    xero.fault("reset", "Contacts", method="PUT", after_work=True)
    xero.fault("unavailable", "Contacts", method="PUT", nth=2)
    headers = {"Idempotency-Key": "one-key"}
    write = Request("PUT", "/Contacts", body=CONTACT, headers=headers, retry=True)
    assert static_transport(xero).send(write).status == 200
    sent = [call for call in xero.log if call["method"] == "PUT"]
    assert {call["body"] for call in sent} == {CONTACT.decode()}
    assert {call["headers"]["idempotency-key"] for call in sent} == {"one-key"}


def test_a_read_that_is_not_to_be_repeated_is_not(xero):
    xero.fault("unavailable", "Accounts")
    with pytest.raises(NoResponseError, match="temporarily unavailable"):
        static_transport(xero).send(Request("GET", "/Accounts", retry=False))


def test_what_never_left_is_sent_again_even_if_it_is_a_write(prompt):
    with server() as stopped:
        transport = static_transport(stopped)
    with pytest.raises(NoResponseError, match=r"PUT /Contacts.*Connection refused"):
        transport.send(Request("PUT", "/Contacts", body=CONTACT, subject="contacts"))
    assert transport.usage["contacts"].calls == RETRIES + 1


def test_a_read_that_fails_for_good_is_given_up_with_the_reason(xero, prompt):
    xero.fault("unavailable", "Accounts", body="The Organisation is offline", times=None)
    with pytest.raises(NoResponseError, match="The Organisation is offline") as caught:
        static_transport(xero).send(ACCOUNTS)
    calls = xero.calls("Accounts")
    assert len(calls) == OFFLINE_RETRIES + 1
    assert calls[-1]["correlation_id"] in str(caught.value)


def test_the_waits_grow_and_are_not_the_same_for_all(xero, monkeypatch):
    waited = []
    monkeypatch.setattr(Transport, "pause", lambda _self, seconds: waited.append(seconds))
    xero.fault("unavailable", "Accounts", times=RETRIES)
    static_transport(xero).send(ACCOUNTS)
    assert len(waited) == RETRIES
    for number, seconds in enumerate(waited):
        assert 0.1 <= seconds <= 0.1 + 0.5 * 2**number


@pytest.mark.parametrize("status", [400, 404, 409, 412, 501])
def test_a_refusal_is_not_tried_again(xero, status):
    xero.fault("status", "Accounts", status=status, body="no", times=None)
    with pytest.raises(XeroError):
        static_transport(xero).send(ACCOUNTS)
    assert len(xero.calls("Accounts")) == 1


def test_a_redirection_is_not_followed_with_the_token(xero):
    headers = {"Location": "https://elsewhere.invalid/"}
    xero.fault("status", "Accounts", status=302, headers=headers, times=None)
    with pytest.raises(UnexpectedResponseError, match="was redirected"):
        static_transport(xero).send(ACCOUNTS)
    assert len(xero.calls("Accounts")) == 1


@pytest.mark.parametrize("target", ["https://elsewhere.invalid/x", "http://127.0.0.1:1/x"])
def test_a_token_goes_to_no_other_host(xero, target):
    with pytest.raises(SettingsError, match="the origin of 'base_uri'"):
        static_transport(xero).send(Request("GET", target))
    assert xero.log == []


def test_a_path_that_looks_like_a_host_stays_a_path(xero):
    transport = static_transport(xero)
    for target in (
        "@else.invalid/x",
        ".else.invalid/x",
        "//else.invalid/x",
        "HTTPS://else.invalid",
    ):
        with pytest.raises(XeroError):
            transport.send(Request("GET", target))
    assert len(xero.log) == 4


# --- what is sent --------------------------------------------------------------------------


def test_json_and_gzip_are_asked_for_and_bytes_counted_as_they_came(xero):
    transport = static_transport(xero)
    answer = transport.send(ACCOUNTS)
    [call] = xero.calls("Accounts")
    assert call["headers"]["accept"] == "application/json"
    assert call["headers"]["accept-encoding"] == "gzip"
    assert call["headers"]["xero-tenant-id"] == xero.tenant_id
    assert call["headers"]["user-agent"] == "tests"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.received_bytes == call["bytes"] < len(answer.body) / 2
    assert transport.usage["accounts"].received_bytes == call["bytes"]


def test_parameters_arrive_as_they_were_given(xero):
    params = {"where": 'Name=="A & B"', "order": "Name DESC", "searchTerm": "100% é+"}
    static_transport(xero).send(Request("GET", "/Contacts", params=params | {"page": "1"}))
    [call] = xero.calls("Contacts")
    assert call["query"] == params | {"page": "1"}


def test_a_netrc_does_not_take_the_place_of_the_token(xero, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert static_transport(xero).send(ACCOUNTS).status == 200


def test_what_a_refusal_says_is_kept_whole_for_the_caller(xero):
    xero.fault("order_refused", "Invoices", exception="QueryParseException")
    with pytest.raises(RequestRefusedError) as caught:
        static_transport(xero).send(Request("GET", "/Invoices", params={"order": "InvoiceID"}))
    assert caught.value.kind == "QueryParseException"
    assert caught.value.body["ErrorNumber"] == 16
    assert caught.value.headers["X-MinLimit-Remaining"].isdecimal()


# --- the log -------------------------------------------------------------------------------

LINE = re.compile(
    r"(?P<method>GET) (?P<url>http://\S+) (?P<status>\d{3}) \d+ ms, (?P<bytes>\d+) bytes, "
    r"left: minute (?P<minute>\d+), day \d+, app minute \d+, correlation id (?P<id>[0-9a-f-]{36})"
)


def test_each_call_is_one_line_of_the_request_log(xero):
    xero.fault("unavailable", "Contacts")
    finished = read(xero, ["contacts"], log_requests=True)
    lines = [found for line in finished.log.splitlines() if (found := LINE.search(line))]
    calls = xero.calls("Contacts")
    assert [int(line["status"]) for line in lines] == [503, 200]
    assert [line["id"] for line in lines] == [call["correlation_id"] for call in calls]
    assert [int(line["bytes"]) for line in lines] == [call["bytes"] for call in calls]
    assert [int(line["minute"]) for line in lines] == [99_999, 99_998]
    assert all(line["url"].startswith(f"{xero.base_uri}/Contacts?") for line in lines)
    assert f"GET {xero.connections_uri} 200 " in finished.log
    assert f"POST {xero.token_uri} 200 " in finished.log


def test_a_call_without_an_answer_is_a_line_too(xero, prompt, caplog):
    caplog.set_level(logging.INFO, "xero_client.requests")
    xero.fault("reset", "Accounts")
    static_transport(xero, log_requests=True).send(ACCOUNTS)
    first, second = [r.getMessage() for r in caplog.records if r.name == "xero_client.requests"]
    assert first.startswith(f"GET {xero.base_uri}/Accounts no complete response ")
    assert LINE.fullmatch(second)


def test_the_request_log_shows_nobodys_name(xero, caplog):
    caplog.set_level(logging.INFO, "xero_client.requests")
    transport = static_transport(xero, log_requests=True)
    names = {"where": 'Reference=="Ana Silva"', "searchTerm": "Ana", "InvoiceNumbers": "Ana-1"}
    transport.send(
        Request("GET", "/Invoices", params={"page": "1", "pageSize": "10"} | names, subject="x")
    )
    [line] = [r.getMessage() for r in caplog.records if r.name == "xero_client.requests"]
    assert "?page=1&pageSize=10&where=…&searchTerm=…&InvoiceNumbers=… 200 " in line
    assert "Ana" not in line
    assert loggable("/Invoices/1/Attachments/Ana.pdf?IncludeOnline=true") == (
        "/Invoices/1/Attachments/…?IncludeOnline=…"
    )


def test_without_the_setting_no_call_is_logged(xero):
    finished = read(xero, ["currencies"])
    assert not LINE.search(finished.log)
    assert xero.base_uri not in finished.log


def test_the_summary_tells_what_the_calls_cost(xero):
    xero.fault("unavailable", "Contacts")
    finished = read(xero, ["contacts"])
    calls = xero.calls("Contacts")
    received = sum(call["bytes"] for call in calls)
    assert f"contacts: 0 records, 2 calls, {received} bytes" in finished.log


def test_a_transport_shows_no_secret(xero):
    transport = static_transport(xero)
    assert isinstance(transport, Transport)
    shown = repr((transport, vars(transport), ACCOUNTS, transport.send(ACCOUNTS)))
    assert not any(token in shown for token in xero.sandbox.tokens.access)
    assert xero.apps["sandbox-web"].secret not in shown
