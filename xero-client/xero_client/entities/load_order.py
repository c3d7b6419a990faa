"""The load order of streams: records come before those that refer to them."""

from __future__ import annotations

from xero_client.entities.entity import LoadLayer
from xero_client.entities.table import ALL_BY_STREAM, BY_STREAM, Entity

# After all layers.
_LAST = 999


def load_layer(entity: Entity) -> int:
    """The place of an entity in the order; entities in one place do not refer to each other."""
    if entity.load_layer is not None:
        return entity.load_layer
    if entity.parent is None:
        return LoadLayer.API_SETTINGS
    return load_layer(ALL_BY_STREAM[entity.parent.stream]) + 1


def load_position(stream: str) -> tuple[int, str]:
    """The position of a stream in the order, as a sort key.

    Streams that are not those of the Accounting API's entities come last, by name.
    """
    entity = BY_STREAM.get(stream)
    return (_LAST if entity is None else load_layer(entity)), stream
