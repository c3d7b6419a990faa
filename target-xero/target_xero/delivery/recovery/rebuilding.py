"""Rebuilds the publications of a request of an earlier run from the publish log."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
    RawDestination,
)
from target_xero.build.destinations.names import destination_of
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication, natural_keys, text_of
from target_xero.build.records import Record
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import Intent, LogEntry
from xero_client.http import wire
from xero_client.http.transport import JSON


def rebuild_publications(intent: Intent, entity: str) -> list[Publication]:
    """The publications of a request from an earlier run, as far as reading its response needs them.

    Args:
        intent: The request, from the publish log.
        entity: The destination's name in the publish log.
    """
    destination = destination_of(entity)
    removes = intent.method == "DELETE"
    names_record = removes or _changes_record(destination, intent.method)
    request = Publication(
        destination,
        Action.REMOVE if removes else Action.SEND,
        intent.method,
        intent.path,
        intent.params,
        content=intent.body,
        record_id=intent.path.rsplit("/", 1)[1] if names_record else None,
    )
    if (
        intent.body is None
        or intent.content_type != JSON
        or isinstance(destination, RawDestination)
    ):
        return [request]
    body = wire.decode(intent.body)
    listed = body.get(destination.key) if isinstance(body, dict) else body
    elements = listed if isinstance(listed, list) else [body]
    if isinstance(destination, ChildDestination):
        return [replace(request, fields=element) for element in elements]
    return [
        replace(
            request,
            fields=element,
            record_id=request.record_id or _id_in(destination, element),
            natural_keys=natural_keys(destination.writing, element),
        )
        for element in elements
    ]


def with_ids_of_removed(
    items: Sequence[Item], intent: Intent, entries: Sequence[LogEntry]
) -> list[Item]:
    """Items of a request of an earlier run; those that remove a record get its id.

    By now another record may have the name of the one that was to be removed.

    Args:
        items: Items of the request.
        intent: The request, from the publish log.
        entries: The entries of its records that have no outcome.
    """
    is_entity = isinstance(items[0].publication.destination, EntityDestination)
    if not is_entity or not any(item.removes for item in items):
        return list(items)
    sent = rebuild_publications(intent, entries[0].entity)
    ids = {
        entry.fingerprint: sent[entry.position].record_id
        for entry in entries
        if entry.position < len(sent)
    }
    return [
        replace(item, publication=replace(item.publication, record_id=ids[item.fingerprint]))
        if ids.get(item.fingerprint) and item.removes
        else item
        for item in items
    ]


def _changes_record(destination: Destination, method: str) -> bool:
    """Whether the path of such a request ends with the id of a record."""
    return (
        isinstance(destination, EntityDestination)
        and destination.entity.is_of_other_api
        and bool(destination.id_field)
        and method in ("PUT", "PATCH")
    )


def _id_in(destination: EntityDestination, element: Record) -> str | None:
    """The id that a body gives; that of a caller is not yet the id of a record."""
    if destination.writing.path_id:
        return None
    return text_of(element, destination.id_field)
