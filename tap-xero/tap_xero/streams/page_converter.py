"""Decodes the pages of a stream, and converts their records to the form of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from singer_sdk.singerlib import SelectionMask

from tap_xero.paging.page import Page
from tap_xero.records.converter import Breadcrumb
from tap_xero.records.dates import instants_of
from tap_xero.records.schemas.types import Properties, copy_of
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
            is_in_list = len(crumb) > TOP_LEVEL and crumb[TOP_LEVEL - 1] in lists
            return is_needed or is_in_list or mask[crumb]

        # What the record leaves out of the members of a list, the stream of the list may write.
        self._copied = [name for name in lists if _hides_members(mask, name)]
        is_own_list = (
            not self._copied and entity.records is None and not (entity.members or entity.echoed)
        )
        self._decoder: PageDecoder | None = None
        if is_own_list and entity.keys:
            self._decoder = PageDecoder(entity.key, properties, is_decoded, entity.id_field)
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
        if key in self._not_selected:  # the records themselves are not written, only their lists
            changes = instants_of(record.get(key) for record in page.records)
        for record in page.records:
            if isinstance(record, TypedRecord):
                record.set(common)
                for name in self._not_selected:
                    record.remove(name)
            else:
                for name in withheld:
                    record.pop(name, None)
                for name in self._copied:
                    if name in record:
                        record[name] = copy_of(record[name])
                convert(record)
                if self._of_login:
                    own = Tenant(str(record.get("tenantId")), record.get("tenantName"))
                    common = own_fields(self._mask, own, page.requested_at)
                record.update(common)
            # A date that could not be converted must not become the bookmark.
            if isinstance(change := record.get(key), str) and _INSTANT.fullmatch(change):
                changes.append(change)
        return changes


def _hides_members(mask: SelectionMask, name: str) -> bool:
    """Whether fields of the members of a list are not selected."""
    members = ("properties", name, "items")
    return any(crumb[: len(members)] == members and not mask[crumb] for crumb in mask)
