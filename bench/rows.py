"""The results of a benchmark: rows with a ratio each, and their table in Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured relation.

    Attributes:
        what: What was measured.
        ours: What this project took or did.
        against: What it is compared with, and what that took.
        ratio: How the two relate, in words or as a number with its unit.
        to_reach: The bound; empty if the row is for information only.
        reached: Whether the bound was kept; None without one.
    """

    what: str
    ours: str
    against: str
    ratio: str
    to_reach: str = ""
    reached: bool | None = None


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | ours | against | ratio | to reach | |", "|---|---|---|---|---|---|"]
    for row in rows:
        verdict = {None: "", True: "reached", False: "**missed**"}[row.reached]
        cells = (row.what, row.ours, row.against, row.ratio, row.to_reach, verdict)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


@dataclass(frozen=True)
class Stretch:
    """The time in which calls were made, and the least in which they could have been.

    Attributes:
        seconds: From the first call to the end of the process.
        calls: How many calls there were.
        call_seconds: What the server took for all of them together.
        at_once: How many may be under way at a time.
    """

    seconds: float
    calls: int
    call_seconds: float
    at_once: int

    @property
    def ideal(self) -> float:
        """The calls' own time, as many at once as may be, never one idle."""
        return self.call_seconds / self.at_once

    @property
    def ratio(self) -> float:
        """How much longer it took than that."""
        return self.seconds / self.ideal


def at_most(what: str, stretches: Iterable[Stretch], most: float) -> Row:
    """The best of some runs, which may take at most so many times the ideal."""
    best = min(stretches, key=lambda stretch: stretch.ratio)
    ratio = best.ratio
    return Row(
        f"{what}, from the first call to the end of the process",
        f"{best.seconds:.2f} s",
        f"ideal {best.ideal:.2f} s: {best.calls} calls that took the server "
        f"{best.call_seconds / best.calls:.2f} s each, {best.at_once} at once",
        f"{ratio:.2f} x",
        f"≤ {most:g} x",
        ratio <= most,
    )
