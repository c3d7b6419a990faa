"""The general ledger: balanced journals, appended and never changed (xero-facts.md: Change capture)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction


@dataclass(frozen=True)
class Posting:
    """One journal line in base currency: debits positive, credits negative."""

    account: Record
    net: Decimal
    tax: Decimal = ZERO
    tax_type: str = ""
    tax_name: str = ""
    description: str = ""
    tracking: list[Record] = field(default_factory=list)


class UnbalancedError(Exception):
    """A journal whose debits and credits differ: a defect of the sandbox, never of a caller."""


def system_account(transaction: Transaction, name: str) -> Record:
    """The account that Xero keeps for ``name`` (``DEBTORS``, ``GST``)."""
    return transaction.find("Accounts", "SystemAccount", name)[0]


def post(
    transaction: Transaction,
    source_type: str,
    source_id: str,
    day: date,
    postings: Sequence[Posting],
    reference: str | None = None,
) -> None:
    """Appends one journal; lines of nothing are left out, and nothing is posted for none.

    Raises:
        UnbalancedError: When debits and credits differ.
    """
    lines = [_line(transaction, posting) for posting in postings if posting.net or posting.tax]
    if not lines:
        return
    difference = sum((line["NetAmount"] for line in lines), ZERO)
    if difference:
        message = f"The journal of {source_type} {source_id} is out by {difference}."
        raise UnbalancedError(message)
    _append(transaction, source_type, source_id, day, lines, reference)


def standing_journal(transaction: Transaction, source_id: str) -> Record | None:
    """The journal of a source that no later one has reversed."""
    journals = transaction.find("Journals", "SourceID", source_id)
    # A source's journals come in turns: posted, reversed, posted again.
    return journals[-1] if len(journals) % 2 else None


def reverse(transaction: Transaction, source_id: str) -> None:
    """Appends the mirror of a source's standing journal, on the same date."""
    journal = standing_journal(transaction, source_id)
    if journal is None:
        return
    mirrored = []
    for line in journal["JournalLines"]:
        amounts = {name: -line[name] for name in ("NetAmount", "GrossAmount", "TaxAmount")}
        mirrored.append({**line, **amounts, "JournalLineID": transaction.new_id()})
    _append(
        transaction,
        journal["SourceType"],
        source_id,
        journal["JournalDate"],
        mirrored,
        journal.get("Reference"),
    )


def _append(
    transaction: Transaction,
    source_type: str,
    source_id: str,
    day: date,
    lines: list[Record],
    reference: str | None,
) -> None:
    journal: Record = {
        "JournalID": transaction.new_id(),
        "JournalDate": day,
        "JournalNumber": transaction.next("journal"),
        "CreatedDateUTC": transaction.now,
        "SourceID": source_id,
        "SourceType": source_type,
        "JournalLines": lines,
    }
    if reference:
        journal["Reference"] = reference
    transaction.put("Journals", journal)


def _line(transaction: Transaction, posting: Posting) -> Record:
    account = posting.account
    line: Record = {
        "JournalLineID": transaction.new_id(),
        "AccountID": account["AccountID"],
        "AccountCode": account.get("Code", ""),
        "AccountType": account["Type"],
        "AccountName": account["Name"],
        "Description": posting.description,
        "NetAmount": posting.net,
        "GrossAmount": posting.net + posting.tax,
        "TaxAmount": posting.tax,
        "TrackingCategories": posting.tracking,
    }
    if posting.tax_type:
        line |= {"TaxType": posting.tax_type, "TaxName": posting.tax_name}
    return line
