"""Reads the records of an organisation, with counts and totals by status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from target_xero.books.chart import Chart
from target_xero.books.organisation import BOOK_ENTITIES, Books
from target_xero.lookup.tax_rates import named_as_copied
from target_xero.verify.descriptions import (
    LINK_NAMES,
    REPEATING_BILLS,
    ComparableRecord,
    comparable_record,
    link_names,
)

# Entities that are listed, but whose differences do not count.
NOT_JUDGED = (REPEATING_BILLS,)
_LINKS = "LinkedTransactions"


@dataclass
class Inventory:
    """The records of an organisation.

    Attributes:
        counts: Records by entity and status.
        totals: Totals by entity, status and currency.
        records: Each record, with the number of records that are equal to it.
        chart: The chart of accounts.
        tax_rates: The tax rates.
        organisation: The organisation's own settings.
    """

    chart: Chart
    organisation: Mapping[str, Any] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    totals: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    records: Counter[ComparableRecord] = field(default_factory=Counter)
    tax_rates: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, record: ComparableRecord) -> None:
        """Adds a record."""
        self.counts[record.entity, record.status] += 1
        self.records[record] += 1
        if record.amount is not None:
            key = (record.entity, record.status, record.currency)
            self.totals[key] = self.totals.get(key, Decimal(0)) + record.amount

    def days(self) -> Iterator[date]:
        """The dates of all records that are not removed."""
        for record in self.records:
            if record.day and not record.is_removed:
                yield date.fromisoformat(record.day)


def _with_names(link: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """A billable expense with the names of what it refers to."""
    names = {name: named.get(str(link.get(field)).lower()) for field, name in LINK_NAMES.items()}
    return {**link, **names}


def read_inventory(
    books: Books, entities: Collection[str], source: Inventory | None = None
) -> Inventory:
    """Reads the records of an organisation.

    Args:
        books: The organisation.
        entities: The entities to read.
        source: The organisation that it is a copy of. The names of system accounts and tax rates
            differ by country, so those of the source are used.

    Raises:
        XeroError: A list cannot be read.
    """
    organisation = books.organisation()
    accounts = list(books.records("Accounts"))
    chart = Chart.from_records(accounts)
    inventory = Inventory(
        chart if source is None else chart.with_system_names_of(source.chart), organisation
    )
    base_currency = str(organisation.get("BaseCurrency") or "")
    links = list(books.records(_LINKS)) if _LINKS in entities else []
    wanted = {str(link[name]).lower() for link in links for name in LINK_NAMES if link.get(name)}
    named: dict[str, str] = {}
    for entity in filter(entities.__contains__, BOOK_ENTITIES):
        records: Iterable[Mapping[str, Any]] = ()
        if entity == "Accounts":
            records = accounts
        elif entity != _LINKS:
            records = books.records(entity)
        if entity == "TaxRates":
            inventory.tax_rates = list(records)
            source_rates = [] if source is None else source.tax_rates
            records = named_as_copied(inventory.tax_rates, source_rates)
            inventory.chart = inventory.chart.with_tax_rates(inventory.tax_rates)
        if entity == _LINKS:
            records = [_with_names(link, named) for link in links]
        for record in records:
            if wanted:
                named.update(link_names(entity, record, inventory.chart, wanted))
            inventory.add(comparable_record(entity, record, inventory.chart, base_currency))
    return inventory
