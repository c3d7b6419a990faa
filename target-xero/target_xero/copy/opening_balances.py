"""Opening balances: read from the source's trial balance, and written through ``/Setup``.

They are the only part of the books that does not come from documents (xero-facts.md: Attachments
and history).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from target_xero.books.chart import Chart, account_identity
from target_xero.books.organisation import Books
from target_xero.books.reports import ReportRequest
from target_xero.build.publications.publication_builder import PublicationBuilder
from target_xero.build.records import Provenance
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.mapping.id_map import ACCOUNT_CODES
from target_xero.delivery.items import step_item_of
from xero_client.errors import SettingsError
from xero_client.http import wire

DEBIT, CREDIT = "YTD Debit", "YTD Credit"
# System accounts whose balances come from documents, or balance the other accounts.
_FROM_DOCUMENTS = frozenset({"DEBTORS", "CREDITORS"})
_BALANCING = "HISTORICAL"


@dataclass(frozen=True)
class OpeningBalances:
    """The opening balances of an organisation.

    Attributes:
        tenant_id: The organisation.
        day: The last day before its first document.
        balances: Code and name of each account, and its balance; debits are positive.
    """

    tenant_id: str
    day: date
    balances: tuple[tuple[Mapping[str, str], Decimal], ...]

    def encode(self) -> bytes:
        """The content of the file; amounts are strings, so that they stay exact."""
        content = {
            "tenant_id": self.tenant_id,
            "date": self.day.isoformat(),
            "balances": [
                {**account, "Balance": f"{balance:.2f}"} for account, balance in self.balances
            ],
        }
        return msgspec.json.format(wire.encode(content), indent=2) + b"\n"

    @classmethod
    def from_file(cls, path: Path) -> OpeningBalances:
        """Reads the balances from a file.

        Raises:
            SettingsError: The file does not exist, or its content is invalid.
        """
        try:
            content = wire.decode(path.read_bytes())
            balances = tuple(
                (
                    {name: str(value) for name, value in account.items() if name != "Balance"},
                    Decimal(str(account["Balance"])),
                )
                for account in content["balances"]
            )
            return cls(content["tenant_id"], date.fromisoformat(content["date"]), balances)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            message = (
                f"Setting 'opening_balances' names {path}, which cannot be read: {error}; create "
                "it with `target-xero opening-balances`"
            )
            raise SettingsError(message) from None

    def payload(self, account_codes: Mapping[str, str]) -> dict[str, Any]:
        """The payload for ``/Setup``.

        Args:
            account_codes: The target's account code by the source's, if they differ.
        """
        return {
            "ConversionDate": {"Month": self.day.month, "Year": self.day.year},
            "ConversionBalances": [
                {
                    "AccountCode": account_codes.get(account["Code"], account["Code"]),
                    "Balance": balance,
                }
                for account, balance in self.balances
            ],
        }


def read_opening_balances(books: Books, day: date | None) -> OpeningBalances:
    """Reads the opening balances of an organisation.

    Args:
        books: The organisation.
        day: Their date; None for the end of the month before its first document.

    Raises:
        XeroError: They cannot be read.
        SettingsError: There are unpaid documents from before that date, or no documents at all.
    """
    on = day or _month_end_before_first_document(books)
    accounts = list(books.records("Accounts"))
    by_identity = {account_identity(account): account for account in accounts}
    params = (("date", on.isoformat()),)
    report = ReportRequest("TrialBalance", f"Trial balance at {on}", params, on)
    amounts = books.amounts(report, Chart.from_records(accounts))
    if amounts is None:
        message = (
            f"{books.origin} does not have the trial balance at {on}: back up with reports.from "
            f"{on:%Y-%m} in the settings of tap-xero, or choose another --date"
        )
        raise SettingsError(message)
    totals: dict[str, Decimal] = {}
    for cell, amount in amounts.items():
        if cell.column in (DEBIT, CREDIT) and cell.row in by_identity:
            signed = amount if cell.column == DEBIT else -amount
            totals[cell.row] = totals.get(cell.row, Decimal(0)) + signed
    return OpeningBalances(books.tenant.tenant_id, on, tuple(_balances(totals, by_identity, on)))


def publish_opening_balances(run: CopyRun, opening_balances: OpeningBalances) -> None:
    """Publishes opening balances to the target, with its own account codes."""
    provenance = Provenance(
        "opening_balances",
        (),
        key={"date": opening_balances.day.isoformat()},
        singer_key=(run.source_tenant, "opening_balances"),
    )
    rule = StreamRule("opening_balances", "Setup", path="/Setup")
    publication = PublicationBuilder(rule, batch_size=1).build(
        opening_balances.payload(run.ids.target_ids(ACCOUNT_CODES))
    )
    run.organisation.publish(step_item_of(publication, provenance, run.target_tenant))
    run.organisation.pipeline.flush()


def _balances(
    totals: Mapping[str, Decimal], accounts: Mapping[str, Mapping[str, Any]], on: date
) -> Iterable[tuple[Mapping[str, str], Decimal]]:
    for identity, balance in sorted(totals.items()):
        account = accounts[identity]
        system_account = account.get("SystemAccount")
        if not balance or system_account == _BALANCING:
            continue
        if system_account in _FROM_DOCUMENTS:
            message = (
                f"The balance of {account.get('Name')} at {on} is {balance:.2f}. It comes from "
                "earlier documents, which are copied as documents: choose an earlier --date"
            )
            raise SettingsError(message)
        if not account.get("Code"):
            message = (
                f"The account {account.get('Name')} has a balance of {balance:.2f} at {on} but no "
                "code, and Xero accepts opening balances only by code: give it a code in Xero"
            )
            raise SettingsError(message)
        identification = {
            name: str(account[name]) for name in ("Code", "Name") if account.get(name)
        }
        yield identification, balance


def _month_end_before_first_document(books: Books) -> date:
    first = books.first_day()
    if not first:
        message = "The organisation does not have any documents: choose the date with --date"
        raise SettingsError(message)
    return date.fromisoformat(first).replace(day=1) - timedelta(days=1)
