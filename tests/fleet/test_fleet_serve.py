"""`xero fleet serve`: the page in a browser, the metrics, webhooks, and consent links."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import signal
import sqlite3
import time

import pytest
import requests
from fleet_runner import Fleet
from playwright.sync_api import expect
from ports import free_port

from xero_sandbox.control.webhooks import WebhookRefusedError

pytestmark = pytest.mark.timeout(400)

TOKEN = "a-long-random-text-for-the-tests"
KEY = "a-webhook-key-of-the-tests"


class Served:
    """A running `xero fleet serve`."""

    def __init__(self, fleet, port, **variables):
        self.origin = f"http://127.0.0.1:{port}"
        self.process = fleet.start("serve", "--port", str(port), **variables)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(requests.ConnectionError):
                self.get("/style.css")
                break
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def get(self, path, token=TOKEN, **options):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(self.origin + path, headers=headers, timeout=60, **options)

    def post(self, body, key=KEY):
        digest = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()
        headers = {"x-xero-signature": digest}
        return requests.post(self.origin + "/webhooks", body, headers=headers, timeout=60)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=60)


@pytest.fixture
def served(fleet):
    port = free_port()
    fleet.settings["public_url"] = f"http://localhost:{port}"
    fleet.settings["debounce"] = "1s"
    fleet.save()
    fleet.call("sync")
    server = Served(fleet, port, XERO_FLEET_TOKEN=TOKEN, XERO_FLEET_WEBHOOK_KEY=KEY)
    yield server
    if server.process.poll() is None:
        server.stop()


def secrets_of(fleet):
    return [fleet.config["client_secret"], fleet.config["refresh_token"], TOKEN, KEY]


@pytest.mark.sandbox(companies=["empty"] * 3)
def test_the_page_says_what_is_late_and_paused_and_what_to_do(fleet, served, chromium, xero):
    fine, paused, _ = xero.tenant_ids
    fleet.call("pause", paused, "--why", "<b>the customer asked</b>")
    context = chromium.new_context(http_credentials={"username": "me", "password": TOKEN})
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(served.origin)

    expect(page.get_by_role("heading", level=1)).to_have_text("3 organisations")
    expect(page.locator(f"#warehouse-{paused}")).to_contain_text("<b>the customer asked</b>")
    expect(page.locator(f"#warehouse-{paused}")).to_contain_text(f"xero fleet resume {paused}")
    expect(page.locator(f"#warehouse-{fine}")).to_have_count(0)
    page.get_by_role("link", name="All organisations").click()
    expect(page.locator(f"#warehouse-{fine}")).to_contain_text("first read")
    assert page.title() == "0 late, 1 paused - xero fleet"
    assert [line for line in problems if "favicon" not in line and "401" not in line] == []
    assert [each for each in secrets_of(fleet) if each in page.content()] == []
    narrow = chromium.new_context(
        http_credentials={"username": "me", "password": TOKEN},
        viewport={"width": 390, "height": 844},
    ).new_page()
    narrow.goto(served.origin)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    # Nothing has to be scrolled sideways either.
    assert narrow.evaluate("document.querySelector('.scroll').scrollWidth") <= 390


def test_the_page_and_the_metrics_ask_for_the_token(fleet, served, xero):
    for path in ("/", "/status.json", "/metrics"):
        assert served.get(path, token=None).status_code == 401
        assert served.get(path, token="another").status_code == 401
        assert served.get(path).status_code == 200

    metrics = served.get("/metrics").text

    assert 'xero_fleet_organisations{state="first read"} 1.0' in metrics
    assert f'tenant_id="{xero.tenant_id}"' in metrics
    name = xero.organisation().name
    assert name not in metrics
    assert [each for each in secrets_of(fleet) if each in metrics] == []


def test_without_a_token_it_serves_loopback_only_and_no_other_host_name(fleet):
    refused = fleet.call("serve", "--host", "0.0.0.0", code=1)  # noqa: S104  # what must fail
    assert "Others can reach 0.0.0.0: set XERO_FLEET_TOKEN" in refused.err
    fleet.call("sync")
    server = Served(fleet, free_port())
    try:
        assert server.get("/", token=None).status_code == 200
        foreign = requests.get(server.origin, headers={"Host": "evil.example"}, timeout=60)
        assert foreign.status_code == 421
    finally:
        server.stop()


def test_webhooks_pass_the_intent_to_receive_and_a_change_reaches_the_warehouse(
    fleet, served, xero
):
    fleet.cycle()
    assert fleet.plan() == []
    webhook = xero.webhook(f"{served.origin}/webhooks", KEY)
    assert webhook.statuses == [200, 401, 200, 401]

    contact = xero.add("Contacts", {"Name": "New", "ContactStatus": "ACTIVE"})
    deadline = time.monotonic() + 60
    while not (batches := fleet.plan()):
        assert time.monotonic() < deadline
    for batch in batches:
        fleet.call("run", batch)

    assert (xero.tenant_id, contact) in fleet.keys("contacts", "ContactID")
    assert webhook.statuses[4:] == [200]
    assert fleet.plan() == []


def test_a_webhook_that_xero_did_not_sign_is_refused_and_changes_nothing(fleet, served, xero):
    fleet.cycle()
    before = fleet.status()["organisations"][0]["due_at"]
    event = {"tenantId": xero.tenant_id, "eventCategory": "CONTACT"}
    body = json.dumps({"events": [event]}).encode()

    assert served.post(body, key="another").status_code == 401
    assert requests.post(served.origin + "/webhooks", body, timeout=60).status_code == 401
    assert served.post(b"{not json").status_code == 200
    unknown = json.dumps({"events": [{"tenantId": "00000000-0000-0000-0000-000000000000"}]})
    assert served.post(unknown.encode()).status_code == 200
    served.stop()

    assert fleet.status()["organisations"][0]["due_at"] == before


def test_the_endpoint_answers_while_the_database_is_locked(fleet, served, xero):
    fleet.cycle()
    body = json.dumps({"events": [{"tenantId": xero.tenant_id}]}).encode()
    lock = sqlite3.connect(fleet.folder / "fleet.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        response = served.post(body)
        assert response.elapsed.total_seconds() < 30  # the database has 300 s
        assert response.status_code == 200
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    served.stop()
    time.sleep(1)
    assert len(fleet.plan()) == 1


def test_an_endpoint_that_checks_no_signature_fails_the_intent_to_receive(fleet, xero):
    port = free_port()
    server = Served(fleet, port)
    try:
        with pytest.raises(WebhookRefusedError, match="404"):
            xero.webhook(f"{server.origin}/webhooks", KEY)
    finally:
        server.stop()


@pytest.mark.sandbox(companies=["empty"] * 2)
def test_a_revoked_organisation_comes_back_by_its_consent_link(fleet, served, chromium, xero):
    revoked = xero.tenant_ids[1]
    redirect_uri = f"{fleet.settings['public_url']}/callback"
    xero.sandbox.tokens.register_redirect_uri(redirect_uri)
    xero.disconnect(revoked)
    fleet.call("sync")
    found = fleet.organisation(revoked)
    assert found["state"] == "paused"
    assert f"xero fleet link {revoked}" in found["action"]

    link = consent_by_link(fleet, revoked, chromium, xero)

    assert fleet.organisation(revoked)["state"] == "first read"
    tampered = link.replace(revoked, xero.tenant_id)
    assert requests.get(tampered, timeout=60).status_code == 404
    out, errors = served.stop()
    assert link.rpartition("/")[2] not in out + errors


@pytest.mark.sandbox(companies=["empty"] * 2)
def test_a_consent_link_asks_for_the_scope_that_a_stream_needs(tmp_path, chromium, xero):
    port = free_port()
    fleet = Fleet.at(tmp_path, xero, streams=["accounts", "projects"], log_in=False)
    granted = ["offline_access", "accounting.settings.read"]
    fleet.log_in("maple", 1, [xero.tenant_id], scopes=granted)
    fleet.cycle()
    found = fleet.organisation(xero.tenant_id)
    assert found["error_class"] == "scope"
    assert "`xero login --grant maple --for read projects`" in found["action"]
    fleet.settings["public_url"] = f"http://localhost:{port}"
    fleet.save()
    xero.sandbox.tokens.register_redirect_uri(f"{fleet.settings['public_url']}/callback")
    server = Served(fleet, port, XERO_FLEET_TOKEN=TOKEN)
    try:
        consent_by_link(fleet, xero.tenant_id, chromium, xero)
    finally:
        server.stop()

    fleet.call("resume", xero.tenant_id)
    [batch] = fleet.plan()
    fleet.call("run", batch)

    assert fleet.organisation(xero.tenant_id)["state"] == "on time"


def consent_by_link(fleet, tenant_id, chromium, xero):
    """A user opens the consent link of an organisation, and allows it at Xero; returns the link."""
    link = fleet.call("link", tenant_id, XERO_FLEET_TOKEN=TOKEN).out.strip()
    page = chromium.new_page()
    page.goto(link)
    box = page.get_by_label(xero.organisation(tenant_id).name)
    if not box.is_checked():
        box.check()
    page.get_by_role("button", name=re.compile("allow", re.IGNORECASE)).click()
    expect(page.locator("body")).to_contain_text("The connection is renewed")
    return link
