"""Singer's STATE, split by organisation and put together again.

A state of the tap has a list of partitions for each stream, and each partition has the id of its
organisation in its context. What is kept for an organisation has the same form::

    {"bookmarks": {"invoices": {"partitions": [{"context": {"_tenant_id": "…"}, …}]}}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

TENANT = "_tenant_id"


def joined(parts: Iterable[str]) -> dict[str, Any]:
    """One state of the states of several organisations, which are JSON."""
    bookmarks: dict[str, dict[str, Any]] = {}
    for part in parts:
        for stream, kept in msgspec.json.decode(part)["bookmarks"].items():
            partitions = bookmarks.setdefault(stream, {"partitions": []})["partitions"]
            partitions.extend(kept["partitions"])
    return {"bookmarks": bookmarks}


def by_organisation(state: Mapping[str, Any]) -> dict[str, str]:
    """The state of each organisation that has a partition, as JSON."""
    found: dict[str, dict[str, Any]] = {}
    for stream, kept in (state.get("bookmarks") or {}).items():
        for partition in kept.get("partitions") or []:
            tenant_id = (partition.get("context") or {}).get(TENANT)
            if tenant_id is not None:
                streams = found.setdefault(str(tenant_id), {})
                streams.setdefault(stream, {"partitions": []})["partitions"].append(partition)
    return {
        tenant_id: msgspec.json.encode({"bookmarks": streams}, order="deterministic").decode()
        for tenant_id, streams in found.items()
    }


def bookmarks_of(state: str | None) -> list[Any]:
    """The values of all bookmarks in the state of an organisation, to see whether one moved."""
    if state is None:
        return []
    return [
        (stream, partition.get("context"), partition.get("replication_key_value"))
        for stream, kept in sorted(msgspec.json.decode(state)["bookmarks"].items())
        for partition in kept["partitions"]
    ]
