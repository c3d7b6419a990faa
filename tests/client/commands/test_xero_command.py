"""``xero tenants | status | logout | scopes``, and where every command finds its settings."""

import json
import re

import pytest
from click.testing import CliRunner
from connections import put_grant
from cryptography.fernet import Fernet
from login_runner import consent

from tap_runner import catalog_of
from xero_client.auth.stored_logins import Login, Logins
from xero_client.cli import main
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store

WEB, PKCE, LEGACY = "sandbox-web", "sandbox-pkce", "sandbox-legacy"

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


@pytest.fixture
def logged_in(machine, xero):
    """A machine as a login with both organisations leaves it (see test_login)."""
    settings = ConnectionSettings.from_config(
        {
            "client_id": PKCE,
            "base_uri": xero.base_uri,
            "authorize_uri": xero.authorize_uri,
            "token_uri": xero.token_uri,
        },
        user_agent="test",
    )
    folder = machine.home / "data" / "xero-client"
    folder.mkdir(parents=True)
    store_uri = f"sqlite:///{folder / 'xero.db'}"
    tokens = xero.grant(PKCE)
    put_grant(xero, store_uri, PKCE, minutes_left=29, tokens=tokens, scopes=tokens["scope"])
    store = Store(store_uri)
    Logins(store).save(Login.completed_now(settings, dict.fromkeys(xero.tenant_ids, "Company")))
    store.close()
    for name in [name for name in machine.env if name.startswith("XERO_")]:
        del machine.env[name]  # what is wanted of them stands in the store now
    return machine


def log_in(machine, xero, client_id, tenants=None):
    with machine.logging_in("--client-id", client_id) as login:
        visitor = login.visitor()
        visitor.enter_app(client_id, xero.apps[client_id].secret)
        visitor.get(consent(visitor.to_consent()).removeprefix(login.origin))
        visitor.choose(*(tenants or xero.tenant_ids))
        code, _, err = login.end()
    assert code == 0, err


def test_tenants_lists_name_id_type_and_when(logged_in, xero):
    lines = logged_in.run("xero", "tenants").stdout.splitlines()
    assert [line.split()[-3] for line in lines] == xero.tenant_ids
    assert all("ORGANISATION  20" in line for line in lines)
    rows = json.loads(logged_in.run("xero", "tenants", "--json").stdout)
    assert [row["tenant_id"] for row in rows] == xero.tenant_ids
    assert set(rows[0]) == {"tenant_id", "name", "type", "connected_at", "chosen"}


def test_status_says_who_which_scopes_how_long_and_what_is_left(logged_in, xero):
    status = json.loads(logged_in.run("xero", "status", "--json").stdout)
    assert (status["client_id"], status["app"]) == (PKCE, "PKCE app")
    assert "offline_access" in status["scopes"]
    assert status["user_id"]
    assert status["refresh_by"] > status["access_token_expires_at"]
    assert [
        organisation["tenant_id"] for organisation in status["organisations"]
    ] == xero.tenant_ids
    assert all(organisation["calls_left_today"] > 0 for organisation in status["organisations"])
    shown = logged_in.run("xero", "status").stdout
    assert status["refresh_by"] in shown
    assert "calls left today" in shown


def test_status_tells_the_limits_also_without_the_scope_of_the_call(machine, xero):
    with machine.logging_in("contacts", "--read-only") as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        visitor.get(consent(visitor.to_consent(), organisations=1).removeprefix(login.origin))
        visitor.choose()
        assert login.end()[0] == 0
    status = machine.run("xero", "status")
    assert status.returncode == 0
    assert "accounting.contacts.read" in status.stdout
    assert re.search(r"[1-9][0-9,]* calls left today\n$", status.stdout)


def test_status_says_what_is_wrong_with_an_organisation(logged_in, xero):
    xero.fault("not_connected", "Organisation")
    status = logged_in.run("xero", "status")
    assert status.returncode == 0
    assert "as not connected, although it lists the connection" in status.stdout


def test_one_organisation_can_be_disconnected(logged_in, xero):
    name = json.loads(logged_in.run("xero", "tenants", "--json").stdout)[0]["name"]
    assert logged_in.run("xero", "logout", "Nobody Ltd").returncode == 1
    left = logged_in.run("xero", "logout", name.upper())
    assert left.returncode == 0, left.stderr
    assert xero.tenant_ids[0] in left.stdout
    rows = json.loads(logged_in.run("xero", "tenants", "--json").stdout)
    assert [(row["tenant_id"], row["chosen"]) for row in rows] == [(xero.tenant_ids[1], True)]


def test_logout_revokes_everything_after_asking(logged_in, xero):
    assert logged_in.run("xero", "logout", typed="n\n").returncode == 1
    assert xero.calls("connect/revocation") == []
    left = logged_in.run("xero", "logout", typed="y\n")
    assert left.returncode == 0, left.stderr
    assert len(xero.calls("connect/revocation")) == 1
    assert xero.sandbox.connections.of_app(PKCE) == []
    after = logged_in.run("xero", "status")
    assert after.returncode == 1
    assert "There is no login yet: run `xero login`" in after.stderr


