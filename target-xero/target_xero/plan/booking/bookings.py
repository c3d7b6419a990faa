"""What Xero books for a document: debits and credits by account, and tax by rate.

It is computed from the content of the document. What only Xero knows is left out, with a note: the
rate of a day for a document in another currency, gains and losses on currencies, the average cost
of stock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from target_xero.build.records import Record
from target_xero.plan.booking.facts import Facts, folded, paid_keys, payments_of
from target_xero.plan.booking.lines import (
    ZERO,
    Line,
    cents,
    computed_lines,
    decimal_of,
    shares,
)
from xero_client.entities.shapes import LINES, SHAPES
from xero_client.entities.table import BY_NAME, ENTITIES

# The sign of the debit on the document's own account: receivables, payables or the bank.
_OWN_SIGN: Mapping[str, int] = {
    "ACCREC": 1,
    "ACCPAY": -1,
    "ACCRECCREDIT": -1,
    "ACCPAYCREDIT": 1,
    "RECEIVE": 1,
    "SPEND": -1,
}
# The status that Xero gives a document without one, and those in which it is booked.
_DEFAULT_STATUS: Mapping[str, str] = {"BankTransactions": "AUTHORISED"}
_BOOKED = frozenset({"AUTHORISED", "PAID", "POSTED"})
_WRITABLE = tuple(entity for entity in ENTITIES if entity.writing is not None)
_WITH_LINES = frozenset(
    entity.name for entity in _WRITABLE if not SHAPES[entity.name].keys().isdisjoint(LINES)
)
_NEVER_BOOKED = _WITH_LINES - {entity.name for entity in _WRITABLE if entity.is_posted}
# Entities whose records are neither documents nor money.
_SETTINGS = frozenset(
    entity.name for entity in _WRITABLE if not entity.is_posted and entity.name not in _WITH_LINES
)
_OTHER_RATE = "Xero chooses the rate of {currency}, so the amounts are in {currency}"
_STOCK = "Xero books the cost of goods sold of tracked items too, which is not included"
_PAID_ABROAD = "paid in another currency: Xero books a gain or loss, which is not included"
_UNKNOWN_PAID = "it is not known what is paid, so the effect on accounts is not included"
_NO_ACCOUNT = "a line has no account that is known, so the effect on accounts is not included"


@dataclass(frozen=True)
class Posting:
    """An amount on an account: debits are positive, credits negative."""

    code: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class TaxPart:
    """The tax of a rate: its type and name, the amount without tax, and the tax.

    Both amounts are positive for sales and purchases, and negative for credits.
    """

    tax_type: str
    name: str
    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Booking:
    """What Xero books for one document.

    Attributes:
        total: The document's total, in its own currency; None if it has none.
        tax: The tax in it.
        currency: The currency of the document.
        book_currency: The currency of ``postings`` and ``taxes``.
        postings: Debits and credits; none if the document is not booked.
        taxes: Its tax by rate.
        lines: Its lines with their amounts.
        notes: What is not included.
    """

    total: Decimal | None = None
    tax: Decimal | None = None
    currency: str = ""
    book_currency: str = ""
    postings: tuple[Posting, ...] = ()
    taxes: tuple[TaxPart, ...] = ()
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


NOTHING = Booking()


def change_of(before: Booking, after: Booking) -> list[Booking]:
    """What Xero books if a document changes: the new booking less the old one, account by account.

    Args:
        before: What it has booked for the document.
        after: What it books instead.
    """
    reversed_before = _reversed(before)
    if not before.postings or not after.postings or before.book_currency != after.book_currency:
        return [reversed_before, after]
    sums: dict[tuple[str, str], Decimal] = {}
    for posting in (*reversed_before.postings, *after.postings):
        key = (posting.code, posting.name)
        sums[key] = sums.get(key, ZERO) + posting.amount
    postings = tuple(Posting(*key, amount) for key, amount in sums.items())
    return [replace(after, postings=postings, taxes=(*reversed_before.taxes, *after.taxes))]


def _reversed(booking: Booking) -> Booking:
    """What Xero books if the document is taken out of the books again."""
    return replace(
        booking,
        postings=tuple(replace(p, amount=-p.amount) for p in booking.postings),
        taxes=tuple(replace(part, net=-part.net, tax=-part.tax) for part in booking.taxes),
    )


def booking_of(entity: str, document: Record, facts: Facts) -> Booking:
    """What Xero books for a document.

    Args:
        entity: Its entity.
        document: All of its fields.
        facts: What is known of the organisation.
    """
    if entity in _WITH_LINES:
        return _document(entity, document, facts)
    if entity in ("Payments", "BatchPayments"):
        return _payments(entity, document, facts)
    if entity == "BankTransfers":
        return _transfer(document, facts)
    if entity in _SETTINGS or "/" in entity.lstrip("/"):
        return NOTHING
    note = f"what Xero books for {entity} is not known, so the effect on accounts is not included"
    return replace(NOTHING, notes=(note,))


def _document(entity: str, document: Record, facts: Facts) -> Booking:
    kind = str(document.get("Type") or "").split("-")[0]
    sales = kind in ("ACCREC", "ACCRECCREDIT", "RECEIVE") or BY_NAME[entity].is_sale
    lines = computed_lines(entity, document, facts, sales=sales)
    if entity == "ManualJournals":
        return _journal(document, lines, facts)
    if str(document.get("Type") or "").endswith("OVERPAYMENT"):
        control = facts.system_accounts.get("DEBTORS" if sales else "CREDITORS")
        lines = [replace(line, account=control) for line in lines]
    net, tax = sum((line.net for line in lines), ZERO), sum((line.tax for line in lines), ZERO)
    currency = _currency(entity, document, facts)
    booking = Booking(net + tax, tax, currency, currency, lines=tuple(lines))
    status = str(document.get("Status") or _DEFAULT_STATUS.get(entity, "DRAFT")).upper()
    if entity in _NEVER_BOOKED or status not in _BOOKED or kind not in _OWN_SIGN:
        return booking
    own = _own_account(entity, document, facts, sales=sales)
    if own is None or any(line.account is None for line in lines if line.net or line.tax):
        return replace(booking, notes=(_NO_ACCOUNT,))
    rate = _rate(document, currency, facts)
    notes = [] if rate else [_OTHER_RATE.format(currency=currency)]
    if kind in ("ACCREC", "ACCRECCREDIT", "RECEIVE") and any(line.tracked_item for line in lines):
        notes.append(_STOCK)
    return _booked(booking, own, _OWN_SIGN[kind], rate, facts, tuple(notes))


def _booked(
    booking: Booking,
    own: Record,
    sign: int,
    rate: Decimal | None,
    facts: Facts,
    notes: tuple[str, ...],
) -> Booking:
    """The booking with its debits and credits, in the base currency if the rate is known."""
    divisor = rate or Decimal(1)
    tax_account = facts.system_accounts.get("GST", {"Name": "Tax"})
    exact: list[tuple[Record, Decimal]] = []
    for line in booking.lines:
        exact.append((line.account or {}, (line.net + line.lost_tax) / divisor))
        exact += [(tax_account, tax / divisor) for recovered, tax in line.components if recovered]
    total = cents((booking.total or ZERO) / divisor)
    rounded = shares(total, [amount for _, amount in exact])
    postings = [_posting(own, sign * total)]
    postings += [
        _posting(account, -sign * amount)
        for (account, _), amount in zip(exact, rounded, strict=True)
    ]
    is_sale = own.get("SystemAccount") == "DEBTORS"
    is_credit = own.get("Type") != "BANK" and is_sale == (sign < 0)
    direction = -1 if is_credit else 1
    taxes = _taxes(booking.lines, facts, direction, divisor)
    book_currency = facts.base_currency if rate else booking.currency
    return replace(
        booking, book_currency=book_currency, postings=tuple(postings), taxes=taxes, notes=notes
    )


def _taxes(
    lines: Iterable[Line], facts: Facts, direction: int, divisor: Decimal
) -> tuple[TaxPart, ...]:
    parts = []
    for line in lines:
        rate = facts.tax_rates.get(line.tax_type, {})
        name = str(rate.get("Name") or line.tax_type or "No tax rate")
        percent = decimal_of(rate.get("EffectiveRate")) or ZERO
        net, tax = cents(line.net / divisor), cents(line.tax / divisor)
        parts.append(TaxPart(line.tax_type, name, percent, direction * net, direction * tax))
    return tuple(parts)


def _journal(document: Record, lines: list[Line], facts: Facts) -> Booking:
    debits = sum((line.net + line.tax for line in lines if line.net > 0), ZERO)
    tax = sum((line.tax for line in lines), ZERO)
    currency = facts.base_currency
    booking = Booking(debits, tax, currency, currency, lines=tuple(lines))
    if str(document.get("Status") or "DRAFT").upper() not in _BOOKED:
        return booking
    if any(line.account is None for line in lines if line.net or line.tax):
        return replace(booking, notes=(_NO_ACCOUNT,))
    tax_account = facts.system_accounts.get("GST", {"Name": "Tax"})
    postings = []
    for line in lines:
        postings.append(_posting(line.account or {}, line.net + line.lost_tax))
        postings += [
            _posting(tax_account, part) for recovered, part in line.components if recovered
        ]
    return replace(booking, postings=tuple(postings), taxes=_taxes(lines, facts, 1, Decimal(1)))


def _payments(entity: str, document: Record, facts: Facts) -> Booking:
    """Payments of invoices and credit notes: the bank against receivables or payables."""
    postings: list[Posting] = []
    notes: list[str] = []
    total = ZERO
    currency = facts.base_currency
    status = str(document.get("Status") or "AUTHORISED").upper()
    named = document.get("Account") or {}
    if not named and entity == "Payments":
        named = {"Code": document.get("Code")}
    bank = facts.account(named)
    for payment in payments_of(entity, document):
        amount = decimal_of(payment.get("Amount")) or ZERO
        total += amount
        keys = [(name, folded(value)) for _, name, value in paid_keys(payment)]
        paid = next((facts.payables[key] for key in keys if key in facts.payables), None)
        kind = str((paid or {}).get("Type") or "")
        if paid is None or bank is None or kind not in _OWN_SIGN:
            notes.append(_UNKNOWN_PAID)
            continue
        currency = _currency("Invoices", paid, facts)
        if currency != facts.base_currency:
            notes.append(_PAID_ABROAD)
            continue
        control = facts.system_accounts.get(
            "DEBTORS" if kind.startswith("ACCREC") else "CREDITORS", {}
        )
        if status in _BOOKED:
            sign = _OWN_SIGN[kind]
            postings += [_posting(bank, sign * amount), _posting(control, -sign * amount)]
    return Booking(
        total,
        None,
        currency,
        facts.base_currency,
        tuple(postings),
        notes=tuple(dict.fromkeys(notes)),
    )


def _transfer(document: Record, facts: Facts) -> Booking:
    amount = decimal_of(document.get("Amount")) or ZERO
    accounts = [
        facts.account(document.get(name) or {}) for name in ("FromBankAccount", "ToBankAccount")
    ]
    origin, destination = accounts
    base = facts.base_currency
    if origin is None or destination is None:
        return Booking(amount, None, base, base, notes=(_NO_ACCOUNT,))
    currencies = {str(account.get("CurrencyCode") or base) for account in (origin, destination)}
    currency = str(origin.get("CurrencyCode") or base)
    if currencies != {base}:
        return Booking(amount, None, currency, base, notes=(_PAID_ABROAD,))
    status = str(document.get("Status") or "AUTHORISED").upper()
    postings = (_posting(destination, amount), _posting(origin, -amount))
    return Booking(amount, None, base, base, postings if status in _BOOKED else ())


def _posting(account: Record, amount: Decimal) -> Posting:
    return Posting(str(account.get("Code") or ""), str(account.get("Name") or ""), amount)


def _own_account(entity: str, document: Record, facts: Facts, *, sales: bool) -> Record | None:
    if entity == "BankTransactions":
        return facts.account(document.get("BankAccount") or {})
    return facts.system_accounts.get("DEBTORS" if sales else "CREDITORS")


def _currency(entity: str, document: Record, facts: Facts) -> str:
    """The currency of a document: its own, its bank account's, its contact's or the base."""
    own = document.get("CurrencyCode")
    if not own and entity == "BankTransactions":
        own = (facts.account(document.get("BankAccount") or {}) or {}).get("CurrencyCode")
    if not own and entity != "BankTransactions":
        own = facts.contact(document).get("DefaultCurrency")
    return str(own or facts.base_currency).upper()


def _rate(document: Record, currency: str, facts: Facts) -> Decimal | None:
    """Units of the document's currency for one of the base currency; None if it is not known."""
    if currency == facts.base_currency:
        return Decimal(1)
    return decimal_of(document.get("CurrencyRate")) or None
