"""Matches line items of the source with those of the copied documents, by their position."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from target_xero.copy.mapping.id_map import IdMapping
from target_xero.copy.mapping.references import CONNECTED, Reference
from target_xero.copy.spool import Spool
from target_xero.copy.steps import Step
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import BY_STREAM
from xero_client.http import wire
from xero_client.http.transport import Transport

_TRANSACTION_FIELDS = ("SourceTransactionID", "TargetTransactionID")


class LineItemMatcher:
    """Matches the line items that linked transactions refer to."""

    def __init__(
        self,
        transport: Transport,
        spool: Spool,
        mappings: Mapping[Reference, IdMapping],
        simulated: Collection[Reference],
    ) -> None:
        """Prepares the matcher.

        Args:
            transport: The target.
            spool: Has the source's documents.
            mappings: The mappings of those documents.
            simulated: The documents that a dry run would have created.
        """
        self._transport = transport
        self._spool = spool
        self._mappings = mappings
        self._simulated = simulated

    def target_ids(self, steps: Sequence[Step]) -> dict[Reference, str]:
        """The target's ids of the line items that steps refer to.

        Raises:
            XeroError: The target's documents cannot be read.
        """
        found: dict[Reference, str] = {}
        for stream in CONNECTED:
            documents: dict[str, str] = {}
            for step in steps:
                for name in _TRANSACTION_FIELDS:
                    source_id = str(step.payload.get(name) or "")
                    if (stream, source_id) in self._mappings:
                        documents[source_id] = self._mappings[stream, source_id].target_id
                    elif (stream, source_id) in self._simulated:
                        found.update(self._simulated_lines(stream, source_id))
            found.update(self._matches(stream, documents))
        return found

    def _simulated_lines(self, stream: str, source_id: str) -> dict[Reference, str]:
        """The line items that a document would have; in a dry run, they keep their ids."""
        ids = [str(item.get("LineItemID")) for item in self._source_items(stream, source_id)]
        return {("line_items", line_item_id): line_item_id for line_item_id in ids}

    def _source_items(self, stream: str, source_id: str) -> Sequence[Mapping[str, Any]]:
        line = self._spool.line_of(stream, source_id)
        return [] if line is None else wire.decode(line)["record"].get("LineItems") or []

    def _matches(self, stream: str, documents: Mapping[str, str]) -> dict[Reference, str]:
        if not documents:
            return {}
        entity = BY_STREAM[stream]
        copies = Lookup(self._transport, entity, stream).by_id(documents.values())
        found: dict[Reference, str] = {}
        for source_id, target_id in documents.items():
            # Empty if an earlier run copied the document: translating the reference reports that.
            source_items = self._source_items(stream, source_id)
            target_items = (copies.get(target_id.lower()) or {}).get("LineItems") or []
            if len(source_items) != len(target_items):
                continue
            for source_item, target_item in zip(source_items, target_items, strict=True):
                key = ("line_items", str(source_item.get("LineItemID")))
                found[key] = str(target_item.get("LineItemID"))
        return found
