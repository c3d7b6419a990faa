"""Xero's own import templates: their headings, and what their words mean.

The templates are the CSV files that Xero's import pages offer: sales invoices, bills, credit notes,
purchase orders, contacts, items, manual journals and the chart of accounts. Their headings are
public; ``*`` marks those that must be filled in. A stream is taken for a template if it has all of
the headings that no field of Xero's API has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from xero_client.names import normalized_name

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
# The types of documents by the words of the templates, in lower case.
DOCUMENT_TYPES = {
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
        signature: Headings that a stream must have to count as this template. Of a tuple, one is
            enough.
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

    def paths(self, heading: str) -> tuple[str, ...]:
        """The fields of a normalized heading; none if it is a field of Xero's API as it is."""
        # A field with words is found by its exact name.
        own = (word for word in self.words if normalized_name(word) == heading)
        return self.fields.get(heading) or tuple(own)

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


DISCOUNT = "LineItems.0.DiscountRate"
_DOCUMENT_FIELDS = {
    "ContactName": "Contact.Name",
    "EmailAddress": "Contact.EmailAddress",
    **_addresses("PO", "Contact.", 0),
    **_addresses("SA", "Contact.", 1),
    "InvoiceDate": "Date",
    "InventoryItemCode": "LineItems.0.ItemCode",
    "Discount": DISCOUNT,
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
    "Type": DOCUMENT_TYPES,
    "Status": _STATUSES,
    "SentToContact": {"sent": "true", "not sent": "false", "unsent": "false"},
}
# Xero computes these; they are in its exports.
COMPUTED = frozenset({"total", "taxtotal", "invoiceamountpaid", "invoiceamountdue", "lineamount"})
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
        COMPUTED,
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
        COMPUTED,
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
        COMPUTED,
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
BY_SHAPE: Mapping[str, ImportTemplate] = {template.shape: template for template in TEMPLATES}
