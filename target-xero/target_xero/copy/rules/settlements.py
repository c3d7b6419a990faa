"""How payments, batch payments, transfers and links are copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import Kind, Phase, Plan, Record, Step, text_of

PAID: Mapping[str, str] = {
    "Invoice": "InvoiceID",
    "CreditNote": "CreditNoteID",
    "Prepayment": "PrepaymentID",
    "Overpayment": "OverpaymentID",
}
_PAYMENT_FIELDS = (
    "Date",
    "Amount",
    "CurrencyRate",
    "Reference",
    "IsReconciled",
    "Particulars",
    "Details",
    "BankAccountNumber",
)
_BATCH_FIELDS = ("Date", "Reference", "Particulars", "Code", "Details", "Narrative")
_TRANSFER_FIELDS = ("Amount", "Date", "Reference", "FromTracking", "ToTracking")


def payment(record: Mapping[str, Any]) -> Plan:
    """A payment of an invoice, or a refund of a credit."""
    source_id = text_of(record, "PaymentID")
    if record.get("Status") == "DELETED":
        gone = {"PaymentID": source_id}
        return Plan(
            (Step(Phase.REMOVE_PAYMENTS, Kind.REMOVE, "Payments", "payments", source_id, gone),)
        )
    if record.get("BatchPaymentID") or record.get("BatchPayment"):
        return Plan(reason="its batch payment makes it")
    found = [name for name in PAID if record.get(name)]
    if not found:
        return Plan(reason="what it pays is not known")
    name = found[0]
    document_id = text_of(record[name], PAID[name])
    payload = _kept(record, _PAYMENT_FIELDS)
    payload[name] = {PAID[name]: document_id}
    payload["Account"] = account_of(record.get("Account"))
    step = Step(
        Phase.SETTLEMENTS,
        Kind.MAKE,
        "Payments",
        "payments",
        source_id,
        payload,
        sort=text_of(record, "Date"),
        touches=(document_id,),
    )
    return Plan((step,))


def batch_payment(record: Mapping[str, Any]) -> Plan:
    """Payments that were made together."""
    source_id = text_of(record, "BatchPaymentID")
    if record.get("Status") == "DELETED":
        gone = {"BatchPaymentID": source_id}
        step = Step(
            Phase.REMOVE_PAYMENTS,
            Kind.REMOVE,
            "BatchPayments",
            "batch_payments",
            source_id,
            gone,
        )
        return Plan((step,))
    payload = _kept(record, _BATCH_FIELDS)
    payload["Account"] = account_of(record.get("Account"))
    parts = []
    for part in record.get("Payments") or []:
        kept = _kept(part, ("Amount", "Reference", "Particulars", "Code", "Details"))
        kept["Invoice"] = {"InvoiceID": text_of(part.get("Invoice") or {}, "InvoiceID")}
        parts.append(kept)
    payload["Payments"] = parts
    step = Step(
        Phase.SETTLEMENTS,
        Kind.MAKE,
        "BatchPayments",
        "batch_payments",
        source_id,
        payload,
        sort=text_of(record, "Date"),
        touches=tuple(part["Invoice"]["InvoiceID"] for part in parts),
    )
    return Plan((step,))


def bank_transfer(record: Mapping[str, Any]) -> Plan:
    """Money between two bank accounts."""
    source_id = text_of(record, "BankTransferID")
    if record.get("Status") == "DELETED":
        gone = {"BankTransferID": source_id}
        step = Step(Phase.REMOVALS, Kind.REMOVE, "BankTransfers", "bank_transfers", source_id, gone)
        return Plan((step,))
    payload = _kept(record, _TRANSFER_FIELDS)
    for name in ("FromBankAccount", "ToBankAccount"):
        payload[name] = account_of(record.get(name))
    step = Step(Phase.TRANSFERS, Kind.MAKE, "BankTransfers", "bank_transfers", source_id, payload)
    return Plan((step,))


def linked_transaction(record: Mapping[str, Any]) -> Plan:
    """A billable expense, from a bill's line to a customer's."""
    source_id = text_of(record, "LinkedTransactionID")
    if record.get("Status") == "VOIDED":
        return Plan(reason="the document of the billable expense is voided")
    names = (
        "ContactID",
        "SourceTransactionID",
        "SourceLineItemID",
        "TargetTransactionID",
        "TargetLineItemID",
    )
    step = Step(
        Phase.LINKS,
        Kind.MAKE,
        "LinkedTransactions",
        "linked_transactions",
        source_id,
        _kept(record, names),
    )
    return Plan((step,))


def account_of(account: Mapping[str, Any] | None) -> Record:
    """An account inside a record: its id, and what else names it."""
    return _kept(account or {}, ("AccountID", "Code", "Name"))


def _kept(record: Mapping[str, Any], names: tuple[str, ...]) -> Record:
    return {name: record[name] for name in names if record.get(name) not in (None, "", [])}
