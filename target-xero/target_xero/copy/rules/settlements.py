"""How payments, batch payments, bank transfers and linked transactions are copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import CopyPlan, Payload, Phase, Step, StepKind, text_of
from xero_client.entities.table import ENTITIES

# What a payment may be for: the field that holds it, with its id.
PAYABLE: Mapping[str, str] = {
    entity.singular: str(entity.id_field) for entity in ENTITIES if entity.is_paid
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


def payment(record: Mapping[str, Any]) -> CopyPlan:
    """A payment of an invoice, or a refund of a credit."""
    source_id = text_of(record, "PaymentID")
    if record.get("Status") == "DELETED":
        payment_id = {"PaymentID": source_id}
        return CopyPlan(
            (
                Step(
                    Phase.REMOVE_PAYMENTS,
                    StepKind.REMOVE,
                    "Payments",
                    source_id,
                    payment_id,
                ),
            )
        )
    if record.get("BatchPaymentID") or record.get("BatchPayment"):
        return CopyPlan(skip_reason="its batch payment creates it", is_created_by_another=True)
    found = [name for name in PAYABLE if record.get(name)]
    if not found:
        return CopyPlan(skip_reason="the document that it pays is not known")
    name = found[0]
    document_id = text_of(record[name], PAYABLE[name])
    payload = _kept(record, _PAYMENT_FIELDS)
    payload[name] = {PAYABLE[name]: document_id}
    payload["Account"] = account_of(record.get("Account"))
    step = Step(
        Phase.SETTLEMENTS,
        StepKind.CREATE,
        "Payments",
        source_id,
        payload,
        sort_key=text_of(record, "Date"),
        settles=(document_id,),
    )
    return CopyPlan((step,))


def batch_payment(record: Mapping[str, Any]) -> CopyPlan:
    """A batch of payments."""
    source_id = text_of(record, "BatchPaymentID")
    if record.get("Status") == "DELETED":
        batch_id = {"BatchPaymentID": source_id}
        step = Step(
            Phase.REMOVE_PAYMENTS,
            StepKind.REMOVE,
            "BatchPayments",
            source_id,
            batch_id,
        )
        return CopyPlan((step,))
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
        StepKind.CREATE,
        "BatchPayments",
        source_id,
        payload,
        sort_key=text_of(record, "Date"),
        settles=tuple(part["Invoice"]["InvoiceID"] for part in parts),
    )
    return CopyPlan((step,))


def bank_transfer(record: Mapping[str, Any]) -> CopyPlan:
    """A transfer between two bank accounts."""
    source_id = text_of(record, "BankTransferID")
    if record.get("Status") == "DELETED":
        transfer_id = {"BankTransferID": source_id}
        step = Step(
            Phase.REMOVALS,
            StepKind.REMOVE,
            "BankTransfers",
            source_id,
            transfer_id,
        )
        return CopyPlan((step,))
    payload = _kept(record, _TRANSFER_FIELDS)
    for name in ("FromBankAccount", "ToBankAccount"):
        payload[name] = account_of(record.get(name))
    step = Step(Phase.TRANSFERS, StepKind.CREATE, "BankTransfers", source_id, payload)
    return CopyPlan((step,))


def linked_transaction(record: Mapping[str, Any]) -> CopyPlan:
    """A billable expense: a bill's line, and the line of an invoice to a customer."""
    source_id = text_of(record, "LinkedTransactionID")
    if record.get("Status") == "VOIDED":
        return CopyPlan(skip_reason="the document of the billable expense is voided")
    names = (
        "ContactID",
        "SourceTransactionID",
        "SourceLineItemID",
        "TargetTransactionID",
        "TargetLineItemID",
    )
    step = Step(
        Phase.LINKS,
        StepKind.CREATE,
        "LinkedTransactions",
        source_id,
        _kept(record, names),
    )
    return CopyPlan((step,))


def account_of(account: Mapping[str, Any] | None) -> Payload:
    """A reference to an account: its id, code and name."""
    return _kept(account or {}, ("AccountID", "Code", "Name"))


def _kept(record: Mapping[str, Any], names: tuple[str, ...]) -> Payload:
    return {name: record[name] for name in names if record.get(name) not in (None, "", [])}
