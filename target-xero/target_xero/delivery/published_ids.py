"""Turns records into updates if they were published before under the same Singer key.

A bill, a bank transaction or a journal has no number by which Xero finds it. If a stream has
published a record under a key before, another record with this key is a new version of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from target_xero.build.routes import Action
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import PublishLog
from target_xero.lookup.resolution import as_update


def with_published_ids(items: Sequence[Item], log: PublishLog) -> list[Item]:
    """The items; those that were published before under their key become updates.

    Args:
        items: Items as they came.
        log: The publish log.
    """
    identities = [item.identity for item in items if item.identity is not None and _lacks_id(item)]
    ids = log.ids_by_identity(identities) if identities else {}
    return [_with_id(item, ids.get(item.identity or "")) for item in items]


def _lacks_id(item: Item) -> bool:
    """Whether POST would create a second record, although the Singer key identifies the first.

    PUT is left out, because it creates only, and so is a key with an empty value.
    """
    publication = item.publication
    entity = publication.destination.entity
    if not item.follows_key or publication.destination.child is not None:
        return False
    return (
        publication.action is Action.UPSERT
        and not publication.key
        and entity is not None
        and entity.writing is not None
        and entity.writing.updates
        and bool(item.provenance.key)
        and all(value not in (None, "") for value in item.provenance.key.values())
    )


def _with_id(item: Item, record_id: str | None) -> Item:
    if record_id is None or not _lacks_id(item):
        return item
    publication = as_update(item.publication, record_id)
    lock = f"{publication.destination.name}/{record_id.lower()}"
    return replace(item, publication=publication, locks=item.locks | {lock})
