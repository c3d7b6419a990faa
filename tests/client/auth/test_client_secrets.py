"""Secrets stay where they belong: in requests and in the store, never in what people read."""

from __future__ import annotations

import json
import logging
import os
import socket
import stat
import subprocess
import traceback

import pytest
from connections import (
    WEB,
    checked,
    issued,
    static_transport,
    store_in,
    token_calls,
    web_config,
    web_tokens,
)
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tap_runner import TAP, arguments
from xero_client.auth.token_endpoint import TokenEndpoint
from xero_client.auth.token_sources import StaticToken
from xero_client.errors import StoreError, XeroError
from xero_client.http.transport import Request
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store
from xero_client.store.grants import GrantKey

HALF_AN_HOUR = 1801


def loudly(folder, config, streams):
    """Runs the command with all of its log; gives the exit code and the whole output."""
    finished = subprocess.run(
        [str(TAP), *arguments(folder, config, streams, None)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "LOGLEVEL": "DEBUG"},
        timeout=60,
    )
    return finished.returncode, finished.stdout + finished.stderr


def shown_secrets(xero, text):
    return [secret for secret in issued(xero) if secret in text]


# --- in what a run says --------------------------------------------------------------------


def test_a_run_with_every_trouble_says_no_secret_even_when_it_logs_all_it_can(xero, tmp_path):
    for nth, kind in enumerate(("unavailable", "reset", "html", "truncated"), start=1):
        xero.fault(kind, "Contacts", nth=nth)
    xero.before("Contacts", lambda: xero.clock.advance(HALF_AN_HOUR), nth=5)
    xero.fault("reset", "connect/token", after_work=True, nth=2)
    first = xero.grant(WEB)["refresh_token"]
    config = web_config(xero, store_in(tmp_path), refresh_token=first, log_requests=True)
    code, said = loudly(tmp_path, config, ["contacts"])
    assert code == 0, said
    assert len(token_calls(xero)) == 3
    assert len(issued(xero)) > 6
    assert "DEBUG" in said
    assert shown_secrets(xero, said) == []


