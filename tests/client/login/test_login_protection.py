"""What keeps others out of a login: the page, PKCE, states, and secrets that are never shown."""

import hashlib
import os
import re
import socket
from base64 import urlsafe_b64encode
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from login_here import failed_login
from login_runner import Visitor, asked, consent

WEB, PKCE, CUSTOM = "sandbox-web", "sandbox-pkce", "sandbox-custom"

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


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
