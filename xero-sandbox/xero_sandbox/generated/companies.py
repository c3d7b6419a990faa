"""``--generate invoices=200000,contacts=5000``: an organisation of that size."""

from __future__ import annotations

from collections.abc import Mapping

from xero_sandbox.generated.collection import GeneratedCollection
from xero_sandbox.generated.documents import (
    REGIONS,
    Surroundings,
    bank_transaction_maker,
    invoice_maker,
)
from xero_sandbox.generated.entities import contact_maker, item_maker
from xero_sandbox.organisation import Organisation

GENERATED = ("bank_transactions", "contacts", "invoices", "items")
_INVOICES_OF_A_CONTACT = 40


def parse_sizes(text: str) -> dict[str, int]:
    """Sizes as the command line gives them.

    Raises:
        ValueError: for another entity, or a size that is no whole number.
    """
    sizes: dict[str, int] = {}
    for part in text.split(","):
        name, _, size = part.strip().partition("=")
        if name not in GENERATED or not size.strip().isdigit():
            message = f"{part!r}: expected ENTITY=COUNT, with one of {', '.join(GENERATED)}"
            raise ValueError(message)
        sizes[name] = int(size)
    return sizes


def fill(organisation: Organisation, sizes: Mapping[str, int], seed: int = 1) -> Organisation:
    """Gives an organisation generated records; invoices and so on always have contacts.

    Args:
        organisation: an organisation as ``empty_company`` makes it.
        sizes: records by entity, out of ``GENERATED``.
        seed: the same seed gives the same records.
    """
    documents = sizes.get("invoices", 0) + sizes.get("bank_transactions", 0)
    contacts = contact_maker(sizes.get("contacts") or documents // _INVOICES_OF_A_CONTACT + 1, seed)
    makers = [contacts]
    around = _surroundings(organisation)
    if "invoices" in sizes:
        makers.append(invoice_maker(sizes["invoices"], seed, contacts, around))
    if "bank_transactions" in sizes:
        makers.append(bank_transaction_maker(sizes["bank_transactions"], seed, contacts, around))
    if "items" in sizes:
        makers.append(item_maker(sizes["items"], seed))
    organisation.collections["TrackingCategories"][REGIONS["TrackingCategoryID"]] = dict(REGIONS)
    for maker in makers:
        organisation.collections[maker.entity] = GeneratedCollection(maker)
    return organisation


def _surroundings(organisation: Organisation) -> Surroundings:
    accounts = organisation.collections["Accounts"].values()
    return Surroundings(
        sales_account=next(one for one in accounts if one.get("Code") == "200"),
        bank_account=next(one for one in accounts if one["Type"] == "BANK"),
        branding_theme_id=next(iter(organisation.collections["BrandingThemes"])),
    )
