"""What an organisation holds: counts, totals by status, and its documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from target_xero.books.chart import Chart
from target_xero.lookup.lists import every_record
from target_xero.lookup.tax_rates import named_as_copied
from target_xero.verify.descriptions import REPEATING_BILLS, Document, document_of
from xero_client.http.transport import Transport

# What is matched rather than made: more of it in the target is no difference.
SETTINGS = ("Currencies", "TaxRates", "Accounts", "TrackingCategories")
COMPARED = (
    *SETTINGS,
    "Contacts",
    "ContactGroups",
    "Items",
    "RepeatingInvoices",
    "Quotes",
    "PurchaseOrders",
    "Invoices",
    "CreditNotes",
    "BankTransactions",
    "ManualJournals",
    "Prepayments",
    "Overpayments",
    "BatchPayments",
    "Payments",
    "BankTransfers",
    "LinkedTransactions",
)

# What is counted and listed, and does not count for the verdict.
UNJUDGED = (REPEATING_BILLS,)


@dataclass
class Inventory:
    """All that was counted.

    Attributes:
        counts: Records by entity and status.
        totals: Sums of their totals by entity, status and currency.
        documents: Each record, with how many there are that say exactly the same.
        chart: The chart of accounts.
        tax_rates: Its tax rates.
    """

    chart: Chart
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    totals: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    documents: Counter[Document] = field(default_factory=Counter)
    tax_rates: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, document: Document, currency: str) -> None:
        """Counts a record."""
        self.counts[document.entity, document.status] += 1
        self.documents[document] += 1
        if document.amount is not None:
            key = (document.entity, document.status, currency)
            self.totals[key] = self.totals.get(key, Decimal(0)) + document.amount

    def days(self) -> Iterator[date]:
        """The dates of all documents that count."""
        for document in self.documents:
            if document.day and not document.is_removed:
                yield date.fromisoformat(document.day)


def inventory_of(transport: Transport, source: Inventory | None = None) -> Inventory:
    """Reads all that is compared of an organisation.

    Args:
        transport: The organisation.
        source: What it is a copy of: system accounts and tax rates that are the same go by other
            names in other countries, and are called by the source's.

    Raises:
        XeroError: A list cannot be read.
    """
    accounts = list(every_record(transport, "Accounts"))
    chart = Chart.of(accounts)
    inventory = Inventory(chart if source is None else chart.called_as(source.chart))
    for entity in COMPARED:
        records = accounts if entity == "Accounts" else every_record(transport, entity)
        if entity == "TaxRates":
            inventory.tax_rates = list(records)
            there = [] if source is None else source.tax_rates
            records = named_as_copied(inventory.tax_rates, there)
        for record in records:
            document = document_of(entity, record, inventory.chart)
            inventory.add(document, str(record.get("CurrencyCode") or ""))
    return inventory
