"""What the publish log or Xero itself tells of records whose answer was never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from target_xero.build.destinations import destination_of
from target_xero.build.publication import Publication, natural_keys, text_of
from target_xero.build.records import Record
from target_xero.build.routes import Action
from target_xero.delivery.items import Item
from target_xero.delivery.outcomes import Outcome, Verdict, outcome_of_element, unknown
from target_xero.delivery.publish_log import Intent
from target_xero.lookup.existing_records import holds
from target_xero.lookup.resolution import is_present
from xero_client.entities.fields import SHAPES
from xero_client.http import wire
from xero_client.http.transport import JSON


def can_be_found(item: Item) -> bool:
    """Whether reading can tell what became of a record."""
    return has_name(item.publication) or item.by_content


def has_name(publication: Publication) -> bool:
    """Whether an id or something else names the record of a publication in Xero."""
    if publication.destination.entity is None or publication.destination.child is not None:
        return False
    return bool(publication.record_id or publication.natural_keys)


def outcome_from_records(publication: Publication, records: Sequence[Record]) -> Outcome | None:
    """The outcome, if what Xero has shows that the publication was done, or may have been.

    Args:
        publication: What was sent.
        records: What Xero has of it.
    """
    if publication.action is Action.REMOVE:
        if not records:
            return Outcome(Verdict.PUBLISHED, publication.record_id)
        if publication.method == "DELETE":
            return None
    entity = publication.destination.entity
    is_its_name = bool(entity and entity.writing and entity.writing.caller_assigns_id)
    for record in records:
        # A currency is what its code says; Xero has its own words for the rest.
        if is_its_name or holds(record, _shown(publication)):
            return outcome_of_element(replace(publication, record_id=None), record)
    if publication.method == "PUT" and any(is_present(publication, one) for one in records):
        # It may be what was sent, shown in another way or edited since. Where POST finds a record
        # it goes again and puts that right; a PUT would be refused, or make a second one.
        name = " ".join(publication.key.values())
        return unknown(f"Xero has {name} with other content than was sent: compare the two")
    return None


def _shown(publication: Publication) -> Record:
    """What Xero can show of what was sent: columns that it does not know, it ignored."""
    destination = publication.destination
    if destination.child is not None or destination.shape is None:
        return publication.fields
    known = SHAPES[destination.shape]
    return {name: value for name, value in publication.fields.items() if name in known}


def rebuild_publications(intent: Intent, entity: str) -> list[Publication]:
    """The publications that a request of an earlier run held, as far as its answer needs them.

    Args:
        intent: The request, as the publish log kept it.
        entity: What it was sent to, as the log names it.
    """
    destination = destination_of(entity)
    removes = intent.method == "DELETE"
    whole = Publication(
        destination,
        Action.REMOVE if removes else Action.SEND,
        intent.method,
        intent.path,
        intent.params,
        content=intent.body,
        record_id=intent.path.rsplit("/", 1)[1] if removes else None,
    )
    if intent.body is None or intent.content_type != JSON or destination.is_generic:
        return [whole]
    body = wire.decode(intent.body)
    listed = body.get(destination.key) if isinstance(body, dict) else None
    elements = listed if isinstance(listed, list) else [body]
    writing = destination.entity.writing if destination.entity else None
    if destination.child is not None or writing is None:
        return [replace(whole, fields=element) for element in elements]
    return [
        replace(
            whole,
            fields=element,
            record_id=text_of(element, destination.id_field),
            natural_keys=natural_keys(writing, element),
        )
        for element in elements
    ]
