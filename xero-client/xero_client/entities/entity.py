"""The types of the entity table: how an entity is read, written and removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from types import MappingProxyType
from typing import Any


class Paging(Enum):
    """How a list is paged."""

    NONE = "the whole list in one response"
    PAGE = "page and pageSize"
    PAGE_ONLY = "page, with a size that Xero chooses"
    UNORDERED = "page and a page size, in an order that edits may change"
    OFFSET = "offset, which is a JournalNumber"
    RECORD_OFFSET = "the number of records that come before the page"


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
class ReadSpec:
    """How an entity is read.

    Attributes:
        paging: How its list is paged.
        replication_key: The time or number that is the bookmark.
        modified_since: Whether the list supports ``If-Modified-Since``.
        full_table: Whether every run reads the whole list, because Xero deletes records without a
            trace, or ``If-Modified-Since`` does not show all changes.
        order: Whether the list supports ``order``.
        unitdp: Whether ``unitdp=4`` gives unit amounts with four decimals.
        hidden_parameter: The parameter that includes archived or deleted records, if any.
        ids_parameter: The list parameter for several ids, if any.
        numbers_parameter: The list parameter for several numbers, if any.
        where: Whether the list supports ``where``.
        summary_drops: Properties that ``summaryOnly=true`` leaves out; empty if not known.
        selected_by_default: Whether a new catalog selects the stream.
        page_parameter: The request parameter of the page number or offset.
        size_parameter: The request parameter of the page size.
        max_page_size: The most records that a page can have.
        fixed_page_size: The size of a page if Xero alone chooses it; a page with fewer records is
            then the last one. None if it is not documented.
        fixed_params: Parameters that every request needs, unless the settings give them; templates
            as in the settings.
        walks: The parameters of several reads that together give all records, in their order;
            empty if one read does.
    """

    paging: Paging = Paging.NONE
    replication_key: str | None = None
    modified_since: bool = False
    full_table: bool = False
    order: bool = False
    unitdp: bool = False
    hidden_parameter: str | None = None
    ids_parameter: str | None = None
    numbers_parameter: str | None = None
    where: bool = True
    summary_drops: frozenset[str] = frozenset()
    selected_by_default: bool = True
    page_parameter: str = "page"
    size_parameter: str = "pageSize"
    max_page_size: int = 1000
    fixed_page_size: int | None = None
    fixed_params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    walks: tuple[Mapping[str, str], ...] = ()

    @property
    def is_paged(self) -> bool:
        """Whether the list is read by the number of its pages, or by record offsets."""
        return self.paging not in (Paging.NONE, Paging.OFFSET)


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
        read_only: Fields that Xero computes; they are not sent.
        answer: The keys that lead to the records in the response of another API: empty if the
            response is the record itself. None for the Accounting API.
        single: The same for a record that is read by its id, if that differs; ``NOT_SINGLE`` if
            Xero has no path for one record.
        no_content: The methods that are answered without a body.
        path: The path of the list for writing, if it differs from that for reading.
        sends_parent: Whether the fields that name the parent stand in the body too.
        path_id: The field that ends the path of one record, if the entity has no id of its own.
        found_by: The fields that Xero keeps as they were sent, by which a new record is found
            whose response was lost. Empty if nothing tells it from others, or a key does.
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
    read_only: frozenset[str] = frozenset()
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

    @property
    def parts_with_names(self) -> Mapping[str, str]:
        """The parts of a record that name another one: to the field of its id."""
        return {name[: -len("id")]: name for name in self.refers}

    @property
    def answer_by_id(self) -> tuple[str, ...] | None:
        """The keys that lead to a record that is read by its id."""
        return self.answer if self.single is None else self.single

    @property
    def route_by_id(self) -> Route:
        """The route that changes a record of which the id is known."""
        if self.update_route is not None:
            return self.update_route
        return Route.POST if Route.POST in self.routes else Route.POST_ID


@dataclass(frozen=True)
class ByObject:
    """How records are asked for by objects of any kind, instead of by parent.

    Attributes:
        count_path: The path that counts the records of several objects in a call.
        ids_parameter: Its parameter with the ids of the objects.
        path: The path of one object's records, in pages of ``page_size``.
        size_parameter: The parameter of the page size.
        page_size: The largest page; one with fewer records is the last.
    """

    count_path: str
    ids_parameter: str
    path: str
    size_parameter: str
    page_size: int


@dataclass(frozen=True)
class ParentSpec:
    """How records are asked for that Xero lists for one parent at a time.

    Attributes:
        stream: The stream of the parents.
        fields: The fields of a record that are a field of its parent: own name to parent's name.
        params: The request parameters that are a field of the parent: name to parent's name.
        only: Parents that have such records: values by field.
        without: Parents that have no such records: values by field.
        members: The list in a parent's single record whose members are asked for instead of the
            parent itself; empty for the parent.
        through: The stream, listed for each parent, whose records are asked for instead of the
            parent itself; empty for the parent. ``only`` and ``without`` are then about these.
        changed_field: The field that tells when what is asked for changed last. It is not asked
            for again if that was before the bookmark. Empty if nothing tells.
        moves_parent: Whether a change of the records is known to move the parent's own
            ``UpdatedDateUTC``. Otherwise the records of all parents are read in each run.
        is_content: Whether the response is not JSON but a file, which becomes ``Content``.
        none_if_refused: Whether 400 says that a parent has no such records.
        by_object: How the records of objects that the setting ``ids`` names are asked for; None if
            that is not possible.
    """

    stream: str
    fields: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    only: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    without: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    members: str = ""
    through: str = ""
    changed_field: str = ""
    moves_parent: bool = False
    is_content: bool = False
    none_if_refused: bool = False
    by_object: ByObject | None = None

    def has_records(self, parent: Mapping[str, Any]) -> bool:
        """Whether a parent, or a record of ``through``, can have such records."""
        return all(parent.get(name) in values for name, values in self.only.items()) and not any(
            parent.get(name) in values for name, values in self.without.items()
        )


class LoadLayer(IntEnum):
    """The place of an entity in the load order.

    A record refers only to records of the layers before its own (xero-facts.md: Writing by
    entity). Xero creates prepayments and overpayments (``CREDITS``) for a bank transaction of their
    type.
    """

    ORGANISATION = auto()
    CHART = auto()
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
        personal: Fields with personal data.
        of_login: Whether the list is that of the login, not of one organisation.
        no_read_scope: Whether the scope exists only without ``.read``.
        attachments: Whether records can have attachments.
        history: Whether records have history and notes.
        is_posted: Whether Xero posts its records to accounts.
        load_layer: Its place in the load order; None if nothing says what it refers to.
        named_by: The fields that people know a record by, the most reliable first.
    """

    name: str
    stream: str
    id_field: str | None
    scopes: tuple[str, ...]
    reading: ReadSpec
    writing: WriteSpec | None = None
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
    personal: frozenset[str] = frozenset()
    of_login: bool = False
    is_posted: bool = False
    load_layer: LoadLayer | None = None
    named_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "path", self.path or f"/{self.name}")
        own_id = (self.id_field,) if self.id_field else ()
        object.__setattr__(self, "keys", self.keys or own_id)

    @property
    def is_of_other_api(self) -> bool:
        """Whether it belongs to another API than Accounting."""
        return ".xro/" in self.path

    @property
    def title(self) -> str:
        """The name that no other entity has: names of other APIs are not unique."""
        return self.stream if self.is_of_other_api else self.name

    @property
    def parent_fields(self) -> tuple[str, ...]:
        """The fields of a record that name its parent, and stand in its path."""
        return tuple(self.parent.fields) if self.parent is not None else ()

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
