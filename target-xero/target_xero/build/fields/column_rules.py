"""What is done with the values of each column: they are sent as they are, converted or left out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from target_xero.build.fields.columns import field_names
from target_xero.build.fields.name_references import IS_CODE, Named, named_by
from target_xero.build.fields.values import converters
from xero_client.entities.field_types import Field, Kind
from xero_client.entities.shapes import SHAPES
from xero_client.names import normalized_name

# What is done with the values of a column. Plain numbers, since an enum costs in the inner loop of
# the coercion. Non-empty texts of the first three are sent as they are.
TEXT, CODE, NAME, VALUE, PART, PARTS, FREE, DROP, UNKNOWN = range(9)
# Fields of text that hold one of a few codes or an id. An empty text is not one, so that they are
# cleared by a null; other texts are cleared by an empty text.
_CODES = frozenset(
    {
        "Type", "Status", "ContactStatus", "LineAmountTypes", "CurrencyCode", "DefaultCurrency",
        "TaxType", "AddressType", "PhoneType", "TaxNumberType", "InvoiceAddressType", "Taxability",
        "BankAccountType", "ReportTaxType", "SalesDefaultLineAmountType",
        "PurchasesDefaultLineAmountType", "AccountsReceivableTaxType", "AccountsPayableTaxType",
    }
)  # fmt: skip


class PossibleName(NamedTuple):
    """What the texts of a column may be the names of.

    Attributes:
        kind: What is named.
        is_code: Whether a text is a code for certain.
    """

    kind: Named
    is_code: Callable[[str], bool]


class ColumnRule(NamedTuple):
    """What is done with the values of one column.

    Attributes:
        name: Xero's field.
        action: What is done, one of the numbers above.
        convert: The function that converts a plain value.
        shape: The shape of a part.
        named: What its texts may name; None if they are not names.
    """

    name: str
    action: int
    convert: Callable[[Any], Any] | None = None
    shape: str = ""
    named: PossibleName | None = None


class ColumnRules:
    """Finds the rule of each column, by its name and the shape that it is in."""

    def __init__(
        self,
        *,
        keep_line_ids: bool,
        date_format: str | None,
        decimal_comma: bool | None,
        names_first: bool,
    ) -> None:
        """Takes how values are written; the arguments are those of ``Coercion``."""
        self._keep_line_ids = keep_line_ids
        self._names_first = names_first
        self._converters = converters(date_format, decimal_comma=decimal_comma)

    def of_column(self, key: str, shape: str | None, read_only: Collection[str]) -> ColumnRule:
        """The rule of a column, whatever its case and underscores.

        Args:
            key: The column.
            shape: The shape that has it; None for records whose fields are not known.
            read_only: Fields that are not sent.
        """
        if shape is None:
            return ColumnRule(key, DROP if key[:1] == "_" else FREE)
        name = field_names(shape).get(normalized_name(key), key)
        field = SHAPES[shape].get(name)
        if field is None:
            is_dropped = name in read_only or name[:1] == "_"
            return ColumnRule(name, DROP if is_dropped else UNKNOWN)
        return self._of_field(name, field, shape)

    def _of_field(self, name: str, field: Field, shape: str) -> ColumnRule:
        if not field.is_sent or (name == "LineItemID" and not self._keep_line_ids):
            return ColumnRule(name, DROP)
        if field.shape is not None:
            return ColumnRule(name, PARTS if field.many else PART, shape=field.shape)
        if field.many:
            return ColumnRule(name, FREE)
        convert = self._converters[field.kind]
        kind = named_by(shape, name)
        if kind is not None:
            looks_up_all = self._names_first and kind is Named.TAX_RATE
            named = PossibleName(kind, _never if looks_up_all else IS_CODE[kind])
            return ColumnRule(name, NAME, convert, named=named)
        if field.kind is not Kind.TEXT:
            return ColumnRule(name, VALUE, convert)
        holds_code = name in _CODES or name.endswith("ID")
        return ColumnRule(name, CODE if holds_code else TEXT, convert)


def _never(_text: str) -> bool:
    return False
