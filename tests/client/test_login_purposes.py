"""``xero login --for``: what each word requests, and that a login adds to what was granted."""

import json
import re
import shlex
from datetime import datetime, timedelta, timezone

import pytest
import requests
from cryptography.fernet import Fernet
from login_runner import Machine, asked, consent

from tap_runner import catalog_of
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
VERIFY = f"{READ} {TRIAL_BALANCE} " + (
    "accounting.reports.profitandloss.read accounting.reports.balancesheet.read"
)
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
        (
            ["--for", "copy, verify"],
            f"{COPY} accounting.reports.profitandloss.read accounting.reports.balancesheet.read",
        ),
        (
            ["--for", "finance"],
            "finance.bankstatementsplus.read finance.cashvalidation.read finance.statements.read",
        ),
    ],
)
def test_login_and_scopes_take_the_same_words(machine, arguments, scopes):
    printed = machine.run("xero", "scopes", *arguments)
    assert set(printed.stdout.split()) == {"offline_access", *scopes.split()}
    assert ("needs an agreement with Xero" in printed.stderr) == ("finance" in arguments)
    with machine.logging_in(*arguments) as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        url = visitor.to_consent()
    assert asked(url)["scope"] == printed.stdout.strip()


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
    with machine.logging_in(*options, **variables) as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        requested = asked(visitor.to_consent())["scope"]
    assert set(requested.split()) == {"offline_access", *scopes.split()}


@pytest.mark.parametrize("command", ["login", "scopes"])
def test_a_word_that_does_not_exist_is_refused_with_the_nearest(machine, command):
    refused = machine.run("xero", command, "--for", "read,proyects")
    assert refused.returncode == 2
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
    assert read(machine, "projects", "quotes").returncode == 0
    third, _ = log_in(machine, "--write", "invoices")
    assert third == {"accounting.invoices", PROJECTS}


def test_the_page_tells_new_scopes_from_those_that_were_granted_before(machine):
    log_in(machine, "invoices")
    with machine.logging_in("--for", "projects") as login:
        new, _, before = login.visitor().pages[-1].partition("Granted before")
    assert PROJECTS in new
    assert INVOICES not in new
    assert INVOICES in before


def test_the_terminal_tells_new_scopes_from_those_that_were_granted_before(machine):
    log_in(machine, "invoices")
    process = machine.start("xero", "login", "--no-browser", "--for", "projects")
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("http"):
            break
    process.kill()
    process.communicate()
    [invoices] = [line for line in lines if line.startswith(INVOICES)]
    [projects] = [line for line in lines if line.startswith(PROJECTS)]
    assert invoices.endswith("(granted before)")
    assert "granted" not in projects


def test_each_name_of_a_login_has_scopes_of_its_own(machine):
    log_in(machine, "invoices", "--grant", "maple")
    other, _ = log_in(machine, "--for", "projects", "--grant", "big oak")
    assert other == {PROJECTS}
    error = read(machine, "quotes", grant="big oak").stderr.splitlines()[-1]
    command = command_in(error)
    assert command == ["xero", "login", "--grant", "big oak", "--for", "read", "quotes"]
    assert log_in(machine, *command[2:])[0] == {INVOICES, PROJECTS}


def test_scopes_are_added_although_the_key_of_the_tokens_is_lost(machine):
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    log_in(machine, "invoices")
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    assert log_in(machine, "--for", "projects")[0] == {INVOICES, PROJECTS}


def test_another_app_does_not_get_the_scopes_of_the_first_one(machine, xero):
    log_in(machine, "invoices")
    with machine.logging_in("--for", "projects") as login:
        visitor = login.visitor()
        visitor.post("/other-app", {})
        visitor.enter_app(WEB, xero.apps[WEB].secret)
        assert asked(visitor.to_consent())["scope"] == f"offline_access {PROJECTS}"


def test_without_writing_the_scopes_of_before_are_those_for_reading(machine):
    log_in(machine, "--for", "publish", "invoices")
    requested, _ = log_in(machine, "--for", "projects", "--read-only")
    assert requested == {INVOICES, PROJECTS}


