"""Records that nothing names in Xero, and that the publish log knows by their Singer key.

A bill, a bank transaction or a journal has no number that Xero would find it by. What a stream
has published under a key before is the same record when it comes with other content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from target_xero.build.routes import Action
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import PublishLog
from target_xero.lookup.resolution import as_update


def with_known_ids(items: Sequence[Item], log: PublishLog) -> list[Item]:
    """The items; those that were published before under their key become updates.

    Args:
        items: Items as they came.
        log: The publish log.
    """
    subjects = [item.subject for item in items if item.subject is not None and _lacks_id(item)]
    known = log.ids_by_subject(subjects) if subjects else {}
    return [_updated(item, known.get(item.subject or "")) for item in items]


def _lacks_id(item: Item) -> bool:
    """Whether POST would make a record of its own of an item, although its key tells which it is.

    PUT creates only, as the user has it; and an empty key tells nothing.
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
        and bool(item.source.key)
        and all(value not in (None, "") for value in item.source.key.values())
    )


def _updated(item: Item, record_id: str | None) -> Item:
    if record_id is None or not _lacks_id(item):
        return item
    publication = as_update(item.publication, record_id)
    about = f"{publication.destination.name}/{record_id.lower()}"
    return replace(item, publication=publication, locks=item.locks | {about})
