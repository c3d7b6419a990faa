"""The organisations that a sandbox may start with, by name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from xero_sandbox.demo import demo_company, empty_company
from xero_sandbox.organisation import Organisation
from xero_sandbox.regions import REGIONS
from xero_sandbox.writing.currencies import NAMES

_NAMESPACE = uuid.UUID("6f1a8a3e-6a3f-4a53-bb2b-3d2f0d0f7a11")
COMPANIES = f"demo, empty, empty:COUNTRY, empty:COUNTRY:CURRENCY; countries {', '.join(REGIONS)}"


def tenant_id_of(position: int, name: str) -> str:
    """The tenant id of the company at a position of the command line: the same every time."""
    return str(uuid.uuid5(_NAMESPACE, f"{position}/{name}"))


def build_companies(companies: Sequence[str | Organisation]) -> list[Organisation]:
    """Companies by name, or as they are; a name that comes twice gives two organisations.

    Raises:
        ValueError: for a name that ``check_company`` refuses.
    """
    return [
        one if isinstance(one, Organisation) else _build(position, one)
        for position, one in enumerate(companies)
    ]


def check_company(name: str) -> str:
    """The name of a company, if there is one of that name.

    Raises:
        ValueError: there is none.
    """
    kind, _, where = name.partition(":")
    country, _, currency = where.partition(":")
    is_empty = kind == "empty" and (name == kind or country in REGIONS)
    if name != "demo" and not (is_empty and (not currency or currency in NAMES)):
        message = f"unknown company {name!r}: one of {COMPANIES}"
        raise ValueError(message)
    return name


def _build(position: int, name: str) -> Organisation:
    tenant_id = tenant_id_of(position, check_company(name))
    if name == "demo":
        return demo_company(tenant_id)
    country, _, currency = name.removeprefix("empty").removeprefix(":").partition(":")
    title = f"Empty Company {position + 1}"
    return empty_company(tenant_id, title, country or "NZ", currency or None)
