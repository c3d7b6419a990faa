"""A collection of generated records, with an overlay of the records that were written."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from datetime import datetime
from typing import Literal

from xero_sandbox.generated.generator import RecordGenerator
from xero_sandbox.http.xero_json import milliseconds
from xero_sandbox.model.organisation import ID_FIELDS, Record, index_key

Order = Literal["id", "updated"]
Reference = int | str
"""An index of the generator, or the id of a record in the overlay."""

_EPOCH_START = -(1 << 62)
_FRAGMENT_BYTES = 192 * 1024 * 1024


class _InUpdateOrder(Sequence[Reference]):
    """Indices in the order of update from a rank on, without a list in memory."""

    def __init__(self, generator: RecordGenerator, first_rank: int) -> None:
        self._generator = generator
        self._ranks = range(first_rank, generator.count)

    def __len__(self) -> int:
        return len(self._ranks)

    def __getitem__(self, position: int | slice) -> Reference | Sequence[Reference]:  # type: ignore[override]  # one overload for both
        if isinstance(position, slice):
            return [self._generator.index_at(rank) for rank in self._ranks[position]]
        return self._generator.index_at(self._ranks[position])


class GeneratedCollection(MutableMapping[str, Record]):
    """The records of a generator, with an overlay of edited, added and removed records."""

    def __init__(self, generator: RecordGenerator) -> None:
        self.generator = generator
        self.version = 0
        self._overlay: dict[str, Record] = {}
        self._replaced: set[int] = set()
        self._id_field = ID_FIELDS[generator.entity]
        self._fragments: dict[tuple[int, tuple[Reference, ...]], bytes] = {}
        self._last_order: tuple[tuple[object, ...], Sequence[Reference]] | None = None

    def __getitem__(self, record_id: str) -> Record:
        if record_id in self._overlay:
            return self._overlay[record_id]
        index = self._index(record_id)
        if index is None:
            raise KeyError(record_id)
        return self.generator.record(index)

    def __setitem__(self, record_id: str, record: Record) -> None:
        index = self.generator.index_of(record_id)
        if index is not None:
            self._replaced.add(index)
        self._overlay[record_id] = record
        self.version += 1

    def __delitem__(self, record_id: str) -> None:
        index = self.generator.index_of(record_id)
        if record_id not in self:
            raise KeyError(record_id)
        self._overlay.pop(record_id, None)
        if index is not None:
            self._replaced.add(index)
        self.version += 1

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._overlay or (
            isinstance(record_id, str) and self._index(record_id) is not None
        )

    def __iter__(self) -> Iterator[str]:
        for index in range(self.generator.count):
            record_id = self.generator.id_of(index)
            if index not in self._replaced or record_id in self._overlay:
                yield record_id
        for record_id in self._overlay:
            if self.generator.index_of(record_id) is None:
                yield record_id

    def __len__(self) -> int:
        return self.generator.count - len(self._replaced) + len(self._overlay)

    def find(self, path: str, value: str) -> list[Record]:
        """Records whose text under ``path`` is ``value``, whatever its case."""
        wanted = value.strip().casefold()
        candidates = self.generator.lookups.get(path)
        indices = candidates(wanted) if candidates is not None else range(self.generator.count)
        generated = (
            self.generator.record(index) for index in indices if index not in self._replaced
        )
        records = (*generated, *self._overlay.values())
        return [record for record in records if index_key(record, path) == wanted]

    def record(self, reference: Reference) -> Record:
        """The record of a reference."""
        if isinstance(reference, int):
            return self.generator.record(reference)
        return self._overlay[reference]

    def fragment(
        self, references: Sequence[Reference], encode: Callable[[Record], bytes]
    ) -> list[bytes]:
        """The JSON text of a page; it is cached for the next request of the same page.

        Args:
            references: The records of the page.
            encode: Encodes a record of the overlay.
        """
        if not references:
            return []
        key = (self.version, tuple(references))
        joined = self._fragments.pop(key, None)
        if joined is None:
            joined = b",".join(
                self.generator.text(reference)
                if isinstance(reference, int)
                else encode(self._overlay[reference])
                for reference in references
            )
        self._fragments[key] = joined
        while sum(map(len, self._fragments.values())) > _FRAGMENT_BYTES:
            del self._fragments[next(iter(self._fragments))]
        return [joined]

    def in_order(
        self, order: Order, since: datetime | None, listed: Callable[[Record], bool]
    ) -> Sequence[Reference]:
        """References to all records in an order, without generating them.

        Args:
            order: By id, or by the time of the last change.
            since: Only records that changed at that time or later.
            listed: Whether a record of the overlay is listed; all generated ones are.
        """
        key = (self.version, order, since, all(map(listed, self._overlay.values())))
        if self._last_order is not None and self._last_order[0] == key:
            return self._last_order[1]
        bound = milliseconds(since) if since is not None else _EPOCH_START
        references = self._base(order, bound)
        if self._replaced or self._overlay:
            references = self._with_overlay(references, order, bound, listed)
        self._last_order = (key, references)
        return references

    def _index(self, record_id: str) -> int | None:
        index = self.generator.index_of(record_id)
        return None if index in self._replaced else index

    def _base(self, order: Order, bound: int) -> Sequence[Reference]:
        generator = self.generator
        first = bisect_left(range(generator.count), bound, key=generator.updated_ms_at)
        if order == "updated":
            return _InUpdateOrder(generator, first)
        if first == 0:
            return range(generator.count)
        return [index for index in range(generator.count) if generator.updated_ms(index) >= bound]

    def _with_overlay(
        self,
        base: Sequence[Reference],
        order: Order,
        bound: int,
        listed: Callable[[Record], bool],
    ) -> list[Reference]:
        references: list[Reference] = [
            reference for reference in base if reference not in self._replaced
        ]
        sort_key = self._id if order == "id" else self._change
        for record_id, record in self._overlay.items():
            if milliseconds(record["UpdatedDateUTC"]) >= bound and listed(record):
                insort(references, record_id, key=sort_key)
        return references

    def _id(self, reference: Reference) -> str:
        return self.generator.id_of(reference) if isinstance(reference, int) else reference

    def _change(self, reference: Reference) -> tuple[int, str]:
        if isinstance(reference, int):
            return self.generator.updated_ms(reference), self.generator.id_of(reference)
        return milliseconds(self._overlay[reference]["UpdatedDateUTC"]), reference
