"""What the publish log has published under a record's subject: its id in Xero, or a reason to stop.

A bill, a bank transaction or a journal has no number by which Xero finds it. If the log has
published a record under a subject before, another record with this subject is a new version of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.contents.bodies import content_of
from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import missing_key_problem
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, LogEntry, PublishLog
from target_xero.lookup.resolution import as_update
from xero_client.entities.table import WriteSpec
from xero_client.entities.write_spec import Body
from xero_client.http.transport import JSON


class Recognised(Struct, frozen=True):
    """An item, with what the publish log knows of its subject.

    Attributes:
        item: The item; it updates or removes the record that was published before, if any.
        unresolved: Requests of other versions of the record whose outcome is not known.
        problem: Why it must not be sent.
        is_removed: Whether it removes a record that the log has removed already, also if another
            record has its number by now.
        replaced_number: The hash of the number that the record was published with before, if this
            item gives it another one.
    """

    item: Item
    unresolved: tuple[LogEntry, ...] = ()
    problem: str | None = None
    is_removed: bool = False
    replaced_number: str | None = None


def recognised(items: Sequence[Item], log: PublishLog) -> list[Recognised]:
    """The items, with what the log knows of their subjects.

    Args:
        items: Items as they came.
        log: The publish log.
    """
    entries = log.of_subjects(
        [item.identity for item in items if item.identity],
        [item.document for item in items if item.document],
    )
    by_subject: dict[str, list[LogEntry]] = {}
    for entry in entries:
        for subject in {entry.identity, entry.document} - {None}:
            by_subject.setdefault(str(subject), []).append(entry)
    # A removal of the record by its id is of all subjects that the record was published under.
    begun = log.begun_by_id([entry for entry in entries if entry.state == PUBLISHED])
    for of_subject in by_subject.values():
        of_subject += [each for entry in of_subject for each in begun.get(entry.fingerprint, ())]
    returning = _removed_by_id(items, by_subject, log)
    return [
        _recognised(_restored(item) if item.fingerprint in returning else item, by_subject)
        for item in items
    ]


def _removed_by_id(
    items: Sequence[Item], by_subject: Mapping[str, Sequence[LogEntry]], log: PublishLog
) -> frozenset[str]:
    """The fingerprints of items that come back after a removal that knew only the id.

    Such a removal is that of the setting ``mirror``, or of an input that has the id.
    """
    unknown = [
        item
        for item in items
        if item.may_be_archived
        and not any(_published_in(by_subject.get(subject, ())) for subject in item.subjects)
    ]
    identities = [item.identity for item in unknown if item.identity]
    documents = [item.document for item in unknown if item.document]
    removed = log.removed_by_id(identities, documents).keys()
    return frozenset(item.fingerprint for item in unknown if not removed.isdisjoint(item.subjects))


def _recognised(item: Item, by_subject: dict[str, list[LogEntry]]) -> Recognised:
    if not any(subject in by_subject for subject in item.subjects) and not _lacks_id(item):
        return Recognised(item)
    of_subject = [by_subject.get(subject, []) for subject in item.subjects]
    others = {
        entry.fingerprint: entry
        for entries in of_subject
        for entry in entries
        if entry.state == INTENDED and entry.fingerprint != item.fingerprint
    }
    unresolved = tuple(others.values())
    published = [_published_in(entries) for entries in of_subject]
    if _is_of_another(item, published):
        return Recognised(item, unresolved, is_removed=True)
    was_removed = any(entry is not None and entry.removes for entry in published)
    if was_removed:
        item = _restored(item)
    if not item.follows_key or isinstance(item.publication.destination, ChildDestination):
        return Recognised(item, unresolved, _missing_key(item))
    # The ids by its key and by its number; both are there only if they are different subjects.
    ids = {
        entry.xero_id.lower(): entry.xero_id
        for entry in published
        if entry is not None and entry.xero_id and not entry.removes
    }
    known = _with_id(item, unresolved, list(ids.values()), was_removed=was_removed)
    numbers = (entry.document for entry in published if entry is not None and not entry.removes)
    replaced = next((n for n in numbers if n and n not in item.subjects), None)
    return known if item.removes else replace(known, replaced_number=replaced)


def _is_of_another(item: Item, published: Sequence[LogEntry | None]) -> bool:
    """Whether its source has deleted a record whose number or name another one has by now.

    A row that is marked as deleted comes again in each run. What it was is removed already, and the
    other one must stay.
    """
    if not (item.removes and item.provenance.is_deleted and item.source_key):
        return False
    return any(
        entry is not None and not entry.removes and entry.source_key not in (None, item.source_key)
        for entry in published
    )


def _restored(item: Item) -> Item:
    """An item that makes its record active again, if its removal has archived it.

    Without that, Xero would change the record and leave it archived.
    """
    publication = item.publication
    destination = publication.destination
    if not item.may_be_archived or not isinstance(destination, EntityDestination):
        return item
    removal = destination.writing.removal
    assert removal is not None  # noqa: S101  # its records may be archived
    fields = {removal.status_field: "ACTIVE", **publication.fields}
    content = content_of(destination.entity, destination.writing, fields)
    return replace(item, publication=replace(publication, fields=fields, content=content))


def _published_in(entries: Sequence[LogEntry]) -> LogEntry | None:
    return next((entry for entry in entries if entry.state == PUBLISHED), None)


def _with_id(
    item: Item, unresolved: tuple[LogEntry, ...], ids: Sequence[str], *, was_removed: bool
) -> Recognised:
    publication, action = item.publication, item.publication.action
    destination = publication.destination
    if not isinstance(destination, EntityDestination) or publication.key:
        return Recognised(item, unresolved)
    if len(ids) > 1:
        problem = (
            f"its key was published as {ids[0]}, and {item.subject_name} as {ids[1]}: correct "
            "the key or the number"
        )
        return Recognised(item, unresolved, problem)
    if action is Action.REMOVE:
        return _removal(item, ids, was_removed=was_removed)
    if not ids:
        return Recognised(item, unresolved)
    obstacle = _obstacle(item, destination.writing, ids[0])
    if obstacle is None and action is Action.UPSERT:
        update = as_update(destination, publication, ids[0])
        item = _locked(replace(item, publication=update))
    return Recognised(item, unresolved, obstacle)


def _removal(item: Item, ids: Sequence[str], *, was_removed: bool) -> Recognised:
    publication = item.publication
    if ids:
        return Recognised(
            _locked(replace(item, publication=replace(publication, record_id=ids[0])))
        )
    if was_removed:
        return Recognised(item, is_removed=True)
    return Recognised(item, problem=_missing_key(item))


def _obstacle(item: Item, writing: WriteSpec, record_id: str) -> str | None:
    """Why an item must not be sent, if the log has published its subject with other content."""
    name = item.publication.destination.name
    if not writing.updates:
        return (
            f"{record_id} was published under this key with other content, and Xero cannot change "
            f"{name}: remove that one first, or give this record a key of its own"
        )
    if writing.body is Body.FILE and item.publication.content_type != JSON:
        return (
            f"{record_id} was published under this key, and Xero cannot replace the content of a "
            "file: remove that one first, or give this record a key of its own"
        )
    if item.publication.action is Action.CREATE and item.document is not None:
        return (
            f"{item.subject_name} was published as {record_id} with other content, and PUT only "
            "creates: use POST to change it"
        )
    return None


def _lacks_id(item: Item) -> bool:
    """Whether it removes a record of which only the log can know the id."""
    is_of_entity = isinstance(item.publication.destination, EntityDestination)
    return is_of_entity and item.removes and not item.publication.key


def _missing_key(item: Item) -> str | None:
    """Why a removal cannot find its record; None if it has what Xero finds it by."""
    publication = item.publication
    destination = publication.destination
    if not isinstance(destination, EntityDestination) or not _lacks_id(item):
        return None
    problem = missing_key_problem(destination.writing, publication.fields)
    return f"{problem}, and the publish log has not published a record with this key"


def _locked(item: Item) -> Item:
    publication = item.publication
    lock = f"{publication.destination.name}/{str(publication.record_id).lower()}"
    return replace(item, locks=item.locks | {lock})