def test_a_logout_that_xero_does_not_answer_keeps_the_grant(logged_in, xero):
    xero.fault("reset", "connect/revocation", method="POST")
    left = logged_in.run("xero", "logout", "--yes")
    assert left.returncode == 1
    assert "run `xero logout` again" in left.stderr
    assert logged_in.run("xero", "tenants").returncode == 0


def test_a_web_page_in_place_of_the_logout_keeps_the_grant(logged_in, xero):
    page = {"body": "<html>Blocked by the proxy</html>", "content_type": "text/html"}
    xero.fault("status", "connect/revocation", method="POST", status=400, **page)
    left = logged_in.run("xero", "logout", "--yes")
    assert left.returncode == 1
    assert "at a gateway in front of Xero, which sent a web page (Blocked by the" in left.stderr
    assert logged_in.run("xero", "tenants").returncode == 0


def test_a_logout_from_an_app_that_is_gone_removes_the_tokens_here(machine, xero):
    log_in(machine, xero, WEB)
    left = machine.run("xero", "logout", "--yes", XERO_CLIENT_ID=WEB, XERO_CLIENT_SECRET="another")
    assert left.returncode == 1
    assert "disconnect the app in Xero" in left.stderr
    assert "There is no login yet" in machine.run("xero", "tenants").stderr


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        (["invoices"], "offline_access accounting.invoices.read"),
        (["invoices", "--write"], "offline_access accounting.invoices"),
        (
            ["Invoices", "contact*"],
            "offline_access accounting.contacts.read accounting.invoices.read",
        ),
        (["journals"], "offline_access accounting.journals.read"),
        (
            ["*_line_item_tracking"],
            (
                "offline_access accounting.banktransactions.read "
                "accounting.invoices.read accounting.payments.read"
            ),
        ),
        (
            ["trial_balances"],
            "offline_access accounting.reports.trialbalance.read accounting.settings.read",
        ),
        (
            ["aged_payables_by_contact"],
            (
                "offline_access accounting.contacts.read accounting.invoices.read "
                "accounting.payments.read accounting.reports.aged.read accounting.settings.read"
            ),
        ),
        (
            ["balance_sheets", "accounts", "--write"],
            "offline_access accounting.reports.balancesheet.read accounting.settings",
        ),
    ],
)
def test_scopes_prints_what_streams_need(machine, arguments, scopes):
    printed = machine.run("xero", "scopes", *arguments)
    assert (printed.returncode, printed.stdout.strip()) == (0, scopes)
    assert ("needs Xero's approval" in printed.stderr) == ("journals" in arguments)


def test_scopes_of_a_stream_that_there_is_not_names_those_that_there_are(machine):
    printed = machine.run("xero", "scopes", "invoice")
    assert printed.returncode == 1
    assert (
        "'invoice' is not a stream: did you mean 'invoices'? The streams are: accounts,"
        in printed.stderr
    )


# --- where settings come from --------------------------------------------------------------------


def test_the_file_comes_before_the_environment_and_that_before_the_login(logged_in):
    nowhere = "http://127.0.0.1:9/connect/token"
    file = logged_in.config(client_id=PKCE, client_secret="of the file", token_uri=nowhere)
    variables = {"XERO_CLIENT_ID": "of the environment"}
    asked = logged_in.run("xero", "tenants", "--config", file, **variables)
    assert "'sandbox-pkce'" in asked.stderr  # no grant of it came from that token_uri
    asked = logged_in.run("xero", "tenants", **variables)
    assert "'of the environment'" in asked.stderr
    assert logged_in.run("xero", "tenants").returncode == 0


def test_each_plugins_variables_count_and_must_not_contradict_each_other(logged_in):
    variables = {"TAP_XERO_CLIENT_ID": PKCE, "TARGET_XERO_CLIENT_ID": "another"}
    asked = logged_in.run("xero", "tenants", **variables)
    assert asked.returncode == 1
    assert "add --for read or --for publish" in asked.stderr
    assert logged_in.run("xero", "tenants", "--for", "tap-xero", **variables).returncode == 0
    asked = logged_in.run("xero", "tenants", "--for", "target-xero", **variables)
    assert "'another'" in asked.stderr


def test_for_says_whose_variables_are_read(machine):
    asked = machine.run("xero", "status", "--for", "tap-other")
    assert asked.returncode == 2
    assert "'tap-other' is not one of 'read', 'publish'" in asked.stderr


def test_of_two_apps_with_a_login_one_has_to_be_named(machine, xero):
    log_in(machine, xero, PKCE)
    log_in(machine, xero, WEB)
    asked = machine.run("xero", "tenants")
    assert asked.returncode == 1
    assert f"name one with --client-id: {PKCE}, {WEB}" in asked.stderr
    assert machine.run("xero", "tenants", "--client-id", WEB).returncode == 0


