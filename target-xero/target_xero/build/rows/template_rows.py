"""Rows of Xero's import templates, translated to records of Xero's fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from target_xero.build.fields.values import ConversionError, to_number
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.rows.import_templates import (
    BILL,
    BILL_CREDIT_NOTE,
    BY_SHAPE,
    COMPUTED,
    DISCOUNT,
    SALES_CREDIT_NOTE,
    SALES_INVOICE,
    ImportTemplate,
    Words,
)
from xero_client.json_value import Json
from xero_client.names import did_you_mean, normalized_name

_TYPES: Mapping[str, tuple[str, str]] = {
    "Invoices": (SALES_INVOICE, BILL),
    "CreditNotes": (SALES_CREDIT_NOTE, BILL_CREDIT_NOTE),
}
_SALES_HEADINGS = ("reference", "discount", "brandingtheme")


@dataclass(frozen=True)
class TemplateRows:
    """Turns the rows of one stream that is an import template into records of Xero's fields.

    Attributes:
        template: The template.
        document_type: The type of its documents; None if neither the stream nor the headings say.
        mapped: Normalized headings that the setting ``columns`` maps; they are left as they are.
        decimal_comma: Whether numbers are written like ``1.234,56``.
    """

    template: ImportTemplate
    document_type: str | None = None
    mapped: frozenset[str] = frozenset()
    decimal_comma: bool = False

    @property
    def group_by(self) -> tuple[str, ...]:
        """The fields whose values are the same in all rows of one document.

        Two suppliers may use one number for their bills (xero-facts.md: Writing by entity).
        """
        of_supplier = self.document_type in (BILL, BILL_CREDIT_NOTE)
        return (("Contact.Name",) if of_supplier else ()) + self.template.group_by

    def translate(self, row: Record) -> tuple[Record, list[str]]:
        """The row with Xero's fields for its headings, and warnings of what cannot be written.

        Raises:
            InvalidRecordError: A word is not one of Xero's, or a document has no type.
        """
        template = self.template
        out: Record = {}
        warnings: list[str] = []
        for heading, value in row.items():
            name = normalized_name(heading)
            if name in self.mapped:
                out[heading] = value
                continue
            if name in template.not_writable:
                if name not in COMPUTED and _says_something(value):
                    warnings.append(f"{heading!r} is left out: Xero's API cannot write it")
                continue
            for path in template.paths(name) or (heading,):
                words = template.words.get(path)
                out[path] = _code(heading, value, words) if words else value
        for path, type_field, kind in template.kinds:
            prefix = f"{path}."
            if any(key.startswith(prefix) and _is_filled(out[key]) for key in out):
                out[f"{prefix}{type_field}"] = kind
        _drop_names_without_options(out)
        if template.shape in _TYPES:
            self._check_type(out)
        if out.get("Type") != SALES_INVOICE and _says_something(out.get(DISCOUNT)):
            problem = "Xero's API takes a discount on sales invoices and quotes only"
            raise InvalidRecordError([f"Discount: {problem}"])
        return out, warnings

    def _check_type(self, row: Record) -> None:
        if not row.get("Type"):
            if self.document_type is None:
                raise InvalidRecordError([_no_type_problem(self.template)])
            row["Type"] = self.document_type
        elif row["Type"] not in _TYPES[self.template.shape]:
            problem = (
                f"a document of the type {row['Type']} is not one of Xero's {self.template.shape}"
            )
            raise InvalidRecordError([problem])

    def finish(self, document: Record) -> Record:
        """The document of all its rows: a credit note with a negative total has its signs turned.

        Xero's import takes credit notes with negative amounts; its API wants positive ones.
        """
        if self.template.shape != "CreditNotes":
            return document
        lines = document.get("LineItems")
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            return document
        try:
            total = sum((self._amount(line) for line in lines), Decimal())
        except ConversionError:
            return document  # the document will be refused for this value
        if total >= 0:
            return document
        turned = [
            {
                name: -self._number(value)
                if name in ("UnitAmount", "TaxAmount") and _is_filled(value)
                else value
                for name, value in line.items()
            }
            for line in lines
        ]
        return {**document, "LineItems": turned}

    def _amount(self, line: Record) -> Decimal:
        quantity, unit = line.get("Quantity"), line.get("UnitAmount")
        count = self._number(quantity) if _is_filled(quantity) else Decimal(1)
        return count * (self._number(unit) if _is_filled(unit) else Decimal())

    def _number(self, value: Json) -> Decimal:
        return Decimal(to_number(value, decimal_comma=self.decimal_comma))


def template_rows(
    shape: str | None,
    headings: Iterable[str],
    document_type: str | None,
    columns: Iterable[str] = (),
    *,
    decimal_comma: bool = False,
) -> TemplateRows | None:
    """How rows with these headings are translated; None if they are not an import template.

    Args:
        shape: The entity that the stream goes to.
        headings: The columns of the stream.
        document_type: The type that the stream's name or settings give.
        columns: The headings that the setting ``columns`` maps.
        decimal_comma: Whether numbers are written like ``1.234,56``.
    """
    template = BY_SHAPE.get(shape or "")
    mapped = frozenset(map(normalized_name, columns))
    names = {normalized_name(heading) for heading in headings}
    if template is None or not template.matches(names):
        return None
    # Only the template of sales invoices has all of these headings.
    if document_type is None and all(name in names for name in _SALES_HEADINGS):
        document_type = SALES_CREDIT_NOTE if shape == "CreditNotes" else SALES_INVOICE
    return TemplateRows(template, document_type, mapped, decimal_comma)


def _no_type_problem(template: ImportTemplate) -> str:
    sales, bills = _TYPES[template.shape]
    return (
        f"this import template of Xero's does not say whether its {template.title} are for sales "
        f'or purchases: set \'payload\' of the stream to {{"Type": "{sales}"}} or '
        f'{{"Type": "{bills}"}}'
    )


def _code(heading: str, value: Json, words: Words) -> Json:
    if not isinstance(value, str) or not value.strip():
        return value
    word = " ".join(value.split()).casefold()
    code = words.get(word)
    if code is None:
        if value.strip().upper() in words.values():
            return value.strip().upper()
        problem = f"{heading}: {value!r} is not one of Xero's words{did_you_mean(word, words)}"
        raise InvalidRecordError([problem])
    return code


def _is_filled(value: object) -> bool:
    return value not in (None, "")


def _says_something(value: object) -> bool:
    if isinstance(value, str):
        text = value.strip()
        return bool(text) and text.strip("0.,") != ""
    return value not in (None, 0)


def _drop_names_without_options(row: Record) -> None:
    """A name of a tracking category says nothing without an option."""
    for name, option in (("Name", "Option"), ("TrackingCategoryName", "TrackingOptionName")):
        for key in [key for key in row if "Tracking" in key and key.endswith(f".{name}")]:
            if not _is_filled(row.get(f"{key.removesuffix(name)}{option}")):
                del row[key]
