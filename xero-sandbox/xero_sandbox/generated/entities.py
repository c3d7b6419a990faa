"""What generated contacts, invoices, bank transactions and items look like."""

from __future__ import annotations

from dataclasses import dataclass

from xero_sandbox.generated.makers import DAY_TEXTS, DAYS, YEAR_START_MS, Maker, mixed
from xero_sandbox.organisation import Record

_SECTORS = ("Builders", "Florists", "Bakery", "Logistics", "Studio", "Farms", "Clinic", "Motors")
_GOODS = (
    "Consulting on site with a written report and a follow-up call within five working days",
    "Delivery of goods to the warehouse in Petone, empty pallets returned at the next visit",
    "Monthly maintenance of the installed equipment, parts and travel included as agreed",
    "Printed material as quoted, proofs approved by the customer, delivered to two addresses",
    "Training day for up to twelve people, with handouts, lunch and a certificate for each",
)
_DATE = "/Date(«»+0000)/"
_CONTACT = {"ContactID": "«»", "Name": "«»"}
REGIONS: Record = {
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
    "TrackingCategoryID": REGIONS["TrackingCategoryID"],
    "TrackingOptionID": REGIONS["Options"][0]["TrackingOptionID"],
}
_CREDIT_DAYS = 20
_TAX = 15


@dataclass(frozen=True)
class Surroundings:
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


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _day_ms(day: int) -> str:
    return str(YEAR_START_MS + day * 86_400_000)


def contact_name(index: int) -> str:
    """The name of a generated contact."""
    return f"{_SECTORS[index % len(_SECTORS)]} {index:07d} Ltd"


def _numbered(digits: str, count: int) -> range:
    """The one index that a number names, if there is one."""
    if digits.isdigit() and int(digits) < count:
        return range(int(digits), int(digits) + 1)
    return range(0)


def _line_id(bits: int, index: int, position: int) -> str:
    head = f"{bits >> 32:08x}-{index & 0xFFFF:04x}-4{position:03x}"
    return f"{head}-b{bits & 0xFFF:03x}-{index:012x}"


def _lines(seed: int, index: int) -> tuple[list[str], int, int]:
    """Texts of three lines, their sum and their tax in cents."""
    texts: list[str] = []
    total = tax = 0
    for position in range(3):
        bits = mixed(seed, index, 11 + position)
        quantity = (bits & 7) + 1
        unit = (bits >> 8) % 40_000 + 100
        amount = quantity * unit
        line_tax = (amount * _TAX + 50) // 100
        total += amount
        tax += line_tax
        texts += (
            _line_id(bits, index, position),
            _GOODS[(bits >> 4) % len(_GOODS)],
            _money(unit),
            _money(line_tax),
            _money(amount),
            f"{quantity}.0000",
        )
    return texts, total, tax


def contact_maker(count: int, seed: int) -> Maker:
    """Contacts with an address and a phone."""

    def values(index: int) -> tuple[str, ...]:
        bits = mixed(seed, index, 1)
        return (
            f"C-{index:07d}",
            contact_name(index),
            f"office{index}@example.com",
            f"{bits % 400 + 1} Harbour Road",
            f"{bits >> 16 & 0x1FFF:04d}",
            f"{bits >> 32 & 0xFFFFF:07d}",
        )

    pattern = {
        "ContactID": "«»",
        "ContactNumber": "«»",
        "ContactStatus": "ACTIVE",
        "Name": "«»",
        "EmailAddress": "«»",
        "BankAccountDetails": "",
        "Addresses": [
            {
                "AddressType": "STREET",
                "AddressLine1": "«»",
                "City": "Wellington",
                "PostalCode": "«»",
                "Country": "New Zealand",
            },
            {"AddressType": "POBOX"},
        ],
        "Phones": [
            {"PhoneType": "DEFAULT", "PhoneNumber": "«»", "PhoneAreaCode": "04"},
            {"PhoneType": "MOBILE"},
        ],
        "IsSupplier": False,
        "IsCustomer": True,
        "HasAttachments": False,
        "UpdatedDateUTC": _DATE,
    }
    maker = Maker("Contacts", count, seed, pattern, values)
    maker.derived["Name"] = lambda text: _numbered(text.removesuffix(" ltd")[-7:], count)
    maker.derived["ContactNumber"] = lambda text: _numbered(text.removeprefix("c-"), count)
    return maker


