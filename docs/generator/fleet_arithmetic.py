"""The page on the arithmetic of a fleet: two simulated days of the planner, and what they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from xero_client.entities.read_spec import Paging
from xero_client.entities.table import BY_STREAM
from xero_fleet.planning.outlook import RESERVE_SECONDS, RunResult, next_due
from xero_fleet.planning.rules import BACKFILL, COLD, DAY, HOT, MINUTE, Rules
from xero_fleet.planning.simulation import Day, SimulatedOrganisation, Simulation
from xero_fleet.status.forecast import APP_TIERS, GIB, MONTH_DAYS, OVERAGE, month_cost

# What a run of one organisation takes: a call for each default stream, and one more for a list
# whose pages do not say how many there are.
CALLS = sum(
    1 + (entity.reading.paging is Paging.PAGE_ONLY)
    for entity in BY_STREAM.values()
    if entity.reading.selected_by_default
)
HOT_BYTES = 20_000
COLD_BYTES = 6_000
BACKFILL_CALLS = 500
# Seconds of the processor, measured with `xero fleet run`, target-jsonl and empty organisations: a
# batch of one organisation took 3.4 s, and one of nineteen 7.5 s.
BATCH_PROCESSOR = 3.2
RUN_PROCESSOR = 0.23
PROCESSORS = 2
HOUR = 3_600.0


@dataclass(frozen=True)
class Scenario:
    """A fleet whose day is simulated.

    Attributes:
        hot: Organisations whose records change.
        hot_within: How old their data may be, in seconds.
        cold: Organisations without changes.
        first_reads: New organisations.
    """

    name: str
    hot: int
    hot_within: float
    cold: int
    first_reads: int
    workers: int

    @property
    def number(self) -> int:
        """The number of organisations."""
        return self.hot + self.cold + self.first_reads

    def organisations(self) -> list[SimulatedOrganisation]:
        """The organisations."""
        hot = SimulatedOrganisation("", HOT, self.hot_within, CALLS, received=HOT_BYTES)
        cold = SimulatedOrganisation("", COLD, DAY, CALLS, received=COLD_BYTES)
        new = replace(hot, work_class=BACKFILL, backfill_calls=BACKFILL_CALLS)
        kinds = [hot] * self.hot + [cold] * self.cold + [new] * self.first_reads
        return [
            replace(kind, tenant_id=f"{number:05}-{kind.work_class}")
            for number, kind in enumerate(kinds)
        ]


SCENARIOS = (
    Scenario("10,000 organisations", 1_000, HOUR, 8_900, 100, 40),
    Scenario("1,000 organisations", 1_000, HOUR / 2, 0, 0, 40),
)


def page() -> str:
    """The page."""
    days = [
        (scenario, Simulation(scenario.organisations(), Rules(workers=scenario.workers)).run())
        for scenario in SCENARIOS
    ]
    parts = [_scenario_text(scenario, day) for scenario, day in days]
    rules = Rules()
    runs = int(rules.day_limit(HOT) / CALLS)
    return f"""# The arithmetic of a fleet

`make reference` makes this page with the planner itself. It simulates a day of batches, calls and limits, minute by minute.
These are the assumptions:

- A run of an organisation takes {CALLS} calls: one for each default stream, and a second one for lists that Xero does not
  count. It receives {HOT_BYTES:,} bytes if there were changes, else {COLD_BYTES:,}.
- A first read takes {BACKFILL_CALLS} calls.
- A call takes {rules.call_seconds:g} s.

`xero fleet status --all` and `xero fleet forecast` show your own numbers.

{"".join(parts)}
## Formulas

- Runs a day of one organisation = {DAY:,.0f} / max(S / 2, S - {RESERVE_SECONDS:.0f}), if its data may be S seconds old. A run is due that
  long after the start of the last one. So {RESERVE_SECONDS / MINUTE:.0f} minutes are left for the queue and the batch.
- Calls a day of one organisation = runs x calls of a run. They must stay below {rules.day_share:.0%} of
  {rules.organisation_day:,.0f} (of 1,000 on the Starter tier). With {CALLS} calls a run, that allows
  {runs} runs a day. So data can be {freshest(runs):.0f} minutes old, but not as new as {freshest(runs) - 5:.0f} minutes.
- Calls a minute of the app = sum of all runs, planned up to {rules.app_minute:,.0f} of 10,000; reading up to
  {1 - rules.publish_share:.0%} of that, first reads up to {rules.backfill_share:.0%}.
- Workers: one for each batch in flight. Most of the time a batch waits for Xero.
- Machines = processor time / ({PROCESSORS} processors x half a day): they are busy half of the time. Processor time =
  {BATCH_PROCESSOR} s a batch + {RUN_PROCESSOR} s a run. This was measured with target-jsonl and empty organisations. Records,
  another loader and the engine take more.
- Egress of a month = {MONTH_DAYS:g} x bytes of a day. Cost = price of the tier + AUD {OVERAGE:.2f} for each GB above what it
  includes ([facts](../xero-facts.md)).

| tier | AUD a month | GB included | connections |
|---|---|---|---|
{_tier_rows()}
"""


def freshest(runs: int) -> float:
    """How old data is at most with so many runs a day: a multiple of 5 minutes."""
    whole = RunResult(began_at=0, ended_at=0, error=None, changed=True)
    ages = (5 * MINUTE * number for number in range(1, 289))
    return next(age for age in ages if DAY / next_due(whole, age, 0) <= runs) / MINUTE


def _tier_rows() -> str:
    return "\n".join(
        f"| {name} | {tier.price:,.0f} | "
        f"{'not limited' if tier.included is None else f'{tier.included:g}'} | {tier.connections:,} |"
        for name, tier in APP_TIERS.items()
    )


def _scenario_text(scenario: Scenario, day: Day) -> str:
    rules = Rules()
    received = day.received * MONTH_DAYS
    within = scenario.hot_within / 60
    processor = day.batches * BATCH_PROCESSOR + sum(day.runs.values()) * RUN_PROCESSOR
    machines = math.ceil(processor / (PROCESSORS * DAY / 2))
    costs = ", ".join(
        f"{name} AUD {month_cost(name, received):,.2f}"
        for name, tier in APP_TIERS.items()
        if tier.connections >= scenario.number
    )
    return f"""## {scenario.name}

{scenario.hot:,} hot (data may be {within:.0f} minutes old), {scenario.cold:,} cold (one day), {scenario.first_reads:,}
first reads on this day, {scenario.workers} workers.

| what | value | limit |
|---|---|---|
| calls of the day | {sum(day.calls_by_minute.values()):,} | |
| calls of the busiest minute | {max(day.calls_by_minute.values()):,} | {rules.app_minute:,.0f} |
| calls of the busiest organisation | {max(day.calls_by_organisation.values()):,.0f} | {rules.day_limit(HOT):,.0f} |
| age of hot data just before a run renews it, 99 of 100 | {day.age(HOT, 0.99) * within:.0f} min | {within:.0f} min |
| organisations late at the end | {sum(day.late_at_end.values())} | 0 |
| batches; most at once | {day.batches:,}; {day.peak_workers} | {scenario.workers} at once |
| egress of a month | {received / GIB:.1f} GiB | |
| cost of a month, by tier that has the connections | {costs} | |
| processor time of a day | {processor / HOUR:.1f} h | |
| machines with {PROCESSORS} processors | {machines} | |

"""
