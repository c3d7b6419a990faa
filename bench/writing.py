"""Rows about publishing: latency, the target's processor time, and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from programs import BrokenRunError, Program, Run, Series, in_turn, run
from rows import Row, at_most
from sandboxes import AT_ONCE, SandboxProcess, sandbox

from tap_xero.records.schemas import schema_of

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
LARGE_LOG = 1_000_000
# A short run that waits for the disk needs more rounds until the disk is idle in one of each kind.
ROUNDS_ON_DISK = 7
FEW, MANY, VERY_MANY = 1_000, 10_000, 100_000
SIZES = {"few": FEW, "many": FEW + MANY}
# A stock target that does nothing, against ours that publishes, and that has nothing to publish.
LEAST_AGAINST_STOCK = 1.5
LEAST_UNCHANGED_AGAINST_STOCK = 4.0


def invoice(name: str) -> dict[str, Any]:
    lines = [
        {
            "Description": f"{name}, line {n}",
            "Quantity": n,
            "UnitAmount": 12.5,
            "AccountCode": "200",
        }
        for n in (1, 2, 3)
    ]
    return {
        "Type": "ACCREC",
        "InvoiceNumber": name,
        "Contact": {"Name": "Customer"},
        "Date": "2026-01-31",
        "DueDate": "2026-02-28",
        "LineAmountTypes": "Exclusive",
        "LineItems": lines,
    }


def manual_journal(name: str) -> dict[str, Any]:
    lines = [
        {"Description": f"{name}, line {n}", "LineAmount": amount, "AccountCode": "200"}
        for n, amount in enumerate((10.5, 20.25, -30.75))
    ]
    return {
        "Narration": name,
        "Date": "2026-01-31",
        "LineAmountTypes": "NoTax",
        "Status": "DRAFT",
        "JournalLines": lines,
    }


def singer_file(path: Path, stream: str, records: Iterable[dict[str, Any]]) -> Path:
    """A file of Singer messages: one SCHEMA, and the records."""
    schema = {"type": "SCHEMA", "stream": stream, "schema": schema_of(stream), "key_properties": []}
    with path.open("w") as lines:
        lines.write(json.dumps(schema) + "\n")
        for record in records:
            message = {"type": "RECORD", "stream": stream, "record": record}
            lines.write(json.dumps(message) + "\n")
    return path


def _copy_to_disk(source: Path, copy: Path) -> None:
    """Copies a file to the disk, not only to memory that the system writes during the run."""
    shutil.copy(source, copy)
    with copy.open("rb") as file:
        os.fsync(file.fileno())


class Publisher:
    """target-xero on a sandbox, each run with a publish log and files of its own."""

    def __init__(self, xero: SandboxProcess, folder: Path) -> None:
        self._xero = xero
        self._folder = folder
        self._number = count()

    def run(
        self,
        messages: Path,
        expected: dict[str, int],
        *,
        store: Path | None = None,
        kept: Path | None = None,
        **settings: Any,
    ) -> Run:
        """Publishes a file; all records must end as expected.

        The state database is a copy of ``store``, or a new one. It is kept as ``kept``, or not.
        """
        own = self._folder / f"run-{next(self._number)}"
        own.mkdir()
        if store is not None:
            _copy_to_disk(store, own / "store.db")
        results = own / "results.jsonl"
        config = own / "config.json"
        files = {
            "store_uri": f"sqlite:///{own / 'store.db'}",
            "results_path": str(results),
            "rejects_path": str(own / "rejects.jsonl"),
        }
        config.write_text(json.dumps(self._xero.settings | files | settings))
        command = [str(BIN / "target-xero"), "--config", str(config)]
        once = run(Program(command, standard_input=messages))
        if kept is None:
            (own / "store.db").unlink(missing_ok=True)
        else:
            shutil.move(own / "store.db", kept)
        found: dict[str, int] = {}
        with results.open("rb") as lines:
            for line in lines:
                status = json.loads(line)["status"]
                found[status] = found.get(status, 0) + 1
        if found != expected:
            message = f"The records ended as {found}, not as {expected}"
            raise BrokenRunError(message)
        return once


def publishing(folder: Path, rounds: int) -> list[Row]:
    """Three thousand records, fifty a call, a second a call."""
    records, a_call = 3_000, 50
    with sandbox("--company", "empty") as xero:
        publisher = Publisher(xero, folder)
        xero.behave(latency=1.0)
        whole, sending, calls = Series(), [], 0
        for number in range(rounds):
            made = (invoice(f"{number}-{n}") for n in range(records))
            messages = singer_file(folder / "invoices.jsonl", "invoices", made)
            xero.forget_calls()
            once = publisher.run(messages, {"created": records}, batch_size=a_call)
            whole.runs.append(once)
            sending.append(xero.stretch(once.ended, "PUT"))
            calls = len(xero.calls("PUT"))
    ideal = records / a_call / AT_ONCE
    return [
        Row(
            f"calls to publish {records:,} invoices, {a_call} a call",
            f"{calls} calls",
            f"{records // a_call}",
            f"{calls / (records // a_call):g} x",
            "1 x",
            calls == records // a_call,
        ),
        at_most(
            f"publishing {records:,} invoices at 1 s a call, {a_call} a call, {AT_ONCE} at once",
            sending,
            1.15,
        ),
        Row(
            "the same with start-up, token and connections",
            f"{whole.seconds:.2f} s",
            f"{ideal:.2f} s",
            f"{whole.seconds / ideal:.2f} x",
        ),
    ]


def large_log(folder: Path, rounds: int) -> list[Row]:
    """Three thousand records into a publish log of a million, against an empty one."""
    records = 3_000
    with sandbox("--company", "empty") as xero:
        publisher = Publisher(xero, folder)
        logs = {}
        for name, rows in (("empty", 0), ("large", LARGE_LOG)):
            logs[name] = folder / f"{name}.db"
            tenant = xero.tenant_id
            filler = [sys.executable, str(HERE / "fill_log.py"), str(logs[name]), tenant]
            subprocess.run([*filler, str(rows)], check=True)
        numbers = count()

        def publish(log: Path) -> Run:
            number = next(numbers)
            made = (invoice(f"{number}-{n}") for n in range(records))
            messages = singer_file(folder / "invoices.jsonl", "invoices", made)
            return publisher.run(messages, {"created": records}, store=log)

        programs = {name: partial(publish, log) for name, log in logs.items()}
        series = in_turn(programs, max(rounds, ROUNDS_ON_DISK))
    empty, large = series["empty"], series["large"]
    ratio = large.seconds / empty.seconds
    return [
        Row(
            f"publishing {records:,} invoices with {LARGE_LOG:,} rows in the publish log",
            f"{large.seconds:.2f} s",
            f"an empty log: {empty.seconds:.2f} s",
            f"{ratio:.2f} x the time",
            "≤ 1.2 x",
            ratio <= 1.2,
        )
    ]


def own_work(folder: Path, rounds: int) -> list[Row]:
    """What a record costs the target itself, beside a stock target that does nothing with it.

    Manual journals have nothing to be looked up by, so no call is made for a record. Start-up is
    left out: it is the difference between many records and few that counts.
    """
    stock = [sys.executable, str(HERE / "stock_target.py")]
    files = {
        size: singer_file(
            folder / f"{size}.jsonl",
            "manual_journals",
            (manual_journal(str(n)) for n in range(records)),
        )
        for size, records in SIZES.items()
    }
    with sandbox("--company", "empty") as xero:
        publisher = Publisher(xero, folder)
        logs = {size: folder / f"{size}.db" for size in SIZES}
        for size, records in SIZES.items():
            publisher.run(files[size], {"created": records}, kept=logs[size])
        programs: dict[str, Callable[[], Run]] = {}
        for size, records in SIZES.items():
            messages = files[size]
            ours = partial(publisher.run, messages)
            programs |= {
                f"dry run, {size}": partial(ours, {"dry_run": records}, dry_run=True),
                f"created, {size}": partial(ours, {"created": records}),
                f"unchanged, {size}": partial(ours, {"unchanged": records}, store=logs[size]),
                f"stock, {size}": partial(run, Program(stock, standard_input=messages)),
            }
        series = in_turn(programs, rounds)

    def a_second(what: str) -> float:
        """Records in a second of the processor."""
        few, many = (series[f"{what}, {size}"].processor_seconds for size in SIZES)
        return MANY / (many - few)

    theirs = a_second("stock")
    compared = {
        "dry run": ("parse, validate, build requests, write results", LEAST_AGAINST_STOCK),
        "created": ("the same, and the publish log, and sending", LEAST_AGAINST_STOCK),
        "unchanged": ("records that are published already", LEAST_UNCHANGED_AGAINST_STOCK),
    }
    rows = []
    for what, (work, least) in compared.items():
        ours_a_second = a_second(what)
        ratio = ours_a_second / theirs
        rows.append(
            Row(
                f"the target's own work ({work}), manual journals of three lines, a second of the "
                "processor",
                f"{ours_a_second:,.0f} records/s",
                f"a stock singer-sdk BatchSink that sends nothing: {theirs:,.0f} records/s",
                f"{ratio:.2f} x as fast",
                f"≥ {least} x",
                ratio >= least,
            )
        )
    return rows


def memory(folder: Path, rounds: int) -> list[Row]:
    """The target's peak of memory at 20,000 and at 200,000 records."""
    megabytes = {}
    with sandbox("--company", "empty") as xero:
        publisher = Publisher(xero, folder)
        for records in (MANY, VERY_MANY):
            messages = singer_file(
                folder / "messages.jsonl",
                "manual_journals",
                (manual_journal(str(n)) for n in range(records)),
            )
            once = partial(publisher.run, messages, {"dry_run": records}, dry_run=True)
            megabytes[records] = in_turn({"ours": once}, min(rounds, 2))["ours"].peak_megabytes
    few, many = megabytes[MANY], megabytes[VERY_MANY]
    return [
        Row(
            f"the target's peak of memory, {VERY_MANY:,} manual journals against {MANY:,}",
            f"{many:.0f} MB",
            f"{few:.0f} MB",
            f"{many / few:.2f} x",
            "0.9 to 1.1 x",
            0.9 <= many / few <= 1.1,
        ),
    ]
