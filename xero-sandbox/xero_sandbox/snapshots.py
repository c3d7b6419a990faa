"""``--data FILE``: keeps the state of a sandbox in a SQLite file.

Records are replaced, never changed in place. So the identity of a record shows whether it changed
since the last save, and a save only writes the changes.
"""

from __future__ import annotations

import operator
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from xero_sandbox.identity.apps import App
from xero_sandbox.identity.connections import Connection
from xero_sandbox.identity.grants import AccessToken, RefreshToken, RefreshTokenFamily
from xero_sandbox.identity.users import FIRST
from xero_sandbox.model.organisation import Attachment, Json, Organisation
from xero_sandbox.sandbox import Sandbox

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (tenant_id, kind, id)
)
"""
_UPSERT = """
INSERT INTO kept (tenant_id, kind, id, body) VALUES (?, ?, ?, ?)
ON CONFLICT (tenant_id, kind, id) DO UPDATE SET body = excluded.body
"""
_DELETE = "DELETE FROM kept WHERE tenant_id = ? AND kind = ? AND id = ?"
_SETTINGS, _HISTORY, _ATTACHMENTS, _IDENTITY = "settings", "history", "attachments", "identity"
_CHILDREN = frozenset({"collections", "history", "attachments"})


def packed(value: Json) -> Json:
    """JSON values, which ``unpacked`` converts back to the same types."""
    if isinstance(value, dict):
        return {name: packed(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [packed(item) for item in value]
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$instant": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    return value


def unpacked(value: Json) -> Json:
    """The original values of ``packed``; tuples and sets come back as lists."""
    if isinstance(value, list):
        return [unpacked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, text),) = value.items()
        if tag == "$decimal":
            return Decimal(text)
        if tag == "$instant":
            return datetime.fromisoformat(text)
        if tag == "$date":
            return date.fromisoformat(text)
    return {name: unpacked(item) for name, item in value.items()}


class Snapshot:
    """One state file."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute(_SCHEMA)
        self._saved: dict[tuple[str, str], dict[str, Any]] = {}

    def organisations(self) -> list[Organisation]:
        """The organisations in the file; none if it is new."""
        found: dict[str, Organisation] = {}
        rows = self._database.execute("SELECT tenant_id, kind, id, body FROM kept ORDER BY rowid")
        for tenant_id, kind, item_id, body in rows:
            content = unpacked(msgspec.msgpack.decode(body))
            if kind == _SETTINGS:
                found[tenant_id] = Organisation(**content)
            elif kind == _HISTORY:
                found[tenant_id].history[_entity_and_id(item_id)] = content
            elif kind == _ATTACHMENTS:
                found[tenant_id].attachments[_entity_and_id(item_id)] = [
                    Attachment(**attachment) for attachment in content
                ]
            elif kind != _IDENTITY:
                found[tenant_id].collections[kind][item_id] = content
        return list(found.values())

    def restore_identity(self, sandbox: Sandbox) -> None:
        """Restores the tokens and connections in the file."""
        row = self._database.execute(
            "SELECT body FROM kept WHERE kind = ?", (_IDENTITY,)
        ).fetchone()
        if row is None:
            return
        content = unpacked(msgspec.msgpack.decode(row[0]))
        for client_id, uris in content["redirect_uris"].items():
            if client_id in sandbox.tokens.apps:
                app: App = sandbox.tokens.apps[client_id]
                app.redirect_uris = uris
        for connection in content["connections"]:
            # A file of an earlier version has no users; only a Custom Connection has no consent.
            user_id = FIRST.user_id if connection["auth_event_id"] else ""
            sandbox.connections.restore(Connection(**{"user_id": user_id, **connection}))
        families = [
            RefreshTokenFamily(**{**family, "scopes": frozenset(family["scopes"])})
            for family in content["chains"]
        ]
        for value, token in content["refresh"].items():
            sandbox.tokens.refresh[value] = RefreshToken(
                families[token["chain"]], token["generation"], token["issued"]
            )
        for value, token in content["access"].items():
            sandbox.tokens.access[value] = AccessToken(
                **{**token, "scopes": frozenset(token["scopes"])}
            )

    def save(self, sandbox: Sandbox) -> None:
        """Writes what has changed since the last save, in one transaction."""
        with self._database:
            for tenant_id, organisation in sandbox.organisations.items():
                self._save_organisation(tenant_id, organisation)
            self._save_all("", _IDENTITY, {"": _identity(sandbox)}, same=operator.eq)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _save_organisation(self, tenant_id: str, organisation: Organisation) -> None:
        settings = {
            setting.name: getattr(organisation, setting.name)
            for setting in fields(organisation)
            if setting.name not in _CHILDREN
        }
        # A copy, because sequences change in place.
        self._save_all(tenant_id, _SETTINGS, {"": packed(settings)}, same=operator.eq)
        for entity, collection in organisation.collections.items():
            self._save_all(tenant_id, entity, dict(collection))
        history = {"/".join(key): list(entries) for key, entries in organisation.history.items()}
        self._save_all(tenant_id, _HISTORY, history, same=operator.eq)
        attachments = {
            "/".join(key): [asdict(attachment) for attachment in entries]
            for key, entries in organisation.attachments.items()
        }
        self._save_all(tenant_id, _ATTACHMENTS, attachments, same=operator.eq)

    def _save_all(
        self,
        tenant_id: str,
        kind: str,
        contents: dict[str, Any],
        same: Callable[[Any, Any], bool] = operator.is_,
    ) -> None:
        saved = self._saved.get((tenant_id, kind), {})
        changed = [
            (tenant_id, kind, item_id, msgspec.msgpack.encode(packed(content)))
            for item_id, content in contents.items()
            if item_id not in saved or not same(saved[item_id], content)
        ]
        self._database.executemany(_UPSERT, changed)
        removed = [(tenant_id, kind, item_id) for item_id in saved.keys() - contents.keys()]
        self._database.executemany(_DELETE, removed)
        self._saved[(tenant_id, kind)] = contents


def _entity_and_id(item_id: str) -> tuple[str, str]:
    entity, _, record_id = item_id.partition("/")
    return entity, record_id


def _identity(sandbox: Sandbox) -> dict[str, Any]:
    """What is saved of apps, connections and tokens; codes expire too soon to be saved."""
    tokens = sandbox.tokens
    families = list({id(token.family): token.family for token in tokens.refresh.values()}.values())
    numbers = {id(family): number for number, family in enumerate(families)}
    return {
        "redirect_uris": {app.client_id: list(app.redirect_uris) for app in tokens.apps.values()},
        "connections": [asdict(connection) for connection in sandbox.connections.entries],
        "chains": [asdict(family) for family in families],
        "refresh": {
            value: {
                "chain": numbers[id(token.family)],
                "generation": token.generation,
                "issued": token.issued,
            }
            for value, token in tokens.refresh.items()
        },
        "access": {value: asdict(token) for value, token in tokens.access.items()},
    }
