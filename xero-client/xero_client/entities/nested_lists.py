"""The lists inside records that can be read as streams of their own: lines, allocations, options.

The facts are in xero-facts.md: Reading by entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from xero_client.entities.field_types import Shape
from xero_client.entities.parts import SHOWN
from xero_client.entities.read_spec import LINE, LINE_NUMBER, ListSpec
from xero_client.entities.table import ALL_BY_STREAM, BY_STREAM, CASH_JOURNALS, ENTITIES, Entity

__all__ = [
    "CASH_JOURNALS",
    "LINE",
    "LINE_NUMBER",
    "NESTED_BY_STREAM",
    "NESTED_LISTS",
    "NestedList",
    "entity_of_stream",
]


@dataclass(frozen=True)
class NestedList(ListSpec):
    """One list inside the records of an entity.

    Attributes:
        parent: The entity whose records have the list.
    """

    parent: Entity = field(kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parent_stream", self.parent_stream or self.parent.stream)

    @property
    def parent_id(self) -> str:
        """The id field of the parent."""
        return self.parent.id_field or ""

    @property
    def outer(self) -> Shape:
        """The fields of the record that has the list: the parent, or a member of its list."""
        shape = self.parent.fields
        for name in self.path[:-1]:
            shape = SHOWN[shape[name].shape or ""]
        return shape

    @property
    def members(self) -> Shape:
        """The fields of the members."""
        return SHOWN[self.shape or self.outer[self.path[-1]].shape or ""]


NESTED_LISTS: tuple[NestedList, ...] = tuple(
    NestedList(**asdict(spec), parent=entity) for entity in ENTITIES for spec in entity.lists
)

NESTED_BY_STREAM: Mapping[str, NestedList] = MappingProxyType(
    {nested.stream: nested for nested in NESTED_LISTS}
)


def entity_of_stream(stream: str) -> Entity | None:
    """The entity whose list gives a stream; None if no entity does."""
    if stream == CASH_JOURNALS:
        return BY_STREAM["journals"]
    nested = NESTED_BY_STREAM.get(stream)
    return nested.parent if nested else ALL_BY_STREAM.get(stream)
