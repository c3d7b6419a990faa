"""Finds allocations and tracking options that are to be removed, and that do not give their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.parents import PARENT_PLACE
from target_xero.build.references.record_references import OWN_PLACE
from target_xero.lookup.existing_records import Lookup
from target_xero.lookup.matching import contains
from target_xero.lookup.named_records.completed import Completed
from target_xero.lookup.named_records.expected_records import ExpectedRecords
from xero_client.http.transport import Transport


def is_sought(publication: Publication) -> bool:
    """Whether the child itself is to be looked up in its parent, whose id is known."""
    return OWN_PLACE in publication.path and PARENT_PLACE not in publication.path


def with_own_ids(
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
    expected: ExpectedRecords,  # noqa: ARG001  # as of the other look-ups
) -> list[Completed]:
    """The publications with the ids of their children; those that have one stay as they are.

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
    parent_id = publication.parent_id
    parent = parents.get(parent_id.lower(), {})
    children: Sequence[Record] = parent.get(destination.key) or []
    found = [child for child in children if contains(child, publication.fields)]
    id_field = destination.id_field or ""
    if len(found) == 1 and found[0].get(id_field):
        own_id = str(found[0][id_field])
        path = publication.path.replace(OWN_PLACE, own_id, 1)
        return Completed(replace(publication, path=path, record_id=own_id))
    what = ", ".join(f"{name} {_shown(value)}" for name, value in publication.fields.items())
    problem = f"{publication.parent} has {len(found) or 'no'} {destination.key} with {what}"
    return Completed(problem=f"{problem}: give the {id_field}")


def _shown(value: Any) -> str:  # noqa: ANN401  # a value of a record
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)
