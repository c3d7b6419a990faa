"""Plans what a stream asks Xero for: parameters, pages, order and ids."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from tap_xero.paging.list_request import ListRequest
from tap_xero.paging.page import PageParameters
from tap_xero.requests.parameters import IDS_PER_CALL, StreamSettings
from tap_xero.state import StartPosition, UnfinishedRead
from xero_client.entities.table import Entity, Paging
from xero_client.errors import SettingsError


@dataclass(frozen=True)
class RequestPlanner:
    """Plans the list requests of one stream from its settings and the catalog.

    Attributes:
        entity: The entity.
        stream: The stream's name.
        settings: The stream's part of the setting ``streams``.
        page_size: Records per page.
        include_archived: Whether to read archived and deleted records that a list hides.
        start_date: The setting, unparsed.
        summary_only: Whether Xero's summary has every selected property.
        fixed_params: Parameters that make the stream what it is; the settings cannot change them.
    """

    entity: Entity
    stream: str
    settings: StreamSettings
    page_size: int
    include_archived: bool
    start_date: str | None
    summary_only: bool
    fixed_params: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """All settings as a text. An unfinished read with another text is not resumed."""
        settings = (self.page_size, self.include_archived, self.start_date, self.summary_only)
        return json.dumps([sorted(self.settings.params.items()), *settings], default=str)

    def is_paged(self, params: dict[str, str]) -> bool:
        """Whether to ask for pages.

        Args:
            params: The stream's own parameters, rendered.

        Raises:
            SettingsError: The setting ``pagination`` is false, but Xero gives only pages.
        """
        pagination, reading = self.settings.pagination, self.entity.reading
        paging = reading.paging
        if pagination is None:
            return reading.is_paged and reading.page_parameter not in params
        is_only_in_pages = paging in (Paging.PAGE_ONLY, Paging.UNORDERED)
        if is_only_in_pages and not pagination and reading.page_parameter not in params:
            message = (
                f"Setting 'streams.{self.stream}.pagination' is false, but Xero gives "
                f"{self.stream} in pages only: remove the setting"
            )
            raise SettingsError(message)
        return pagination

    def walks(self, params: dict[str, str]) -> Sequence[dict[str, str]]:
        """The parameters of each read that the list takes; one if the settings choose a part.

        Args:
            params: The stream's own parameters, rendered.
        """
        walks = self.entity.reading.walks
        if not walks or self.settings.ids or any(set(walk) <= params.keys() for walk in walks):
            return [params]
        return [{**params, **walk} for walk in walks]

    def list_request(
        self, start: StartPosition, params: dict[str, str], unfinished: UnfinishedRead | None
    ) -> ListRequest:
        """The list request for one organisation.

        Args:
            start: The position to start at.
            params: The stream's own parameters, rendered.
            unfinished: The unfinished read to resume, if any.

        Raises:
            SettingsError: A parameter is invalid.
        """
        reading = self.entity.reading
        params = dict(params)
        paged = self.is_paged(params)
        page_size = min(self.page_size, reading.max_page_size)
        if paged and reading.size_parameter in params:
            page_size = self._parse_page_size(params.pop(reading.size_parameter))
        order = params.pop("order", None)
        is_default_order = order is None and reading.order and reading.paging is Paging.PAGE
        if is_default_order and not self.settings.ids:
            order = self.entity.id_field
        elif order is not None and not paged:
            params["order"] = order
        modified_since = start.modified_since if reading.modified_since else None
        hides_archived = bool(reading.hidden_parameter and not self.include_archived)
        return ListRequest(
            entity=self.entity,
            stream=self.stream,
            params={
                **self._common_params(paged=paged),
                **params,
                **self.fixed_params,
            },
            modified_since=unfinished.modified_since if unfinished else modified_since,
            paged=paged,
            page_size=page_size if reading.paging is not Paging.PAGE_ONLY else None,
            order=order,
            is_default_order=is_default_order,
            ids=self.settings.ids,
            ids_per_call=IDS_PER_CALL if reading.ids_parameter else 1,
            offset=start.journal_number,
            is_offset_known=start.is_journal_known,
            first_page=max(unfinished.page, 1) if unfinished else 1,
            in_change_order=unfinished is not None and unfinished.page == 0,
            records_may_leave=bool(params) or hides_archived,
            first_response_at=unfinished.first_response_at if unfinished else None,
            parameters=self._page_parameters,
            custom_section=self.settings.section if self.settings.is_custom else "",
        )

    @property
    def _page_parameters(self) -> PageParameters:
        reading = self.entity.reading
        known = PageParameters(
            reading.page_parameter, reading.size_parameter, reading.fixed_page_size
        )
        if not self.settings.is_custom:
            return known
        return replace(known, remedy=f"set '{self.settings.section}.paging' to none")

    def _parse_page_size(self, text: str) -> int:
        if not text.isdecimal() or not int(text):
            message = (
                f"Setting '{self.settings.section}.params.{self.entity.reading.size_parameter}' is "
                f"{text!r}: it must be a number from 1 to {self.entity.reading.max_page_size}"
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
        # Xero sends a summary in pages, even if none are asked for (xero-facts.md: Paging).
        if paged and not self.settings.ids and self.summary_only:
            params["summaryOnly"] = "true"
        return params
