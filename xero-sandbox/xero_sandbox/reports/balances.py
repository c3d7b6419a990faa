"""Sums of journal lines by account, period and tracking, on accrual or cash basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.books.cash_basis import cash_lines
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports.parameters import year_start

Balances = Mapping[str, Decimal]

EARNINGS = frozenset({"REVENUE", "EXPENSE"})


@dataclass(frozen=True)
class Entry:
    """One journal line: its date, account, amount and tracking options."""

    day: date
    account_id: str
    net: Decimal
    options: frozenset[str]


class Ledger:
    """An organisation's journal lines, read once for all reports until a record changes."""

    def __init__(self, organisation: Organisation, *, cash: bool = False) -> None:
        self.organisation = organisation
        self.accounts = organisation.collections["Accounts"]
        self.entries = _current_entries(organisation, cash=cash)

    def sums(
        self,
        first: date | None,
        last: date,
        options: frozenset[str] = frozenset(),
        without: frozenset[str] = frozenset(),
    ) -> Balances:
        """The movement of each account from ``first`` to ``last``.

        Args:
            first: The first day, or None for all time.
            last: The last day.
            options: Tracking options that a line must all have.
            without: Tracking options of which a line must have none.
        """
        totals: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entry in self.entries:
            if entry.day > last or (first is not None and entry.day < first):
                continue
            if options <= entry.options and not without & entry.options:
                totals[entry.account_id] += entry.net
        return totals

    def year_start(self, on: date) -> date:
        """The first day of the organisation's financial year that contains a day."""
        organisation = self.organisation
        return year_start(
            on, organisation.financial_year_end_month, organisation.financial_year_end_day
        )

    def accounts_of(self, *types: str) -> list[Record]:
        """Accounts of these types, by name."""
        found = [account for account in self.accounts.values() if account["Type"] in types]
        return sorted(found, key=lambda account: str(account["Name"]).casefold())

    def earnings(self, balances: Balances) -> Decimal:
        """The profit in balances: revenue less expenses."""
        return -sum(
            (
                amount
                for account_id, amount in balances.items()
                if self.accounts[account_id]["Class"] in EARNINGS
            ),
            ZERO,
        )

    def total(self, balances: Balances, *types: str) -> Decimal:
        """The sum over accounts of these types; debits are positive."""
        return sum(
            (balances.get(account["AccountID"], ZERO) for account in self.accounts_of(*types)), ZERO
        )


def _current_entries(organisation: Organisation, *, cash: bool) -> Sequence[Entry]:
    versions = organisation.versions()
    name = ("entries", cash)
    kept_versions, entries = organisation.computed.get(name, (None, ()))
    if versions is None or versions != kept_versions:
        entries = tuple(_entries(organisation, cash=cash))
        if versions is not None:
            organisation.computed[name] = (versions, entries)
    return entries


def _entries(organisation: Organisation, *, cash: bool) -> Iterable[Entry]:
    for journal in organisation.collections["Journals"].values():
        lines = cash_lines(organisation, journal) if cash else journal["JournalLines"]
        for line in lines:
            options = frozenset(
                item["TrackingOptionID"] for item in line.get("TrackingCategories") or ()
            )
            yield Entry(journal["JournalDate"], line["AccountID"], line["NetAmount"], options)
