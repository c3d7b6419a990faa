"""The records in the target among which a copy searches for what it has sent.

A payment or a bank transaction has no number. During a copy, a record with the same content is the
record that was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from target_xero.build.destinations.destination import EntityDestination, RawDestination
from target_xero.build.publications.publication import Publication
from target_xero.delivery.organisations import ConnectedOrganisation
from target_xero.lookup.content_search import (
    Candidates,
    ContentSearch,
    is_found_in_parent,
    listed_with,
)
from target_xero.lookup.existing_records import Lookup
from target_xero.lookup.lists import every_record
from xero_client.http.transport import Transport


def content_search_of(organisation: ConnectedOrganisation) -> ContentSearch:
    """The search that a copy gives to the steps that create records.

    Args:
        organisation: The target.
    """
    candidates = partial(_candidates, organisation.transport)
    return ContentSearch(candidates, organisation.log.published_ids)


def _candidates(transport: Transport, publication: Publication, _since: float) -> Candidates:
    """The records of an entity; the children of one kind that a parent has."""
    destination = publication.destination
    if isinstance(destination, EntityDestination) and destination.entity.is_of_other_api:
        return listed_with(transport, publication)
    if isinstance(destination, EntityDestination):
        return every_record(transport, destination.name)
    if isinstance(destination, RawDestination):
        return ()  # Xero has no list of them
    if is_found_in_parent(publication):
        return listed_with(transport, publication)
    parent_id = publication.parent_id
    lookup = Lookup(transport, destination.parent, destination.name)
    parent = lookup.by_id([parent_id]).get(parent_id.lower(), {})
    children: list[Mapping[str, object]] = parent.get(destination.key) or []
    return children
