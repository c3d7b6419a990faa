"""``xero login --for``: what each word requests, and that a login adds to what was granted."""

import json
import re
import shlex
from datetime import datetime, timedelta, timezone

import pytest
import requests
from click.testing import CliRunner
from connections import web_config
from cryptography.fernet import Fernet
from login_runner import Machine, asked, consent

from tap_runner import catalog_of
from tap_runner import read as read_here
from xero_client.cli import main
from xero_client.entities.purposes import PURPOSES
from xero_client.store.database import Store
from xero_client.store.grants import Grant, GrantKey

WEB, PKCE, CUSTOM = "sandbox-web", "sandbox-pkce", "sandbox-custom"
INVOICES, PROJECTS = "accounting.invoices.read", "projects.read"
READ = (
    "accounting.banktransactions.read accounting.contacts.read accounting.invoices.read "
    "accounting.manualjournals.read accounting.payments.read accounting.settings.read"
)
WRITE = READ.replace(".read", "")
PAYROLL = (
    "payroll.employees.read payroll.payruns.read payroll.payslip.read payroll.settings.read "
    "payroll.timesheets.read"
)
TRIAL_BALANCE = "accounting.reports.trialbalance.read"
PROFIT_AND_BALANCE = "accounting.reports.profitandloss.read accounting.reports.balancesheet.read"
VERIFY = f"{READ} {TRIAL_BALANCE} {PROFIT_AND_BALANCE}"
COPY = f"{WRITE} accounting.attachments {TRIAL_BALANCE}"
REPORTS = (
    "accounting.contacts.read accounting.invoices.read accounting.payments.read "
    "accounting.settings.read "
) + " ".join(
    f"accounting.reports.{name}.read"
    for name in (
        *("aged", "balancesheet", "banksummary", "budgetsummary"),
        *("executivesummary", "profitandloss", "trialbalance"),
    )
)

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


@pytest.fixture
def machine(tmp_path, xero, redirect_uri):
    xero.sandbox.tokens.register_redirect_uri(redirect_uri)
    for app in (WEB, PKCE):
        xero.sandbox.connections.disconnect_all(app)
    return Machine.at(tmp_path, xero, redirect_uri)


@pytest.fixture
def store_uri(machine):
    folder = machine.home / "data" / "xero-client"
    folder.mkdir(parents=True)
    return f"sqlite:///{folder / 'xero.db'}"


def log_in(machine, *options, client_id=PKCE, secret="", answered=consent, **variables):
    """A login to its end; returns the scopes that it requested, and its output."""
    with machine.logging_in(*options, **variables) as login:
        visitor = login.visitor()
        if "Your Xero app" in visitor.pages[-1]:
            visitor.enter_app(client_id, secret)
        url = visitor.to_consent()
        visitor.get(answered(url).removeprefix(login.origin))
        visitor.choose(*re.findall(r'name="tenant" value="([^"]+)"', visitor.pages[-1]))
        code, out, err = login.end()
    assert code == 0, err
    return set(asked(url)["scope"].split()) - {"offline_access"}, out


def requested(machine, *options, client_id=PKCE, **variables):
    """The scopes that a login requests; it ends at the consent, and runs in this process."""
    typed = f"{client_id}\n\n"
    runner = CliRunner(env={**machine.env, **variables})
    run = runner.invoke(main, ["login", "--no-browser", *options], input=typed)
    url = next(line for line in run.stdout.splitlines() if line.startswith("http"))
    return set(asked(url)["scope"].split()) - {"offline_access"}


def read(machine, *streams, **settings):
    """A run of the tap that needs nothing but the app's id."""
    catalog = machine.home / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(list(streams))))
    config = machine.config(client_id=PKCE, **settings)
    return machine.run("tap-xero", "--config", config, "--catalog", str(catalog))


def stored_scopes(machine):
    return set(json.loads(machine.run("xero", "status", "--json").stdout)["scopes"])


def command_in(error):
    """The command of ``xero`` that an error names."""
    return shlex.split(re.search("`(xero login[^`]*)`", error)[1])


