"""Xero's webhooks: signed events of changes (xero-facts.md: Changes).

Only what changes while a webhook is registered is sent. To find it, all contacts and documents are
compared after each change, so organisations with very many records make calls slow.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import queue
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from xero_sandbox.model.organisation import ID_FIELDS
from xero_sandbox.sandbox import Sandbox

# The entities that have events, with the category of each.
CATEGORIES: Mapping[str, str] = {
    "Contacts": "CONTACT",
    "Invoices": "INVOICE",
    "CreditNotes": "CREDITNOTE",
    "Prepayments": "PREPAYMENT",
    "Overpayments": "OVERPAYMENT",
}
TIMEOUT_SECONDS = 5.0
UNAUTHORIZED = 401


class WebhookRefusedError(Exception):
    """The endpoint did not pass the intent to receive."""


def signature(body: bytes, key: str) -> str:
    """The header ``x-xero-signature``: base64 of HMAC-SHA256 of the body with the key."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


class Webhook:
    """A webhook of an app, whose endpoint has passed the intent to receive."""

    def __init__(self, sandbox: Sandbox, client_id: str, url: str, key: str) -> None:
        """Tests the endpoint, and sends all changes from now on.

        Args:
            sandbox: The sandbox.
            client_id: The app; only its organisations have events.
            url: The endpoint.
            key: The webhook's key, which signs the requests.

        Raises:
            WebhookRefusedError: The endpoint accepts a wrong signature, or refuses a right one.
        """
        self._sandbox = sandbox
        self._client_id = client_id
        self._url = url
        self._key = key
        self._sequence = 0
        self.statuses: list[int] = []
        self._test()
        self._seen = dict(self._stamps())
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._earlier = sandbox.on_change
        sandbox.on_change = self._on_change
        threading.Thread(target=self._deliver, name="webhook", daemon=True).start()

    def _test(self) -> None:
        """The intent to receive: requests without events, of which some have a wrong signature."""
        for wrong in (False, True, False, True):
            body = self._body([])
            status = self._post(body, "wrong" if wrong else self._key)
            if (status == UNAUTHORIZED) != wrong or (not wrong and not 200 <= status < 300):  # noqa: PLR2004  # success
                what = "wrong" if wrong else "right"
                message = f"{self._url} answered {status} to a {what} signature"
                raise WebhookRefusedError(message)

    def _stamps(self) -> Iterator[tuple[tuple[str, str, str], datetime]]:
        connected = self._sandbox.connections.of_app(self._client_id)
        for tenant_id in dict.fromkeys(entry.tenant_id for entry in connected):
            organisation = self._sandbox.organisations[tenant_id]
            for entity in CATEGORIES:
                for record in organisation.collections[entity].values():
                    key = (tenant_id, entity, str(record[ID_FIELDS[entity]]))
                    yield key, record["UpdatedDateUTC"]

    def _on_change(self) -> None:
        self._earlier()
        events = []
        for key, stamp in self._stamps():
            if self._seen.get(key) != stamp:
                events.append(self._event(key, stamp, is_new=key not in self._seen))
                self._seen[key] = stamp
        if events:
            self._queue.put(self._body(events))

    def _event(self, key: tuple[str, str, str], stamp: datetime, *, is_new: bool) -> dict[str, Any]:
        tenant_id, entity, resource_id = key
        return {
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/{entity}/{resource_id}",
            "resourceId": resource_id,
            "eventDateUtc": f"{stamp:%Y-%m-%dT%H:%M:%S}.{stamp.microsecond // 1000:03}",
            "eventType": "CREATE" if is_new else "UPDATE",
            "eventCategory": CATEGORIES[entity],
            "tenantId": tenant_id,
            "tenantType": "ORGANISATION",
        }

    def _body(self, events: list[dict[str, Any]]) -> bytes:
        first = self._sequence + 1 if events else 0
        self._sequence += len(events)
        return msgspec.json.encode(
            {
                "events": events,
                "firstEventSequence": first,
                "lastEventSequence": self._sequence if events else 0,
                "entropy": uuid.uuid4().hex.upper()[:20],
            }
        )

    def _deliver(self) -> None:
        while True:
            body = self._queue.get()
            # A failed delivery is repeated at once; Xero's further ones come every 15 minutes.
            if not 200 <= self._post(body, self._key) < 300:  # noqa: PLR2004  # success
                self._post(body, self._key)

    def _post(self, body: bytes, key: str) -> int:
        """The status of a delivery; 0 without a response within five seconds."""
        headers = {"Content-Type": "application/json", "x-xero-signature": signature(body, key)}
        request = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310  # the test's own URL
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # the same
                status = int(response.status)
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.statuses.append(status)
        return status
