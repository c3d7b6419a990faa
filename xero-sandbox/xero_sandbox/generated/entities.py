"""What generated contacts and items look like."""

from __future__ import annotations

from xero_sandbox.generated.makers import Maker, mixed

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


def numbered(digits: str, count: int) -> range:
    """The one index that a number names, if there is one."""
    if digits.isdigit() and int(digits) < count:
        return range(int(digits), int(digits) + 1)
    return range(0)


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
        "UpdatedDateUTC": MS_DATE,
    }
    maker = Maker("Contacts", count, seed, pattern, values)
    maker.derived["Name"] = lambda text: numbered(text.removesuffix(" ltd")[-7:], count)
    maker.derived["ContactNumber"] = lambda text: numbered(text.removeprefix("c-"), count)
    return maker


def item_maker(count: int, seed: int) -> Maker:
    """Items without stock."""

    def values(index: int) -> tuple[str, ...]:
        bits = mixed(seed, index, 4)
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
    maker = Maker("Items", count, seed, pattern, values)
    maker.derived["Code"] = lambda text: numbered(text.removeprefix("item-"), count)
    return maker
