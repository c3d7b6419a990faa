"""The order in which streams are published: first what others refer to.

An invoice names a contact, a payment names an invoice (xero-facts.md: Writing by entity).
"""

from __future__ import annotations

from typing import NamedTuple

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
)
from target_xero.build.destinations.names import destination_of
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.entity import LoadLayer
from xero_client.entities.load_order import load_layer


class LoadPosition(NamedTuple):
    """The place of a stream in the load order; records at one place keep their order.

    Attributes:
        removes: Whether its records are removed, in the opposite order.
        place: Its place among creations, or among removals.
        destination: Where its records go.
    """

    removes: bool
    place: int
    destination: str


def load_position(rule: StreamRule) -> LoadPosition:
    """The place of a stream in the load order, by its settings."""
    destination = destination_of(rule.entity, rule.path)
    removes = rule.method == "DELETE"
    place = _place_of(destination)
    return LoadPosition(removes, -place if removes else place, destination.name)


def _place_of(destination: Destination) -> int:
    if isinstance(destination, EntityDestination):
        return load_layer(destination.entity)
    if isinstance(destination, ChildDestination):
        # A document may create the contact that is a member of a group, so others come last.
        is_early = destination.child.precedes_contacts
        return LoadLayer.CHART_PARTS if is_early else LoadLayer.CHILDREN
    # What a path that the entity table does not have refers to is not known: it comes last.
    return LoadLayer.CHILDREN + 1
