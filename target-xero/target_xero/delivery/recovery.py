"""The outcome of requests whose response was never seen, from the publish log or Xero's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
from target_xero.delivery.outcomes import (
    Outcome,
    OutcomeKind,
    outcome_of_element,
    unknown_outcome,
)
from target_xero.delivery.publish_log import Intent
from target_xero.lookup.existing_records import is_present
from target_xero.lookup.matching import contains
from xero_client.entities.fields import SHAPES
from xero_client.http import wire
from xero_client.http.transport import JSON


def outcome_from_records(publication: Publication, records: Sequence[Record]) -> Outcome | None:
    """The outcome of a publication, if Xero's records show that it was, or may have been, saved.

    Args:
        publication: What was sent.
        records: The records that Xero has under its id or name.
    """
    if publication.action is Action.REMOVE:
        if not records:
            return Outcome(OutcomeKind.PUBLISHED, publication.record_id)
        if publication.method == "DELETE":
            return None
    destination = publication.destination
    id_suffices = (
        isinstance(destination, EntityDestination) and destination.writing.caller_assigns_id
    )
    for record in records:
        # A currency is known by its code. Xero sets its other fields itself.
        if id_suffices or contains(record, _readable_fields(publication)):
            return outcome_of_element(replace(publication, record_id=None), record)
    # A file of the same name overwrites, so that it can be sent again.
    is_file = isinstance(destination, ChildDestination)
    if (
        publication.would_duplicate
        and not is_file
        and any(is_present(publication, record) for record in records)
    ):
        # The record may be the one that was sent, if Xero shows it differently or somebody has
        # edited it. A POST of the Accounting API is sent again and updates it. Another creation
        # would be refused, or would make a duplicate.
        found_by = [str(publication.fields.get(name)) for name in publication.found_by]
        name = " ".join(publication.key.values()) or " ".join(found_by)
        return unknown_outcome(f"Xero has {name} with other content than was sent: compare the two")
    return None


def _readable_fields(publication: Publication) -> Record:
    """The fields of a publication that Xero knows; it ignores all others."""
    destination = publication.destination
    if isinstance(destination, ChildDestination) or destination.shape is None:
        return publication.fields
    known = SHAPES[destination.shape]
    return {name: value for name, value in publication.fields.items() if name in known}


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
