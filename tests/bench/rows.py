"""What a benchmark says: rows with a ratio each, as a table in Markdown."""

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
        to_reach: The bound, empty where the row is there to be known only.
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


def at_most(what: str, seconds: float, ideal: float, most: float, means: str) -> Row:
    """A time that may be at most so many times an ideal one."""
    ratio = seconds / ideal
    return Row(
        what,
        f"{seconds:.2f} s",
        f"ideal {ideal:.2f} s: {means}",
        f"{ratio:.2f} x",
        f"≤ {most:g} x",
        ratio <= most,
    )
