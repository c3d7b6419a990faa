"""Edits of documents whose copies are paid or allocated: Xero takes some fields of them only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from target_xero.copy.steps import Record
from target_xero.lookup.existing_records import Lookup
from xero_client.entities.table import BY_STREAM
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
SETTLED_STREAMS = frozenset({"credit_notes", "invoices"})
_SETTLEMENTS = (
    "Allocations",
    "AmountCredited",
    "AmountPaid",
    "CreditNotes",
    "Overpayments",
    "Payments",
    "Prepayments",
)


def edit_of(payload: Mapping[str, Any], copy: Mapping[str, Any]) -> Record:
    """What is sent of a document that has changed.

    Args:
        payload: The whole document, as the source has it now.
        copy: The document in the target, as Xero shows it.

    Returns:
        All of it, or where payments or allocations rest on the copy what Xero lets be changed
        then: some fields, and lines as they stand by their ids.
    """
    if not any(copy.get(name) for name in _SETTLEMENTS):
        return dict(payload)
    edit = {name: value for name, value in payload.items() if name in EDITABLE}
    lines, theirs = payload.get("LineItems") or [], copy.get("LineItems") or []
    if len(lines) == len(theirs):
        edit["LineItems"] = [
            {**line, "LineItemID": other.get("LineItemID")}
            for line, other in zip(lines, theirs, strict=True)
        ]
    return edit


def copies_of(
    transport: Transport, documents: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Record]:
    """The documents of the target as they are now, 40 a call.

    Args:
        transport: The target.
        documents: Stream and id in the target.

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
