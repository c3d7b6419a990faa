"""The JSON Schema of each stream.

The names are Xero's own, in modules by area. No schema is closed, and none uses what some loaders
cannot handle (`$ref`, `oneOf`, `enum`, a missing `type`). The name of a property tells its format:
`…Date` is a calendar day, `…UTC` an instant, `…String` the text that Xero sends along with one.
"""

from __future__ import annotations

from tap_xero.records.schemas.accounts import ACCOUNT
from tap_xero.records.schemas.banking import BANK_TRANSACTION, BANK_TRANSFER
from tap_xero.records.schemas.contacts import CONTACT, CONTACT_GROUP
from tap_xero.records.schemas.descriptions import described
from tap_xero.records.schemas.expenses import EXPENSE_CLAIM, RECEIPT
from tap_xero.records.schemas.invoices import REPEATING_INVOICE
from tap_xero.records.schemas.items import ITEM
from tap_xero.records.schemas.journals import BUDGET, JOURNAL, MANUAL_JOURNAL
from tap_xero.records.schemas.names_in_words import described_by_name
from tap_xero.records.schemas.orders import LINKED_TRANSACTION, PURCHASE_ORDER, QUOTE
from tap_xero.records.schemas.other_apis import OTHER_SCHEMAS
from tap_xero.records.schemas.payments import PAYMENT_SERVICE
from tap_xero.records.schemas.settings import (
    BRANDING_THEME,
    CURRENCY,
    INVOICE_REMINDER,
    ORGANISATION,
    TAX_RATE,
    USER,
)
from tap_xero.records.schemas.settlements import (
    BATCH_PAYMENT,
    CREDIT_NOTE,
    INVOICE,
    OVERPAYMENT,
    PAYMENT,
    PREPAYMENT,
)
from tap_xero.records.schemas.shared import TRACKING_CATEGORY
from tap_xero.records.schemas.types import (
    INSTANT,
    KEY,
    STRING,
    Properties,
    Schema,
    copy_of,
)
from xero_client.entities.nested_lists import NESTED_LISTS
from xero_client.entities.table import ALL_BY_STREAM

__all__ = ["STREAM_NAMES", "child_schema", "schema_of"]

_KEY_AND_PROPERTIES: dict[str, tuple[str | None, Properties]] = {
    "accounts": ("AccountID", ACCOUNT),
    "bank_transactions": ("BankTransactionID", BANK_TRANSACTION),
    "bank_transfers": ("BankTransferID", BANK_TRANSFER),
    "batch_payments": ("BatchPaymentID", BATCH_PAYMENT),
    "branding_themes": ("BrandingThemeID", BRANDING_THEME),
    "budgets": ("BudgetID", BUDGET),
    "contact_groups": ("ContactGroupID", CONTACT_GROUP),
    "contacts": ("ContactID", CONTACT),
    "credit_notes": ("CreditNoteID", CREDIT_NOTE),
    "currencies": ("Code", CURRENCY),
    "expense_claims": ("ExpenseClaimID", EXPENSE_CLAIM),
    # One per tenant, without an id (xero-facts.md: Reading by entity).
    "invoice_reminders": (None, INVOICE_REMINDER),
    "invoices": ("InvoiceID", INVOICE),
    "items": ("ItemID", ITEM),
    "journals": ("JournalID", JOURNAL),
    "linked_transactions": ("LinkedTransactionID", LINKED_TRANSACTION),
    "manual_journals": ("ManualJournalID", MANUAL_JOURNAL),
    "organisations": ("OrganisationID", ORGANISATION),
    "overpayments": ("OverpaymentID", OVERPAYMENT),
    "payment_services": ("PaymentServiceID", PAYMENT_SERVICE),
    "payments": ("PaymentID", PAYMENT),
    "prepayments": ("PrepaymentID", PREPAYMENT),
    "purchase_orders": ("PurchaseOrderID", PURCHASE_ORDER),
    "quotes": ("QuoteID", QUOTE),
    "receipts": ("ReceiptID", RECEIPT),
    "repeating_invoices": ("RepeatingInvoiceID", REPEATING_INVOICE),
    "tax_rates": ("TaxType", TAX_RATE),
    "tracking_categories": ("TrackingCategoryID", TRACKING_CATEGORY),
    "users": ("UserID", USER),
}

STREAM_NAMES = tuple(_KEY_AND_PROPERTIES)
"""The streams of the Accounting API."""


def schema_of(stream_name: str) -> Schema:
    """Give the complete JSON Schema of a stream, as a copy that the caller owns.

    Args:
        stream_name: A stream of the entity table.

    Raises:
        KeyError: No stream has that name.
    """
    if stream_name in OTHER_SCHEMAS:
        entity = ALL_BY_STREAM[stream_name]
        of_parent = dict.fromkeys(entity.parent.fields, STRING) if entity.parent else {}
        schema = _schema(entity.keys, {**of_parent, **OTHER_SCHEMAS[stream_name]})
        for name in entity.keys:
            # A day can be a part of a key.
            schema["properties"][name] |= {
                keyword: value
                for keyword, value in OTHER_SCHEMAS[stream_name].get(name, KEY).items()
                if keyword == "format"
            }
        schema["properties"]["_read_at"] = copy_of(INSTANT)
        return described_by_name(schema)
    key, properties = _KEY_AND_PROPERTIES[stream_name]
    schema = _schema(() if key is None else (key,), properties)
    # Xero sends these lists with single records only (xero-facts.md: Reading by entity).
    for nested in NESTED_LISTS:
        if nested.by_id and nested.parent.stream == stream_name:
            del schema["properties"][nested.path[0]]
    schema["properties"]["_read_at"] = copy_of(INSTANT)
    return described(schema, stream_name)


def child_schema(stream_name: str, key: str, properties: Properties) -> Schema:
    """Give the complete JSON Schema of the children of an entity's records.

    Args:
        stream_name: The stream of the children.
        key: The id field of the entity.
        properties: The properties of a child.
    """
    return described(_schema((key,), properties), stream_name)


def _schema(keys: tuple[str, ...], properties: Properties) -> Schema:
    return {
        "type": "object",
        "properties": {
            "_tenant_id": copy_of(KEY),
            "_tenant_name": copy_of(STRING),
            **{key: copy_of(KEY) for key in keys},
            **{name: copy_of(schema) for name, schema in properties.items() if name not in keys},
        },
    }
