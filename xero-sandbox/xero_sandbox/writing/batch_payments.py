"""Batch payments: several invoices or bills paid at once (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import payments
from xero_sandbox.writing.deletion import to_be_deleted
from xero_sandbox.writing.document_parts import account_summary, check_unlocked, find_account
from xero_sandbox.writing.matching import given_id
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import (
    Parser,
    choice,
    day,
    mapping,
    merged,
    number,
    sequence,
    take,
    text,
)

FIELDS: dict[str, Parser] = {
    "Account": mapping,
    "Reference": text(255),
    "Particulars": text(12),
    "Code": text(12),
    "Details": text(),
    "Narrative": text(18),
    "Date": day,
    "Amount": number(),
    "Payments": sequence,
    "Status": choice("AUTHORISED", "DELETED"),
}
_PASSED_ON = ("Amount", "Reference", "Details", "Particulars", "BankAccountNumber", "Code")


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: pays every listed invoice (or every bill) from one account."""
    problems: list[str] = []
    batch = merged({"Date": transaction.today}, take(sent, FIELDS, problems))
    account = find_account(transaction, batch.get("Account", {}), problems)
    parts = batch.pop("Payments", [])
    if not parts:
        problems.append("A batch payment needs at least one payment.")
    check_unlocked(transaction, batch["Date"], problems)
    if problems or account is None:
        raise Invalid(*problems)
    batch |= {
        "BatchPaymentID": transaction.new_id(),
        "Account": account_summary(account),
        "Status": "AUTHORISED",
        "IsReconciled": False,
        "UpdatedDateUTC": transaction.now,
    }
    summary: Record = {
        name: batch[name]
        for name in ("BatchPaymentID", "Account", "Date", "Reference", "Status")
        if name in batch
    }
    made = _pay_each(transaction, parts, batch, summary)
    types = {payment["PaymentType"] for payment in made}
    if len(types) != 1 or not types <= {"ACCRECPAYMENT", "ACCPAYPAYMENT"}:
        message = "A batch payment is for sales invoices or for bills, not for both."
        raise Invalid(message)
    total: Decimal = sum((payment["Amount"] for payment in made), ZERO)
    batch["Type"] = "RECBATCH" if types == {"ACCRECPAYMENT"} else "PAYBATCH"
    batch |= {"Payments": [_nested(payment) for payment in made], "TotalAmount": total}
    batch["Amount"] = total
    transaction.put("BatchPayments", batch)
    transaction.note("BatchPayments", batch["BatchPaymentID"], "Created", f"{total:.2f} in all.")
    return batch


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the batch payment of this id, or makes a new one."""
    if given_id(sent, "BatchPaymentID"):
        return delete(transaction, sent)
    return create(transaction, sent)


def delete(transaction: Transaction, sent: Record) -> Record:
    """``Status: DELETED`` deletes a batch payment and all its payments."""
    batch = to_be_deleted(transaction, "BatchPayments", sent, FIELDS, "batch payment")
    for nested in batch["Payments"]:
        payment = transaction.records("Payments")[nested["PaymentID"]]
        payments.delete(transaction, payment)
    deleted = {**batch, "Status": "DELETED", "UpdatedDateUTC": transaction.now}
    transaction.put("BatchPayments", deleted)
    transaction.note("BatchPayments", batch["BatchPaymentID"], "Deleted", "")
    return deleted


def _pay_each(
    transaction: Transaction, parts: list[Record], batch: Record, summary: Record
) -> list[Record]:
    made = []
    for part in parts:
        asked = {name: part[name] for name in ("Invoice", "CreditNote") if part.get(name)}
        asked |= {name: part[name] for name in _PASSED_ON if part.get(name) and name != "Code"}
        asked |= {"Account": batch["Account"], "Date": batch["Date"].isoformat()}
        if "Reference" not in asked and batch.get("Reference"):
            asked["Reference"] = batch["Reference"]
        made.append(payments.pay(transaction, asked, summary))
    return made


def _nested(payment: Record) -> Record:
    kept = ("PaymentID", "Invoice", "Amount", "Date", "Reference", "Details", "Particulars")
    return {name: payment[name] for name in kept if name in payment}
