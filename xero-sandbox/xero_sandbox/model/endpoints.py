"""What Xero's Accounting endpoints accept in a read: one row of facts for each.

They come from xero-facts.md (Paging, Change capture, Scopes, Reading by entity) and are not shared
with any client, so that a wrong fact in a client's own table makes a test fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_sandbox.model.endpoint import Endpoint, Paging


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
