"""What a run says if a scope is missing: the command that requests it."""

import re

import pytest
from click.testing import CliRunner
from connections import put_grant, web_config
from login_here import log_in, requested
from stored_login import CUSTOM, INVOICES, PKCE, command_in, read
from target_runner import records, run_with

from tap_runner import read as read_here
from xero_client.cli import main

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


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