def test_replace_leaves_out_what_was_granted_before(machine):
    log_in(machine, "invoices")
    requested, _ = log_in(machine, "--for", "projects", "--replace")
    assert requested == {PROJECTS}
    assert stored_scopes(machine) == {"offline_access", PROJECTS}


@pytest.mark.parametrize(
    ("granted", "requested"),
    [
        # A broad scope, which this app cannot have any more.
        ("accounting.transactions offline_access accounting.contacts.read", {"projects.read"}),
        ("accounting.transactions offline_access", {"projects.read"}),
    ],
)
def test_a_scope_of_before_that_xero_refuses_is_left_out_by_the_command(
    machine, xero, store_uri, granted, requested
):
    put_grant(xero, store_uri, granted)
    with machine.logging_in("--for", "projects", "--client-id", PKCE) as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        callback = refused_consent(visitor.to_consent())
        visitor.get(callback.removeprefix(login.origin))
        code, _, err = login.end()
    assert code == 1
    command = command_in(err.splitlines()[-1])
    assert "--replace" in command
    kept = {*requested, *granted.split()} - {"accounting.transactions", "offline_access"}
    assert log_in(machine, *command[2:])[0] == kept


def refused_consent(url):
    return requests.get(url, timeout=10, allow_redirects=False).headers["Location"]


def put_grant(xero, store_uri, scopes, **more):
    tokens = xero.grant(PKCE)
    now = datetime.now(timezone.utc)
    store = Store(store_uri)
    store.replace_grant(
        Grant(
            client_id=PKCE,
            token_uri=xero.token_uri,
            refresh_token=tokens["refresh_token"],
            access_token=tokens["access_token"],
            expires_at=now - timedelta(minutes=1),
            obtained_at=now,
            scopes=scopes,
            **more,
        )
    )
    store.close()
    return tokens


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
    requested, _ = log_in(machine, "--for", "projects")
    assert requested == {INVOICES, PROJECTS}


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
    assert log_in(machine, "--for", "projects")[0] == {INVOICES, PROJECTS}


# --- what a run says when a scope is missing -----------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "options"),
    [
        ("projects", ["--for", "projects"]),
        ("assets", ["--for", "assets"]),
        ("quotes", ["--for", "read", "quotes"]),
        ("journals", ["--for", "read", "journals"]),
        ("trial_balances", ["--for", "read", "trial_balances"]),
    ],
)
def test_the_tap_names_the_command_after_which_it_works(machine, stream, options):
    log_in(machine, "payments", "accounts")
    run = read(machine, stream)
    assert run.returncode == 1
    command = command_in(run.stderr.splitlines()[-1])
    assert command == ["xero", "login", *options]
    log_in(machine, *command[2:])
    again = read(machine, stream, "payments")
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


def test_a_custom_connection_gets_its_scopes_in_the_portal(machine, xero):
    settings = {"grant_type": "client_credentials", "client_secret": xero.apps[CUSTOM].secret}
    config = {**settings, **uris(xero), "scopes": "accounting.settings.read"}
    run = read(machine, "assets", **{**config, "client_id": CUSTOM})
    line = run.stderr.splitlines()[-1]
    assert "scope 'assets.read'" in line
    assert "Custom Connection at developer.xero.com" in line
    assert "the setting 'scopes'" in line
    assert "xero login" not in line


def test_a_custom_connection_does_not_add(machine, xero):
    typed = f"{CUSTOM}\n{xero.apps[CUSTOM].secret}\n"
    for stream in ("invoices", "contacts"):
        login = machine.run("xero", "login", stream, "--custom-connection", typed=typed)
        assert login.returncode == 0, login.stderr
    granted = [
        set(token.scopes)
        for token in xero.sandbox.tokens.access.values()
        if token.client_id == CUSTOM
    ]
    assert granted == [{INVOICES}, {"accounting.contacts.read"}]


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_configuration_with_a_token_of_its_own_is_told_to_drop_it(machine, xero, name):
    token = xero.grant(PKCE, ["offline_access", INVOICES])[name]
    run = read(machine, "projects", tenant_id=xero.tenant_id, **{name: token}, **uris(xero))
    line = run.stderr.splitlines()[-1]
    assert "`xero login --for projects`" in line
    assert f"remove the setting '{name}' after that" in line


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
