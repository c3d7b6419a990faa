"""``--data FILE``: the state of a sandbox in a SQLite file, so that it outlives the process.

Records are replaced, never changed in place, so what has changed since the last save is found by
identity: a save writes what a call changed, whatever the organisation's size.
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
from xero_sandbox.identity.grants import AccessToken, Chain, RefreshToken
from xero_sandbox.organisation import Attachment, Organisation
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
_KEEP = """
INSERT INTO kept (tenant_id, kind, id, body) VALUES (?, ?, ?, ?)
ON CONFLICT (tenant_id, kind, id) DO UPDATE SET body = excluded.body
"""
_DROP = "DELETE FROM kept WHERE tenant_id = ? AND kind = ? AND id = ?"
_SETTINGS, _HISTORY, _ATTACHMENTS, _IDENTITY = "settings", "history", "attachments", "identity"
_CHILDREN = frozenset({"collections", "history", "attachments"})


def packed(value: Any) -> Any:  # noqa: ANN401  # Any value of a record.
    """JSON values that ``unpacked`` turns back into just these types."""
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


def unpacked(value: Any) -> Any:  # noqa: ANN401  # Any value of a record.
    """The values that ``packed`` was given; tuples and sets come back as lists."""
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
    """One state file; what it holds is what ``save`` last saw."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute(_SCHEMA)
        self._seen: dict[tuple[str, str], dict[str, Any]] = {}

    def organisations(self) -> list[Organisation]:
        """The organisations that the file holds; none when it is new."""
        found: dict[str, Organisation] = {}
        rows = self._database.execute("SELECT tenant_id, kind, id, body FROM kept ORDER BY rowid")
        for tenant_id, kind, own_id, body in rows:
            content = unpacked(msgspec.msgpack.decode(body))
            if kind == _SETTINGS:
                found[tenant_id] = Organisation(**content)
            elif kind == _HISTORY:
                found[tenant_id].history[_place(own_id)] = content
            elif kind == _ATTACHMENTS:
                held = [Attachment(**one) for one in content]
                found[tenant_id].attachments[_place(own_id)] = held
            elif kind != _IDENTITY:
                found[tenant_id].collections[kind][own_id] = content
        return list(found.values())

    def restore_identity(self, sandbox: Sandbox) -> None:
        """Gives a sandbox the tokens and connections that the file holds."""
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
        sandbox.connections.entries = [Connection(**one) for one in content["connections"]]
        chains = [Chain(**{**one, "scopes": frozenset(one["scopes"])}) for one in content["chains"]]
        for value, one in content["refresh"].items():
            sandbox.tokens.refresh[value] = RefreshToken(
                chains[one["chain"]], one["generation"], one["issued"]
            )
        for value, one in content["access"].items():
            sandbox.tokens.access[value] = AccessToken(
                **{**one, "scopes": frozenset(one["scopes"])}
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
            one.name: getattr(organisation, one.name)
            for one in fields(organisation)
            if one.name not in _CHILDREN
        }
        # A copy, for sequences are counted on in place.
        self._save_all(tenant_id, _SETTINGS, {"": packed(settings)}, same=operator.eq)
        for entity, collection in organisation.collections.items():
            self._save_all(tenant_id, entity, dict(collection))
        history = {"/".join(place): list(held) for place, held in organisation.history.items()}
        self._save_all(tenant_id, _HISTORY, history, same=operator.eq)
        attachments = {
            "/".join(place): [asdict(one) for one in held]
            for place, held in organisation.attachments.items()
        }
        self._save_all(tenant_id, _ATTACHMENTS, attachments, same=operator.eq)

    def _save_all(
        self,
        tenant_id: str,
        kind: str,
        contents: dict[str, Any],
        same: Callable[[Any, Any], bool] = operator.is_,
    ) -> None:
        seen = self._seen.get((tenant_id, kind), {})
        changed = [
            (tenant_id, kind, own_id, msgspec.msgpack.encode(packed(content)))
            for own_id, content in contents.items()
            if own_id not in seen or not same(seen[own_id], content)
        ]
        self._database.executemany(_KEEP, changed)
        gone = [(tenant_id, kind, own_id) for own_id in seen.keys() - contents.keys()]
        self._database.executemany(_DROP, gone)
        self._seen[(tenant_id, kind)] = contents


def _place(own_id: str) -> tuple[str, str]:
    entity, _, record_id = own_id.partition("/")
    return entity, record_id


def _identity(sandbox: Sandbox) -> dict[str, Any]:
    """What is kept of apps, connections and tokens; codes live five minutes and are not."""
    tokens = sandbox.tokens
    chains = list({id(one.chain): one.chain for one in tokens.refresh.values()}.values())
    numbers = {id(chain): number for number, chain in enumerate(chains)}
    return {
        "redirect_uris": {app.client_id: list(app.redirect_uris) for app in tokens.apps.values()},
        "connections": [asdict(one) for one in sandbox.connections.entries],
        "chains": [asdict(chain) for chain in chains],
        "refresh": {
            value: {
                "chain": numbers[id(one.chain)],
                "generation": one.generation,
                "issued": one.issued,
            }
            for value, one in tokens.refresh.items()
        },
        "access": {value: asdict(one) for value, one in tokens.access.items()},
    }
