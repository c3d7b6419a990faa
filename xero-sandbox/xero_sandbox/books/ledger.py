"""The general ledger: balanced journals, which are appended and never changed.

(xero-facts.md: Change capture)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction


@dataclass(frozen=True)
class Posting:
    """One journal line in base currency; debits are positive, credits negative."""

    account: Record
    net: Decimal
    tax: Decimal = ZERO
    tax_type: str = ""
    tax_name: str = ""
    description: str = ""
    tracking: list[Record] = field(default_factory=list)


class UnbalancedError(Exception):
    """The debits and credits of a journal differ; this is a defect of the sandbox."""


def system_account(transaction: Transaction, name: str) -> Record:
    """The system account of this name (``DEBTORS``, ``GST``)."""
    return transaction.find("Accounts", "SystemAccount", name)[0]


def post(
    transaction: Transaction,
    source_type: str,
    source_id: str,
    day: date,
    postings: Sequence[Posting],
    reference: str | None = None,
) -> None:
    """Appends one journal. Lines without an amount are left out; if none is left, it adds nothing.

    Raises:
        UnbalancedError: If debits and credits differ.
    """
    lines = [_line(transaction, posting) for posting in postings if posting.net or posting.tax]
    if not lines:
        return
    difference = sum((line["NetAmount"] for line in lines), ZERO)
    if difference:
        message = f"The journal of {source_type} {source_id} is out by {difference}."
        raise UnbalancedError(message)
    _append(transaction, source_type, source_id, day, lines, reference)


def current_journal(transaction: Transaction, source_id: str) -> Record | None:
    """The journal of a source that is not reversed."""
    journals = transaction.find("Journals", "SourceID", source_id)
    # The journals of a source alternate: posted, reversed, posted again.
    return journals[-1] if len(journals) % 2 else None


def reverse(transaction: Transaction, source_id: str) -> None:
    """Reverses the current journal of a source, on the same date."""
    journal = current_journal(transaction, source_id)
    if journal is None:
        return
    reversed_lines = []
    for line in journal["JournalLines"]:
        amounts = {name: -line[name] for name in ("NetAmount", "GrossAmount", "TaxAmount")}
        reversed_lines.append({**line, **amounts, "JournalLineID": transaction.new_id()})
    _append(
        transaction,
        journal["SourceType"],
        source_id,
        journal["JournalDate"],
        reversed_lines,
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