def test_a_run_that_fails_in_the_store_says_no_secret(xero, tmp_path):
    store_uri = store_in(tmp_path)
    store = Store(store_uri)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON grants BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    config = web_config(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"])
    code, said = loudly(tmp_path, config, ["currencies"])
    assert code == 1
    assert "Traceback" not in said
    assert said.strip().endswith("(setting 'store_uri') cannot be used: full")
    assert shown_secrets(xero, said) == []


def test_a_server_that_repeats_a_secret_is_not_quoted(xero, tmp_path):
    token = xero.grant(WEB)["refresh_token"]
    secret = xero.apps[WEB].secret
    body = json.dumps({"error": "invalid_request", "error_description": f"{token} and {secret}"})
    options = {"status": 400, "body": body, "content_type": "application/json"}
    xero.fault("status", "connect/token", **options)
    with pytest.raises(XeroError) as caught:
        web_tokens(xero, store_in(tmp_path), refresh_token=token).token()
    assert "invalid_request" in str(caught.value)
    assert shown_secrets(xero, str(caught.value)) == []


def test_an_access_token_that_is_repeated_is_not_quoted(xero):
    token = xero.grant(WEB)["access_token"]
    xero.fault("status", "Accounts", status=400, body=f"odd: Bearer {token}")
    with pytest.raises(XeroError, match=r"odd: Bearer \*\*\*"):
        static_transport(xero, access_token=token).send(Request("GET", "/Accounts"))


@pytest.mark.parametrize("kind", ["reset", "html", "insufficient_scope", "not_connected"])
def test_a_traceback_holds_no_secret(xero, kind):
    transport = static_transport(xero)
    xero.fault(kind, "Accounts", times=None)
    with pytest.raises(XeroError) as caught:
        transport.send(Request("GET", "/Accounts", retry=False))
    error = caught.value
    chain = [error]
    while chain[-1].__context__ is not None:  # also what "from None" does not show
        chain.append(chain[-1].__context__)
    said = "".join("".join(traceback.format_exception(error)) for error in chain)
    assert shown_secrets(xero, said + repr(error) + repr(vars(error))) == []


def test_what_holds_secrets_does_not_show_them(xero, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    settings = {"refresh_token": xero.grant(WEB)["refresh_token"], "access_token": "made-up-1"}
    connection = checked(web_config(xero, store_in(tmp_path), **settings))
    tokens = web_tokens(xero, store_in(tmp_path), refresh_token=settings["refresh_token"])
    tokens.token()
    grant = Store(store_in(tmp_path)).grant(GrantKey(WEB, xero.token_uri))
    answer = TokenEndpoint(connection).request(
        {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    )
    held = (connection, tokens, grant, answer, StaticToken("made-up-1"))
    said = "".join(f"{value!r}{value}" for value in held) + caplog.text
    assert shown_secrets(xero, said) == []
    assert "made-up-1" not in said
    assert tmp_path.name not in repr(connection)  # the store's URL may hold a password


def test_a_statement_that_fails_does_not_show_its_values(tmp_path):
    store = Store(store_in(tmp_path))
    twice = text("INSERT INTO locks VALUES (:secret), (:secret)")
    with pytest.raises(SQLAlchemyError) as caught, store.engine.begin() as connection:
        connection.execute(twice, {"secret": "made-up-2"})
    assert "locks.name" in str(caught.value)
    assert "made-up-2" not in str(caught.value)


def test_a_database_that_fails_is_a_store_error_whoever_uses_it(tmp_path):
    store = Store(store_in(tmp_path))
    nowhere = text("INSERT INTO nowhere VALUES (:secret)")
    said = r"xero.db \(setting 'store_uri'\).*nowhere$"
    with pytest.raises(StoreError, match=said), store.engine.begin() as connection:
        connection.execute(nowhere, {"secret": "made-up-2"})


# --- at rest -------------------------------------------------------------------------------


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_store_is_its_owners_alone(tmp_path):
    before = os.umask(0)
    try:
        Store(store_in(tmp_path)).close()
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "state") == 0o700
    assert mode_of(tmp_path / "state" / "xero.db") == 0o600


def test_a_store_that_others_could_read_is_closed_to_them(tmp_path):
    path = tmp_path / "xero.db"
    path.touch(0o644)
    path.chmod(0o644)
    tmp_path.chmod(0o755)
    Store(f"sqlite:///{path}").close()
    assert mode_of(path) == 0o600
    assert mode_of(tmp_path) == 0o755  # a folder of somebody else's making is left alone


def test_the_default_store_is_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data" / "xero-client").mkdir(parents=True, mode=0o755)
    Store().close()
    [path] = (tmp_path / "data").rglob("xero.db")
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700


# --- on the wire ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["base_uri", "authorize_uri", "token_uri"])
@pytest.mark.parametrize("host", ["api.xero.com", "192.0.2.7", "127.0.0.1.example.com"])
def test_plain_http_beyond_loopback_is_refused_before_anything_is_sent(
    xero, tmp_path, monkeypatch, name, host
):
    reached = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: reached.append(address))
    config = web_config(xero, store_in(tmp_path), **{name: f"http://{host}/x"})
    with pytest.raises(XeroError, match=rf"'{name}' is plain http to '{host}'.*use https"):
        web_tokens(xero, store_in(tmp_path), **{name: config[name]})
    assert reached == []


@pytest.mark.parametrize("uri", ["https://api.xero.com/x", "http://localhost/x", "http://[::1]:8/"])
def test_https_and_loopback_are_taken(uri):
    settings = ConnectionSettings.from_config({"base_uri": uri, "client_id": "c"}, user_agent="t")
    assert settings.base_uri == uri.rstrip("/")


# --- settings that are wrong ---------------------------------------------------------------

WRONG = {
    "no URI": ({"base_uri": "api.xero.com"}, "'base_uri'"),
    "a port that is a word": (
        {"token_uri": "https://identity.xero.com:http/"},
        "'token_uri'",
    ),
    "brackets without an address": ({"authorize_uri": "https://[login"}, "'authorize_uri'"),
    "a password in the URI": ({"base_uri": "https://me:pass-word@api.xero.com"}, "'base_uri'"),
    "no app": ({"client_id": None}, "'client_id'"),
    "no way to authenticate": ({"grant_type": "password"}, "'grant_type'"),
    "no secret": (
        {"grant_type": "client_credentials", "client_secret": None},
        "'client_secret'",
    ),
    "no such choice": ({"on_daily_limit": "never"}, "'on_daily_limit'"),
    "no time": ({"request_timeout": 0}, "'request_timeout'"),
    "no calls": ({"max_concurrency": 0}, "'max_concurrency'"),
    "letters that no header takes": ({"client_secret": "pass-word…"}, "'client_secret'"),
    "a line within a header": ({"user_agent": "a\nb"}, "'user_agent'"),
    "no store": ({"store_uri": "pass-word"}, "'store_uri'"),
    "a port of the store that is not a number": (
        {"store_uri": "postgresql://u:pass-word@h:x/d"},
        "store_uri",
    ),
    "a store of an unknown kind": (
        {"store_uri": "postgres://u:pass-word@h/d"},
        "'store_uri' begins with 'postgres:', which is not known: set it to one like",
    ),
    "a store in memory": ({"store_uri": "sqlite://"}, "'store_uri'"),
    "a store that is a folder": ({"store_uri": "sqlite:////"}, "'store_uri'"),
    "a store that is not there": (
        {"store_uri": "postgresql+psycopg://u:pass-word@127.0.0.1:1/d"},
        "'store_uri'",
    ),
}


@pytest.mark.parametrize(("wrong", "named"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_named_in_one_line(xero, tmp_path, wrong, named):
    token = xero.grant(WEB)["refresh_token"]
    settings = {"store_uri": store_in(tmp_path), "refresh_token": token} | wrong
    with pytest.raises(XeroError) as caught:
        web_tokens(xero, **settings)
    said = str(caught.value)
    assert named in said
    assert "\n" not in said
    assert "pass-word" not in said
    assert xero.log == []


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql+psycopg://u:p@pass-word/pass-word@h/d",
        "postgresql+psycopg://u:x@y:pass-word/x@h:5432/d",
        "postgresql://u:pass-word@h:x/d",
        "pass-word",
    ],
)
def test_a_store_uri_that_cannot_be_parsed_ends_the_command_without_its_password(
    xero, tmp_path, uri
):
    config = web_config(xero, uri, refresh_token="r")
    code, said = loudly(tmp_path, config, ["currencies"])
    assert code == 1
    assert "'store_uri'" in said
    assert "Traceback" not in said
    assert "pass-word" not in said


def test_a_wrong_setting_ends_the_command_with_one_line(xero, tmp_path):
    config = web_config(xero, store_in(tmp_path), token_uri="http://identity.xero.com/token")
    code, said = loudly(tmp_path, config, ["currencies"])
    assert code == 1
    assert "Traceback" not in said
    assert "'token_uri' is plain http" in said.strip().splitlines()[-1]
    assert sum("ERROR" in line for line in said.splitlines()) == 1
    assert xero.log == []


def test_blanks_around_a_copied_secret_do_no_harm(xero, tmp_path):
    token = xero.grant(WEB)["refresh_token"]
    settings = {"refresh_token": f"{token}\n", "client_secret": f" {xero.apps[WEB].secret} "}
    assert web_tokens(xero, store_in(tmp_path), **settings).token()


def test_a_store_that_breaks_later_is_a_store_error(xero, tmp_path):
    tokens = web_tokens(xero, store_in(tmp_path), refresh_token=xero.grant(WEB)["refresh_token"])
    store = Store(store_in(tmp_path))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE grants")
    with pytest.raises(StoreError, match="'store_uri'"):
        tokens.token()


@pytest.mark.parametrize("program", ["tap-xero", "target-xero"])
@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "access_token", "store_uri"])
def test_a_secret_of_the_wrong_type_is_named_and_not_shown(tmp_path, program, name):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"client_id": "x", name: 98765432199}))
    command = [TAP.parent / program, "--config", str(config)]
    done = subprocess.run(
        command, input="", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert f"'{name}' must be text" in done.stderr.strip().splitlines()[-1]
    assert "98765432199" not in done.stderr + done.stdout
