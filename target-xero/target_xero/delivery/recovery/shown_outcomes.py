"""The outcome of a record whose answer was never seen, from the records that Xero shows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.delivery.items import Item
from target_xero.delivery.responses.outcomes import (
    Outcome,
    OutcomeKind,
    outcome_of_element,
    unknown_outcome,
)
from target_xero.lookup.existing_records import is_present
from target_xero.lookup.matching import contains
from target_xero.lookup.resolution import resolution_of
from xero_client.entities.shapes import SHAPES


def shown_by(item: Item, records: Sequence[Record]) -> tuple[Item, Outcome | None]:
    """The outcome of an item, if Xero's records show that it was, or may have been, saved.

    Args:
        item: What was sent.
        records: The records that Xero has under its id or name.

    Returns:
        The item in the form in which it can be sent again, and the outcome.
    """
    if not item.removes:
        return item, _outcome_of_writing(item.publication, records)
    if not records:
        return item, Outcome(OutcomeKind.PUBLISHED, item.publication.record_id)
    return _shown_by_one_to_remove(item, records)


def _shown_by_one_to_remove(item: Item, records: Sequence[Record]) -> tuple[Item, Outcome | None]:
    publication, destination = item.publication, item.publication.destination
    if not isinstance(destination, EntityDestination):
        return item, None
    if publication.record_id is None:
        # It may be another record by now.
        return item, unknown_outcome(f"Xero has {' '.join(publication.key.values())} now")
    resolution = resolution_of(destination, publication, list(records))
    if resolution.error is not None:
        return item, unknown_outcome(resolution.error)
    if resolution.publication is None:
        return item, Outcome(OutcomeKind.PUBLISHED, resolution.xero_id, response=records[0])
    sent, fallback = resolution.publication, resolution.fallback
    return replace(item, publication=sent, fallback=fallback), None


def _outcome_of_writing(publication: Publication, records: Sequence[Record]) -> Outcome | None:
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
