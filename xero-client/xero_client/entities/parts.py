"""What Xero shows: the records of all entities, and the parts of records, by name.

The fields of an entity stand in its row, and have the name ``title``. The other shapes are parts:
of any record (``LineItem``), of an entity inside another record (``InvoiceSummary``, and
``Invoice`` for what is sent of it), or children of a record (``Option``). The facts are from
xero-facts.md: Formats, Reading by entity, Writing, Writing by entity; and from Xero's OpenAPI
files.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import Shape
from xero_client.entities.fields import (
    accounts,
    contacts,
    items,
    journals,
    payments,
    settings,
    shared,
    tracking,
)
from xero_client.entities.fields.documents import credit_notes, invoices, line_items
from xero_client.entities.other_apis import payroll_references
from xero_client.entities.other_apis.fields import (
    accounting,
    assets,
    files,
    finance,
    payroll_au,
    payroll_both,
    payroll_nz,
    payroll_uk,
    projects,
)
from xero_client.entities.table import ALL_ENTITIES

_MODULES = (
    accounts,
    contacts,
    credit_notes,
    invoices,
    items,
    journals,
    line_items,
    payments,
    settings,
    shared,
    tracking,
    accounting,
    assets,
    files,
    finance,
    payroll_au,
    payroll_both,
    payroll_nz,
    payroll_uk,
    payroll_references,
    projects,
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {name: part for module in _MODULES for name, part in module.PARTS.items()}
)

SHOWN: Mapping[str, Shape] = MappingProxyType(
    {**{entity.title: entity.fields for entity in ALL_ENTITIES}, **PARTS}
)
