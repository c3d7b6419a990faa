"""Allocations of credit notes, prepayments and overpayments to invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from xero_sandbox.books.amounts import ZERO, cents
from xero_sandbox.books.ledger import post
from xero_sandbox.model.organisation import ID_FIELDS, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents import invoices
from xero_sandbox.writing.money.settlement import change_outstanding, reference_to, with_gain
from xero_sandbox.writing.shared.batch import not_found, save_each
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import by_id, without
from xero_sandbox.writing.shared.request import (
    ElementResult,
    ValidationError,
    WriteError,
    WriteOutcome,
    WriteRequest,
)
from xero_sandbox.writing.shared.values import Parser, day, mapping, number, parse_fields

FIELDS: dict[str, Parser] = {"Amount": number(), "Invoice": mapping, "Date": day}

# The type of invoices that a credit can go to, and the source type of its journal.
TARGETS = {
    "ACCRECCREDIT": ("ACCREC", "ACCRECCREDIT"),
    "ACCPAYCREDIT": ("ACCPAY", "ACCPAYCREDIT"),
    "RECEIVE-PREPAYMENT": ("ACCREC", "ARPREPAYMENT"),
    "SPEND-PREPAYMENT": ("ACCPAY", "APPREPAYMENT"),
    "RECEIVE-OVERPAYMENT": ("ACCREC", "AROVERPAYMENT"),
    "SPEND-OVERPAYMENT": ("ACCPAY", "APOVERPAYMENT"),
}


def allocate(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """PUT /{CreditNotes,Prepayments,Overpayments}/{id}/Allocations."""
    entity, credit_id = request.path[0], request.path[1].lower()
    if transaction.get(entity, credit_id) is None:
        raise not_found()

    def save(transaction: Transaction, sent: Record) -> Record:
        return _allocate(transaction, entity, credit_id, sent)

    return save_each(transaction, request, "Allocations", request.elements, save, "AllocationID")


def remove(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """DELETE …/Allocations/{AllocationID}: the response has ``IsDeleted``."""
    entity, credit_id = request.path[0], request.path[1].lower()
    credit = transaction.get(entity, credit_id)
    wanted = request.path[3].lower() if len(request.path) > 3 else ""  # noqa: PLR2004  # the id
    allocations: list[Record] = credit["Allocations"] if credit else []
    found = [item for item in allocations if item["AllocationID"] == wanted]
    if credit is None or not found:
        raise not_found()
    errors: list[str] = []
    check_unlocked(transaction, found[0]["Date"], errors)
    if errors:
        raise WriteError(400, "ValidationException", 10, errors[0])
    invoice = transaction.records("Invoices")[found[0]["Invoice"]["InvoiceID"]]
    _apply(transaction, entity, credit, invoice, found[0], sign=-1)
    deleted = {**found[0], "IsDeleted": True}
    return WriteOutcome("Allocations", [ElementResult(deleted)])


def _allocate(transaction: Transaction, entity: str, credit_id: str, sent: Record) -> Record:
    errors: list[str] = []
    parsed = parse_fields(sent, FIELDS, errors)
    credit = transaction.records(entity)[credit_id]
    invoice = _invoice(transaction, parsed.get("Invoice") or {}, errors)
    on = parsed.get("Date") or transaction.today
    check_unlocked(transaction, on, errors)
    amount = parsed.get("Amount")
    if amount is None or amount <= 0 or amount != cents(amount):
        errors.append("The amount to allocate must be greater than zero, in whole cents.")
    elif invoice is not None:
        _check(credit, invoice, amount, errors)
    if errors or invoice is None or amount is None:
        raise ValidationError(*errors)
    allocation = {
        "AllocationID": transaction.new_id(),
        "Amount": amount,
        "Date": on,
        "Invoice": reference_to("Invoices", invoice),
        "IsDeleted": False,
    }
    _apply(transaction, entity, credit, invoice, allocation, sign=1)
    return allocation


def _invoice(transaction: Transaction, named: Record, errors: list[str]) -> Record | None:
    try:
        invoice = by_id(transaction, "Invoices", named, "invoice")
    except ValidationError as invalid:
        errors.extend(invalid.messages)
        return None
    if invoice is None and named.get("InvoiceNumber"):
        invoice = invoices.by_number(transaction, str(named["InvoiceNumber"]))
    if invoice is None:
        errors.append("The invoice to allocate to could not be found.")
    return invoice


def _check(credit: Record, invoice: Record, amount: Decimal, errors: list[str]) -> None:
    wanted, _ = TARGETS[credit["Type"]]
    if credit["Status"] != "AUTHORISED" or invoice["Status"] != "AUTHORISED":
        errors.append("Only AUTHORISED documents can be allocated to each other.")
    if invoice["Type"] != wanted:
        errors.append(f"A {credit['Type']} can only be allocated to {wanted} invoices.")
    if invoice["CurrencyCode"] != credit["CurrencyCode"]:
        errors.append("Both documents of an allocation must have the same currency.")
    if invoice["Contact"]["ContactID"] != credit["Contact"]["ContactID"]:
        errors.append("Both documents of an allocation must have the same contact.")
    if amount > credit["RemainingCredit"]:
        errors.append("The amount to allocate exceeds the remaining credit.")
    if amount > invoice["AmountDue"]:
        errors.append("The amount to allocate exceeds the amount due on the invoice.")


def _apply(
    transaction: Transaction,
    entity: str,
    credit: Record,
    invoice: Record,
    allocation: Record,
    sign: int,
) -> None:
    """Adds an allocation to both documents (``sign`` 1), or removes it (-1)."""
    by: Decimal = -sign * allocation["Amount"]
    on = allocation["Date"]
    new_credit, from_credit = change_outstanding(transaction, entity, credit, by, on)
    new_invoice, from_invoice = change_outstanding(transaction, "Invoices", invoice, by, on)
    allocation_id = allocation["AllocationID"]
    listed = without(credit["Allocations"], "AllocationID", allocation_id)
    new_credit["Allocations"] = [*listed, allocation] if sign > 0 else listed
    new_credit["AppliedAmount"] = sum((item["Amount"] for item in new_credit["Allocations"]), ZERO)
    new_invoice["AmountCredited"] = invoice["AmountCredited"] - by
    new_invoice[entity] = _credits_listed(entity, invoice, new_credit, by)
    transaction.put(entity, new_credit)
    transaction.put("Invoices", new_invoice)
    _, source = TARGETS[credit["Type"]]
    postings = with_gain(transaction, [*from_credit, *from_invoice])
    post(transaction, source, allocation_id, on, postings, credit.get("Reference"))
    verb = "Credit applied" if sign > 0 else "Credit removed"
    details = f"{allocation['Amount']:.2f}, {invoice.get('InvoiceNumber', invoice['InvoiceID'])}."
    transaction.note("Invoices", invoice["InvoiceID"], verb, details)
    transaction.note(entity, credit[ID_FIELDS[entity]], verb, details)


def _credits_listed(entity: str, invoice: Record, credit: Record, by: Decimal) -> list[Any]:
    """The list of applied credits in an invoice, with one entry per credit."""
    id_field = ID_FIELDS[entity]
    listed: list[Record] = invoice.get(entity, [])
    applied: Decimal = sum(
        (item["AppliedAmount"] for item in listed if item[id_field] == credit[id_field]), -by
    )
    others = without(listed, id_field, credit[id_field])
    if not applied:
        return others
    copied_fields = (id_field, "CreditNoteNumber", "ID", "Date", "Total", "CurrencyRate")
    entry = {name: credit[name] for name in copied_fields if name in credit}
    return [*others, {**entry, "AppliedAmount": applied}]
