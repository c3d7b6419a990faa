"""How a document's lines stand in the ledger: net by account, tax by component, control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, component_rates, shares, to_base
from xero_sandbox.books.ledger import Posting, system_account
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction

ONE = Decimal(1)

# The sign with which a document's own account (control or bank) is debited.
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
    """Foreign units to one of the base currency; 1 where a document carries no rate."""
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
        transaction: Where accounts and tax rates stand.
        document: With Type, LineItems, LineAmountTypes, Total and rate.
        own_account: Receivables, payables or the bank account.
        cost: Lines that go with it, already balanced (cost of stock sold).
    """
    sign = DEBIT_SIGN[document["Type"]]
    total = to_base(document["Total"], rate_of(document))
    own = Posting(own_account, sign * total, description=document["Contact"].get("Name", ""))
    parts = line_postings(transaction, document, document["Total"])
    return [own, *parts, *cost]


def line_postings(transaction: Transaction, document: Record, amount: Decimal) -> list[Posting]:
    """A document's lines and tax, of which ``amount`` of its total is taken, in base currency.

    The postings sum to ``amount`` in base currency to the cent.
    """
    return [posting for _, posting in postings_by_line(transaction, document, amount)]


def postings_by_line(
    transaction: Transaction, document: Record, amount: Decimal
) -> list[tuple[str, Posting]]:
    """``line_postings``, each with the LineItemID of the line that it comes from."""
    amount_types = document["LineAmountTypes"]
    side = -DEBIT_SIGN[document["Type"]]
    portion = amount / document["Total"] if document["Total"] else ONE
    rate = rate_of(document)
    shells = [
        (line["LineItemID"], *shell)
        for line in document["LineItems"]
        if line.get("AccountID")
        for shell in _line_shells(transaction, line, line_net(line, amount_types))
    ]
    exact = [net * portion / rate for _, _, net, _ in shells]
    rounded = shares(to_base(amount, rate), exact)
    return [
        (
            line_id,
            replace(shell, net=side * net, tax=side * to_base(tax * portion, rate)),
        )
        for (line_id, shell, _, tax), net in zip(shells, rounded, strict=True)
    ]


def _line_shells(
    transaction: Transaction, line: Record, net: Decimal
) -> list[tuple[Posting, Decimal, Decimal]]:
    """A line's own posting and one per recoverable tax component, with amounts yet unsigned."""
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
    shells = [
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
        shells.append((Posting(gst, ZERO, description=tax_name), tax_amount, ZERO))
    for item, tax in zip(components, taxes, strict=True):
        if tax and not item.get("IsNonRecoverable"):
            gst = system_account(transaction, "GST")
            shells.append((Posting(gst, ZERO, description=item["Name"]), tax, ZERO))
    return shells


def component_taxes(components: Sequence[Record], tax: Decimal) -> list[Decimal]:
    """``tax`` split over the components by their rates, to the cent."""
    rates = component_rates(components)
    together = sum(rates, ZERO)
    if not together:
        return shares(tax, [tax, *[ZERO] * (len(rates) - 1)]) if rates else []
    return shares(tax, [tax * rate / together for rate in rates])
