"""Runs a program in a separate process, and measures its time, processor time and memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO

LONGEST_SECONDS = 600
KIB = 1024


class BrokenRunError(Exception):
    """A program did not do its work, so that its time means nothing."""


@dataclass(frozen=True)
class Program:
    """A command line.

    Attributes:
        command: What to run.
        environment: What is added to the environment.
        standard_input: A file to read from.
    """

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    standard_input: Path | None = None


@dataclass(frozen=True)
class Run:
    """One run of a program.

    Attributes:
        seconds: From its start to its end.
        processor_seconds: What it used of the processor, in user and system mode.
        peak_bytes: The most memory that was resident.
        ended: When it ended, by the wall clock.
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int
    ended: float


def run(program: Program, check: Callable[[IO[bytes]], None] | None = None) -> Run:
    """Runs a program to its end.

    The peak of memory starts with that of the process which starts the program, so the benchmark
    itself stays small and leaves all work to programs.

    Args:
        program: What to run.
        check: Looks at the standard output; raises ``BrokenRunError`` if it is wrong.

    Raises:
        BrokenRunError: The program failed.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as log:
        given = (program.standard_input or Path(os.devnull)).open("rb")
        began = time.monotonic()
        process = subprocess.Popen(
            program.command,
            stdin=given,
            stdout=output,
            stderr=log,
            env=os.environ | dict(program.environment),
        )
        given.close()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        ended = time.time()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            last_lines = log.read().decode("utf-8", "replace")[-2000:]
            message = f"{' '.join(program.command)} ended with {process.returncode}:\n{last_lines}"
            raise BrokenRunError(message)
        if check is not None:
            output.seek(0)
            check(output)
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * KIB, ended)


def holds_records(expected: int) -> Callable[[IO[bytes]], None]:
    """A check that the output has so many RECORD messages, however its JSON is spaced."""

    def check(output: IO[bytes]) -> None:
        found = sum(
            1 for line in output if line.replace(b" ", b"", 4).startswith(b'{"type":"RECORD"')
        )
        if found != expected:
            message = f"{found} records were written, not {expected}"
            raise BrokenRunError(message)

    return check


@dataclass
class Series:
    """Several runs of one program.

    Of times the least counts: what else the machine does can only slow a run down.
    """

    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """From start to end."""
        return min(run.seconds for run in self.runs)

    @property
    def processor_seconds(self) -> float:
        """The processor's time."""
        return min(run.processor_seconds for run in self.runs)

    @property
    def peak_megabytes(self) -> float:
        """The median of the peaks of memory, in 10^6 bytes."""
        return median(run.peak_bytes for run in self.runs) / 1e6


def in_turn(programs: Mapping[str, Callable[[], Run]], rounds: int) -> dict[str, Series]:
    """Runs each program in each round, so that a busy moment meets all of them alike."""
    series = {name: Series() for name in programs}
    for _ in range(rounds):
        for name, once in programs.items():
            series[name].runs.append(once())
    return series
