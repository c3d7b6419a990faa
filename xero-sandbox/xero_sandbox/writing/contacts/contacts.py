"""Contacts: created, matched by id, number or name, updated, archived.

(xero-facts.md: Writing by entity)
"""

from __future__ import annotations

import re

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.balances import with_overdue
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    flag,
    integer,
    mapping,
    merged,
    parse_fields,
    sequence,
    text,
)

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_LINE_AMOUNT_TYPES = choice("INCLUSIVE", "EXCLUSIVE", "NONE")
MAX_CONTACT_PERSONS = 5

FIELDS: dict[str, Parser] = {
    "ContactNumber": text(50),
    "AccountNumber": text(50),
    "ContactStatus": choice("ACTIVE", "ARCHIVED"),
    "Name": text(255),
    "FirstName": text(255),
    "LastName": text(255),
    "CompanyNumber": text(50),
    "EmailAddress": text(255),
    "BankAccountDetails": text(),
    "TaxNumber": text(50),
    "TaxNumberType": choice("SSN", "EIN", "ITIN", "ATIN"),
    "AccountsReceivableTaxType": text(),
    "AccountsPayableTaxType": text(),
    "SalesDefaultLineAmountType": _LINE_AMOUNT_TYPES,
    "PurchasesDefaultLineAmountType": _LINE_AMOUNT_TYPES,
    "DefaultCurrency": text(3),
    "XeroNetworkKey": text(),
    "SalesDefaultAccountCode": text(),
    "PurchasesDefaultAccountCode": text(),
    "TrackingCategoryName": text(100),
    "TrackingCategoryOption": text(100),
    "ContactPersons": sequence,
    "Addresses": sequence,
    "Phones": sequence,
    "SalesTrackingCategories": sequence,
    "PurchasesTrackingCategories": sequence,
    "PaymentTerms": mapping,
    "BatchPayments": mapping,
}
_PERSON: dict[str, Parser] = {
    "FirstName": text(255),
    "LastName": text(255),
    "EmailAddress": text(255),
    "IncludeInEmails": flag,
}
_ADDRESS: dict[str, Parser] = {
    "AddressType": choice("STREET", "POBOX"),
    **{f"AddressLine{line}": text(500) for line in range(1, 5)},
    "City": text(255),
    "Region": text(255),
    "PostalCode": text(50),
    "Country": text(50),
    "AttentionTo": text(255),
}
_PHONE: dict[str, Parser] = {
    "PhoneType": choice("DDI", "DEFAULT", "FAX", "MOBILE", "OFFICE"),
    "PhoneNumber": text(50),
    "PhoneAreaCode": text(10),
    "PhoneCountryCode": text(20),
}
_TERM: dict[str, Parser] = {
    "Day": integer,
    "Type": choice("DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"),
}
_BLANK_PHONE = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
_BLANK_ADDRESS = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
# Entities whose records nest a contact, and the path to it.
_NESTING_CONTACTS = (
    *(
        (entity, "Contact")
        for entity in (
            "BankTransactions",
            "CreditNotes",
            "Invoices",
            "Overpayments",
            "Prepayments",
            "PurchaseOrders",
            "Quotes",
            "RepeatingInvoices",
        )
    ),
    *(
        ("Payments", f"{document}.Contact")
        for document in ("CreditNote", "Invoice", "Overpayment", "Prepayment")
    ),
)


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new contact with a new name and number."""
    refuse_id(sent, "Contacts", "contact")
    return _save(transaction, sent, None)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the contact with this id, number or name, or a new one."""
    return _save(transaction, sent, match(transaction, sent))


def match(transaction: Transaction, sent: Record) -> Record | None:
    """The contact of an element, by id, number or name."""
    found = by_id(transaction, "Contacts", sent, "contact")
    if found is not None:
        return found
    number, name = sent.get("ContactNumber"), sent.get("Name")
    if number:
        numbered = transaction.find("Contacts", "ContactNumber", str(number))
        if numbered:
            return numbered[0]
    return active_by_name(transaction, str(name)) if name else None


def active_by_name(transaction: Transaction, name: str) -> Record | None:
    """The active contact of this name."""
    for contact in transaction.find("Contacts", "Name", name):
        if contact["ContactStatus"] == "ACTIVE":
            return contact
    return None


def locate(transaction: Transaction, key: str) -> Record | None:
    """The contact under ``/Contacts/{id or number}`` (xero-facts.md: Writing rules)."""
    contact = transaction.get("Contacts", key.lower())
    if contact is not None:
        return contact
    numbered = transaction.find("Contacts", "ContactNumber", key)
    return numbered[0] if numbered else None


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    _take_nested(changes, errors)
    contact = merged(copy_record(existing) if existing else _blank(transaction), changes)
    _check(transaction, contact, existing, errors)
    if errors:
        raise ValidationError(*errors)
    contact.setdefault("ContactStatus", "ACTIVE")
    for field in ("FirstName", "LastName", "EmailAddress", "BankAccountDetails"):
        contact.setdefault(field, "")
    for field in ("ContactPersons", "SalesTrackingCategories", "PurchasesTrackingCategories"):
        contact.setdefault(field, [])
    contact["Addresses"] = _padded(
        contact.get("Addresses", []), "AddressType", ("STREET", "POBOX"), _BLANK_ADDRESS
    )
    contact["Phones"] = _padded(
        contact.get("Phones", []), "PhoneType", ("DDI", "DEFAULT", "FAX", "MOBILE"), _BLANK_PHONE
    )
    contact["UpdatedDateUTC"] = transaction.now
    contact = with_overdue(transaction.organisation, contact, transaction.today)
    transaction.put("Contacts", contact)
    contact_id = contact["ContactID"]
    if existing is None:
        transaction.note("Contacts", contact_id, "Created", f"Contact {contact['Name']} added")
    else:
        archived = contact["ContactStatus"] == "ARCHIVED" != existing["ContactStatus"]
        transaction.note("Contacts", contact_id, "Archived" if archived else "Edited", "")
        if existing["Name"] != contact["Name"]:
            _rename_everywhere(transaction, contact)
    return contact


