"""Finds children in their parent: those to be removed without an id, and those that exist already.

An option has a name that only one option of its category can have, and a contact is a member of a
group once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication, text_of
from target_xero.build.records import Record
from target_xero.build.references.parents import PARENT_PLACE
from target_xero.build.references.record_references import OWN_PLACE
from target_xero.lookup.existing_records import Lookup
from target_xero.lookup.matching import contains, same_text
from target_xero.lookup.named_records.completed import Completed
from target_xero.lookup.named_records.expected_records import ExpectedRecords
from xero_client.http.transport import Transport


def is_sought(publication: Publication) -> bool:
    """Whether the child itself is to be looked up in its parent, whose id is known."""
    if PARENT_PLACE in publication.path:
        return False
    return OWN_PLACE in publication.path or publication.unique_in_parent is not None


def with_own_ids(
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
    expected: ExpectedRecords,  # noqa: ARG001  # as of the other look-ups
) -> list[Completed]:
    """The publications with the ids of their children; those that have one stay as they are.

    A child that is to be created, and that the parent has already, is changed, or has no change.

    Args:
        publications: Children of one kind; what they name has its ids.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.
        expected: Not used: what a run creates, it does not remove by its content.

    Raises:
        XeroError: A look-up failed.
    """
    sought = [publication for publication in publications if is_sought(publication)]
    parents: dict[str, Record] = {}
    if sought and isinstance(sought[0].destination, ChildDestination):
        lookup = Lookup(transport, sought[0].destination.parent, subject)
        parents = lookup.by_id(publication.parent_id for publication in sought)
    return [
        _found(publication, parents) if is_sought(publication) else Completed(publication)
        for publication in publications
    ]


def _found(publication: Publication, parents: dict[str, Record]) -> Completed:
    destination = publication.destination
    parent = parents.get(publication.parent_id.lower(), {})
    children: Sequence[Record] = parent.get(destination.key) or []
    if OWN_PLACE not in publication.path:
        return _existing(publication, children)
    found = [child for child in children if contains(child, publication.fields)]
    id_field = destination.id_field or ""
    if len(found) == 1 and found[0].get(id_field):
        own_id = str(found[0][id_field])
        path = publication.path.replace(OWN_PLACE, own_id, 1)
        return Completed(replace(publication, path=path, record_id=own_id))
    what = ", ".join(f"{name} {_shown(value)}" for name, value in publication.fields.items())
    problem = f"{publication.parent} has {len(found) or 'no'} {destination.key} with {what}"
    return Completed(problem=f"{problem}: give the {id_field}")


def _existing(publication: Publication, children: Sequence[Record]) -> Completed:
    """A child that is to be created: as it is, or as a change of the one that exists."""
    destination = publication.destination
    name, wanted = publication.unique_in_parent or ("", "")
    found = next((c for c in children if same_text(text_of(c, name) or "", wanted)), {})
    own_id = text_of(found, destination.id_field)
    if own_id is None:
        return Completed(publication)
    if contains(found, publication.fields):
        return Completed(publication, existing_id=own_id)
    if publication.overwrite is not None:
        has = f"{publication.parent} has {name} {wanted} already, {destination.id_field} {own_id}"
        advice = f"to change it, give the {destination.id_field}, or use POST and 'overwrite' any"
        return Completed(problem=f"{has}: {advice}")
    return Completed(
        replace(
            publication,
            action=Action.UPDATE,
            method="POST",
            path=f"{publication.path}/{own_id}",
            record_id=own_id,
        )
    )


def _shown(value: Any) -> str:  # noqa: ANN401  # a value of a record
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)
