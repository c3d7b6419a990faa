"""Xero's own import templates: their headings, and what their words mean.

The templates are the CSV files that Xero's import pages offer: sales invoices, bills, credit notes,
purchase orders, contacts, items, manual journals and the chart of accounts. Their headings are
public; ``*`` marks those that must be filled in. A stream is taken for a template if it has all of
the headings that no field of Xero's API has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from target_xero.build.columns import normalized_name
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.values import ConversionError, to_number
from xero_client.settings.nearest_name import did_you_mean

SALES_INVOICE, BILL = "ACCREC", "ACCPAY"
SALES_CREDIT_NOTE, BILL_CREDIT_NOTE = "ACCRECCREDIT", "ACCPAYCREDIT"

_ADDRESS_PARTS = ("AttentionTo", "AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4",
                  "City", "Region", "PostalCode", "Country")  # fmt: skip
_PHONES = {"PhoneNumber": "DEFAULT", "FaxNumber": "FAX", "MobileNumber": "MOBILE",
           "DDINumber": "DDI"}  # fmt: skip
_TERMS = {
    "of the following month": "OFFOLLOWINGMONTH",
    "following month": "OFFOLLOWINGMONTH",
    "of the current month": "OFCURRENTMONTH",
    "current month": "OFCURRENTMONTH",
    "day(s) after the bill date": "DAYSAFTERBILLDATE",
    "day(s) after the invoice date": "DAYSAFTERBILLDATE",
    "days after bill date": "DAYSAFTERBILLDATE",
    "days after invoice date": "DAYSAFTERBILLDATE",
    "day(s) after the end of the bill month": "DAYSAFTERBILLMONTH",
    "day(s) after the end of the invoice month": "DAYSAFTERBILLMONTH",
    "days after bill month": "DAYSAFTERBILLMONTH",
    "days after invoice month": "DAYSAFTERBILLMONTH",
}
_AMOUNT_TYPES = {
    "tax exclusive": "EXCLUSIVE", "exclusive": "EXCLUSIVE", "tax inclusive": "INCLUSIVE",
    "inclusive": "INCLUSIVE", "no tax": "NONE", "none": "NONE",
}  # fmt: skip
_ACCOUNT_TYPES = {
    "Bank": "BANK", "Current Asset": "CURRENT", "Current Liability": "CURRLIAB",
    "Depreciation": "DEPRECIATN", "Direct Costs": "DIRECTCOSTS", "Equity": "EQUITY",
    "Expense": "EXPENSE", "Fixed Asset": "FIXED", "Inventory": "INVENTORY",
    "Liability": "LIABILITY", "Non-current Asset": "NONCURRENT", "Other Income": "OTHERINCOME",
    "Overhead": "OVERHEADS", "Prepayment": "PREPAYMENT", "Revenue": "REVENUE", "Sales": "SALES",
    "Non-current Liability": "TERMLIAB", "Overheads": "OVERHEADS",
}  # fmt: skip
_DOCUMENT_TYPES = {
    "sales invoice": SALES_INVOICE,
    "bill": BILL,
    "purchase invoice": BILL,
    "sales credit note": SALES_CREDIT_NOTE,
    "bill credit note": BILL_CREDIT_NOTE,
}
_STATUSES = {
    "draft": "DRAFT",
    "awaiting approval": "SUBMITTED",
    "awaiting payment": "AUTHORISED",
    "approved": "AUTHORISED",
}

Words = Mapping[str, str]


@dataclass(frozen=True)
class ImportTemplate:
    """One of Xero's import templates.

    Attributes:
        title: Its name in messages.
        shape: The entity.
        signature: Headings that a stream must have to count as this template. Of a tuple, one.
        fields: The fields by heading; a heading may go to several.
        words: The codes of a field's words, by field.
        kinds: Objects that are told apart by a type: path, type field, type.
        group_by: The headings whose values are the same in all rows of one document.
        not_writable: Headings that the API cannot write.
    """

    title: str
    shape: str
    signature: tuple[tuple[str, ...], ...]
    fields: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Words] = field(default_factory=dict)
    kinds: tuple[tuple[str, str, str], ...] = ()
    group_by: tuple[str, ...] = ()
    not_writable: frozenset[str] = frozenset()

    def matches(self, headings: Collection[str]) -> bool:
        """Whether a stream with these headings, normalized, is this template."""
        return all(any(name in headings for name in names) for names in self.signature)


def _by_heading(fields: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {normalized_name(name): tuple(paths.split()) for name, paths in fields.items()}


def _addresses(prefix: str, of: str, index: int) -> dict[str, str]:
    paths = {f"{prefix}{part}": f"{of}Addresses.{index}.{part}" for part in _ADDRESS_PARTS}
    return paths | {f"{prefix}ZipCode": f"{of}Addresses.{index}.PostalCode"}


def _tracking(lines: str) -> dict[str, str]:
    return {
        f"Tracking{part}{number}": f"{lines}.0.Tracking.{number - 1}.{part}"
        for number in (1, 2)
        for part in ("Name", "Option")
    }


_DOCUMENT_FIELDS = {
    "ContactName": "Contact.Name",
    "EmailAddress": "Contact.EmailAddress",
    **_addresses("PO", "Contact.", 0),
    **_addresses("SA", "Contact.", 1),
    "InvoiceDate": "Date",
    "InventoryItemCode": "LineItems.0.ItemCode",
    "Discount": "LineItems.0.DiscountRate",
    "LineAmount": "LineItems.0.LineAmount",
    **_tracking("LineItems"),
    "Currency": "CurrencyCode",
    "BrandingTheme": "BrandingThemeID",
    "Sent": "SentToContact",
}
_DOCUMENT_KINDS = (
    ("Contact.Addresses.0", "AddressType", "POBOX"),
    ("Contact.Addresses.1", "AddressType", "STREET"),
)
_DOCUMENT_WORDS: dict[str, Words] = {
    "Type": _DOCUMENT_TYPES,
    "Status": _STATUSES,
    "SentToContact": {"sent": "true", "not sent": "false", "unsent": "false"},
}
# Xero computes these; they are in its exports.
_COMPUTED = frozenset({"total", "taxtotal", "invoiceamountpaid", "invoiceamountdue"})
_LINE = (("contactname",), ("unitamount",))

_CONTACT_FIELDS = {
    "ContactName": "Name",
    **_addresses("PO", "", 0),
    **_addresses("SA", "", 1),
    **{name: f"Phones.{index}.PhoneNumber" for index, name in enumerate(_PHONES)},
    "BankAccountName": "BatchPayments.BankAccountName",
    "BankAccountNumber": "BatchPayments.BankAccountNumber",
    "BankAccountParticulars": "BatchPayments.Details",
    "AccountsReceivableTaxCodeName": "AccountsReceivableTaxType",
    "AccountsPayableTaxCodeName": "AccountsPayableTaxType",
    "DueDateBillDay": "PaymentTerms.Bills.Day",
    "DueDateBillTerm": "PaymentTerms.Bills.Type",
    "DueDateSalesDay": "PaymentTerms.Sales.Day",
    "DueDateSalesTerm": "PaymentTerms.Sales.Type",
    "SalesAccount": "SalesDefaultAccountCode",
    "PurchasesAccount": "PurchasesDefaultAccountCode",
    **{
        f"TrackingName{number}": " ".join(
            f"{side}TrackingCategories.{number - 1}.TrackingCategoryName"
            for side in ("Sales", "Purchases")
        )
        for number in (1, 2)
    },
    **{
        f"{side}TrackingOption{number}": (
            f"{side}TrackingCategories.{number - 1}.TrackingOptionName"
        )
        for side in ("Sales", "Purchases")
        for number in (1, 2)
    },
    "DefaultTaxBills": "PurchasesDefaultLineAmountType",
    "DefaultTaxBillsName": "PurchasesDefaultLineAmountType",
    "DefaultTaxSales": "SalesDefaultLineAmountType",
    "DefaultTaxSalesName": "SalesDefaultLineAmountType",
    **{
        f"Person{number}{heading}": f"ContactPersons.{number - 1}.{part}"
        for number in range(1, 6)
        for heading, part in (
            ("FirstName", "FirstName"),
            ("LastName", "LastName"),
            ("Email", "EmailAddress"),
            ("IncludeInEmail", "IncludeInEmails"),
            ("IncludeInEmails", "IncludeInEmails"),
        )
    },
}

TEMPLATES = (
    ImportTemplate(
        "invoices",
        "Invoices",
        (*_LINE, ("invoicenumber",), ("invoicedate",)),
        _by_heading(_DOCUMENT_FIELDS | {"PlannedDate": "PlannedPaymentDate"}),
        _DOCUMENT_WORDS,
        _DOCUMENT_KINDS,
        ("InvoiceNumber",),
        _COMPUTED,
    ),
    ImportTemplate(
        "credit notes",
        "CreditNotes",
        (*_LINE, ("creditnotenumber", "invoicenumber"), ("creditnotedate", "invoicedate")),
        _by_heading(
            _DOCUMENT_FIELDS | {"CreditNoteDate": "Date", "InvoiceNumber": "CreditNoteNumber"}
        ),
        _DOCUMENT_WORDS,
        _DOCUMENT_KINDS,
        ("CreditNoteNumber",),
        _COMPUTED,
    ),
    ImportTemplate(
        "purchase orders",
        "PurchaseOrders",
        (*_LINE, ("purchaseordernumber", "ordernumber"), ("orderdate", "purchaseorderdate")),
        _by_heading(
            _DOCUMENT_FIELDS
            | {
                "OrderNumber": "PurchaseOrderNumber",
                "OrderDate": "Date",
                "PurchaseOrderDate": "Date",
            }
        ),
        _DOCUMENT_WORDS,
        _DOCUMENT_KINDS,
        ("PurchaseOrderNumber",),
        _COMPUTED,
    ),
    ImportTemplate(
        "contacts",
        "Contacts",
        (("contactname",),),
        _by_heading(_CONTACT_FIELDS),
        {
            "PaymentTerms.Bills.Type": _TERMS,
            "PaymentTerms.Sales.Type": _TERMS,
            "PurchasesDefaultLineAmountType": _AMOUNT_TYPES,
            "SalesDefaultLineAmountType": _AMOUNT_TYPES,
        },
        (
            ("Addresses.0", "AddressType", "POBOX"),
            ("Addresses.1", "AddressType", "STREET"),
            *((f"Phones.{i}", "PhoneType", kind) for i, kind in enumerate(_PHONES.values())),
        ),
        not_writable=frozenset(
            {"skypename", "website", "legalname", "discount", "brandingtheme", "taxnumbername"}
        ),
    ),
    ImportTemplate(
        "items",
        "Items",
        (("itemcode", "purchasesunitprice", "salesunitprice"),),
        _by_heading(
            {
                "ItemCode": "Code",
                "ItemName": "Name",
                "PurchasesDescription": "PurchaseDescription",
                "PurchasesUnitPrice": "PurchaseDetails.UnitPrice",
                "PurchasesAccount": "PurchaseDetails.AccountCode",
                "PurchasesTaxRate": "PurchaseDetails.TaxType",
                "SalesDescription": "Description",
                "SalesUnitPrice": "SalesDetails.UnitPrice",
                "SalesAccount": "SalesDetails.AccountCode",
                "SalesTaxRate": "SalesDetails.TaxType",
                "InventoryAssetAccount": "InventoryAssetAccountCode",
                "CostOfGoodsSoldAccount": "PurchaseDetails.COGSAccountCode",
            }
        ),
        not_writable=frozenset({"quantity"}),
    ),
    ImportTemplate(
        "manual journals",
        "ManualJournals",
        (("narration",), ("taxrate",), ("amount",)),
        _by_heading(
            {
                "Amount": "JournalLines.0.LineAmount",
                "TaxRate": "JournalLines.0.TaxType",
                **_tracking("JournalLines"),
            }
        ),
        group_by=("Narration", "Date"),
    ),
    ImportTemplate(
        "chart of accounts",
        "Accounts",
        (("taxcode",), ("name",), ("type",)),
        _by_heading(
            {
                "TaxCode": "TaxType",
                "Dashboard": "AddToWatchlist",
                "ExpenseClaims": "ShowInExpenseClaims",
                "EnablePayments": "EnablePaymentsToAccount",
                "ReportCode": "ReportingCode",
            }
        ),
        {"Type": {name.casefold(): code for name, code in _ACCOUNT_TYPES.items()}},
        not_writable=frozenset({"balance", "reportingname"}),
    ),
)
_BY_SHAPE: Mapping[str, ImportTemplate] = {template.shape: template for template in TEMPLATES}
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
    """

    template: ImportTemplate
    document_type: str | None = None
    mapped: frozenset[str] = frozenset()

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
                if name not in _COMPUTED and _says_something(value):
                    warnings.append(f"{heading!r} is left out: Xero's API cannot write it")
                continue
            for path in template.fields.get(name, (heading,)):
                words = template.words.get(path)
                out[path] = _code(heading, value, words) if words else value
        for path, type_field, kind in template.kinds:
            prefix = f"{path}."
            if any(key.startswith(prefix) and _is_filled(out[key]) for key in out):
                out[f"{prefix}{type_field}"] = kind
        _drop_names_without_options(out)
        if template.shape in _TYPES:
            self._check_type(out)
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
            total = sum((_amount(line) for line in lines), Decimal())
        except ConversionError:
            return document  # the document will be refused for this value
        if total >= 0:
            return document
        turned = [
            {
                name: -to_number(value)
                if name in ("UnitAmount", "LineAmount", "TaxAmount") and _is_filled(value)
                else value
                for name, value in line.items()
            }
            for line in lines
        ]
        return {**document, "LineItems": turned}


