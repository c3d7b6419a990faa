"""The three kinds of destinations: an entity, a child of a record, and any other path."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from target_xero.build.destinations.routes import describe_methods
from target_xero.build.records import InvalidRecordError
from xero_client.entities.access.scopes import scope_of_path
from xero_client.entities.children import Child
from xero_client.entities.shapes import SHAPES
from xero_client.entities.table import SYSTEM_FIELDS, Entity, WriteSpec


@dataclass(frozen=True)
class EntityDestination:
    """An entity: its records are created, updated or removed.

    Attributes:
        entity: The entity.
        is_single_record: Whether the user's path names one record.
    """

    entity: Entity
    is_single_record: bool = False
    id_is_shared: ClassVar[bool] = False

    @cached_property
    def name(self) -> str:
        """Its name in log lines and results: ``Invoices``."""
        return self.entity.title

    @property
    def writing(self) -> WriteSpec:
        """How its records are written.

        Raises:
            InvalidRecordError: Xero only lets them be read.
        """
        if self.entity.writing is None:
            raise InvalidRecordError([describe_methods(self.entity)])
        return self.entity.writing

    @property
    def key(self) -> str:
        """The key of the list in requests and responses."""
        return self.entity.key

    @property
    def id_field(self) -> str | None:
        """The field that identifies a record in responses; None for a singleton."""
        if self.entity.id_field or self.entity.writing is None:
            return self.entity.id_field
        return self.entity.writing.path_id or None

    @cached_property
    def shape(self) -> str | None:
        """The shape of the records that are sent; None if it is not known."""
        return self.entity.title if self.entity.title in SHAPES else None

    @property
    def read_only(self) -> Collection[str]:
        """The fields that Xero computes, and that are never sent."""
        return self.entity.read_only

    @property
    def needs(self) -> str:
        """What the organisation and the user must have, as a sentence; empty for nothing."""
        return self.entity.needs

    @property
    def scope(self) -> str | None:
        """The scope that writing needs; None if Xero only lets it be read."""
        return self.entity.write_scope


@dataclass(frozen=True)
class ChildDestination:
    """Children in a path below a record: notes, files, allocations, options, members, e-mails.

    Attributes:
        child: The kind of child.
        is_single_record: Whether the user's path names one child.
    """

    child: Child
    is_single_record: bool = False
    needs: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """Its name in log lines and results: ``Invoices/History``."""
        return self.child.title

    @property
    def parent(self) -> Entity:
        """The entity of the parent record."""
        return self.child.parent

    @property
    def key(self) -> str:
        """The key of the list in requests and responses; empty without a list."""
        return self.child.key

    @property
    def id_field(self) -> str | None:
        """The field that identifies a child in responses; None if it has no id."""
        return self.child.id_field

    @property
    def id_is_shared(self) -> bool:
        """Whether children of several parents may have the same id."""
        return self.child.id_is_shared

    @property
    def shape(self) -> str | None:
        """The shape of the children that are sent; None if nothing is sent."""
        return self.child.shape

    @property
    def read_only(self) -> Collection[str]:
        """The fields of the parent's record that Xero computes, and that are never sent."""
        return EntityDestination(self.parent).read_only

    @property
    def scope(self) -> str | None:
        """The scope that writing needs."""
        return self.child.scope or self.parent.scopes[0]


@dataclass(frozen=True)
class RawDestination:
    """A path that is not in the entity table (generic mode): requests are sent unchanged.

    Attributes:
        name: Its name in log lines and results: ``/Setup``.
    """

    name: str
    is_single_record: ClassVar[bool] = False
    # None of this is known.
    id_is_shared: ClassVar[bool] = False
    needs: ClassVar[str] = ""
    key: ClassVar[str] = ""
    id_field: ClassVar[str | None] = None
    shape: ClassVar[str | None] = None
    read_only: ClassVar[Collection[str]] = SYSTEM_FIELDS

    @property
    def scope(self) -> str | None:
        """The scope that a path of another API needs, as far as it is known."""
        return scope_of_path(self.name)


Destination = EntityDestination | ChildDestination | RawDestination
