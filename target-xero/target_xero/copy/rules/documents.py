"""How documents are copied: approved first, then settled; what was removed is removed again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from target_xero.copy.rules.settlements import account_of
from target_xero.copy.steps import Kind, Phase, Plan, Record, Step, text_of
from xero_client.entities.table import BY_NAME

REMOVED = frozenset({"DELETED", "VOIDED"})
CENT = Decimal("0.01")

# The way that a quote's status goes (xero-facts.md: Writing by entity).
_QUOTE_STEPS: Mapping[str, tuple[str, ...]] = {
    "DRAFT": (),
    "SENT": ("SENT",),
    "DECLINED": ("SENT", "DECLINED"),
    "ACCEPTED": ("SENT", "ACCEPTED"),
    "INVOICED": ("SENT", "ACCEPTED", "INVOICED"),
}
_STATUS_PHASES = (Phase.STATUS_FIRST, Phase.STATUS_SECOND, Phase.STATUS_THIRD)
# What settles a document, or is computed, has steps of its own or none.
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


def invoice(record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]) -> Plan:
    """A sales invoice or bill, up to its approval."""
    return _approvable(record, "Invoices", "invoices", "InvoiceID", copy_voided, tracked)


def credit_note(record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]) -> Plan:
    """A credit note, and what it is allocated to."""
    plan = _approvable(record, "CreditNotes", "credit_notes", "CreditNoteID", copy_voided, tracked)
    return Plan((*plan.steps, *allocations(record, "CreditNotes", "CreditNoteID")), plan.reason)


def credit(record: Mapping[str, Any], entity: str, id_field: str) -> Plan:
    """A prepayment or overpayment: a bank transaction makes it, its allocations are here."""
    steps = allocations(record, entity, id_field)
    return Plan(steps, "" if steps else "its bank transaction makes it")


def allocations(record: Mapping[str, Any], entity: str, id_field: str) -> tuple[Step, ...]:
    """A credit's allocations to invoices, a step each."""
    if record.get("Status") in REMOVED:
        return ()
    credit_id = text_of(record, id_field)
    steps = []
    for index, one in enumerate(record.get("Allocations") or []):
        if one.get("IsDeleted"):
            continue
        invoice_of = one.get("Invoice") or {}
        invoice_id = text_of(invoice_of, "InvoiceID")
        day = text_of(one, "Date")
        payload = {
            id_field: credit_id,
            "Invoice": {"InvoiceID": invoice_id},
            "Amount": one.get("Amount"),
            "Date": day,
        }
        own_id = text_of(one, "AllocationID") or f"{credit_id}:{index}:{invoice_id}"
        steps.append(
            Step(
                Phase.SETTLEMENTS,
                Kind.MAKE,
                f"{entity}/Allocations",
                "allocations",
                own_id,
                payload,
                sort=day,
                touches=(credit_id, invoice_id),
                part_of=f"{BY_NAME[entity].stream} {credit_id}",
            )
        )
    return tuple(steps)


