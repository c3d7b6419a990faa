"""One organisation: its settings and its records.

A record is a dict with Xero's own field names. Inside the sandbox money and rates are ``Decimal``,
document dates are ``datetime.date``, and instants are ``datetime`` in UTC. ``http.xero_json``
converts them to ``/Date(…)/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias

from xero_sandbox.model.report_layout import ReportLayout

# Decoded JSON: the code that reads a value checks what it is.
Json: TypeAlias = Any
Record = dict[str, Any]

ZERO_ID = "00000000-0000-0000-0000-000000000000"

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


def index_key(record: Record, path: str) -> str | None:
    """The value of ``path`` (``Name``, ``Contact.ContactID``) by which a record is found.

    Its case is folded.
    """
    value: Any = record
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value.strip().casefold() if isinstance(value, str) and value else None


class Collection(MutableMapping[str, Record]):
    """The records of one entity, by id, in the order in which they were created.

    ``find`` keeps an index of every path that it is called with. So a stored record must be
    replaced, not changed in place.

    Attributes:
        version: The number of changes so far.
    """

    def __init__(self) -> None:
        self.version = 0
        self._records: dict[str, Record] = {}
        self._indexes: dict[str, dict[str, dict[str, None]]] = {}

    def __getitem__(self, record_id: str) -> Record:
        return self._records[record_id]

    def __setitem__(self, record_id: str, record: Record) -> None:
        self.version += 1
        previous = self._records.get(record_id)
        self._records[record_id] = record
        for path, index in self._indexes.items():
            new = index_key(record, path)
            old = index_key(previous, path) if previous else None
            if old != new:
                if old is not None:
                    index[old].pop(record_id, None)
                if new is not None:
                    index.setdefault(new, {})[record_id] = None

    def __delitem__(self, record_id: str) -> None:
        record = self._records.pop(record_id)
        self.version += 1
        for path, index in self._indexes.items():
            key = index_key(record, path)
            if key is not None:
                index[key].pop(record_id, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def find(self, path: str, value: str) -> list[Record]:
        """Records whose text under ``path`` is ``value``, whatever its case, oldest first."""
        if path not in self._indexes:
            index: dict[str, dict[str, None]] = {}
            for record_id, record in self._records.items():
                key = index_key(record, path)
                if key is not None:
                    index.setdefault(key, {})[record_id] = None
            self._indexes[path] = index
        ids = self._indexes[path].get(value.strip().casefold(), {})
        return [self._records[record_id] for record_id in ids]


@dataclass
class Attachment:
    """A file that is attached to a record."""

    attachment_id: str
    file_name: str
    mime_type: str
    content: bytes
    include_online: bool = False


@dataclass
class Organisation:
    """One tenant: its settings and all its records."""

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
    report_layout: ReportLayout | None = None
    default_mode_saves_siblings: bool = False
    conversion_date: date | None = None
    payment_terms: Record = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    theme_payment_services: dict[str, list[str]] = field(default_factory=dict)
    collections: dict[str, MutableMapping[str, Record]] = field(
        default_factory=lambda: {name: Collection() for name in ID_FIELDS}
    )
    # Records of the other APIs as JSON values, by API and path, then by id.
    resources: dict[str, dict[str, Record]] = field(default_factory=dict)
    file_contents: dict[str, bytes] = field(default_factory=dict)
    history: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    attachments: dict[tuple[str, str], list[Attachment]] = field(default_factory=dict)

    def versions(self) -> tuple[int, ...] | None:
        """What is equal at two moments only if no record changed between them.

        None if it is not known whether records changed.
        """
        collections = self.collections.values()
        known = [records.version for records in collections if isinstance(records, Collection)]
        return tuple(known) if len(known) == len(collections) else None

    @cached_property
    def computed(self) -> dict[Json, tuple[tuple[int, ...], Json]]:
        """What was computed of all records, by its name, with their versions at that time."""
        return {}
