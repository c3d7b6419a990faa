"""Reading two organisations and comparing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from target_xero.books.reports import SCOPES, amounts_of, month_ends, wanted_reports
from target_xero.verify.comparison import (
    Verdict,
    compared_counts,
    compared_documents,
    compared_report,
)
from target_xero.verify.inventory import COMPARED, Inventory, inventory_of
from xero_client.auth.tenants import Tenant, chosen_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.connection import connection_settings
from xero_client.entities.table import BY_NAME, read_scopes
from xero_client.errors import SettingsError
from xero_client.http.transport import Transport

NEEDED_SCOPES = (*read_scopes(tuple(BY_NAME[name] for name in COMPARED)), *SCOPES)


@dataclass(frozen=True)
class Period:
    """When reports are compared.

    Attributes:
        first: The first month; None for that of the earliest document.
        last: The last month; None for that of the latest document.
        days: Just these days instead of month ends.
    """

    first: date | None = None
    last: date | None = None
    days: tuple[date, ...] = ()


@dataclass(frozen=True)
class Side:
    """One of the two organisations."""

    tenant: Tenant
    transport: Transport = field(repr=False)


def connected(config: Mapping[str, Any], user_agent: str) -> Side:
    """Connects to the organisation of a configuration.

    Raises:
        XeroError: It cannot be reached.
    """
    settings = connection_settings(config, user_agent=user_agent)
    tokens = token_source(settings, needed_scopes=NEEDED_SCOPES)
    [tenant] = chosen_tenants(settings, tokens)
    return Side(tenant, transport_for(settings, tokens, tenant))


def verify(
    source: Side,
    target: Side,
    period: Period,
    *,
    removed: bool = False,
    progress: Callable[[str], None] = lambda _text: None,
) -> Verdict:
    """Reads and compares.

    Args:
        source: The organisation that was copied.
        target: The copy.
        period: When reports are compared.
        removed: Whether deleted, voided and archived records count for the verdict.
        progress: Is told what is being done.

    Raises:
        XeroError: Something cannot be read.
        SettingsError: Both are the same organisation, or there is nothing to compare.
    """
    if source.tenant.tenant_id == target.tenant.tenant_id:
        message = f"Source and target are the same organisation: {source.tenant}"
        raise SettingsError(message)
    inventories: list[Inventory] = []
    for side in (source, target):
        progress(f"Reading {side.tenant}")
        inventories.append(inventory_of(side.transport, *inventories))
    first, last = _span(period, inventories)
    dates = period.days or tuple(month_ends(first, last))
    left, right = inventories
    mismatches = compared_documents(left, right, removed=removed)
    reports = []
    for wanted in wanted_reports(dates, min(first, *dates)):
        progress(wanted.title)
        amounts = [
            amounts_of(side.transport, wanted, inventory.chart)
            for side, inventory in zip((source, target), inventories, strict=True)
        ]
        charts = (left.chart, right.chart)
        reports.append(compared_report(wanted, amounts[0], amounts[1], charts, mismatches))
    return Verdict(
        str(source.tenant),
        str(target.tenant),
        compared_counts(left, right, removed=removed),
        mismatches,
        tuple(reports),
        tuple(dates),
    )


def _span(period: Period, inventories: Iterable[Inventory]) -> tuple[date, date]:
    """The first and the last day that is covered.

    Raises:
        SettingsError: Neither organisation has a document, and no date was named.
    """
    days = [day for inventory in inventories for day in inventory.days()]
    days += [*period.days]
    first = period.first or (min(days) if days else None)
    last = period.last or (max(days) if days else None)
    if first is None or last is None or first > last:
        message = "There is nothing to compare at any date: name dates with --date, or --from, --to"
        raise SettingsError(message)
    return first, last