# --- what each word requests ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        (["--for", "read"], READ),
        (["--for", "tap-xero"], READ),
        (["--for", "publish"], WRITE),
        (["--for", "target-xero"], WRITE),
        (["--for", "verify"], VERIFY),
        (["--for", "copy"], COPY),
        (["--for", "copy", "--read-only"], f"{READ} accounting.attachments.read {TRIAL_BALANCE}"),
        (["--for", "reports"], REPORTS),
        (["--for", "attachments"], "accounting.attachments.read"),
        (["--for", "attachments", "--write"], "accounting.attachments"),
        (["--for", "payroll"], PAYROLL),
        (["--for", "payroll", "--write"], PAYROLL.replace(".read", "")),
        (["--for", "projects,assets files"], "projects.read assets.read files.read"),
        (["--for", "projects", "--for", "Assets"], "projects.read assets.read"),
        (["--for", "projects", "invoices"], "projects.read accounting.invoices.read"),
        (["--for", "publish,projects", "invoices"], "projects.read accounting.invoices"),
        (["--for", "read,publish", "invoices"], "accounting.invoices"),
        (["--for", "copy, verify"], f"{COPY} {PROFIT_AND_BALANCE}"),
        (
            ["--for", "finance"],
            "finance.bankstatementsplus.read finance.cashvalidation.read finance.statements.read",
        ),
    ],
)
def test_login_and_scopes_take_the_same_words(machine, arguments, scopes):
    printed = CliRunner().invoke(main, ["scopes", *arguments])
    assert set(printed.stdout.split()) == {"offline_access", *scopes.split()}
    assert ("needs an agreement with Xero" in printed.stderr) == ("finance" in arguments)
    assert requested(machine, *arguments) == set(scopes.split())


@pytest.mark.parametrize(
    ("options", "variables", "scopes"),
    [
        # Read reads what Meltano selects, publish the entities of the target.
        (
            ["--for", "read,publish"],
            {
                "TAP_XERO__SELECT": '["quotes.*"]',
                "TAP_XERO_STREAMS": '{"contacts": {"page_size": 100}}',
                "TARGET_XERO_STREAMS": '{"bills": {"entity": "Payments"}}',
            },
            "accounting.invoices.read accounting.payments",
        ),
        # The other words add to the setting, which replaces what reading and publishing need.
        (
            ["--for", "read", "--for", "projects"],
            {"XERO_SCOPES": INVOICES},
            f"{INVOICES} projects.read",
        ),
        (["--for", "projects", "--scopes", "files"], {}, "files projects.read"),
        (["--scopes", "files projects", "--read-only"], {}, "files.read projects.read"),
        # What a backup needs: the tap's setting selects reports beside the usual streams.
        (
            ["--for", "read"],
            {"TAP_XERO_REPORTS": '{"streams": ["trial_balances"], "from": "2025-03"}'},
            f"{READ} {TRIAL_BALANCE}",
        ),
        (
            ["--for", "read"],
            {"TAP_XERO_CUSTOM_STREAMS": '{"a": {"path": "/A", "scope": "files.read"}, "b": {}}'},
            f"{READ} files.read",
        ),
        (
            ["invoices"],
            {"TAP_XERO_CUSTOM_STREAMS": '{"a": {"path": "/A", "scope": "files.read"}}'},
            INVOICES,
        ),
        (
            ["--for", "read"],
            {"TAP_XERO_COPY_ATTACHMENTS": "true"},
            f"{READ} {COPY.split()[6]}.read",
        ),
    ],
)
def test_settings_say_what_reading_and_publishing_need(machine, options, variables, scopes):
    assert requested(machine, *options, **variables) == set(scopes.split())


@pytest.mark.parametrize("command", ["login", "scopes"])
def test_a_word_that_does_not_exist_is_refused_with_the_nearest(machine, command):
    refused = CliRunner().invoke(main, [command, "--for", "read,proyects"])
    assert refused.exit_code == 2
    assert "There is no 'proyects': did you mean 'projects'?" in refused.stderr
    assert all(purpose in refused.stderr for purpose in PURPOSES)


