"""Runs all benchmarks and writes RESULTS.md (``make bench``).

Each row is a ratio within one run: to the ideal that Xero's limits allow, to another program on the
same server, or to the same program with another amount of data.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import reading
import starting
import writing
from rows import Row, table

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = ("singer-tap-xero", "singer-target-xero", "singer-sdk", "msgspec", "requests")

GROUPS: dict[str, Callable[[Path, int], list[Row]]] = {
    "calls": reading.calls,
    "latency": reading.latency,
    "throughput": reading.throughput,
    "lines": reading.lines,
    "memory": reading.memory,
    "nothing-new": reading.nothing_new,
    "publishing": writing.publishing,
    "large-log": writing.large_log,
    "own-work": writing.own_work,
    "publishing-memory": writing.memory,
    "start-up": starting.start_up,
}


def machine() -> str:
    """The machine and the versions, in a line each."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if sys.platform == "linux" else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = f"{len(models)} x {models[0]}" if models else platform.processor()
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Machine: {processor}, {platform.system()} {platform.release()}.\n"
        f"Versions: Python {platform.python_version()}, {versions}, singer-io tap-xero 2.6.0."
    )


def written(rows: list[Row], rounds: int, load: str, minutes: float) -> str:
    """The whole RESULTS.md."""
    day = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    on_disk = max(rounds, writing.ROUNDS_ON_DISK)
    return f"""# Results of `make bench`, {day}

{machine()}

Each program ran {rounds} times ({on_disk} with a large publish log), in turn with those that it is
compared with; {minutes:.0f} minutes in all. Of times the least counts, because what else a machine
does can only slow a run down; of memory the median (the tap's with 200,000 records is measured
once). Load when this began: {load}.
The server is xero-sandbox in a process of its own on the same machine, with Xero's five calls at
once and without its sixty a minute. Absolute times are this machine's; what counts are the ratios.

{table(rows)}
"""


def main() -> int:
    """Runs the groups that are named, or all of them; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each program")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    began, minutes = time.monotonic(), 0.0
    load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    for name in options.groups or GROUPS:
        with TemporaryDirectory() as folder:
            found = GROUPS[name](Path(folder), options.rounds)
        minutes = (time.monotonic() - began) / 60
        print(f"{table(found)}\n{name}: {minutes:.1f} minutes after the start", flush=True)
        rows += found
    if not options.groups:
        RESULTS.write_text(written(rows, options.rounds, load, minutes), "utf-8")
        print(f"Written to {RESULTS}")
    return int(any(row.reached is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
