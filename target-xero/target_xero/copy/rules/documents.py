"""How documents are copied: created and approved, then settled; removed ones are removed last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from target_xero.copy.rules.settlements import account_of
from target_xero.copy.steps import (
    REMOVED_IN_SOURCE,
    CopyPlan,
    Payload,
    Phase,
    Step,
    StepKind,
    id_field_of,
    text_of,
)
from xero_client.entities.table import BY_NAME

REMOVED = frozenset({"DELETED", "VOIDED"})
CENT = Decimal("0.01")

# The statuses that a quote goes through (xero-facts.md: Writing by entity).
_QUOTE_STEPS: Mapping[str, tuple[str, ...]] = {
    "DRAFT": (),
    "SENT": ("SENT",),
    "DECLINED": ("SENT", "DECLINED"),
    "ACCEPTED": ("SENT", "ACCEPTED"),
    "INVOICED": ("SENT", "ACCEPTED", "INVOICED"),
}
_STATUS_PHASES = (Phase.STATUS_FIRST, Phase.STATUS_SECOND, Phase.STATUS_THIRD)
# Fields that Xero computes, or that other steps copy, such as settlements.
_DERIVED = frozenset(
    {
        "Allocations",
        "AmountCredited",
        "AmountDue",
        "AmountPaid",
        "AppliedAmount",
        "CreditNotes",
        "FullyPaidOnDate",
        "HasAttachments",
        "ID",
        "OverpaymentID",
        "Overpayments",
        "Payments",
        "PrepaymentID",
        "Prepayments",
        "RemainingCredit",
        "RepeatingInvoiceID",
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
    }
)
_LINE_DERIVED = frozenset({"LineItemID", "Item", "ValidationErrors", "TaxBreakdown"})


def invoice(record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]) -> CopyPlan:
    """A sales invoice or bill, up to its approval; other steps settle it."""
    return _invoice_or_credit_note(record, "Invoices", copy_voided, tracked)


def credit_note(
    record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> CopyPlan:
    """A credit note and its allocations."""
    plan = _invoice_or_credit_note(record, "CreditNotes", copy_voided, tracked)
    return CopyPlan((*plan.steps, *allocations(record, "CreditNotes")), plan.skip_reason)


def prepayment_or_overpayment(record: Mapping[str, Any], entity: str) -> CopyPlan:
    """The allocations of a prepayment or overpayment, which its bank transaction creates."""
    steps = allocations(record, entity)
    reason = "" if steps else "its bank transaction creates it"
    return CopyPlan(steps, reason, is_created_by_another=True)


def allocations(record: Mapping[str, Any], entity: str) -> tuple[Step, ...]:
    """The allocations of a credit to invoices, one step each."""
    if record.get("Status") in REMOVED:
        return ()
    id_field = id_field_of(entity)
    credit_id = text_of(record, id_field)
    steps = []
    for index, allocation in enumerate(record.get("Allocations") or []):
        if allocation.get("IsDeleted"):
            continue
        invoice_id = text_of(allocation.get("Invoice") or {}, "InvoiceID")
        day = text_of(allocation, "Date")
        payload = {
            id_field: credit_id,
            "Invoice": {"InvoiceID": invoice_id},
            "Amount": allocation.get("Amount"),
            "Date": day,
        }
        allocation_id = text_of(allocation, "AllocationID") or f"{credit_id}:{index}:{invoice_id}"
        steps.append(
            Step(
                Phase.SETTLEMENTS,
                StepKind.CREATE,
                f"{entity}/Allocations",
                allocation_id,
                payload,
                sort_key=day,
                settles=(credit_id, invoice_id),
                parent=f"{BY_NAME[entity].stream} {credit_id}",
                stream="allocations",
            )
        )
    return tuple(steps)


def bank_transaction(
    record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> CopyPlan:
    """Money spent or received, with the prepayment or overpayment that it creates."""
    kind = text_of(record, "Type")
    source_id = text_of(record, "BankTransactionID")
    if kind.endswith("-TRANSFER"):
        if record.get("Status") in REMOVED:
            return CopyPlan(skip_reason=REMOVED_IN_SOURCE)
        return CopyPlan(skip_reason="its bank transfer creates it", is_created_by_another=True)
    remove = Step(
        Phase.REMOVALS,
        StepKind.REMOVE,
        "BankTransactions",
        source_id,
        {"BankTransactionID": source_id},
    )
    removed = record.get("Status") in REMOVED
    if removed and (not copy_voided or kind not in ("SPEND", "RECEIVE")):
        return CopyPlan((remove,))
    payload = _payload(record, "BankTransactionID")
    payload["BankAccount"] = account_of(record.get("BankAccount"))
    payload["Status"] = "AUTHORISED"
    create = _document_step("BankTransactions", source_id, payload, tracked)
    return CopyPlan((create, remove) if removed else (create,))


def manual_journal(record: Mapping[str, Any], *, copy_voided: bool) -> CopyPlan:
    """A manual journal."""
    source_id = text_of(record, "ManualJournalID")
    remove = Step(
        Phase.REMOVALS,
        StepKind.REMOVE,
        "ManualJournals",
        source_id,
        {"ManualJournalID": source_id},
    )
    status = record.get("Status")
    if status in REMOVED and not copy_voided:
        return CopyPlan((remove,))
    payload = _payload(record, "ManualJournalID")
    payload["Status"] = {"VOIDED": "POSTED", "DELETED": "DRAFT"}.get(str(status), status)
    create = Step(Phase.DOCUMENTS, StepKind.CREATE, "ManualJournals", source_id, payload)
    return CopyPlan((create, remove) if status in REMOVED else (create,))


def quote(record: Mapping[str, Any]) -> CopyPlan:
    """A quote: created as a draft, then taken to its status."""
    source_id, status = text_of(record, "QuoteID"), text_of(record, "Status") or "DRAFT"
    if status == "DELETED":
        quote_id: Payload = {"QuoteID": source_id}
        remove = Step(Phase.REMOVALS, StepKind.REMOVE, "Quotes", source_id, quote_id)
        return CopyPlan((remove,))
    payload = _payload(record, "QuoteID")
    payload["Status"] = "DRAFT"
    steps = [Step(Phase.DOCUMENTS, StepKind.CREATE, "Quotes", source_id, payload)]
    for phase, next_status in zip(_STATUS_PHASES, _QUOTE_STEPS.get(status, ()), strict=False):
        change: Payload = {
            "QuoteID": source_id,
            "Status": next_status,
            "Contact": payload.get("Contact"),
            "Date": payload.get("Date"),
        }
        steps.append(Step(phase, StepKind.UPDATE, "Quotes", source_id, change))
    return CopyPlan(tuple(steps))


def purchase_order(record: Mapping[str, Any]) -> CopyPlan:
    """A purchase order."""
    source_id = text_of(record, "PurchaseOrderID")
    if record.get("Status") == "DELETED":
        change = {"PurchaseOrderID": source_id}
        step = Step(Phase.REMOVALS, StepKind.REMOVE, "PurchaseOrders", source_id, change)
        return CopyPlan((step,))
    payload = _payload(record, "PurchaseOrderID")
    return CopyPlan(
        (
            Step(
                Phase.DOCUMENTS,
                StepKind.CREATE,
                "PurchaseOrders",
                source_id,
                payload,
            ),
        )
    )


def repeating_invoice(record: Mapping[str, Any]) -> CopyPlan:
    """A template; Xero's API creates those of sales invoices only.

    (xero-facts.md: Writing by entity)
    """
    if record.get("Type") != "ACCREC":
        return CopyPlan(skip_reason="Xero's API cannot create repeating bills")
    source_id = text_of(record, "RepeatingInvoiceID")
    if record.get("Status") == "DELETED":
        change = {"RepeatingInvoiceID": source_id}
        remove = Step(Phase.REMOVALS, StepKind.REMOVE, "RepeatingInvoices", source_id, change)
        return CopyPlan((remove,))
    payload = _payload(record, "RepeatingInvoiceID")
    step = Step(
        Phase.DOCUMENTS,
        StepKind.CREATE,
        "RepeatingInvoices",
        source_id,
        payload,
    )
    return CopyPlan((step,))


def _invoice_or_credit_note(
    record: Mapping[str, Any],
    entity: str,
    copy_voided: bool,  # noqa: FBT001  # passed on from keywords
    tracked: Collection[str],
) -> CopyPlan:
    id_field = id_field_of(entity)
    source_id, status = text_of(record, id_field), text_of(record, "Status")
    remove = Step(Phase.REMOVALS, StepKind.REMOVE, entity, source_id, {id_field: source_id})
    if status in REMOVED and not copy_voided:
        return CopyPlan((remove,))
    payload = _payload(record, id_field)
    # Its payments and allocations turn it into PAID again.
    payload["Status"] = {"PAID": "AUTHORISED", "VOIDED": "AUTHORISED", "DELETED": "DRAFT"}.get(
        status, status
    )
    create = _document_step(entity, source_id, payload, tracked)
    return CopyPlan((create, remove) if status in REMOVED else (create,))


def _document_step(entity: str, source_id: str, payload: Payload, tracked: Collection[str]) -> Step:
    """The step that creates a document: in order of date if it moves stock."""
    codes = {text_of(line, "ItemCode") for line in payload.get("LineItems") or []}
    if codes.isdisjoint(tracked):
        return Step(Phase.DOCUMENTS, StepKind.CREATE, entity, source_id, payload)
    return Step(
        Phase.STOCK_DOCUMENTS,
        StepKind.CREATE,
        entity,
        source_id,
        payload,
        stock_order(payload),
        in_order=True,
    )


def stock_order(document: Mapping[str, Any]) -> str:
    """The place of a document among those that move stock, as text.

    Xero sells stock at its average cost, so earlier purchases must come first. Purchases of a day
    come before its sales, so that the stock is never negative.
    """
    is_purchase = document.get("Type") in ("ACCPAY", "SPEND", "ACCRECCREDIT")
    return f"{text_of(document, 'Date')} {'in' if is_purchase else 'out'}"


def _payload(record: Mapping[str, Any], id_field: str) -> Payload:
    payload: Payload = {
        name: value
        for name, value in record.items()
        if name not in _DERIVED and name != id_field and name[:1] != "_" and value is not None
    }
    contact = record.get("Contact")
    if contact:
        names = ("ContactID", "ContactNumber", "Name")
        payload["Contact"] = {name: contact[name] for name in names if contact.get(name)}
    for name in ("LineItems", "JournalLines"):
        if name in payload:
            payload[name] = [line_payload(line) for line in payload[name] or []]
    return payload


def line_payload(line: Mapping[str, Any]) -> Payload:
    """The payload of a line, with the same amounts to the cent."""
    out = {
        name: value
        for name, value in line.items()
        if name not in _LINE_DERIVED and value not in (None, "", [])
    }
    amount, unit = out.get("LineAmount"), out.get("UnitAmount")
    if unit is None and out.get("Quantity") is None and not out.get("AccountCode"):
        # A line with only a description: Xero would require an account for its zero amount.
        if "JournalLineID" not in line and not amount:
            out.pop("LineAmount", None)
            out.pop("TaxAmount", None)
    elif unit is not None and amount is not None and not _adds_up(out):
        # Xero computed the unit amount from the line amount, and would reject both together
        # (xero-facts.md: Writing rules).
        out.pop("UnitAmount")
    return out


def _adds_up(line: Mapping[str, Any]) -> bool:
    """Whether quantity, unit amount and discount give the line amount to the cent."""
    quantity = Decimal(str(line.get("Quantity", 1)))
    worth = quantity * Decimal(str(line["UnitAmount"]))
    if line.get("DiscountRate"):
        worth *= 1 - Decimal(str(line["DiscountRate"])) / 100
    elif line.get("DiscountAmount"):
        worth -= Decimal(str(line["DiscountAmount"]))
    cents = worth.quantize(CENT, ROUND_HALF_UP)
    return cents == Decimal(str(line["LineAmount"])).quantize(CENT, ROUND_HALF_UP)
