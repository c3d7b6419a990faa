"""The sandbox's webhooks: intent to receive, signed events, and what they say."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from xero_sandbox.control.webhooks import WebhookRefusedError

KEY = "key-of-the-tests"


class Receiver:
    """An endpoint that checks signatures, unless the test says otherwise."""

    def __init__(self):
        self.requests = []
        self.failing = 0
        self.checks = True
        self.arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.answer(body, self.headers["x-xero-signature"]))
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, body, signature):
        digest = hmac.new(KEY.encode(), body, hashlib.sha256).digest()
        if self.checks and signature != base64.b64encode(digest).decode():
            return 401
        with self.arrived:
            self.requests.append(json.loads(body))
            self.arrived.notify_all()
            if self.failing and self.requests[-1]["events"]:
                self.failing -= 1
                return 500
        return 200

    def events(self, number):
        """The events of all requests, once there are so many."""

        def found():
            return [event for request in self.requests for event in request["events"]]

        with self.arrived:
            assert self.arrived.wait_for(lambda: len(found()) >= number, 30)
            return found()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def test_an_endpoint_is_tested_with_right_and_wrong_signatures_and_no_events(xero, receiver):
    assert xero.webhook(receiver.url, KEY).statuses == [200, 401, 200, 401]
    assert [request["events"] for request in receiver.requests] == [[], []]


def test_an_endpoint_that_accepts_every_signature_is_refused(xero, receiver):
    receiver.checks = False

    with pytest.raises(WebhookRefusedError, match="200 to a wrong signature"):
        xero.webhook(receiver.url, KEY)


@pytest.mark.sandbox(companies=["empty", "empty"])
def test_changes_of_connected_organisations_are_sent(xero, receiver):
    connected, other = xero.tenant_ids
    tokens = xero.grant("sandbox-web", tenant_ids=[connected])
    xero.webhook(receiver.url, KEY)
    xero.add("Contacts", {"Name": "Elsewhere", "ContactStatus": "ACTIVE"}, other)
    xero.add("Items", {"Code": "A"}, connected)  # Xero has no events of items
    headers = {
        "Authorization": f"Bearer {tokens['access_token']}",
        "xero-tenant-id": connected,
        "Accept": "application/json",
    }
    url = f"{xero.base_uri}/Contacts"
    answer = requests.post(url, json={"Name": "Ana"}, headers=headers, timeout=30).json()
    contact = answer["Contacts"][0]["ContactID"]
    receiver.events(1)
    xero.clock.advance(1)
    xero.edit("Contacts", contact, connected, Name="Ann")

    created, updated = receiver.events(2)

    kept = ("resourceId", "eventType", "eventCategory", "tenantId", "tenantType")
    assert [created[name] for name in kept] == [
        contact,
        "CREATE",
        "CONTACT",
        connected,
        "ORGANISATION",
    ]
    assert updated["eventType"] == "UPDATE"
    assert receiver.requests[-1]["firstEventSequence"] == 2
    assert receiver.requests[-1]["lastEventSequence"] == 2


def test_a_failed_delivery_is_repeated_at_once(xero, receiver):
    xero.grant("sandbox-web")
    xero.webhook(receiver.url, KEY)
    receiver.failing = 1

    xero.add("Contacts", {"Name": "Ana", "ContactStatus": "ACTIVE"})

    first, second = receiver.events(2)
    assert first == second


def test_a_webhook_is_registered_over_http(xero, receiver):
    origin = xero.base_uri.partition("/api")[0]
    url = f"{origin}/__sandbox/webhooks"

    registered = requests.post(url, json={"url": receiver.url, "key": KEY}, timeout=30)
    refused = requests.post(url, json={"url": receiver.url, "key": "another"}, timeout=30)

    assert registered.json() == {"statuses": [200, 401, 200, 401]}
    assert refused.status_code == 400
    assert "401 to a right signature" in refused.json()["error"]