def _blank(transaction: Transaction) -> Record:
    return {
        "ContactID": transaction.new_id(),
        "IsSupplier": False,
        "IsCustomer": False,
        "ContactGroups": [],
        "Balances": {
            side: {"Outstanding": ZERO, "Overdue": ZERO}
            for side in ("AccountsReceivable", "AccountsPayable")
        },
        "HasAttachments": False,
        "HasValidationErrors": False,
    }


def _take_nested(changes: Record, errors: list[str]) -> None:
    nested = {"ContactPersons": _PERSON, "Addresses": _ADDRESS, "Phones": _PHONE}
    for field, fields in nested.items():
        if changes.get(field) is not None:
            changes[field] = [
                merged({}, parse_fields(item, fields, errors)) for item in changes[field]
            ]
    if changes.get("PaymentTerms"):
        changes["PaymentTerms"] = {
            side: merged({}, parse_fields(term, _TERM, errors))
            for side, term in changes["PaymentTerms"].items()
            if side in {"Bills", "Sales"} and isinstance(term, dict)
        }


def _check(
    transaction: Transaction, contact: Record, existing: Record | None, errors: list[str]
) -> None:
    name = contact.get("Name", "").strip()
    if not name:
        errors.append("A contact name must be specified.")
    addresses = [contact.get("EmailAddress")]
    addresses += [person.get("EmailAddress") for person in contact.get("ContactPersons", [])]
    if any(address and not _EMAIL.match(address) for address in addresses):
        errors.append("Email address must be valid")
    if len(contact.get("ContactPersons", [])) > MAX_CONTACT_PERSONS:
        errors.append(f"A contact can have at most {MAX_CONTACT_PERSONS} contact persons.")
    contact_id = existing["ContactID"] if existing else None
    namesake = active_by_name(transaction, name) if name else None
    if (
        namesake
        and namesake["ContactID"] != contact_id
        and contact.get("ContactStatus") != "ARCHIVED"
    ):
        errors.append(
            f"The contact name {name} is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )
    number = contact.get("ContactNumber")
    numbered = transaction.find("Contacts", "ContactNumber", number) if number else []
    if any(other["ContactID"] != contact_id for other in numbered):
        errors.append(f"The contact number {number} is already assigned to another contact.")
    _check_defaults(transaction, contact, errors)


def _check_defaults(transaction: Transaction, contact: Record, errors: list[str]) -> None:
    for field in ("SalesDefaultAccountCode", "PurchasesDefaultAccountCode"):
        code = contact.get(field)
        if code and not transaction.find("Accounts", "Code", code):
            errors.append(f"The {field} '{code}' is not the code of an account.")
    for field in ("AccountsReceivableTaxType", "AccountsPayableTaxType"):
        tax_type = contact.get(field)
        if tax_type and transaction.get("TaxRates", tax_type) is None:
            errors.append(f"The {field} '{tax_type}' is not a tax type of this organisation.")
    currency = contact.get("DefaultCurrency")
    if currency and transaction.get("Currencies", currency) is None:
        errors.append(f"Organisation is not subscribed to currency {currency}")


def _padded(items: list[Record], field: str, kinds: tuple[str, ...], blank: Record) -> list[Record]:
    """One entry per kind, blank if none was sent, as in Xero."""
    parsed = {item.get(field, kinds[-1]): item for item in items}
    listed = {kind: {field: kind, **blank, **parsed.get(kind, {})} for kind in kinds}
    return list(
        {**{kind: {field: kind, **item} for kind, item in parsed.items()}, **listed}.values()
    )


def _rename_everywhere(transaction: Transaction, contact: Record) -> None:
    """Every record that nests the contact shows its new name; its UpdatedDateUTC stays."""
    for entity, path in _NESTING_CONTACTS:
        for record in transaction.find(entity, f"{path}.ContactID", contact["ContactID"]):
            renamed = copy_record(record)
            nested = renamed
            for part in path.split("."):
                nested = nested[part]
            nested["Name"] = contact["Name"]
            transaction.put(entity, renamed)
    for group in contact.get("ContactGroups", ()):
        renamed = transaction.edit("ContactGroups", group["ContactGroupID"])
        for member in renamed["Contacts"]:
            if member["ContactID"] == contact["ContactID"]:
                member["Name"] = contact["Name"]
        transaction.put("ContactGroups", renamed)
