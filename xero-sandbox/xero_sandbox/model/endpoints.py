"""What Xero's Accounting endpoints accept in a read: one row of facts for each.

They come from xero-facts.md (Paging, Change capture, Scopes, Reading by entity) and are not shared
with any client, so that a wrong fact in a client's own table makes a test fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Paging(Enum):
    """How an endpoint returns its list (xero-facts.md: Paging)."""

    WHOLE = "the whole list in one response"
    OPTIONAL = "pages on request, else the whole list in a shorter shape"
    FORCED = "always pages"
    NUMBERED = "pages of 100 on request, without pageSize and without a pagination object"
    FIXED = "always pages of 100, without a pagination object"
    OFFSET = "by JournalNumber, 100 at most"


@dataclass(frozen=True)
class Endpoint:
    """Facts of one readable endpoint.

    Attributes:
        name: The path after the base URI, also the response's key unless ``key`` is set.
        id_field: The field that identifies a record.
        scope: The family of its scopes, without ``accounting.`` (xero-facts.md: Scopes).
        more_scopes: Further families of scopes that it accepts.
        numbers: Fields whose value the URL accepts in place of the id.
        updated: The field that If-Modified-Since compares; None if the header is ignored.
        where: Whether it accepts ``where``.
        order: Whether it accepts ``order``.
        default_order: The order without ``order``.
        unpaged_omits: Fields that only pages and single records contain.
        unpaged_empties: Lists that are empty without ``page``.
        summary_omits: Fields that ``summaryOnly=true`` leaves out; empty if there is no such
            parameter.
        list_omits: Fields that only single records contain.
        lists: Parameters with values separated by commas: name to field path.
        equals: Parameters that a field must equal.
        contains: Parameters that match a part of a field.
        ranges: Parameters that bound a date field: name to field and ``>=`` or ``<=``.
        unitdp: Whether unit amounts are rounded to two places without ``unitdp=4``.
        hidden: Field and value of records that are listed only if ``shown_by`` is true.
        shown_by: The name of that parameter.
        hidden_parts: Nested lists whose elements are hidden by the same rule.
        never_listed: Field and value of records that are in no list.
        search: Fields that ``searchTerm`` searches; empty if there is no such parameter.
        date_strings: Date fields with a second field ``…String`` (xero-facts.md: Formats).
        attachments: Whether records have attachments (xero-facts.md: Attachments and history).
        history: Whether records have a history (xero-facts.md: Attachments and history).
        fast_where: Fields that a filter may use above the high-volume threshold
            (xero-facts.md: Paging).
        fast_order: Fields that an order may use above the threshold; empty if the endpoint has no
            threshold.
    """

    name: str
    id_field: str
    scope: str
    paging: Paging = Paging.WHOLE
    key: str = ""
    more_scopes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    updated: str | None = None
    where: bool = True
    order: bool = True
    default_order: tuple[str, ...] = ()
    unpaged_omits: frozenset[str] = frozenset()
    unpaged_empties: frozenset[str] = frozenset()
    summary_omits: frozenset[str] = frozenset()
    list_omits: frozenset[str] = frozenset()
    lists: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    equals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    contains: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    unitdp: bool = False
    hidden: tuple[str, str] | None = None
    shown_by: str = ""
    hidden_parts: tuple[str, ...] = ()
    never_listed: tuple[str, str] | None = None
    search: tuple[str, ...] = ()
    date_strings: tuple[str, ...] = ()
    attachments: bool = False
    history: bool = False
    fast_where: frozenset[str] = frozenset()
    fast_order: frozenset[str] = frozenset()

    @property
    def plural(self) -> str:
        """The key of the records in a response."""
        return self.key or self.name


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_LINES = _set("LineItems")
_CONTACT_DETAILS = _set(
    "ContactPersons Balances MergedToContactID ContactGroups PaymentTerms HasAttachments Website "
    "BrandingTheme BatchPayments Discount XeroNetworkKey SalesDefaultAccountCode "
    "PurchasesDefaultAccountCode SalesTrackingCategories PurchasesTrackingCategories "
    "SalesDefaultLineAmountType PurchasesDefaultLineAmountType Attachments"
)
_CONTACT_SUMMARY = _set(
    "Addresses Balances ContactGroups ContactPersons IsCustomer IsSupplier SalesDefaultAccountCode "
    "PurchasesDefaultAccountCode SalesTrackingCategories PurchasesTrackingCategories"
)
_INVOICE_SUMMARY = _set("Payments HasAttachments LineItems CISDeduction")

_ROWS = (
    Endpoint("Accounts", "AccountID", "settings", updated="UpdatedDateUTC", attachments=True),
    Endpoint(
        "BankTransactions",
        "BankTransactionID",
        "banktransactions",
        Paging.OPTIONAL,
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC", "BankTransactionID"),
        # Xero's OpenAPI file and SDK require the field, so it is an empty list here.
        unpaged_empties=_LINES,
        unitdp=True,
        date_strings=("Date",),
        attachments=True,
        history=True,
        fast_where=_set("Type Status Contact.ContactID Date"),
        fast_order=_set("BankTransactionID UpdatedDateUTC Date"),
    ),
    Endpoint(
        "BankTransfers",
        "BankTransferID",
        "banktransactions",
        updated="CreatedDateUTC",
        hidden=("Status", "DELETED"),
        shown_by="includeDeleted",
        date_strings=("Date",),
        attachments=True,
        history=True,
    ),
    Endpoint(
        "BatchPayments",
        "BatchPaymentID",
        "payments",
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC", "BatchPaymentID"),
        date_strings=("Date",),
        history=True,
    ),
    Endpoint("BrandingThemes", "BrandingThemeID", "settings", where=False, order=False),
    Endpoint(
        "Budgets",
        "BudgetID",
        "budgets",
        where=False,
        order=False,
        list_omits=_set("BudgetLines"),
        lists=MappingProxyType({"IDs": "BudgetID"}),
    ),
    Endpoint(
        "ContactGroups",
        "ContactGroupID",
        "contacts",
        list_omits=_set("Contacts"),
        never_listed=("Status", "DELETED"),
    ),
    Endpoint(
        "Contacts",
        "ContactID",
        "contacts",
        Paging.OPTIONAL,
        numbers=("ContactNumber",),
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC", "ContactID"),
        unpaged_omits=_CONTACT_DETAILS,
        summary_omits=_CONTACT_SUMMARY,
        lists=MappingProxyType({"IDs": "ContactID"}),
        hidden=("ContactStatus", "ARCHIVED"),
        shown_by="includeArchived",
        search=("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress"),
        attachments=True,
        history=True,
        fast_where=_set("Name EmailAddress AccountNumber"),
        fast_order=_set("ContactID UpdatedDateUTC Name"),
    ),
    Endpoint(
        "CreditNotes",
        "CreditNoteID",
        "invoices",
        Paging.OPTIONAL,
        numbers=("CreditNoteNumber",),
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC", "CreditNoteID"),
        unpaged_omits=_LINES,
        unitdp=True,
        date_strings=("Date", "DueDate"),
        attachments=True,
        history=True,
        fast_where=_set(
            "Status Date Reference Contact.ContactID Contact.Name Contact.ContactNumber Type"
        ),
        fast_order=_set("CreditNoteID UpdatedDateUTC Date"),
    ),
    Endpoint("Currencies", "Code", "settings"),
    Endpoint(
        "ExpenseClaims",
        "ExpenseClaimID",
        "classicexpenses",
        updated="UpdatedDateUTC",
        history=True,
    ),
    Endpoint(
        "Invoices",
        "InvoiceID",
        "invoices",
        Paging.OPTIONAL,
        numbers=("InvoiceNumber",),
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC", "InvoiceID"),
        unpaged_omits=_LINES,
        summary_omits=_INVOICE_SUMMARY,
        lists=MappingProxyType(
            {
                "IDs": "InvoiceID",
                "InvoiceNumbers": "InvoiceNumber",
                "ContactIDs": "Contact.ContactID",
                "Statuses": "Status",
            }
        ),
        unitdp=True,
        search=("InvoiceNumber", "Reference", "Contact.Name"),
        date_strings=("Date", "DueDate"),
        attachments=True,
        history=True,
        fast_where=_set(
            "Status Contact.ContactID Contact.Name Contact.ContactNumber Reference InvoiceNumber "
            "InvoiceID Type AmountPaid Date DueDate AmountDue"
        ),
        fast_order=_set("InvoiceID UpdatedDateUTC Date"),
    ),
    Endpoint(
        "Items",
        "ItemID",
        "settings",
        more_scopes=("invoices",),
        numbers=("Code",),
        updated="UpdatedDateUTC",
        unitdp=True,
        history=True,
    ),
    Endpoint(
        "Journals",
        "JournalID",
        "journals",
        Paging.OFFSET,
        numbers=("JournalNumber",),
        updated="CreatedDateUTC",
        where=False,
        order=False,
    ),
    Endpoint(
        "LinkedTransactions",
        "LinkedTransactionID",
        "invoices",
        Paging.FIXED,
        where=False,
        order=False,
        equals=MappingProxyType(
            {
                name: name
                for name in (
                    "LinkedTransactionID",
                    "SourceTransactionID",
                    "ContactID",
                    "Status",
                    "TargetTransactionID",
                )
            }
        ),
    ),
    Endpoint(
        "ManualJournals",
        "ManualJournalID",
        "manualjournals",
        Paging.OPTIONAL,
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC",),
        unpaged_omits=_set("JournalLines"),
        attachments=True,
        history=True,
        fast_where=_set("Narration"),
        fast_order=_set("ManualJournalID UpdatedDateUTC Date"),
    ),
    Endpoint(
        "Overpayments",
        "OverpaymentID",
        "payments",
        Paging.OPTIONAL,
        updated="UpdatedDateUTC",
        lists=MappingProxyType({"References": "Reference"}),
        unitdp=True,
        date_strings=("Date",),
        history=True,
    ),
    Endpoint("PaymentServices", "PaymentServiceID", "paymentservices", where=False, order=False),
    Endpoint(
        "Payments",
        "PaymentID",
        "payments",
        Paging.OPTIONAL,
        updated="UpdatedDateUTC",
        default_order=("UpdatedDateUTC", "PaymentID"),
        history=True,
        fast_where=_set("PaymentType Status Date Invoice.InvoiceID Reference PaymentID"),
        fast_order=_set("PaymentID UpdatedDateUTC Date"),
    ),
    Endpoint(
        "Prepayments",
        "PrepaymentID",
        "payments",
        Paging.OPTIONAL,
        updated="UpdatedDateUTC",
        lists=MappingProxyType({"InvoiceNumbers": "InvoiceNumber", "References": "Reference"}),
        unitdp=True,
        date_strings=("Date",),
        history=True,
    ),
    Endpoint(
        "PurchaseOrders",
        "PurchaseOrderID",
        "invoices",
        Paging.FORCED,
        numbers=("PurchaseOrderNumber",),
        updated="UpdatedDateUTC",
        where=False,
        equals=MappingProxyType({"Status": "Status"}),
        ranges=MappingProxyType({"DateFrom": ("Date", ">="), "DateTo": ("Date", "<=")}),
        date_strings=("Date", "DeliveryDate"),
        attachments=True,
        history=True,
        fast_order=_set("PurchaseOrderID UpdatedDateUTC Date"),
    ),
    Endpoint(
        "Quotes",
        "QuoteID",
        "invoices",
        Paging.NUMBERED,
        updated="UpdatedDateUTC",
        where=False,
        equals=MappingProxyType({"Status": "Status", "ContactID": "Contact.ContactID"}),
        contains=MappingProxyType({"QuoteNumber": "QuoteNumber"}),
        ranges=MappingProxyType(
            {
                "DateFrom": ("Date", ">="),
                "DateTo": ("Date", "<="),
                "ExpiryDateFrom": ("ExpiryDate", ">="),
                "ExpiryDateTo": ("ExpiryDate", "<="),
            }
        ),
        date_strings=("Date", "ExpiryDate"),
        attachments=True,
        history=True,
    ),
    Endpoint(
        "Receipts",
        "ReceiptID",
        "classicexpenses",
        updated="UpdatedDateUTC",
        unitdp=True,
        attachments=True,
        history=True,
    ),
    Endpoint(
        "RepeatingInvoices",
        "RepeatingInvoiceID",
        "invoices",
        attachments=True,
        history=True,
    ),
    Endpoint("TaxRates", "TaxType", "settings"),
    Endpoint(
        "TrackingCategories",
        "TrackingCategoryID",
        "settings",
        hidden=("Status", "ARCHIVED"),
        shown_by="includeArchived",
        hidden_parts=("Options",),
    ),
    Endpoint("Users", "UserID", "settings", updated="UpdatedDateUTC"),
)

ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType({row.name: row for row in _ROWS})

# Added in July 2026, on these entities only (xero-facts.md: Change capture).
UPDATED_STRING = _set("Invoices CreditNotes Payments Prepayments Overpayments")
