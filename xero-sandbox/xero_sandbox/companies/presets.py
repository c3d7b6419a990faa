"""The organisations that a sandbox can start with, by name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timezone

from xero_sandbox.companies import bakery, chart
from xero_sandbox.model.organisation import Organisation
from xero_sandbox.model.regions import REGIONS
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.settings.currencies import NAMES

CREATED = datetime(2024, 3, 4, 20, 15, tzinfo=timezone.utc)
_NAMESPACE = uuid.UUID("6f1a8a3e-6a3f-4a53-bb2b-3d2f0d0f7a11")
COMPANY_NAMES = (
    f"demo, empty, empty:COUNTRY, empty:COUNTRY:CURRENCY; countries {', '.join(REGIONS)}"
)


def tenant_id_of(position: int, name: str) -> str:
    """The tenant id of the company at a position of the list; it is always the same."""
    return str(uuid.uuid5(_NAMESPACE, f"{position}/{name}"))


def build_companies(companies: Sequence[str | Organisation]) -> list[Organisation]:
    """The organisations of a list of names and organisations.

    A name that is there twice gives two organisations.

    Raises:
        ValueError: For a name that ``check_company`` refuses.
    """
    return [
        company if isinstance(company, Organisation) else _build(position, company)
        for position, company in enumerate(companies)
    ]


def check_company(name: str) -> str:
    """Checks and returns the name of a company.

    Raises:
        ValueError: If the company does not exist.
    """
    kind, _, options = name.partition(":")
    country, _, currency = options.partition(":")
    is_empty = kind == "empty" and (name == kind or country in REGIONS)
    if name != "demo" and not (is_empty and (not currency or currency in NAMES)):
        message = f"unknown company {name!r}: one of {COMPANY_NAMES}"
        raise ValueError(message)
    return name


def _build(position: int, name: str) -> Organisation:
    tenant_id = tenant_id_of(position, check_company(name))
    if name == "demo":
        return demo_company(tenant_id)
    country, _, currency = name.removeprefix("empty").removeprefix(":").partition(":")
    title = f"Empty Company {position + 1}"
    return empty_company(tenant_id, title, country or "NZ", currency or None)


def empty_company(
    tenant_id: str,
    name: str = "Fresh Start Limited",
    country: str = "NZ",
    base_currency: str | None = None,
) -> Organisation:
    """A new organisation, as Xero creates it: chart of accounts, tax rates, a bank account.

    Args:
        tenant_id: Its id.
        name: Its name.
        country: One of ``REGIONS``.
        base_currency: None for the country's currency.
    """
    region = REGIONS[country]
    organisation = Organisation(
        tenant_id=tenant_id,
        name=name,
        base_currency=base_currency or region.currency,
        country_code=country,
        timezone=region.timezone,
        created=CREATED,
        payment_terms={
            "Bills": {"Day": 20, "Type": "OFFOLLOWINGMONTH"},
            "Sales": {"Day": 14, "Type": "DAYSAFTERBILLDATE"},
        },
    )
    chart.create_defaults(Transaction(organisation, CREATED, "System Generated"))
    return organisation


def demo_company(tenant_id: str) -> Organisation:
    """A small wholesale bakery; its records are always the same."""
    organisation = empty_company(tenant_id, "Harbour Lane Bakery")
    organisation.is_demo_company = True
    bakery.fill(organisation)
    return organisation