def test_the_variables_of_one_plugin_are_chosen_by_either_spelling(machine):
    variables = {"TAP_XERO_CLIENT_ID": "of-the-tap", "TARGET_XERO_CLIENT_ID": "of-the-target"}
    for word in ("publish", "target-xero"):
        shown = machine.run("xero", "tenants", "--for", word, **variables)
        assert "'of-the-target'" in shown.stderr
    assert machine.run("xero", "tenants", "--for", "payroll").returncode == 2
    refused = machine.run("xero", "tenants", **variables)
    assert "differ: add --for read or --for publish" in refused.stderr


# --- a login adds to what was granted ------------------------------------------------------------


def test_a_login_adds_to_what_was_granted_before(machine):
    first, _ = log_in(machine, "invoices")
    assert first == {INVOICES}
    second, out = log_in(machine, "--for", "projects")
    assert second == {INVOICES, PROJECTS}
    assert f"Scopes: {INVOICES} offline_access {PROJECTS}" in out
    run = read(machine, "projects", "quotes")
    assert run.returncode == 0, run.stderr
    assert requested(machine, "--write", "invoices") == {"accounting.invoices", PROJECTS}


@pytest.fixture
def granted(machine, xero, store_uri):
    """A machine with a login for invoices."""
    put_grant(xero, store_uri, f"offline_access {INVOICES}")
    return machine


def test_the_page_tells_new_scopes_from_those_that_were_granted_before(granted):
    with granted.logging_in("--for", "projects") as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        new, _, before = visitor.pages[-1].partition("Granted before")
        visitor.post("/other-app", {})
        visitor.enter_app("another-app")
        visitor.enter_app(WEB, "sandbox-web-secret")
        other = asked(visitor.to_consent())
    assert PROJECTS in new
    assert INVOICES not in new
    assert INVOICES in before
    # Another app does not get the scopes of the first one.
    assert (other["client_id"], other["scope"]) == (WEB, f"offline_access {PROJECTS}")


def test_the_terminal_tells_new_scopes_from_those_that_were_granted_before(granted):
    runner = CliRunner(env=granted.env)
    typed = f"{PKCE}\n\n"
    run = runner.invoke(main, ["login", "--no-browser", "--for", "projects"], input=typed)
    lines = [line.strip() for line in run.stdout.splitlines()]
    [invoices] = [line for line in lines if line.startswith(INVOICES)]
    [projects] = [line for line in lines if line.startswith(PROJECTS)]
    assert invoices.endswith("(granted before)")
    assert "granted" not in projects


def test_each_name_of_a_login_has_scopes_of_its_own(machine, xero, store_uri):
    put_grant(xero, store_uri, INVOICES, name="maple")
    assert requested(machine, "--for", "projects", "--grant", "oak") == {PROJECTS}
    assert requested(machine, "--for", "projects", "--grant", "maple") == {INVOICES, PROJECTS}


def test_scopes_are_added_although_the_key_of_the_tokens_is_lost(machine):
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    log_in(machine, "invoices")
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    assert log_in(machine, "--for", "projects")[0] == {INVOICES, PROJECTS}


def test_without_writing_the_scopes_of_before_are_those_for_reading(machine, xero, store_uri):
    put_grant(xero, store_uri, "offline_access accounting.invoices paymentservices")
    assert requested(machine, "--for", "projects", "--read-only") == {
        *(INVOICES, PROJECTS),
        "paymentservices",  # Xero has no scope that only reads them
    }


def test_replace_leaves_out_what_was_granted_before(granted):
    scopes, _ = log_in(granted, "--for", "projects", "--replace")
    assert scopes == {PROJECTS}
    assert stored_scopes(granted) == {"offline_access", PROJECTS}


@pytest.mark.parametrize(
    ("earlier", "kept"),
    [
        # A broad scope, which this app cannot have any more, and which is known for that.
        ("accounting.transactions accounting.contacts.read", "accounting.contacts.read"),
        # One of a kind that is not known.
        ("made.up accounting.contacts.read", "accounting.contacts.read"),
    ],
)
def test_a_scope_of_before_that_xero_refuses_is_left_out_by_the_command(
    machine, xero, store_uri, earlier, kept
):
    put_grant(xero, store_uri, f"offline_access {earlier}")
    with machine.logging_in("--for", "projects") as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        callback = refused_consent(visitor.to_consent())
        visitor.get(callback.removeprefix(login.origin))
        code, _, err = login.end()
    assert code == 1
    command = command_in(err.splitlines()[-1])
    assert command[2] == "--replace"
    assert requested(machine, *command[2:]) == {PROJECTS, kept}


