"""Payments: created or deleted, never changed (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import cents, to_base
from xero_sandbox.books.ledger import Posting, post
from xero_sandbox.books.rates import day_rate
from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents import credit_notes, invoices
from xero_sandbox.writing.documents.common import account_summary, find_account
from xero_sandbox.writing.money.settlement import (
    CONTROL_SIGN,
    change_outstanding,
    outstanding_field,
    reference_to,
    with_gain,
)
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import by_id, refuse_id, sent_id, without
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
    text,
)

FIELDS: dict[str, Parser] = {
    "Invoice": mapping,
    "CreditNote": mapping,
    "Prepayment": mapping,
    "Overpayment": mapping,
    "InvoiceNumber": text(),
    "CreditNoteNumber": text(),
    "Account": mapping,
    "Code": text(),
    "Date": day,
    "CurrencyRate": number(6),
    "Amount": number(),
    "Reference": text(),
    "IsReconciled": flag,
    "Status": choice("AUTHORISED", "DELETED"),
    "BankAccountNumber": text(),
    "Particulars": text(),
    "Details": text(),
}
PAYMENT_TYPES = {
    "ACCREC": "ACCRECPAYMENT",
    "ACCPAY": "ACCPAYPAYMENT",
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "ACCPAYCREDIT": "APCREDITPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENTPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENTPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENTPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENTPAYMENT",
}
# The journal of a refund has the source type of the prepayment or overpayment.
_JOURNAL_SOURCES = {
    "ARPREPAYMENTPAYMENT": "ARPREPAYMENT",
    "APPREPAYMENTPAYMENT": "APPREPAYMENT",
    "AROVERPAYMENTPAYMENT": "AROVERPAYMENT",
    "APOVERPAYMENTPAYMENT": "APOVERPAYMENT",
}
PAYABLE = {
    "Invoice": "Invoices",
    "CreditNote": "CreditNotes",
    "Prepayment": "Prepayments",
    "Overpayment": "Overpayments",
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new payment."""
    refuse_id(sent, "Payments", "payment")
    return pay(transaction, sent)


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the payment of this id, or creates a new one."""
    if sent_id(sent, "PaymentID"):
        return update(transaction, sent)
    return pay(transaction, sent)


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /Payments/{id}: the only change is ``Status: DELETED``."""
    payment = by_id(transaction, "Payments", sent, "payment")
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    if payment is None or changes.get("Status") != "DELETED":
        errors.append("A payment cannot be changed. It can be deleted.")
    elif payment["Status"] == "DELETED":
        errors.append("The payment has been deleted already.")
    elif payment.get("BatchPaymentID"):
        errors.append("A payment that is part of a batch payment cannot be deleted on its own.")
    else:
        check_unlocked(transaction, payment["Date"], errors)
    if errors or payment is None:
        raise ValidationError(*errors)
    return delete(transaction, payment)


def pay(transaction: Transaction, sent: Record, batch: Record | None = None) -> Record:
    """Creates a payment, separately or in a batch payment, and posts it."""
    errors: list[str] = []
    parsed = parse_fields(sent, FIELDS, errors)
    entity, document = _document(transaction, parsed, errors)
    named = parsed.get("Account") or ({"Code": parsed["Code"]} if parsed.get("Code") else {})
    account = find_account(transaction, named, errors)
    payment = merged(
        {
            "PaymentID": transaction.new_id(),
            "Date": transaction.today,
            "Status": "AUTHORISED",
            "IsReconciled": False,
            "HasAccount": True,
            "HasValidationErrors": False,
        },
        {
            name: value
            for name, value in parsed.items()
            if name not in {*PAYABLE, "Account", "Code", "InvoiceNumber", "CreditNoteNumber"}
        },
    )
    if payment["Status"] != "AUTHORISED":
        errors.append("A new payment cannot be deleted.")
    check_unlocked(transaction, payment["Date"], errors)
    if document is not None and account is not None:
        _check(transaction, payment, entity, document, account, errors)
    if errors or document is None or account is None:
        raise ValidationError(*errors)
    payment["Account"] = account_summary(account)
    payment["PaymentType"] = PAYMENT_TYPES[document["Type"]]
    payment[_singular(entity)] = reference_to(entity, document)
    if batch is not None:
        payment["BatchPaymentID"] = batch["BatchPaymentID"]
        payment["BatchPayment"] = batch
    _apply(transaction, payment, entity, document, account, sign=1)
    return payment


def delete(transaction: Transaction, payment: Record) -> Record:
    """Deletes a payment: its document is outstanding again, its journal is reversed."""
    entity = paid_entity(payment)
    document_id = payment[_singular(entity)][ID_FIELDS[entity]]
    document = transaction.records(entity)[document_id]
    account = transaction.records("Accounts")[payment["Account"]["AccountID"]]
    deleted = {**payment, "Status": "DELETED"}
    _apply(transaction, deleted, entity, document, account, sign=-1)
    return deleted