def invoice_maker(count: int, seed: int, contacts: Maker, around: Surroundings) -> Maker:
    """Sales invoices with three lines each, half of them paid: about 2.4 KB of JSON."""

    def values(index: int) -> tuple[str, ...]:
        bits = mixed(seed, index, 2)
        lines, total, tax = _lines(seed, index)
        day = bits % DAYS
        contact = index % contacts.count
        gross = total + tax
        paid = gross if bits >> 20 & 1 else 0
        return (
            f"INV-{index:07d}",
            f"Order {bits >> 24 & 0xFFFFFF:08d}",
            "PAID" if paid else "AUTHORISED",
            contacts.id_of(contact),
            contact_name(contact),
            _day_ms(day),
            DAY_TEXTS[day],
            _day_ms(day + _CREDIT_DAYS),
            DAY_TEXTS[day + _CREDIT_DAYS],
            *lines,
            _money(total),
            _money(tax),
            _money(gross),
            _money(gross - paid),
            _money(paid),
        )

    pattern = {
        "InvoiceID": "«»",
        "Type": "ACCREC",
        "InvoiceNumber": "«»",
        "Reference": "«»",
        "Status": "«»",
        "Contact": _CONTACT,
        "Date": _DATE,
        "DateString": "«»T00:00:00",
        "DueDate": _DATE,
        "DueDateString": "«»T00:00:00",
        "LineAmountTypes": "Exclusive",
        "LineItems": [_line(around.sales_account) for _ in range(3)],
        "SubTotal": "«number»",
        "TotalTax": "«number»",
        "Total": "«number»",
        "AmountDue": "«number»",
        "AmountPaid": "«number»",
        "AmountCredited": 0,
        "CurrencyCode": "NZD",
        "CurrencyRate": 1,
        "BrandingThemeID": around.branding_theme_id,
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
        "UpdatedDateUTC": _DATE,
        "UpdatedDateUTCString": "«»",
    }
    maker = Maker("Invoices", count, seed, pattern, values)
    maker.derived["InvoiceNumber"] = lambda text: _numbered(text.removeprefix("inv-"), count)
    maker.derived["Contact.ContactID"] = lambda text: _of_contact(contacts, text, count)
    return maker


def bank_transaction_maker(count: int, seed: int, contacts: Maker, around: Surroundings) -> Maker:
    """Money received, with three lines each."""

    def values(index: int) -> tuple[str, ...]:
        bits = mixed(seed, index, 3)
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
            _money(total),
            _money(tax),
            _money(total + tax),
        )

    pattern = {
        "BankTransactionID": "«»",
        "Type": "RECEIVE",
        "Status": "AUTHORISED",
        "Reference": "«»",
        "Contact": _CONTACT,
        "BankAccount": {name: around.bank_account[name] for name in ("AccountID", "Code", "Name")},
        "IsReconciled": False,
        "Date": _DATE,
        "DateString": "«»T00:00:00",
        "LineAmountTypes": "Exclusive",
        "LineItems": [_line(around.sales_account) for _ in range(3)],
        "SubTotal": "«number»",
        "TotalTax": "«number»",
        "Total": "«number»",
        "CurrencyCode": "NZD",
        "CurrencyRate": 1,
        "HasAttachments": False,
        "UpdatedDateUTC": _DATE,
    }
    maker = Maker("BankTransactions", count, seed, pattern, values)
    maker.derived["Contact.ContactID"] = lambda text: _of_contact(contacts, text, count)
    return maker


def item_maker(count: int, seed: int) -> Maker:
    """Items without stock."""

    def values(index: int) -> tuple[str, ...]:
        bits = mixed(seed, index, 4)
        return (
            f"ITEM-{index:07d}",
            f"Article {index}",
            _GOODS[bits % len(_GOODS)],
            _money((bits >> 8) % 40_000 + 100),
        )

    pattern = {
        "ItemID": "«»",
        "Code": "«»",
        "Name": "«»",
        "Description": "«»",
        "SalesDetails": {"UnitPrice": "«number»", "AccountCode": "200", "TaxType": "OUTPUT2"},
        "IsTrackedAsInventory": False,
        "IsSold": True,
        "IsPurchased": False,
        "UpdatedDateUTC": _DATE,
    }
    maker = Maker("Items", count, seed, pattern, values)
    maker.derived["Code"] = lambda text: _numbered(text.removeprefix("item-"), count)
    return maker


def _of_contact(contacts: Maker, contact_id: str, count: int) -> range:
    contact = contacts.index_of(contact_id)
    return range(0) if contact is None else range(contact, count, contacts.count)
