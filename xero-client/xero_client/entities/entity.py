"""The row of the entity table: what is to be known of one entity of Xero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, auto
from functools import cached_property
from types import MappingProxyType

from xero_client.entities.field_types import Kind, Shape
from xero_client.entities.read_spec import ListSpec, ParentSpec, ReadSpec
from xero_client.entities.write_spec import ChildSpec, WriteSpec

# The fields that any record may have beside its own, and that are never sent.
SYSTEM_FIELDS = frozenset(
    {
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
        "CreatedDateUTC",
        "HasAttachments",
        "Attachments",
        "HasErrors",
        "HasValidationErrors",
        "StatusAttributeString",
        "ValidationErrors",
        "Warnings",
    }
)
_SYSTEM_FIELDS_OF_OTHERS = frozenset({"updatedDateUTC"})


class LoadLayer(IntEnum):
    """The place of an entity in the load order.

    A record refers only to records of the layers before its own (xero-facts.md: Writing by
    entity). Xero creates prepayments and overpayments (``CREDITS``) for a bank transaction of their
    type. The layers ``API_…`` are those of the other APIs. There, a record whose row has no layer
    comes after its parent, and without a parent in ``API_SETTINGS``.
    """

    ORGANISATION = auto()
    CHART = auto()
    CHART_PARTS = auto()
    CONTACTS = auto()
    ITEMS = auto()
    OFFERS = auto()
    DOCUMENTS = auto()
    CREDITS = auto()
    PAYMENTS = auto()
    TRANSFERS = auto()
    LINKS = auto()
    EXPENSES = auto()
    READ_ONLY = auto()
    API_SETTINGS = auto()
    API_RECORDS = auto()
    API_PARTS = auto()
    API_ENTRIES = auto()
    CHILDREN = auto()


@dataclass(frozen=True)
class Entity:
    """One entity of Xero: of the Accounting API, or of another API.

    Attributes:
        name: Xero's plural, as in the path and in Xero's documentation.
        stream: The Singer stream: snake_case plural.
        id_field: The field that identifies a record within an organisation; None for a singleton.
        scopes: Granular scopes without ``.read``; any one of them gives access.
        reading: How it is read.
        writing: How it is written; None if the API can only read it.
        fields: All fields of a record, in the order of the stream's columns.
        key: The key of the list in a response; the name by default.
        path: The path below the base URI; ``/{name}`` by default. A path that begins with the root
            of another API, such as ``/projects.xro/2.0``, counts from the origin of the base URI.
            Names in braces are fields of the parent.
        records: The keys that lead to the records in a response of another API: empty if the
            response itself is the list or the record. None for the Accounting API, whose lists are
            under ``key``.
        keys: The fields that identify a record, if it is not ``id_field`` alone.
        members: The list in each record whose members are the records to write; empty if they are
            the records themselves.
        carried: The fields of the outer record that each member gets.
        echoed: The fields of a record that are a request parameter: own name to parameter.
        parent: How the records are asked for, if Xero lists them for one parent at a time.
        needs: What the organisation and the user must have, as a sentence; empty for nothing.
        only_country: The code of the country of the organisations that have it, if Xero serves
            other records under the same path to organisations of another country; else empty.
        personal: Fields with personal data.
        of_login: Whether the list is that of the login, not of one organisation.
        no_read_scope: Whether the scope exists only without ``.read``.
        attachments: Whether records can have attachments.
        history: Whether records have history and notes.
        is_posted: Whether Xero posts its records to accounts.
        load_layer: Its place in the load order; None for that after its parent.
        named_by: The fields that people know a record by, the most reliable first.
        shared_names: Further fields that people know a record by, though several may have the same
            value. Only the parent of a child is looked up by them.
        named_by_contact: Whether people know a record by its contact too, as it need not have a
            field of ``named_by``.
        other_names: Other names of the stream, each with the ``Type`` of its records; empty if they
            are of any type.
        lists: The lists inside its records that can be read as streams.
        children: The kinds of children of a record, besides ``attachments`` and ``history``.
        is_sale: Whether its records are sales, though they have no ``Type`` that says so.
        is_paid: Whether payments are made to its records, which show them.
        created_by: The entity whose records create the records of this one, if they
            cannot be written themselves.
        references: Fields that refer to a record, but do not have the name of its id: the field to
            the stream of the record.
        not_copied: Why its records are not copied to another organisation; empty if they are, or
            can be.
        loses_removed: Whether removed records are not listed any more.
    """

    name: str
    stream: str
    id_field: str | None
    scopes: tuple[str, ...]
    reading: ReadSpec
    writing: WriteSpec | None = None
    fields: Shape = field(kw_only=True, repr=False)
    key: str = ""
    path: str = ""
    no_read_scope: bool = False
    attachments: bool = False
    history: bool = False
    records: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()
    members: str = ""
    carried: tuple[str, ...] = ()
    echoed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    parent: ParentSpec | None = None
    needs: str = ""
    only_country: str = ""
    personal: frozenset[str] = frozenset()
    of_login: bool = False
    is_posted: bool = False
    load_layer: LoadLayer | None = None
    named_by: tuple[str, ...] = ()
    named_by_contact: bool = False
    shared_names: tuple[str, ...] = ()
    other_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lists: tuple[ListSpec, ...] = ()
    children: tuple[ChildSpec, ...] = ()
    is_sale: bool = False
    is_paid: bool = False
    created_by: str = ""
    references: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    not_copied: str = ""
    loses_removed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "path", self.path or f"/{self.name}")
        own_id = (self.id_field,) if self.id_field else ()
        object.__setattr__(self, "keys", self.keys or own_id)

    @cached_property
    def is_of_other_api(self) -> bool:
        """Whether it belongs to another API than Accounting."""
        return ".xro/" in self.path

    @cached_property
    def title(self) -> str:
        """The name that no other entity has: names of other APIs are not unique."""
        return self.stream if self.is_of_other_api else self.name

    @property
    def singular(self) -> str:
        """The name of one record, as in its id: ``Invoice`` of ``InvoiceID``."""
        return (self.id_field or "").removesuffix("ID")

    @property
    def in_books(self) -> bool:
        """Whether its records are part of an organisation's books, and can be copied."""
        is_booked = self.writing is not None or self.is_posted
        return is_booked and not self.not_copied and not self.is_of_other_api

    @cached_property
    def parent_fields(self) -> tuple[str, ...]:
        """The fields of a record that name its parent, and stand in its path."""
        return tuple(self.parent.fields) if self.parent is not None else ()

    @cached_property
    def read_only(self) -> frozenset[str]:
        """The fields of a record that Xero computes, and that are never sent."""
        if self.writing is None:
            return SYSTEM_FIELDS
        computed = frozenset(name for name, field in self.fields.items() if not field.is_sent)
        if self.is_of_other_api:
            return computed | _SYSTEM_FIELDS_OF_OTHERS
        # Xero sends a text along with a day (xero-facts.md: Formats).
        days = (name for name, field in self.fields.items() if field.kind is Kind.DATE)
        return SYSTEM_FIELDS | computed | {f"{name}String" for name in days}

    @property
    def read_scope(self) -> str:
        """The narrowest scope for reading the entity; empty if any scope will do."""
        if not self.scopes:
            return ""
        return self.scopes[0] if self.no_read_scope else f"{self.scopes[0]}.read"

    @property
    def write_scope(self) -> str | None:
        """The scope for writing the entity; None if it cannot be written."""
        return None if self.writing is None else self.scopes[0]
