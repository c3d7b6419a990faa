"""``--generate invoices=200000,contacts=5000``: an organisation of that size."""

from __future__ import annotations

from collections.abc import Mapping

from xero_sandbox.generated.collection import GeneratedCollection
from xero_sandbox.generated.contacts_and_items import contact_generator, item_generator
from xero_sandbox.generated.documents import (
    REGION_CATEGORY,
    ReferencedRecords,
    bank_transaction_generator,
    invoice_generator,
    unpaid_cents,
)
from xero_sandbox.model.organisation import Organisation

GENERATED = ("bank_transactions", "contacts", "invoices", "items")
_DOCUMENTS_PER_CONTACT = 40


def parse_sizes(text: str) -> dict[str, int]:
    """Parses the sizes of the command line.

    Raises:
        ValueError: For another entity, or a size that is not a whole number.
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
    """Adds generated records to an organisation; there are always contacts for the documents.

    Args:
        organisation: A new organisation of ``empty_company``.
        sizes: The number of records by entity, of those in ``GENERATED``.
        seed: The same seed gives the same records.
    """
    documents = sizes.get("invoices", 0) + sizes.get("bank_transactions", 0)
    count = sizes.get("contacts") or documents // _DOCUMENTS_PER_CONTACT + 1
    invoices = sizes.get("invoices", 0)

    def outstanding_cents(contact: int) -> int:
        return sum(unpaid_cents(seed, index) for index in range(contact, invoices, count))

    contacts = contact_generator(count, seed, outstanding_cents)
    generators = [contacts]
    referenced = _referenced_records(organisation)
    if "invoices" in sizes:
        generators.append(invoice_generator(sizes["invoices"], seed, contacts, referenced))
    if "bank_transactions" in sizes:
        generators.append(
            bank_transaction_generator(sizes["bank_transactions"], seed, contacts, referenced)
        )
    if "items" in sizes:
        generators.append(item_generator(sizes["items"], seed))
    organisation.collections["TrackingCategories"][REGION_CATEGORY["TrackingCategoryID"]] = dict(
        REGION_CATEGORY
    )
    for generator in generators:
        organisation.collections[generator.entity] = GeneratedCollection(generator)
    return organisation


def _referenced_records(organisation: Organisation) -> ReferencedRecords:
    accounts = organisation.collections["Accounts"].values()
    return ReferencedRecords(
        sales_account=next(account for account in accounts if account.get("Code") == "200"),
        bank_account=next(account for account in accounts if account["Type"] == "BANK"),
        branding_theme_id=next(iter(organisation.collections["BrandingThemes"])),
    )