def bank_transaction(
    record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> Plan:
    """Money spent or received, with the prepayment or overpayment that it makes."""
    kind = text_of(record, "Type")
    source_id = text_of(record, "BankTransactionID")
    if kind.endswith("-TRANSFER"):
        return Plan(reason="its bank transfer makes it")
    remove = Step(
        Phase.REMOVALS,
        Kind.REMOVE,
        "BankTransactions",
        "bank_transactions",
        source_id,
        {"BankTransactionID": source_id},
    )
    removed = record.get("Status") in REMOVED
    if removed and (not copy_voided or kind not in ("SPEND", "RECEIVE")):
        return Plan((remove,))
    payload = _payload(record, "BankTransactionID")
    payload["BankAccount"] = account_of(record.get("BankAccount"))
    payload["Status"] = "AUTHORISED"
    make = _document_step("BankTransactions", "bank_transactions", source_id, payload, tracked)
    return Plan((make, remove) if removed else (make,))


def manual_journal(record: Mapping[str, Any], *, copy_voided: bool) -> Plan:
    """A manual journal."""
    source_id = text_of(record, "ManualJournalID")
    remove = Step(
        Phase.REMOVALS,
        Kind.REMOVE,
        "ManualJournals",
        "manual_journals",
        source_id,
        {"ManualJournalID": source_id},
    )
    status = record.get("Status")
    if status in REMOVED and not copy_voided:
        return Plan((remove,))
    payload = _payload(record, "ManualJournalID")
    payload["Status"] = {"VOIDED": "POSTED", "DELETED": "DRAFT"}.get(str(status), status)
    make = Step(Phase.DOCUMENTS, Kind.MAKE, "ManualJournals", "manual_journals", source_id, payload)
    return Plan((make, remove) if status in REMOVED else (make,))


def quote(record: Mapping[str, Any]) -> Plan:
    """A quote, taken from draft to its status."""
    source_id, status = text_of(record, "QuoteID"), text_of(record, "Status") or "DRAFT"
    if status == "DELETED":
        gone: Record = {"QuoteID": source_id}
        return Plan((Step(Phase.REMOVALS, Kind.REMOVE, "Quotes", "quotes", source_id, gone),))
    payload = _payload(record, "QuoteID")
    payload["Status"] = "DRAFT"
    steps = [Step(Phase.DOCUMENTS, Kind.MAKE, "Quotes", "quotes", source_id, payload)]
    for phase, next_status in zip(_STATUS_PHASES, _QUOTE_STEPS.get(status, ()), strict=False):
        change: Record = {
            "QuoteID": source_id,
            "Status": next_status,
            "Contact": payload.get("Contact"),
            "Date": payload.get("Date"),
        }
        steps.append(Step(phase, Kind.CHANGE, "Quotes", "quotes", source_id, change))
    return Plan(tuple(steps))


def purchase_order(record: Mapping[str, Any]) -> Plan:
    """A purchase order."""
    source_id = text_of(record, "PurchaseOrderID")
    if record.get("Status") == "DELETED":
        change = {"PurchaseOrderID": source_id}
        step = Step(
            Phase.REMOVALS, Kind.REMOVE, "PurchaseOrders", "purchase_orders", source_id, change
        )
        return Plan((step,))
    payload = _payload(record, "PurchaseOrderID")
    return Plan(
        (
            Step(
                Phase.DOCUMENTS,
                Kind.MAKE,
                "PurchaseOrders",
                "purchase_orders",
                source_id,
                payload,
            ),
        )
    )


def repeating_invoice(record: Mapping[str, Any]) -> Plan:
    """A template; Xero's API makes those of sales invoices only (xero-facts.md: Writing by entity)."""
    if record.get("Type") != "ACCREC":
        return Plan(reason="Xero's API cannot make repeating bills")
    source_id = text_of(record, "RepeatingInvoiceID")
    if record.get("Status") == "DELETED":
        return Plan(reason="the repeating invoice is deleted")
    payload = _payload(record, "RepeatingInvoiceID")
    step = Step(
        Phase.DOCUMENTS,
        Kind.MAKE,
        "RepeatingInvoices",
        "repeating_invoices",
        source_id,
        payload,
    )
    return Plan((step,))


def _approvable(
    record: Mapping[str, Any],
    entity: str,
    stream: str,
    id_field: str,
    copy_voided: bool,  # noqa: FBT001  # passed on from keywords
    tracked: Collection[str],
) -> Plan:
    source_id, status = text_of(record, id_field), text_of(record, "Status")
    remove = Step(Phase.REMOVALS, Kind.REMOVE, entity, stream, source_id, {id_field: source_id})
    if status in REMOVED and not copy_voided:
        return Plan((remove,))
    payload = _payload(record, id_field)
    # Payments and allocations make it PAID again.
    payload["Status"] = {"PAID": "AUTHORISED", "VOIDED": "AUTHORISED", "DELETED": "DRAFT"}.get(
        status, status
    )
    make = _document_step(entity, stream, source_id, payload, tracked)
    return Plan((make, remove) if status in REMOVED else (make,))


def _document_step(
    entity: str, stream: str, source_id: str, payload: Record, tracked: Collection[str]
) -> Step:
    """The step that makes a document: in order of date where it moves stock."""
    codes = {text_of(line, "ItemCode") for line in payload.get("LineItems") or []}
    if codes.isdisjoint(tracked):
        return Step(Phase.DOCUMENTS, Kind.MAKE, entity, stream, source_id, payload)
    # Xero sells stock at its average cost: what came in before must be there before (purchases
    # of a day first, so that it never goes below nothing).
    comes_in = payload.get("Type") in ("ACCPAY", "SPEND", "ACCRECCREDIT")
    sort = f"{text_of(payload, 'Date')} {'in' if comes_in else 'out'}"
    return Step(
        Phase.STOCK_DOCUMENTS, Kind.MAKE, entity, stream, source_id, payload, sort, in_order=True
    )


def _payload(record: Mapping[str, Any], id_field: str) -> Record:
    payload: Record = {
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
            payload[name] = [line_of(line) for line in payload[name] or []]
    return payload


def line_of(line: Mapping[str, Any]) -> Record:
    """A line as it can be written again, with the same amounts to the cent."""
    out = {
        name: value
        for name, value in line.items()
        if name not in _LINE_DERIVED and value not in (None, "", [])
    }
    amount, unit = out.get("LineAmount"), out.get("UnitAmount")
    if unit is None and out.get("Quantity") is None and not out.get("AccountCode"):
        # A remark: an amount of nothing would have to stand on an account.
        if "JournalLineID" not in line and not amount:
            out.pop("LineAmount", None)
            out.pop("TaxAmount", None)
    elif unit is not None and amount is not None and not _adds_up(out):
        # Xero worked the unit amount out from the line's, and would not take both (xero-facts.md: Writing rules).
        out.pop("UnitAmount")
    return out


def _adds_up(line: Mapping[str, Any]) -> bool:
    """Whether quantity, unit amount and discount make the line's amount to the cent."""
    quantity = Decimal(str(line.get("Quantity", 1)))
    worth = quantity * Decimal(str(line["UnitAmount"]))
    if line.get("DiscountRate"):
        worth *= 1 - Decimal(str(line["DiscountRate"])) / 100
    elif line.get("DiscountAmount"):
        worth -= Decimal(str(line["DiscountAmount"]))
    cents = worth.quantize(CENT, ROUND_HALF_UP)
    return cents == Decimal(str(line["LineAmount"])).quantize(CENT, ROUND_HALF_UP)
