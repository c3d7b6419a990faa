"""Refresh tokens rotate and expire, access tokens expire."""

import pytest
from identity_calls import api, refresh

from xero_sandbox.server import server

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


def test_a_refresh_token_rotates_and_the_chain_goes_on(xero):
    first = xero.grant()["refresh_token"]
    second = refresh(xero, first).json()
    assert second["refresh_token"] != first
    assert api(xero, second["access_token"]).status_code == 200
    third = refresh(xero, second["refresh_token"])
    assert third.status_code == 200


def test_the_previous_refresh_token_may_be_retried_for_thirty_minutes(xero):
    first = xero.grant()["refresh_token"]
    refresh(xero, first)
    xero.clock.advance(29 * 60)
    assert refresh(xero, first).status_code == 200
    xero.clock.advance(60)
    assert refresh(xero, first).json()["error"] == "invalid_grant"


def test_an_older_refresh_token_than_the_previous_is_dead(xero):
    first = xero.grant()["refresh_token"]
    second = refresh(xero, first).json()["refresh_token"]
    refresh(xero, second)
    assert refresh(xero, first).json()["error"] == "invalid_grant"
    assert refresh(xero, second).status_code == 200


def test_the_strict_mode_has_no_grace():
    with server(strict_refresh=True) as xero:
        first = xero.grant()["refresh_token"]
        assert refresh(xero, first).status_code == 200
        assert refresh(xero, first).json() == {"error": "invalid_grant"}


def test_a_refresh_token_unused_for_sixty_days_expires(xero):
    value = xero.grant()["refresh_token"]
    xero.clock.advance(60 * 86_400 - 1)
    value = refresh(xero, value).json()["refresh_token"]
    xero.clock.advance(60 * 86_400)
    assert refresh(xero, value).json()["error"] == "invalid_grant"


def test_without_offline_access_there_is_no_refresh_token(xero):
    assert "refresh_token" not in xero.grant(scopes=["accounting.contacts"])


def test_an_access_token_expires_after_thirty_minutes_with_xeros_words(xero):
    value = xero.grant()["access_token"]
    xero.clock.advance(1799)
    assert api(xero, value).status_code == 200
    xero.clock.advance(1)
    refused = api(xero, value)
    assert refused.status_code == 401
    assert refused.json()["Detail"].startswith("TokenExpired: token expired at ")
