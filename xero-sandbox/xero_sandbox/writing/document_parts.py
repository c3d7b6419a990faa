"""What documents share: contact, currency and rate, dates, locked periods, themes, numbers."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

from xero_sandbox.books.rates import day_rate
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import contacts
from xero_sandbox.writing.matching import by_id
from xero_sandbox.writing.request import Invalid

# Nested contact fields that only identify; anything else changes the contact itself.
_IDENTIFYING = {"ContactID", "Name", "ContactNumber", "ContactStatus"}


def resolve_contact(
    transaction: Transaction,
    sent: Record,
    problems: list[str],
    existing: Record | None = None,
    *,
    create: bool = True,
) -> Record | None:
    """The contact that a document names, made when only its name is given and unknown.

    Other fields of the nested contact are written to it, and contact persons that are not
    among them are dropped (xero-facts.md: Writing rules). An archived contact stays on the document that
    it is on, and goes on no other.
    """
    try:
        contact = contacts.match(transaction, sent)
        changing = any(
            sent.get(field) for field in contacts.FIELDS.keys() - _IDENTIFYING if field in sent
        )
        if contact is None and not create:
            problems.append("The contact could not be found.")
            return None
        if contact is None or changing:
            contact = contacts.create_or_update(transaction, {"ContactPersons": [], **sent})
    except Invalid as invalid:
        problems.extend(invalid.messages)
        return None
    kept = existing is not None and existing["Contact"]["ContactID"] == contact["ContactID"]
    if contact["ContactStatus"] != "ACTIVE" and not kept:
        problems.append(f"The contact {contact['Name']} has been archived.")
    transaction.touched_contacts.add(contact["ContactID"])
    return contact


def contact_summary(contact: Record) -> Record:
    """What a document keeps of its contact."""
    return {"ContactID": contact["ContactID"], "Name": contact["Name"]}


def settle_currency(transaction: Transaction, document: Record, problems: list[str]) -> None:
    """Fills in a document's currency and the day's rate where none was given."""
    base = transaction.organisation.base_currency
    code = document.setdefault("CurrencyCode", base).upper()
    document["CurrencyCode"] = code
    if transaction.get("Currencies", code) is None:
        problems.append(f"Organisation is not subscribed to currency {code}")
        return
    if code == base:
        document["CurrencyRate"] = Decimal(1)
    elif not document.get("CurrencyRate"):
        document["CurrencyRate"] = day_rate(base, code, document["Date"])
    elif document["CurrencyRate"] <= 0:
        problems.append("The currency rate must be greater than zero.")


def lock_date(transaction: Transaction) -> date | None:
    """The last day of the locked periods, or None."""
    organisation = transaction.organisation
    locks = [organisation.period_lock_date, organisation.end_of_year_lock_date]
    return max((lock for lock in locks if lock), default=None)


def check_unlocked(transaction: Transaction, day: date | None, problems: list[str]) -> None:
    """Nothing is dated, or changed, in a locked period (xero-facts.md: Writing rules)."""
    organisation = transaction.organisation
    if day is None:
        return
    if organisation.end_of_year_lock_date and day <= organisation.end_of_year_lock_date:
        problems.append(
            "The document date cannot be before the end of year lock date, currently set at "
            f"{organisation.end_of_year_lock_date:%d %b %Y}."
        )
    elif organisation.period_lock_date and day <= organisation.period_lock_date:
        problems.append(
            "The document date cannot be before the period lock date, currently set at "
            f"{organisation.period_lock_date:%d %b %Y}."
        )


def due_date(transaction: Transaction, contact: Record, *, sales: bool, on: date) -> date:
    """The due date by the contact's payment terms, else the organisation's, else the date."""
    side = "Sales" if sales else "Bills"
    terms = contact.get("PaymentTerms") or transaction.organisation.payment_terms
    term = terms.get(side)
    if not term or "Day" not in term or "Type" not in term:
        return on
    days = int(term["Day"])
    if term["Type"] == "DAYSAFTERBILLDATE":
        return on + timedelta(days=days)
    if term["Type"] == "DAYSAFTERBILLMONTH":
        return _day_of_month(on, 0, 31) + timedelta(days=days)
    months = 0 if term["Type"] == "OFCURRENTMONTH" else 1
    return _day_of_month(on, months, days)


def _day_of_month(on: date, months_later: int, day: int) -> date:
    year, month = divmod(on.month - 1 + months_later, 12)
    last = calendar.monthrange(on.year + year, month + 1)[1]
    return date(on.year + year, month + 1, min(day, last))


def check_theme(transaction: Transaction, document: Record, problems: list[str]) -> None:
    """The branding theme must be one of the organisation's; sales get the first by default."""
    theme = document.get("BrandingThemeID")
    if theme and transaction.get("BrandingThemes", theme) is None:
        problems.append(f"The branding theme {theme} could not be found.")


def next_number(transaction: Transaction, entity: str, field: str, prefix: str) -> str:
    """The next free number of a series: ``INV-0001``."""
    while True:
        candidate = f"{prefix}{transaction.next(prefix):04d}"
        if not transaction.find(entity, field, candidate):
            return candidate


def find_account(transaction: Transaction, sent: Record, problems: list[str]) -> Record | None:
    """The account that a nested ``{AccountID}`` or ``{Code}`` names."""
    try:
        account = by_id(transaction, "Accounts", sent, "account")
    except Invalid as invalid:
        problems.extend(invalid.messages)
        return None
    if account is None:
        code = str(sent.get("Code") or "")
        found = transaction.find("Accounts", "Code", code) if code else []
        account = found[0] if found else None
    if account is None:
        problems.append("The account could not be found.")
    elif account["Status"] != "ACTIVE":
        problems.append(f"The account {account['Name']} has been archived.")
    return account


def account_summary(account: Record) -> Record:
    """What a payment or bank transaction keeps of its account."""
    return {name: account[name] for name in ("AccountID", "Code", "Name") if name in account}
