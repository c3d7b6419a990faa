"""How the records of an entity are written and removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import MappingProxyType


class Route(Enum):
    """A way to write an entity: HTTP method, and whether to the collection or to one record."""

    PUT = "PUT /"
    POST = "POST /"
    POST_ID = "POST /{id}"
    PUT_ID = "PUT /{id}"
    PATCH_ID = "PATCH /{id}"
    DELETE_ID = "DELETE /{id}"

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.value.split(" ")[0]

    @property
    def names_record(self) -> bool:
        """Whether the path ends with the id of the record."""
        return self.value.endswith("{id}")


class Body(Enum):
    """What the body of a write is."""

    LIST = "a list of records under the entity's key"
    RECORD = "the record itself"
    ARRAY = "a list of records without a key"
    FILE = "a form with a file"


@dataclass(frozen=True)
class Removal:
    """How a record is removed: by DELETE, or by a status that depends on the current one.

    Attributes:
        status_field: The field of the status.
        status_by_current: The new status, by the record's current status.
        default_status: The new status if the current one is unknown or not in the mapping.
        uses_delete: Whether DELETE on ``/{id}`` removes the record.
        route: The route that carries the status change.
    """

    status_field: str = "Status"
    status_by_current: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default_status: str | None = "DELETED"
    uses_delete: bool = False
    route: Route = Route.POST


# Xero has no path for one record.
NOT_SINGLE = ("",)


@dataclass(frozen=True)
class NamedRecord:
    """A record that another one holds the id of, and how people know it.

    Attributes:
        stream: Its stream.
        names: The fields that people know it by, the most reliable first.
    """

    stream: str
    names: tuple[str, ...] = ("name",)


@dataclass(frozen=True)
class WriteSpec:
    """How an entity is written.

    Attributes:
        routes: The routes that Xero offers.
        single_record_routes: Routes for one record in a call; Xero ignores further ones without an
            error.
        body: What the body is.
        summarize_errors: Routes that support ``summarizeErrors=false``.
        match_fields: The fields by which POST finds the record to update, the id first.
        match_only_types: The values of ``Type`` for which fields other than the id match; empty for
            all.
        number_fields: The fields that together are the number by which people know a document, if
            Xero does not find it by them.
        create_route: The route that creates a record without an id if the method is POST.
        update_route: The route that changes a record of which the id is known; POST or
            ``POST /{id}`` by default.
        status_route: The route that changes the status, if that of the other fields does not.
        replaces: Whether a change by id clears the fields that it leaves out.
        updates: Whether Xero allows changes to a record other than its removal.
        caller_assigns_id: Whether the caller chooses a new record's id, such as a currency code.
        batch_limit: The most records in one call.
        unitdp: Whether ``unitdp=4`` is supported.
        is_document: Whether it is a document with a number, which is not changed unless this
            target published it.
        refuses_duplicates: Whether Xero documents that PUT refuses a name or number that exists.
        removal: How a record is removed; None if the API cannot remove it.
        answer: The keys that lead to the records in the response of another API: empty if the
            response is the record itself. None for the Accounting API.
        single: The same for a record that is read by its id, if that differs; ``NOT_SINGLE`` if
            Xero has no path for one record.
        no_content: The methods that are answered without a body.
        path: The path of the list for writing, if it differs from that for reading.
        sends_parent: Whether the fields that name the parent stand in the body too.
        path_id: The field that ends the path of one record, if the entity has no id of its own.
        found_by: The fields that Xero keeps as they were sent, by which a new record is found
            whose response was lost. Empty if no field identifies it, or if an idempotency key is
            enough.
        created_field: The field that says when Xero made a record.
        refers: The fields with the id of another record that a record may name instead, in a part
            that is called like the field without ``Id``: ``project`` for ``projectId``.
        aliases: Fields that are written under another name than they are read: the name for
            writing, to the paths at which it may be read, the best first.
    """

    routes: frozenset[Route]
    single_record_routes: frozenset[Route] = frozenset()
    body: Body = Body.LIST
    summarize_errors: frozenset[Route] = frozenset()
    match_fields: tuple[str, ...] = ()
    match_only_types: frozenset[str] = frozenset()
    number_fields: tuple[str, ...] = ()
    create_route: Route = Route.POST
    update_route: Route | None = None
    status_route: Route | None = None
    replaces: bool = False
    updates: bool = True
    caller_assigns_id: bool = False
    batch_limit: int = 50
    unitdp: bool = False
    is_document: bool = False
    refuses_duplicates: bool = False
    removal: Removal | None = None
    answer: tuple[str, ...] | None = None
    single: tuple[str, ...] | None = None
    no_content: frozenset[str] = frozenset()
    path: str = ""
    sends_parent: bool = False
    path_id: str = ""
    found_by: tuple[str, ...] = ()
    created_field: str = ""
    refers: Mapping[str, NamedRecord] = field(default_factory=lambda: MappingProxyType({}))
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def parts_with_names(self) -> Mapping[str, str]:
        """The parts of a record that name another one: to the field of its id."""
        return {name[: -len("id")]: name for name in self.refers}

    @cached_property
    def natural_fields(self) -> tuple[str, ...]:
        """The fields by which a record is found, besides the id that Xero gives."""
        return self.match_fields if self.caller_assigns_id else self.match_fields[1:]

    @property
    def answer_by_id(self) -> tuple[str, ...] | None:
        """The keys that lead to a record that is read by its id."""
        return self.answer if self.single is None else self.single

    @property
    def has_path_of_one(self) -> bool:
        """Whether another API has a path for one record; False for the Accounting API."""
        return self.answer_by_id not in (None, NOT_SINGLE)

    @property
    def route_by_id(self) -> Route:
        """The route that changes a record of which the id is known."""
        if self.update_route is not None:
            return self.update_route
        return Route.POST if Route.POST in self.routes else Route.POST_ID


@dataclass(frozen=True)
class ChildSpec:
    """One kind of child of a record, in a path below it.

    Attributes:
        name: The last part of the path, as in ``/Invoices/{InvoiceID}/History``.
        routes: Methods on the list of children.
        own_routes: Methods on one child, by its own id.
        key: The key of the list in requests and responses; empty without a list.
        shape: The fields of a child (``xero_client.entities.shapes``); None if it is sent without
            fields.
        id_field: The field that identifies a child; None if it has no id.
        id_is_shared: Whether children of several parents may have the same id: the name of a file,
            a member of two groups.
        bare: Whether the body is one child itself, not a list.
        batch_limit: The most children in one call.
        summarize_errors: Whether PUT supports ``summarizeErrors=false``.
        scope: The scope for writing; None for that of the parent.
        found_by: The field by which a parent's record shows whether it has a child already: the
            name of an option. None if it does not show it.
        has_name: Whether a child has a name of its own, so that its column ``Name`` is not the
            parent's.
        precedes_contacts: Whether other records refer to it. It then comes before contacts and
            documents in the load order, otherwise after everything.
    """

    name: str
    routes: tuple[str, ...]
    own_routes: tuple[str, ...] = ()
    key: str = ""
    shape: str | None = None
    id_field: str | None = None
    id_is_shared: bool = False
    bare: bool = False
    batch_limit: int = 1
    summarize_errors: bool = False
    scope: str | None = None
    found_by: str | None = None
    has_name: bool = False
    precedes_contacts: bool = False
