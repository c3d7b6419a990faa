"""Limits changes of paid or allocated documents to the fields that Xero lets be changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from target_xero.copy.steps import Payload
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import BY_STREAM, ENTITIES
from xero_client.http.transport import Transport

# xero-facts.md: Writing rules.
EDITABLE = frozenset(
    {
        "BrandingThemeID",
        "Contact",
        "CreditNoteNumber",
        "DueDate",
        "InvoiceNumber",
        "PlannedPaymentDate",
        "Reference",
        "Url",
    }
)
SETTLED_STREAMS = frozenset(
    entity.stream
    for entity in ENTITIES
    if entity.is_paid and entity.writing is not None and entity.writing.is_document
)
_SETTLEMENTS = (
    "Allocations",
    "AmountCredited",
    "AmountPaid",
    "CreditNotes",
    "Overpayments",
    "Payments",
    "Prepayments",
)


def allowed_edit(payload: Mapping[str, Any], copy: Mapping[str, Any]) -> Payload:
    """What Xero accepts of a document that has changed in the source.

    Args:
        payload: The whole document, as it is in the source now.
        copy: The document in the target, as Xero shows it.

    Returns:
        All of it; if the copy is paid or allocated, only some fields and, if their number is the
        same, the lines with the ids of the copy's lines.
    """
    if not any(copy.get(name) for name in _SETTLEMENTS):
        return dict(payload)
    edit = {name: value for name, value in payload.items() if name in EDITABLE}
    lines, copied_lines = payload.get("LineItems") or [], copy.get("LineItems") or []
    if len(lines) == len(copied_lines):
        edit["LineItems"] = [
            {**line, "LineItemID": copied_line.get("LineItemID")}
            for line, copied_line in zip(lines, copied_lines, strict=True)
        ]
    return edit


def read_copies(
    transport: Transport, documents: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Payload]:
    """Reads documents of the target, 40 in a call.

    Args:
        transport: The target.
        documents: Stream and target id of each document.

    Raises:
        XeroError: They cannot be read.
    """
    by_stream: dict[str, list[str]] = {}
    for stream, target_id in documents:
        by_stream.setdefault(stream, []).append(target_id)
    return {
        (stream, target_id): record
        for stream, ids in by_stream.items()
        for target_id, record in Lookup(transport, BY_STREAM[stream], stream).by_id(ids).items()
    }
