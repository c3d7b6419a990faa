"""Payments: made or deleted, never changed (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import cents, to_base
from xero_sandbox.books.ledger import Posting, post
from xero_sandbox.books.rates import day_rate
from xero_sandbox.organisation import ID_FIELDS, Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import credit_notes, invoices
from xero_sandbox.writing.document_parts import account_summary, check_unlocked, find_account
from xero_sandbox.writing.matching import by_id, given_id, refuse_id
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.settlement import (
    CONTROL_SIGN,
    change_outstanding,
    outstanding_field,
    reference_to,
    with_gain,
    without,
)
from xero_sandbox.writing.values import (
    Parser,
    choice,
    day,
    flag,
    mapping,
    merged,
    number,
    take,
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
# Journals name refunds of prepayments and overpayments after what they refund.
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
    """POST: deletes the payment of this id, or makes a new one."""
    if given_id(sent, "PaymentID"):
        return update(transaction, sent)
    return pay(transaction, sent)


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /Payments/{id}: the only change is ``Status: DELETED``."""
    payment = by_id(transaction, "Payments", sent, "payment")
    problems: list[str] = []
    changes = take(sent, FIELDS, problems)
    if payment is None or changes.get("Status") != "DELETED":
        problems.append("A payment cannot be changed. It can be deleted.")
    elif payment["Status"] == "DELETED":
        problems.append("The payment has been deleted already.")
    elif payment.get("BatchPaymentID"):
        problems.append("A payment that is part of a batch payment cannot be deleted on its own.")
    else:
        check_unlocked(transaction, payment["Date"], problems)
    if problems or payment is None:
        raise Invalid(*problems)
    return delete(transaction, payment)


def pay(transaction: Transaction, sent: Record, batch: Record | None = None) -> Record:
    """Makes a payment, alone or as part of a batch payment, and posts it."""
    problems: list[str] = []
    given = take(sent, FIELDS, problems)
    entity, document = _document(transaction, given, problems)
    named = given.get("Account") or ({"Code": given["Code"]} if given.get("Code") else {})
    account = find_account(transaction, named, problems)
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
            for name, value in given.items()
            if name not in {*PAYABLE, "Account", "Code", "InvoiceNumber", "CreditNoteNumber"}
        },
    )
    if payment["Status"] != "AUTHORISED":
        problems.append("A new payment cannot be deleted.")
    check_unlocked(transaction, payment["Date"], problems)
    if document is not None and account is not None:
        _check(transaction, payment, entity, document, account, problems)
    if problems or document is None or account is None:
        raise Invalid(*problems)
    payment["Account"] = account_summary(account)
    payment["PaymentType"] = PAYMENT_TYPES[document["Type"]]
    payment[_singular(entity)] = reference_to(entity, document)
    if batch is not None:
        payment["BatchPaymentID"] = batch["BatchPaymentID"]
        payment["BatchPayment"] = batch
    _settle(transaction, payment, entity, document, account, sign=1)
    return payment


def delete(transaction: Transaction, payment: Record) -> Record:
    """Deletes a payment: its document is outstanding again, its journal is mirrored."""
    entity = paid_entity(payment)
    document_id = payment[_singular(entity)][ID_FIELDS[entity]]
    document = transaction.records(entity)[document_id]
    account = transaction.records("Accounts")[payment["Account"]["AccountID"]]
    deleted = {**payment, "Status": "DELETED"}
    _settle(transaction, deleted, entity, document, account, sign=-1)
    return deleted


def paid_entity(payment: Record) -> str:
    """The entity of the document that a payment is for."""
    return next(entity for name, entity in PAYABLE.items() if name in payment)


def _singular(entity: str) -> str:
    return next(name for name, plural in PAYABLE.items() if plural == entity)


def _document(
    transaction: Transaction, given: Record, problems: list[str]
) -> tuple[str, Record | None]:
    named = {name: given[name] for name in PAYABLE if given.get(name)}
    if given.get("InvoiceNumber"):
        named.setdefault("Invoice", {"InvoiceNumber": given["InvoiceNumber"]})
    if given.get("CreditNoteNumber"):
        named.setdefault("CreditNote", {"CreditNoteNumber": given["CreditNoteNumber"]})
    if len(named) != 1:
        problems.append(
            "A payment needs one invoice, credit note, prepayment or overpayment that it is for."
        )
        return "Invoices", None
    ((name, reference),) = named.items()
    entity = PAYABLE[name]
    try:
        document = by_id(transaction, entity, reference, name.lower())
    except Invalid as invalid:
        problems.extend(invalid.messages)
        return entity, None
    if document is None and reference.get("InvoiceNumber"):
        document = invoices.by_number(transaction, str(reference["InvoiceNumber"]))
    if document is None and reference.get("CreditNoteNumber"):
        document = credit_notes.by_number(transaction, str(reference["CreditNoteNumber"]))
    if document is None:
        problems.append(f"The {name.lower()} of the payment could not be found.")
    return entity, document


def _check(
    transaction: Transaction,
    payment: Record,
    entity: str,
    document: Record,
    account: Record,
    problems: list[str],
) -> None:
    amount = payment.get("Amount")
    if amount is None or amount <= 0 or amount != cents(amount):
        problems.append("The payment amount must be greater than zero, in whole cents.")
    elif document["Status"] not in {"AUTHORISED", "PAID"}:
        problems.append("Payments can only be made against AUTHORISED documents.")
    elif amount > document[outstanding_field(entity)]:
        problems.append("Payment amount exceeds the amount outstanding on this document")
    if account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        problems.append(f"Payments cannot be made to or from the account {account['Name']}.")
    base = transaction.organisation.base_currency
    account_currency = account.get("CurrencyCode", base)
    currency = document["CurrencyCode"]
    if account_currency not in {base, currency}:
        problems.append(f"A document in {currency} cannot be paid in {account_currency}.")
    if currency == base:
        payment["CurrencyRate"] = Decimal(1)
    elif not payment.get("CurrencyRate"):
        payment["CurrencyRate"] = day_rate(base, currency, payment["Date"])
    elif payment["CurrencyRate"] < 0:
        problems.append("The currency rate must be greater than zero.")
    if not problems:
        same = account_currency == currency
        base_amount = to_base(payment["Amount"], payment["CurrencyRate"])
        payment["BankAmount"] = payment["Amount"] if same else base_amount


def _settle(
    transaction: Transaction,
    payment: Record,
    entity: str,
    document: Record,
    account: Record,
    sign: int,
) -> None:
    """Moves a payment's amount on (``sign`` 1) or off (-1) its document and the bank."""
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
    words = f"{verb}: {amount:.2f} on {payment['Date']:%d %B %Y}."
    transaction.note(entity, changed[ID_FIELDS[entity]], verb, words)
    transaction.note("Payments", payment["PaymentID"], "Created" if sign > 0 else "Deleted", words)


def _nested(payment: Record) -> Record:
    """What a document lists of a payment."""
    kept = ("PaymentID", "BatchPaymentID", "Date", "Amount", "Reference", "CurrencyRate")
    nested = {name: payment[name] for name in kept if name in payment}
    return {**nested, "HasAccount": False, "HasValidationErrors": False}
