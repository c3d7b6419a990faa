"""The stream of the journals on a cash basis (xero-facts.md: Paging)."""

from __future__ import annotations

from types import MappingProxyType

from tap_xero.streams.entity_stream import XeroStream
from xero_client.entities.nested_lists import CASH_JOURNALS
from xero_client.entities.table import Entity


class CashJournalStream(XeroStream):
    """The journals on a cash basis, with a bookmark of their own."""

    fixed_params = MappingProxyType({"paymentsOnly": "true"})

    @classmethod
    def name_of(cls, entity: Entity) -> str:
        """The stream's name."""
        del entity
        return CASH_JOURNALS
