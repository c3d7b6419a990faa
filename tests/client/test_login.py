"""``xero login`` over HTTP and in the terminal: its ends, and what keeps others out."""

import hashlib
import json
import os
import re
import shlex
import socket
from base64 import urlsafe_b64encode
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from login_here import log_in
from login_runner import Machine, Visitor, asked, consent, free_redirect_uri

WEB, PKCE, CUSTOM = "sandbox-web", "sandbox-pkce", "sandbox-custom"

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


@pytest.fixture
def machine(tmp_path, xero, redirect_uri):
    xero.sandbox.tokens.register_redirect_uri(redirect_uri)
    for app in (WEB, PKCE):
        xero.sandbox.connections.disconnect_all(app)
    return Machine.at(tmp_path, xero, redirect_uri)


def failed_login(machine, *, client_id=PKCE, secret="", callback=None, options=()):
    """A login that ends with the callback that ``callback`` makes of the consent's URL."""
    with machine.logging_in(*options) as login:
        visitor = login.visitor()
        visitor.enter_app(client_id, secret)
        url = callback(visitor.to_consent())
        page = visitor.get(url.removeprefix(login.origin))
        code, _, err = login.end()
    assert (code, page.status_code) == (1, 400)
    title = re.search("<h1>(.*)</h1>", page.text)[1]
    assert title in err.splitlines()[-1]
    assert "Traceback" not in err
    return page.text


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
    page = failed_login(machine, callback=consent_refused, options=["--scopes", "app.connections"])
    assert "Drop app.connections: app.connections is only for calls without a user" in page


def consent_refused(url):
    return requests.get(url, timeout=10, allow_redirects=False).headers["Location"]


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
    out, err = process.communicate(timeout=30)
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


# --- who may take part ---------------------------------------------------------------------------


@pytest.fixture
def login(machine):
    with machine.logging_in() as running:
        yield running


def test_it_listens_on_loopback_only(login):
    port = f":{int(login.origin.rpartition(':')[2]):04X}"
    listening = [
        row.split()[1].removesuffix(port)
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for row in Path(table).read_text().splitlines()[1:]
        if row.split()[1].endswith(port) and row.split()[3] == "0A"
    ]
    assert "0100007F" in listening
    assert set(listening) <= {"0100007F", "00000000000000000000000001000000"}


def test_it_stops_listening_when_the_login_is_over(machine, redirect_uri):
    failed_login(machine, callback=lambda url: consent(url, "cancel"))
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", urlsplit(redirect_uri).port))


@pytest.mark.parametrize("host", ["evil.example:{port}", "localhost", "127.0.0.1:{port}"])
def test_another_host_header_is_refused(login, host):
    port = login.origin.rpartition(":")[2]
    answer = Visitor(login.origin).get("/", headers={"Host": host.format(port=port)})
    assert answer.status_code == 421
    assert "form_key" not in answer.text


def test_every_answer_carries_the_headers_that_keep_others_out(login):
    visitor = login.visitor()
    for path in ("/", "/callback?state=1", "/nothing", "/grant", "/start?key=x"):
        headers = visitor.get(path, allow_redirects=False).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Server"] == "xero"


def test_a_form_without_its_key_or_of_another_site_is_refused(login):
    visitor = login.visitor()
    visitor.get("/")
    app = {"client_id": PKCE, "client_secret": ""}
    assert visitor.post("/app", app, headers={"Origin": "https://evil.example"}).status_code == 403
    assert visitor.post("/app", app, headers={"Content-Type": "text/plain"}).status_code == 403
    visitor.pages = ['name="form_key" value="made-up"']
    assert visitor.post("/app", app).status_code == 403
    assert "Your Xero app" in visitor.get("/").text


