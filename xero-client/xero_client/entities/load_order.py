"""The load order of streams: records come before those that refer to them."""

from __future__ import annotations

from xero_client.entities.table import BY_STREAM, ENTITIES

# After all layers.
_LAST = 999


def load_position(stream: str) -> tuple[int, str]:
    """The position of a stream in the order, as a sort key; unknown streams come last, by name."""
    entity = BY_STREAM.get(stream)
    layer = entity.load_layer if entity is not None else None
    return (_LAST if layer is None else layer), stream


STREAM_ORDER: tuple[str, ...] = tuple(
    sorted((entity.stream for entity in ENTITIES), key=load_position)
)
