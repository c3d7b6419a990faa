"""Counts what a copy is going to do with the records that came, and estimates its calls."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.destinations.names import destination_of
from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.mapping.target_records import TargetRecords
from target_xero.copy.spool import CHUNK, ScheduledStep
from target_xero.copy.steps import (
    REMOVED_IN_SOURCE,
    CopyPlan,
    Step,
    StepKind,
    digest_of,
    mapping_kind,
)
from xero_client.entities.write_spec import Route
from xero_client.http.rate_limiter import RemainingLimits

# Xero's limit of calls to one organisation (xero-facts.md: Limits).
CALLS_A_MINUTE = 60
# What one call takes if no limit is in the way; Xero answers a batch in about a second.
SECONDS_A_CALL = 1.0


class Tally:
    """What becomes of the records that came.

    Attributes:
        records: The number of records.
        copied: Those that the copy creates or finds in the target.
        with_another: Those that Xero creates when another record is copied.
        left_out: The number of those that are left out on purpose, by reason.
        results: The number of results: one for each step, and for each record without steps.
    """

    def __init__(self, batch_size: int, ids: IdMap, target_records: TargetRecords) -> None:
        """Starts without records.

        Args:
            batch_size: The most records in one call.
            ids: What earlier runs have copied.
            target_records: What the target had before; its settings were read.
        """
        self._batch_size = batch_size
        self._ids = ids
        self._target_records = target_records
        self._waiting: list[tuple[ScheduledStep, Step]] = []
        self._together: Counter[tuple[int, int, str, str, int]] = Counter()
        self.records = 0
        self.copied = 0
        self.with_another = 0
        self.left_out: Counter[str] = Counter()
        self.results = 0

    def add_record(self, plan: CopyPlan) -> None:
        """Adds a record, by how it is copied."""
        self.records += 1
        self.results += not plan.steps
        if any(step.kind in (StepKind.CREATE, StepKind.MATCH) for step in plan.steps):
            self.copied += 1
        elif plan.is_created_by_another:
            self.with_another += 1
        else:
            self.left_out[plan.skip_reason or REMOVED_IN_SOURCE] += 1

    def add_step(self, scheduled: ScheduledStep, step: Step) -> None:
        """Adds a step, with the phase and the wave in which it is executed."""
        self.results += 1
        # A match mostly takes no call, because the target's list was read. A removal mostly takes
        # none, because what is removed was not copied.
        if step.kind not in (StepKind.MATCH, StepKind.REMOVE):
            self._waiting.append((scheduled, step))
        if len(self._waiting) >= CHUNK:
            self._count()

    def _count(self) -> None:
        """Counts the steps that are neither done nor found in the target."""
        waiting, self._waiting = self._waiting, []
        done = self._ids.find({(mapping_kind(step), step.source_id) for _, step in waiting})
        for scheduled, step in waiting:
            previous = done.get((mapping_kind(step), step.source_id))
            if previous is not None and previous.digest in (digest_of(step), ""):
                continue
            if step.kind is StepKind.CREATE and self._target_records.match(step) is not None:
                continue
            limit = _limit_of(step, self._batch_size)
            # A call has the children of one parent only.
            parent = scheduled.sort_key if "/" in step.entity else ""
            self._together[scheduled.phase, scheduled.wave, step.entity, parent, limit] += 1

    def calls(self) -> int:
        """The most calls that write."""
        self._count()
        return sum(math.ceil(count / group[-1]) for group, count in self._together.items())

    def lines(self, limits: RemainingLimits) -> Iterator[str]:
        """What is going to happen, in words.

        Args:
            limits: What is left according to the last response.
        """
        left_out = sum(self.left_out.values())
        yield (
            f"{self.records:,} records came: {self.copied:,} are copied, {self.with_another:,} are "
            f"created by Xero with another record, {left_out:,} are left out on purpose. With the "
            f"changes of status and the like, that gives {self.results:,} results"
        )
        for reason, count in self.left_out.most_common():
            yield f"Left out: {count:,} because {reason}"
        calls = self.calls()
        yield f"At most {calls:,} calls that write, {_duration(calls, limits)}"
        if limits.day is not None and calls > limits.day:
            yield (
                f"Only {limits.day:,} calls are left today: the copy stops there, and the same "
                "command continues it tomorrow"
            )


def _limit_of(step: Step, batch_size: int) -> int:
    """The most records of a step's kind in one call."""
    destination = destination_of(step.entity)
    if isinstance(destination, ChildDestination):
        return min(destination.child.batch_limit, batch_size)
    if not isinstance(destination, EntityDestination):
        return 1
    route = Route.PUT if step.kind is StepKind.CREATE else Route.POST
    writing = destination.writing
    if route not in writing.routes or route in writing.single_record_routes:
        return 1
    return min(writing.batch_limit, batch_size)


def _duration(calls: int, limits: RemainingLimits) -> str:
    """How long calls take."""
    minutes = calls * SECONDS_A_CALL / 60
    is_limited = limits.minute is not None and limits.minute <= CALLS_A_MINUTE
    if is_limited:
        minutes = max(minutes, calls / CALLS_A_MINUTE)
    words = "less than a minute" if minutes < 1 else f"about {math.ceil(minutes):,} minutes"
    limit = f" at Xero's limit of {CALLS_A_MINUTE} calls a minute" if is_limited else ""
    return f"{words}{limit}"
