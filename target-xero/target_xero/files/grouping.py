"""Which rows of a file are one document by default: consecutive ones with one number.

A manual journal has no number: its rows have one narration and date, as in Xero's import template.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.names import destination_of, document_type_of
from target_xero.build.fields.columns import field_path
from target_xero.build.rows.template_rows import TemplateRows, template_rows
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.templates.rendering import fields_read
from xero_client.entities.shapes import LINES, SHAPES
from xero_client.names import normalized_name

# Two suppliers may use one number for their bills (xero-facts.md: Writing by entity).
_OF_SUPPLIERS = ("ACCPAY", "ACCPAYCREDIT")
_SUPPLIER_FIELDS = ("ContactID", "ContactNumber", "Name")
_JOURNAL_FIELDS = (("Narration",), ("Date",))
# A template that is the value of one column.
_ONE_COLUMN = re.compile(r"\{\{\s*record(?:\.\w+|\[[^\]]+\])\s*\}\}")


def number_columns(rule: StreamRule, headings: Sequence[str]) -> tuple[str, ...]:
    """The columns whose values are the same in all rows of one document.

    Args:
        rule: How the rows are published.
        headings: The headings of the file.

    Returns:
        The column with the number of the document, for bills also those of the supplier, and of a
        manual journal the narration and the date; nothing if the rows have no number or no lines,
        or if they are an import template of Xero's, which has a rule of its own.
    """
    if template_of(rule, headings) is not None:
        return ()
    return tuple(name for names in _naming_columns(rule, headings) for name in names)


def required_columns(rule: StreamRule, headings: Sequence[str]) -> list[tuple[str, ...]]:
    """The columns that say which document a row belongs to; one of each group must have a value.

    Args:
        rule: How the rows are published.
        headings: The headings of the file.
    """
    template = template_of(rule, headings)
    if template is None:
        return _naming_columns(rule, headings)
    fields = {
        heading: template.template.paths(normalized_name(heading))
        or (rule.columns.get(heading, heading),)
        for heading in headings
    }
    found = [
        tuple(
            heading
            for heading, names in fields.items()
            if normalized_name(field) in map(normalized_name, names)
        )
        for field in template.group_by
    ]
    return [names for names in found if names]


def date_columns(rule: StreamRule, headings: Sequence[str]) -> tuple[str, ...]:
    """The columns with the date of a row; Xero dates a row without one today.

    Args:
        rule: How the rows are published.
        headings: The headings of the file.
    """
    shape = destination_of(rule.entity, rule.path).shape
    if shape is None or "Date" not in SHAPES[shape] or rule.method == "DELETE":
        return ()
    if "Date" in rule.payload:
        # A constant needs no column, and a longer template may say what an empty one means.
        template = str(rule.payload["Date"]).strip()
        read = fields_read(template) if _ONE_COLUMN.fullmatch(template) else set()
        return tuple(heading for heading in headings if heading in read)
    fields = {normalized_name(column): field for column, field in rule.columns.items()}
    return tuple(
        heading
        for heading in headings
        if field_path(fields.get(normalized_name(heading), heading), shape) == ("Date",)
    )


def template_of(rule: StreamRule, headings: Sequence[str]) -> TemplateRows | None:
    """Xero's import template that a file with these headings is; None if it is not one."""
    shape = destination_of(rule.entity, rule.path).shape
    return template_rows(shape, headings, _document_type(rule), rule.columns)


def _document_type(rule: StreamRule) -> Any:  # noqa: ANN401  # a value of the configuration
    return rule.payload.get("Type") or document_type_of(rule.entity)


def _naming_columns(rule: StreamRule, headings: Sequence[str]) -> list[tuple[str, ...]]:
    """The columns that name a document, by the field, if the rows are lines of documents."""
    destination = destination_of(rule.entity, rule.path)
    shape = destination.shape
    if not isinstance(destination, EntityDestination) or shape is None:
        return []
    paths = {
        heading: field_path(rule.columns.get(heading, heading), shape) or () for heading in headings
    }
    lines = [name for name in LINES if name in SHAPES[shape]]
    if not any(path[0] in lines for path in paths.values() if path):
        return []
    if "JournalLines" in lines:
        if ("JournalLines",) in paths.values():
            return []  # each row has all lines of its journal, as JSON
        of_journal = [
            tuple(heading for heading, path in paths.items() if path == field)
            for field in _JOURNAL_FIELDS
        ]
        return [names for names in of_journal if names]
    writing = destination.writing
    own = (*writing.match_fields, *writing.number_fields)
    numbers = [(name,) for name in own if name.endswith("Number")]
    found = tuple(heading for heading, path in paths.items() if path in numbers)
    if not found:
        return []
    of_supplier = [("Contact", name) for name in _SUPPLIER_FIELDS]
    suppliers = tuple(heading for heading, path in paths.items() if path in of_supplier)
    has_suppliers = suppliers and _document_type(rule) in _OF_SUPPLIERS
    return [suppliers, found] if has_suppliers else [found]
