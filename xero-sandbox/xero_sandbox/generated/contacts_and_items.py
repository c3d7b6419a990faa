"""Generators of contacts and items."""

from __future__ import annotations

from collections.abc import Callable

from xero_sandbox.generated.generator import RecordGenerator, hash_bits

_SECTORS = ("Builders", "Florists", "Bakery", "Logistics", "Studio", "Farms", "Clinic", "Motors")
GOODS = (
    "Consulting on site with a written report and a follow-up call within five working days",
    "Delivery of goods to the warehouse in Petone, empty pallets returned at the next visit",
    "Monthly maintenance of the installed equipment, parts and travel included as agreed",
    "Printed material as quoted, proofs approved by the customer, delivered to two addresses",
    "Training day for up to twelve people, with handouts, lunch and a certificate for each",
)
MS_DATE = "/Date(«»+0000)/"


def money(cents: int) -> str:
    """Cents as an amount with two places."""
    return f"{cents // 100}.{cents % 100:02d}"


def contact_name(index: int) -> str:
    """The name of a generated contact."""
    return f"{_SECTORS[index % len(_SECTORS)]} {index:07d} Ltd"


def index_range(digits: str, count: int) -> range:
    """The range with the index of a number, or an empty range."""
    if digits.isdigit() and int(digits) < count:
        return range(int(digits), int(digits) + 1)
    return range(0)


def contact_generator(
    count: int, seed: int, outstanding_cents: Callable[[int], int] = lambda _index: 0
) -> RecordGenerator:
    """Contacts with an address and a phone.

    Args:
        count: The number of contacts.
        seed: The same seed gives the same contacts.
        outstanding_cents: What a contact has not paid yet. All of it is overdue, because the
            generated documents are of one year in the past.
    """

    def values(index: int) -> tuple[str, ...]:
        bits = hash_bits(seed, index, 1)
        outstanding = money(outstanding_cents(index))
        return (
            f"C-{index:07d}",
            contact_name(index),
            f"office{index}@example.com",
            f"{bits % 400 + 1} Harbour Road",
            f"{bits >> 16 & 0x1FFF:04d}",
            f"{bits >> 32 & 0xFFFFF:07d}",
            outstanding,
            outstanding,
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
        "Balances": {
            "AccountsReceivable": {"Outstanding": "«number»", "Overdue": "«number»"},
            "AccountsPayable": {"Outstanding": 0, "Overdue": 0},
        },
        "ContactGroups": [],
        "ContactPersons": [],
        "SalesTrackingCategories": [],
        "PurchasesTrackingCategories": [],
        "HasAttachments": False,
        "HasValidationErrors": False,
        "UpdatedDateUTC": MS_DATE,
    }
    generator = RecordGenerator("Contacts", count, seed, pattern, values)
    generator.lookups["Name"] = lambda text: index_range(text.removesuffix(" ltd")[-7:], count)
    generator.lookups["ContactNumber"] = lambda text: index_range(text.removeprefix("c-"), count)
    return generator


def item_generator(count: int, seed: int) -> RecordGenerator:
    """Items without stock."""

    def values(index: int) -> tuple[str, ...]:
        bits = hash_bits(seed, index, 4)
        return (
            f"ITEM-{index:07d}",
            f"Article {index}",
            GOODS[bits % len(GOODS)],
            money((bits >> 8) % 40_000 + 100),
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
        "UpdatedDateUTC": MS_DATE,
    }
    generator = RecordGenerator("Items", count, seed, pattern, values)
    generator.lookups["Code"] = lambda text: index_range(text.removeprefix("item-"), count)
    return generator
