"""The facts of one endpoint of the Accounting API that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Paging(Enum):
    """How an endpoint returns its list (xero-facts.md: Paging)."""

    WHOLE = "the whole list in one response"
    OPTIONAL = "pages on request, else the whole list in a shorter shape"
    FORCED = "always pages"
    NUMBERED = "pages of 100 on request, without pageSize and without a pagination object"
    FIXED = "always pages of 100, without a pagination object"
    OFFSET = "by JournalNumber, 100 at most"


@dataclass(frozen=True)
class Endpoint:
    """Facts of one readable endpoint.

    Attributes:
        name: The path after the base URI, also the response's key unless ``key`` is set.
        id_field: The field that identifies a record.
        scope: The family of its scopes, without ``accounting.`` (xero-facts.md: Scopes).
        more_scopes: Further families of scopes that it accepts.
        numbers: Fields whose value the URL accepts in place of the id.
        updated: The field that If-Modified-Since compares; None if the header is ignored.
        where: Whether it accepts ``where``.
        order: Whether it accepts ``order``.
        default_order: The order without ``order``.
        unpaged_omits: Fields that only pages and single records contain.
        unpaged_empties: Lists that are empty without ``page``.
        summary_omits: Fields that ``summaryOnly=true`` leaves out; empty without this parameter.
        list_omits: Fields that only single records contain.
        lists: Parameters with values separated by commas: name to field path.
        equals: Parameters that a field must equal.
        contains: Parameters that match a part of a field.
        ranges: Parameters that bound a date field: name to field and ``>=`` or ``<=``.
        unitdp: Whether unit amounts are rounded to two places without ``unitdp=4``.
        hidden: Field and value of records that are listed only if ``shown_by`` is true.
        shown_by: The name of that parameter.
        hidden_parts: Nested lists whose elements are hidden by the same rule.
        never_listed: Field and value of records that are in no list.
        search: Fields that ``searchTerm`` searches; empty without this parameter.
        date_strings: Date fields with a second field ``…String`` (xero-facts.md: Formats).
        attachments: Whether records have attachments (xero-facts.md: Attachments and history).
        history: Whether records have a history (xero-facts.md: Attachments and history).
        fast_where: Fields that a filter may use above the high-volume threshold
            (xero-facts.md: Paging).
        fast_order: Fields that an order may use above the threshold; empty if the endpoint has no
            threshold.
    """

    name: str
    id_field: str
    scope: str
    paging: Paging = Paging.WHOLE
    key: str = ""
    more_scopes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    updated: str | None = None
    where: bool = True
    order: bool = True
    default_order: tuple[str, ...] = ()
    unpaged_omits: frozenset[str] = frozenset()
    unpaged_empties: frozenset[str] = frozenset()
    summary_omits: frozenset[str] = frozenset()
    list_omits: frozenset[str] = frozenset()
    lists: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    equals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    contains: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    unitdp: bool = False
    hidden: tuple[str, str] | None = None
    shown_by: str = ""
    hidden_parts: tuple[str, ...] = ()
    never_listed: tuple[str, str] | None = None
    search: tuple[str, ...] = ()
    date_strings: tuple[str, ...] = ()
    attachments: bool = False
    history: bool = False
    fast_where: frozenset[str] = frozenset()
    fast_order: frozenset[str] = frozenset()

    @property
    def plural(self) -> str:
        """The key of the records in a response."""
        return self.key or self.name
