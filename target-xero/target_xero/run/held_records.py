"""Records that wait so that streams that come in turn leave in whole batches, in load order.

The rule. Records are held until it is clear how the streams come, and leave

- when as many as fit in one look-up of the publish log have come and all of them go to one place:
  the streams come one after the other, and further records to this place are not held;
- when a bound is reached: a number of records, their size, or the time since the first one;
- before a stream that removes records, if the held ones do not, and the other way round;
- at an ACTIVATE_VERSION message, and at the end of the input.

Then all of them leave: what others refer to first, and each place only when the records of the
place before it have their results. The records of a stream keep their order. A STATE message does
not release records, because taps write one after each record or each parent; it is passed on when
the records before it have their results.

A record that comes before the one that it refers to is published after it if both are held at the
same time. Records are held in memory, within the bounds; they are not written to the state
database, because more than the bounds allow would not make the batches fuller.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from msgspec import Struct

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance
from target_xero.build.streams.load_order import LoadPosition

# From so many records to one place on, they are not held for others.
MAX_OF_ONE_PLACE = 200
MAX_RECORDS = 5_000
# The size of the messages and of what is sent.
MAX_BYTES = 16_000_000
MAX_SECONDS = 30.0


class HeldRecord(Struct, frozen=True):
    """A record that waits.

    Attributes:
        publication: What is published.
        provenance: Where it comes from.
    """

    publication: Publication
    provenance: Provenance

    @property
    def size(self) -> int:
        """Its size in bytes: its messages, and what is sent."""
        return sum(map(len, self.provenance.messages)) + len(self.publication.content or b"")


class HeldRecords:
    """The records that wait, by their position in the load order."""

    def __init__(self) -> None:
        self._by_position: dict[LoadPosition, list[HeldRecord]] = {}
        self._count = 0
        self._size = 0
        self._since = 0.0

    def __len__(self) -> int:
        return self._count

    @property
    def must_leave(self) -> bool:
        """Whether the records must leave now."""
        if not self._count:
            return False
        return (
            (self._count >= MAX_OF_ONE_PLACE and len(self._by_position) == 1)
            or self._count >= MAX_RECORDS
            or self._size >= MAX_BYTES
            or time.monotonic() - self._since >= MAX_SECONDS
        )

    def fits(self, position: LoadPosition) -> bool:
        """Whether records at a position may wait with the others: not removals with creations."""
        return all(held.removes == position.removes for held in self._by_position)

    def add(self, position: LoadPosition, record: HeldRecord) -> None:
        """Holds a record."""
        if not self._count:
            self._since = time.monotonic()
        self._by_position.setdefault(position, []).append(record)
        self._count += 1
        self._size += record.size

    def take(self) -> Iterator[tuple[LoadPosition, list[HeldRecord]]]:
        """Takes all records out, in the load order."""
        by_position, self._by_position = self._by_position, {}
        self._count = self._size = 0
        # Positions at the same place stay in the order in which they came.
        for position in sorted(by_position, key=lambda found: (found.removes, found.place)):
            yield position, by_position.pop(position)
