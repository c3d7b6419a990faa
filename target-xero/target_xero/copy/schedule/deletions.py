"""Finds what was deleted in the source without a trace, so that the copy deletes it too.

Xero deletes items, accounts, tracking options, group members and allocations for good: they just
are not listed any more (xero-facts.md: Change capture). Complete lists of the source, and records
with all that they contain, are compared with what the copy has created. Records that the copy has
found in the target are not removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.spool import SpooledRecord
from target_xero.copy.steps import CopyPlan, Payload, Phase, Step, StepKind, created_kind, text_of
from xero_client.entities.children import CHILDREN
from xero_client.entities.load_order import load_position
from xero_client.entities.table import ALLOCATIONS, BY_STREAM, ENTITIES
from xero_client.http import wire

# The streams of which a record that is not listed was removed, in the order in which records can
# be removed.
COMPLETE_STREAMS = tuple(
    sorted(
        (entity.stream for entity in ENTITIES if entity.loses_removed),
        key=load_position,
        reverse=True,
    )
)


@dataclass(frozen=True)
class NestedStream:
    """A kind of record that is contained in others.

    Attributes:
        parents: The streams of the records that contain it, each with the destination that
            removes it.
        id_field: Its id in that destination.
        phase: The phase in which it is removed.
    """

    parents: Mapping[str, str]
    id_field: str
    phase: Phase


NESTED_STREAMS: Mapping[str, NestedStream] = MappingProxyType(
    {
        "allocations": NestedStream(
            {
                child.parent.stream: child.title
                for child in CHILDREN.values()
                if child.name == ALLOCATIONS.name
            },
            "AllocationID",
            Phase.REMOVE_PAYMENTS,
        ),
        "group_members": NestedStream(
            {"contacts": "ContactGroups/Contacts"}, "ContactID", Phase.GROUP_MEMBERS
        ),
        "tracking_options": NestedStream(
            {"tracking_categories": "TrackingCategories/Options"},
            "TrackingOptionID",
            Phase.REMOVALS,
        ),
    }
)
_NESTED_IN = {
    parent: stream for stream, nested in NESTED_STREAMS.items() for parent in nested.parents
}


class SourceInventory:
    """The records of complete streams, and the records contained in others, that the source has."""

    def __init__(self, complete_streams: Mapping[str, int]) -> None:
        """Starts empty.

        Args:
            complete_streams: The streams that arrived completely, with the version of their
                records.
        """
        self._versions = {
            stream: complete_streams[stream]
            for stream in COMPLETE_STREAMS
            if stream in complete_streams
        }
        self._record_ids: dict[str, set[str]] = {stream: set() for stream in self._versions}
        self._nested_ids: dict[tuple[str, str], set[str]] = {}

    def add(self, spooled: SpooledRecord, plan: CopyPlan) -> None:
        """Adds a record of the source, with the steps that copy it."""
        nested = _NESTED_IN.get(spooled.stream)
        if spooled.stream not in self._versions and nested is None:
            return
        message = wire.decode(spooled.line)
        record_id = text_of(message["record"], BY_STREAM[spooled.stream].id_field or "")
        if self._versions.get(spooled.stream) == message.get("version") is not None:
            self._record_ids[spooled.stream].add(record_id)
        if nested is not None:
            nested_ids = {step.source_id for step in plan.steps if step.stream == nested}
            self._nested_ids[spooled.stream, record_id] = nested_ids

    def removals(self, ids: IdMap) -> Iterator[Step]:
        """The steps, with the target's ids, that remove what was copied and then deleted.

        Args:
            ids: The id map.
        """
        for stream in NESTED_STREAMS:
            yield from self._nested_removals(stream, ids)
        for stream in self._versions:
            removed = ids.target_ids(f"{stream}!REMOVED")
            entity = BY_STREAM[stream]
            for source_id, target_id in ids.target_ids(created_kind(stream)).items():
                if source_id not in self._record_ids[stream] and source_id not in removed:
                    record = {entity.id_field or "": target_id}
                    yield _removal(Phase.REMOVALS, entity.name, stream, source_id, record)

    def _nested_removals(self, nested_stream: str, ids: IdMap) -> Iterator[Step]:
        nested = NESTED_STREAMS[nested_stream]
        if not any(stream in nested.parents for stream, _ in self._nested_ids):
            return
        removed = ids.target_ids(f"{nested_stream}!REMOVED")
        target_ids = ids.target_ids(nested_stream)
        for source_id, parent in ids.target_ids(created_kind(nested_stream)).items():
            stream, _, parent_id = parent.partition(" ")
            present = self._nested_ids.get((stream, parent_id))
            if present is None or source_id in present or source_id in removed:
                continue
            keys = [(stream, parent_id)]
            if nested_stream == "group_members":
                keys.insert(0, ("contact_groups", source_id.partition(":")[0]))
            mappings = ids.find(keys)
            record = {
                BY_STREAM[key[0]].id_field or "": mappings[key].target_id
                for key in keys
                if key in mappings
            }
            record.setdefault(nested.id_field, target_ids.get(source_id, ""))
            if len(mappings) == len(keys) and all(record.values()):
                entity = nested.parents[stream]
                yield _removal(nested.phase, entity, nested_stream, source_id, record)


def _removal(phase: Phase, entity: str, stream: str, source_id: str, record: Payload) -> Step:
    return Step(phase, StepKind.REMOVE, entity, source_id, record, stream=stream)
