"""What follows from a run: the next due time, and the class of the organisation."""

from __future__ import annotations

from dataclasses import dataclass

from xero_fleet.planning.rules import BACKFILL, COLD, DAY, HOT, PUBLISH

# After so many whole runs without a change, an organisation is cold.
QUIET_RUNS = 3
# The time between due and done that is kept free, at most: a plan, a queue and a batch.
RESERVE_SECONDS = 600.0
FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 3_600.0
# Xero offers about five minutes for an organisation that is offline (xero-facts.md: Limits).
OFFLINE_RETRY_SECONDS = 300.0
DAY_LIMIT_RETRY_SECONDS = 3_600.0
# The weight of the newest run in the calls and bytes of a usual run.
NEWEST_WEIGHT = 0.3


@dataclass(frozen=True)
class RunResult:
    """What a run of an organisation did.

    Attributes:
        began_at: When the batch began.
        ended_at: When it ended.
        error: None if all streams were read to their end; else one of ``ERRORS``.
        changed: Whether a bookmark moved, so that something has changed in Xero.
    """

    began_at: float
    ended_at: float
    error: str | None
    changed: bool


def next_after(fresh_within: float) -> float:
    """The seconds from the start of a whole run until the next one is due.

    Args:
        fresh_within: How old the data may be, in seconds.
    """
    return max(fresh_within / 2, fresh_within - RESERVE_SECONDS)


def next_due(result: RunResult, fresh_within: float, failures: int) -> float:
    """When the next run is due.

    Args:
        result: The run.
        fresh_within: How old the data may be, in seconds.
        failures: The runs in a row that failed, this one included.
    """
    if result.error is None:
        return result.began_at + next_after(fresh_within)
    if result.error == "unfinished":
        return result.ended_at
    if result.error == "day_limit":
        return result.ended_at + DAY_LIMIT_RETRY_SECONDS
    if result.error in ("scope", "access"):
        # The other streams were read; a person has to grant the scope or the role.
        return result.began_at + next_after(fresh_within)
    first = OFFLINE_RETRY_SECONDS if result.error == "offline" else FIRST_RETRY_SECONDS
    return result.ended_at + min(
        LONGEST_RETRY_SECONDS, first * 2.0 ** min(max(failures - 1, 0), 10)
    )


def next_class(work_class: str, result: RunResult, quiet_runs: int) -> tuple[str, int]:
    """The class after a run, and the whole runs in a row without a change.

    A backfill is over at its first whole run.
    """
    if work_class == PUBLISH or (work_class == BACKFILL and not _is_read(result)):
        return work_class, 0
    if result.error is not None:
        return (HOT if work_class == BACKFILL else work_class), quiet_runs
    quiet = 0 if result.changed else quiet_runs + 1
    return (COLD if quiet >= QUIET_RUNS else HOT), quiet


def _is_read(result: RunResult) -> bool:
    return result.error in (None, "scope", "access")


def usual(earlier: float | None, newest: float) -> float:
    """The calls or bytes of a usual run, from the earlier value and the newest run."""
    if earlier is None:
        return newest
    return (1 - NEWEST_WEIGHT) * earlier + NEWEST_WEIGHT * newest


def day_used(left: int | None, known_at: float | None, now: float, day_calls: float) -> float:
    """The calls of the organisation's day that are used up, from the last header that said so.

    When the day's window begins is not documented (xero-facts.md: Limits), so the number counts for
    a whole day.
    """
    if left is None or known_at is None or now - known_at >= DAY:
        return 0.0
    return max(0.0, day_calls - left)
