"""The journals on cash basis: income and expense count when they are paid.

The journal of a document itself does not count. If a payment or a credit settles a document, its
amount on receivables or payables is spread over the lines of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid5

from xero_sandbox.books.amounts import ZERO, component_rates, shares
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.model.transaction import find

_DOCUMENTS = frozenset({"ACCREC", "ACCPAY", "ACCRECCREDIT", "ACCPAYCREDIT"})
_CONTROL = ("DEBTORS", "CREDITORS")
_PAID = (("Invoice", "Invoices"), ("CreditNote", "CreditNotes"))
_CREDITS = ("CreditNotes", "Prepayments", "Overpayments")


def cash_lines(organisation: Organisation, journal: Record) -> list[Record]:
    """The lines of a journal on cash basis."""
    collections = organisation.collections
    source, source_id = journal["SourceType"], journal["SourceID"]
    lines: list[Record] = journal["JournalLines"]
    if source == "MANJOURNAL":
        manual = collections["ManualJournals"].get(source_id)
        return lines if manual is None or manual["ShowOnCashBasisReports"] else []
    payment = collections["Payments"].get(source_id)
    if payment is not None:
        for name, entity in _PAID:
            if name in payment:
                record_id = next(iter(payment[name].values()))
                return _spread(organisation, lines, [collections[entity][record_id]])
        return lines
    if source in _DOCUMENTS and any(source_id in collections[entity] for _, entity in _PAID):
        return []
    allocated = _allocated(organisation, source_id)
    if allocated is not None:
        return _spread(organisation, lines, allocated)
    bank_sources = ("Prepayments", "Overpayments", "BankTransactions", "BankTransfers")
    made_by_bank = any(source_id in collections[entity] for entity in bank_sources)
    # Otherwise it is a removed allocation, whose two journals cancel out.
    return lines if made_by_bank else []


def cash_journal(organisation: Organisation, journal: Record) -> Record | None:
    """A journal as ``paymentsOnly=true`` lists it; None if nothing of it counts on cash basis.

    It keeps the id and the number of its accrual journal, so numbers have gaps. A line that cash
    basis spreads over a document's accounts has an id of its own, the same in every response.
    """
    accounts = organisation.collections["Accounts"]
    lines = []
    for place, line in enumerate(cash_lines(organisation, journal)):
        if "JournalLineID" in line:
            lines.append(line)
            continue
        account = accounts[line["AccountID"]]
        lines.append(
            {
                "JournalLineID": str(uuid5(UUID(journal["JournalID"]), str(place))),
                "AccountID": account["AccountID"],
                "AccountCode": account.get("Code", ""),
                "AccountType": account["Type"],
                "AccountName": account["Name"],
                "Description": "",
                "NetAmount": line["NetAmount"],
                "GrossAmount": line["NetAmount"],
                "TaxAmount": ZERO,
                "TrackingCategories": line["TrackingCategories"],
            }
        )
    return {**journal, "JournalLines": lines} if lines else None


def _allocated(organisation: Organisation, allocation_id: str) -> list[Record | None] | None:
    """The documents of an allocation, in the order of the control lines of its journal."""
    for entity in _CREDITS:
        for credit in organisation.collections[entity].values():
            for allocation in credit["Allocations"]:
                if allocation["AllocationID"] == allocation_id:
                    invoice = organisation.collections["Invoices"][
                        allocation["Invoice"]["InvoiceID"]
                    ]
                    # A prepayment is on its lines' accounts, so it has no control line.
                    if entity == "Prepayments":
                        return [invoice]
                    return [credit if entity == "CreditNotes" else None, invoice]
    return None


def _spread(
    organisation: Organisation, lines: list[Record], documents: Sequence[Record | None]
) -> list[Record]:
    controls = {
        account["AccountID"]
        for name in _CONTROL
        for account in find(organisation.collections["Accounts"], "SystemAccount", name)
    }
    remaining = list(documents)
    spread: list[Record] = []
    for line in lines:
        document = remaining.pop(0) if line["AccountID"] in controls and remaining else None
        if document is None:
            spread.append(line)
        else:
            spread += _over_lines(organisation, document, line["NetAmount"])
    return spread


def _over_lines(organisation: Organisation, document: Record, amount: Decimal) -> list[Record]:
    """Spreads ``amount`` over the accounts of a document's lines and their recoverable tax."""
    gst = find(organisation.collections["Accounts"], "SystemAccount", "GST")[0]["AccountID"]
    inclusive = document["LineAmountTypes"] == "Inclusive"
    parts: list[tuple[str, Decimal, list[Record]]] = []
    for line in document["LineItems"]:
        if not line.get("AccountID"):
            continue
        tax: Decimal = line.get("TaxAmount", ZERO)
        lost = tax * _lost_share(organisation, line)
        net = line["LineAmount"] - (tax if inclusive else ZERO) + lost
        parts.append((line["AccountID"], net, line.get("Tracking", [])))
        parts.append((gst, tax - lost, []))
    total = sum((net for _, net, _ in parts), ZERO)
    if not total:
        return []
    exact = [amount * net / total for _, net, _ in parts]
    return [
        {"AccountID": account_id, "NetAmount": share, "TrackingCategories": tracking}
        for (account_id, _, tracking), share in zip(parts, shares(amount, exact), strict=True)
        if share
    ]


def _lost_share(organisation: Organisation, line: Record) -> Decimal:
    """The share of a line's tax that cannot be recovered."""
    tax_rate = organisation.collections["TaxRates"].get(line.get("TaxType", ""))
    components = tax_rate["TaxComponents"] if tax_rate else []
    rates = component_rates(components)
    total = sum(rates, ZERO)
    if not total:
        return ZERO
    lost = [
        rate
        for component, rate in zip(components, rates, strict=True)
        if component.get("IsNonRecoverable")
    ]
    return sum(lost, ZERO) / total
