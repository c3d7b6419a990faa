"""A login adds to the scopes that were granted before, or replaces them."""

import json

import pytest
from click.testing import CliRunner
from connections import put_grant
from cryptography.fernet import Fernet
from login_here import log_in, requested
from login_runner import asked, consent, refused_consent
from stored_login import INVOICES, PKCE, PROJECTS, WEB, command_in, read, stored_scopes

from xero_client.cli import main

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


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
