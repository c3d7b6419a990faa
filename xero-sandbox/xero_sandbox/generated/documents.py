"""Generators of invoices and bank transactions."""

from __future__ import annotations

from dataclasses import dataclass

from xero_sandbox.generated.contacts_and_items import (
    GOODS,
    MS_DATE,
    contact_name,
    index_range,
    money,
)
from xero_sandbox.generated.generator import (
    DAY_TEXTS,
    DAYS,
    YEAR_START_MS,
    RecordGenerator,
    hash_bits,
)
from xero_sandbox.model.organisation import Record

_CONTACT = {"ContactID": "«»", "Name": "«»"}
REGION_CATEGORY: Record = {
    "TrackingCategoryID": "b1df776d-b093-4730-b6ea-590cca40e723",
    "Name": "Region",
    "Status": "ACTIVE",
    "Options": [
        {
            "TrackingOptionID": "8f3eb7d1-9dd5-4e38-b5d2-6a3a3e2f5a10",
            "Name": "Wellington",
            "Status": "ACTIVE",
            "HasValidationErrors": False,
            "IsDeleted": False,
            "IsArchived": False,
            "IsActive": True,
        }
    ],
}
_TRACKING = {
    "Name": "Region",
    "Option": "Wellington",
    "TrackingCategoryID": REGION_CATEGORY["TrackingCategoryID"],
    "TrackingOptionID": REGION_CATEGORY["Options"][0]["TrackingOptionID"],
}
_DAYS_TO_PAY = 20
_TAX_PERCENT = 15


@dataclass(frozen=True)
class ReferencedRecords:
    """The records of the organisation that generated documents refer to."""

    sales_account: Record
    bank_account: Record
    branding_theme_id: str


def _line(account: Record) -> Record:
    return {
        "LineItemID": "«»",
        "Description": "«»",
        "UnitAmount": "«number»",
        "TaxType": "OUTPUT2",
        "TaxAmount": "«number»",
        "LineAmount": "«number»",
        "AccountID": account["AccountID"],
        "AccountCode": account["Code"],
        "Tracking": [_TRACKING],
        "Quantity": "«number»",
    }


def _day_ms(day: int) -> str:
    return str(YEAR_START_MS + day * 86_400_000)


def _line_id(bits: int, index: int, position: int) -> str:
    head = f"{bits >> 32:08x}-{index & 0xFFFF:04x}-4{position:03x}"
    return f"{head}-b{bits & 0xFFF:03x}-{index:012x}"


def _lines(seed: int, index: int) -> tuple[list[str], int, int]:
    """The values of three lines as text, and their sum and tax in cents."""
    texts: list[str] = []
    total = tax = 0
    for position in range(3):
        bits = hash_bits(seed, index, 11 + position)
        quantity = (bits & 7) + 1
        unit = (bits >> 8) % 40_000 + 100
        amount = quantity * unit
        line_tax = (amount * _TAX_PERCENT + 50) // 100
        total += amount
        tax += line_tax
        texts += (
            _line_id(bits, index, position),
            GOODS[(bits >> 4) % len(GOODS)],
            money(unit),
            money(line_tax),
            money(amount),
            f"{quantity}.0000",
        )
    return texts, total, tax


def unpaid_cents(seed: int, index: int) -> int:
    """What is due of a generated invoice."""
    if _is_paid(hash_bits(seed, index, 2)):
        return 0
    _, total, tax = _lines(seed, index)
    return total + tax


def _is_paid(bits: int) -> bool:
    return bool(bits >> 20 & 1)


