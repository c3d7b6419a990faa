"""Access tokens through tap-xero: no refresh token is lost, and several runs share them."""

from __future__ import annotations

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from connections import WEB, checked, store_in, token_calls, web_config, web_tokens

from tap_runner import TAP, catalog_of, read
from xero_client.auth.token_sources import token_source
from xero_client.errors import ClientRefusedError, LoginRequiredError, NoResponseError, StoreError
from xero_client.http.transport import Request, Transport
from xero_client.store.database import Store
from xero_client.store.grants import GrantKey

HALF_AN_HOUR = 1801

# Xero then takes a refresh token once.
without_grace = pytest.mark.sandbox(strict_refresh=True)


@pytest.fixture
def store_uri(tmp_path):
    return store_in(tmp_path)


def run(xero, store_uri, streams=("currencies",), **settings):
    return read(xero, streams, **web_config(xero, store_uri, **settings))


def last_line_of(failed):
    """The line of the error of a run: once, at the end, in words."""
    assert failed.exit_code == 1
    assert "Traceback" not in failed.log
    assert "unhandled" not in failed.log
    assert failed.log.count(failed.last_line) == 1
    return failed.last_line


# --- the chain -----------------------------------------------------------------------------


@without_grace
def test_a_chain_goes_on_from_run_to_run_whatever_token_is_configured(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    for _ in range(3):
        assert run(xero, store_uri, refresh_token=first).exit_code == 0
        xero.clock.advance(HALF_AN_HOUR)
    assert run(xero, store_uri).exit_code == 0  # the store alone is enough by now
    assert [call["status"] for call in token_calls(xero)] == [200] * 4


@without_grace
def test_a_token_that_still_works_is_not_refreshed_by_the_next_run(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    for _ in range(2):
        assert run(xero, store_uri, refresh_token=first).exit_code == 0
    assert len(token_calls(xero)) == 1


@without_grace
def test_a_revoked_chain_asks_for_a_login_and_a_new_configured_token_begins_another(
    xero, store_uri
):
    old = xero.grant(WEB)["refresh_token"]
    assert run(xero, store_uri, refresh_token=old).exit_code == 0
    xero.sandbox.tokens.revoke(xero.apps[WEB], old)
    assert "run `xero login`" in last_line_of(run(xero, store_uri, refresh_token=old))
    new = xero.grant(WEB)["refresh_token"]
    assert run(xero, store_uri, refresh_token=new).exit_code == 0
    xero.clock.advance(HALF_AN_HOUR)
    assert run(xero, store_uri, refresh_token=new).exit_code == 0


@without_grace
def test_users_of_one_app_share_a_store_without_spending_each_others_tokens(xero, store_uri):
    known = xero.sandbox.tokens
    tokens = [xero.grant(WEB)["refresh_token"] for _ in range(2)]
    for _ in range(3):
        for token in tokens:
            source = web_tokens(xero, store_uri, refresh_token=token)
            consent = known.refresh[token].family.auth_event_id
            assert known.access[source.token()].auth_event_id == consent
            assert known.access[source.renew(source.token())].auth_event_id == consent
        xero.clock.advance(HALF_AN_HOUR)
    assert {call["status"] for call in token_calls(xero)} == {200}


def test_a_grant_that_ends_during_a_run_is_no_unhandled_error(xero, store_uri):
    def revoke():
        for token in list(xero.sandbox.tokens.refresh):
            xero.sandbox.tokens.revoke(xero.apps[WEB], token)

    xero.before("Currencies", revoke)
    xero.fault("token_expired", "Currencies")
    ended = run(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"])
    assert "run `xero login`" in last_line_of(ended)
    assert "unhandled" not in ended.log


def test_without_any_token_the_run_asks_for_a_login(xero, store_uri):
    line = last_line_of(run(xero, store_uri))
    assert "run `xero login`" in line
    assert "'refresh_token'" in line
    assert xero.log == []


def test_a_public_app_is_refreshed_without_a_secret_and_without_anothers_name(
    xero, store_uri, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    first = xero.grant("sandbox-pkce")["refresh_token"]
    settings = {"client_id": "sandbox-pkce", "client_secret": None, "refresh_token": first}
    assert run(xero, store_uri, **settings).exit_code == 0
    assert [call["status"] for call in token_calls(xero)] == [200]


@without_grace
def test_a_wrong_secret_is_about_the_app_and_leaves_the_chain_alone(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    with pytest.raises(ClientRefusedError, match="client_secret"):
        web_tokens(xero, store_uri, refresh_token=first, client_secret="wrong").token()
    assert web_tokens(xero, store_uri, refresh_token=first).token()


# --- several at once -----------------------------------------------------------------------


def at_the_same_moment(xero, tmp_path, config, count=4):
    """Exit codes and logs of several runs of the command that start together."""
    paths = {name: tmp_path / f"{name}.json" for name in ("config", "catalog")}
    paths["config"].write_text(json.dumps(config))
    paths["catalog"].write_text(json.dumps(catalog_of(["currencies"])))
    command = [str(TAP)]
    for name, path in paths.items():
        command += [f"--{name}", str(path)]
    # Slow enough for all to find the token out of date before the first has a new one.
    xero.fault("latency", "connect/token", seconds=1.5, times=None)
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
        for _ in range(count)
    ]
    outputs = [process.communicate(timeout=60) for process in processes]
    return [
        (process.returncode, out.count(b'"RECORD"'), err.decode())
        for process, (out, err) in zip(processes, outputs, strict=True)
    ]


@without_grace
def test_four_processes_at_the_same_moment_refresh_once_and_all_work(xero, store_uri, tmp_path):
    config = web_config(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"])
    for code, records, log in at_the_same_moment(xero, tmp_path, config):
        assert (code, records) == (0, 1), log
    assert [call["status"] for call in token_calls(xero)] == [200]


@without_grace
def test_four_processes_share_a_chain_in_postgresql(xero, fresh_postgres_uri, tmp_path):
    token = xero.grant(WEB)["refresh_token"]
    config = web_config(xero, fresh_postgres_uri, refresh_token=token)
    for code, records, log in at_the_same_moment(xero, tmp_path, config):
        assert (code, records) == (0, 1), log
    assert [call["status"] for call in token_calls(xero)] == [200]


@without_grace
def test_many_threads_that_meet_the_same_dead_token_refresh_it_once(xero, store_uri):
    tokens = web_tokens(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"])
    dead = tokens.token()
    with ThreadPoolExecutor(8) as pool:
        renewed = set(pool.map(tokens.renew, [dead] * 16))
    assert len(renewed) == 1
    assert dead not in renewed
    assert len(token_calls(xero)) == 2


def test_a_reader_does_not_wait_for_a_refresh_that_is_under_way(xero, store_uri):
    web_tokens(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"]).token()
    with Store(store_uri).locked_grant(GrantKey(WEB, xero.token_uri)) as locked:
        began = time.monotonic()
        assert Store(store_uri).grant(GrantKey(WEB, xero.token_uri)) == locked.grant
        assert web_tokens(xero, store_uri).token() == locked.grant.access_token
        assert time.monotonic() - began < 5


# --- refreshes that go wrong ---------------------------------------------------------------


@pytest.mark.parametrize("fault", ["reset", "truncated"])
def test_a_refresh_whose_answer_is_lost_is_tried_once_more_with_the_same_token(
    xero, store_uri, fault
):
    first = xero.grant(WEB)["refresh_token"]
    xero.fault(fault, "connect/token", **({"after_work": True} if fault == "reset" else {}))
    assert run(xero, store_uri, refresh_token=first).exit_code == 0
    assert len(token_calls(xero)) == 2
    xero.clock.advance(HALF_AN_HOUR)
    assert run(xero, store_uri, refresh_token=first).exit_code == 0


def test_a_refresh_that_times_out_is_tried_once_more(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    xero.fault("latency", "connect/token", seconds=30.0)
    assert web_tokens(xero, store_uri, refresh_token=first, request_timeout=2).token()
    assert len(token_calls(xero)) == 1  # the first one has no answer yet


@without_grace
def test_a_lost_answer_without_grace_ends_in_a_login(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    xero.fault("reset", "connect/token", after_work=True)
    assert "run `xero login`" in last_line_of(run(xero, store_uri, refresh_token=first))


def test_an_answer_that_is_lost_twice_is_given_up_with_the_token_kept(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    tokens = web_tokens(xero, store_uri, refresh_token=first)
    xero.fault("reset", "connect/token", after_work=True, times=2)
    with pytest.raises(NoResponseError, match="gave no response"):
        tokens.token()
    assert tokens.token()  # the same token, which Xero still takes


@without_grace
@pytest.mark.parametrize("fault", ["unavailable", "server_error", "rate_limited"])
def test_an_unwell_token_endpoint_is_asked_again(xero, store_uri, fault):
    first = xero.grant(WEB)["refresh_token"]
    xero.fault(fault, "connect/token", times=2)
    assert web_tokens(xero, store_uri, refresh_token=first).token()


PAGE = {
    "body": "<!DOCTYPE html>\n<html><body>Blocked by the\nproxy</body></html>",
    "content_type": "text/html",
}


@without_grace
@pytest.mark.parametrize("status", [400, 403])
def test_a_web_page_at_the_token_endpoint_is_a_gateways_and_tried_again(xero, store_uri, status):
    first = xero.grant(WEB)["refresh_token"]
    xero.fault("status", "connect/token", status=status, **PAGE)
    assert run(xero, store_uri, refresh_token=first).exit_code == 0
    assert [call["status"] for call in xero.calls("connect/token")] == [status, 200]


def test_a_lasting_web_page_at_the_token_endpoint_does_not_blame_the_app(xero, store_uri):
    first = xero.grant(WEB)["refresh_token"]
    xero.fault("status", "connect/token", status=403, times=None, **PAGE)
    line = last_line_of(run(xero, store_uri, refresh_token=first))
    assert "connect/token failed with 403 at a gateway in front of Xero" in line
    assert "(Blocked by the proxy)" in line
    assert "refuses the app" not in line
    assert len(xero.calls("connect/token")) == 2


def test_a_token_that_cannot_be_kept_is_a_failure_of_the_store_without_tokens_in_it(
    xero, store_uri
):
    store = Store(store_uri)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON grants BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    first = xero.grant(WEB)["refresh_token"]
    with pytest.raises(StoreError, match=r"'store_uri'\) cannot be used: full$"):
        web_tokens(xero, store_uri, refresh_token=first).token()


# --- tokens that die -----------------------------------------------------------------------


@without_grace
def test_a_token_may_die_before_every_call(xero, store_uri):
    settings = checked(web_config(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"]))
    transport = Transport(settings, token_source(settings), tenant_id=xero.tenant_id)
    for _ in range(5):
        assert transport.send(Request("GET", "/Contacts")).status == 200
        xero.clock.advance(HALF_AN_HOUR)
    assert [call["status"] for call in xero.calls("Contacts")] == [200, *[401, 200] * 4]
    assert [call["status"] for call in token_calls(xero)] == [200] * 5


@without_grace
def test_a_token_that_is_refused_even_when_new_is_not_renewed_for_ever(xero, store_uri):
    token = xero.grant(WEB)["refresh_token"]
    xero.fault("token_expired", "Contacts", times=None)
    failed = run(xero, store_uri, ["contacts"], refresh_token=token, max_concurrency=1)
    assert failed.exit_code == 1
    assert "Xero does not accept the access token" in failed.last_line
    assert "xero login" in failed.last_line
    assert len(xero.calls("Contacts")) < 10


@without_grace
def test_a_token_that_dies_under_calls_in_flight_is_renewed_once(xero, store_uri):
    contacts = [xero.add("Contacts", {"Name": f"C{n}"}) for n in range(20)]
    xero.sandbox.behaviour.latency = 0.02
    xero.before("Contacts", lambda: xero.clock.advance(HALF_AN_HOUR), nth=8)
    token = xero.grant(WEB)["refresh_token"]
    finished = run(xero, store_uri, ["contacts"], refresh_token=token, page_size=1)
    assert finished.exit_code == 0, finished.log
    assert sorted(finished.ids("contacts", "ContactID")) == sorted(contacts)
    assert len(token_calls(xero)) == 2


def test_a_static_token_that_has_expired_is_named_and_never_refreshed(xero, store_uri):
    token = xero.grant(WEB)["access_token"]
    assert run(xero, store_uri, access_token=token).exit_code == 0
    xero.clock.advance(HALF_AN_HOUR)
    line = last_line_of(run(xero, store_uri, access_token=token))
    assert "'access_token'" in line
    assert "expired" in line
    assert xero.calls("connect/token") == []


def test_a_custom_connection_asks_for_what_it_needs_and_again_when_that_ends(xero):
    xero.before("Contacts", lambda: xero.clock.advance(HALF_AN_HOUR))
    finished = read(xero, ["contacts", "currencies"])
    assert finished.exit_code == 0, finished.log
    assert [call["status"] for call in token_calls(xero, "client_credentials")] == [200, 200]
    tokens = xero.sandbox.tokens.access.values()
    needed = {"accounting.contacts.read", "accounting.settings.read"}
    assert all(token.scopes == needed for token in tokens)


def test_scopes_that_are_set_are_asked_for_as_they_are(xero):
    scopes = "accounting.settings.read accounting.contacts accounting.reports.aged.read"
    assert read(xero, ["currencies"], scopes=scopes).exit_code == 0
    [token] = xero.sandbox.tokens.access.values()
    assert token.scopes == set(scopes.split())


def test_a_scope_that_the_app_may_not_have_is_refused_by_name(xero):
    line = last_line_of(read(xero, ["currencies"], scopes="accounting.transactions"))
    assert "accounting.transactions" in line
    assert "'scopes'" in line


@without_grace
def test_a_dead_chain_is_a_login_matter_for_those_who_use_the_client(xero, store_uri):
    with pytest.raises(LoginRequiredError, match="xero login"):
        web_tokens(xero, store_uri, refresh_token="never-issued").token()
