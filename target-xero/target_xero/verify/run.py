"""Reads two organisations and compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from target_xero.books.organisation import ReadOrganisation
from target_xero.books.reports import month_ends, read_amounts, report_requests
from target_xero.verify.comparison import (
    Comparison,
    compare_counts,
    compare_records,
    compare_report,
)
from target_xero.verify.inventory import Inventory, read_inventory
from xero_client.errors import SettingsError


@dataclass(frozen=True)
class Period:
    """The dates at which reports are compared.

    Attributes:
        first: The first month; None for that of the earliest document.
        last: The last month; None for that of the latest document.
        days: These days instead of month ends.
    """

    first: date | None = None
    last: date | None = None
    days: tuple[date, ...] = ()


def compare_organisations(
    source: ReadOrganisation,
    target: ReadOrganisation,
    period: Period,
    *,
    removed: bool = False,
    on_progress: Callable[[str], None] = lambda _text: None,
) -> Comparison:
    """Reads two organisations and compares them.

    Args:
        source: The organisation that was copied.
        target: The copy.
        period: The dates at which reports are compared.
        removed: Whether differences in deleted, voided and archived records count.
        on_progress: Called with a line for each thing that is read.

    Raises:
        XeroError: Something cannot be read.
        SettingsError: Both are the same organisation, or there is nothing to compare.
    """
    if source.tenant.tenant_id == target.tenant.tenant_id:
        message = f"Source and target are the same organisation: {source.tenant}"
        raise SettingsError(message)
    inventories: list[Inventory] = []
    for organisation in (source, target):
        on_progress(f"Reading {organisation.tenant}")
        inventories.append(read_inventory(organisation.transport, *inventories))
    first, last = _first_and_last_day(period, inventories)
    dates = period.days or tuple(month_ends(first, last))
    left, right = inventories
    mismatches = compare_records(left, right, removed=removed)
    reports = []
    for request in report_requests(dates, min(first, *dates)):
        on_progress(request.title)
        amounts = [
            read_amounts(organisation.transport, request, inventory.chart)
            for organisation, inventory in zip((source, target), inventories, strict=True)
        ]
        charts = (left.chart, right.chart)
        reports.append(compare_report(request, amounts[0], amounts[1], charts, mismatches))
    return Comparison(
        str(source.tenant),
        str(target.tenant),
        compare_counts(left, right, removed=removed),
        mismatches,
        tuple(reports),
        tuple(dates),
    )


def _first_and_last_day(period: Period, inventories: Iterable[Inventory]) -> tuple[date, date]:
    """The first and the last day to compare.

    Raises:
        SettingsError: Neither organisation has a document, and no date is given.
    """
    days = [day for inventory in inventories for day in inventory.days()]
    days += [*period.days]
    first = period.first or (min(days) if days else None)
    last = period.last or (max(days) if days else None)
    if first is None or last is None or first > last:
        message = (
            "There is no document to compare at any date: choose dates with --date, or with "
            "--from and --to"
        )
        raise SettingsError(message)
    return first, last
