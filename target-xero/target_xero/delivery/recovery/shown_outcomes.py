"""The outcome of a record whose answer was never seen, from the records that Xero shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.delivery.outcomes import (
    Outcome,
    OutcomeKind,
    outcome_of_element,
    unknown_outcome,
)
from target_xero.lookup.existing_records import is_present
from target_xero.lookup.matching import contains
from xero_client.entities.fields import SHAPES


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
        publication.method == "PUT"
        and not is_file
        and any(is_present(publication, record) for record in records)
    ):
        # The record may be the one that was sent, if Xero shows it differently or somebody has
        # edited it. A POST is sent again and updates it. A second PUT would be refused, or would
        # create a duplicate.
        name = " ".join(publication.key.values())
        return unknown_outcome(f"Xero has {name} with other content than was sent: compare the two")
    return None


def _readable_fields(publication: Publication) -> Record:
    """The fields of a publication that Xero knows; it ignores all others."""
    destination = publication.destination
    if isinstance(destination, ChildDestination) or destination.shape is None:
        return publication.fields
    known = SHAPES[destination.shape]
    return {name: value for name, value in publication.fields.items() if name in known}
