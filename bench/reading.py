"""Rows about reading: calls, latency, throughput, memory, and a run that finds no changes."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from pathlib import Path
from statistics import median
from typing import Any

from programs import Program, Run, Series, holds_records, in_turn, run
from rows import Row, at_most
from sandboxes import AT_ONCE, SandboxProcess, sandbox

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
SINGER_IO = HERE.parent / ".tools" / "bench" / "singer-io" / "bin" / "python"
MANY, VERY_MANY = 20_000, 200_000
# Lines of each generated invoice.
LINES = 3
BOTH = ["invoices", "invoice_line_items"]
# The most memory of any run, and what the demo company took at first.
MOST_MEGABYTES, SMALL_MEGABYTES = 150, 88


class Readers:
    """The programs that read a sandbox, each with the files that it needs."""

    def __init__(self, xero: SandboxProcess, folder: Path) -> None:
        self.xero = xero
        self._folder = folder

    def _file(self, name: str, content: object) -> str:
        path = self._folder / name
        path.write_text(json.dumps(content))
        return str(path)

    @cached_property
    def _discovered(self) -> Any:
        command = [str(BIN / "tap-xero"), "--discover"]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    @property
    def default_streams(self) -> int:
        """How many streams are read by default."""
        return sum(
            data["metadata"]["selected-by-default"]
            for entry in self._discovered["streams"]
            for data in entry["metadata"]
            if not data["breadcrumb"]
        )

    def ours(
        self, streams: Sequence[str] | None, state: Mapping[str, Any] | None = None, **settings: Any
    ) -> Program:
        """tap-xero, with some streams, or those that are read by default."""
        catalog = self._discovered
        for entry in catalog["streams"]:
            top = next(data for data in entry["metadata"] if not data["breadcrumb"])["metadata"]
            is_default = top["selected-by-default"]
            top["selected"] = is_default if streams is None else entry["tap_stream_id"] in streams
        command = [
            str(BIN / "tap-xero"),
            "--config",
            self._file("ours.json", self.xero.settings | settings),
            "--catalog",
            self._file("catalog.json", catalog),
        ]
        if state is not None:
            command += ["--state", self._file("state.json", state)]
        return Program(command)

    def stock(self) -> Program:
        """The tap of ``stock_tap.py``, reading invoices."""
        config = {
            "base_uri": self.xero.base_uri,
            "access_token": self.xero.grant()["access_token"],
            "tenant_id": self.xero.tenant_id,
        }
        command = [sys.executable, str(HERE / "stock_tap.py")]
        return Program([*command, "--config", self._file("stock.json", config)])

    def singer_io(self) -> Program:
        """singer-io's tap-xero, reading invoices."""
        config = {
            "start_date": "2000-01-01T00:00:00Z",
            "client_id": "sandbox-web",
            "client_secret": "sandbox-web-secret",
            "tenant_id": self.xero.tenant_id,
            "refresh_token": self.xero.grant()["refresh_token"],
            "user_agent": "bench",
        }
        command = [str(SINGER_IO), str(HERE / "singer_io_tap.py")]
        command += ["--config", self._file("singer_io.json", config)]
        environment = {
            "SANDBOX_BASE_URI": self.xero.base_uri,
            "SANDBOX_TOKEN_URI": self.xero.token_uri,
        }
        catalog = self._folder / "singer_io_catalog.json"
        if not catalog.exists():
            found = subprocess.run(
                [*command, "--discover"],
                env=environment,
                capture_output=True,
                check=True,
            )
            streams = json.loads(found.stdout)["streams"]
            for entry in streams:
                top = next(data for data in entry["metadata"] if not data["breadcrumb"])
                top["metadata"]["selected"] = entry["tap_stream_id"] == "invoices"
            catalog.write_text(json.dumps({"streams": streams}))
            config["refresh_token"] = self.xero.grant()["refresh_token"]
            self._file("singer_io.json", config)
        return Program([*command, "--catalog", str(catalog)], environment)


