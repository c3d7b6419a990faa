"""The organisations that a sandbox may start with, by name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from xero_sandbox.demo import demo_company, empty_company
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
    tenant_id = tenant_id_of(position, name)
    if name == "demo":
        return demo_company(tenant_id)
    if name == "empty":
        return empty_company(tenant_id, f"Empty Company {position + 1}")
    message = f"unknown company {name!r}: one of {', '.join(COMPANIES)}"
    raise ValueError(message)
