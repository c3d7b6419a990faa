"""``xero login --for``: what each word requests, and that a login adds to what was granted."""

import json
import re
import shlex

import pytest
import requests
from click.testing import CliRunner
from connections import put_grant, web_config
from cryptography.fernet import Fernet
from login_here import log_in, requested
from login_runner import asked, consent
from target_runner import records, run_with

from tap_runner import read as read_here
from target_xero.copy.command import command as opening_balances
from target_xero.verify.command import verify
from xero_client.cli import main
from xero_client.entities.purposes import PURPOSES
from xero_client.store.database import Store
from xero_client.store.grants import GrantKey

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
def store_uri(machine):
    folder = machine.home / "data" / "xero-client"
    folder.mkdir(parents=True)
    return f"sqlite:///{folder / 'xero.db'}"


def read(xero, store_uri, *streams, **settings):
    """A run of the tap with the tokens of the login."""
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    return read_here(xero, streams, **{**config, "tenant_id": xero.tenant_id, **settings})


def stored_scopes(xero, store_uri):
    store = Store(store_uri)
    scopes = store.granted_scopes(GrantKey(PKCE, xero.token_uri))
    store.close()
    return set(scopes)


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


def test_a_login_adds_to_what_was_granted_before(machine, xero, store_uri):
    first, _ = log_in(machine, "invoices")
    assert first == {INVOICES}
    second, out = log_in(machine, "--for", "projects")
    assert second == {INVOICES, PROJECTS}
    assert f"Scopes: {INVOICES} offline_access {PROJECTS}" in out
    run = read(xero, store_uri, "projects", "quotes")
    assert run.exit_code == 0, run.log
    third, _ = log_in(machine, "--write", "invoices")
    assert third == {"accounting.invoices", PROJECTS}


@pytest.fixture
def granted(machine, xero, store_uri):
    """A machine with a login for invoices."""
    put_grant(xero, store_uri, PKCE, scopes=f"offline_access {INVOICES}")
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
    put_grant(xero, store_uri, PKCE, scopes=INVOICES, name="maple")
    assert requested(machine, "--for", "projects", "--grant", "oak") == {PROJECTS}
    assert requested(machine, "--for", "projects", "--grant", "maple") == {INVOICES, PROJECTS}


def test_scopes_are_added_although_the_key_of_the_tokens_is_lost(machine):
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    log_in(machine, "invoices")
    machine.env["XERO_STORE_KEY"] = Fernet.generate_key().decode()
    assert log_in(machine, "--for", "projects")[0] == {INVOICES, PROJECTS}


def test_without_writing_the_scopes_of_before_are_those_for_reading(machine, xero, store_uri):
    scopes = "offline_access accounting.invoices paymentservices"
    put_grant(xero, store_uri, PKCE, scopes=scopes)
    assert requested(machine, "--for", "projects", "--read-only") == {
        *(INVOICES, PROJECTS),
        "paymentservices",  # Xero has no scope that only reads them
    }


def test_replace_leaves_out_what_was_granted_before(granted, xero, store_uri):
    scopes, _ = log_in(granted, "--for", "projects", "--replace")
    assert scopes == {PROJECTS}
    assert stored_scopes(xero, store_uri) == {"offline_access", PROJECTS}


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
    put_grant(xero, store_uri, PKCE, scopes=f"offline_access {earlier}")
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


def without_scope(xero):
    """The token endpoint's next response says nothing of the scopes."""
    tokens = xero.grant(PKCE)
    body = json.dumps({name: text for name, text in tokens.items() if name != "scope"})
    xero.fault("status", "connect/token", method="POST", status=200, body=body)


def test_a_refresh_that_does_not_name_the_scopes_keeps_them(granted, xero, store_uri):
    without_scope(xero)
    assert read(xero, store_uri, "quotes").exit_code == 0
    assert stored_scopes(xero, store_uri) == {"offline_access", INVOICES}
    assert requested(granted, "--for", "projects") == {INVOICES, PROJECTS}


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
        ("assets", ["--for", "assets"]),
        ("journals", ["--for", "read", "journals"]),
        ("payroll_nz_employees", ["--for", "payroll"]),
        ("trial_balances", ["--for", "read", "trial_balances"]),
    ],
)
def test_the_tap_names_the_command_that_requests_the_scope(
    machine, xero, store_uri, stream, options
):
    scopes = ["offline_access", "accounting.settings.read"]
    tokens = xero.grant(PKCE, scopes)
    put_grant(xero, store_uri, PKCE, tokens=tokens, scopes=" ".join(scopes), name="big oak")
    run = read(xero, store_uri, stream, grant="big oak")
    assert run.exit_code == 1
    command = command_in(run.last_line)
    assert command == ["xero", "login", "--grant", "big oak", *options]
    [scope] = re.findall("needs scope '([^']+)'", run.last_line)
    assert scope in requested(machine, *command[2:])