def test_a_refusal_that_names_nothing_names_what_was_granted_before(granted):
    with granted.logging_in("--for", "projects") as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        state = asked(visitor.to_consent())["state"]
        page = visitor.get(f"/callback?error=invalid_scope&state={state}")
        code, _, err = login.end()
    assert code == 1
    assert f"Granted before: {INVOICES}." in page.text
    assert "`xero login --replace --scopes" in err


def refused_consent(url):
    return requests.get(url, timeout=10, allow_redirects=False).headers["Location"]


def put_grant(xero, store_uri, scopes, tokens=None, **more):
    tokens = tokens or xero.grant(PKCE)
    now = datetime.now(timezone.utc)
    store = Store(store_uri)
    store.replace_grant(
        Grant(
            client_id=PKCE,
            token_uri=xero.token_uri,
            refresh_token=tokens["refresh_token"],
            access_token=tokens["access_token"],
            expires_at=now - timedelta(minutes=1),  # so that the next run refreshes it
            obtained_at=now,
            scopes=scopes,
            **more,
        )
    )
    store.close()


def without_scope(xero):
    """The token endpoint's next response says nothing of the scopes."""
    tokens = xero.grant(PKCE)
    body = json.dumps({name: text for name, text in tokens.items() if name != "scope"})
    xero.fault("status", "connect/token", method="POST", status=200, body=body)


def test_a_refresh_that_does_not_name_the_scopes_keeps_them(machine, xero, store_uri):
    put_grant(xero, store_uri, f"offline_access {INVOICES}")
    without_scope(xero)
    assert read(machine, "quotes", tenant_id=xero.tenant_id, **uris(xero)).returncode == 0
    store = Store(store_uri)
    kept = store.granted_scopes(GrantKey(PKCE, xero.token_uri))
    store.close()
    assert set(kept) == {"offline_access", INVOICES}
    assert requested(machine, "--for", "projects") == {INVOICES, PROJECTS}


def uris(xero):
    return {
        "base_uri": xero.base_uri,
        "authorize_uri": xero.authorize_uri,
        "token_uri": xero.token_uri,
    }


def test_a_login_whose_response_does_not_name_the_scopes_has_the_requested_ones(machine, xero):
    def answered(url):
        callback = consent(url)
        without_scope(xero)
        return callback

    log_in(machine, "invoices", answered=answered)
    assert requested(machine, "--for", "projects") == {INVOICES, PROJECTS}


# --- what a run says when a scope is missing -----------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "options"),
    [
        ("assets", ["--for", "assets"]),
        ("journals", ["--for", "read", "journals"]),
        ("payroll_au_employees", ["--for", "payroll"]),
        ("trial_balances", ["--for", "read", "trial_balances"]),
    ],
)
def test_the_tap_names_the_command_that_requests_the_scope(
    machine, xero, store_uri, stream, options
):
    scopes = ["offline_access", "accounting.settings.read"]
    put_grant(xero, store_uri, " ".join(scopes), xero.grant(PKCE, scopes), name="big oak")
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    run = read_here(xero, [stream], **config, grant="big oak", tenant_id=xero.tenant_id)
    assert run.exit_code == 1
    command = command_in(run.last_line)
    assert command == ["xero", "login", "--grant", "big oak", *options]
    [scope] = re.findall("needs scope '([^']+)'", run.last_line)
    assert scope in requested(machine, *command[2:])


def test_after_the_command_of_the_error_the_tap_works(machine):
    log_in(machine, "payments", "accounts")
    run = read(machine, "projects")
    assert run.returncode == 1
    command = command_in(run.stderr.splitlines()[-1])
    assert command == ["xero", "login", "--for", "projects"]
    log_in(machine, *command[2:])
    again = read(machine, "projects", "payments")
    assert again.returncode == 0, again.stderr


