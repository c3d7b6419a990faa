"""What a month of a fleet receives and costs, from what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from xero_client.store.database import Store
from xero_fleet.planning.rules import BACKFILL, DAY
from xero_fleet.registry.database import reading
from xero_fleet.registry.tables import results

MONTH_DAYS = 30.4
GIB = 1024.0**3
# A shorter measurement says little of a month.
SHORTEST_SECONDS = 3_600.0


@dataclass(frozen=True)
class AppTier:
    """One tier of Xero's price list (xero-facts.md: Pricing and egress).

    Attributes:
        price: AUD a month, without tax.
        included: The egress in GB that is included; None if it is not limited.
        connections: The connections that the tier allows.
    """

    price: float
    included: float | None
    connections: int


APP_TIERS: Mapping[str, AppTier] = {
    "starter": AppTier(0, None, 5),
    "core": AppTier(35, 10, 50),
    "plus": AppTier(245, 50, 1_000),
    "advanced": AppTier(1_445, 250, 10_000),
}
OVERAGE = 2.40  # AUD for each GB


@dataclass(frozen=True)
class Forecast:
    """A month of usual runs.

    Attributes:
        days: The days that were measured.
        organisations: The organisations that were measured.
        calls: The calls of a month.
        received: The bytes of a month.
        backfill_received: The bytes of the first reads, which come once; not in ``received``.
        tier: The tier of the app.
        cost: AUD of the month, without tax.
    """

    days: float
    organisations: int
    calls: float
    received: float
    backfill_received: float
    tier: str
    cost: float


def month_cost(tier: str, received: float) -> float:
    """What a month costs in AUD, without tax.

    Whether egress counts before or after compression is not documented; ``received`` is what came
    over the wire (xero-facts.md: Pricing and egress).
    """
    plan = APP_TIERS[tier]
    over = 0.0 if plan.included is None else max(0.0, received / GIB - plan.included)
    return plan.price + over * OVERAGE


def forecast(store: Store, tier: str, now: float, days: float = 7.0) -> Forecast | None:
    """The forecast from the runs of the last days; None if they are too few to tell."""
    since = now - days * DAY
    backfill = results.c.work_class == BACKFILL
    with reading(store) as connection:
        row = connection.execute(
            select(
                func.min(results.c.began_at).filter(~backfill).label("first"),
                func.count(func.distinct(results.c.tenant_id)).label("organisations"),
                func.sum(results.c.calls).filter(~backfill).label("calls"),
                func.sum(results.c.received).filter(~backfill).label("received"),
                func.sum(results.c.received).filter(backfill).label("first_reads"),
            ).where(results.c.ended_at > since)
        ).one()
    if row.first is None or now - row.first < SHORTEST_SECONDS:
        return None
    measured = (now - row.first) / DAY
    received = float(row.received or 0) / measured * MONTH_DAYS
    return Forecast(
        days=measured,
        organisations=int(row.organisations),
        calls=float(row.calls or 0) / measured * MONTH_DAYS,
        received=received,
        backfill_received=float(row.first_reads or 0),
        tier=tier,
        cost=month_cost(tier, received),
    )
