"""Responses that never end, or are too large: the call ends, and says so."""

from __future__ import annotations

import gzip
import time

import pytest
from raw_server import raw_server

from xero_client.auth.token_endpoint import ResponseLostError, TokenEndpoint
from xero_client.auth.token_sources import StaticToken
from xero_client.errors import NoResponseError, UnexpectedResponseError
from xero_client.http import bounded
from xero_client.http.transport import Request, Transport
from xero_client.settings.connection_settings import ConnectionSettings

ONCE = Request("GET", "/Accounts", subject="accounts", retry=False)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def transport(uri, **settings):
    config = {"base_uri": uri, "access_token": "t", **settings}
    return Transport(ConnectionSettings.from_config(config, user_agent="test"), StaticToken("t"))


def token_endpoint(uri, **settings):
    config = {"base_uri": uri, "token_uri": f"{uri}/connect/token", "client_id": "c", **settings}
    return TokenEndpoint(ConnectionSettings.from_config(config, user_agent="test"))


def too_large():
    return pytest.raises(UnexpectedResponseError, match="too large")


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X-%d: 1\r\n" % n for n in range(60)], b"\r\n{}"],
        [*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 60],
        [HEAD + b"Content-Length: 100\r\n\r\n", *[b" "] * 100],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"0"] * 100],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", *[b"x"] * 100],
    ],
    ids=["headers", "interim responses", "body", "size of a chunk", "trailer"],
)
def test_a_response_that_comes_byte_by_byte_ends_at_the_timeout(pieces):
    with raw_server(pieces, pause=0.5) as uri:
        began = time.monotonic()
        with pytest.raises(NoResponseError):
            transport(uri, request_timeout=1).send(ONCE)
        assert time.monotonic() - began < 20  # all of it takes over 30 s


def test_a_token_response_that_comes_byte_by_byte_ends_at_the_timeout():
    with raw_server([HEAD + b"Content-Length: 100\r\n\r\n", *[b" "] * 100], pause=0.5) as uri:
        began = time.monotonic()
        with pytest.raises(ResponseLostError):
            token_endpoint(uri, request_timeout=1).request_once({"grant_type": "x"})
        assert time.monotonic() - began < 20  # all of it takes 50 s


def test_a_small_token_response_that_becomes_a_huge_one_is_refused(monkeypatch):
    monkeypatch.setattr(bounded, "MAX_SMALL_BODY_BYTES", 1_000_000)
    body = gzip.compress(b'{"access_token": "t"}' + b" " * 5_000_000)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with raw_server([head + body]) as uri, pytest.raises(ResponseLostError):
        token_endpoint(uri).request_once({"grant_type": "x"})


def test_json_that_becomes_many_small_values_is_refused(monkeypatch):
    monkeypatch.setattr(bounded, "MAX_JSON_VALUES", 100)
    body = b'{"Accounts": [' + b"{}," * 100 + b"{}]}"
    with raw_server([HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body]) as uri, too_large():
        transport(uri).send(ONCE)


@pytest.mark.parametrize("trailer", ["true", "false"])
def test_a_small_body_that_becomes_a_huge_one_is_refused(monkeypatch, trailer):
    monkeypatch.setattr(bounded, "MAX_BODY_BYTES", 1_000_000)
    body = gzip.compress(b" " * 5_000_000)
    if trailer == "false":
        body = body[:-4] + (10).to_bytes(4, "little")
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with (
        raw_server([head + body]) as uri,
        pytest.raises(UnexpectedResponseError, match="too large"),
    ):
        transport(uri).send(ONCE)


def test_a_body_that_is_too_large_as_it_comes_is_refused(monkeypatch):
    monkeypatch.setattr(bounded, "MAX_BODY_BYTES", 1_000_000)
    head = HEAD + b"Content-Length: 2000000\r\n\r\n"
    with raw_server([head + b" " * 2_000_000]) as uri, too_large():
        transport(uri).send(ONCE)


def test_several_gzip_members_are_one_body():
    body = gzip.compress(b'{"Accounts":') + gzip.compress(b"[]}")
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with raw_server([head + body]) as uri:
        assert transport(uri).send(ONCE).json == {"Accounts": []}


def test_a_body_that_is_cut_off_is_an_error():
    head = HEAD + b"Content-Length: 100\r\n\r\n"
    with raw_server([head + b'{"Accounts": []}']) as uri, pytest.raises(NoResponseError):
        transport(uri).send(ONCE)