def invoice_generator(
    count: int, seed: int, contacts: RecordGenerator, referenced: ReferencedRecords
) -> RecordGenerator:
    """Sales invoices with three lines, about 2.4 KB of JSON each; half of them are paid."""

    def values(index: int) -> tuple[str, ...]:
        bits = hash_bits(seed, index, 2)
        lines, total, tax = _lines(seed, index)
        day = bits % DAYS
        contact = index % contacts.count
        gross = total + tax
        paid = gross if _is_paid(bits) else 0
        return (
            f"INV-{index:07d}",
            f"Order {bits >> 24 & 0xFFFFFF:08d}",
            "PAID" if paid else "AUTHORISED",
            contacts.id_of(contact),
            contact_name(contact),
            _day_ms(day),
            DAY_TEXTS[day],
            _day_ms(day + _DAYS_TO_PAY),
            DAY_TEXTS[day + _DAYS_TO_PAY],
            *lines,
            money(total),
            money(tax),
            money(gross),
            money(gross - paid),
            money(paid),
        )

    pattern = {
        "InvoiceID": "«»",
        "Type": "ACCREC",
        "InvoiceNumber": "«»",
        "Reference": "«»",
        "Status": "«»",
        "Contact": _CONTACT,
        "Date": MS_DATE,
        "DateString": "«»T00:00:00",
        "DueDate": MS_DATE,
        "DueDateString": "«»T00:00:00",
        "LineAmountTypes": "Exclusive",
        "LineItems": [_line(referenced.sales_account) for _ in range(3)],
        "SubTotal": "«number»",
        "TotalTax": "«number»",
        "Total": "«number»",
        "AmountDue": "«number»",
        "AmountPaid": "«number»",
        "AmountCredited": 0,
        "CurrencyCode": "NZD",
        "CurrencyRate": 1,
        "BrandingThemeID": referenced.branding_theme_id,
        "Url": "https://example.com/orders?source=webshop&channel=direct&region=wellington",
        "SentToContact": True,
        "IsDiscounted": False,
        "HasAttachments": False,
        "HasErrors": False,
        "InvoiceAddresses": [],
        "Payments": [],
        "Prepayments": [],
        "Overpayments": [],
        "CreditNotes": [],
        "UpdatedDateUTC": MS_DATE,
        "UpdatedDateUTCString": "«»",
    }
    generator = RecordGenerator("Invoices", count, seed, pattern, values)
    generator.lookups["InvoiceNumber"] = lambda text: index_range(text.removeprefix("inv-"), count)
    generator.lookups["Contact.ContactID"] = lambda text: _of_contact(contacts, text, count)
    return generator


def bank_transaction_generator(
    count: int, seed: int, contacts: RecordGenerator, referenced: ReferencedRecords
) -> RecordGenerator:
    """Money received, with three lines each."""

    def values(index: int) -> tuple[str, ...]:
        bits = hash_bits(seed, index, 3)
        lines, total, tax = _lines(seed + 1, index)
        day = bits % DAYS
        contact = index % contacts.count
        return (
            f"Deposit {index:07d}",
            contacts.id_of(contact),
            contact_name(contact),
            _day_ms(day),
            DAY_TEXTS[day],
            *lines,
            money(total),
            money(tax),
            money(total + tax),
        )

    pattern = {
        "BankTransactionID": "«»",
        "Type": "RECEIVE",
        "Status": "AUTHORISED",
        "Reference": "«»",
        "Contact": _CONTACT,
        "BankAccount": {
            name: referenced.bank_account[name] for name in ("AccountID", "Code", "Name")
        },
        "IsReconciled": False,
        "Date": MS_DATE,
        "DateString": "«»T00:00:00",
        "LineAmountTypes": "Exclusive",
        "LineItems": [_line(referenced.sales_account) for _ in range(3)],
        "SubTotal": "«number»",
        "TotalTax": "«number»",
        "Total": "«number»",
        "CurrencyCode": "NZD",
        "CurrencyRate": 1,
        "HasAttachments": False,
        "UpdatedDateUTC": MS_DATE,
    }
    generator = RecordGenerator("BankTransactions", count, seed, pattern, values)
    generator.lookups["Contact.ContactID"] = lambda text: _of_contact(contacts, text, count)
    return generator


def _of_contact(contacts: RecordGenerator, contact_id: str, count: int) -> range:
    contact = contacts.index_of(contact_id)
    return range(0) if contact is None else range(contact, count, contacts.count)
