"""Rows about start-up: the time that tap-xero adds to singer-sdk's."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from programs import Program, in_turn, run
from rows import Row

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def start_up(folder: Path, rounds: int) -> list[Row]:
    """``--version`` and ``--discover``, beside a tap that is nothing but singer-sdk."""
    del folder
    rows = []
    stock = [sys.executable, str(HERE / "stock_tap.py")]
    for option in ("--version", "--discover"):
        programs = {
            "ours": partial(run, Program([str(BIN / "tap-xero"), option])),
            "stock": partial(run, Program([*stock, option], {"STOCK_TAP_ALL_STREAMS": "1"})),
        }
        series = in_turn(programs, max(rounds, 5))
        ours, alone = series["ours"].processor_seconds, series["stock"].processor_seconds
        what = " (the same 29 schemas)" if option == "--discover" else ""
        rows.append(
            Row(
                f"`tap-xero {option}`, time of the processor",
                f"{ours:.2f} s",
                f"singer-sdk alone{what}: {alone:.2f} s",
                f"{ours / alone:.2f} x",
            )
        )
    return rows
