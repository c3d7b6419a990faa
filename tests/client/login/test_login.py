"""``xero login`` over HTTP and in the terminal: its ends, and what keeps others out."""

import json
import re
import shlex
import socket
from urllib.parse import urlsplit

import pytest
from login_here import failed_login, log_in
from login_runner import consent, free_redirect_uri, refused_consent

WEB, PKCE, CUSTOM = "sandbox-web", "sandbox-pkce", "sandbox-custom"

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


# --- every way it can go wrong -------------------------------------------------------------------


@pytest.mark.parametrize(("client_id", "secret"), [(WEB, "wrong"), (WEB, ""), ("unknown", "")])
def test_a_wrong_app_is_found_before_the_consent_and_can_be_corrected(machine, client_id, secret):
    with machine.logging_in() as login:
        visitor = login.visitor()
        refused = visitor.post("/app", {"client_id": client_id, "client_secret": secret})
        assert refused.status_code == 400
        assert "Xero does not know the app by this client id and secret" in refused.text
        assert f'value="{client_id}"' in refused.text
        visitor.enter_app(WEB, "sandbox-web-secret")
        visitor.get(consent(visitor.to_consent(), organisations=1).removeprefix(login.origin))
        visitor.choose()
        code, _, err = login.end()
    assert code == 0, err


def test_a_wrong_secret_in_the_settings_can_be_corrected_on_the_page(machine):
    app = {"XERO_CLIENT_ID": WEB, "XERO_CLIENT_SECRET": "wrong"}
    with machine.logging_in(**app) as login:
        refused = login.visitor().get("/grant")
        assert refused.status_code == 400
        assert "Xero does not know the app by this client id and secret" in refused.text
        assert 'name="client_secret"' in refused.text


def test_an_app_that_cannot_be_checked_is_not_refused(machine, xero):
    xero.fault("unavailable", "connect/token", method="POST")
    with machine.logging_in() as login:
        visitor = login.visitor()
        visitor.enter_app(WEB, "sandbox-web-secret")
        assert "Grant access to Xero" in visitor.pages[-1]


def test_a_code_that_was_used_or_is_late_is_a_page_and_an_exit_code(machine, xero):
    def consent_too_late(url):
        callback = consent(url)
        xero.sandbox.tokens.codes.clear()
        return callback

    page = failed_login(machine, callback=consent_too_late)
    assert "A code works once, and for five minutes" in page


def test_a_redirect_uri_that_is_not_registered_is_found_before_xero_is_opened(machine):
    other = free_redirect_uri()
    with machine.logging_in(XERO_REDIRECT_URI=other) as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        page = visitor.get("/grant")
        code, _, err = login.end()
    assert code == 1
    assert "Xero does not open its consent page" in page.text
    assert other in err


def test_a_token_endpoint_that_is_not_there_is_a_page_and_an_exit_code(machine, xero):
    xero.fault("reset", "connect/token", method="POST", times=None)
    assert "Xero does not respond" in failed_login(machine, callback=consent)


def test_a_lifetime_that_is_not_a_number_does_not_end_the_login(machine, xero):
    def answered(url):
        tokens = {**xero.grant(PKCE), "expires_in": "soon"}
        fault = {"status": 200, "body": json.dumps(tokens)}
        callback = consent(url)
        xero.fault("status", "connect/token", method="POST", **fault)
        return callback

    _, output = log_in(machine, answered=answered)
    assert "Connected to Xero" in output


def test_a_consent_without_any_organisation_is_a_page_and_an_exit_code(machine, xero):
    xero.before("connections", lambda: xero.sandbox.connections.disconnect_all(PKCE))
    assert "No organisation is connected" in failed_login(machine, callback=consent)


def test_a_scope_without_a_user_is_named(machine):
    page = failed_login(machine, callback=refused_consent, options=["--scopes", "app.connections"])
    assert "Drop app.connections: app.connections is only for calls without a user" in page


def test_a_taken_port_says_what_to_run_instead(machine, redirect_uri):
    with socket.create_server(("127.0.0.1", urlsplit(redirect_uri).port)):
        login = machine.run("xero", "login")
    assert login.returncode == 1
    assert "xero login --redirect-uri http://localhost:8766/callback" in login.stderr


def test_the_other_address_of_localhost_counts_as_the_port_too(machine, redirect_uri):
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    port = urlsplit(redirect_uri).port
    with socket.create_server(("::1", port), family=socket.AF_INET6):
        login = machine.run("xero", "login")
    assert login.returncode == 1
    assert f"Port {port} cannot be used" in login.stderr


