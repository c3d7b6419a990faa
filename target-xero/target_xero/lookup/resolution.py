"""What to send for a removal, or an upsert without a POST, once Xero's record is known."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.contents.bodies import completed_fields, content_of
from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.routes import Action, write_route
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.lookup.existing_records import REMOVED_STATUSES
from target_xero.lookup.matching import contains
from xero_client.entities.table import Removal, Route
from xero_client.entities.write_spec import Body
from xero_client.errors import RequestRefusedError
from xero_client.http import wire


class Resolution(Struct, frozen=True):
    """What to send for a publication, now that Xero's record is known.

    Attributes:
        publication: The publication to send; None if nothing is to be sent.
        xero_id: The record's id, if nothing is to be sent.
        error: The reason why it cannot be sent.
        fallback: What to send if Xero refuses ``publication``: a record that cannot be deleted is
            archived.
        before: A change of the same record that is sent first. Sending it twice does no harm.
    """

    publication: Publication | None = None
    xero_id: str | None = None
    error: str | None = None
    fallback: Publication | None = None
    before: Publication | None = None


def needs_lookup(publication: Publication) -> bool:
    """Whether Xero's record must be known before a publication can be sent."""
    if publication.parent_key is not None or publication.references:
        return True
    return needs_resolution(publication)


def needs_resolution(publication: Publication) -> bool:
    """Whether Xero's own record must be known, so that it is known what to send."""
    destination = publication.destination
    if not isinstance(destination, EntityDestination):
        return False
    if publication.action is Action.REMOVE or needs_completion(publication):
        return True
    has_no_post = Route.POST not in destination.writing.routes
    return publication.action is Action.UPSERT and has_no_post and bool(publication.natural_keys)


def needs_completion(publication: Publication) -> bool:
    """Whether an update by id would clear what it leaves out, or needs a route of its own."""
    destination = publication.destination
    return (
        isinstance(destination, EntityDestination)
        and publication.action is Action.UPDATE
        and destination.entity.is_of_other_api
        and destination.writing.replaces
        and not publication.is_completed
    )


def resolution_of(
    destination: EntityDestination,
    publication: Publication,
    records: list[Record] | RequestRefusedError,
) -> Resolution:
    """What to send for a publication.

    Args:
        destination: The entity.
        publication: A publication to it that needs a look-up.
        records: The records that Xero has under its id or name, or why they cannot be read.
    """
    if isinstance(records, RequestRefusedError):
        return Resolution(error=str(records))
    removal = destination.writing.removal
    if publication.action is Action.REMOVE and removal is not None:
        return _removal(destination, removal, publication, records)
    if needs_completion(publication):
        return _completed(destination, publication, records)
    return _upsert(destination, publication, records)


def _key_text(publication: Publication) -> str:
    return " ".join(f"{name} {value}" for name, value in publication.key.items())


def _removal(
    destination: EntityDestination,
    removal: Removal,
    publication: Publication,
    records: Sequence[Record],
) -> Resolution:
    entity = destination.entity
    if not records:
        return Resolution(error=f"Xero has no {_key_text(publication)} among its {entity.title}")
    if len(records) > 1:
        problem = (
            f"Xero has {len(records)} {entity.title} with {_key_text(publication)}: give an id"
        )
        return Resolution(error=problem)
    record = records[0]
    record_id = str(record[destination.id_field or ""])
    current = str(record.get(removal.status_field) or "")
    if current in REMOVED_STATUSES or (current and current == removal.default_status):
        return Resolution(xero_id=record_id)
    status = removal.status_by_current.get(current, removal.default_status)
    status_change = None
    if status is not None:
        fields = {entity.id_field or "": record_id, removal.status_field: status}
        status_change = _status_change(
            destination, publication, removal.route, record_id, fields, removal.status_field
        )
    if not removal.uses_delete:
        return Resolution(status_change)
    deletion = replace(
        publication,
        method="DELETE",
        path=f"{publication.collection or entity.path}/{record_id}",
        content=None,
        record_id=record_id,
        batch_limit=1,
    )
    return Resolution(deletion, fallback=status_change)


def _status_change(
    destination: EntityDestination,
    publication: Publication,
    route: Route,
    record_id: str,
    fields: Record,
    removal_field: str = "Status",
) -> Publication:
    entity, writing = destination.entity, destination.writing
    collection = publication.collection or entity.path
    path = f"{collection}/{record_id}" if route.names_record else collection
    if entity.is_of_other_api:
        fields = {removal_field: fields[removal_field]}
    params = dict(publication.params)
    if route in writing.summarize_errors:
        params = {"summarizeErrors": "false"} | params
    return replace(
        publication,
        method=route.method,
        path=path,
        params=tuple(sorted(params.items())),
        content=wire.encode(fields),
        fields=fields,
        record_id=record_id,
        in_list=writing.body is Body.LIST,
        batch_limit=1
        if route in writing.single_record_routes or route.names_record
        else publication.batch_limit,
    )


def _upsert(
    destination: EntityDestination, publication: Publication, records: Sequence[Record]
) -> Resolution:
    entity = destination.entity
    if not records:
        return Resolution(replace(publication, action=Action.CREATE))
    if len(records) > 1:
        problem = (
            f"Xero has {len(records)} {entity.title} with {_key_text(publication)}: give an id"
        )
        return Resolution(error=problem)
    record_id = str(records[0][entity.id_field or ""])
    if not destination.writing.updates:
        return Resolution(xero_id=record_id)
    return Resolution(as_update(destination, publication, record_id))


def as_update(
    destination: EntityDestination, publication: Publication, record_id: str
) -> Publication:
    """Turns a publication to an entity into an update of the record with an id."""
    entity = destination.entity
    route, action = write_route(entity, "POST", has_id=True)
    fields = {**publication.fields, entity.id_field or "": record_id}
    on_list = not route.names_record
    collection = publication.collection or entity.path
    return replace(
        publication,
        action=action,
        method=route.method,
        path=collection if on_list else f"{collection}/{record_id}",
        content=content_of(entity, destination.writing, fields),
        fields=fields,
        record_id=record_id,
        batch_limit=publication.batch_limit if on_list else 1,
        found_by=(),
    )


def _completed(
    destination: EntityDestination, publication: Publication, records: Sequence[Record]
) -> Resolution:
    """An update by id that leaves nothing out, so that it changes only what the record says."""
    entity, writing = destination.entity, destination.writing
    if not records:
        return Resolution(error=f"Xero has no {_key_text(publication)} among its {entity.title}")
    existing, fields = records[0], publication.fields
    if contains(existing, fields):
        return Resolution(xero_id=publication.record_id)
    removal, status_route = writing.removal, writing.status_route
    status_field = removal.status_field if removal is not None and status_route else ""
    others = {name: value for name, value in fields.items() if name != status_field}
    publication = replace(publication, is_completed=True)
    completed = completed_fields(entity, others, existing)
    change = replace(publication, fields=completed, content=content_of(entity, writing, completed))
    status = {name: value for name, value in fields.items() if name == status_field}
    if removal is None or status_route is None or contains(existing, status):
        return Resolution(change)
    status_change = replace(
        publication, method=status_route.method, fields=status, content=wire.encode(status)
    )
    if contains(existing, others):
        return Resolution(status_change)
    # Whether a closed record can be changed is not documented.
    if status[status_field] == removal.default_status:
        return Resolution(status_change, before=change)
    return Resolution(change, before=status_change)
