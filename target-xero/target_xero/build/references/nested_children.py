"""Children that stand in a record, such as the options of a tracking category.

Xero does not take them with the record: each kind has a path of its own, and so a stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities.children import CHILDREN
from xero_client.entities.table import BY_TITLE


def nested_children_left_out(payload: Record, entity_name: str, *, ignore: bool) -> tuple[str, ...]:
    """The children in a record that are not published with it.

    Args:
        payload: The record with Xero's fields.
        entity_name: Its entity.
        ignore: Whether they are left out.

    Raises:
        InvalidRecordError: There are children, and ``ignore`` is false.
    """
    streams = _streams(entity_name)
    if not streams:
        return ()
    problems = [
        f"{field!r} cannot be published with the record: publish them to the stream {stream!r}"
        for field, stream in streams.items()
        if payload.get(field) not in (None, "", [], "[]")
    ]
    if problems and not ignore:
        hint = "leave them out, or set 'unknown_columns' to 'ignore'"
        raise InvalidRecordError([*problems[:-1], f"{problems[-1]}; {hint}"])
    return tuple(f"{problem}; they were left out" for problem in problems)


@lru_cache(maxsize=128)
def _streams(entity_name: str) -> Mapping[str, str]:
    """The streams of the children that an entity's records show, by their field."""
    entity = BY_TITLE[entity_name]
    read_only = entity.read_only if entity.writing is not None else ()
    # Files have only a name here, and no content.
    return {
        child.key: f"{entity.stream}_{child.name.lower()}"
        for child in CHILDREN.values()
        if child.parent == entity and child.key in read_only and child.name != "Attachments"
    }
