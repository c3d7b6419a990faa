"""Bank transfers: created or deleted, with a bank transaction for each account."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import cents, to_base
from xero_sandbox.books.ledger import Posting, post, reverse
from xero_sandbox.books.rates import day_rate
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents.common import account_summary, find_account
from xero_sandbox.writing.lines.tracking import resolve_tracking
from xero_sandbox.writing.money.deletion import find_for_deletion
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import sent_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    day,
    flag,
    mapping,
    merged,
    number,
    parse_fields,
    sequence,
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
    errors: list[str] = []
    parsed = parse_fields(sent, FIELDS, errors)
    parsed.pop("Status", None)
    blank = {
        "BankTransferID": transaction.new_id(),
        "Date": transaction.today,
        "FromIsReconciled": False,
        "ToIsReconciled": False,
        "HasAttachments": False,
        "Status": "AUTHORISED",
        "CreatedDateUTC": transaction.now,
    }
    transfer = merged(blank, parsed)
    accounts = [
        _bank(transaction, transfer.get(side, {}), errors)
        for side in ("FromBankAccount", "ToBankAccount")
    ]
    amount = transfer.get("Amount")
    if amount is None or amount <= 0 or amount != cents(amount):
        errors.append("The amount of a transfer must be greater than zero, in whole cents.")
    source, target = accounts
    if source and target and source["AccountID"] == target["AccountID"]:
        errors.append("A transfer needs two different bank accounts.")
    check_unlocked(transaction, transfer["Date"], errors)
    for side in ("FromTracking", "ToTracking"):
        transfer[side] = resolve_tracking(transaction, transfer.get(side, []), errors)
    if errors or source is None or target is None:
        raise ValidationError(*errors)
    _store(transaction, transfer, source, target)
    return transfer


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the transfer of this id, or creates a new one."""
    if sent_id(sent, "BankTransferID"):
        return delete(transaction, sent)
    return create(transaction, sent)


def delete(transaction: Transaction, sent: Record) -> Record:
    """``Status: DELETED`` deletes a transfer and both its bank transactions."""
    transfer = find_for_deletion(transaction, "BankTransfers", sent, FIELDS, "bank transfer")
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


def _bank(transaction: Transaction, named: Record, errors: list[str]) -> Record | None:
    account = find_account(transaction, named, errors)
    if account is not None and account["Type"] != "BANK":
        errors.append(f"The account {account['Name']} is not a bank account.")
        return None
    return account


def _store(transaction: Transaction, transfer: Record, source: Record, target: Record) -> None:
    """Stores a transfer; its amount is in the currency of the account that sends it."""
    base = transaction.organisation.base_currency
    amount: Decimal = transfer["Amount"]
    from_rate = day_rate(base, source["CurrencyCode"], transfer["Date"])
    to_rate = day_rate(base, target["CurrencyCode"], transfer["Date"])
    same = source["CurrencyCode"] == target["CurrencyCode"]
    in_base = to_base(amount, from_rate)
    received = amount if same else cents(in_base * to_rate)
    transfer["CurrencyRate"] = (
        Decimal(1) if same else (to_rate / from_rate).quantize(Decimal("0.000001"))
    )
    for side, account in (("FromBankAccount", source), ("ToBankAccount", target)):
        transfer[side] = account_summary(account)
    sides = (
        ("From", "SPEND-TRANSFER", source, amount),
        ("To", "RECEIVE-TRANSFER", target, received),
    )
    for side, kind, account, total in sides:
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
                "Date": transfer["Date"],
                "Status": "AUTHORISED",
                "LineAmountTypes": "NoTax",
                "LineItems": [],
                "SubTotal": total,
                "TotalTax": Decimal(0),
                "Total": total,
                "CurrencyCode": account["CurrencyCode"],
                "CurrencyRate": from_rate if side == "From" else to_rate,
                "UpdatedDateUTC": transaction.now,
            },
        )
    transaction.put("BankTransfers", transfer)
    details = f"Transfer to {target['Name']}"
    postings = [
        Posting(source, -in_base, description=details, tracking=transfer["FromTracking"]),
        Posting(target, in_base, description=details, tracking=transfer["ToTracking"]),
    ]
    transfer_id = transfer["BankTransferID"]
    post(transaction, "TRANSFER", transfer_id, transfer["Date"], postings)
    transaction.note("BankTransfers", transfer_id, "Created", f"{amount:.2f} {details}.")
