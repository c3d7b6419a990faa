"""Connection settings: which URIs may carry tokens, and what counts as not set."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from xero_client.errors import SettingsError
from xero_client.settings.connection_settings import (
    CONNECTION_PROPERTIES,
    LOOPBACK,
    ConnectionSettings,
    checked_uri,
)

pytestmark = pytest.mark.fast

APP = {"client_id": "app", "client_secret": "made-up"}
HOSTS = ["127.0.0.1", "localhost", "[::1]", "example.com", "8080"]
PARTS = st.sampled_from([*HOSTS, "@", "\\", ":", "/", "?", "#", ".", "%40", " "])


def settings(**config):
    return ConnectionSettings.from_config(APP | config, user_agent="tests/1")


@given(st.lists(PARTS, max_size=6).map("".join) | st.text(max_size=20))
def test_whatever_is_taken_in_plain_http_is_sent_to_loopback(rest):
    try:
        uri = checked_uri("base_uri", f"http://{rest}")
    except SettingsError:
        return
    assert parse_url(uri).host.strip("[]") in LOOPBACK


@pytest.mark.parametrize(
    "uri",
    [
        "http://api.xero.com/api.xro/2.0",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://example.com\\@127.0.0.1",
        "http://0.0.0.0",
        "https://user:word@example.com",
        "ftp://localhost",
        "//localhost",
        "localhost",
        "https://",
        "",
    ],
)
def test_a_uri_that_may_not_carry_tokens_is_refused_by_name(uri):
    with pytest.raises(SettingsError, match="'token_uri'"):
        checked_uri("token_uri", uri)


@pytest.mark.parametrize("uri", ["https://u:s3c/ret@host:port/api", "https://u:s3cret@[::1/api"])
def test_a_password_in_a_uri_is_not_shown(uri):
    with pytest.raises(SettingsError, match="contains a user name or password") as caught:
        checked_uri("base_uri", uri)
    assert "ret@" not in str(caught.value)


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_nothing_means_the_default(nothing):
    plain = settings()
    for name, schema in CONNECTION_PROPERTIES.items():
        if name not in (*APP, "user_agent"):
            assert getattr(settings(**{name: nothing}), name) == schema.get("default")
    assert plain.user_agent == settings(user_agent=nothing).user_agent == "tests/1"


def test_addresses_that_are_not_set_are_xeros_own():
    plain = settings()
    assert plain.base_uri == "https://api.xero.com/api.xro/2.0"
    assert plain.connections_uri == "https://api.xero.com/connections"
    assert plain.token_uri == "https://identity.xero.com/connect/token"
    assert plain.revocation_uri == "https://identity.xero.com/connect/revocation"
    assert plain.authorize_uri == "https://login.xero.com/identity/connect/authorize"


def test_the_other_addresses_follow_the_configured_ones():
    local = settings(base_uri="http://127.0.0.1:81/api/", token_uri="http://127.0.0.1:82/x/token/")
    assert local.base_uri == "http://127.0.0.1:81/api"
    assert local.connections_uri == "http://127.0.0.1:81/connections"
    assert local.revocation_uri == "http://127.0.0.1:82/x/revocation"


def expected_value(name, text):
    """What a setting becomes, if its text is valid."""
    text = (text or "").strip()
    if not text:
        return "tests/1" if name == "user_agent" else CONNECTION_PROPERTIES[name].get("default")
    return text.rstrip("/") if name in ("base_uri", "authorize_uri", "token_uri") else text


@given(st.dictionaries(st.sampled_from([*CONNECTION_PROPERTIES]), st.none() | st.text(max_size=9)))
def test_any_text_is_either_kept_or_refused_by_the_name_of_its_setting(config):
    try:
        accepted = settings(**config)
    except SettingsError as error:
        [name] = re.findall(r"^Setting '(\w+)' ", str(error))
        assert name in config
        return
    for name, text in (APP | config).items():
        assert getattr(accepted, name) == expected_value(name, text)


@pytest.mark.parametrize(
    "name",
    [
        "base_uri",
        "grant_type",
        "log_requests",
        "max_concurrency",
        "on_daily_limit",
        "request_timeout",
    ],
)
def test_a_text_that_is_not_a_value_of_its_setting_is_refused(name):
    with pytest.raises(SettingsError, match=f"^Setting '{name}' is 'nonsense'"):
        settings(**{name: "nonsense"})
