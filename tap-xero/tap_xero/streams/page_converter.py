"""Decodes the pages of a stream, and converts their records to the form of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from singer_sdk.singerlib import SelectionMask

from tap_xero.paging.page import Page
from tap_xero.records.converter import Breadcrumb
from tap_xero.records.schemas.types import Properties
from tap_xero.records.typed_records import PageDecoder, TypedContent, TypedRecord
from tap_xero.state import TENANT_ID
from tap_xero.streams.record_stream import own_fields
from xero_client.auth.tenants import Tenant
from xero_client.entities.nested_lists import NestedList
from xero_client.entities.table import Entity

# The length of the breadcrumb of a record's own field.
TOP_LEVEL = 2
# An instant as ``records.dates`` writes it.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class PageConverter:
    """Decodes and converts the pages of one stream."""

    def __init__(
        self,
        entity: Entity,
        properties: Properties,
        mask: SelectionMask,
        convert: Callable[[dict[str, Any]], object],
        *,
        replication_key: str,
        nested: Sequence[NestedList],
        withheld: Sequence[str],
    ) -> None:
        """Compiles nothing yet.

        Args:
            entity: The entity of the records.
            properties: The properties of the stream's schema.
            mask: The selection.
            convert: Converts a record that is a dictionary, in place.
            replication_key: The field of the last change; empty without one.
            nested: The lists inside the records that are written as streams of their own.
            withheld: Fields that are left out.
        """
        self._convert = convert
        self._replication_key = replication_key
        self._withheld = withheld
        self._of_login = entity.of_login
        self._mask = mask
        lists = [each.path[0] for each in nested]
        # Paging and nested streams need these fields also if they are not selected.
        needed = {*entity.keys, entity.id_field or "", replication_key, *lists} & properties.keys()
        self._not_selected = [name for name in needed if not mask["properties", name]]

        def is_decoded(crumb: Breadcrumb) -> bool:
            is_needed = len(crumb) == TOP_LEVEL and crumb[-1] in {TENANT_ID, *needed}
            return is_needed or mask[crumb]

        is_own_list = entity.records is None and not (entity.members or entity.echoed)
        self._decoder: PageDecoder | None = None
        if is_own_list and entity.keys:
            self._decoder = PageDecoder(entity.key, properties, is_decoded)
            for name in withheld:
                self._decoder.drop(name)

    def decode(self, body: bytes) -> TypedContent | None:
        """The content of a response, if its form is known."""
        return None if self._decoder is None else self._decoder.decode(body)

    def drop(self, path: str) -> None:
        """Tells of an unknown field that is dropped."""
        if self._decoder is not None:
            self._decoder.drop(path)

    def convert_page(self, page: Page, tenant: Tenant) -> list[str]:
        """Converts a page's records in place, and returns the instants of their last changes."""
        convert, key, withheld = self._convert, self._replication_key, self._withheld
        common = own_fields(self._mask, tenant, page.requested_at)
        changes = []
        for record in page.records:
            if isinstance(record, TypedRecord):
                record.set(common)
                for name in self._not_selected:
                    record.remove(name)
            else:
                for name in withheld:
                    record.pop(name, None)
                convert(record)
                if self._of_login:
                    own = Tenant(str(record.get("tenantId")), record.get("tenantName"))
                    common = own_fields(self._mask, own, page.requested_at)
                record.update(common)
            # A date that could not be converted must not become the bookmark.
            if isinstance(change := record.get(key), str) and _INSTANT.fullmatch(change):
                changes.append(change)
        return changes