def test_under_meltano_the_next_command_is_meltanos(machine, redirect_uri):
    meltano = {"MELTANO_PROJECT_ROOT": str(machine.home)}
    with socket.create_server(("127.0.0.1", urlsplit(redirect_uri).port)):
        login = machine.run("xero", "login", "--for", "target-xero", **meltano)
        names = {"MELTANO_LOADER_NAME": "target-xero-copy"}
        of_copy = machine.run("xero", "login", "--for", "target-xero,copy", **meltano, **names)
    assert "`meltano invoke target-xero:login --redirect-uri http://localhost:8766" in login.stderr
    assert "`meltano invoke target-xero-copy:login --for copy --redirect-uri" in of_copy.stderr


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8765/callback",
        "http://example.com/callback",
        "http://[",
        "http://localhost:x",
    ],
)
def test_a_redirect_uri_that_xero_would_not_take_is_refused(machine, uri):
    login = machine.run("xero", "login", "--redirect-uri", uri)
    assert login.returncode == 1
    assert "http://localhost with a port" in login.stderr


def test_a_redirect_uri_elsewhere_needs_the_terminal(machine):
    login = machine.run("xero", "login", "--redirect-uri", "https://example.com/callback")
    assert login.returncode == 1
    repeated = "xero login --redirect-uri https://example.com/callback --no-browser"
    assert f"Next: `{repeated}`" in login.stderr


def test_the_next_command_repeats_what_was_typed(machine, redirect_uri):
    with socket.create_server(("127.0.0.1", urlsplit(redirect_uri).port)):
        login = machine.run(
            "xero", "login", "invoices", "--for", "read,copy", "--read-only", "--grant", "big oak"
        )
    [command] = re.findall("Next: `(.*)`", login.stderr)
    typed = ["--for", "read", "--for", "copy", "--read-only", "--grant", "big oak", "invoices"]
    port = ["--redirect-uri", "http://localhost:8766/callback"]
    assert sorted(shlex.split(command)) == sorted(["xero", "login", *typed, *port])


def test_a_failed_login_leaves_the_earlier_one_as_it_was(machine):
    in_terminal(machine, client_id=PKCE)
    before = machine.run("xero", "tenants", "--json").stdout
    failed_login_with_known_app(machine)
    assert machine.run("xero", "tenants", "--json").stdout == before


def failed_login_with_known_app(machine):
    with machine.logging_in() as login:
        visitor = login.visitor()
        visitor.get(consent(visitor.to_consent(), "cancel").removeprefix(login.origin))
        assert login.end()[0] == 1


# --- without a browser ---------------------------------------------------------------------------


def in_terminal(machine, *options, client_id=PKCE, secret="", organisations=1, choice=""):
    """``xero login --no-browser``: what its user types, one line at a time."""
    process = machine.start("xero", "login", "--no-browser", *options)
    process.stdin.write(f"{client_id}\n{secret}\n")
    process.stdin.flush()
    url = next(line for line in process.stdout if line.startswith("http")).strip()
    process.stdin.write(f"{consent(url, organisations=organisations)}\n{choice}\n")
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err, url


def test_without_a_browser_the_callback_is_pasted(machine):
    code, out, err, _ = in_terminal(machine, client_id=WEB, secret="sandbox-web-secret")
    assert code == 0, err
    assert "Connected to Xero" in out
    assert machine.run("xero", "tenants").stdout.startswith("* Empty Company")


def test_without_a_browser_organisations_are_chosen_by_number(machine, xero):
    code, _, err, _ = in_terminal(machine, organisations=2, choice="2")
    assert code == 0, err
    rows = machine.run("xero", "tenants").stdout.splitlines()
    assert [row[0] for row in rows if xero.tenant_ids[1] in row] == ["*"]
    assert [row[0] for row in rows if xero.tenant_ids[0] in row] == [" "]


def test_without_a_browser_no_choice_stores_nothing(machine):
    code, _, err, _ = in_terminal(machine, organisations=2, choice="")
    assert code == 1
    assert "No organisation was chosen" in err
    assert "There is no login yet" in machine.run("xero", "tenants").stderr


def test_without_a_browser_an_answer_with_another_state_is_refused(machine, xero):
    typed = f"{PKCE}\n\n{machine.env['XERO_REDIRECT_URI']}?code=1&state=2\n"
    login = machine.run("xero", "login", "--no-browser", typed=typed)
    assert login.returncode == 1
    assert "does not belong to this login" in login.stderr
    assert [call for call in xero.calls("connect/token") if call["status"] == 200] == []


def test_a_custom_connection_needs_no_consent(machine, xero):
    secret = xero.apps[CUSTOM].secret
    login = machine.run("xero", "login", "--custom-connection", typed=f"{CUSTOM}\n{secret}\n")
    assert login.returncode == 0, login.stderr
    assert xero.tenant_id in login.stdout
    assert secret not in login.stdout + login.stderr
    # From now on the client id is enough.
    assert xero.tenant_id in machine.run("xero", "status", "--client-id", CUSTOM).stdout


def test_a_custom_connection_that_xero_does_not_know_says_so(machine):
    login = machine.run("xero", "login", "--custom-connection", typed=f"{CUSTOM}\nwrong\n")
    assert login.returncode == 1
    assert "check 'client_id', 'client_secret' and 'grant_type'" in login.stderr
