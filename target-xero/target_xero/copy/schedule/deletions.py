"""What has left the source without a trace, so that it leaves the copy as well (xero-facts.md: Change capture).

Xero deletes items, accounts, options, group members and allocations for good: they are just no
longer listed. So the source's lists that came whole, and the records that came with their parts,
are held against what the copy has made of them. What the copy found there and only matched stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.spool import Row
from target_xero.copy.steps import Kind, Phase, Plan, Record, Step, made_memory, text_of
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import BY_NAME, BY_STREAM
from xero_client.http import wire
from xero_client.http.transport import Transport

# Lists that tap-xero reads whole, in the order in which their records can go.
WHOLE = ("linked_transactions", "items", "contact_groups", "tracking_categories", "accounts")


@dataclass(frozen=True)
class Part:
    """A kind of record that lives inside others.

    Attributes:
        parents: The streams of what it lives in, with the destination that removes it.
        id_field: What identifies it there.
        phase: When it is removed.
    """

    parents: Mapping[str, str]
    id_field: str
    phase: Phase


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "allocations": Part(
            {
                "credit_notes": "CreditNotes/Allocations",
                "overpayments": "Overpayments/Allocations",
                "prepayments": "Prepayments/Allocations",
            },
            "AllocationID",
            Phase.REMOVE_PAYMENTS,
        ),
        "group_members": Part(
            {"contacts": "ContactGroups/Contacts"}, "ContactID", Phase.GROUP_MEMBERS
        ),
        "tracking_options": Part(
            {"tracking_categories": "TrackingCategories/Options"},
            "TrackingOptionID",
            Phase.REMOVALS,
        ),
    }
)
_PART_OF = {parent: kind for kind, part in PARTS.items() for parent in part.parents}


class Census:
    """Which records of whole lists came, and which parts the others have."""

    def __init__(self, whole: Mapping[str, int]) -> None:
        """Starts with nothing.

        Args:
            whole: The streams whose lists came whole, with the version of their records.
        """
        self._whole = {stream: whole[stream] for stream in WHOLE if stream in whole}
        self._came: dict[str, set[str]] = {stream: set() for stream in self._whole}
        self._parts: dict[tuple[str, str], set[str]] = {}

    def note(self, row: Row, plan: Plan) -> None:
        """Takes a record, and what is made of it."""
        kind = _PART_OF.get(row.stream)
        if row.stream not in self._whole and kind is None:
            return
        message = wire.decode(row.line)
        record_id = text_of(message["record"], BY_STREAM[row.stream].id_field or "")
        if self._whole.get(row.stream) == message.get("version") is not None:
            self._came[row.stream].add(record_id)
        if kind is not None:
            made = {step.source_id for step in plan.steps if step.stream == kind}
            self._parts[row.stream, record_id] = made

    def gone(self, ids: IdMap) -> Iterator[Step]:
        """The removals of what was copied and is no longer there, with the target's ids.

        Args:
            ids: What earlier runs have made.
        """
        for kind in PARTS:
            yield from self._parts_gone(kind, ids)
        for stream in self._whole:
            removed = ids.kind(f"{stream}!REMOVED")
            entity = BY_STREAM[stream]
            for source_id, target_id in ids.kind(made_memory(stream)).items():
                if source_id not in self._came[stream] and source_id not in removed:
                    record = {entity.id_field or "": target_id}
                    yield _removal(Phase.REMOVALS, entity.name, stream, source_id, record)

    def _parts_gone(self, kind: str, ids: IdMap) -> Iterator[Step]:
        if not any(stream in PARTS[kind].parents for stream, _ in self._parts):
            return
        removed, target_ids = ids.kind(f"{kind}!REMOVED"), ids.kind(kind)
        for source_id, parent in ids.kind(made_memory(kind)).items():
            stream, _, parent_id = parent.partition(" ")
            left = self._parts.get((stream, parent_id))
            if left is None or source_id in left or source_id in removed:
                continue
            if kind == "group_members":
                places = [("contact_groups", source_id.partition(":")[0]), (stream, parent_id)]
            else:
                places = [(stream, parent_id)]
            known = ids.find(places)
            record = {
                BY_STREAM[place[0]].id_field or "": known[place].target_id
                for place in places
                if place in known
            }
            record.setdefault(PARTS[kind].id_field, target_ids.get(source_id, ""))
            entity = PARTS[kind].parents[stream]
            if len(known) == len(places) and all(record.values()):
                yield _removal(PARTS[kind].phase, entity, kind, source_id, record)


def _removal(phase: Phase, entity: str, stream: str, source_id: str, record: Record) -> Step:
    return Step(phase, Kind.REMOVE, entity, stream, source_id, record)


def is_gone(transport: Transport, step: Step) -> bool:
    """Whether the target no longer has a record that is to be removed.

    Raises:
        XeroError: It cannot be read.
    """
    entity = BY_NAME.get(step.entity)
    if entity is None:
        return False  # a part: its removal is asked for as it stands
    record_id = text_of(step.payload, entity.id_field or "")
    return not Lookup(transport, entity, step.stream).by_id([record_id])