def test_after_the_command_of_the_error_the_tap_works(machine, xero, store_uri):
    log_in(machine, "payments", "accounts")
    run = read(xero, store_uri, "projects")
    assert run.exit_code == 1
    command = command_in(run.last_line)
    assert command == ["xero", "login", "--for", "projects"]
    log_in(machine, *command[2:])
    again = read(xero, store_uri, "projects", "payments")
    assert again.exit_code == 0, again.log


def test_after_the_command_of_the_error_the_target_works(machine, xero, store_uri):
    log_in(machine, "contacts", "accounts")
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    config["tenant_id"] = xero.tenant_id
    contacts = records("contacts", [{"Name": "Ada"}])
    run = run_with(config, machine.home, contacts)
    assert run.exit_code == 1
    assert "'accounting.contacts'" in run.log
    command = command_in(run.log)
    assert command[:4] == ["xero", "login", "--for", "publish"]
    log_in(machine, *command[2:])
    again = run_with(config, machine.home, contacts)
    assert again.exit_code == 0, again.log
    assert "Ada" in [contact["Name"] for contact in xero.records("Contacts", xero.tenant_id)]


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
def test_a_configuration_with_a_token_of_its_own_is_told_to_drop_it(xero, store_uri, name):
    token = xero.grant(PKCE, ["offline_access", INVOICES])[name]
    run = read(xero, store_uri, "projects", **{name: token})
    assert "`xero login --for projects`" in run.last_line
    assert f"remove the setting '{name}' after that" in run.last_line


def test_in_meltano_the_command_is_meltanos(xero, store_uri, monkeypatch):
    monkeypatch.setenv("MELTANO_PROJECT_ROOT", "/project")
    monkeypatch.setenv("MELTANO_EXTRACTOR_NAME", "tap-xero--sales")
    token = xero.grant(PKCE, ["offline_access", INVOICES])["access_token"]
    run = read(xero, store_uri, "projects", access_token=token)
    assert "`meltano invoke tap-xero--sales:login --for projects`" in run.last_line


# --- copying and comparing -----------------------------------------------------------------------


def test_one_login_is_enough_to_copy_and_to_compare(machine, xero, store_uri):
    _, out = log_in(machine, "--for", "copy,verify")
    assert '"references": "translate"' in out
    assert "target-xero verify --source source.json --target target.json" in out
    invoice = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Ada"},
        "Date": "2026-01-15",
        "DueDate": "2026-02-15",
        "LineItems": [{"Description": "Bread", "UnitAmount": 10, "AccountCode": "200"}],
    }
    headers = xero.headers(WEB, tenant_id=xero.tenant_ids[0])
    url = f"{xero.base_uri}/Invoices"
    assert requests.put(url, json=invoice, headers=headers, timeout=10).status_code == 200
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    files = {}
    for name, tenant_id in zip(("source", "target"), xero.tenant_ids, strict=True):
        files[name] = machine.home / f"{name}.json"
        files[name].write_text(json.dumps({**config, "tenant_id": tenant_id}))
    balances = machine.home / "opening.json"

    options = ["--source", str(files["source"]), "--output", str(balances)]
    opened = CliRunner().invoke(opening_balances, options)
    assert opened.exit_code == 0, opened.output
    backup = read_here(xero, **{**config, "tenant_id": xero.tenant_ids[0]})
    assert backup.exit_code == 0, backup.log
    settings = {"references": "translate", "opening_balances": str(balances)}
    copied = run_with(
        {**config, **settings, "tenant_id": xero.tenant_ids[1]}, machine.home, backup.messages
    )
    assert copied.exit_code == 0, copied.log
    compared = CliRunner().invoke(
        verify, ["--source", str(files["source"]), "--target", str(files["target"])]
    )
    assert compared.exit_code == 0, compared.output
    assert "THE BOOKS AGREE" in compared.output
    assert len(xero.records("Invoices", xero.tenant_ids[1])) == 1
