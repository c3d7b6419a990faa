"""Rows about start-up: the processor time that short runs of tap-xero add to singer-sdk's own."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from programs import Program, in_turn, run
from reading import Readers, state_after
from rows import Row
from sandboxes import sandbox

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
# What a short run may take in addition to singer-sdk's own start-up.
MOST_SECONDS = 0.3


def start_up(folder: Path, rounds: int) -> list[Row]:
    """``--version``, ``--discover`` and a run with nothing new, beside nothing but singer-sdk."""
    stock = [sys.executable, str(HERE / "stock_tap.py")]
    ours = [str(BIN / "tap-xero")]
    all_streams = {"STOCK_TAP_ALL_STREAMS": "1"}
    with sandbox("--company", "empty") as xero:
        readers = Readers(xero, folder)
        programs = {
            "--version": Program([*ours, "--version"]),
            "stock --version": Program([*stock, "--version"], all_streams),
            "--discover": Program([*ours, "--discover"]),
            "stock --discover": Program([*stock, "--discover"], all_streams),
            "nothing new": readers.ours(None, state_after(readers)),
        }
        runs = {name: partial(run, program) for name, program in programs.items()}
        series = in_turn(runs, max(rounds, 5))
    seconds = {name: each.processor_seconds for name, each in series.items()}
    compared = {
        "`tap-xero --version`": ("--version", "stock --version", ""),
        "`tap-xero --discover`": ("--discover", "stock --discover", " with 29 of the schemas"),
        "an incremental run with nothing new, the streams that are read by default": (
            "nothing new",
            "stock --discover",
            " with 29 of the schemas",
        ),
    }
    rows = []
    for what, (name, other, beside) in compared.items():
        more = seconds[name] - seconds[other]
        rows.append(
            Row(
                f"{what}, time of the processor",
                f"{seconds[name]:.2f} s",
                f"singer-sdk alone{beside}: {seconds[other]:.2f} s",
                f"{more:+.2f} s",
                f"≤ +{MOST_SECONDS} s",
                more <= MOST_SECONDS,
            )
        )
    return rows
