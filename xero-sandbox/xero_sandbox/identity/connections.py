"""Connections: which app may access which organisation for which user (xero-facts.md: OAuth)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xero_sandbox.model.organisation import Organisation


@dataclass
class Connection:
    """One organisation that an app may access for a user; a Custom Connection has no user."""

    connection_id: str
    client_id: str
    tenant_id: str
    auth_event_id: str
    created: datetime
    updated: datetime
    user_id: str = ""


class Connections:
    """All connections of a sandbox; an app has those of each user apart."""

    def __init__(self) -> None:
        self._by_app: dict[str, dict[tuple[str, str], Connection]] = {}

    @property
    def entries(self) -> list[Connection]:
        """Every connection, those of an app in the order in which they were made."""
        return [entry for connected in self._by_app.values() for entry in connected.values()]

    def connect(
        self, client_id: str, tenant_id: str, auth_event_id: str, now: datetime, user_id: str = ""
    ) -> Connection:
        """Connects an organisation, or renews the existing connection."""
        connected = self._by_app.setdefault(client_id, {})
        found = connected.get((tenant_id, user_id))
        if found is None:
            found = Connection(
                str(uuid.uuid4()), client_id, tenant_id, auth_event_id, now, now, user_id
            )
            connected[tenant_id, user_id] = found
        found.auth_event_id = auth_event_id
        found.updated = now
        return found

    def restore(self, entry: Connection) -> None:
        """Adds a connection as it was, in place of one of the same app, organisation and user."""
        key = (entry.tenant_id, entry.user_id)
        self._by_app.setdefault(entry.client_id, {})[key] = entry

    def find(self, client_id: str, tenant_id: str, user_id: str = "") -> Connection | None:
        """The connection of an app to an organisation for a user; without one, that of any user."""
        if user_id:
            return self._by_app.get(client_id, {}).get((tenant_id, user_id))
        return next((each for each in self.of_app(client_id) if each.tenant_id == tenant_id), None)

    def of_app(
        self, client_id: str, auth_event_id: str = "", user_id: str | None = None
    ) -> list[Connection]:
        """An app's connections: of one consent, of one user, or all."""
        return [
            entry
            for entry in self._by_app.get(client_id, {}).values()
            if (not auth_event_id or entry.auth_event_id == auth_event_id)
            and user_id in (None, entry.user_id)
        ]

    def disconnect(self, client_id: str, connection_id: str, user_id: str | None = None) -> bool:
        """Removes a connection by its id; False if the app, or the user, has no such connection."""
        for entry in self.of_app(client_id, user_id=user_id):
            if entry.connection_id == connection_id:
                del self._by_app[client_id][entry.tenant_id, entry.user_id]
                return True
        return False

    def disconnect_all(self, client_id: str, user_id: str | None = None) -> None:
        """Removes an app's connections: those of a user, or all."""
        for entry in self.of_app(client_id, user_id=user_id):
            del self._by_app[client_id][entry.tenant_id, entry.user_id]


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
