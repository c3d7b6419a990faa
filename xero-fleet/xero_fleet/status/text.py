"""The status and the forecast as lines of text."""

from __future__ import annotations

from collections.abc import Iterable

from xero_fleet.status.forecast import APP_TIERS, GIB, Forecast
from xero_fleet.status.report import FleetStatus, OrganisationStatus

MINUTE, HOUR, DAY = 60, 3_600, 86_400
TWO_DAYS = 2 * DAY


def duration(seconds: float) -> str:
    """``40 s``, ``12 min``, ``5 h``, ``3 d``."""
    if seconds < 2 * MINUTE:
        return f"{max(seconds, 0):.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.0f} h" if seconds < TWO_DAYS else f"{seconds / DAY:.0f} d"


def status_lines(status: FleetStatus, *, show_all: bool = False) -> Iterable[str]:
    """The counts, what is wrong, and each organisation that is not on time."""
    total = len({each.tenant_id for each in status.organisations})
    counts = ", ".join(f"{number} {state}" for state, number in status.counts.items() if number)
    yield f"{total} organisations: {counts or 'none yet: run `xero fleet sync`'}"
    yield (
        f"Batches: {status.running} running, {status.planned} waiting, "
        f"{status.lost} lost in the last 24 hours"
    )
    if status.problem is not None:
        why, action = status.problem
        yield f"PROBLEM: {why}"
        yield f"  do: {action}"
    for each in status.organisations:
        if show_all or each.state not in ("on time", "first read"):
            yield from _lines_of(each)


def _lines_of(each: OrganisationStatus) -> Iterable[str]:
    data = "no data yet" if each.age is None else f"data of {duration(each.age)} ago"
    is_running = ", a batch has it now" if each.is_running else ""
    yield (
        f"{each.state.upper()} {each.name} ({each.tenant_id}) in {each.pipeline}: "
        f"{each.work_class}, {data}, "
        f"may be {duration(each.fresh_within)} old{is_running}"
    )
    if each.why:
        yield f"  why: {each.why}"
    if each.action:
        yield f"  do: {each.action}"


def forecast_lines(found: Forecast | None) -> Iterable[str]:
    """The forecast, with what it is made of."""
    if found is None:
        yield "There is no forecast yet: it needs an hour of runs after the first reads"
        return
    plan = APP_TIERS[found.tier]
    included = "not limited" if plan.included is None else f"{plan.included:g} GB included"
    yield (
        f"Measured: {found.organisations} organisations in {found.days:.1f} days; "
        f"first reads took {found.backfill_received / GIB:.2f} GiB, once"
    )
    yield f"A month: {found.calls:,.0f} calls, {found.received / GIB:.2f} GiB"
    yield f"Cost: AUD {found.cost:,.2f} without tax (tier {found.tier}, {included})"
    if found.organisations > plan.connections:
        yield f"Tier {found.tier} allows {plan.connections:,} connections only"
