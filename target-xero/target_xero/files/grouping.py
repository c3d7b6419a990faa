"""Which rows of a file are one document, if nobody says it: consecutive ones with one number."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.names import destination_of, document_type_of
from target_xero.build.fields.columns import field_path
from target_xero.build.rows.template_rows import template_rows
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.fields import LINES, SHAPES

# Two suppliers may use one number for their bills (xero-facts.md: Writing by entity).
_OF_SUPPLIERS = ("ACCPAY", "ACCPAYCREDIT")
_SUPPLIER_FIELDS = ("ContactID", "ContactNumber", "Name")


def number_columns(rule: StreamRule, headings: Sequence[str]) -> tuple[str, ...]:
    """The columns whose values are the same in all rows of one document.

    Args:
        rule: How the rows are published.
        headings: The headings of the file.

    Returns:
        The column with the number of the document, for bills also those of the supplier; nothing
        if the rows have no number or no lines, or if they are an import template of Xero's, which
        has a rule of its own.
    """
    destination = destination_of(rule.entity, rule.path)
    shape = destination.shape
    if not isinstance(destination, EntityDestination) or shape is None:
        return ()
    document_type = rule.payload.get("Type") or document_type_of(rule.entity)
    if template_rows(shape, headings, document_type, rule.columns) is not None:
        return ()
    paths = {
        heading: field_path(rule.columns.get(heading, heading), shape) or () for heading in headings
    }
    lines = [name for name in LINES if name in SHAPES[shape]]
    if not any(path[0] in lines for path in paths.values() if path):
        return ()
    writing = destination.writing
    own = (*writing.match_fields, *writing.number_fields)
    numbers = [(name,) for name in own if name.endswith("Number")]
    found = [heading for heading, path in paths.items() if path in numbers]
    if not found:
        return ()
    of_supplier = [("Contact", name) for name in _SUPPLIER_FIELDS]
    suppliers = [heading for heading, path in paths.items() if path in of_supplier]
    return (*(suppliers if document_type in _OF_SUPPLIERS else ()), *found)
