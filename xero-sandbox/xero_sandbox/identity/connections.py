"""Connections: which app may access which organisation (xero-facts.md: OAuth)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xero_sandbox.model.organisation import Organisation


@dataclass
class Connection:
    """One organisation that an app may access."""

    connection_id: str
    client_id: str
    tenant_id: str
    auth_event_id: str
    created: datetime
    updated: datetime


@dataclass
class Connections:
    """All connections of a sandbox; tokens are per user per app, and there is one user."""

    entries: list[Connection] = field(default_factory=list)

    def connect(
        self, client_id: str, tenant_id: str, auth_event_id: str, now: datetime
    ) -> Connection:
        """Connects an organisation, or renews the existing connection."""
        found = self.find(client_id, tenant_id)
        if found is None:
            found = Connection(str(uuid.uuid4()), client_id, tenant_id, auth_event_id, now, now)
            self.entries.append(found)
        found.auth_event_id = auth_event_id
        found.updated = now
        return found

    def find(self, client_id: str, tenant_id: str) -> Connection | None:
        """The connection of an app to an organisation."""
        for entry in self.entries:
            if entry.client_id == client_id and entry.tenant_id == tenant_id:
                return entry
        return None

    def of_app(self, client_id: str, auth_event_id: str = "") -> list[Connection]:
        """An app's connections; those of one consent if ``auth_event_id`` is given."""
        return [
            entry
            for entry in self.entries
            if entry.client_id == client_id
            and (not auth_event_id or entry.auth_event_id == auth_event_id)
        ]

    def disconnect(self, client_id: str, connection_id: str) -> bool:
        """Removes a connection by its id; False if the app has no such connection."""
        for entry in self.entries:
            if entry.client_id == client_id and entry.connection_id == connection_id:
                self.entries.remove(entry)
                return True
        return False

    def disconnect_all(self, client_id: str) -> None:
        """Removes all of an app's connections."""
        self.entries = [entry for entry in self.entries if entry.client_id != client_id]


def _seven_digits(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0"


def connection_list(
    entries: Iterable[Connection], organisations: dict[str, Organisation]
) -> list[dict[str, Any]]:
    """Connections as in ``GET /connections``: 7-digit fractions, no zone.

    (xero-facts.md: Formats)
    """
    return [
        {
            "id": entry.connection_id,
            "authEventId": entry.auth_event_id,
            "tenantId": entry.tenant_id,
            "tenantType": "ORGANISATION",
            "tenantName": organisations[entry.tenant_id].name,
            "createdDateUtc": _seven_digits(entry.created),
            "updatedDateUtc": _seven_digits(entry.updated),
        }
        for entry in entries
    ]