def publish(machine):
    messages = [
        {"type": "SCHEMA", "stream": "contacts", "schema": {}, "key_properties": []},
        {"type": "RECORD", "stream": "contacts", "record": {"Name": "Ada"}},
    ]
    typed = "".join(json.dumps(message) + "\n" for message in messages)
    return machine.run("target-xero", "--config", machine.config(client_id=PKCE), typed=typed)


@pytest.mark.sandbox(companies=["empty"])
def test_the_target_names_the_command_after_which_it_works(machine, xero):
    log_in(machine, "contacts", "accounts")
    run = publish(machine)
    assert run.returncode == 1
    assert "'accounting.contacts'" in run.stderr
    command = command_in(run.stderr)
    assert command[:4] == ["xero", "login", "--for", "publish"]
    log_in(machine, *command[2:])
    again = publish(machine)
    assert again.returncode == 0, again.stderr
    assert "Ada" in [contact["Name"] for contact in xero.records("Contacts")]


def test_a_custom_connection_gets_its_scopes_in_the_portal(xero):
    run = read_here(xero, ["assets"], scopes="accounting.settings.read")
    assert "scope 'assets.read'" in run.last_line
    assert "Custom Connection at developer.xero.com" in run.last_line
    assert "the setting 'scopes'" in run.last_line
    assert "xero login" not in run.last_line


def test_a_custom_connection_does_not_add(machine, xero):
    typed = f"{CUSTOM}\n{xero.apps[CUSTOM].secret}\n"
    for stream in ("invoices", "contacts"):
        options = ["login", stream, "--custom-connection"]
        login = CliRunner(env=machine.env).invoke(main, options, input=typed)
        assert login.exit_code == 0, login.output
    granted = [set(token.scopes) for token in xero.sandbox.tokens.access.values()]
    assert granted == [{INVOICES}, {"accounting.contacts.read"}]


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_configuration_with_a_token_of_its_own_is_told_to_drop_it(machine, xero, store_uri, name):
    token = xero.grant(PKCE, ["offline_access", INVOICES])[name]
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    run = read_here(xero, ["projects"], **config, tenant_id=xero.tenant_id, **{name: token})
    assert "`xero login --for projects`" in run.last_line
    assert f"remove the setting '{name}' after that" in run.last_line


# --- copying and comparing -----------------------------------------------------------------------


def test_one_login_is_enough_to_copy_and_to_compare(machine, xero):
    """It has neither to be repeated nor to be composed of scopes by hand."""
    _, out = log_in(machine, "--for", "copy,verify")
    assert '"references": "translate"' in out
    assert "target-xero verify --source source.json --target target.json" in out
    contact = {"Name": "Ada", "ContactNumber": "A1"}
    put(xero, "Contacts", contact)
    invoice = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Ada"},
        "Date": "2026-01-15",
        "DueDate": "2026-02-15",
        "LineItems": [{"Description": "Bread", "UnitAmount": 10, "AccountCode": "200"}],
    }
    put(xero, "Invoices", invoice)
    source = configuration(machine, "source", tenant_id=xero.tenant_ids[0])
    target = configuration(
        machine,
        "target",
        tenant_id=xero.tenant_ids[1],
        references="translate",
        opening_balances="opening.json",
    )
    steps = [
        ["target-xero", "opening-balances", "--source", source, "--output", "opening.json"],
        ["tap-xero", "--config", source],
        ["target-xero", "--config", target, "--input", "backup.jsonl"],
        ["target-xero", "verify", "--source", source, "--target", target],
    ]
    for step in steps:
        run = machine.run(*step)
        assert run.returncode == 0, (step, run.stderr, run.stdout[-500:])
        if step[0] == "tap-xero":
            (machine.home / "backup.jsonl").write_text(run.stdout)
    assert "THE BOOKS AGREE" in run.stdout
    names = [contact["Name"] for contact in xero.records("Contacts", xero.tenant_ids[1])]
    assert "Ada" in names


def configuration(machine, name, **settings):
    path = machine.home / f"{name}.json"
    path.write_text(json.dumps({"client_id": PKCE, **settings}))
    return str(path)


def put(xero, entity, record):
    url = f"{xero.base_uri}/{entity}"
    headers = xero.headers(WEB, tenant_id=xero.tenant_ids[0])
    assert requests.put(url, json=record, headers=headers, timeout=10).status_code == 200
