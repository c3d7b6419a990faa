"""Converts the records of a page from Xero's form to that of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tap_xero.paging.page import Page
from tap_xero.state import TENANT_ID
from tap_xero.streams.record_stream import READ_AT, TENANT_NAME
from xero_client.auth.tenants import Tenant
from xero_client.http.wire import format_instant

# An instant as ``records.dates`` writes it.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


@dataclass(frozen=True)
class PageConverter:
    """Converts pages of one stream.

    Attributes:
        convert: Converts a record in place.
        replication_key: The field of the last change; empty if there is none.
        withheld: Fields that are left out.
        has_tenant_name: Whether a record gets the name of its organisation.
        has_read_at: Whether a record gets the time at which it was read.
        of_login: Whether each record is itself an organisation.
    """

    convert: Callable[[dict[str, Any]], object]
    replication_key: str
    withheld: Sequence[str]
    has_tenant_name: bool
    has_read_at: bool
    of_login: bool

    def convert_page(self, page: Page, tenant: Tenant) -> list[str]:
        """Converts a page's records in place, and returns the instants of their last changes."""
        convert, key, withheld = self.convert, self.replication_key, self.withheld
        read_at = format_instant(page.requested_at)
        changes = []
        for record in page.records:
            for name in withheld:
                record.pop(name, None)
            convert(record)
            if self.has_read_at:
                record[READ_AT] = read_at
            if self.of_login:
                tenant = Tenant(str(record.get("tenantId")), record.get("tenantName"))
            record[TENANT_ID] = tenant.tenant_id
            if self.has_tenant_name:
                record[TENANT_NAME] = tenant.name
            # A date that could not be converted must not become the bookmark.
            if isinstance(change := record.get(key), str) and _INSTANT.fullmatch(change):
                changes.append(change)
        return changes
