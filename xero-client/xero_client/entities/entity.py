"""What can be said of an entity of Xero: how it is read, written and removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Paging(Enum):
    """How a list is walked."""

    NONE = "the whole list in one answer"
    PAGE = "page and pageSize"
    PAGE_ONLY = "page, with a size that Xero chooses"
    OFFSET = "offset, which is a JournalNumber"


class Route(Enum):
    """A way of writing that Xero offers for an entity: verb, and collection or one record."""

    PUT = "PUT /"
    POST = "POST /"
    POST_ID = "POST /{id}"
    DELETE_ID = "DELETE /{id}"

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.value.split(" ")[0]


@dataclass(frozen=True)
class ReadSpec:
    """How an entity is read.

    Attributes:
        paging: How its list is walked.
        replication_key: The instant or number that a bookmark holds.
        modified_since: Whether the list takes ``If-Modified-Since``.
        full_table: Whether every run reads the whole list, because Xero removes records without a
            trace or has no modified-since that shows all changes.
        order: Whether the list takes an ``order``.
        order_documented: Whether an order by the record's own id is documented as optimised.
        unitdp: Whether ``unitdp=4`` gives unit amounts their four decimals.
        hidden_parameter: The parameter that shows archived or deleted records, if any.
        ids_parameter: The list parameter that takes several ids, if any.
        numbers_parameter: The list parameter that takes several numbers, if any.
        where: Whether the list takes a ``where``.
        summary_drops: Properties that ``summaryOnly=true`` leaves out; empty where it is unknown.
        selected_by_default: Whether a new catalog selects the stream.
    """

    paging: Paging = Paging.NONE
    replication_key: str | None = None
    modified_since: bool = False
    full_table: bool = False
    order: bool = False
    order_documented: bool = False
    unitdp: bool = False
    hidden_parameter: str | None = None
    ids_parameter: str | None = None
    numbers_parameter: str | None = None
    where: bool = True
    summary_drops: frozenset[str] = frozenset()
    selected_by_default: bool = True


@dataclass(frozen=True)
class Removal:
    """How a record is removed: the DELETE verb, or a status that depends on the present one.

    Attributes:
        status_field: The field that holds the status.
        status_by_current: The status to ask for, by the record's present status.
        default_status: The status to ask for where the present one is not in the mapping, or unknown.
        uses_delete: Whether the DELETE verb on ``/{id}`` removes the record.
        route: The route that carries the status change.
    """

    status_field: str = "Status"
    status_by_current: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default_status: str | None = "DELETED"
    uses_delete: bool = False
    route: Route = Route.POST


@dataclass(frozen=True)
class WriteSpec:
    """How an entity is written.

    Attributes:
        routes: What Xero offers.
        single_record_routes: Routes that take one record a call; a second one would be ignored silently.
        bare: Whether the body is the record itself, not a list under the entity's key.
        summarize_errors: Routes that take ``summarizeErrors=false``.
        match_fields: How POST finds the record to update, best first; the first is the id.
        match_only_types: The values of ``Type`` for which more than the id matches; empty for all.
        create_route: How a record without an id is made where the method is POST, *create or update*.
        updates: Whether Xero lets a record be changed at all, but for its removal.
        caller_assigns_id: Whether the id of a new record is the caller's to give, as a currency's code is.
        batch_limit: Records a call at most.
        unitdp: Whether ``unitdp=4`` is taken.
        removal: How a record is removed; None where the API cannot.
        read_only: Fields that Xero computes and that are not sent.
    """

    routes: frozenset[Route]
    single_record_routes: frozenset[Route] = frozenset()
    bare: bool = False
    summarize_errors: frozenset[Route] = frozenset()
    match_fields: tuple[str, ...] = ()
    match_only_types: frozenset[str] = frozenset()
    create_route: Route = Route.POST
    updates: bool = True
    caller_assigns_id: bool = False
    batch_limit: int = 50
    unitdp: bool = False
    removal: Removal | None = None
    read_only: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entity:
    """One entity of the Accounting API.

    Attributes:
        name: Xero's plural, as in the path and in the tables of xero-facts.md.
        stream: The Singer stream: snake_case plural.
        id_field: The field that identifies a record within an organisation; None for a singleton.
        scopes: Granular scopes without ``.read``; any one of them opens the entity.
        reading: How it is read.
        writing: How it is written; None where the API only reads it.
        key: The envelope's key, where it is not the name.
        path: The path below the base URI, where it is not the name.
        read_only_scope: Whether the scope exists only with ``.read``.
        no_read_scope: Whether the scope exists only without ``.read``.
        attachments: Whether records take attachments.
        history: Whether records have history and notes.
    """

    name: str
    stream: str
    id_field: str | None
    scopes: tuple[str, ...]
    reading: ReadSpec
    writing: WriteSpec | None = None
    key: str = ""
    path: str = ""
    read_only_scope: bool = False
    no_read_scope: bool = False
    attachments: bool = False
    history: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "path", self.path or f"/{self.name}")

    @property
    def read_scope(self) -> str:
        """The narrowest scope that reads the entity."""
        return self.scopes[0] if self.no_read_scope else f"{self.scopes[0]}.read"

    @property
    def write_scope(self) -> str | None:
        """The scope that writes the entity; None where nothing does."""
        return None if self.writing is None else self.scopes[0]
