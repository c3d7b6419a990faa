"""The entity table: one row of facts for each entity of Xero.

``ENTITIES`` are the entities of the Accounting API; ``ALL_ENTITIES`` are also those of the other
APIs, whose rows are in ``other_apis``.

The facts are from xero-facts.md: Paging, Change capture, Writing, Scopes, Reading by entity,
Writing by entity. A new entity needs a row here, and its fields in
``fields``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.entity import SYSTEM_FIELDS, Entity, LoadLayer
from xero_client.entities.fields import (
    accounts,
    banking,
    contacts,
    expenses,
    items,
    journals,
    payments,
    settings,
    tracking,
)
from xero_client.entities.fields.documents import credit_notes, invoices, orders
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.read_spec import LINE, LINE_NUMBER, ListSpec, Paging, ReadSpec
from xero_client.entities.write_spec import Body, ChildSpec, Removal, Route, WriteSpec

__all__ = [
    "ALL_BY_STREAM",
    "ALL_ENTITIES",
    "BY_NAME",
    "BY_STREAM",
    "BY_TITLE",
    "ENTITIES",
    "SYSTEM_FIELDS",
    "Body",
    "Entity",
    "Paging",
    "ReadSpec",
    "Removal",
    "Route",
    "WriteSpec",
    "read_scopes",
    "write_scopes",
]


INVOICES = ("accounting.invoices",)
PAYMENTS = ("accounting.payments",)
BANKING = ("accounting.banktransactions",)
SETTINGS = ("accounting.settings",)
CONTACTS = ("accounting.contacts",)
EXPENSES = ("accounting.classicexpenses",)

BATCH_ROUTES = frozenset({Route.PUT, Route.POST, Route.POST_ID})
SINGLE_RECORD = frozenset({Route.POST_ID, Route.DELETE_ID})
SUMMARIZE_ERRORS = frozenset({Route.PUT, Route.POST})

DOCUMENT_REMOVAL = Removal(
    status_by_current=MappingProxyType(
        {"DRAFT": "DELETED", "SUBMITTED": "DELETED", "AUTHORISED": "VOIDED"}
    ),
    default_status="VOIDED",
)
# The stream of the journals on a cash basis.
CASH_JOURNALS = "journals_cash"
# What a linked transaction connects: lines of invoices, or of bank transactions.
TRANSACTIONS = "transactions"
LINE_ITEMS = "line_items"
ALLOCATIONS = ChildSpec(
    "Allocations",
    ("PUT",),
    ("DELETE",),
    key="Allocations",
    shape="Allocation",
    id_field="AllocationID",
    batch_limit=50,
    summarize_errors=True,
)


def _lines(
    singular: str,
    *,
    field: str = "LineItems",
    line_id: str = "LineItemID",
    has_id: bool = True,
    tracking: str = "Tracking",
    parent_stream: str = "",
) -> tuple[ListSpec, ListSpec]:
    """The lines of an entity and the tracking of the lines.

    Args:
        singular: The name of the line streams without the plural.
        field: The field of the lines.
        line_id: The field of a line's own id; empty if lines have none.
        has_id: Whether Xero always gives that id. If that is not documented, a line's place
            identifies it.
        tracking: The field of a line's tracking.
        parent_stream: The stream of the records; empty for the entity's own.
    """
    key = line_id if has_id else ""
    return (
        ListSpec(f"{singular}s", (field,), (key or LINE,), parent_stream=parent_stream),
        ListSpec(
            f"{singular}_tracking",
            (field, tracking),
            (key or LINE_NUMBER, LINE),
            (line_id,) if line_id else (),
            parent_stream=parent_stream,
            shape="LineTracking",
        ),
    )


def _journal_lines(singular: str, parent_stream: str = "") -> tuple[ListSpec, ListSpec]:
    return _lines(
        singular,
        field="JournalLines",
        line_id="JournalLineID",
        tracking="TrackingCategories",
        parent_stream=parent_stream,
    )


ENTITIES: tuple[Entity, ...] = (
    Entity(
        "Accounts",
        "accounts",
        "AccountID",
        SETTINGS,
        # DELETE removes an unused account without a trace (xero-facts.md: Change capture).
        ReadSpec(
            replication_key="UpdatedDateUTC", modified_since=True, full_table=True, order=True
        ),
        WriteSpec(
            frozenset({Route.PUT, Route.POST_ID, Route.DELETE_ID}),
            # Xero ignores a second account in one call without an error
            # (xero-facts.md: Batch results).
            single_record_routes=frozenset({Route.PUT}) | SINGLE_RECORD,
            body=Body.RECORD,
            match_fields=("AccountID", "Code"),
            create_route=Route.PUT,
            batch_limit=1,
            removal=Removal(
                status_by_current=MappingProxyType({"ACTIVE": "ARCHIVED"}),
                default_status="ARCHIVED",
                uses_delete=True,
                route=Route.POST_ID,
            ),
        ),
        fields=accounts.ACCOUNTS,
        attachments=True,
        load_layer=LoadLayer.CHART,
        named_by=("Code", "Name"),
        other_names=MappingProxyType({"chart_of_accounts": ""}),
        loses_removed=True,
    ),
    Entity(
        "BankTransactions",
        "bank_transactions",
        "BankTransactionID",
        BANKING,
        ReadSpec(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            unitdp=True,
        ),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("BankTransactionID",),
            unitdp=True,
            removal=Removal(),
        ),
        fields=banking.BANK_TRANSACTIONS,
        attachments=True,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.DOCUMENTS,
        lists=_lines("bank_transaction_line_item"),
    ),
    Entity(
        "BankTransfers",
        "bank_transfers",
        "BankTransferID",
        BANKING,
        # Not documented: whether modified-since shows deletions. So the whole list is read
        # (xero-facts.md: Change capture).
        ReadSpec(
            replication_key="CreatedDateUTC",
            modified_since=True,
            full_table=True,
            order=True,
            hidden_parameter="includeDeleted",
        ),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.PUT, Route.POST_ID}),
            summarize_errors=frozenset({Route.POST}),
            match_fields=("BankTransferID",),
            create_route=Route.PUT,
            updates=False,
            removal=Removal(),
        ),
        fields=banking.BANK_TRANSFERS,
        attachments=True,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.TRANSFERS,
    ),
    Entity(
        "BatchPayments",
        "batch_payments",
        "BatchPaymentID",
        PAYMENTS,
        ReadSpec(replication_key="UpdatedDateUTC", modified_since=True, order=True),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=frozenset({Route.PUT}),
            match_fields=("BatchPaymentID",),
            create_route=Route.PUT,
            updates=False,
            removal=Removal(),
        ),
        fields=payments.BATCH_PAYMENTS,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.PAYMENTS,
        lists=(
            ListSpec(
                "batch_payment_payments", ("Payments",), ("PaymentID",), shape="BatchedPayment"
            ),
        ),
    ),
    Entity(
        "BrandingThemes",
        "branding_themes",
        "BrandingThemeID",
        SETTINGS,
        ReadSpec(full_table=True),
        fields=settings.BRANDING_THEMES,
        load_layer=LoadLayer.CHART,
        named_by=("Name",),
        children=(
            ChildSpec(
                "PaymentServices",
                ("POST",),
                key="PaymentServices",
                shape="PaymentService",
                id_field="PaymentServiceID",
                id_is_shared=True,
                batch_limit=50,
                scope="paymentservices",
                has_name=True,
                precedes_contacts=True,
            ),
        ),
    ),
    Entity(
        "Budgets",
        "budgets",
        "BudgetID",
        ("accounting.budgets",),
        ReadSpec(full_table=True, ids_parameter="IDs", selected_by_default=False),
        fields=journals.BUDGETS,
        load_layer=LoadLayer.READ_ONLY,
        not_copied="Xero's API cannot write budgets",
        lists=(
            ListSpec(
                "budget_lines",
                ("BudgetLines", "BudgetBalances"),
                (LINE_NUMBER, LINE),
                ("AccountID", "AccountCode"),
                by_id=True,
                line_number_text="Place of the account's line in the budget, from 1.",
            ),
        ),
    ),
    Entity(
        "ContactGroups",
        "contact_groups",
        "ContactGroupID",
        CONTACTS,
        ReadSpec(full_table=True, order=True),
        WriteSpec(
            frozenset({Route.PUT, Route.POST_ID}),
            single_record_routes=frozenset({Route.PUT, Route.POST_ID}),
            match_fields=("ContactGroupID", "Name"),
            create_route=Route.PUT,
            batch_limit=1,
            removal=Removal(route=Route.POST_ID),
        ),
        fields=contacts.CONTACT_GROUPS,
        load_layer=LoadLayer.ITEMS,
        named_by=("Name",),
        children=(
            ChildSpec(
                "Contacts",
                ("PUT",),
                ("DELETE",),
                key="Contacts",
                shape="Member",
                id_field="ContactID",
                id_is_shared=True,
                batch_limit=50,
                found_by="ContactID",
                has_name=True,
            ),
        ),
        loses_removed=True,
        lists=(ListSpec("contact_group_members", ("Contacts",), ("ContactID",), by_id=True),),
    ),
    Entity(
        "Contacts",
        "contacts",
        "ContactID",
        CONTACTS,
        ReadSpec(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            hidden_parameter="includeArchived",
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
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("ContactID", "ContactNumber", "Name"),
            refuses_duplicates=True,
            removal=Removal(status_field="ContactStatus", default_status="ARCHIVED"),
        ),
        fields=contacts.CONTACTS,
        attachments=True,
        history=True,
        load_layer=LoadLayer.CONTACTS,
        named_by=("ContactNumber", "Name"),
        lists=(
            ListSpec("contact_addresses", ("Addresses",)),
            ListSpec("contact_phones", ("Phones",)),
            ListSpec("contact_persons", ("ContactPersons",)),
        ),
    ),
    Entity(
        "CreditNotes",
        "credit_notes",
        "CreditNoteID",
        INVOICES,
        ReadSpec(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            unitdp=True,
        ),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            # As with invoices: suppliers number their own credit notes.
            match_fields=("CreditNoteID", "CreditNoteNumber"),
            match_only_types=frozenset({"ACCRECCREDIT"}),
            number_fields=("Contact", "CreditNoteNumber"),
            unitdp=True,
            is_document=True,
            removal=DOCUMENT_REMOVAL,
        ),
        fields=credit_notes.CREDIT_NOTES,
        attachments=True,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.DOCUMENTS,
        named_by=("CreditNoteNumber",),
        other_names=MappingProxyType(
            {"sales_credit_notes": "ACCRECCREDIT", "bill_credit_notes": "ACCPAYCREDIT"}
        ),
        children=(ALLOCATIONS,),
        is_paid=True,
        # Xero's samples show lines without an id.
        lists=(
            *_lines("credit_note_line_item", has_id=False),
            ListSpec("credit_note_allocations", ("Allocations",)),
        ),
    ),
    Entity(
        "Currencies",
        "currencies",
        "Code",
        SETTINGS,
        ReadSpec(full_table=True, order=True),
        WriteSpec(
            frozenset({Route.PUT}),
            single_record_routes=frozenset({Route.PUT}),
            body=Body.RECORD,
            match_fields=("Code",),
            create_route=Route.PUT,
            updates=False,
            caller_assigns_id=True,
            batch_limit=1,
        ),
        fields=settings.CURRENCIES,
        load_layer=LoadLayer.ORGANISATION,
        named_by=("Code",),
    ),
    Entity(
        "ExpenseClaims",
        "expense_claims",
        "ExpenseClaimID",
        EXPENSES,
        ReadSpec(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            order=True,
            selected_by_default=False,
        ),
        fields=expenses.EXPENSE_CLAIMS,
        history=True,
        load_layer=LoadLayer.EXPENSES,
        not_copied="Xero has retired expense claims",
    ),
    Entity(
        "InvoiceReminders",
        "invoice_reminders",
        None,
        SETTINGS,
        ReadSpec(full_table=True),
        fields=settings.INVOICE_REMINDERS,
        path="/InvoiceReminders/Settings",
        load_layer=LoadLayer.READ_ONLY,
        not_copied="Xero's API cannot write reminders",
    ),
    Entity(
        "Invoices",
        "invoices",
        "InvoiceID",
        INVOICES,
        ReadSpec(
            Paging.PAGE,
            "UpdatedDateUTC",
            modified_since=True,
            order=True,
            unitdp=True,
            # The OpenAPI file has it for invoices, though no invoice status is ARCHIVED
            # (xero-facts.md: Change capture).
            hidden_parameter="includeArchived",
            ids_parameter="IDs",
            numbers_parameter="InvoiceNumbers",
            summary_drops=frozenset({"Payments", "HasAttachments", "LineItems", "CISDeduction"}),
        ),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            # A number matches sales invoices only; several bills can have the same one
            # (xero-facts.md: Writing by entity).
            match_fields=("InvoiceID", "InvoiceNumber"),
            match_only_types=frozenset({"ACCREC"}),
            number_fields=("Contact", "InvoiceNumber"),
            unitdp=True,
            is_document=True,
            refuses_duplicates=True,
            removal=DOCUMENT_REMOVAL,
        ),
        fields=invoices.INVOICES,
        attachments=True,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.DOCUMENTS,
        named_by=("InvoiceNumber",),
        other_names=MappingProxyType({"sales_invoices": "ACCREC", "bills": "ACCPAY"}),
        children=(ChildSpec("Email", ("POST",)),),
        is_paid=True,
        lists=_lines("invoice_line_item"),
    ),
    Entity(
        "Items",
        "items",
        "ItemID",
        ("accounting.settings", "accounting.invoices"),
        # DELETE leaves no trace (xero-facts.md: Change capture).
        ReadSpec(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            full_table=True,
            order=True,
            unitdp=True,
        ),
        WriteSpec(
            BATCH_ROUTES | {Route.DELETE_ID},
            single_record_routes=SINGLE_RECORD,
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("ItemID", "Code"),
            batch_limit=500,
            unitdp=True,
            removal=Removal(default_status=None, uses_delete=True),
        ),
        fields=items.ITEMS,
        history=True,
        load_layer=LoadLayer.ITEMS,
        named_by=("Code",),
        shared_names=("Name",),
        loses_removed=True,
    ),
    Entity(
        "Journals",
        "journals",
        "JournalID",
        ("accounting.journals",),
        ReadSpec(Paging.OFFSET, "JournalNumber", selected_by_default=False),
        fields=journals.JOURNALS,
        load_layer=LoadLayer.READ_ONLY,
        not_copied="Xero creates journals from the documents",
        lists=(
            *_journal_lines("journal_line"),
            *_journal_lines("journals_cash_line", parent_stream=CASH_JOURNALS),
        ),
    ),
    Entity(
        "LinkedTransactions",
        "linked_transactions",
        "LinkedTransactionID",
        INVOICES,
        ReadSpec(Paging.PAGE_ONLY, full_table=True),
        WriteSpec(
            frozenset({Route.PUT, Route.POST_ID, Route.DELETE_ID}),
            single_record_routes=frozenset({Route.PUT}) | SINGLE_RECORD,
            body=Body.RECORD,
            match_fields=("LinkedTransactionID",),
            create_route=Route.PUT,
            batch_limit=1,
            removal=Removal(default_status=None, uses_delete=True),
        ),
        fields=orders.LINKED_TRANSACTIONS,
        load_layer=LoadLayer.LINKS,
        references=MappingProxyType(
            {
                "SourceLineItemID": LINE_ITEMS,
                "SourceTransactionID": TRANSACTIONS,
                "TargetLineItemID": LINE_ITEMS,
                "TargetTransactionID": TRANSACTIONS,
            }
        ),
        loses_removed=True,
    ),
    Entity(
        "ManualJournals",
        "manual_journals",
        "ManualJournalID",
        ("accounting.manualjournals",),
        ReadSpec(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("ManualJournalID",),
            removal=Removal(
                status_by_current=MappingProxyType({"DRAFT": "DELETED", "POSTED": "VOIDED"}),
                default_status="VOIDED",
            ),
        ),
        fields=journals.MANUAL_JOURNALS,
        attachments=True,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.DOCUMENTS,
        lists=_lines("manual_journal_line", field="JournalLines", line_id="", has_id=False),
    ),
    Entity(
        "Organisations",
        "organisations",
        "OrganisationID",
        SETTINGS,
        ReadSpec(full_table=True),
        fields=settings.ORGANISATIONS,
        path="/Organisation",
        load_layer=LoadLayer.ORGANISATION,
        not_copied="an organisation's own settings cannot be written",
    ),
    Entity(
        "Overpayments",
        "overpayments",
        "OverpaymentID",
        PAYMENTS,
        ReadSpec(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, unitdp=True),
        fields=credit_notes.OVERPAYMENTS,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.CREDITS,
        named_by=("Reference",),
        named_by_contact=True,
        children=(ALLOCATIONS,),
        is_paid=True,
        created_by="BankTransactions",
        # Xero's samples show lines without an id.
        lists=(
            *_lines("overpayment_line_item", has_id=False),
            ListSpec("overpayment_allocations", ("Allocations",)),
        ),
    ),
    Entity(
        "PaymentServices",
        "payment_services",
        "PaymentServiceID",
        ("paymentservices",),
        ReadSpec(full_table=True, selected_by_default=False),
        WriteSpec(
            frozenset({Route.PUT}),
            match_fields=("PaymentServiceID",),
            create_route=Route.PUT,
            updates=False,
        ),
        fields=payments.PAYMENT_SERVICES,
        no_read_scope=True,
        load_layer=LoadLayer.CHART,
        not_copied="payment services belong to the app that created them",
    ),
    Entity(
        "Payments",
        "payments",
        "PaymentID",
        PAYMENTS,
        ReadSpec(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST, Route.POST_ID}),
            summarize_errors=frozenset({Route.PUT}),
            match_fields=("PaymentID",),
            create_route=Route.PUT,
            updates=False,
            removal=Removal(route=Route.POST_ID),
        ),
        fields=payments.PAYMENTS,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.PAYMENTS,
    ),
    Entity(
        "Prepayments",
        "prepayments",
        "PrepaymentID",
        PAYMENTS,
        ReadSpec(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, unitdp=True),
        fields=credit_notes.PREPAYMENTS,
        history=True,
        is_posted=True,
        load_layer=LoadLayer.CREDITS,
        named_by=("Reference",),
        named_by_contact=True,
        children=(ALLOCATIONS,),
        is_paid=True,
        created_by="BankTransactions",
        # Xero's samples show lines without an id.
        lists=(
            *_lines("prepayment_line_item", has_id=False),
            ListSpec("prepayment_allocations", ("Allocations",)),
        ),
    ),
    Entity(
        "PurchaseOrders",
        "purchase_orders",
        "PurchaseOrderID",
        INVOICES,
        ReadSpec(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, where=False),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("PurchaseOrderID", "PurchaseOrderNumber"),
            is_document=True,
            refuses_duplicates=True,
            removal=Removal(),
        ),
        fields=orders.PURCHASE_ORDERS,
        attachments=True,
        history=True,
        load_layer=LoadLayer.OFFERS,
        named_by=("PurchaseOrderNumber",),
        lists=_lines("purchase_order_line_item"),
    ),
    Entity(
        "Quotes",
        "quotes",
        "QuoteID",
        INVOICES,
        # Sources disagree on pageSize here: it is sent, but not relied on (xero-facts.md: Paging).
        ReadSpec(Paging.PAGE, "UpdatedDateUTC", modified_since=True, order=True, where=False),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("QuoteID",),
            number_fields=("QuoteNumber",),
            is_document=True,
            refuses_duplicates=True,
            removal=Removal(),
        ),
        fields=orders.QUOTES,
        attachments=True,
        history=True,
        load_layer=LoadLayer.OFFERS,
        named_by=("QuoteNumber",),
        is_sale=True,
        lists=_lines("quote_line_item"),
    ),
    Entity(
        "Receipts",
        "receipts",
        "ReceiptID",
        EXPENSES,
        ReadSpec(
            replication_key="UpdatedDateUTC",
            modified_since=True,
            order=True,
            unitdp=True,
            selected_by_default=False,
        ),
        fields=expenses.RECEIPTS,
        attachments=True,
        history=True,
        load_layer=LoadLayer.EXPENSES,
        not_copied="Xero has retired receipts",
    ),
    Entity(
        "RepeatingInvoices",
        "repeating_invoices",
        "RepeatingInvoiceID",
        INVOICES,
        ReadSpec(full_table=True, order=True),
        WriteSpec(
            BATCH_ROUTES,
            single_record_routes=frozenset({Route.POST_ID}),
            summarize_errors=SUMMARIZE_ERRORS,
            match_fields=("RepeatingInvoiceID",),
            updates=False,
            removal=Removal(),
        ),
        fields=invoices.REPEATING_INVOICES,
        attachments=True,
        history=True,
        load_layer=LoadLayer.OFFERS,
        lists=_lines("repeating_invoice_line_item"),
    ),
    Entity(
        "TaxRates",
        "tax_rates",
        "TaxType",
        SETTINGS,
        ReadSpec(full_table=True, order=True),
        WriteSpec(
            frozenset({Route.PUT, Route.POST}),
            single_record_routes=frozenset({Route.PUT, Route.POST}),
            match_fields=("TaxType", "Name"),
            batch_limit=1,
            removal=Removal(),
        ),
        fields=settings.TAX_RATES,
        load_layer=LoadLayer.ORGANISATION,
        named_by=("Name",),
        lists=(ListSpec("tax_rate_components", ("TaxComponents",)),),
    ),
    Entity(
        "TrackingCategories",
        "tracking_categories",
        "TrackingCategoryID",
        SETTINGS,
        ReadSpec(full_table=True, order=True, hidden_parameter="includeArchived"),
        WriteSpec(
            frozenset({Route.PUT, Route.POST_ID, Route.DELETE_ID}),
            single_record_routes=frozenset({Route.PUT}) | SINGLE_RECORD,
            body=Body.RECORD,
            match_fields=("TrackingCategoryID", "Name"),
            create_route=Route.PUT,
            batch_limit=1,
            removal=Removal(default_status="ARCHIVED", uses_delete=True, route=Route.POST_ID),
        ),
        fields=tracking.TRACKING_CATEGORIES,
        load_layer=LoadLayer.CHART,
        named_by=("Name",),
        children=(
            ChildSpec(
                "Options",
                ("PUT",),
                ("POST", "DELETE"),
                key="Options",
                shape="Option",
                id_field="TrackingOptionID",
                bare=True,
                found_by="Name",
                has_name=True,
                precedes_contacts=True,
            ),
        ),
        references=MappingProxyType({"TrackingOptionID": "tracking_options"}),
        loses_removed=True,
        lists=(ListSpec("tracking_options", ("Options",), ("TrackingOptionID",)),),
    ),
    Entity(
        "Users",
        "users",
        "UserID",
        SETTINGS,
        ReadSpec(replication_key="UpdatedDateUTC", modified_since=True, order=True),
        fields=settings.USERS,
        load_layer=LoadLayer.ORGANISATION,
        not_copied="Xero's API cannot write users",
    ),
)

BY_STREAM: Mapping[str, Entity] = MappingProxyType({entity.stream: entity for entity in ENTITIES})
ALL_ENTITIES: tuple[Entity, ...] = (*ENTITIES, *OTHER_ENTITIES)
ALL_BY_STREAM: Mapping[str, Entity] = MappingProxyType(
    {entity.stream: entity for entity in ALL_ENTITIES}
)
BY_NAME: Mapping[str, Entity] = MappingProxyType({entity.name: entity for entity in ENTITIES})
BY_TITLE: Mapping[str, Entity] = MappingProxyType({entity.title: entity for entity in ALL_ENTITIES})


def read_scopes(entities: tuple[Entity, ...]) -> tuple[str, ...]:
    """The granular scopes for reading ``entities`` and their parents, sorted."""
    parents = [ALL_BY_STREAM[entity.parent.stream] for entity in entities if entity.parent]
    return tuple(sorted({entity.read_scope for entity in (*entities, *parents)} - {""}))


def write_scopes(entities: tuple[Entity, ...]) -> tuple[str, ...]:
    """The granular scopes for writing ``entities``, sorted."""
    return tuple(sorted({scope for entity in entities if (scope := entity.write_scope)}))
