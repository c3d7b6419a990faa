"""A collection whose records are made when asked for; what is written to it lies on top."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from datetime import datetime
from typing import Literal

from xero_sandbox.generated.makers import Maker
from xero_sandbox.organisation import ID_FIELDS, Record, index_key
from xero_sandbox.wire import milliseconds

Order = Literal["id", "updated"]
Reference = int | str
"""An index of the maker, or the id of a record that lies on top."""

_EPOCH_START = -(1 << 62)
_FRAGMENT_BYTES = 192 * 1024 * 1024


class _InUpdateOrder(Sequence[Reference]):
    """Indices in the order of update, from a rank on, without a list of them."""

    def __init__(self, maker: Maker, first_rank: int) -> None:
        self._maker = maker
        self._ranks = range(first_rank, maker.count)

    def __len__(self) -> int:
        return len(self._ranks)

    def __getitem__(self, position: int | slice) -> Reference | Sequence[Reference]:  # type: ignore[override]  # both at once
        if isinstance(position, slice):
            return [self._maker.index_at(rank) for rank in self._ranks[position]]
        return self._maker.index_at(self._ranks[position])


class GeneratedCollection(MutableMapping[str, Record]):
    """The records of a maker, with an overlay of records that were edited, added or removed."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.version = 0
        self._overlay: dict[str, Record] = {}
        self._replaced: set[int] = set()
        self._own_id = ID_FIELDS[maker.entity]
        self._fragments: dict[tuple[int, tuple[Reference, ...]], bytes] = {}
        self._arranged: tuple[tuple[object, ...], Sequence[Reference]] | None = None

    def __getitem__(self, record_id: str) -> Record:
        if record_id in self._overlay:
            return self._overlay[record_id]
        index = self._index(record_id)
        if index is None:
            raise KeyError(record_id)
        return self.maker.record(index)

    def __setitem__(self, record_id: str, record: Record) -> None:
        index = self.maker.index_of(record_id)
        if index is not None:
            self._replaced.add(index)
        self._overlay[record_id] = record
        self.version += 1

    def __delitem__(self, record_id: str) -> None:
        index = self.maker.index_of(record_id)
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
        for index in range(self.maker.count):
            record_id = self.maker.id_of(index)
            if index not in self._replaced or record_id in self._overlay:
                yield record_id
        for record_id in self._overlay:
            if self.maker.index_of(record_id) is None:
                yield record_id

    def __len__(self) -> int:
        return self.maker.count - len(self._replaced) + len(self._overlay)

    def find(self, path: str, value: str) -> list[Record]:
        """Records whose text under ``path`` is ``value``, whatever its case."""
        wanted = value.strip().casefold()
        derive = self.maker.derived.get(path)
        indices = derive(wanted) if derive is not None else range(self.maker.count)
        made = (self.maker.record(index) for index in indices if index not in self._replaced)
        found = [record for record in made if index_key(record, path) == wanted]
        laid = (record for record in self._overlay.values() if index_key(record, path) == wanted)
        return [*found, *laid]

    def record(self, reference: Reference) -> Record:
        """The record that a reference means."""
        if isinstance(reference, int):
            return self.maker.record(reference)
        return self._overlay[reference]

    def fragment(
        self, references: Sequence[Reference], encoded: Callable[[Record], bytes]
    ) -> list[bytes]:
        """The JSON text of a page, kept for the next client that asks for the same page.

        Args:
            references: the records of the page.
            encoded: how a record that lies on top is encoded.
        """
        if not references:
            return []
        key = (self.version, tuple(references))
        joined = self._fragments.pop(key, None)
        if joined is None:
            joined = b",".join(
                self.maker.text(one) if isinstance(one, int) else encoded(self._overlay[one])
                for one in references
            )
        self._fragments[key] = joined
        while sum(map(len, self._fragments.values())) > _FRAGMENT_BYTES:
            del self._fragments[next(iter(self._fragments))]
        return [joined]

    def arranged(
        self, order: Order, since: datetime | None, listed: Callable[[Record], bool]
    ) -> Sequence[Reference]:
        """References to all records in an order, without making them.

        Args:
            order: by id, or by the time of the last change.
            since: only records changed then or later.
            listed: whether a record that lies on top is to be listed; generated ones are.
        """
        key = (self.version, order, since, all(map(listed, self._overlay.values())))
        if self._arranged is not None and self._arranged[0] == key:
            return self._arranged[1]
        bound = milliseconds(since) if since is not None else _EPOCH_START
        references = self._base(order, bound)
        if self._replaced or self._overlay:
            references = self._with_overlay(references, order, bound, listed)
        self._arranged = (key, references)
        return references

    def _index(self, record_id: str) -> int | None:
        index = self.maker.index_of(record_id)
        return None if index in self._replaced else index

    def _base(self, order: Order, bound: int) -> Sequence[Reference]:
        maker = self.maker
        first = bisect_left(range(maker.count), bound, key=maker.updated_ms_at)
        if order == "updated":
            return _InUpdateOrder(maker, first)
        if first == 0:
            return range(maker.count)
        return [index for index in range(maker.count) if maker.updated_ms(index) >= bound]

    def _with_overlay(
        self,
        base: Sequence[Reference],
        order: Order,
        bound: int,
        listed: Callable[[Record], bool],
    ) -> list[Reference]:
        references: list[Reference] = [one for one in base if one not in self._replaced]
        position = self._id if order == "id" else self._changed
        for record_id, record in self._overlay.items():
            if milliseconds(record["UpdatedDateUTC"]) >= bound and listed(record):
                insort(references, record_id, key=position)
        return references

    def _id(self, reference: Reference) -> str:
        return self.maker.id_of(reference) if isinstance(reference, int) else reference

    def _changed(self, reference: Reference) -> tuple[int, str]:
        if isinstance(reference, int):
            return self.maker.updated_ms(reference), self.maker.id_of(reference)
        return milliseconds(self._overlay[reference]["UpdatedDateUTC"]), reference
