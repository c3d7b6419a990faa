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
- *Held*: a 429 said when to go on. Nobody calls before.

A run that begins, in the only process, doubts a hold of the day: an earlier run left it, and its
user runs again because the day may have ended. Its first call finds out.

A lease ends after three seconds. So a process that was killed delays the others no longer, also if
the clock was set back meanwhile.
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
# Calls that began within so many seconds may be counted in another order.
OVERLAP_SECONDS = 1.0
# Calls of one lease while it is not known what is left.
CALLS_WHILE_UNKNOWN = 5


@dataclass(frozen=True)
class Report:
    """What a process knows and wants.

    Attributes:
        wanted: Calls that it wants in flight, with those that are.
        in_flight: Its calls in flight.
        left: The calls left according to the response of its latest call; None if there was none.
        age: Seconds since its call began. Xero counts a call when it arrives, so the order in which
            calls began counts, and not that of their responses.
        hold: Seconds in which a 429 allows no call; None without a 429.
        is_hold_known: Whether the 429 itself named the seconds.
        doubts_hold: Whether a hold that was there before a run began may be over.
    """

    wanted: int
    in_flight: int
    left: int | None = None
    age: float = 0.0
    hold: float | None = None
    is_hold_known: bool = True
    doubts_hold: bool = False


@dataclass(frozen=True)
class Lease:
    """What a process may do until the lease ends.

    Attributes:
        slots: The most calls in flight.
        calls: The calls that it may start.
        wait: Seconds after which to ask again if it may start none.
        left: The calls left as the budget knows, 0 if a 429 said so; None if it does not know, or
            if a call finds out.
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
        left: The calls left at ``known_at``; None if that is not known.
        known_at: When the call began whose response said so.
        window_at: The earliest call of the present window.
        held_until: No call may start before.
        probe_until: Until then, one process finds out whether a new window has begun.
        shares: The leases by process.
        changed_at: When it was last changed.
    """

    left: int | None = None
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
    left, known_at, window_at = _knowledge(budget, report, now)
    held_until, probe_until = budget.held_until, budget.probe_until
    if report.hold is not None:
        window_end = window_at + WINDOW_SECONDS - now if window_at else 0.0
        seconds = report.hold if report.is_hold_known else max(report.hold, window_end)
        held_until = max(held_until, now + seconds)
        left, known_at, window_at, probe_until = None, held_until, held_until, 0.0
    is_finding_out = report.doubts_hold and not others and report.hold is None and now < held_until
    if is_finding_out:
        # Known before the call that finds out.
        left, known_at, held_until, probe_until = 0, now - 2 * OVERLAP_SECONDS, 0.0, 0.0
    slots = _slots(others, earlier, report, capacity, now)
    calls = 0
    is_held = now < held_until
    if not is_held:
        spare = None if left is None else left - report.in_flight - _calls(others)
        if spare is None:
            calls = min(slots, CALLS_WHILE_UNKNOWN)
        elif spare > 0:
            calls = math.ceil(spare / (1 + len(others)))
        elif left == 0 and report.in_flight == 0 and now >= probe_until:
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
    changed = Budget(left, known_at, window_at, held_until, probe_until, shares, changed_at=now)
    said = None if is_finding_out else 0 if is_held else left
    return changed, Lease(slots, calls, min(wait, WINDOW_SECONDS), said)


def _on_present_clock(budget: Budget, now: float) -> Budget:
    """The budget, its times moved by as much as the clock was set back since its last change."""
    back = budget.changed_at - now
    if back <= 0:
        return budget
    return replace(
        budget,
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


def newest(known: tuple[int | None, float], seen: tuple[int, float]) -> tuple[int | None, float]:
    """What is left, of two pairs of a number and the beginning of the call that said so.

    Of calls that overlap, the one that began first may be counted last. So the lower number counts,
    unless the higher one comes from a call that began clearly later: then a new window has begun.
    """
    left, known_at = known
    other, seen_at = seen
    if left is None:
        return seen if seen_at > known_at else known
    if other > left:
        return seen if seen_at > known_at + OVERLAP_SECONDS else known
    return (other, max(known_at, seen_at)) if seen_at > known_at - OVERLAP_SECONDS else known


def _knowledge(budget: Budget, report: Report, now: float) -> tuple[int | None, float, float]:
    """What is left, since when that is known, and the beginning of the window."""
    left, known_at, window_at = budget.left, budget.known_at, budget.window_at
    if report.left is not None:
        seen_at = now - report.age
        newer, newer_at = newest((left, known_at), (report.left, seen_at))
        if newer is not None and (left is None or newer > left):
            window_at = seen_at
        left, known_at = newer, newer_at
    if now - known_at >= WINDOW_SECONDS:
        left = None
    return left, known_at, window_at


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
