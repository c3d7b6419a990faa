"""The organisations that a sandbox may start with, by name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timezone

from xero_sandbox.organisation import Organisation

_NAMESPACE = uuid.UUID("6f1a8a3e-6a3f-4a53-bb2b-3d2f0d0f7a11")
COMPANIES = ("demo", "empty")


def tenant_id_of(position: int, name: str) -> str:
    """The tenant id of the company at a position of the command line: the same every time."""
    return str(uuid.uuid5(_NAMESPACE, f"{position}/{name}"))


def build_companies(companies: Sequence[str | Organisation]) -> list[Organisation]:
    """Companies by name, or as they are; a name that comes twice gives two organisations.

    Raises:
        ValueError: for a name that is none of ``COMPANIES``.
    """
    return [
        one if isinstance(one, Organisation) else _build(position, one)
        for position, one in enumerate(companies)
    ]


def _build(position: int, name: str) -> Organisation:
    if name not in COMPANIES:
        message = f"unknown company {name!r}: one of {', '.join(COMPANIES)}"
        raise ValueError(message)
    tenant_id = tenant_id_of(position, name)
    return _small_company(tenant_id, f"{name.capitalize()} Company {position + 1}")


def _small_company(tenant_id: str, name: str) -> Organisation:
    organisation = Organisation(tenant_id, name)
    now = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
    for code, title, kind, account_class in (
        ("090", "Business Bank Account", "BANK", "ASSET"),
        ("200", "Sales", "REVENUE", "REVENUE"),
        ("400", "Advertising", "EXPENSE", "EXPENSE"),
    ):
        account_id = str(uuid.uuid5(uuid.UUID(tenant_id), code))
        organisation.collections["Accounts"][account_id] = {
            "AccountID": account_id,
            "Code": code,
            "Name": title,
            "Type": kind,
            "Class": account_class,
            "Status": "ACTIVE",
            "TaxType": "NONE",
            "EnablePaymentsToAccount": False,
            "HasAttachments": False,
            "UpdatedDateUTC": now,
        }
    organisation.collections["Currencies"]["NZD"] = {"Code": "NZD", "Description": "NZ Dollar"}
    return organisation
