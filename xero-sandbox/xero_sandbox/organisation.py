"""What the sandbox knows of one organisation: its settings and its records.

A record is a plain dict under Xero's own field names. Inside the sandbox money and rates are
``Decimal``, document dates are ``datetime.date``, instants are aware UTC ``datetime``; only the
wire turns them into ``/Date(…)/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Record = dict[str, Any]

ID_FIELDS: Mapping[str, str] = {
    "Accounts": "AccountID",
    "BankTransactions": "BankTransactionID",
    "BankTransfers": "BankTransferID",
    "BatchPayments": "BatchPaymentID",
    "BrandingThemes": "BrandingThemeID",
    "Budgets": "BudgetID",
    "ContactGroups": "ContactGroupID",
    "Contacts": "ContactID",
    "CreditNotes": "CreditNoteID",
    "Currencies": "Code",
    "ExpenseClaims": "ExpenseClaimID",
    "Invoices": "InvoiceID",
    "Items": "ItemID",
    "Journals": "JournalID",
    "LinkedTransactions": "LinkedTransactionID",
    "ManualJournals": "ManualJournalID",
    "Overpayments": "OverpaymentID",
    "PaymentServices": "PaymentServiceID",
    "Payments": "PaymentID",
    "Prepayments": "PrepaymentID",
    "PurchaseOrders": "PurchaseOrderID",
    "Quotes": "QuoteID",
    "Receipts": "ReceiptID",
    "RepeatingInvoices": "RepeatingInvoiceID",
    "TaxRates": "TaxType",
    "TrackingCategories": "TrackingCategoryID",
    "Users": "UserID",
}


class Collection(MutableMapping[str, Record]):
    """The records of one entity, by id, in the order in which they were made."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def __getitem__(self, record_id: str) -> Record:
        return self._records[record_id]

    def __setitem__(self, record_id: str, record: Record) -> None:
        self._records[record_id] = record

    def __delitem__(self, record_id: str) -> None:
        del self._records[record_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


@dataclass
class Attachment:
    """A file on a document, as bytes."""

    attachment_id: str
    file_name: str
    mime_type: str
    content: bytes
    include_online: bool = False


@dataclass
class Organisation:
    """One tenant: settings that Xero keeps under /Organisation, and all its records."""

    tenant_id: str
    name: str
    base_currency: str = "NZD"
    country_code: str = "NZ"
    timezone: str = "NEWZEALANDSTANDARDTIME"
    financial_year_end_month: int = 3
    financial_year_end_day: int = 31
    created: datetime | None = None
    is_demo_company: bool = False
    period_lock_date: date | None = None
    end_of_year_lock_date: date | None = None
    collections: dict[str, MutableMapping[str, Record]] = field(
        default_factory=lambda: {name: Collection() for name in ID_FIELDS}
    )
    history: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    attachments: dict[tuple[str, str], list[Attachment]] = field(default_factory=dict)