def calls(folder: Path, rounds: int) -> list[Row]:
    """How many calls a paged entity takes."""
    del rounds
    rows = []
    for stream, count in (("contacts", 1_000), ("invoices", 2_001), ("invoices", MANY)):
        with sandbox("--generate", f"{stream}={count}") as xero:
            run(Readers(xero, folder).ours([stream]), holds_records(count))
            taken = len(xero.calls())
        ideal = math.ceil(count / 1000)
        rows.append(
            Row(
                f"calls to read {count:,} {stream}",
                f"{taken} calls",
                f"{ideal}: {count:,} / 1,000, rounded up",
                f"{taken / ideal:g} x",
                "1 x",
                taken == ideal,
            )
        )
    return rows


def latency(folder: Path, rounds: int) -> list[Row]:
    """Sixty pages of a slow server."""
    pages = 60
    with sandbox("--generate", f"invoices={pages * 1000}") as xero:
        readers = Readers(xero, folder)
        program, check = readers.ours(["invoices"]), holds_records(pages * 1000)
        run(program, check)  # the sandbox encodes its pages when they are first asked for
        xero.behave(latency=1.0)
        whole, reading = Series(), []
        for _ in range(rounds):
            xero.forget_calls()
            once = run(program, check)
            whole.runs.append(once)
            reading.append(xero.stretch(once.ended))
    ideal = pages / AT_ONCE
    return [
        at_most(f"reading {pages} pages at 1 s a call, {AT_ONCE} at once", reading, 1.15),
        Row(
            "the same with start-up, token and connections",
            f"{whole.seconds:.2f} s",
            f"{ideal:.2f} s",
            f"{whole.seconds / ideal:.2f} x",
        ),
    ]


def throughput(folder: Path, rounds: int) -> list[Row]:
    """Twenty thousand invoices, whole process, three taps in turn."""
    with sandbox("--generate", f"invoices={MANY}") as xero:
        readers = Readers(xero, folder)
        check = holds_records(MANY)
        programs: dict[str, Callable[[], Run]] = {
            "ours": lambda: run(readers.ours(["invoices"]), check),
            "stock": lambda: run(readers.stock(), check),
            "singer-io": lambda: run(readers.singer_io(), check),
        }
        programs["ours"]()  # the sandbox encodes its pages when they are first asked for
        series = in_turn(programs, rounds)
        names = {"singer-io": "singer-io tap-xero 2.6.0", "stock": "a stock singer-sdk RESTStream"}
        bounds = {"singer-io": 15.0, "stock": None}
    ours, rows = series["ours"], []
    for name, least in bounds.items():
        other = series[name]
        ratio = other.seconds / ours.seconds
        rows.append(
            Row(
                f"reading {MANY:,} invoices (three lines each), whole process",
                f"{ours.seconds:.2f} s ({ours.processor_seconds:.2f} s of processor)",
                f"{names[name]}: {other.seconds:.2f} s ({other.processor_seconds:.2f} s of "
                "processor)",
                f"{ratio:.1f} x as fast",
                f"≥ {least:g} x" if least else "",
                ratio >= least if least else None,
            )
        )
    return rows