@pytest.mark.parametrize(
    "path", ["/", "/start", "/start?key=made-up", "/grant", "/callback?code=1"]
)
def test_a_browser_without_the_secret_address_has_no_part(login, path):
    stranger = Visitor(login.origin)
    assert stranger.get(path).status_code == 403
    assert stranger.session.cookies.get_dict() == {}
    assert "Your Xero app" in login.visitor().pages[-1]


def test_the_secret_address_works_again_in_the_same_browser_only(machine):
    with machine.logging_in() as login:
        visitor = login.visitor()
        again = visitor.get(login.start_url.removeprefix(login.origin))
        assert "Your Xero app" in again.text
        other = requests.get(login.start_url, timeout=10)
        assert other.status_code == 403
        code, _, err = login.end()
    assert code == 1
    assert "Two browsers opened the login" in err


@pytest.mark.parametrize(
    "request_text",
    [
        "GET http://[ HTTP/1.1",
        "GET //[/ HTTP/1.1",
        "GET",
        "POST /app HTTP/1.1\r\nContent-Length: \xb2",
        f"POST /app HTTP/1.1\r\nContent-Length: {'9' * 5000}",
        "POST /app HTTP/1.1\r\nContent-Length: -1",
        "GET / HTTP/1.1\r\nCookie: xero_login=\xff; =;;",
        f"GET /callback?{'a=1&' * 50} HTTP/1.1",
        "\x16\x03\x01\x02",
    ],
)
def test_a_malformed_request_does_not_end_the_login(machine, request_text):
    with machine.logging_in() as login:
        visitor = login.visitor()
        cookie = f"Cookie: xero_login={visitor.session.cookies['xero_login']}"
        netloc = login.origin.removeprefix("http://")
        raw = f"{request_text}\r\nHost: {netloc}\r\n{cookie}\r\n\r\n".encode("latin-1")
        with socket.create_connection(("127.0.0.1", int(netloc.partition(":")[2])), 10) as link:
            link.sendall(raw)
            link.shutdown(socket.SHUT_WR)
            while link.recv(4096):
                pass
        visitor.enter_app(PKCE)
        visitor.get(consent(visitor.to_consent(), "cancel").removeprefix(login.origin))
        code, _, err = login.end()
    assert code == 1
    assert err.splitlines()[-1].startswith("Error: Access was not granted")
    assert "Traceback" not in err


def test_hundreds_of_silent_connections_do_not_keep_the_browser_out(machine):
    with machine.logging_in() as login, ExitStack() as silent:
        visitor = login.visitor()
        port = int(login.origin.rpartition(":")[2])
        for _ in range(300):
            silent.enter_context(socket.create_connection(("127.0.0.1", port), 10))
        visitor.enter_app(PKCE)
        visitor.get(consent(visitor.to_consent(), organisations=1).removeprefix(login.origin))
        visitor.choose()
        threads = Path(f"/proc/{login.process.pid}/task")
        assert not threads.exists() or len(list(threads.iterdir())) < 100
        code, _, err = login.end()
    assert (code, err) == (0, "")


def test_a_callback_with_another_state_does_not_end_the_login(machine):
    with machine.logging_in() as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        url = visitor.to_consent()
        refused = visitor.get("/callback?code=stolen&state=of-somebody-else")
        assert refused.status_code == 400
        assert "does not belong to this login" in refused.text
        visitor.get(consent(url, organisations=1).removeprefix(login.origin))
        visitor.choose()
        code, _, err = login.end()
    assert code == 0, err


def test_of_several_organisations_none_is_ticked_but_those_of_the_option(machine, xero):
    for options, ticked in (([], []), (["--tenant", "EMPTY company 2"], [xero.tenant_ids[1]])):
        with machine.logging_in(*options) as login:
            visitor = login.visitor()
            visitor.enter_app(PKCE)
            page = visitor.get(consent(visitor.to_consent()).removeprefix(login.origin))
            assert re.findall(r'name="tenant" value="([^"]+)" checked', page.text) == ticked
            assert all(tenant_id in page.text for tenant_id in xero.tenant_ids)


