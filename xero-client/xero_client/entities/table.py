"""THE TABLE: every Accounting entity of Xero, one row of facts each, for reading and for writing.

The facts stand in ``xero-facts.md`` xero-facts.md: Paging (paging, order), xero-facts.md: Change capture (modified-since, deletion), xero-facts.md: Writing (writing),
xero-facts.md: Scopes (scopes), xero-facts.md: Reading by entity (reading) and xero-facts.md: Writing by entity (writing by entity). Adding an entity is a row here and a schema
in tap-xero.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.entity import Entity, Paging, Reading, Removal, Route, Writing

__all__ = [
    "BY_NAME",
    "BY_STREAM",
    "ENTITIES",
    "STAMPS",
    "Entity",
    "Paging",
    "Reading",
    "Removal",
    "Route",
    "Writing",
    "read_scopes",
    "write_scopes",
]


INVOICES = ("accounting.invoices",)
PAYMENTS = ("accounting.payments",)
BANKING = ("accounting.banktransactions",)
SETTINGS = ("accounting.settings",)
CONTACTS = ("accounting.contacts",)
EXPENSES = ("accounting.classicexpenses",)

BATCHES = frozenset({Route.PUT, Route.POST, Route.POST_ID})
ONE_BY_ONE = frozenset({Route.POST_ID, Route.DELETE_ID})
SUMMARIZES = frozenset({Route.PUT, Route.POST})

DOCUMENT_REMOVAL = Removal(
    status_by_present=MappingProxyType(
        {"DRAFT": "DELETED", "SUBMITTED": "DELETED", "AUTHORISED": "VOIDED"}
    ),
    otherwise="VOIDED",
)
TOTALS = frozenset({"SubTotal", "TotalTax", "Total", "TotalDiscount"})
STAMPS = frozenset(
    {
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
        "CreatedDateUTC",
        "HasAttachments",
        "Attachments",
        "HasErrors",
        "HasValidationErrors",
        "StatusAttributeString",
        "ValidationErrors",
        "Warnings",
    }
)


def _read_only(*names: str) -> frozenset[str]:
    return STAMPS | frozenset(names)


ENTITIES: tuple[Entity, ...] = (
    Entity(
        "Accounts",
        "accounts",
        "AccountID",
        SETTINGS,
        # DELETE removes an unused account without a trace (xero-facts.md: Change capture).
        Reading(replication_key="UpdatedDateUTC", modified_since=True, full_table=True, order=True),
        Writing(
            frozenset({Route.PUT, Route.POST_ID, Route.DELETE_ID}),
            # A second account in one call is dropped without a word (xero-facts.md: Batch results).
            single=frozenset({Route.PUT}) | ONE_BY_ONE,
            bare=True,
            match=("AccountID", "Code"),
            create=Route.PUT,
            batch_limit=1,
            removal=Removal(
                status_by_present=MappingProxyType({"ACTIVE": "ARCHIVED"}),
                otherwise="ARCHIVED",
                verb=True,
                route=Route.POST_ID,
            ),
            read_only=_read_only("Class", "SystemAccount", "ReportingCodeName"),
        ),
        attachments=True,
    ),
    Entity(
        "BankTransactions",
        "bank_transactions",
        "BankTransactionID",
        BANKING,
        Reading(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            order_documented=True,
            unitdp=True,
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            match=("BankTransactionID",),
            unitdp=True,
            removal=Removal(),
            read_only=_read_only("PrepaymentID", "OverpaymentID", *TOTALS, "DateString"),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "BankTransfers",
        "bank_transfers",
        "BankTransferID",
        BANKING,
        # Whether a deletion shows under modified-since is not documented (xero-facts.md: Change capture), so all is read.
        Reading(
            replication_key="CreatedDateUTC",
            modified_since=True,
            full_table=True,
            order=True,
            hidden="includeDeleted",
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.PUT, Route.POST_ID}),
            summarize_errors=frozenset({Route.POST}),
            match=("BankTransferID",),
            create=Route.PUT,
            updates=False,
            removal=Removal(),
            read_only=_read_only(
                "CurrencyRate", "FromBankTransactionID", "ToBankTransactionID", "DateString"
            ),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "BatchPayments",
        "batch_payments",
        "BatchPaymentID",
        PAYMENTS,
        Reading(replication_key="UpdatedDateUTC", modified_since=True, order=True),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=frozenset({Route.PUT}),
            match=("BatchPaymentID",),
            create=Route.PUT,
            updates=False,
            removal=Removal(),
            read_only=_read_only("Type", "TotalAmount", "IsReconciled", "DateString"),
        ),
        history=True,
    ),
    Entity(
        "BrandingThemes", "branding_themes", "BrandingThemeID", SETTINGS, Reading(full_table=True)
    ),
    Entity(
        "Budgets",
        "budgets",
        "BudgetID",
        ("accounting.budgets",),
        Reading(full_table=True, ids_parameter="IDs", selected_by_default=False),
        read_only_scope=True,
    ),
    Entity(
        "ContactGroups",
        "contact_groups",
        "ContactGroupID",
        CONTACTS,
        Reading(full_table=True, order=True),
        Writing(
            frozenset({Route.PUT, Route.POST_ID}),
            single=frozenset({Route.PUT, Route.POST_ID}),
            match=("ContactGroupID", "Name"),
            create=Route.PUT,
            batch_limit=1,
            removal=Removal(route=Route.POST_ID),
            read_only=_read_only("Contacts"),
        ),
    ),
    Entity(
        "Contacts",
        "contacts",
        "ContactID",
        CONTACTS,
        Reading(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            order_documented=True,
            hidden="includeArchived",
            ids_parameter="IDs",
            summary_drops=frozenset(
                {
                    "Addresses",
                    "Balances",
                    "ContactGroups",
                    "ContactPersons",
                    "IsCustomer",
                    "IsSupplier",
                    "SalesDefaultAccountCode",
                    "PurchasesDefaultAccountCode",
                    "SalesTrackingCategories",
                    "PurchasesTrackingCategories",
                }
            ),
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            match=("ContactID", "ContactNumber", "Name"),
            removal=Removal(status_field="ContactStatus", otherwise="ARCHIVED"),
            read_only=_read_only(
                "Balances",
                "BrandingTheme",
                "ContactGroups",
                "Discount",
                "IsCustomer",
                "IsSupplier",
                "MergedToContactID",
                "Website",
            ),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "CreditNotes",
        "credit_notes",
        "CreditNoteID",
        INVOICES,
        Reading(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            order_documented=True,
            unitdp=True,
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            # As with invoices: suppliers number their own credit notes, each for himself.
            match=("CreditNoteID", "CreditNoteNumber"),
            match_types=frozenset({"ACCRECCREDIT"}),
            unitdp=True,
            removal=DOCUMENT_REMOVAL,
            read_only=_read_only(
                *TOTALS,
                "Allocations",
                "AppliedAmount",
                "CISDeduction",
                "CISRate",
                "DateString",
                "DueDateString",
                "FullyPaidOnDate",
                "Payments",
                "RemainingCredit",
            ),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "Currencies",
        "currencies",
        "Code",
        SETTINGS,
        Reading(full_table=True, order=True),
        Writing(
            frozenset({Route.PUT}),
            single=frozenset({Route.PUT}),
            bare=True,
            match=("Code",),
            create=Route.PUT,
            updates=False,
            given_ids=True,
            batch_limit=1,
            read_only=_read_only(),
        ),
    ),
    Entity(
        "ExpenseClaims",
        "expense_claims",
        "ExpenseClaimID",
        EXPENSES,
        Reading(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            order=True,
            selected_by_default=False,
        ),
        history=True,
    ),
    Entity(
        "InvoiceReminders",
        "invoice_reminders",
        None,
        SETTINGS,
        Reading(full_table=True),
        path="/InvoiceReminders/Settings",
    ),
    Entity(
        "Invoices",
        "invoices",
        "InvoiceID",
        INVOICES,
        Reading(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            order_documented=True,
            unitdp=True,
            # In Xero's OpenAPI file for invoices, though no invoice status is ARCHIVED (xero-facts.md: Change capture).
            hidden="includeArchived",
            ids_parameter="IDs",
            numbers_parameter="InvoiceNumbers",
            summary_drops=frozenset({"Payments", "HasAttachments", "LineItems", "CISDeduction"}),
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            # A number matches sales invoices only; bills may share one (xero-facts.md: Writing by entity).
            match=("InvoiceID", "InvoiceNumber"),
            match_types=frozenset({"ACCREC"}),
            unitdp=True,
            removal=DOCUMENT_REMOVAL,
            read_only=_read_only(
                *TOTALS,
                "AmountCredited",
                "AmountDue",
                "AmountPaid",
                "CISDeduction",
                "CISRate",
                "CreditNotes",
                "DateString",
                "DueDateString",
                "FullyPaidOnDate",
                "IsDiscounted",
                "Overpayments",
                "Payments",
                "Prepayments",
                "RepeatingInvoiceID",
            ),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "Items",
        "items",
        "ItemID",
        ("accounting.settings", "accounting.invoices"),
        # DELETE leaves no trace (xero-facts.md: Change capture).
        Reading(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            full_table=True,
            order=True,
            unitdp=True,
        ),
        Writing(
            BATCHES | {Route.DELETE_ID},
            single=ONE_BY_ONE,
            summarize_errors=SUMMARIZES,
            match=("ItemID", "Code"),
            batch_limit=500,
            unitdp=True,
            removal=Removal(otherwise=None, verb=True),
            read_only=_read_only(
                "IsTrackedAsInventory",
                "QuantityAvailable",
                "QuantityOnBackOrder",
                "QuantityOnHand",
                "TotalCostPool",
            ),
        ),
        history=True,
    ),
    Entity(
        "Journals",
        "journals",
        "JournalID",
        ("accounting.journals",),
        Reading(Paging.OFFSET, "JournalNumber", selected_by_default=False),
        read_only_scope=True,
    ),
    Entity(
        "LinkedTransactions",
        "linked_transactions",
        "LinkedTransactionID",
        INVOICES,
        Reading(Paging.PAGE_ONLY, full_table=True),
        Writing(
            frozenset({Route.PUT, Route.POST_ID, Route.DELETE_ID}),
            single=frozenset({Route.PUT}) | ONE_BY_ONE,
            bare=True,
            match=("LinkedTransactionID",),
            create=Route.PUT,
            batch_limit=1,
            removal=Removal(otherwise=None, verb=True),
            read_only=_read_only("Status", "Type", "SourceTransactionTypeCode"),
        ),
    ),
    Entity(
        "ManualJournals",
        "manual_journals",
        "ManualJournalID",
        ("accounting.manualjournals",),
        Reading(
            Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, order_documented=True
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            match=("ManualJournalID",),
            removal=Removal(
                status_by_present=MappingProxyType({"DRAFT": "DELETED", "POSTED": "VOIDED"}),
                otherwise="VOIDED",
            ),
            read_only=_read_only("DateString"),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "Organisations",
        "organisations",
        "OrganisationID",
        SETTINGS,
        Reading(full_table=True),
        path="/Organisation",
    ),
    Entity(
        "Overpayments",
        "overpayments",
        "OverpaymentID",
        PAYMENTS,
        Reading(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, unitdp=True),
        history=True,
    ),
    Entity(
        "PaymentServices",
        "payment_services",
        "PaymentServiceID",
        ("paymentservices",),
        Reading(full_table=True, selected_by_default=False),
        Writing(
            frozenset({Route.PUT}),
            match=("PaymentServiceID",),
            create=Route.PUT,
            updates=False,
            read_only=_read_only("PaymentServiceType"),
        ),
        no_read_scope=True,
    ),
    Entity(
        "Payments",
        "payments",
        "PaymentID",
        PAYMENTS,
        Reading(
            Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, order_documented=True
        ),
        Writing(
            BATCHES,
            single=frozenset({Route.POST, Route.POST_ID}),
            summarize_errors=frozenset({Route.PUT}),
            match=("PaymentID",),
            create=Route.PUT,
            updates=False,
            removal=Removal(route=Route.POST_ID),
            read_only=_read_only(
                "BankAmount",
                "BatchPayment",
                "BatchPaymentID",
                "DateString",
                "HasAccount",
                "PaymentType",
            ),
        ),
        history=True,
    ),
    Entity(
        "Prepayments",
        "prepayments",
        "PrepaymentID",
        PAYMENTS,
        Reading(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, unitdp=True),
        history=True,
    ),
    Entity(
        "PurchaseOrders",
        "purchase_orders",
        "PurchaseOrderID",
        INVOICES,
        Reading(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, where=False),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            match=("PurchaseOrderID", "PurchaseOrderNumber"),
            removal=Removal(),
            read_only=_read_only(
                *TOTALS,
                "DateString",
                "DeliveryDateString",
                "ExpectedArrivalDateString",
                "IsDiscounted",
            ),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "Quotes",
        "quotes",
        "QuoteID",
        INVOICES,
        # Sources disagree on pageSize here (xero-facts.md: Paging): it is sent, and not relied on.
        Reading(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, where=False),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            match=("QuoteID",),
            removal=Removal(),
            read_only=_read_only(*TOTALS, "DateString", "ExpiryDateString"),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "Receipts",
        "receipts",
        "ReceiptID",
        EXPENSES,
        Reading(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            order=True,
            unitdp=True,
            selected_by_default=False,
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "RepeatingInvoices",
        "repeating_invoices",
        "RepeatingInvoiceID",
        INVOICES,
        Reading(full_table=True, order=True),
        Writing(
            BATCHES,
            single=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZES,
            match=("RepeatingInvoiceID",),
            updates=False,
            removal=Removal(),
            read_only=_read_only(*TOTALS, "ID"),
        ),
        attachments=True,
        history=True,
    ),
    Entity(
        "TaxRates",
        "tax_rates",
        "TaxType",
        SETTINGS,
        Reading(full_table=True, order=True),
        Writing(
            frozenset({Route.PUT, Route.POST}),
            single=frozenset({Route.PUT, Route.POST}),
            match=("TaxType", "Name"),
            batch_limit=1,
            removal=Removal(),
            read_only=_read_only(
                "CanApplyToAssets",
                "CanApplyToEquity",
                "CanApplyToExpenses",
                "CanApplyToLiabilities",
                "CanApplyToRevenue",
                "DisplayTaxRate",
                "EffectiveRate",
            ),
        ),
    ),
    Entity(
        "TrackingCategories",
        "tracking_categories",
        "TrackingCategoryID",
        SETTINGS,
        Reading(full_table=True, order=True, hidden="includeArchived"),
        Writing(
            frozenset({Route.PUT, Route.POST_ID, Route.DELETE_ID}),
            single=frozenset({Route.PUT}) | ONE_BY_ONE,
            bare=True,
            match=("TrackingCategoryID", "Name"),
            create=Route.PUT,
            batch_limit=1,
            removal=Removal(otherwise="ARCHIVED", verb=True, route=Route.POST_ID),
            read_only=_read_only("Options", "TrackingOptionID", "Option"),
        ),
    ),
    Entity(
        "Users",
        "users",
        "UserID",
        SETTINGS,
        Reading(replication_key="UpdatedDateUTC", modified_since=True, order=True),
    ),
)

BY_STREAM: Mapping[str, Entity] = MappingProxyType({row.stream: row for row in ENTITIES})
BY_NAME: Mapping[str, Entity] = MappingProxyType({row.name: row for row in ENTITIES})


def read_scopes(entities: tuple[Entity, ...]) -> tuple[str, ...]:
    """The fewest granular scopes that read ``entities``, sorted."""
    return tuple(sorted({entity.read_scope for entity in entities}))


def write_scopes(entities: tuple[Entity, ...]) -> tuple[str, ...]:
    """The granular scopes that write ``entities``, sorted."""
    return tuple(sorted({scope for entity in entities if (scope := entity.write_scope)}))
