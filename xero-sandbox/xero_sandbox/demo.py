"""The companies of the sandbox: a demo company with twenty months of trade, and an empty one."""

from __future__ import annotations

from datetime import datetime, timezone

from xero_sandbox.companies import bakery, chart
from xero_sandbox.organisation import Organisation
from xero_sandbox.regions import REGIONS
from xero_sandbox.transaction import Transaction

CREATED = datetime(2024, 3, 4, 20, 15, tzinfo=timezone.utc)


def empty_company(
    tenant_id: str,
    name: str = "Fresh Start Limited",
    country: str = "NZ",
    base_currency: str | None = None,
) -> Organisation:
    """An organisation as Xero hands it over: chart of accounts, tax rates, a bank account.

    Args:
        tenant_id: Its id.
        name: Its name.
        country: One of ``REGIONS``.
        base_currency: None for the country's own.
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
    chart.lay_out(Transaction(organisation, CREATED, "System Generated"))
    return organisation


def demo_company(tenant_id: str) -> Organisation:
    """A small wholesale bakery's books, the same every time."""
    organisation = empty_company(tenant_id, "Harbour Lane Bakery")
    organisation.is_demo_company = True
    bakery.keep_books(organisation)
    return organisation