@pytest.mark.parametrize(("reply", "code"), [("y\n", 0), ("n\n", 1)])
def test_the_terminal_confirms_the_organisation_before_it_is_stored(machine, xero, reply, code):
    master, terminal = os.openpty()
    try:
        with machine.logging_in(stdin=terminal) as login:
            visitor = login.visitor()
            visitor.enter_app(PKCE)
            visitor.get(consent(visitor.to_consent(), organisations=1).removeprefix(login.origin))
            page = visitor.choose()
            assert "Confirm in the terminal" in page.text
            assert xero.tenant_ids[0] in page.text
            assert "There is no login yet" in machine.run("xero", "tenants").stderr
            os.write(master, reply.encode())
            while "Confirm in the terminal" in page.text:
                page = visitor.get("/")
            ended, out, err = login.end()
    finally:
        os.close(master)
        os.close(terminal)
    assert ended == code, err
    question = out.partition("Are these the right organisations?")[0]
    assert f"({xero.tenant_ids[0]})" in question
    assert ("Connected to Xero" in page.text) == (code == 0)
    assert ("were not confirmed" in err) == (code == 1)
    assert ("There is no login yet" in machine.run("xero", "tenants").stderr) == (code == 1)


def test_the_page_says_in_words_what_the_scopes_allow(machine):
    with machine.logging_in("--scopes", "accounting.contacts accounting.invoices.read") as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
    words = visitor.pages[-1]
    assert "Read and change contacts and contact groups: <code>accounting.contacts</code>" in words
    assert "Read invoices, bills" in words


def test_a_callback_of_another_browser_does_not_end_the_login(login):
    visitor = login.visitor()
    visitor.enter_app(PKCE)
    answer = Visitor(login.origin).get("/callback?code=1&state=2")
    assert answer.status_code == 403
    assert "Grant access to Xero" in visitor.get("/").text


def test_what_the_user_enters_is_never_markup(login):
    visitor = login.visitor()
    visitor.enter_app('"><script>alert(1)</script>')
    assert "<script>alert" not in "".join(visitor.pages)
    assert "&lt;script&gt;alert" in "".join(visitor.pages)


def test_a_large_form_is_refused(login):
    visitor = login.visitor()
    visitor.get("/")
    refused = visitor.post("/app", {"client_id": "x" * 100_000})
    assert refused.status_code == 413
    assert refused.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("client_id", ["", "two words", "x" * 101, "caf\u00e9"])
def test_what_can_be_no_client_id_is_asked_for_again(login, client_id):
    visitor = login.visitor()
    visitor.get("/")
    again = visitor.post("/app", {"client_id": client_id, "client_secret": "kept from the page"})
    assert again.status_code == 400
    assert 'role="alert"' in again.text
    assert "kept from the page" not in again.text


def test_pkce_is_used_where_there_is_no_secret_and_verified(machine, xero):
    urls = []

    def with_another_verifier(url):
        urls.append(url)
        callback = consent(url)
        digest = hashlib.sha256(b"the verifier of somebody else").digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        xero.sandbox.tokens.codes[asked(callback)["code"]].challenge = challenge
        return callback

    assert "Xero does not accept the code" in failed_login(machine, callback=with_another_verifier)
    [url] = urls
    assert asked(url)["code_challenge_method"] == "S256"
    assert len(asked(url)["code_challenge"]) == 43


def test_an_app_with_a_secret_needs_no_pkce(machine, xero):
    with machine.logging_in() as login:
        visitor = login.visitor()
        visitor.enter_app(WEB, xero.apps[WEB].secret)
        assert "code_challenge" not in asked(visitor.to_consent())


def test_two_logins_never_share_state_or_challenge(machine):
    seen = []
    for _ in range(2):
        with machine.logging_in() as login:
            visitor = login.visitor()
            visitor.enter_app(PKCE)
            seen.append(asked(visitor.to_consent()))
    assert len({query["state"] for query in seen}) == 2
    assert len({query["code_challenge"] for query in seen}) == 2