def template_rows(
    shape: str | None,
    headings: Iterable[str],
    document_type: str | None,
    columns: Iterable[str] = (),
) -> TemplateRows | None:
    """How rows with these headings are translated; None if they are not an import template.

    Args:
        shape: The entity that the stream goes to.
        headings: The columns of the stream.
        document_type: The type that the stream's name or settings give.
        columns: The headings that the setting ``columns`` maps.
    """
    template = _BY_SHAPE.get(shape or "")
    mapped = frozenset(map(normalized_name, columns))
    names = {normalized_name(heading) for heading in headings}
    if template is None or not template.matches(names):
        return None
    # Only the template of sales invoices has all of these headings.
    if document_type is None and all(name in names for name in _SALES_HEADINGS):
        document_type = SALES_CREDIT_NOTE if shape == "CreditNotes" else SALES_INVOICE
    return TemplateRows(template, document_type, mapped)


def _no_type_problem(template: ImportTemplate) -> str:
    sales, bills = _TYPES[template.shape]
    return (
        f"this import template of Xero's does not say whether its {template.title} are for sales "
        f'or purchases: set \'payload\' of the stream to {{"Type": "{sales}"}} or '
        f'{{"Type": "{bills}"}}'
    )


def _code(heading: str, value: Any, words: Words) -> Any:  # noqa: ANN401  # any JSON
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
        return bool(text) and text.strip("0.") != ""
    return value not in (None, 0)


def _drop_names_without_options(row: Record) -> None:
    """A name of a tracking category says nothing without an option."""
    for name, option in (("Name", "Option"), ("TrackingCategoryName", "TrackingOptionName")):
        for key in [key for key in row if "Tracking" in key and key.endswith(f".{name}")]:
            if not _is_filled(row.get(f"{key.removesuffix(name)}{option}")):
                del row[key]


def _amount(line: Record) -> Decimal:
    if _is_filled(line.get("LineAmount")):
        return Decimal(to_number(line["LineAmount"]))
    quantity = line.get("Quantity")
    unit = line.get("UnitAmount")
    count = Decimal(to_number(quantity)) if _is_filled(quantity) else Decimal(1)
    return count * (Decimal(to_number(unit)) if _is_filled(unit) else Decimal())
