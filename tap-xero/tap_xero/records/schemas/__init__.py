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
from tap_xero.records.schemas.orders import LINKED_TRANSACTION, PURCHASE_ORDER, QUOTE
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
    Properties,
    Schema,
    copy_of,
    record_schema,
)
from xero_client.entities.nested_lists import NESTED_LISTS
from xero_client.entities.table import BY_STREAM

__all__ = ["STREAM_NAMES", "child_schema", "schema_of"]

_PROPERTIES: dict[str, Properties] = {
    "accounts": ACCOUNT,
    "bank_transactions": BANK_TRANSACTION,
    "bank_transfers": BANK_TRANSFER,
    "batch_payments": BATCH_PAYMENT,
    "branding_themes": BRANDING_THEME,
    "budgets": BUDGET,
    "contact_groups": CONTACT_GROUP,
    "contacts": CONTACT,
    "credit_notes": CREDIT_NOTE,
    "currencies": CURRENCY,
    "expense_claims": EXPENSE_CLAIM,
    "invoice_reminders": INVOICE_REMINDER,
    "invoices": INVOICE,
    "items": ITEM,
    "journals": JOURNAL,
    "linked_transactions": LINKED_TRANSACTION,
    "manual_journals": MANUAL_JOURNAL,
    "organisations": ORGANISATION,
    "overpayments": OVERPAYMENT,
    "payment_services": PAYMENT_SERVICE,
    "payments": PAYMENT,
    "prepayments": PREPAYMENT,
    "purchase_orders": PURCHASE_ORDER,
    "quotes": QUOTE,
    "receipts": RECEIPT,
    "repeating_invoices": REPEATING_INVOICE,
    "tax_rates": TAX_RATE,
    "tracking_categories": TRACKING_CATEGORY,
    "users": USER,
}

STREAM_NAMES = tuple(_PROPERTIES)
"""The streams of the Accounting API."""


def schema_of(stream_name: str) -> Schema:
    """Give the complete JSON Schema of a stream, as a copy that the caller owns.

    Args:
        stream_name: A stream of the entity table.

    Raises:
        KeyError: No stream has that name.
    """
    if stream_name not in _PROPERTIES:
        # Loaded when needed: few runs read these streams, and every run would wait for it.
        from tap_xero.records.schemas.other_streams import other_schema  # noqa: PLC0415

        return other_schema(stream_name)
    schema = record_schema(BY_STREAM[stream_name].keys, _PROPERTIES[stream_name])
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
    return described(record_schema((key,), properties), stream_name)
