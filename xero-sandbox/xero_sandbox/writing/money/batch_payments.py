"""Batch payments: several invoices or bills paid at once (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents.common import account_summary, find_account
from xero_sandbox.writing.money import payments
from xero_sandbox.writing.money.deletion import find_for_deletion
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import sent_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    day,
    mapping,
    merged,
    number,
    parse_fields,
    sequence,
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
_COPIED_FIELDS = ("Amount", "Reference", "Details", "Particulars", "BankAccountNumber", "Code")


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: pays all listed invoices or bills from one account."""
    errors: list[str] = []
    batch = merged({"Date": transaction.today}, parse_fields(sent, FIELDS, errors))
    account = find_account(transaction, batch.get("Account", {}), errors)
    sent_payments = batch.pop("Payments", [])
    if not sent_payments:
        errors.append("A batch payment needs at least one payment.")
    check_unlocked(transaction, batch["Date"], errors)
    if errors or account is None:
        raise ValidationError(*errors)
    batch |= {
        "BatchPaymentID": transaction.new_id(),
        "Account": account_summary(account),
        "Status": "AUTHORISED",
        "IsReconciled": False,
        "UpdatedDateUTC": transaction.now,
    }
    batch_summary: Record = {
        name: batch[name]
        for name in ("BatchPaymentID", "Account", "Date", "Reference", "Status")
        if name in batch
    }
    created = _pay_each(transaction, sent_payments, batch, batch_summary)
    types = {payment["PaymentType"] for payment in created}
    if len(types) != 1 or not types <= {"ACCRECPAYMENT", "ACCPAYPAYMENT"}:
        message = "A batch payment is for sales invoices or for bills, not for both."
        raise ValidationError(message)
    total: Decimal = sum((payment["Amount"] for payment in created), ZERO)
    batch["Type"] = "RECBATCH" if types == {"ACCRECPAYMENT"} else "PAYBATCH"
    batch |= {"Payments": [_nested(payment) for payment in created], "TotalAmount": total}
    batch["Amount"] = total
    transaction.put("BatchPayments", batch)
    transaction.note("BatchPayments", batch["BatchPaymentID"], "Created", f"{total:.2f} in total.")
    return batch


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the batch payment of this id, or creates a new one."""
    if sent_id(sent, "BatchPaymentID"):
        return delete(transaction, sent)
    return create(transaction, sent)


def delete(transaction: Transaction, sent: Record) -> Record:
    """``Status: DELETED`` deletes a batch payment and all its payments."""
    batch = find_for_deletion(transaction, "BatchPayments", sent, FIELDS, "batch payment")
    for nested in batch["Payments"]:
        payment = transaction.records("Payments")[nested["PaymentID"]]
        payments.delete(transaction, payment)
    deleted = {**batch, "Status": "DELETED", "UpdatedDateUTC": transaction.now}
    transaction.put("BatchPayments", deleted)
    transaction.note("BatchPayments", batch["BatchPaymentID"], "Deleted", "")
    return deleted


def _pay_each(
    transaction: Transaction, sent_payments: list[Record], batch: Record, batch_summary: Record
) -> list[Record]:
    created = []
    for sent in sent_payments:
        payment = {name: sent[name] for name in ("Invoice", "CreditNote") if sent.get(name)}
        payment |= {
            name: sent[name] for name in _COPIED_FIELDS if sent.get(name) and name != "Code"
        }
        payment |= {"Account": batch["Account"], "Date": batch["Date"].isoformat()}
        if "Reference" not in payment and batch.get("Reference"):
            payment["Reference"] = batch["Reference"]
        created.append(payments.pay(transaction, payment, batch_summary))
    return created


def _nested(payment: Record) -> Record:
    kept = ("PaymentID", "Invoice", "Amount", "Date", "Reference", "Details", "Particulars")
    return {name: payment[name] for name in kept if name in payment}
