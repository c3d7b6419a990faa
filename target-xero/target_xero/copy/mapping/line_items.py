"""Line items of the source in the target: by their place in a document that was copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from target_xero.copy.mapping.id_map import Known
from target_xero.copy.mapping.references import TRANSACTIONS, Reference
from target_xero.copy.spool import Spool
from target_xero.copy.steps import Step
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import BY_STREAM
from xero_client.http import wire
from xero_client.http.transport import Transport

_ENDS = (
    ("SourceTransactionID", "SourceLineItemID"),
    ("TargetTransactionID", "TargetLineItemID"),
)


class LineItems:
    """Finds the line items that linked transactions tie together."""

    def __init__(
        self, transport: Transport, spool: Spool, known: Mapping[Reference, Known]
    ) -> None:
        """Takes what is known of the documents.

        Args:
            transport: The target.
            spool: Where the source's documents are.
            known: What they have become.
        """
        self._transport = transport
        self._spool = spool
        self._known = known

    def of(self, steps: Sequence[Step]) -> dict[Reference, str]:
        """The target's ids of the line items that steps name.

        Raises:
            XeroError: The target's documents cannot be read.
        """
        found: dict[Reference, str] = {}
        for stream in TRANSACTIONS:
            documents: dict[str, str] = {}
            for step in steps:
                for document, _ in _ENDS:
                    source_id = str(step.payload.get(document) or "")
                    if (stream, source_id) in self._known:
                        documents[source_id] = self._known[stream, source_id].target_id
            found.update(self._lines(stream, documents))
        return found

    def _lines(self, stream: str, documents: Mapping[str, str]) -> dict[Reference, str]:
        if not documents:
            return {}
        entity = BY_STREAM[stream]
        copies = Lookup(self._transport, entity, stream).by_id(documents.values())
        found: dict[Reference, str] = {}
        for source_id, target_id in documents.items():
            line = self._spool.record(stream, source_id)
            copy = copies.get(target_id.lower())
            if line is None or copy is None:
                continue  # of an earlier run: the link says then that it cannot be resolved
            ours = wire.decode(line)["record"].get("LineItems") or []
            theirs = copy.get("LineItems") or []
            if len(ours) != len(theirs):
                continue
            for one, other in zip(ours, theirs, strict=True):
                key = ("line_items", str(one.get("LineItemID")))
                found[key] = str(other.get("LineItemID"))
        return found
