"""How a test controls a running sandbox: records, faults, time, traffic."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from xero_sandbox.control.webhooks import Webhook
from xero_sandbox.faults.definitions import Fault, Trigger
from xero_sandbox.identity.apps import App, AppKind
from xero_sandbox.identity.scopes import GRANULAR, IDENTITY
from xero_sandbox.model.clock import Clock
from xero_sandbox.model.organisation import ID_FIELDS, Organisation, Record
from xero_sandbox.sandbox import Sandbox


class Controls:
    """Controls of a sandbox. Every method is safe while the sandbox handles calls."""

    def __init__(self, sandbox: Sandbox, issuer: str) -> None:
        self.sandbox = sandbox
        self._issuer = issuer

    @property
    def clock(self) -> Clock:
        """The sandbox's clock; ``clock.advance(seconds)`` moves it."""
        return self.sandbox.clock

    @property
    def tenant_ids(self) -> list[str]:
        """The tenants, in the order in which they were given."""
        return list(self.sandbox.organisations)

    @property
    def tenant_id(self) -> str:
        """The first tenant, which the Custom Connection is for."""
        return self.tenant_ids[0]

    @property
    def apps(self) -> Mapping[str, App]:
        """The apps by client id, with their secrets."""
        return self.sandbox.tokens.apps

    @property
    def user_ids(self) -> list[str]:
        """The ids of the users; the first one consents if nothing else is said."""
        return list(self.sandbox.tokens.users)

    def organisation(self, tenant_id: str = "") -> Organisation:
        """An organisation; the first one by default."""
        return self.sandbox.organisations[tenant_id or self.tenant_id]

    def grant(
        self,
        client_id: str = "sandbox-web",
        scopes: Iterable[str] = (),
        tenant_ids: Iterable[str] = (),
        *,
        user: int = 1,
    ) -> dict[str, Any]:
        """The tokens of a consent, without the consent page.

        Args:
            client_id: The app.
            scopes: All granular and identity scopes by default.
            tenant_ids: All organisations by default.
            user: The number of the user who consents, from 1.

        Returns:
            The token endpoint's response: ``access_token``, ``refresh_token`` and so on.
        """
        app = self.apps[client_id]
        requested = frozenset(scopes) or GRANULAR | IDENTITY
        with self.sandbox.lock:
            if app.kind is AppKind.CUSTOM_CONNECTION:
                return self.sandbox.tokens.client_credentials(
                    app, requested - IDENTITY, self._issuer
                )
            event = str(uuid.uuid4())
            user_id = self.user_ids[user - 1]
            for tenant_id in list(tenant_ids) or self.tenant_ids:
                now = self.clock.now()
                self.sandbox.connections.connect(client_id, tenant_id, event, now, user_id)
            return self.sandbox.tokens.issue(
                app, requested, event, issuer=self._issuer, user_id=user_id
            )

    def disconnect(self, tenant_id: str, client_id: str = "sandbox-web") -> None:
        """Removes an organisation's connections to an app, as its users can do in Xero."""
        connections = self.sandbox.connections
        with self.sandbox.lock:
            for entry in connections.of_app(client_id):
                if entry.tenant_id == tenant_id:
                    connections.disconnect(client_id, entry.connection_id)
            self.sandbox.on_change()

    def headers(
        self, client_id: str = "sandbox-custom", scopes: Iterable[str] = (), tenant_id: str = ""
    ) -> dict[str, str]:
        """Headers of an authorized call for JSON: bearer token, tenant, Accept."""
        token = self.grant(client_id, scopes)["access_token"]
        return {
            "Authorization": f"Bearer {token}",
            "xero-tenant-id": tenant_id or self.tenant_id,
            "Accept": "application/json",
        }

    def records(self, entity: str, tenant_id: str = "") -> list[Record]:
        """Copies of the records of an entity, in the sandbox's own types."""
        with self.sandbox.lock:
            collection = self.organisation(tenant_id).collections[entity]
            return [dict(record) for record in collection.values()]

    def add(self, entity: str, record: Record, tenant_id: str = "") -> str:
        """Adds a record without validation, with a new id and change time unless it has them.

        Returns:
            The record's id.
        """
        id_field = ID_FIELDS[entity]
        stored = {id_field: str(uuid.uuid4()), "UpdatedDateUTC": self.clock.now(), **record}
        with self.sandbox.lock:
            self.organisation(tenant_id).collections[entity][stored[id_field]] = stored
            self.sandbox.on_change()
        return str(stored[id_field])

    def edit(self, entity: str, record_id: str, tenant_id: str = "", **fields: Any) -> None:  # noqa: ANN401  # Any field.
        """Changes fields of a record, and its UpdatedDateUTC unless it is one of them."""
        with self.sandbox.lock:
            collection = self.organisation(tenant_id).collections[entity]
            changed = {**collection[record_id], "UpdatedDateUTC": self.clock.now(), **fields}
            collection[record_id] = changed
            self.sandbox.on_change()

    def remove(self, entity: str, record_id: str, tenant_id: str = "") -> None:
        """Removes a record without a trace, as Xero's DELETE method does."""
        with self.sandbox.lock:
            del self.organisation(tenant_id).collections[entity][record_id]
            self.sandbox.on_change()

    def fault(self, kind: str, endpoint: str = "*", **options: Any) -> None:  # noqa: ANN401  # Fields of Fault.
        """Adds a fault; the options are the fields of ``xero_sandbox.faults.Fault``."""
        fault = msgspec.convert({"kind": kind, "endpoint": endpoint, **options}, Fault)
        with self.sandbox.lock:
            self.sandbox.faults.add(fault)

    def before(
        self,
        endpoint: str,
        action: Callable[[], object],
        *,
        nth: int = 1,
        times: int | None = 1,
        method: str = "GET",
        query: Mapping[str, str] | None = None,
    ) -> None:
        """Runs ``action`` just before the ``nth`` matching call from now on."""
        trigger = Trigger(
            endpoint=endpoint, method=method, query=dict(query or {}), nth=nth, times=times
        )
        with self.sandbox.lock:
            self.sandbox.faults.schedule(trigger, action)

    def webhook(self, url: str, key: str, client_id: str = "sandbox-web") -> Webhook:
        """Registers a webhook: tests its endpoint, and sends all changes from now on.

        Raises:
            WebhookRefusedError: The endpoint does not check signatures as it must.
        """
        return Webhook(self.sandbox, client_id, url, key)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The calls since the last reset, oldest first."""
        return list(self.sandbox.traffic.log)

    def calls(self, endpoint: str = "*", method: str = "*") -> list[dict[str, Any]]:
        """The calls of one endpoint pattern and one method pattern."""
        return [
            entry
            for entry in self.log
            if fnmatchcase(entry["endpoint"], endpoint) and fnmatchcase(entry["method"], method)
        ]

    def counters(self) -> dict[str, Any]:
        """Calls, bytes, statuses, peak concurrency by tenant, 429s by kind, faults."""
        sandbox = self.sandbox
        return {
            **sandbox.traffic.counters(),
            "peak_concurrency": dict(sandbox.limits.peak),
            "too_many_requests": dict(sandbox.limits.refusals),
            "faults_struck": list(sandbox.faults.triggered),
        }

    def reset(self) -> None:
        """Clears faults, counters, the log and the limits' counts; records and tokens stay."""
        self.sandbox.reset_traffic()
