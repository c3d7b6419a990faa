"""What a stream asks Xero for: parameters, pages, order, ids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from tap_xero.paging.list_reader import Plan
from tap_xero.requests.parameters import IDS_PER_CALL, LARGEST_PAGE, StreamSettings
from tap_xero.state import Resumption, Start
from xero_client.entities.table import Entity, Paging
from xero_client.errors import SettingsError


@dataclass(frozen=True)
class Asking:
    """What the settings and the catalog say of one stream's requests.

    Attributes:
        entity: The entity.
        stream: The stream.
        settings: What the setting ``streams`` says.
        page_size: Records a page.
        include_archived: Whether archived and deleted records are read where a list hides them.
        start_date: The setting, as it stands.
        summary: Whether Xero's summary has all that is selected.
    """

    entity: Entity
    stream: str
    settings: StreamSettings
    page_size: int
    include_archived: bool
    start_date: str | None
    summary: bool

    @cached_property
    def form(self) -> str:
        """All of it in a text: an unfinished read of another form is not gone on with."""
        asked = (self.page_size, self.include_archived, self.start_date, self.summary)
        return json.dumps([sorted(self.settings.params.items()), *asked], default=str)

    def is_paged(self, own: dict[str, str]) -> bool:
        """Whether pages are asked for.

        Args:
            own: The stream's own parameters, rendered.

        Raises:
            SettingsError: None are to be asked for, and Xero gives nothing else.
        """
        pagination, paging = self.settings.pagination, self.entity.reading.paging
        if pagination is None:
            return paging in (Paging.PAGE, Paging.PAGE_ONLY) and "page" not in own
        if paging is Paging.PAGE_ONLY and not pagination and "page" not in own:
            message = (
                f"Setting 'streams.{self.stream}.pagination' is false, and Xero gives "
                f"{self.stream} in pages only: leave it out"
            )
            raise SettingsError(message)
        return pagination

    def plan(self, start: Start, own: dict[str, str], resumption: Resumption | None) -> Plan:
        """The read of one organisation.

        Args:
            start: Where it starts.
            own: The stream's own parameters, rendered.
            resumption: The unfinished read that is gone on with, if any.

        Raises:
            SettingsError: A parameter is wrong.
        """
        reading = self.entity.reading
        own = dict(own)
        paged = self.is_paged(own)
        page_size = self.page_size
        if paged and "pageSize" in own:
            page_size = self._size_of(own.pop("pageSize"))
        order = own.pop("order", None)
        order_is_ours = order is None and reading.order and reading.paging is Paging.PAGE
        if order_is_ours and not self.settings.ids:
            order = self.entity.id_field
        elif order is not None and not paged:
            own["order"] = order
        since = start.modified_since if reading.modified_since else None
        return Plan(
            entity=self.entity,
            stream=self.stream,
            params=self._common_params(paged=paged) | own,
            modified_since=resumption.modified_since if resumption else since,
            paged=paged,
            page_size=page_size if reading.paging is not Paging.PAGE_ONLY else None,
            order=order,
            order_is_ours=order_is_ours,
            ids=self._id_groups(),
            offset=start.number,
            first_page=max(resumption.page, 1) if resumption else 1,
            by_change=resumption is not None and resumption.page == 0,
            can_be_left=bool(own) or bool(reading.hidden_parameter and not self.include_archived),
            began=resumption.began if resumption else None,
        )

    def _size_of(self, text: str) -> int:
        if not text.isdecimal() or not int(text):
            message = (
                f"Setting 'streams.{self.stream}.params.pageSize' is {text!r}: it is a number from "
                f"1 to {LARGEST_PAGE}"
            )
            raise SettingsError(message)
        return int(text)

    def _common_params(self, *, paged: bool) -> dict[str, str]:
        reading = self.entity.reading
        params = {}
        if reading.unitdp:
            params["unitdp"] = "4"
        if reading.hidden_parameter and self.include_archived:
            params[reading.hidden_parameter] = "true"
        # A summary comes in pages, whatever is asked for (xero-facts.md: Paging).
        if paged and not self.settings.ids and self.summary:
            params["summaryOnly"] = "true"
        return params

    def _id_groups(self) -> tuple[tuple[str, ...], ...]:
        ids = self.settings.ids
        size = IDS_PER_CALL if self.entity.reading.ids_parameter else 1
        return tuple(ids[at : at + size] for at in range(0, len(ids), size))
