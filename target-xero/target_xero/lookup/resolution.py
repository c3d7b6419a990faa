"""What must be looked up before it can be sent: removals, and upserts where Xero has no POST."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from target_xero.build.publication import Publication
from target_xero.build.records import Record
from target_xero.build.routes import Action, write_route
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import Entity, Route
from xero_client.errors import RequestRefusedError
from xero_client.http import wire
from xero_client.http.transport import Transport

GONE = frozenset({"DELETED", "VOIDED", "ARCHIVED"})


@dataclass(frozen=True)
class Resolved:
    """What looking up made of a publication.

    Attributes:
        publication: What is to be sent; None where nothing is.
        xero_id: The record's id, where nothing is to be sent.
        error: Why it cannot be sent.
        found: The record as Xero has it.
        fallback: What to send where Xero refuses the first: archive what cannot be deleted.
    """

    publication: Publication | None = None
    xero_id: str | None = None
    error: str | None = None
    found: Record | None = None
    fallback: Publication | None = None


def needs_lookup(publication: Publication) -> bool:
    """Whether a publication can only be sent after a look at what Xero has."""
    entity = publication.destination.entity
    if entity is None or entity.writing is None or publication.destination.child is not None:
        return False
    if publication.action is Action.REMOVE:
        return True
    writing = entity.writing
    has_no_post = Route.POST not in writing.routes
    return publication.action is Action.UPSERT and has_no_post and bool(publication.natural)


def existing(
    publications: Sequence[Publication], transport: Transport, subject: str
) -> list[list[Record]]:
    """For each publication the records that Xero has of it: none, one, or several.

    Args:
        publications: Publications to one entity.
        transport: The organisation's connection.
        subject: What the calls are counted under.

    Raises:
        XeroError: A call failed.
    """
    entity = publications[0].destination.entity
    assert entity is not None  # noqa: S101  # only entities are looked up
    lookup = Lookup(transport, entity, subject)
    ids = [p.record_id for p in publications if p.record_id]
    by_id = lookup.by_id(ids) if ids else {}
    wanted: dict[str, list[str]] = {}
    for publication in publications:
        if not publication.record_id and publication.natural:
            name, value = publication.natural[0]
            wanted.setdefault(name, []).append(value)
    by_field = {name: lookup.by_field(name, values) for name, values in wanted.items()}
    found: list[list[Record]] = []
    for publication in publications:
        if publication.record_id:
            record = by_id.get(publication.record_id.lower())
            found.append([record] if record is not None else [])
        elif publication.natural:
            name, value = publication.natural[0]
            there = by_field[name].get(value, [])
            # Something else may have the name of what is deleted by now.
            found.append([one for one in there if is_present(publication, one)] or there[:1])
        else:
            found.append([])
    return found


def is_present(publication: Publication, record: Record) -> bool:
    """Whether a record that Xero has of a publication is neither deleted nor archived."""
    writing = publication.destination.entity and publication.destination.entity.writing
    name = writing.removal.status_field if writing and writing.removal else "Status"
    return str(record.get(name) or "") not in GONE


def existing_or_refused(
    publications: Sequence[Publication], transport: Transport, subject: str
) -> list[list[Record] | RequestRefusedError]:
    """As ``existing``, with the refusal for those that Xero does not let anyone ask for.

    One of them spoils the question for all: it is cut in two until the culprit stands alone.

    Raises:
        XeroError: A call failed for a reason that is not the records'.
    """
    try:
        return [*existing(publications, transport, subject)]
    except RequestRefusedError as error:
        if len(publications) == 1:
            return [error]
    half = len(publications) // 2
    return [
        *existing_or_refused(publications[:half], transport, subject),
        *existing_or_refused(publications[half:], transport, subject),
    ]


def resolved(
    publications: Sequence[Publication], transport: Transport, subject: str
) -> list[Resolved]:
    """What is to be sent for publications that need a look-up.

    Raises:
        XeroError: A call failed for a reason that is not the records'.
    """
    found = existing_or_refused(publications, transport, subject)
    return [_resolved(one, there) for one, there in zip(publications, found, strict=True)]


def _resolved(publication: Publication, found: list[Record] | RequestRefusedError) -> Resolved:
    if isinstance(found, RequestRefusedError):
        return Resolved(error=str(found))
    if publication.action is Action.REMOVE:
        return _removal(publication, found)
    return _upsert(publication, found)


def _named(publication: Publication) -> str:
    return " ".join(f"{name} {value}" for name, value in publication.key.items())


def _removal(publication: Publication, records: Sequence[Record]) -> Resolved:
    entity = publication.destination.entity
    assert entity is not None  # noqa: S101  # only entities are removed this way
    writing = entity.writing
    assert writing is not None  # noqa: S101  # what cannot be written was refused before
    removal = writing.removal
    assert removal is not None  # noqa: S101  # what cannot be removed was refused before
    if not records:
        return Resolved(error=f"Xero has no {_named(publication)} among its {entity.name}")
    if len(records) > 1:
        problem = f"Xero has {len(records)} {entity.name} with {_named(publication)}: name an id"
        return Resolved(error=problem)
    record = records[0]
    record_id = str(record[entity.id_field or ""])
    present = str(record.get(removal.status_field) or "")
    if present in GONE:
        return Resolved(xero_id=record_id, found=record)
    status = removal.status_by_present.get(present, removal.otherwise)
    by_status = None
    if status is not None:
        by_status = _status_change(publication, entity, removal.route, record_id, status)
    if not removal.verb:
        return Resolved(by_status, found=record)
    verb = replace(
        publication,
        method="DELETE",
        path=f"{entity.path}/{record_id}",
        content=None,
        record_id=record_id,
        limit=1,
    )
    return Resolved(verb, found=record, fallback=by_status)


def _status_change(
    publication: Publication, entity: Entity, route: Route, record_id: str, status: str
) -> Publication:
    writing = entity.writing
    assert writing is not None  # noqa: S101  # the caller knows its removal
    assert writing.removal is not None  # noqa: S101  # the same
    sent: Mapping[str, str] = {
        entity.id_field or "": record_id,
        writing.removal.status_field: status,
    }
    path = f"{entity.path}/{record_id}" if route is Route.POST_ID else entity.path
    params = dict(publication.params)
    if route in writing.summarize_errors:
        params = {"summarizeErrors": "false"} | params
    return replace(
        publication,
        method="POST",
        path=path,
        params=tuple(sorted(params.items())),
        content=wire.encode(sent),
        sent=dict(sent),
        record_id=record_id,
        listed=not writing.bare,
        limit=1 if route in writing.single else publication.limit,
    )


def _upsert(publication: Publication, records: Sequence[Record]) -> Resolved:
    entity = publication.destination.entity
    assert entity is not None  # noqa: S101  # only entities are looked up
    writing = entity.writing
    assert writing is not None  # noqa: S101  # what cannot be written was refused before
    if not records:
        return Resolved(replace(publication, action=Action.CREATE))
    if len(records) > 1:
        problem = f"Xero has {len(records)} {entity.name} with {_named(publication)}: name an id"
        return Resolved(error=problem)
    record_id = str(records[0][entity.id_field or ""])
    if not writing.updates:
        return Resolved(xero_id=record_id, found=records[0])
    return Resolved(as_update(publication, record_id), found=records[0])


def as_update(publication: Publication, record_id: str) -> Publication:
    """What updates the record of an id with what a publication would create."""
    entity = publication.destination.entity
    assert entity is not None  # noqa: S101  # only entities have ids of their own
    route, action = write_route(entity, "POST", has_id=True)
    sent = {**publication.sent, entity.id_field or "": record_id}
    on_list = route is Route.POST
    return replace(
        publication,
        action=action,
        method=route.method,
        path=entity.path if on_list else f"{entity.path}/{record_id}",
        content=wire.encode(sent),
        sent=sent,
        record_id=record_id,
        limit=publication.limit if on_list else 1,
    )