def paid_entity(payment: Record) -> str:
    """The entity of the document that a payment is for."""
    return next(entity for name, entity in PAYABLE.items() if name in payment)


def _singular(entity: str) -> str:
    return next(name for name, plural in PAYABLE.items() if plural == entity)


def _document(
    transaction: Transaction, parsed: Record, errors: list[str]
) -> tuple[str, Record | None]:
    named = {name: parsed[name] for name in PAYABLE if parsed.get(name)}
    if parsed.get("InvoiceNumber"):
        named.setdefault("Invoice", {"InvoiceNumber": parsed["InvoiceNumber"]})
    if parsed.get("CreditNoteNumber"):
        named.setdefault("CreditNote", {"CreditNoteNumber": parsed["CreditNoteNumber"]})
    if len(named) != 1:
        errors.append(
            "A payment needs exactly one invoice, credit note, prepayment or overpayment."
        )
        return "Invoices", None
    ((name, reference),) = named.items()
    entity = PAYABLE[name]
    try:
        document = by_id(transaction, entity, reference, name.lower())
    except ValidationError as invalid:
        errors.extend(invalid.messages)
        return entity, None
    if document is None and reference.get("InvoiceNumber"):
        document = invoices.by_number(transaction, str(reference["InvoiceNumber"]))
    if document is None and reference.get("CreditNoteNumber"):
        document = credit_notes.by_number(transaction, str(reference["CreditNoteNumber"]))
    if document is None:
        errors.append(f"The {name.lower()} of the payment could not be found.")
    return entity, document


def _check(
    transaction: Transaction,
    payment: Record,
    entity: str,
    document: Record,
    account: Record,
    errors: list[str],
) -> None:
    amount = payment.get("Amount")
    if amount is None or amount <= 0 or amount != cents(amount):
        errors.append("The payment amount must be greater than zero, in whole cents.")
    elif document["Status"] not in {"AUTHORISED", "PAID"}:
        errors.append("Payments can only be made against AUTHORISED documents.")
    elif amount > document[outstanding_field(entity)]:
        errors.append("Payment amount exceeds the amount outstanding on this document")
    if account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        errors.append(f"Payments cannot be made to or from the account {account['Name']}.")
    base = transaction.organisation.base_currency
    account_currency = account.get("CurrencyCode", base)
    currency = document["CurrencyCode"]
    if account_currency not in {base, currency}:
        errors.append(f"A document in {currency} cannot be paid in {account_currency}.")
    if currency == base:
        payment["CurrencyRate"] = Decimal(1)
    elif not payment.get("CurrencyRate"):
        payment["CurrencyRate"] = day_rate(base, currency, payment["Date"])
    elif payment["CurrencyRate"] < 0:
        errors.append("The currency rate must be greater than zero.")
    if not errors:
        same = account_currency == currency
        base_amount = to_base(payment["Amount"], payment["CurrencyRate"])
        payment["BankAmount"] = payment["Amount"] if same else base_amount


def _apply(
    transaction: Transaction,
    payment: Record,
    entity: str,
    document: Record,
    account: Record,
    sign: int,
) -> None:
    """Applies a payment to its document and the bank account (``sign`` 1), or removes it (-1)."""
    amount: Decimal = payment["Amount"]
    changed, postings = change_outstanding(
        transaction, entity, document, -sign * amount, payment["Date"]
    )
    if entity == "Invoices":
        changed["AmountPaid"] = document["AmountPaid"] + sign * amount
    others = without(document.get("Payments", []), "PaymentID", payment["PaymentID"])
    changed["Payments"] = [*others, _nested(payment)] if sign > 0 else others
    transaction.put(entity, changed)
    payment["UpdatedDateUTC"] = transaction.now
    transaction.put("Payments", payment)
    bank = sign * CONTROL_SIGN[document["Type"]] * to_base(amount, payment["CurrencyRate"])
    own = Posting(account, bank, description=document["Contact"].get("Name", ""))
    payment_type: str = payment["PaymentType"]
    post(
        transaction,
        _JOURNAL_SOURCES.get(payment_type, payment_type),
        payment["PaymentID"],
        payment["Date"],
        with_gain(transaction, [own, *postings]),
        payment.get("Reference"),
    )
    verb = "Paid" if sign > 0 else "Payment deleted"
    details = f"{verb}: {amount:.2f} on {payment['Date']:%d %B %Y}."
    transaction.note(entity, changed[ID_FIELDS[entity]], verb, details)
    transaction.note(
        "Payments", payment["PaymentID"], "Created" if sign > 0 else "Deleted", details
    )


def _nested(payment: Record) -> Record:
    """The fields of a payment that a document contains."""
    kept = ("PaymentID", "BatchPaymentID", "Date", "Amount", "Reference", "CurrencyRate")
    nested = {name: payment[name] for name in kept if name in payment}
    return {**nested, "HasAccount": False, "HasValidationErrors": False}
