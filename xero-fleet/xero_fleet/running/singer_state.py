"""Singer's STATE, split by organisation and put together again.

A state of the tap has the organisations of each stream by their id. What is kept for an
organisation has the same form, with itself as the only one::

    {"bookmarks": {"invoices": {"organisations": {"TENANT-ID": {…}}}}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

ORGANISATIONS = "organisations"


def joined(parts: Iterable[str]) -> dict[str, Any]:
    """One state of the states of several organisations, which are JSON."""
    bookmarks: dict[str, dict[str, Any]] = {}
    for part in parts:
        for stream, kept in msgspec.json.decode(part)["bookmarks"].items():
            bookmarks.setdefault(stream, {ORGANISATIONS: {}})[ORGANISATIONS] |= kept[ORGANISATIONS]
    return {"bookmarks": bookmarks}


def by_organisation(state: Mapping[str, Any]) -> dict[str, str]:
    """The state of each organisation, by its id in lower case, as JSON."""
    found: dict[str, dict[str, Any]] = {}
    for stream, kept in (state.get("bookmarks") or {}).items():
        for tenant_id, own in (kept.get(ORGANISATIONS) or {}).items():
            key = tenant_id.lower()
            found.setdefault(key, {})[stream] = {ORGANISATIONS: {key: own}}
    return {
        tenant_id: msgspec.json.encode({"bookmarks": streams}, order="deterministic").decode()
        for tenant_id, streams in found.items()
    }


def bookmarks_of(state: str | None) -> list[Any]:
    """The values of all bookmarks in the state of an organisation, to see whether one moved."""
    if state is None:
        return []
    return [
        (stream, own.get("replication_key_value"))
        for stream, kept in sorted(msgspec.json.decode(state)["bookmarks"].items())
        for own in kept[ORGANISATIONS].values()
    ]
