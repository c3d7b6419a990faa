"""What is sent to Xero, by shape: the records of an entity, parts of records, and children.

The shapes are those of ``entities.parts``, without those that are never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import Shape, sent_fields, sent_part
from xero_client.entities.parts import PARTS
from xero_client.entities.table import ALL_ENTITIES

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        **{entity.title: sent_fields(entity.fields) for entity in ALL_ENTITIES if entity.writing},
        **{name: sent for name, part in PARTS.items() if (sent := sent_part(part)) is not None},
    }
)

# The fields that identify a referenced record, by its shape. If the first one is there, only that
# one is sent: a contact that is sent with a part of its persons loses the others
# (xero-facts.md: Writing rules).
REFERENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Account": ("AccountID", "Code"),
        "Contact": ("ContactID",),
        "CreditNote": ("CreditNoteID",),
        "Invoice": ("InvoiceID",),
        "Overpayment": ("OverpaymentID",),
        "Prepayment": ("PrepaymentID",),
    }
)

# The fields of a referenced record that lists show, the best for identification first
# (xero-facts.md: Paging).
SUMMARIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **REFERENCES,
        "Account": ("AccountID", "Code", "Name"),
        "Contact": ("ContactID", "ContactNumber", "Name"),
        "CreditNote": ("CreditNoteID", "CreditNoteNumber"),
        "Invoice": ("InvoiceID", "InvoiceNumber"),
        "AssetType": ("assetTypeId", "assetTypeName"),
    }
)

# The lists whose fields a flat row may name without the name of the list.
LINES = ("LineItems", "JournalLines")

# ``SUMMARIES`` by the field of the reference, such as ``BankAccount``.
REFERRING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        field.name: SUMMARIES[field.shape]
        for shape in SHAPES.values()
        for field in shape.values()
        if field.shape is not None and field.shape in SUMMARIES
    }
)
