"""Makes the rows of a list inside typed records: line items, their tracking, allocations.

The members of such a list are typed records themselves (see ``records.typed_records``), so that
their values need no conversion. A row takes them over, together with the parent's id and its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET

from tap_xero.records.schemas.nested_records import row_fields
from tap_xero.records.typed_records import TypedRecord
from xero_client.entities.nested_lists import LINE, LINE_NUMBER, NestedList
from xero_client.json_value import Json

Fields = Callable[[Any], Sequence[Json]]


class RowMaker:
    """Makes the rows of one list."""

    def __init__(
        self, nested: NestedList, selected: Callable[[str], bool], common: Sequence[str]
    ) -> None:
        """Compiles the type of the rows.

        Args:
            nested: The list.
            selected: Whether a column is selected.
            common: The columns that all rows of a page have alike.
        """
        self._nested = nested
        is_inner = len(nested.path) > 1
        own = [nested.parent_id, *([LINE_NUMBER] if is_inner else []), LINE, *nested.carried]
        self._unselected = [name for name in own if not selected(name)]
        # A place is never missing.
        self._keys = [
            key for key in nested.keys if key not in {LINE, LINE_NUMBER} and selected(key)
        ]
        scalars: dict[str, str] = {}
        objects: dict[str, dict[str, str]] = {}
        for name, target in row_fields(nested).items():
            if isinstance(target, str):
                if selected(target) and name not in own:
                    scalars[name] = target
            elif chosen := {part: column for part, column in target.items() if selected(column)}:
                objects[name] = chosen
        self._scalars = _getter(list(scalars))
        self._objects = [
            (name, _getter(list(parts)), len(parts)) for name, parts in objects.items()
        ]
        self._carried = _getter(list(nested.carried))
        columns = [*common, *own, *scalars.values()]
        columns += [column for parts in objects.values() for column in parts.values()]
        fields = [(column, Any, UNSET) for column in columns]
        self._row: Any = msgspec.defstruct("Row", fields, bases=(TypedRecord,), gc=False)

    def rows(
        self, common: Sequence[Json], parent_id: Json, members: Sequence[TypedRecord | None]
    ) -> Iterator[TypedRecord]:
        """The rows of one record's list.

        Args:
            common: The values of the columns that all rows of a page have alike.
            parent_id: The id of the record.
            members: The list.
        """
        if len(self._nested.path) == 1:
            for number, member in enumerate(members, 1):
                if member is not None:
                    yield self._made((*common, parent_id, number), member, parent_id, number)
            return
        for line, outer in enumerate(members, 1):
            if outer is None:
                continue
            carried = self._carried(outer)
            for number, member in enumerate(outer.get(self._nested.path[1]) or (), 1):
                if member is not None:
                    own = (*common, parent_id, line, number, *carried)
                    yield self._made(own, member, parent_id, line)

    def _made(
        self, own: Sequence[Json], member: TypedRecord, parent_id: Json, place: int
    ) -> TypedRecord:
        values = [*own, *self._scalars(member)]
        for name, parts, count in self._objects:
            value = getattr(member, name)
            values += parts(value) if value else (UNSET,) * count
        row: TypedRecord = self._row(*values)
        for key in self._keys:
            if row.get(key) is None:
                # Xero left out an id. The place identifies the row among those of this read.
                setattr(row, key, f"{parent_id}:{place}")
        for name in self._unselected:
            setattr(row, name, UNSET)
        return row


def _getter(names: Sequence[str]) -> Fields:
    """A function that gets fields of an object, in C if there are several."""
    if not names:
        return lambda _object: ()
    if len(names) == 1:
        get = attrgetter(*names)
        return lambda value: (get(value),)
    return attrgetter(*names)