@pytest.mark.parametrize("client_id", [PKCE, WEB])
def test_after_a_lost_key_a_new_login_is_all_it_takes(machine, xero, client_id):
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    log_in(machine, xero, client_id)
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    lost = machine.run("xero", "tenants")
    assert lost.returncode == 1
    assert "is not the one that encrypted" in lost.stderr
    log_in(machine, xero, client_id)
    assert machine.run("xero", "tenants").returncode == 0


def test_a_login_without_the_key_does_not_replace_what_is_encrypted(machine, xero):
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    log_in(machine, xero, PKCE)
    del machine.env["XERO_STORE_KEY"]
    refused = machine.run("xero", "login")
    assert refused.returncode == 1
    assert "holds encrypted tokens" in refused.stderr


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_configuration_that_is_none_says_so(machine, content):
    path = machine.home / "odd.json"
    path.write_text(content)
    asked = machine.run("xero", "tenants", "--config", str(path))
    assert asked.returncode == 1
    assert "odd.json" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_what_needs_no_login_makes_no_database(machine):
    config = machine.config(client_id=PKCE)
    assert machine.run("tap-xero", "--config", config, "--discover").returncode == 0
    assert machine.run("xero", "scopes").returncode == 0
    assert not (machine.home / "data").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["tap-xero", "--discover", "--config", "config.json"],
        ["xero", "login", "--help"],
        ["xero", "scopes"],
        ["xero", "status"],
    ],
)
def test_only_a_login_loads_the_libraries_of_the_page_and_of_oauth(logged_in, command):
    logged_in.config(client_id=PKCE)
    run = logged_in.run(*command, PYTHONPROFILEIMPORTTIME="1")
    assert run.returncode == 0, run.stderr
    packages = set(re.findall(r"^import time:.*\| +(\w+)", run.stderr, re.MULTILINE))
    assert "xero_client" in packages
    assert not {"authlib", "starlette", "uvicorn"} & packages


def read(machine, **settings):
    catalog = machine.home / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(["organisations"])))
    config = machine.config(client_id=PKCE, **settings)
    run = machine.run("tap-xero", "--config", config, "--catalog", str(catalog))
    messages = [json.loads(line) for line in run.stdout.splitlines()]
    records = [message["record"] for message in messages if message["type"] == "RECORD"]
    return run, sorted(record["_tenant_id"] for record in records)


def test_a_tap_reads_all_organisations_that_were_chosen(logged_in, xero):
    run, tenants = read(logged_in)
    assert (run.returncode, tenants) == (0, sorted(xero.tenant_ids)), run.stderr


def test_a_taps_own_tenant_comes_before_the_chosen_ones(logged_in, xero):
    run, tenants = read(logged_in, tenant_id=xero.tenant_ids[1])
    assert (run.returncode, tenants) == (0, [xero.tenant_ids[1]]), run.stderr


def test_a_tap_whose_chosen_organisations_are_gone_says_so(logged_in, xero):
    for entry in list(xero.sandbox.connections.of_app(PKCE)):
        xero.sandbox.connections.disconnect(PKCE, entry.connection_id)
    run, tenants = read(logged_in)
    assert (run.returncode, tenants) == (1, [])
    assert "xero login" in run.stderr.splitlines()[-1]


def publish(machine, **settings):
    schema = {"properties": {"Name": {"type": "string"}}}
    messages = [
        {"type": "SCHEMA", "stream": "contacts", "schema": schema, "key_properties": []},
        {"type": "RECORD", "stream": "contacts", "record": {"Name": "Ada"}},
    ]
    typed = "".join(json.dumps(message) + "\n" for message in messages)
    config = machine.config(client_id=PKCE, **settings)
    return machine.run("target-xero", "--config", config, typed=typed)


def test_a_target_never_guesses_which_of_the_chosen_organisations_is_meant(logged_in, xero):
    run = publish(logged_in)
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert "Several organisations were chosen at the login" in last
    assert all(tenant_id in last for tenant_id in xero.tenant_ids)
    assert xero.calls("Contacts") == []


def test_a_target_finds_the_rest_after_a_login(logged_in, xero):
    run = publish(logged_in, tenant_id=xero.tenant_ids[1])
    assert run.returncode == 0, run.stderr
    names = [contact["Name"] for contact in xero.records("Contacts", xero.tenant_ids[1])]
    assert "Ada" in names


def test_another_package_adds_its_commands():
    runner = CliRunner()

    assert "fleet " in runner.invoke(main, ["--help"]).output
    assert "Usage: xero fleet" in runner.invoke(main, ["fleet", "--help"], prog_name="xero").output
    assert "No such command 'fleets'" in runner.invoke(main, ["fleets"]).output