def test_no_secret_is_in_a_url_a_page_the_output_or_the_process_list(machine, xero):
    secret = xero.apps[WEB].secret
    with machine.logging_in() as login:
        visitor = login.visitor()
        visitor.enter_app(WEB, secret)
        url = visitor.to_consent()
        callback = consent(url, organisations=1)
        visitor.get(callback.removeprefix(login.origin))
        visitor.choose()
        shown = Path(f"/proc/{login.process.pid}/cmdline").read_text()
        code, out, err = login.end()
    assert code == 0
    tokens = [*xero.sandbox.tokens.access, *xero.sandbox.tokens.refresh]
    assert len(tokens) >= 2
    told = "\n".join([url, callback, out, err, shown, machine.opened, *visitor.pages])
    assert [text for text in (secret, *tokens) if text in told] == []
    assert machine.opened in out
    assert asked(callback)["code"] not in "\n".join([out, err, *visitor.pages])


def test_no_option_takes_a_secret(machine):
    assert machine.run("xero", "login", "--client-secret", "x").returncode == 2


SELECT = '["*.*", "!journals.*"]'
CATALOG = {"streams": [{"tap_stream_id": "quotes", "metadata": [{"metadata": {"selected": True}}]}]}
TRIAL_BALANCE = "accounting.reports.trialbalance.read"
USUAL = (
    "accounting.banktransactions.read accounting.contacts.read accounting.invoices.read "
    "accounting.manualjournals.read accounting.payments.read accounting.settings.read"
)


@pytest.mark.parametrize(
    ("options", "variables", "scopes"),
    [
        (
            ["invoices", "contacts", "--read-only"],
            {},
            "accounting.contacts.read accounting.invoices.read",
        ),
        (["invoices", "--for", "tap-xero"], {}, "accounting.invoices.read"),
        (["invoices"], {}, "accounting.invoices.read"),
        (["invoices", "--write"], {}, "accounting.invoices"),
        ([], {}, USUAL),
        (["--catalog", "catalog.json", "--read-only"], {}, "accounting.invoices.read"),
        (["--for", "tap-xero"], {"TAP_XERO__SELECT": SELECT}, USUAL),
        (["--for", "tap-xero"], {"TAP_XERO__SELECT": '["users.*"]'}, "accounting.settings.read"),
        (
            ["--for", "tap-xero"],
            {"TAP_XERO__SELECT": '["bank_summaries.*", "budget_lines.*"]'},
            "accounting.budgets.read accounting.reports.banksummary.read accounting.settings.read",
        ),
        (
            ["--for", "tap-xero"],
            {"TAP_XERO__SELECT": '["*.*", "trial_balances.*"]'},
            USUAL.replace("accounting.settings", f"{TRIAL_BALANCE} accounting.settings"),
        ),
        (
            ["--for", "tap-xero"],
            {"TAP_XERO__SELECT": '["users.*"]', "TAP_XERO_INCLUDE": "journals,trial_balances"},
            f"accounting.journals.read {TRIAL_BALANCE} accounting.settings.read",
        ),
        (
            ["--for", "target-xero"],
            {"TARGET_XERO_STREAMS": '{"bills": {"entity": "Payments"}}'},
            "accounting.payments",
        ),
        (["--scopes", "files"], {"XERO_SCOPES": "projects"}, "files"),
        ([], {"XERO_SCOPES": "projects"}, "projects"),
    ],
)
def test_only_the_scopes_that_are_needed_are_asked_for(machine, options, variables, scopes):
    (machine.home / "catalog.json").write_text(json.dumps(CATALOG))
    with machine.logging_in(*options, **variables) as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        assert asked(visitor.to_consent())["scope"] == f"offline_access {scopes}"
