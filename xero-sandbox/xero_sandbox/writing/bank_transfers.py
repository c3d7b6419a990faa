"""Bank transfers: created or deleted, each with a bank transaction on either side."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import cents, to_base
from xero_sandbox.books.ledger import Posting, post, reverse
from xero_sandbox.books.rates import day_rate
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.deletion import to_be_deleted
from xero_sandbox.writing.document_parts import account_summary, check_unlocked, find_account
from xero_sandbox.writing.line_tracking import resolve_tracking
from xero_sandbox.writing.matching import given_id
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import (
    Parser,
    choice,
    day,
    flag,
    mapping,
    merged,
    number,
    sequence,
    take,
    text,
)

FIELDS: dict[str, Parser] = {
    "FromBankAccount": mapping,
    "ToBankAccount": mapping,
    "Amount": number(),
    "Date": day,
    "FromIsReconciled": flag,
    "ToIsReconciled": flag,
    "Reference": text(255),
    "FromTracking": sequence,
    "ToTracking": sequence,
    "Status": choice("AUTHORISED", "DELETED"),
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: moves money between two bank accounts."""
    problems: list[str] = []
    given = take(sent, FIELDS, problems)
    given.pop("Status", None)
    blank = {
        "BankTransferID": transaction.new_id(),
        "Date": transaction.today,
        "FromIsReconciled": False,
        "ToIsReconciled": False,
        "HasAttachments": False,
        "Status": "AUTHORISED",
        "CreatedDateUTC": transaction.now,
    }
    transfer = merged(blank, given)
    accounts = [
        _bank(transaction, transfer.get(side, {}), problems)
        for side in ("FromBankAccount", "ToBankAccount")
    ]
    amount = transfer.get("Amount")
    if amount is None or amount <= 0 or amount != cents(amount):
        problems.append("The amount of a transfer must be greater than zero, in whole cents.")
    source, target = accounts
    if source and target and source["AccountID"] == target["AccountID"]:
        problems.append("A transfer needs two different bank accounts.")
    check_unlocked(transaction, transfer["Date"], problems)
    for side in ("FromTracking", "ToTracking"):
        transfer[side] = resolve_tracking(transaction, transfer.get(side, []), problems)
    if problems or source is None or target is None:
        raise Invalid(*problems)
    _record(transaction, transfer, source, target)
    return transfer


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the transfer of this id, or makes a new one."""
    if given_id(sent, "BankTransferID"):
        return delete(transaction, sent)
    return create(transaction, sent)


def delete(transaction: Transaction, sent: Record) -> Record:
    """``Status: DELETED`` deletes a transfer and both its bank transactions."""
    transfer = to_be_deleted(transaction, "BankTransfers", sent, FIELDS, "bank transfer")
    reverse(transaction, transfer["BankTransferID"])
    for side in ("FromBankTransactionID", "ToBankTransactionID"):
        bank_transaction = transaction.records("BankTransactions")[transfer[side]]
        transaction.put(
            "BankTransactions",
            {**bank_transaction, "Status": "DELETED", "UpdatedDateUTC": transaction.now},
        )
    deleted = {**transfer, "Status": "DELETED"}
    transaction.put("BankTransfers", deleted)
    transaction.note("BankTransfers", transfer["BankTransferID"], "Deleted", "")
    return deleted


def _bank(transaction: Transaction, named: Record, problems: list[str]) -> Record | None:
    account = find_account(transaction, named, problems)
    if account is not None and account["Type"] != "BANK":
        problems.append(f"The account {account['Name']} is not a bank account.")
        return None
    return account


def _record(transaction: Transaction, transfer: Record, source: Record, target: Record) -> None:
    """Stores a transfer; its amount is in the currency of the account that it leaves."""
    base = transaction.organisation.base_currency
    day_of: object = transfer["Date"]
    amount: Decimal = transfer["Amount"]
    from_rate = day_rate(base, source["CurrencyCode"], transfer["Date"])
    to_rate = day_rate(base, target["CurrencyCode"], transfer["Date"])
    same = source["CurrencyCode"] == target["CurrencyCode"]
    in_base = to_base(amount, from_rate)
    arrives = amount if same else cents(in_base * to_rate)
    transfer["CurrencyRate"] = (
        Decimal(1) if same else (to_rate / from_rate).quantize(Decimal("0.000001"))
    )
    for side, account in (("FromBankAccount", source), ("ToBankAccount", target)):
        transfer[side] = account_summary(account)
    sides = (
        ("From", "SPEND-TRANSFER", source, amount),
        ("To", "RECEIVE-TRANSFER", target, arrives),
    )
    for side, kind, account, moved in sides:
        bank_transaction_id = transaction.new_id()
        transfer[f"{side}BankTransactionID"] = bank_transaction_id
        transaction.put(
            "BankTransactions",
            {
                "BankTransactionID": bank_transaction_id,
                "BankAccount": account_summary(account),
                "Type": kind,
                "Reference": transfer.get("Reference", ""),
                "IsReconciled": transfer[f"{side}IsReconciled"],
                "HasAttachments": False,
                "Date": day_of,
                "Status": "AUTHORISED",
                "LineAmountTypes": "NoTax",
                "LineItems": [],
                "SubTotal": moved,
                "TotalTax": Decimal(0),
                "Total": moved,
                "CurrencyCode": account["CurrencyCode"],
                "CurrencyRate": from_rate if side == "From" else to_rate,
                "UpdatedDateUTC": transaction.now,
            },
        )
    transaction.put("BankTransfers", transfer)
    words = f"Transfer to {target['Name']}"
    postings = [
        Posting(source, -in_base, description=words, tracking=transfer["FromTracking"]),
        Posting(target, in_base, description=words, tracking=transfer["ToTracking"]),
    ]
    transfer_id = transfer["BankTransferID"]
    post(transaction, "TRANSFER", transfer_id, transfer["Date"], postings)
    transaction.note("BankTransfers", transfer_id, "Created", f"{amount:.2f} {words}.")
