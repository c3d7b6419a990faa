"""Several grants of one app in one state database: each serves its own configuration only."""

from __future__ import annotations

import pytest
from connections import WEB, put_grant, store_in, token_calls, web_config, web_tokens
from grant_refresh import expired_grants, renewed_in, shuffled
from login_runner import Machine, consent
from sqlalchemy import create_engine, text

from tap_runner import read
from xero_client.errors import LoginRequiredError
from xero_client.store.database import Store
from xero_client.store.grants import GrantKey

HALF_AN_HOUR = 30 * 60
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture
def store_uri(tmp_path):
    return store_in(tmp_path)


@pytest.fixture(params=DATABASES)
def any_store_uri(request, tmp_path):
    if request.param == "sqlite":
        return store_in(tmp_path)
    return request.getfixturevalue("fresh_postgres_uri")


def stored(xero, store_uri, name=""):
    """A login of this name in the store; its access token has ended. Returns its consent."""
    tokens = put_grant(xero, store_uri, name=name)
    return xero.sandbox.tokens.access[tokens["access_token"]].auth_event_id


def consent_of(xero, source):
    return xero.sandbox.tokens.access[source.token()].auth_event_id


def test_each_name_has_a_chain_of_its_own(xero, any_store_uri):
    consents = {name: stored(xero, any_store_uri, name) for name in ("", "maple", "oak")}
    for _ in range(2):
        for name, wanted in consents.items():
            assert consent_of(xero, web_tokens(xero, any_store_uri, grant=name)) == wanted
        xero.clock.advance(HALF_AN_HOUR)


def test_a_name_without_a_login_is_named_with_the_command_that_makes_it(xero, store_uri):
    stored(xero, store_uri)
    run = read(xero, ["accounts"], **web_config(xero, store_uri, grant="big oak"))
    assert run.exit_code == 1
    assert "grant 'big oak'" in run.last_line
    assert "xero login --grant 'big oak'" in run.last_line
    assert not xero.calls("connect/token")


def test_a_newer_login_does_not_serve_a_configuration_with_a_token_of_its_own(xero, store_uri):
    configured = xero.grant(WEB)["refresh_token"]
    own = xero.sandbox.tokens.refresh[configured].family.auth_event_id
    assert consent_of(xero, web_tokens(xero, store_uri, refresh_token=configured)) == own
    stored(xero, store_uri)
    assert consent_of(xero, web_tokens(xero, store_uri, refresh_token=configured)) == own


def test_a_customers_chain_is_not_given_to_a_configuration_without_a_token(xero, store_uri):
    for _ in range(2):
        web_tokens(xero, store_uri, refresh_token=xero.grant(WEB)["refresh_token"]).token()
    with pytest.raises(LoginRequiredError, match="No grant is stored"):
        web_tokens(xero, store_uri).token()


def test_the_refresh_of_one_grant_does_not_wait_for_that_of_another(xero, any_store_uri):
    wanted = {name: stored(xero, any_store_uri, name) for name in ("maple", "oak")}
    store = Store(any_store_uri)
    with store.locked_grant(GrantKey(WEB, xero.token_uri, "maple")):
        assert consent_of(xero, web_tokens(xero, any_store_uri, grant="oak")) == wanted["oak"]
    store.close()


@pytest.mark.sandbox(strict_refresh=True)
def test_processes_that_want_all_grants_at_once_spend_each_refresh_token_once(xero, any_store_uri):
    names = expired_grants(xero, any_store_uri, 12)
    xero.fault("latency", "connect/token", seconds=0.1, times=None)

    renewed_in(xero, any_store_uri, shuffled(names, 4))

    assert [call["status"] for call in token_calls(xero)] == [200] * len(names)
    # The chains go on: the newest tokens are in the state database.
    newest = web_tokens(xero, any_store_uri, grant=names[0])
    assert newest.renew(newest.token())


OLD_TABLES = """
CREATE TABLE grants (client_id VARCHAR(200) NOT NULL, token_uri VARCHAR(500) NOT NULL,
  refresh_token TEXT, access_token TEXT NOT NULL, expires_at TIMESTAMP NOT NULL,
  obtained_at TIMESTAMP NOT NULL, scopes TEXT NOT NULL, seed VARCHAR(64) NOT NULL,
  PRIMARY KEY (client_id, token_uri, seed));
CREATE TABLE locks (name VARCHAR(200) NOT NULL, PRIMARY KEY (name));
CREATE TABLE logins (client_id VARCHAR(200) NOT NULL, client_secret TEXT, settings TEXT NOT NULL,
  tenants TEXT NOT NULL, logged_in_at TIMESTAMP NOT NULL, PRIMARY KEY (client_id));
"""


def test_the_grants_of_an_older_version_go_on(xero, any_store_uri):
    Store(any_store_uri).close()
    engine = create_engine(any_store_uri)
    tokens = xero.grant(WEB)
    with engine.begin() as connection:
        for table in ("grants", "locks", "tokens_version"):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
        for statement in filter(str.strip, OLD_TABLES.split(";")):
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO grants VALUES (:app, :uri, :refresh, 'old', '2026-01-01 00:00:00', "
                "'2026-01-01 00:00:00', '', '')"
            ),
            {"app": WEB, "uri": xero.token_uri, "refresh": tokens["refresh_token"]},
        )
        connection.execute(
            text("INSERT INTO logins VALUES (:app, :secret, '{}', '{}', '2026-01-01 00:00:00')"),
            {"app": WEB, "secret": xero.apps[WEB].secret},
        )
    engine.dispose()
    config = web_config(xero, any_store_uri)
    config["client_secret"] = None  # it is in the login
    run = read(xero, ["accounts"], **config)
    assert run.exit_code == 0, run.log
    assert xero.calls("connect/token")


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.sandbox(companies=["empty", "empty"])
def test_two_logins_of_one_app_stand_side_by_side(tmp_path, xero, redirect_uri):
    xero.sandbox.tokens.register_redirect_uri(redirect_uri)
    machine = Machine.at(tmp_path, xero, redirect_uri)
    for name, tenant in zip(("maple", "oak"), xero.tenant_ids, strict=True):
        with machine.logging_in("--client-id", WEB, "--grant", name) as login:
            visitor = login.visitor()
            visitor.enter_app(WEB, xero.apps[WEB].secret)
            visitor.get(consent(visitor.to_consent()).removeprefix(login.origin))
            visitor.choose(tenant)
            code, out, err = login.end()
            assert code == 0, err
            assert f'"grant": "{name}"' in out
    for name, tenant in zip(("maple", "oak"), xero.tenant_ids, strict=True):
        listed = machine.run("xero", "tenants", "--grant", name)
        assert listed.returncode == 0, listed.stderr
        [chosen] = [line for line in listed.stdout.splitlines() if line.startswith("*")]
        assert tenant in chosen
    done = machine.run("xero", "logout", "--yes", "--grant", "maple")
    assert done.returncode == 0, done.stderr
    left = machine.run("xero", "status", "--grant", "maple")
    assert left.returncode == 1
    assert "No grant is stored" in left.stderr
