"""Rows about publishing: latency, the target's processor time, and memory."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
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
FEW, MANY, VERY_MANY = 1_000, 20_000, 200_000
WANTED_A_SECOND = 15_000
# What that is on a machine on which the stock target does 9,200.
LEAST_AGAINST_STOCK = 1.63


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
        **settings: Any,
    ) -> Run:
        """Publishes a file; all records must end as expected.

        The state database is a copy of ``store``, or a new one.
        """
        own = self._folder / f"run-{next(self._number)}"
        own.mkdir()
        if store is not None:
            shutil.copy(store, own / "store.db")
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
        (own / "store.db").unlink(missing_ok=True)
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
            sending.append(xero.stretch(once.ended, "POST"))
            calls = len(xero.calls("POST"))
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

        series = in_turn({name: partial(publish, log) for name, log in logs.items()}, rounds)
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
    """What a record costs the target itself: parsed, validated, made into a request.

    A dry run of manual journals, which have nothing to be looked up by, calls nobody for a record.
    Start-up is left out: it is the difference between many records and few that counts.
    """
    few, many = (
        singer_file(
            folder / f"{records}.jsonl",
            "manual_journals",
            (manual_journal(str(n)) for n in range(records)),
        )
        for records in (FEW, FEW + MANY)
    )
    stock = [sys.executable, str(HERE / "stock_target.py")]
    with sandbox("--company", "empty") as xero:
        publisher = Publisher(xero, folder)
        series = in_turn(
            {
                "few": lambda: publisher.run(few, {"dry_run": FEW}, dry_run=True),
                "many": lambda: publisher.run(many, {"dry_run": FEW + MANY}, dry_run=True),
                "stock, few": partial(run, Program(stock, standard_input=few)),
                "stock, many": partial(run, Program(stock, standard_input=many)),
            },
            rounds,
        )

    def a_second(less: str, more: str) -> float:
        """Records in a second of the processor."""
        return MANY / (series[more].processor_seconds - series[less].processor_seconds)

    ours, theirs = a_second("few", "many"), a_second("stock, few", "stock, many")
    return [
        Row(
            "the target's own work (parse, validate, build requests), manual journals of three "
            "lines, a second of the processor",
            f"{ours:,.0f} records/s",
            f"a stock singer-sdk BatchSink: {theirs:,.0f} records/s",
            f"{ours / theirs:.2f} x as fast",
            f"≥ {LEAST_AGAINST_STOCK} x",
            ours >= LEAST_AGAINST_STOCK * theirs,
        ),
        Row(
            "the same, as a number that only a machine of one class can reach",
            f"{ours:,.0f} records/s",
            f"{WANTED_A_SECOND:,} records/s",
            f"{ours / WANTED_A_SECOND:.2f} x",
        ),
    ]


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
