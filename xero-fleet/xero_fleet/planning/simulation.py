"""A day of a fleet in discrete events: the planner, with batches that take time and make calls.

It shows what a plan leads to: calls a minute, calls of an organisation's day, how old data gets.
It makes no call to Xero.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xero_fleet.planning.outlook import RunResult, next_due
from xero_fleet.planning.planner import plan
from xero_fleet.planning.rules import (
    BACKFILL,
    DAY,
    HOT,
    MINUTE,
    Candidate,
    Flight,
    PlannedBatch,
    Rules,
)


@dataclass(frozen=True)
class SimulatedOrganisation:
    """An organisation of the simulation.

    Attributes:
        tenant_id: Its id.
        work_class: Its class at the start; a backfill becomes hot.
        fresh_within: How old its data may be, in seconds.
        calls: The calls of a usual run.
        backfill_calls: The calls of its first whole read.
        received: The bytes of a usual run.
    """

    tenant_id: str
    work_class: str
    fresh_within: float
    calls: float
    backfill_calls: float = 0.0
    received: float = 0.0


@dataclass
class Day:
    """What happened in a simulated time.

    Attributes:
        calls_by_minute: The calls of each minute, counted from the start.
        calls_by_organisation: The most calls of each organisation within one day's window.
        ages: By class, how old the data was just before each run that renewed it, in parts of the
            time that it may be old.
        late_at_end: By class, the organisations whose data is older than it may be at the end.
        runs: The runs by class.
        batches: The number of batches.
        received: The bytes of all runs.
        peak_workers: The most batches at once.
    """

    calls_by_minute: Counter[int] = field(default_factory=Counter)
    calls_by_organisation: dict[str, float] = field(default_factory=dict)
    ages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    late_at_end: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    received: float = 0.0
    peak_workers: int = 0

    def age(self, work_class: str, share: float) -> float:
        """The age that this share of the runs of a class stayed within; 0.0 without runs."""
        ages = sorted(self.ages.get(work_class, ()))
        return ages[min(len(ages) - 1, int(share * len(ages)))] if ages else 0.0


class Simulation:
    """A fleet whose organisations, batches and clock are made up."""

    def __init__(
        self,
        organisations: Iterable[SimulatedOrganisation],
        rules: Rules,
        *,
        plan_every: float = MINUTE,
        seed: int = 1,
    ) -> None:
        """Makes a fleet in its usual state: the runs of the organisations are spread over time.

        Args:
            organisations: The organisations.
            rules: The planner's rules.
            plan_every: The seconds between two plans.
            seed: The same seed gives the same day.
        """
        self._rules = rules
        self._every = plan_every
        self._random = random.Random(seed)  # noqa: S311  # chance, not a secret
        self._known = {each.tenant_id: each for each in organisations}
        self._class = {key: each.work_class for key, each in self._known.items()}
        self._left = {key: each.backfill_calls for key, each in self._known.items()}
        self._fresh: dict[str, float] = {}
        self._window: dict[str, tuple[float, float]] = {}
        self._waiting: list[tuple[float, str]] = []
        for key, each in self._known.items():
            is_backfill = each.work_class == BACKFILL
            began = 0.0 if is_backfill else -self._random.uniform(0, each.fresh_within / 2)
            if not is_backfill:
                self._fresh[key] = began
            result = RunResult(began, began, None, changed=True)
            due = 0.0 if is_backfill else next_due(result, each.fresh_within, 0)
            heapq.heappush(self._waiting, (due, key))
        self._flights: list[tuple[float, float, int, PlannedBatch]] = []
        self._recent: list[tuple[float, Flight]] = []
        self.day = Day()

    def run(self, seconds: float = DAY) -> Day:
        """Lets time pass, and returns what happened."""
        now = 0.0
        while now < seconds:
            self._finish(now)
            self._start(now)
            now += self._every
        for key, fresh in self._fresh.items():
            if seconds - fresh > self._known[key].fresh_within:
                self.day.late_at_end[self._class[key]] += 1
        return self.day

    def _start(self, now: float) -> None:
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting))
        candidates = [self._candidate(due_at, key, now) for due_at, key in due]
        running = [
            Flight(batch.work_class, batch.calls, batch.seconds) for *_, batch in self._flights
        ]
        self._recent = [(began, flight) for began, flight in self._recent if began > now - MINUTE]
        planned = plan(
            now, candidates, [*running, *(flight for _, flight in self._recent)], self._rules
        )
        taken: set[str] = set()
        for number, batch in enumerate(planned.batches):
            taken.update(batch.tenant_ids)
            seconds = batch.seconds * self._random.uniform(0.7, 1.3)
            order = self.day.batches + number
            heapq.heappush(self._flights, (now + seconds, now, order, batch))
            self._make_calls(now, seconds, batch)
        self.day.batches += len(planned.batches)
        self.day.peak_workers = max(self.day.peak_workers, len(self._flights))
        for due_at, key in due:
            if key not in taken:
                heapq.heappush(self._waiting, (due_at, key))

    def _candidate(self, due_at: float, key: str, now: float) -> Candidate:
        known = self._known[key]
        is_backfill = self._class[key] == BACKFILL
        opened, used = self._window.get(key, (now, 0.0))
        return Candidate(
            "warehouse",
            key,
            "login",
            self._class[key],
            due_at,
            known.fresh_within,
            self._left[key] if is_backfill else known.calls,
            used if now < opened + DAY else 0.0,
        )

    def _make_calls(self, now: float, seconds: float, batch: PlannedBatch) -> None:
        for key in batch.tenant_ids:
            calls = min(self._calls_of(key), self._rules.slice_calls)
            opened, used = self._window.get(key, (now, 0.0))
            if now >= opened + DAY:
                opened, used = now, 0.0
            self._window[key] = (opened, used + calls)
            most = self.day.calls_by_organisation.get(key, 0.0)
            self.day.calls_by_organisation[key] = max(most, used + calls)
            for _ in range(round(calls)):
                moment = now + self._random.uniform(0, seconds)
                self.day.calls_by_minute[int(moment // MINUTE)] += 1

    def _calls_of(self, key: str) -> float:
        return self._left[key] if self._class[key] == BACKFILL else self._known[key].calls

    def _finish(self, now: float) -> None:
        while self._flights and self._flights[0][0] <= now:
            ended, began, _, batch = heapq.heappop(self._flights)
            if began > now - MINUTE:
                flight = Flight(batch.work_class, batch.calls, batch.seconds, is_over=True)
                self._recent.append((began, flight))
            self._end_runs(ended, began, batch.tenant_ids)

    def _end_runs(self, ended: float, began: float, keys: Sequence[str]) -> None:
        for key in keys:
            known, work_class = self._known[key], self._class[key]
            self.day.runs[work_class] += 1
            error = None
            if work_class == BACKFILL:
                calls = min(self._left[key], self._rules.slice_calls)
                self._left[key] -= calls
                self.day.received += known.received * calls / max(known.calls, 1.0)
                if self._left[key] > 0:
                    error = "unfinished"
                else:
                    self._class[key] = HOT
            else:
                self.day.received += known.received
            if error is None:
                if key in self._fresh:
                    age = (ended - self._fresh[key]) / known.fresh_within
                    self.day.ages[work_class].append(age)
                self._fresh[key] = began
            result = RunResult(began, ended, error, changed=True)
            heapq.heappush(self._waiting, (next_due(result, known.fresh_within, 0), key))
