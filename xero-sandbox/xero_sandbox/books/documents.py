"""How documents are posted: net amounts by account, tax by component, and the control account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, component_rates, shares, to_base
from xero_sandbox.books.ledger import Posting, system_account
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction

ONE = Decimal(1)

# The sign of the debit on a document's own account (control or bank).
DEBIT_SIGN = {
    "ACCREC": 1,
    "ACCPAY": -1,
    "ACCRECCREDIT": -1,
    "ACCPAYCREDIT": 1,
    "RECEIVE": 1,
    "RECEIVE-PREPAYMENT": 1,
    "RECEIVE-OVERPAYMENT": 1,
    "SPEND": -1,
    "SPEND-PREPAYMENT": -1,
    "SPEND-OVERPAYMENT": -1,
}


def rate_of(document: Record) -> Decimal:
    """Foreign units per unit of base currency; 1 if a document has no rate."""
    return Decimal(document.get("CurrencyRate") or ONE)


def control_account(transaction: Transaction, document_type: str) -> Record:
    """Receivables or payables, by a document's type."""
    receivable = document_type.startswith(("ACCREC", "AR", "RECEIVE"))
    return system_account(transaction, "DEBTORS" if receivable else "CREDITORS")


def line_net(line: Record, amount_types: str) -> Decimal:
    """A line's amount without tax."""
    amount: Decimal = line.get("LineAmount", ZERO)
    if amount_types == "Inclusive":
        amount -= line.get("TaxAmount", ZERO)
    return amount


def document_postings(
    transaction: Transaction, document: Record, own_account: Record, cost: Sequence[Posting] = ()
) -> list[Posting]:
    """The journal of a document: its own account against its lines and their tax.

    Args:
        transaction: For accounts and tax rates.
        document: With Type, LineItems, LineAmountTypes, Total and rate.
        own_account: Receivables, payables or the bank account.
        cost: Further, balanced lines (cost of stock sold).
    """
    sign = DEBIT_SIGN[document["Type"]]
    total = to_base(document["Total"], rate_of(document))
    own = Posting(own_account, sign * total, description=document["Contact"].get("Name", ""))
    parts = line_postings(transaction, document, document["Total"])
    return [own, *parts, *cost]


def line_postings(transaction: Transaction, document: Record, amount: Decimal) -> list[Posting]:
    """The part of a document's lines and tax that belongs to ``amount`` of its total.

    The postings sum to ``amount`` in base currency, to the cent.
    """
    return [posting for _, posting in postings_by_line(transaction, document, amount)]


def postings_by_line(
    transaction: Transaction, document: Record, amount: Decimal
) -> list[tuple[str, Posting]]:
    """``line_postings`` with the LineItemID of their lines."""
    amount_types = document["LineAmountTypes"]
    side = -DEBIT_SIGN[document["Type"]]
    portion = amount / document["Total"] if document["Total"] else ONE
    rate = rate_of(document)
    unsigned = [
        (line["LineItemID"], *unsigned_posting)
        for line in document["LineItems"]
        if line.get("AccountID")
        for unsigned_posting in _unsigned_postings(transaction, line, line_net(line, amount_types))
    ]
    exact = [net * portion / rate for _, _, net, _ in unsigned]
    rounded = shares(to_base(amount, rate), exact)
    return [
        (
            line_id,
            replace(posting, net=side * net, tax=side * to_base(tax * portion, rate)),
        )
        for (line_id, posting, _, tax), net in zip(unsigned, rounded, strict=True)
    ]


def _unsigned_postings(
    transaction: Transaction, line: Record, net: Decimal
) -> list[tuple[Posting, Decimal, Decimal]]:
    """The posting of a line, and one per recoverable tax component, with unsigned amounts."""
    tax_amount: Decimal = line.get("TaxAmount", ZERO)
    tax_type = line.get("TaxType", "")
    rate = transaction.get("TaxRates", tax_type) if tax_type else None
    account = transaction.records("Accounts")[line["AccountID"]]
    tax_name = rate["Name"] if rate else ""
    components = rate["TaxComponents"] if rate else []
    taxes = component_taxes(components, tax_amount)
    lost = sum(
        (tax for item, tax in zip(components, taxes, strict=True) if item.get("IsNonRecoverable")),
        ZERO,
    )
    unsigned = [
        (
            Posting(
                account,
                ZERO,
                tax_type=tax_type,
                tax_name=tax_name,
                description=line.get("Description", ""),
                tracking=line.get("Tracking", []),
            ),
            net + lost,
            tax_amount - lost,
        )
    ]
    if tax_amount and not components:
        gst = system_account(transaction, "GST")
        unsigned.append((Posting(gst, ZERO, description=tax_name), tax_amount, ZERO))
    for item, tax in zip(components, taxes, strict=True):
        if tax and not item.get("IsNonRecoverable"):
            gst = system_account(transaction, "GST")
            unsigned.append((Posting(gst, ZERO, description=item["Name"]), tax, ZERO))
    return unsigned


def component_taxes(components: Sequence[Record], tax: Decimal) -> list[Decimal]:
    """Splits ``tax`` over the components by their rates, to the cent."""
    rates = component_rates(components)
    total_rate = sum(rates, ZERO)
    if not total_rate:
        return shares(tax, [tax, *[ZERO] * (len(rates) - 1)]) if rates else []
    return shares(tax, [tax * rate / total_rate for rate in rates])
