"""``xero fleet plan`` and ``settle``: the planner with the state database."""

from __future__ import annotations

from collections.abc import Sequence

from xero_client.store.database import Store
from xero_fleet.planning.planner import plan
from xero_fleet.planning.rules import Plan, Rules
from xero_fleet.registry.batches import Batch, Batches, Due
from xero_fleet.registry.leases import Leases
from xero_fleet.settings import FleetSettings

# The part of the app's minute that is planned; the rest is for what is not planned.
PLANNED_SHARE = 0.95
# A batch that no worker took is given up after so many times of its own length.
UNSTARTED_BATCH_TIMES = 3


def rules_of(settings: FleetSettings) -> Rules:
    """The planner's rules of a fleet."""
    file = settings.file
    return Rules(
        app_minute=PLANNED_SHARE * file.limits.app_minute,
        organisation_minute=file.limits.organisation_minute,
        organisation_day=file.limits.organisation_day,
        batch_organisations=file.batch_organisations,
        batch_seconds=file.batch_time.seconds,
        workers=file.workers,
    )


def planned_now(settings: FleetSettings, store: Store, now: float) -> tuple[Sequence[Batch], Plan]:
    """Plans, and writes the batches. Batches of dead workers are taken back first."""
    settled_now(settings, store, now)
    rules = rules_of(settings)
    pipelines = tuple(settings.pipelines)

    def decide(due: Due) -> Plan:
        return plan(now, due.candidates, due.flights, rules)

    return Batches(store).plan(
        now, decide, settings.fresh_within, rules.organisation_day, pipelines
    )


def preview(settings: FleetSettings, store: Store, now: float) -> Plan:
    """What ``planned_now`` would plan; nothing is written."""
    rules = rules_of(settings)
    due = Batches(store).due(now, settings.fresh_within, rules.organisation_day, settings.pipelines)
    return plan(now, due.candidates, due.flights, rules)


def settled_now(settings: FleetSettings, store: Store, now: float) -> list[str]:
    """Takes back the batches of dead workers, and deletes old results.

    Returns:
        The batches that were taken back.
    """
    file = settings.file
    unstarted = now - UNSTARTED_BATCH_TIMES * file.batch_time.seconds
    lost = Leases(store, file.lease.seconds).expire(now, unstarted)
    Batches(store).remove_old(now - file.keep_results.seconds)
    return lost
