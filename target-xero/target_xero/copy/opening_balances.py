"""Opening balances: read off the source's trial balance, written through ``/Setup`` on request.

They are the one thing in the books that no document makes (xero-facts.md: Attachments and history).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from target_xero.books.chart import Chart, identity_of
from target_xero.books.reports import Wanted, amounts_of
from target_xero.build.publication_builder import PublicationBuilder
from target_xero.build.records import Provenance
from target_xero.copy.execute.run import CopyRun
from target_xero.delivery.items import item_of
from target_xero.lookup.lists import every_record
from target_xero.settings import StreamRule
from target_xero.verify.descriptions import day_of
from xero_client.errors import SettingsError
from xero_client.http import wire
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

DEBIT, CREDIT = "YTD Debit", "YTD Credit"
# Their balances come from the documents themselves, or from what the others are out by.
_FROM_DOCUMENTS = frozenset({"DEBTORS", "CREDITORS"})
_BALANCING = "HISTORICAL"
_DATED = ("Invoices", "CreditNotes", "BankTransactions", "Payments", "ManualJournals")


@dataclass(frozen=True)
class OpeningBalances:
    """What an organisation began with.

    Attributes:
        tenant_id: The organisation.
        day: The last day before its first document.
        balances: By account: what names it, and its balance, debits positive.
    """

    tenant_id: str
    day: date
    balances: tuple[tuple[Mapping[str, str], Decimal], ...]

    def encode(self) -> bytes:
        """The balances as a file holds them; amounts are texts, so that they stay exact."""
        content = {
            "tenant_id": self.tenant_id,
            "date": self.day.isoformat(),
            "balances": [
                {**account, "Balance": f"{balance:.2f}"} for account, balance in self.balances
            ],
        }
        return msgspec.json.format(wire.encode(content), indent=2) + b"\n"

    @classmethod
    def of_file(cls, path: Path) -> OpeningBalances:
        """The balances that a file holds.

        Raises:
            SettingsError: There is no such file, or it holds something else.
        """
        try:
            content = wire.decode(path.read_bytes())
            balances = tuple(
                (
                    {name: str(value) for name, value in one.items() if name != "Balance"},
                    Decimal(str(one["Balance"])),
                )
                for one in content["balances"]
            )
            return cls(content["tenant_id"], date.fromisoformat(content["date"]), balances)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            message = (
                f"Setting 'opening_balances' names {path}, which cannot be read: {error}; make it "
                "with `target-xero opening-balances`"
            )
            raise SettingsError(message) from None

    def payload(self, codes: Mapping[str, str]) -> dict[str, Any]:
        """What ``/Setup`` takes.

        Args:
            codes: The target's account codes for the source's, where they differ.
        """
        return {
            "ConversionDate": {"Month": self.day.month, "Year": self.day.year},
            "ConversionBalances": [
                {"AccountCode": codes.get(account["Code"], account["Code"]), "Balance": balance}
                for account, balance in self.balances
            ],
        }


def opening_balances(transport: Transport, tenant_id: str, day: date | None) -> OpeningBalances:
    """Reads what an organisation began with.

    Args:
        transport: The organisation.
        tenant_id: Its id.
        day: When; None for the end of the month before its first document.

    Raises:
        XeroError: It cannot be read.
        SettingsError: There are unpaid documents from before the day, or no documents at all.
    """
    on = day or _before_the_first_document(transport)
    accounts = list(every_record(transport, "Accounts"))
    by_identity = {identity_of(account): account for account in accounts}
    params = (("date", on.isoformat()),)
    wanted = Wanted("TrialBalance", f"Trial balance at {on}", params, on)
    amounts = amounts_of(transport, wanted, Chart.of(accounts))
    totals: dict[str, Decimal] = {}
    for line, amount in amounts.items():
        if line.column in (DEBIT, CREDIT) and line.place in by_identity:
            signed = amount if line.column == DEBIT else -amount
            totals[line.place] = totals.get(line.place, Decimal(0)) + signed
    return OpeningBalances(tenant_id, on, tuple(_named(totals, by_identity, on)))


def write(run: CopyRun, opening: OpeningBalances) -> None:
    """Writes opening balances to the target, under its own account codes."""
    source = Provenance(
        "opening_balances",
        (),
        key={"date": opening.day.isoformat()},
        singer_key=(run.source_tenant, "opening_balances"),
    )
    planner = PublicationBuilder(StreamRule("opening_balances", "Setup", path="/Setup"), batch_size=1)
    publication = planner.publication(opening.payload(run.ids.kind("account_codes")))
    run.organisation.publish(item_of(publication, source, run.target_tenant))
    run.organisation.pipeline.flush()


def _named(
    totals: Mapping[str, Decimal], accounts: Mapping[str, Mapping[str, Any]], on: date
) -> Iterable[tuple[Mapping[str, str], Decimal]]:
    for identity, balance in sorted(totals.items()):
        account = accounts[identity]
        part = account.get("SystemAccount")
        if not balance or part == _BALANCING:
            continue
        if part in _FROM_DOCUMENTS:
            message = (
                f"At {on}, {account.get('Name')} stands at {balance:.2f}: that comes from "
                "documents of before, which are copied as documents; choose an earlier --date"
            )
            raise SettingsError(message)
        if not account.get("Code"):
            message = (
                f"The account {account.get('Name')} has a balance of {balance:.2f} at {on} and no "
                "code, without which Xero takes no opening balance: give it a code in Xero"
            )
            raise SettingsError(message)
        named = {name: str(account[name]) for name in ("Code", "Name") if account.get(name)}
        yield named, balance


def _before_the_first_document(transport: Transport) -> date:
    days = []
    for entity in _DATED:
        params = {"page": "1", "pageSize": "1", "order": "Date"}
        answer = transport.send(Request("GET", f"/{entity}", params, subject=entity))
        days += [day_of(record, "Date") for record in records_of(answer.json, entity)]
    first = min(filter(None, days), default="")
    if not first:
        message = "The organisation has no document yet: name the day with --date"
        raise SettingsError(message)
    return date.fromisoformat(first).replace(day=1) - timedelta(days=1)
