"""The calls that several processes share: leases of calls and of calls in flight.

A budget is what Xero allows to one app and organisation, or to one app. All processes of tap and
target that use one state database share it. A process takes a lease: how many calls it may start,
and how many may be in flight, until the lease ends. What each response says is left corrects the
budget, so that it holds also beside programs that do not share it.

The states of a budget:

- *Unknown*: no response of the last minute says what is left. Each process may start a few calls.
- *Known*: what is left, minus the leases of the others, is divided among the processes.
- *Empty*: none is left. One process sends one call, the others wait. So a window costs at most one
  429, and its length need not be known.
- *Held*: nobody calls after a 429 until the time that it named. If it named none, that is the end
  of the minute; then the budget is empty. A 429 of the day that names no time holds for a minute.

A run that begins, in the only process, doubts a hold of the day: an earlier run left it, and its
user runs again because the day may have ended. Its first call finds out.

A lease ends after three seconds. So a process that was killed does not delay the others for longer,
even if the clock was set back meanwhile. A process that has nothing to call for a while, because
its loader is slow, keeps its lease. A longer lease would keep its calls from the others for longer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

# A lease is renewed once a second, and ends if it was not renewed for three.
LEASE_SECONDS = 3.0
RENEWAL_SECONDS = 1.0
# How soon a process asks again for what it did not get.
POLL_SECONDS = 0.2
# Older knowledge of what is left does not count: a new window has begun.
WINDOW_SECONDS = 60.0
# By how much the times of two processes may differ: a message to the database takes some time.
CLOCK_SECONDS = 0.02
# Calls in flight of one process while it is not known what is left.
CALLS_WHILE_UNKNOWN = 5


@dataclass(frozen=True)
class Report:
    """What a process knows and wants.

    Attributes:
        wanted: Calls that it wants in flight, with those that are.
        in_flight: Its calls in flight.
        left: The calls left according to the response of its latest call; None before any response.
        age: Seconds since that call began.
        hold: Seconds in which a 429 allows no call; None without a 429.
        ends_with_minute: Whether the 429 named no seconds, so that the hold lasts until the end of
            the minute.
        doubts_hold: Whether a hold that was there before a run began may be over.
        response_age: Seconds since the response of that call came.
        says_nothing: Whether the responses do not say what is left.
    """

    wanted: int
    in_flight: int
    left: int | None = None
    age: float = 0.0
    hold: float | None = None
    ends_with_minute: bool = False
    doubts_hold: bool = False
    response_age: float = 0.0
    says_nothing: bool = False


@dataclass(frozen=True)
class CallsLeft:
    """How many calls a response says are left; times are in seconds of one clock.

    Xero counts a call after it has begun, and before its response comes. Calls that overlap are
    counted in any order.

    Attributes:
        number: The calls; None if that is not known.
        began: When the call began.
        known_at: When its response came.
    """

    number: int | None
    began: float
    known_at: float

    def updated(self, seen: CallsLeft) -> CallsLeft:
        """What is left, after another response.

        A higher number counts only if its call began after the lower one was known: then a new
        window has begun. A lower number does not count if it was known before the call of the
        higher one began: then it is from the window before.
        """
        if seen.number is None:
            return self
        if self.number is None:
            return seen if seen.began > self.known_at else self
        if seen.number > self.number:
            return seen if seen.began > self.known_at + CLOCK_SECONDS else self
        if seen.known_at < self.began - CLOCK_SECONDS:
            return self
        began, known_at = max(self.began, seen.began), max(self.known_at, seen.known_at)
        return CallsLeft(seen.number, began, known_at)


@dataclass(frozen=True)
class Lease:
    """What a process may do until the lease ends.

    Attributes:
        slots: The most calls in flight.
        calls: The calls that it may start.
        wait: Seconds after which to ask again if it may start none.
        left: The calls left as the budget knows, 0 if a 429 said so; None if it is not known, or if
            a call is under way that finds it out.
    """

    slots: int
    calls: int
    wait: float
    left: int | None


@dataclass(frozen=True)
class Share:
    """The lease of one process, as the others see it; times are in seconds of one clock.

    Attributes:
        slots: Calls in flight that it may have, or has.
        calls: Calls that it may start, and those in flight.
        wanted: Calls that it wants in flight.
        until: When the lease ends.
        since: When it last began to have a slot.
    """

    slots: int
    calls: int
    wanted: int
    until: float
    since: float


@dataclass(frozen=True)
class Budget:
    """A budget between two leases; times are in seconds of one clock.

    Attributes:
        left: The calls left; None if that is not known.
        began: When the call began whose response said so.
        known_at: When that response came; before it, nothing was known.
        window_at: When the first response of the present window came, which ends a minute later or
            earlier; after a 429 with a time, the end of the hold; 0 before any response said what
            is left.
        held_until: No call may start before.
        probe_until: Until then, one process finds out whether a new window has begun.
        shares: The leases by process.
        changed_at: When it was last changed.
    """

    left: int | None = None
    began: float = 0.0
    known_at: float = 0.0
    window_at: float = 0.0
    held_until: float = 0.0
    probe_until: float = 0.0
    shares: dict[str, Share] = field(default_factory=dict)
    changed_at: float = 0.0


def lease_of(
    budget: Budget, holder: str, report: Report, capacity: int, now: float
) -> tuple[Budget, Lease]:
    """A new lease for a process, in place of its earlier one.

    Args:
        budget: The budget.
        holder: The process.
        report: What it knows and wants.
        capacity: The most calls in flight of all processes.
        now: The time, in seconds.

    Returns:
        The budget after that, and the lease.
    """
    budget = _on_present_clock(budget, now)
    others = {
        name: share for name, share in budget.shares.items() if share.until > now and name != holder
    }
    earlier = budget.shares.get(holder)
    known, window_at = _knowledge(budget, report, now)
    held_until, probe_until = budget.held_until, budget.probe_until
    if report.hold is not None:
        known, window_at, held_until = _held(report, window_at, held_until, now)
        probe_until = 0.0
    is_finding_out = report.doubts_hold and not others and report.hold is None and now < held_until
    if is_finding_out:
        # Known before the call that finds out.
        before = now - 2 * CLOCK_SECONDS
        known, held_until, probe_until = CallsLeft(0, before, before), 0.0, 0.0
    left = known.number
    slots = _slots(others, earlier, report, capacity, now)
    calls = 0
    is_held = now < held_until
    if not is_held:
        spare = None if left is None else left - report.in_flight - _calls(others)
        if spare is None:
            in_flight = 0 if report.says_nothing else report.in_flight
            calls = max(0, min(slots, CALLS_WHILE_UNKNOWN) - in_flight)
        elif spare > 0:
            calls = math.ceil(spare / (1 + len(others)))
        elif left == 0 and report.wanted and report.in_flight == 0 and now >= probe_until:
            calls = slots = min(1, slots)
            probe_until = now + LEASE_SECONDS if calls else probe_until
    is_finding_out = is_finding_out or (left == 0 and report.in_flight > 0 and now < probe_until)
    had_slots = earlier is not None and earlier.slots > 0
    share = Share(
        max(slots, report.in_flight),
        calls + report.in_flight,
        report.wanted,
        now + LEASE_SECONDS,
        earlier.since if earlier and had_slots and slots > 0 else now,
    )
    wait = held_until - now if is_held else POLL_SECONDS
    shares = {**others, holder: share}
    changed = Budget(
        left,
        known.began,
        known.known_at,
        window_at,
        held_until,
        probe_until,
        shares,
        changed_at=now,
    )
    said = None if is_finding_out else 0 if is_held else left
    return changed, Lease(slots, calls, min(wait, WINDOW_SECONDS), said)


def _on_present_clock(budget: Budget, now: float) -> Budget:
    """The budget, its times moved by as much as the clock was set back since its last change."""
    back = budget.changed_at - now
    if back <= 0:
        return budget
    return replace(
        budget,
        began=budget.began - back,
        known_at=budget.known_at - back,
        window_at=budget.window_at - back,
        held_until=budget.held_until - back,
        probe_until=budget.probe_until - back,
        shares={
            name: replace(share, until=share.until - back, since=share.since - back)
            for name, share in budget.shares.items()
        },
        changed_at=now,
    )


def _held(
    report: Report, window_at: float, held_until: float, now: float
) -> tuple[CallsLeft, float, float]:
    """What is left after a 429, the beginning of the window, and the end of the hold."""
    held_until = max(held_until, now + (report.hold or 0.0))
    if not report.ends_with_minute or not window_at:
        known = CallsLeft(None, now, held_until)
        return known, held_until if window_at else 0.0, held_until
    # Of several 429s the first one holds until the end of the window.
    if window_at <= now:
        held_until = max(held_until, window_at + WINDOW_SECONDS)
    # Then one call finds out whether it is over.
    return CallsLeft(0, now, held_until - 2 * CLOCK_SECONDS), window_at, held_until


def _knowledge(budget: Budget, report: Report, now: float) -> tuple[CallsLeft, float]:
    """What is left, and the beginning of the window."""
    known, window_at = CallsLeft(budget.left, budget.began, budget.known_at), budget.window_at
    if report.left is not None:
        seen = CallsLeft(report.left, now - report.age, now - report.response_age)
        newer = known.updated(seen)
        before = -1 if known.number is None else known.number
        is_higher = newer.number is not None and newer.number > before
        is_a_minute_later = newer != known and seen.known_at >= window_at + WINDOW_SECONDS
        if is_higher or is_a_minute_later:
            window_at = seen.known_at
        known = newer
    if now - known.known_at >= WINDOW_SECONDS:
        known = replace(known, number=None)
    return known, window_at


def _calls(shares: dict[str, Share]) -> int:
    return sum(share.calls for share in shares.values())


def _slots(
    others: dict[str, Share], earlier: Share | None, report: Report, capacity: int, now: float
) -> int:
    """The calls in flight that a process may have: all if it is alone, else a fair part."""
    free = capacity - sum(share.slots for share in others.values())
    if not others:
        return free
    fair = max(1, capacity // (1 + len(others)))
    lacking = any(share.slots < min(share.wanted, fair) for share in others.values())
    if not lacking:
        return max(0, min(max(report.wanted, fair), free))
    is_crowded = 1 + len(others) > capacity
    if is_crowded and earlier and earlier.slots and now - earlier.since >= RENEWAL_SECONDS:
        return 0  # there are more processes than slots, so they take turns
    return max(0, min(free, fair))
