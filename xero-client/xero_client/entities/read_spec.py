"""How the records of an entity are read: paging, parameters, and the parents they are asked by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
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


LINE = "_line"
LINE_NUMBER = "LineNo"


@dataclass(frozen=True)
class ListSpec:
    """A list inside the records of an entity that can be read as a stream of its own.

    Attributes:
        stream: The Singer stream.
        path: The names of the list: ``("LineItems",)``, or ``("LineItems", "Tracking")`` for the
            lists inside the members of a list.
        keys: The fields that identify a member within the record. ``_line`` is its place in its
            list, from 1. ``LineNo`` is the place of the outer member.
        carried: Fields of the outer member that its inner members get.
        by_id: Whether Xero sends the list only with a single record, which costs a call a record.
        parent_stream: The stream of the records; empty for the entity's own.
        shape: The shape of the members, if Xero shows less of them than the record's list can have.
        line_number_text: What ``LineNo`` means.
    """

    stream: str
    path: tuple[str, ...]
    keys: tuple[str, ...] = (LINE,)
    carried: tuple[str, ...] = ()
    by_id: bool = False
    parent_stream: str = ""
    shape: str = ""
    line_number_text: str = "Place of the line to which this row belongs, from 1."
