"""What to ask Xero for to read one list of one organisation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tap_xero.paging.page import PageParameters, fields_of
from tap_xero.records.converter import Record
from xero_client.entities.table import Entity


@dataclass(frozen=True)
class ListRequest:
    """One list of one organisation, as it is to be read.

    Attributes:
        entity: The entity.
        stream: The stream's name, for messages and for counting calls.
        params: Parameters of every request, without page, page size and order.
        modified_since: The ``If-Modified-Since`` of the read; None for all records.
        paged: Whether to ask for pages.
        page_size: Records per page; None leaves it to Xero.
        order: The order of the list; None leaves it to Xero.
        is_default_order: Whether the order is the tap's choice. Only then may the reader change it.
        ids: The ids of the only records to read; empty for all.
        ids_per_call: The most ids in one call.
        offset: For journals: the number after which to read.
        is_offset_known: Whether Xero has sent the journal with this number.
        first_page: The first page to read; later than 1 after an interrupted run.
        in_change_order: Whether an earlier run found that Xero refuses the order by id.
        records_may_leave: Whether a record may leave the list while it is read.
        first_response_at: When Xero made the first response of the interrupted read that this one
            resumes.
        path: The path, if it is not the entity's own: that of one parent's records.
        parameters: How to ask for a page.
        custom_section: The setting that describes the list, such as ``custom_streams.actions``;
            empty if the entity table does.
    """

    entity: Entity
    stream: str
    params: Mapping[str, str] = field(default_factory=dict)
    modified_since: datetime | None = None
    paged: bool = False
    page_size: int | None = None
    order: str | None = None
    is_default_order: bool = False
    ids: Sequence[str] = ()
    ids_per_call: int = 1
    offset: int = 0
    is_offset_known: bool = True
    first_page: int = 1
    in_change_order: bool = False
    records_may_leave: bool = False
    first_response_at: datetime | None = None
    path: str = ""
    parameters: PageParameters = field(default_factory=PageParameters)
    custom_section: str = ""

    @property
    def identify(self) -> Callable[[Record], Hashable]:
        """What identifies a record: its key, or its whole content if it has none."""
        return fields_of(*self.entity.keys)

    @property
    def records_setting(self) -> str:
        """The setting that says where the records are in a response; empty if the table does."""
        return f"{self.custom_section}.records" if self.custom_section else ""

    @property
    def whole_list_remedy(self) -> str:
        """What to do if Xero sends only a page of a list that is to come whole."""
        if self.custom_section:
            return f"set '{self.custom_section}.paging' to page"
        return f"remove 'pagination' of streams.{self.stream}"
