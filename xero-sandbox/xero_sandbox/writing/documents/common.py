"""What all documents have: contact, currency and rate, dates, themes, numbers, accounts."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

from xero_sandbox.books.rates import day_rate
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.contacts import contacts
from xero_sandbox.writing.shared.matching import by_id
from xero_sandbox.writing.shared.request import ValidationError

# Fields of a nested contact that only identify it; other fields change the contact.
_IDENTIFYING = {"ContactID", "Name", "ContactNumber", "ContactStatus"}


def resolve_contact(
    transaction: Transaction,
    sent: Record,
    errors: list[str],
    existing: Record | None = None,
    *,
    create: bool = True,
) -> Record | None:
    """The contact of a document, which is created if its name is unknown.

    Other fields of the nested contact change the contact, and missing contact persons are removed
    (xero-facts.md: Writing rules). A document can keep an archived contact, but not get one.
    """
    try:
        contact = contacts.match(transaction, sent)
        changing = any(
            sent.get(field) for field in contacts.FIELDS.keys() - _IDENTIFYING if field in sent
        )
        if contact is None and not create:
            errors.append("The contact could not be found.")
            return None
        if contact is None or changing:
            contact = contacts.create_or_update(transaction, {"ContactPersons": [], **sent})
    except ValidationError as invalid:
        errors.extend(invalid.messages)
        return None
    unchanged = existing is not None and existing["Contact"]["ContactID"] == contact["ContactID"]
    if contact["ContactStatus"] != "ACTIVE" and not unchanged:
        errors.append(f"The contact {contact['Name']} has been archived.")
    transaction.touched_contacts.add(contact["ContactID"])
    return contact


def contact_summary(contact: Record) -> Record:
    """The fields of a contact that a document contains."""
    return {"ContactID": contact["ContactID"], "Name": contact["Name"]}


def set_currency(transaction: Transaction, document: Record, errors: list[str]) -> None:
    """Adds a document's currency and the day's rate, if they are missing."""
    base = transaction.organisation.base_currency
    code = document.setdefault("CurrencyCode", base).upper()
    document["CurrencyCode"] = code
    if transaction.get("Currencies", code) is None:
        errors.append(f"Organisation is not subscribed to currency {code}")
        return
    if code == base:
        document["CurrencyRate"] = Decimal(1)
    elif not document.get("CurrencyRate"):
        document["CurrencyRate"] = day_rate(base, code, document["Date"])
    elif document["CurrencyRate"] <= 0:
        errors.append("The currency rate must be greater than zero.")


def due_date(transaction: Transaction, contact: Record, *, sales: bool, on: date) -> date:
    """The due date by the payment terms of the contact or the organisation, else the date.

    Terms that go past the last day that a date can be give that day. What Xero does then is not
    documented.
    """
    side = "Sales" if sales else "Bills"
    terms = contact.get("PaymentTerms") or transaction.organisation.payment_terms
    term = terms.get(side)
    if not term or "Day" not in term or "Type" not in term or int(term["Day"]) < 1:
        return on
    try:
        return _by_term(term["Type"], int(term["Day"]), on)
    except (OverflowError, ValueError):
        return date.max


def _by_term(kind: str, days: int, on: date) -> date:
    """The due date of one payment term.

    Raises:
        OverflowError, ValueError: It is later than the last day that a date can be.
    """
    if kind == "DAYSAFTERBILLDATE":
        return on + timedelta(days=days)
    if kind == "DAYSAFTERBILLMONTH":
        return _day_of_month(on, 0, 31) + timedelta(days=days)
    return _day_of_month(on, 0 if kind == "OFCURRENTMONTH" else 1, days)


def _day_of_month(on: date, months_later: int, day: int) -> date:
    year, month = divmod(on.month - 1 + months_later, 12)
    last = calendar.monthrange(on.year + year, month + 1)[1]
    return date(on.year + year, month + 1, min(day, last))


def check_theme(transaction: Transaction, document: Record, errors: list[str]) -> None:
    """Checks that the organisation has the document's branding theme."""
    theme = document.get("BrandingThemeID")
    if theme and transaction.get("BrandingThemes", theme) is None:
        errors.append(f"The branding theme {theme} could not be found.")


def next_number(transaction: Transaction, entity: str, field: str, prefix: str) -> str:
    """The next free number of a series: ``INV-0001``."""
    while True:
        candidate = f"{prefix}{transaction.next(prefix):04d}"
        if not transaction.find(entity, field, candidate):
            return candidate


def find_account(transaction: Transaction, sent: Record, errors: list[str]) -> Record | None:
    """The account of a nested ``{AccountID}`` or ``{Code}``."""
    try:
        account = by_id(transaction, "Accounts", sent, "account")
    except ValidationError as invalid:
        errors.extend(invalid.messages)
        return None
    if account is None:
        code = str(sent.get("Code") or "")
        found = transaction.find("Accounts", "Code", code) if code else []
        account = found[0] if found else None
    if account is None:
        errors.append("The account could not be found.")
    elif account["Status"] != "ACTIVE":
        errors.append(f"The account {account['Name']} has been archived.")
    return account


def account_summary(account: Record) -> Record:
    """The fields of an account that a payment or bank transaction contains."""
    return {name: account[name] for name in ("AccountID", "Code", "Name") if name in account}
