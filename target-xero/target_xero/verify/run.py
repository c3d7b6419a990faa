"""Reads two organisations and compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from target_xero.books.organisation import BOOK_ENTITIES, Books
from target_xero.books.reports import FinancialYearEnd, ReportRequest, month_ends, report_requests
from target_xero.verify.comparison import Comparison, Making, Party, compare_counts
from target_xero.verify.figures import compare_report, general_causes
from target_xero.verify.inventory import Inventory, read_inventory
from target_xero.verify.records import compare_records
from xero_client.entities.table import BY_NAME
from xero_client.errors import SettingsError

# Accounts, tax rates and currencies of all records are described by them.
_NEEDED = ("Organisations", "Accounts", "TaxRates")


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
    source: Books,
    target: Books,
    period: Period,
    making: Making,
    *,
    removed: bool = False,
    on_progress: Callable[[str], None] = lambda _text: None,
) -> Comparison:
    """Reads two organisations and compares them.

    Args:
        source: The organisation that was copied.
        target: The copy.
        period: The dates at which reports are compared.
        making: Who compares them, when, and with what.
        removed: Whether differences in deleted, voided and archived records count.
        on_progress: Called with a line for each thing that is read.

    Raises:
        XeroError: Something cannot be read.
        SettingsError: Both are the same organisation, or neither has anything to compare.
    """
    if source.tenant.tenant_id == target.tenant.tenant_id and source.origin == target.origin:
        message = f"Source and target are the same organisation: {source.tenant}"
        raise SettingsError(message)
    not_held = _not_held(source)
    entities = [entity for entity in BOOK_ENTITIES if source.holds(entity)]
    inventories: list[Inventory] = []
    for books in (source, target):
        on_progress(f"Reading {books.tenant}")
        inventories.append(read_inventory(books, entities, *inventories))
    left, right = inventories
    first, last = _first_and_last_day(period, inventories)
    dates = period.days or tuple(month_ends(first, last))
    mismatches = compare_records(left, right, removed=removed)
    reports, not_compared = [], []
    year_end = FinancialYearEnd.of(left.organisation)
    requests = report_requests(dates, min(first, *dates), year_end) if source.has_reports else []
    for number, request in enumerate(requests, start=1):
        on_progress(f"{request.title} ({number} of {len(requests)})")
        amounts = [
            books.amounts(request, inventory.chart)
            for books, inventory in zip((source, target), inventories, strict=True)
        ]
        ours, theirs = amounts
        if ours is None or theirs is None:
            not_compared.append(_not_compared(request, source if ours is None else target))
            continue
        charts = (left.chart, right.chart)
        reports.append(compare_report(request, ours, theirs, charts, mismatches))
    if requests and not reports:
        message = (
            f"{source.origin} does not have any trial balance from {dates[0]} to {dates[-1]}: "
            "choose other dates, or back up with reports.from in the settings of tap-xero"
        )
        raise SettingsError(message)
    parties = [_party(*each) for each in zip((source, target), inventories, strict=True)]
    causes: Iterable[str] = ()
    if any(m.judged for m in mismatches) or any(report.differences for report in reports):
        causes = general_causes(parties[0], parties[1], mismatches, reports)
    return Comparison(
        parties[0],
        parties[1],
        making,
        compare_counts(left, right, mismatches),
        mismatches,
        tuple(reports),
        tuple(dates),
        tuple(not_compared),
        tuple(causes),
        tuple(not_held),
    )


def _not_held(source: Books) -> list[str]:
    """What of the source is not known and is not compared, each with the reason.

    Raises:
        SettingsError: Nothing can be compared without it.
    """
    missing = [name for name in _NEEDED if not source.holds(name)]
    if missing:
        streams = ", ".join(BY_NAME[name].stream for name in missing)
        message = f"{source.origin} does not have {streams}, which every comparison needs: "
        raise SettingsError(message + "back up again with these streams of tap-xero selected")
    found = [
        f"{entity}: {source.origin} does not have them: select the stream {BY_NAME[entity].stream}"
        for entity in BOOK_ENTITIES
        if not source.holds(entity)
    ]
    if not source.has_reports:
        found.append(
            f"the balance of any account: {source.origin} does not have trial balances: back up "
            'with the setting reports {"streams": ["trial_balances"], "from": "YEAR-MONTH"} of '
            "tap-xero"
        )
    return found


def _not_compared(request: ReportRequest, books: Books) -> str:
    why = f"{books.origin} does not have it"
    if request.name != "TrialBalance":
        why += "; its accounts are in the trial balance of that day"
    return f"{request.title}: {why}"


def _party(books: Books, inventory: Inventory) -> Party:
    organisation = inventory.organisation
    return Party(
        str(books.tenant),
        books.origin,
        str(organisation.get("CountryCode") or ""),
        str(organisation.get("BaseCurrency") or ""),
        str(FinancialYearEnd.of(organisation)),
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
            "Neither organisation has a document, so the dates are not known: choose them with "
            "--date, or with --from and --to"
        )
        raise SettingsError(message)
    return first, last