def lines(folder: Path, rounds: int) -> list[Row]:
    """Invoices with their lines as a stream of their own, against invoices alone."""
    with sandbox("--generate", f"invoices={MANY}") as xero:
        # Each file of settings and catalog has its own folder, since the programs run in turn.
        alone, beside = (Readers(xero, _made(folder / name)) for name in ("alone", "beside"))
        programs: dict[str, Callable[[], Run]] = {
            "alone": partial(run, alone.ours(["invoices"]), holds_records(MANY)),
            "beside": partial(run, beside.ours(BOTH), holds_records(MANY * (1 + LINES))),
        }
        programs["alone"]()  # the sandbox encodes its pages when they are first asked for
        series = in_turn(programs, rounds)
    ratio = series["beside"].seconds / series["alone"].seconds
    return [
        Row(
            f"reading {MANY:,} invoices and {MANY * LINES:,} lines as two streams, whole process",
            f"{series['beside'].seconds:.2f} s",
            f"invoices alone: {series['alone'].seconds:.2f} s",
            f"{ratio:.2f} x",
            "≤ 1.6 x",
            ratio <= 1.6,
        ),
    ]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def memory(folder: Path, rounds: int) -> list[Row]:
    """The peak of memory at 20,000 and at 200,000 invoices, with and without their lines."""
    kinds = {"invoices": ["invoices"], "invoices with their lines": BOTH}
    peaks: dict[tuple[str, int], float] = {}
    for count in (MANY, VERY_MANY):
        with sandbox("--generate", f"invoices={count}") as xero:
            # Beyond 100,000 records Xero may refuse the order by id; that is another walk.
            xero.behave(high_volume_threshold=10 * VERY_MANY)
            for kind, streams in kinds.items():
                records = count * (1 + LINES * (len(streams) - 1))
                readers = Readers(xero, folder)
                # Of few pages, the ones that are held at once differ from run to run.
                times = rounds if count == MANY else 1
                peaks[kind, count] = median(
                    run(readers.ours(streams), holds_records(records)).peak_bytes / 1e6
                    for _ in range(times)
                )
    with sandbox("--company", "demo") as xero:
        small = run(Readers(xero, folder).ours(None)).peak_bytes / 1e6
    rows = [
        Row(
            "peak of memory, a small company, the streams that are read by default",
            f"{small:.0f} MB",
            f"{SMALL_MEGABYTES} MB",
            f"{small / SMALL_MEGABYTES:.2f} x",
            "< 1 x",
            small < SMALL_MEGABYTES,
        )
    ]
    for kind in kinds:
        few, many = peaks[kind, MANY], peaks[kind, VERY_MANY]
        rows += [
            Row(
                f"peak of memory, {VERY_MANY:,} {kind}",
                f"{many:.0f} MB",
                f"{MOST_MEGABYTES} MB",
                f"{many / MOST_MEGABYTES:.2f} x",
                "< 1 x",
                many < MOST_MEGABYTES,
            ),
            Row(
                f"peak of memory, {VERY_MANY:,} {kind} against {MANY:,}",
                f"{many:.0f} MB",
                f"{few:.0f} MB",
                f"{many / few:.2f} x",
                "0.9 to 1.1 x",
                0.9 <= many / few <= 1.1,
            ),
        ]
    return rows


def state_after(readers: Readers) -> Any:
    """The state after a run of the streams that are read by default."""
    states: list[Any] = []

    def keep_state(output: Any) -> None:
        messages = [json.loads(line) for line in output]
        states.append([message["value"] for message in messages if message["type"] == "STATE"][-1])

    run(readers.ours(None), keep_state)
    return states[-1]


def nothing_new(folder: Path, rounds: int) -> list[Row]:
    """A second run, when nothing has happened."""
    with ExitStack() as open_ones:
        xero = open_ones.enter_context(sandbox("--company", "empty"))
        readers = Readers(xero, folder)
        program = readers.ours(None, state_after(readers))
        xero.behave(latency=0.5)
        reading, taken = [], 0
        for _ in range(rounds):
            xero.forget_calls()
            once = run(program)
            taken = len(xero.calls())
            reading.append(xero.stretch(once.ended))
    streams = readers.default_streams
    return [
        Row(
            "calls of an incremental run with nothing new, the streams that are read by default",
            f"{taken} calls",
            f"{streams} streams",
            f"{taken / streams:g} x a stream",
            "1 x a stream",
            taken == streams,
        ),
        at_most("that run at 0.5 s a call", reading, 1.25),
    ]
