"""The planner: fills batches with the organisations that are latest, within the limits.

Lateness counts in parts of the time that the data may be old. So an organisation of a slow class
overtakes those of a fast class at some time, and no class starves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from xero_fleet.planning.rules import (
    BACKFILL,
    MINUTE,
    PUBLISH,
    Candidate,
    Flight,
    Plan,
    PlannedBatch,
    Rules,
)


def plan(
    now: float, candidates: Iterable[Candidate], flights: Iterable[Flight], rules: Rules
) -> Plan:
    """The batches to start now.

    Args:
        now: The time, in the unit of ``Candidate.due_at``.
        candidates: The organisations that nobody works on; those that are not due are left out.
        flights: The batches in flight.
        rules: The limits.
    """
    budget = _Budget.of(flights, rules)
    due = [candidate for candidate in candidates if candidate.due_at <= now]
    due.sort(
        key=lambda candidate: (-candidate.lateness(now), candidate.tenant_id, candidate.pipeline)
    )
    open_batches: dict[tuple[str, str, bool, bool], _Batch] = {}
    batches: list[_Batch] = []
    held: dict[tuple[str, str], str] = {}
    for candidate in due:
        if candidate.day_used + _slice(candidate, rules) > rules.day_limit(candidate.work_class):
            held[candidate.pipeline, candidate.tenant_id] = "organisation day"
            continue
        is_backfill = candidate.work_class == BACKFILL
        key = (candidate.pipeline, candidate.grant, is_backfill, candidate.work_class == PUBLISH)
        batch = open_batches.get(key)
        added = batch.with_added(candidate, rules) if batch is not None else None
        if batch is None or not added or not added.fits(rules):
            batch = None
            added = _Batch(candidate.work_class).with_added(candidate, rules)
        refused = budget.refusal(added, batch)
        if refused is not None:
            held[candidate.pipeline, candidate.tenant_id] = refused
            continue
        budget.replace(batch, added)
        if batch is None:
            batches.append(added)
        else:
            batches[batches.index(batch)] = added
        open_batches[key] = added
    return Plan(tuple(batch.planned() for batch in batches), held)


def _slice(candidate: Candidate, rules: Rules) -> float:
    """The calls that a run can make in the time of a batch."""
    return min(candidate.calls, rules.slice_calls)


@dataclass(frozen=True, eq=False)
class _Batch:
    """A batch that is being filled."""

    work_class: str
    members: tuple[Candidate, ...] = ()
    calls: float = 0.0
    longest: float = 0.0
    seconds: float = 0.0

    def with_added(self, candidate: Candidate, rules: Rules) -> _Batch:
        calls = self.calls + _slice(candidate, rules)
        longest = max(self.longest, _slice(candidate, rules))
        # An organisation takes 60 calls at once, and then has to wait for its next minute.
        waits = max(0.0, longest - rules.organisation_minute) / rules.organisation_minute * MINUTE
        seconds = rules.start_seconds + max(calls * rules.call_seconds, waits)
        return _Batch(self.work_class, (*self.members, candidate), calls, longest, seconds)

    def fits(self, rules: Rules) -> bool:
        return (
            len(self.members) <= rules.batch_organisations and self.seconds <= rules.batch_seconds
        )

    @property
    def rate(self) -> float:
        return Flight(self.work_class, self.calls, self.seconds).rate

    def planned(self) -> PlannedBatch:
        first = self.members[0]
        tenant_ids = tuple(member.tenant_id for member in self.members)
        return PlannedBatch(
            first.pipeline, first.grant, self.work_class, tenant_ids, self.calls, self.seconds
        )


@dataclass
class _Budget:
    """The calls a minute and the workers that are taken."""

    rules: Rules
    workers: int = 0
    rates: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, flights: Iterable[Flight], rules: Rules) -> _Budget:
        budget = cls(rules)
        for flight in flights:
            budget.rates[flight.work_class] += flight.rate  # type: ignore[assignment]  # a Counter of floats
            budget.workers += not flight.is_over
        return budget

    def refusal(self, added: _Batch, replaced: _Batch | None) -> str | None:
        """Why a batch cannot be part of the plan; None if it can."""
        if replaced is None and self.workers >= self.rules.workers:
            return "workers"
        more = added.rate - (replaced.rate if replaced is not None else 0.0)
        reading = sum(rate for name, rate in self.rates.items() if name != PUBLISH)
        taken = sum(self.rates.values())
        if added.work_class == BACKFILL:
            limit = self.rules.backfill_share * self.rules.app_minute
            if self.rates[BACKFILL] + more > limit:
                return "backfill share"
        if added.work_class != PUBLISH and reading + more > self.rules.minute_limit(
            added.work_class
        ):
            return "app minute"
        return "app minute" if taken + more > self.rules.app_minute else None

    def replace(self, replaced: _Batch | None, added: _Batch) -> None:
        self.workers += replaced is None
        more = added.rate - (replaced.rate if replaced is not None else 0.0)
        self.rates[added.work_class] += more  # type: ignore[assignment]  # a Counter of floats
